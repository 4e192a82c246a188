"""Methods of ufuncs that have a row of their own: differences, running extremes, log-sums.

All are linear, or nearly, in the data. ``ufunc_methods.py`` has those of every other ufunc,
``cumulative.py`` running sums and products.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import as_kin, kin, numbers
from ..batching import rules as batch_rules
from ..errors import ArgumentError, expected
from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, linear
from ..sampling import normal
from ..tracing import some
from .cumulative import recurrence
from .elementwise import or_one, share
from .extremes import extreme_of, max_, min_, nanmax_, nanmin_
from .reductions import MISSING, common, expanded, selected, shapes, sum, ufunc_axis
from .special import logsumexp_, softmax_of
from .spreads import lengthened

Function = Callable[..., Any]
along = [normal((3, 2), axis=0), normal((2, 3), axis=1)]


def one_axis(name: str, array: Any, axis: Any, dtype: Any, out: Any) -> tuple[Any, int]:
    """What every accumulation does with its arguments: the array, and the one axis."""
    array, params = common(name, array, axis, dtype, out, False)
    return array, params["axis"][0]


def lead(axis: int) -> tuple[slice, ...]:
    """The index of everything on the axes before ``axis``."""
    return (slice(None),) * axis


def single(name: str, axes: tuple[int, ...]) -> int | None:
    """The one axis of a reduction whose order matters, None for none at all."""
    if len(axes) > 1:
        cure = "The order of the entries matters: reduce one axis after the other."
        raise ArgumentError(expected(f"{name}: axis", "one axis", axes, cure))
    return axes[0] if axes else None


def refuse_where(name: str, where: Any) -> None:
    """Without a number to begin with nothing may be left out, as in NumPy."""
    if where is not True and where is not MISSING:
        cure = "Pass what the result is where nothing is let in."
        raise ArgumentError(expected(name, "initial= beside where=", "none", cure))


# differences
def first_positive(x: Any, axis: int) -> Any:
    """1 for the first entry along an axis, -1 for all others."""
    signs = -np.ones([n if i == axis else 1 for i, n in enumerate(np.shape(x))], value_of(x).dtype)
    signs[(*lead(axis), slice(1))] = 1
    return as_kin(signs, x)


less_the_rest = linear(
    lambda x, *, axis, keepdims: np.subtract.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, x, axis, keepdims: (
        expanded(g, x, (axis,), keepdims) * np.broadcast_to(first_positive(x, axis), np.shape(x))
    ),
    batch=batch_rules.along("axis"),
    sample=[normal((3, 2), axis=0, keepdims=False), normal((3, 2), axis=1, keepdims=True)],
    name="subtract_reduce",
)

less_each = linear(
    lambda x, *, axis: np.subtract.accumulate(x, axis=axis),
    lambda g, x, axis: (
        np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis) * first_positive(x, axis)
    ),
    batch=batch_rules.along("axis"),
    sample=along,
    name="subtract_accumulate",
)


@implements((np.subtract, "reduce"))
def subtract_reduce(
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = MISSING,
    where: Any = True,
) -> Any:
    """``np.subtract.reduce`` of a Node: the first entry less all others."""
    name = "np.subtract.reduce"
    array, params = common(name, array, ufunc_axis(array, axis), dtype, out, keepdims)
    one = single(name, params["axis"])
    if initial is not MISSING and initial is not None:
        return initial - sum(array, where=where, **params)
    refuse_where(name, where)
    return array if one is None else less_the_rest(array, axis=one, keepdims=params["keepdims"])


# extremes
def ties(out: Any, x: Any) -> Any:
    """Which entries equal the extreme so far."""
    return (x == out) | (np.isnan(x) & np.isnan(out))


def goes_on(out: Any, axis: int) -> Any:
    """Where the extreme is still the one before."""
    earlier, later = out[(*lead(axis), slice(-1))], out[(*lead(axis), slice(1, None))]
    first = np.zeros(np.shape(out[(*lead(axis), slice(1))]), dtype=bool, like=kin(out))
    return np.concatenate([first, ties(earlier, later)], axis)


def sums_of_runs(x: Any, same: Any, axis: int) -> Any:
    """Running sums that begin anew where ``same`` is False, by doubling strides."""
    stride = 1
    while stride < np.shape(x)[axis]:
        head, tail = (*lead(axis), slice(stride)), (*lead(axis), slice(stride, None))
        back = (*lead(axis), slice(-stride))
        x = np.concatenate([x[head], x[tail] + np.where(same[tail], x[back], 0)], axis)
        same = np.concatenate([same[head], same[tail] & same[back]], axis)
        stride *= 2
    return x


def running_vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
    """Every entry's share in the extremes that it is, evenly with those that tie so far."""
    x, out = value_of(x), value_of(out)
    same, tied = goes_on(out, axis), ties(out, x)
    shared = g / sums_of_runs(tied.astype(x.dtype), same, axis)
    ahead = np.roll(np.flip(same, axis), 1, axis)  # an end of a run is a beginning from behind
    total = np.flip(sums_of_runs(np.flip(shared, axis), ahead, axis), axis)
    return np.where(tied, total, 0)


def running_jvp(t: Any, out: Any, x: Any, axis: int) -> Any:
    """The mean tangent of those that tie so far."""
    x, out = value_of(x), value_of(out)
    same, tied = goes_on(out, axis), ties(out, x)
    total = sums_of_runs(np.where(tied, t, 0), same, axis)
    return total / sums_of_runs(tied.astype(x.dtype), same, axis)


def running(ufunc: np.ufunc) -> Primitive:
    """A row for the extreme of all entries so far; ties share the gradient evenly."""
    op = Primitive(
        lambda x, *, axis: ufunc.accumulate(x, axis=axis),
        [running_vjp],
        [running_jvp],
        zeros=lambda i, influence, constant, out, x, axis: (
            running_vjp(numbers(influence), out, x, axis) != 0
        ),
        moves=lambda moved, out, x, axis: running_jvp(numbers(moved[0]), out, x, axis) != 0,
        selects=True,
        batch=batch_rules.along("axis"),
        sample=along,
        name=f"{ufunc.__name__}_accumulate",
    )
    OPS.append(op)
    return op


def reduce_by(ufunc: np.ufunc, op: Primitive, fill: float) -> Function:
    """``reduce`` by a row; ``fill`` stands in for what ``where=`` leaves out."""
    reduced = extreme_of if op.selects else begun

    def rule(
        array: Any,
        axis: Any = 0,
        dtype: Any = None,
        out: Any = None,
        keepdims: Any = False,
        initial: Any = MISSING,
        where: Any = True,
    ) -> Any:
        name, axes = f"np.{ufunc.__name__}.reduce", ufunc_axis(array, axis)
        array, params = common(name, array, axes, dtype, out, keepdims)
        return reduced(op, ufunc, fill, array, params, initial, where)

    return rule


def begun(
    op: Primitive, pair: Any, fill: float, a: Any, params: Any, initial: Any, where: Any
) -> Any:
    """A reduction that has an identity, with NumPy's ``initial`` and ``where``."""
    result = op(selected(a, where, fill), **params)
    return result if initial is MISSING or initial is None else pair(initial, result)


# roots of sums of squares
hypot_of = Primitive(
    lambda x, *, axis, keepdims: np.hypot.reduce(x, axis=axis, keepdims=keepdims),
    [lengthened],
    [
        lambda t, out, x, axis, keepdims: np.sum(
            t * (x / or_one(expanded(out, x, axis, keepdims))), axis=axis, keepdims=keepdims
        )
    ],
    batch=batch_rules.along("axis"),
    sample=shapes,
    name="hypot_reduce",
    bends=True,
)
OPS.append(hypot_of)


# logarithms of sums of powers
def log2_weights(out: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The share of each entry in the sum of powers of two."""
    return softmax_of(out, x, axis, keepdims, np.exp2)


log_sum_2 = Primitive(
    lambda x, *, axis, keepdims: np.logaddexp2.reduce(x, axis=axis, keepdims=keepdims),
    [
        lambda g, out, x, axis, keepdims: (
            expanded(g, x, axis, keepdims) * log2_weights(out, x, axis, keepdims)
        )
    ],
    [
        lambda t, out, x, axis, keepdims: np.sum(
            t * log2_weights(out, x, axis, keepdims), axis=axis, keepdims=keepdims
        )
    ],
    batch=batch_rules.along("axis"),
    sample=shapes,
    name="logaddexp2_reduce",
)
OPS.append(log_sum_2)


def parts(exp: Function, out: Any, x: Any, axis: int) -> tuple[Any, Any]:
    """What of each sum so far its own entry makes up, and what the sum before it.

    Infinite entries share evenly what they make infinite.
    """
    later, earlier = out[(*lead(axis), slice(1, None))], out[(*lead(axis), slice(-1))]
    first = np.zeros(np.shape(out[(*lead(axis), slice(1))]), value_of(out).dtype, like=kin(out))
    own, before = share(out, x, exp), np.concatenate([first, share(later, earlier, exp)], axis)
    infinite = value_of(x) == np.inf
    if some(infinite):
        so_far = np.maximum(np.cumsum(infinite, axis=axis, dtype=value_of(out).dtype), 1)
        own, before = own / so_far, before * ((so_far - infinite) / so_far)
    return own, before


def running_log_sum(ufunc: np.ufunc, exp: Function) -> Primitive:
    """A row for the log-sum of all entries so far."""

    def vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
        own, before = parts(exp, out, x, axis)
        ahead = np.roll(np.flip(before, axis), 1, axis)
        return own * np.flip(recurrence(np.flip(g, axis), ahead, axis), axis)

    def jvp(t: Any, out: Any, x: Any, axis: int) -> Any:
        own, before = parts(exp, out, x, axis)
        return recurrence(t * own, before, axis)

    op = Primitive(
        lambda x, *, axis: ufunc.accumulate(x, axis=axis),
        [vjp],
        [jvp],
        batch=batch_rules.along("axis"),
        sample=along,
        name=f"{ufunc.__name__}_accumulate",
    )
    OPS.append(op)
    return op


def accumulate_by(ufunc: np.ufunc, op: Primitive) -> Function:
    """``accumulate`` by a row."""

    def rule(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
        array, axis = one_axis(f"np.{ufunc.__name__}.accumulate", array, axis, dtype, out)
        return op(array, axis=axis)

    return rule


REDUCTIONS: list[tuple[Any, Primitive, float]] = [
    (np.maximum, max_, -np.inf),
    (np.minimum, min_, np.inf),
    (np.fmax, nanmax_, -np.inf),
    (np.fmin, nanmin_, np.inf),
    (np.hypot, hypot_of, 0.0),
    (np.logaddexp, logsumexp_, -np.inf),
    (np.logaddexp2, log_sum_2, -np.inf),
]
ACCUMULATIONS: list[tuple[Any, Primitive]] = [
    (np.subtract, less_each),
    *((ufunc, running(ufunc)) for ufunc in (np.maximum, np.minimum, np.fmax, np.fmin)),
    (np.logaddexp, running_log_sum(np.logaddexp, np.exp)),
    (np.logaddexp2, running_log_sum(np.logaddexp2, np.exp2)),
]
for ufunc, op, fill in REDUCTIONS:
    implements((ufunc, "reduce"))(reduce_by(ufunc, op, fill))
for ufunc, op in ACCUMULATIONS:
    implements((ufunc, "accumulate"))(accumulate_by(ufunc, op))
