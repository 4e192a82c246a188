"""Buffers that share one arena: those that are never needed at the same time overlap."""

from __future__ import annotations

from typing import Any

from ..program import Var
from .places import Base, Place
from .statements import Call, Group, Product, bases_written, writes

ALIGNMENT = 64
NUMBER = 8
"""Bytes of a single number."""

Spans = dict[Base, tuple[int, int]]
"""The first and the last group that uses each buffer."""


def lifetimes(
    groups: list[Group], places: dict[Any, Place], stored: set[Any], registers: set[Base]
) -> Spans:
    """When each buffer of the arena is used; ``registers`` are of Vars that need none."""
    spans: Spans = {}
    for i, group in enumerate(groups):
        for statement in group.statements:
            if isinstance(statement, Call):
                continue
            bases = bases_written(statement) if writes(statement, stored) else []
            bases += [places[x].base for x in statement.reads if isinstance(x, Var)]
            if isinstance(statement, Product):
                bases += [statement.a.base, statement.b.base]
            for base in bases:
                root, _ = base.root()
                if root.kind == "arena" and base not in registers:
                    first, last = spans.get(root, (i, i))
                    spans[root] = min(first, i), max(last, i)
    return spans


def laid_out(spans: Spans) -> int:
    """Set the offset of every buffer; the size of the arena in bytes."""
    placed: list[tuple[Base, int, int]] = []
    total = 0
    for base in sorted((b for b in spans if b.size > 1), key=lambda base: -size_of(base)):
        size = size_of(base)
        others = [(b, end) for b, start, end in placed if overlap(base, b, spans)]
        base.offset = first_gap(sorted((b.offset, end) for b, end in others), size)
        placed.append((base, base.offset, base.offset + size))
        total = max(total, base.offset + size)
    for base in spans:
        if base.size <= 1:  # numbers: too many to compare each with each, too small to share
            base.offset, total = total, total + NUMBER
    return total


def size_of(base: Base) -> int:
    """Bytes, to the next multiple of the alignment."""
    size: int = base.size * base.dtype.itemsize
    return -(-max(size, 1) // ALIGNMENT) * ALIGNMENT


def overlap(a: Base, b: Base, spans: Spans) -> bool:
    """Whether two buffers are needed at the same time."""
    if a.kept or b.kept:
        return True
    return spans[a][0] <= spans[b][1] and spans[b][0] <= spans[a][1]


def first_gap(taken: list[tuple[int, int]], size: int) -> int:
    """The first offset at which ``size`` bytes are free."""
    offset = 0
    for start, end in taken:
        if offset + size <= start:
            break
        offset = max(offset, end)
    return offset
