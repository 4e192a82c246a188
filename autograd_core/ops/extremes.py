"""The largest and the smallest entry along axes: max, min, ptp. Ties share the gradient evenly.

Those that ignore NaN are here, too; of two arrays: ``maximum`` and its kin in ``elementwise.py``.
"""

from __future__ import annotations

import warnings
from functools import partial
from typing import Any

import numpy as np

from ..arrays import any_seen, reduced, reducing
from ..batching.rules import along
from ..errors import ArgumentError, expected
from ..node import as_array, value_of
from ..primitive import OPS, Primitive
from ..rows import implements
from .reductions import MISSING, common, count, expanded, selected, shapes, sum_, ufunc_axis


def shares(nan_wins: bool, out: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """How the gradient is shared: evenly among the entries that tie for the extreme."""
    x, top = as_array(value_of(x)), expanded(value_of(out), value_of(x), axis, keepdims)
    tied = x == top
    if nan_wins:
        tied = tied | (np.isnan(x) & np.isnan(top))
    return tied / np.maximum(reduced(np.add, tied, axis=axis, keepdims=True, dtype=x.dtype), 1)


def extreme(function: np.ufunc, name: str, nan_wins: bool = True) -> Primitive:
    """A row for max or min; entries that are not extreme have no influence."""
    share = partial(shares, nan_wins)
    op = Primitive(
        reducing(function),
        [
            lambda g, out, x, axis, keepdims: (
                expanded(g, x, axis, keepdims) * share(out, x, axis, keepdims)
            )
        ],
        [
            lambda t, out, x, axis, keepdims: tangent_of_extreme(
                t, share(out, x, axis, keepdims), axis, keepdims
            )
        ],
        zeros=lambda i, influence, constant, out, x, axis, keepdims: (
            np.broadcast_to(expanded(influence, x, axis, keepdims), np.shape(x))
            & (share(out, x, axis, keepdims) != 0)
        ),
        moves=lambda moved, out, x, axis, keepdims: reduced(
            np.logical_or,
            moved[0] & (share(out, x, axis, keepdims) != 0),
            axis=axis,
            keepdims=keepdims,
        ),
        selects=True,
        batch=along("axis"),
        sample=shapes,
        name=name,
    )
    OPS.append(op)
    return op


def tangent_of_extreme(t: Any, weights: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The tangents of the chosen entries; the others' are left out, infinite or not."""
    return np.sum(np.where(weights != 0, t, 0) * weights, axis=axis, keepdims=keepdims)


max_, min_ = extreme(np.maximum, "max"), extreme(np.minimum, "min")
nanmax_, nanmin_ = extreme(np.fmax, "nanmax", False), extreme(np.fmin, "nanmin", False)


def extreme_of(
    op: Primitive, pair: Any, fill: float, a: Any, params: Any, initial: Any, where: Any
) -> Any:
    """An extreme with NumPy's ``initial`` and ``where``."""
    given = initial is not MISSING and initial is not None
    if where is not True and where is not MISSING and not given:
        cure = "Pass what the result is where nothing is let in."
        raise ArgumentError(expected(f"np.{op.name}", "initial= beside where=", "none", cure))
    if 0 in np.shape(value_of(a)) and given and count(a, params["axis"]) == 0:
        return sum_(a, **params) + initial
    result = op(selected(a, where, fill), **params)
    return pair(result, initial) if given else result


@implements(np.max, np.amax)
def max(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.max`` of a Node; ties share the gradient evenly."""
    a, params = common("np.max", a, ufunc_axis(a, axis), None, out, keepdims)
    return extreme_of(max_, np.maximum, -np.inf, a, params, initial, where)


@implements(np.min, np.amin)
def min(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.min`` of a Node; ties share the gradient evenly."""
    a, params = common("np.min", a, ufunc_axis(a, axis), None, out, keepdims)
    return extreme_of(min_, np.minimum, np.inf, a, params, initial, where)


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = MISSING) -> Any:
    """``np.ptp`` of a Node."""
    return max(a, axis, out, keepdims) - min(a, axis, out, keepdims)


def without_nan(
    op: Primitive, pair: Any, a: Any, axis: Any, out: Any, keepdims: Any, initial: Any, where: Any
) -> Any:
    """An extreme of the entries that are not NaN, with NumPy's warning where there is none."""
    a, params = common(f"np.{op.name}", a, ufunc_axis(a, axis), None, out, keepdims)
    result = extreme_of(op, pair, np.nan, a, params, initial, where)
    if any_seen(np.isnan(value_of(result))):
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=4)
    return result


@implements(np.nanmax)
def nanmax(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.nanmax`` of a Node: a NaN has slope 0, also where all are NaN and so is the result."""
    return without_nan(nanmax_, np.fmax, a, axis, out, keepdims, initial, where)


@implements(np.nanmin)
def nanmin(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.nanmin`` of a Node: a NaN has slope 0, also where all are NaN and so is the result."""
    return without_nan(nanmin_, np.fmin, a, axis, out, keepdims, initial, where)
