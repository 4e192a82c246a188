"""Small functions that autograd programs import: replace entries of a tuple, sort a graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .tracer import toposort

__all__ = ["subval", "subvals", "toposort"]


def subvals(x: Iterable[Any], ivs: Iterable[tuple[int, Any]]) -> tuple[Any, ...]:
    """A tuple with the entries at some positions replaced.

    Parameters
    ----------
    x : iterable
    ivs : iterable of (int, object)
        Positions and what comes there.

    Returns
    -------
    tuple

    Examples
    --------
    >>> from autograd_core.compat.autograd.util import subvals
    >>> subvals((1, 2, 3), [(0, "a"), (2, "c")])
    ('a', 2, 'c')
    """
    entries = list(x)
    for i, v in ivs:
        entries[i] = v
    return tuple(entries)


def subval(x: Iterable[Any], i: int, v: Any) -> tuple[Any, ...]:
    """A tuple with one entry replaced.

    Parameters
    ----------
    x : iterable
    i : int
    v : object

    Returns
    -------
    tuple

    Examples
    --------
    >>> from autograd_core.compat.autograd.util import subval
    >>> subval((1, 2, 3), 1, "b")
    (1, 'b', 3)
    """
    return subvals(x, [(i, v)])
