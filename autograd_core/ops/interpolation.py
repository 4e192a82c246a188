"""``np.interp``, differentiable in the points, the knots and the values at them.

At a knot the slope is the minimum-norm subgradient: the smaller one of the two sides, 0 where they
point in opposite directions and at the ends, beyond which the function is constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..node import value_of, values_of
from ..rows import implements
from ..tracing import some
from .gathering import as_dtype
from .indexing import take
from .shaping import shape_of


@implements(np.interp)
def interp(
    x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None
) -> Any:
    """``np.interp`` of Nodes; in float64 or complex128, as in NumPy."""
    x, xp = as_dtype(x, np.float64), as_dtype(xp, np.float64)
    fp = as_dtype(fp, np.complex128 if np.iscomplexobj(fp) else np.float64)
    if period is not None:
        x, xp, fp = periodic(x, xp, fp, period)
        left = right = None
    knots, points = value_of(xp), value_of(x)
    np.interp(np.zeros(1), np.zeros(shape_of(xp)), np.zeros(shape_of(fp)))  # NumPy's own messages
    n = len(knots)
    inner = segments(x, xp, fp) if n > 1 else np.broadcast_to(fp[0], shape_of(x))
    inner = np.where(points < knots[0], fp[0] if left is None else left, inner)
    return np.where(points > knots[-1], fp[-1] if right is None else right, inner)


def periodic(x: Any, xp: Any, fp: Any, period: Any) -> tuple[Any, Any, Any]:
    """Points and knots in one period, and a knot beyond either end of it."""
    if value_of(period) == 0:
        cure = "Pass the length after which values repeat."
        raise ArgumentError(expected("interp: period", "a number other than zero", 0, cure))
    np.interp(np.zeros(1), np.zeros(shape_of(xp)), np.zeros(shape_of(fp)))  # NumPy's own messages
    period = np.abs(period)
    x, xp = np.remainder(x, period), np.remainder(xp, period)
    order = np.argsort(value_of(xp))
    xp, fp = take(xp, order), take(fp, order)
    xp = np.concatenate((xp[-1:] - period, xp, xp[:1] + period))
    return x, xp, np.concatenate((fp[-1:], fp, fp[:1]))


def segments(x: Any, xp: Any, fp: Any) -> Any:
    """The straight line between the two knots beside every point."""
    segment, anchor, flat = beside(*values_of([x, xp, fp]))
    rise = take(fp, segment + 1) - take(fp, segment)
    slope = rise / (take(xp, segment + 1) - take(xp, segment))
    start = take(fp, anchor)
    line = slope * (x - take(xp, anchor)) + start
    return np.where(flat, start, line) if some(flat) else line


def beside(x: Any, xp: Any, fp: Any) -> tuple[Any, Any, Any]:
    """For every point its segment, the knot to measure from, and whether its slope is 0."""
    last = len(xp) - 2
    segment = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, last)
    knot = np.minimum(np.searchsorted(xp, x), last + 1)
    met = take(xp, knot) == x
    if not some(met):
        return segment, segment, np.zeros(np.shape(x), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.concatenate([[0], np.diff(fp) / np.diff(xp), [0]])
    before, after = take(slopes, knot), take(slopes, knot + 1)
    flat = met & ((before * np.conj(after)).real <= 0)
    gentler = np.where(np.abs(before) < np.abs(after), knot - 1, knot)
    segment = np.where(met, np.clip(gentler, 0, last), segment)
    return segment, np.where(met, knot, segment), flat
