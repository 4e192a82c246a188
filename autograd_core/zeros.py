"""Structural zeros: where an argument has influence on the end, given where the result has.

An entry that nothing downstream selected stays zero whatever an infinite or undefined partial
upstream says. Each op names one of these rules (or its own, called the same way); ``reverse.py``
and ``forward.py`` ask it only after a gradient came out NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import numpy as np

from .arrays import kin, numbers
from .deferred import Deferred
from .node import values_of


def all_or_nothing(
    i: int, influence: Any, constant: Any, out: Any, *args: Any, **params: Any
) -> Any:
    """Any entry may influence any: only a result without any influence says something."""
    return np.any(influence)


def everywhere(i: int, influence: Any, constant: Any, out: Any, *args: Any, **params: Any) -> Any:
    """Entry by entry, as the result."""
    return influence


def selected(partials: Any, i: int, influence: Any, constant: Any, out: Any, *args: Any) -> Any:
    """Entry by entry, where the partial derivative selects the argument."""
    d = partials[i]
    return influence & (values_of(d(out, *args) if callable(d) else d) != 0)


def transposed(
    transpose: Callable[..., Any],
    i: int,
    influence: Any,
    constant: Any,
    out: Any,
    x: Any,
    **params: Any,
) -> Any:
    """Where the entries of the result that have influence came from."""
    cotangent = transpose(numbers(influence), x, **params)
    return (cotangent.dense() if type(cotangent) is Deferred else cotangent) != 0


# in forward mode: which entries of the result can move, given which of the arguments do


def any_moves_all(moved: list[Any], out: Any, *args: Any, **params: Any) -> Any:
    """Any entry may move any: only arguments that do not move at all say something."""
    return reduce(or_, [np.any(mask) for mask in moved if mask is not None], False)


def moves_along(forward: Callable[..., Any]) -> Callable[..., Any]:
    """For an op that moves, copies and adds entries: wherever one that moves ends up."""

    def moves(moved: list[Any], out: Any, *args: Any, **params: Any) -> Any:
        filled = [
            np.zeros(np.shape(x), like=kin(x)) if mask is None else numbers(mask)
            for mask, x in zip(moved, args, strict=True)
        ]
        return forward(*filled, **params) != 0

    return moves
