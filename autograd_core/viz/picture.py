"""A graph as boxes, arrows and groups: every fact a renderer needs and no rendering.

``picture()`` makes one from Nodes; ``dot.py`` and ``text.py`` write it down. Facts are copied: a
picture shows the moment at which it was made, and keeps no array alive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..node import Node
from .folding import Cell, Fold, folded
from .formatting import (
    Statistics,
    constant_text,
    kind_text,
    number_text,
    plain,
    shape_text,
    statistics,
)
from .glyphs import WORDS, sign
from .survey import Item, gradients, main_operand, survey

LIMIT = 300
"""Boxes beyond which a picture folds or sums up."""


@dataclass(frozen=True)
class Box:
    """One card: a value and the operation that made it, or what stands for several."""

    id: str
    role: str
    """input, parameter, constant, op, result, module (folded) or gap (operations left out)."""
    sign: str
    """Operation sign of an op; empty for a leaf."""
    word: str
    """Name given by the user, else the operation's name."""
    value: Statistics | None
    gradient: Statistics | None
    differentiable: bool
    group: str | None
    note: str = ""


@dataclass(frozen=True)
class Arrow:
    """A use of one box's value by another."""

    source: str
    target: str
    position: int
    """Which operand of the target it is."""
    differentiable: bool
    broadcast: str = ""
    """``8 ⇒ 5×8`` where broadcasting stretches the operand."""
    side: int = 0
    """1, 2: the operand belongs beside the operation, as the first or second there; 0: above."""
    main: bool = True
    """The computation flows along it."""


@dataclass(frozen=True)
class Group:
    """A module: the boxes computed in one scope, inside the group of the surrounding scope."""

    id: str
    title: str
    parent: str | None


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[Group, ...]
    caption: str
    notes: tuple[str, ...]
    """What the reader must know: why there are no gradients, what was folded or left out."""
    scalar: bool
    """Whether every value is a single number."""
    grads: bool


def picture(
    targets: Sequence[Node],
    *,
    grads: bool = True,
    depth: int | None = None,
    names: Mapping[str, Any] | None = None,
    limit: int = LIMIT,
) -> Picture:
    """Boxes, arrows and groups of the graph that made ``targets``.

    Parameters
    ----------
    targets : sequence of Node
    grads : bool
        Compute the gradients of the targets and show them.
    depth : int, optional
        Levels of modules that are drawn open; None opens as many as stay within ``limit``.
    names : mapping of str to Node or array, optional
        Names for what has none, or another one.
    limit : int
        Boxes beyond which operations are folded or left out.

    Examples
    --------
    >>> x = ag.Node(2.0, name="x")
    >>> drawn = picture([x * x])
    >>> [box.id for box in drawn.boxes], len(drawn.arrows)
    (['n0', 'n1'], 2)
    """
    items = survey(targets, names or {})
    grad_of, why = gradients(targets) if grads else ({}, "")
    found = {item: grad_of[item.node] for item in items if item.node in grad_of}
    fold = folded(items, depth, limit)
    ids = {cell: f"n{i}" for i, cell in enumerate(fold.cells)}
    places = Places(fold.cells)
    boxes = tuple(box(cell, ids[cell], places, found) for cell in fold.cells)
    return Picture(
        boxes,
        tuple(arrows(fold, ids)),
        tuple(places.groups.values()),
        caption(items, set(targets)),
        tuple(note for note in (why, fold.note) if note),
        all(item.single for item in items),
        grads,
    )


# Boxes


class Places:
    """Which group each cell is drawn in; a module of one operation has none and lends its name."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.groups: dict[tuple[str, ...], Group] = {}
        self.counts: dict[tuple[str, ...], int] = {}
        for cell in cells:
            if cell.kind != "item" or cell.items[0].role != "input":
                scope = inside(cell)
                for i in range(len(scope)):
                    self.counts[scope[: i + 1]] = self.counts.get(scope[: i + 1], 0) + 1

    def place(self, cell: Cell) -> tuple[str | None, str]:
        """The group a cell is drawn in, and the module whose only operation it is."""
        scope, lent = inside(cell), ""
        while scope and self.counts.get(scope, 0) <= 1 and cell.kind == "item":
            lent, scope = lent or scope[-1].partition(" · ")[0], scope[:-1]
        return self.group(scope), lent

    def group(self, scope: tuple[str, ...]) -> str | None:
        """The id of the group of a scope, made with all around it when first needed."""
        parent: str | None = None
        for i in range(len(scope)):
            path = scope[: i + 1]
            group = self.groups.setdefault(
                path, Group(f"g{len(self.groups)}", plain(path[-1], 40), parent)
            )
            parent = group.id
        return parent


def inside(cell: Cell) -> tuple[str, ...]:
    """The scope in which a cell's box lies: a folded module lies in the one around it."""
    return cell.scope[:-1] if cell.kind == "module" else cell.scope


def box(cell: Cell, id: str, places: Places, found: Mapping[Item, Any]) -> Box:
    """The box of a cell."""
    group, lent = places.place(cell)
    if cell.kind == "item":
        return card(cell.items[0], id, group, lent, found)
    made = [item for item in cell.items if item.made]
    count = f"{len(made):,} operation{'s' * (len(made) != 1)}"
    if cell.kind == "gap":
        what = count if made else f"{len(cell.items):,} leaves"
        return Box(id, "gap", "⋮", f"{what} not drawn", None, None, True, group)
    parameters = [item for item in cell.items if item.role == "parameter"]
    grads = tuple(found[item] for item in parameters if item in found)
    size = sum(np.size(item.value) for item in parameters)
    note = f"{count} · {size:,} parameters" if size else count
    value = statistics(made[-1].value) if made else None
    live = any(item.differentiable for item in made)
    title = plain(cell.scope[-1], 28)
    return Box(
        id, "module", "⊞", title, value, statistics(grads) if grads else None, live, group, note
    )


def card(item: Item, id: str, group: str | None, lent: str, found: Mapping[Item, Any]) -> Box:
    """The box of a single value."""
    value = statistics(item.value)
    gradient = statistics(found[item]) if item in found else None
    if not item.made:
        unnamed = {
            "parameter": "parameter",
            "constant": constant_text(item.value) if value.number is not None else "",
        }
        fallback = unnamed.get(item.role) or ("array" if value.shape else "variable")
        return Box(
            id,
            item.role,
            "",
            plain(item.name or fallback),
            value,
            gradient,
            item.differentiable,
            group,
        )
    node: Any = item.node
    params = {k: v for k, v in node.params.items() if k != "axis" or not item.single}
    symbol, word = sign(node.op.name, len(node.parents), item.constants, params)
    return Box(
        id,
        item.role,
        symbol,
        plain(item.name or lent or word),
        value,
        gradient,
        item.differentiable,
        group,
    )


# Arrows


def arrows(fold: Fold, ids: Mapping[Cell, str]) -> Iterator[Arrow]:
    """One arrow for every use of a value; between folded boxes only one."""
    drawn: set[tuple[str, str]] = set()
    for item, cell in fold.of.items():
        beside, main = sides(item), main_operand(item)
        for position, operand in item.operands:
            origin = fold.of[operand]
            pair = ids[origin], ids[cell]
            if origin.kind == cell.kind == "item":
                yield Arrow(
                    *pair,
                    position,
                    operand.differentiable,
                    broadcast(operand, item),
                    beside.index(operand) + 1 if operand in beside else 0,
                    operand is main or (main is not None and operand.depth == main.depth > 0),
                )
            elif origin is not cell and pair not in drawn:
                drawn.add(pair)
                yield Arrow(*pair, position, operand.differentiable)


def sides(item: Item) -> list[Item]:
    """The operands that belong beside an operation: leaves only it uses, but for the main one."""
    main = main_operand(item)
    beside = [x for _, x in item.operands if not x.made and x is not main and len(x.users) == 1]
    return beside if len(beside) <= 2 else []


def broadcast(operand: Item, item: Item) -> str:
    """How broadcasting stretches an operand of an operation that acts entry by entry."""
    op: Any = item.node.op if item.node is not None else None
    if type(operand.value) is tuple or type(item.value) is tuple:
        return ""
    before, after = np.shape(operand.value), np.shape(item.value)
    if before == after or (op.scalar is None and op.name != "broadcast_to"):
        return ""
    return f"{shape_text(before) or 'scalar'} ⇒ {shape_text(after)}"


def caption(items: Sequence[Item], targets: set[Node]) -> str:
    """The result and the size of the graph, in one line."""
    results = [item for item in items if item.node in targets]
    what = outcome(results[0]) if len(results) == 1 else f"{len(results)} results"
    size = sum(np.size(item.value) for item in items if item.role == "parameter")
    parts = [what, f"{len(items):,} node{'s' * (len(items) != 1)}"]
    return " · ".join([*parts, f"{size:,} parameter{'s' * (size != 1)}"] if size else parts)


def outcome(item: Item) -> str:
    """A result as an equation, or its shape."""
    op: Any = item.node.op if item.node is not None else None
    name = plain(item.name or (WORDS.get(op.name, op.name) if op else "value"))
    if item.single:
        return f"{name} = {number_text(np.asarray(item.value).item())}"
    return f"{name}: {kind_text(statistics(item.value))}"
