"""Small functions that autograd programs import: replace entries of a tuple, sort a graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .tracer import toposort

__all__ = ["subval", "subvals", "toposort"]


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """A tuple with the entries at some positions replaced."""
    entries = list(x)
    for i, v in ivs:
        entries[i] = v
    return tuple(entries)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """A tuple with one entry replaced."""
    return subvals(x, [(i, v)])
