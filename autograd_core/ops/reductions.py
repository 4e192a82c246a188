"""Ops that reduce axes: sums, means, products and extremes; ``spreads.py`` has var and std.

Each NumPy function below turns its arguments into the row's own form once: ``axis`` a tuple of
non-negative ints, ``keepdims`` a bool. Ties share the gradient evenly; products are exact at zeros.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..errors import unsupported
from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex, linear
from ..sampling import normal
from .shaping import astype

MISSING = np._NoValue


def axes_of(x: Any, axis: Any) -> tuple[int, ...]:
    """``axis`` as NumPy takes it, as a tuple of non-negative ints."""
    ndim = np.ndim(value_of(x))
    if axis is None:
        return tuple(range(ndim))
    given = (
        tuple(map(operator.index, axis))
        if isinstance(axis, tuple | list)
        else (operator.index(axis),)
    )
    return np.lib.array_utils.normalize_axis_tuple(given, ndim)


def common(
    name: str, a: Any, axis: Any, dtype: Any, out: Any, keepdims: Any
) -> tuple[Any, dict[str, Any]]:
    """What every reduction does with the arguments they share."""
    if out is not None:
        raise unsupported(name, "out", "...", "Nodes are immutable: use the returned result.")
    if dtype is not None:
        a = astype(a, dtype)
    return a, {"axis": axes_of(a, axis), "keepdims": keepdims is not MISSING and bool(keepdims)}


def expanded(g: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """A reduced array with the reduced axes put back, of length 1."""
    if keepdims or not axis:
        return g
    return np.reshape(g, [1 if i in axis else n for i, n in enumerate(np.shape(x))])


def spread(g: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """A reduced array copied along the reduced axes."""
    return np.broadcast_to(expanded(g, x, axis, keepdims), np.shape(x))


def count(x: Any, axis: tuple[int, ...]) -> int:
    """How many entries go into one result."""
    shape = np.shape(x)
    total = 1
    for i in axis:
        total *= shape[i]
    return total


shapes = [normal((3, 2), axis=(0, 1), keepdims=False), normal((3, 2), axis=(0,), keepdims=True)]

# sums and means
sum_ = linear(
    lambda x, *, axis, keepdims: np.add.reduce(x, axis=axis, keepdims=keepdims),
    lambda g, x, axis, keepdims: spread(g, x, axis, keepdims),
    sample=shapes,
    name="sum",
)
mean_ = linear(
    lambda x, *, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims),
    lambda g, x, axis, keepdims: (
        spread(g * (1 / count(x, axis)), x, axis, keepdims) if np.size(x) else np.zeros(np.shape(x))
    ),
    sample=shapes,
    name="mean",
)


def selected(a: Any, where: Any, fill: Any) -> Any:
    """``a`` with ``fill`` where a reduction's ``where=`` leaves entries out."""
    if where is True or where is MISSING:
        return a
    return np.where(np.broadcast_to(value_of(where), np.shape(a)), a, fill)


@implements(np.sum)
def sum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.sum`` of a Node."""
    a, params = common("np.sum", a, axis, dtype, out, keepdims)
    total = sum_(selected(a, where, 0), **params)
    return total if initial is MISSING or initial is None else total + initial


@implements(np.mean)
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    *,
    where: Any = MISSING,
) -> Any:
    """``np.mean`` of a Node."""
    a, params = common("np.mean", a, axis, dtype, out, keepdims)
    if where is True or where is MISSING:
        return mean_(a, **params)
    return sum_(selected(a, where, 0), **params) / counted(a, where, params)


def counted(a: Any, where: Any, params: dict[str, Any]) -> Any:
    """How many entries ``where=`` lets into each result, in the dtype of ``a``."""
    chosen = np.broadcast_to(value_of(where), np.shape(a))
    return np.add.reduce(chosen, dtype=np.result_type(value_of(a)), **params)


# products
def exclusive_product(x: Any, axis: tuple[int, ...]) -> Any:
    """For every entry the product of all others along ``axis``: exact where entries are zero."""
    kept = [i for i in range(np.ndim(x)) if i not in axis]
    order = [*kept, *axis]
    lengths = [np.shape(x)[i] for i in order]
    flat = np.reshape(np.transpose(x, order), [*lengths[: len(kept)], -1])
    one = np.ones((*lengths[: len(kept)], 1), value_of(x).dtype)
    before = np.concatenate([one, np.cumprod(flat[..., :-1], axis=-1)], axis=-1)
    after = np.concatenate([one, np.cumprod(flat[..., :0:-1], axis=-1)], axis=-1)[..., ::-1]
    return np.transpose(np.reshape(before * after, lengths), list(np.argsort(order)))


def prod_slope(x: Any, axis: tuple[int, ...]) -> Any:
    """D prod / d x."""
    return exclusive_product(x, axis) if np.ndim(x) and np.size(x) else np.ones(np.shape(x))


prod_ = Primitive(
    lambda x, *, axis, keepdims: np.multiply.reduce(x, axis=axis, keepdims=keepdims),
    [
        lambda g, out, x, axis, keepdims: (
            expanded(g, x, axis, keepdims) * holomorphic(prod_slope(x, axis))
        )
    ],
    [
        lambda t, out, x, axis, keepdims: np.sum(
            t * prod_slope(x, axis), axis=axis, keepdims=keepdims
        )
    ],
    sample=[
        *shapes,
        lambda rng: (
            (rng.normal(size=(3, 2)) * [[1, 0], [1, 1], [1, 1]],),
            {"axis": (0,), "keepdims": False},
        ),
    ],
    name="prod",
)


def holomorphic(slope: Any) -> Any:
    """A slope as the vjp takes it: conjugate where complex."""
    return np.conjugate(slope) if is_complex(slope) else slope


@implements(np.prod)
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.prod`` of a Node."""
    a, params = common("np.prod", a, axis, dtype, out, keepdims)
    total = prod_(selected(a, where, 1), **params)
    return total if initial is MISSING or initial is None else total * initial


cumsum_ = linear(
    lambda x, *, axis: np.cumsum(x, axis=axis),
    lambda g, x, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis),
    sample=[normal((3, 2), axis=0), normal((3, 2), axis=1)],
    name="cumsum",
)


@implements(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumsum`` of a Node."""
    a, _ = common("np.cumsum", a, axis, dtype, out, False)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axes_of(a, axis)[0])
    return cumsum_(a, axis=axis)


def recurrence(a: Any, b: Any, axis: int) -> Any:
    """``s[i] = a[i] + b[i] s[i-1]`` along an axis, by doubling strides."""
    lead = (slice(None),) * axis
    stride = 1
    while stride < np.shape(a)[axis]:
        head, tail = (*lead, slice(stride)), (*lead, slice(stride, None))
        back = (*lead, slice(-stride))
        a = np.concatenate([a[head], a[tail] + b[tail] * a[back]], axis)
        b = np.concatenate([b[head], b[tail] * b[back]], axis)
        stride *= 2
    return a


def shifted(x: Any, first: float, axis: int) -> Any:
    """``x`` one place later along an axis, beginning with ``first``."""
    lead = (slice(None),) * axis
    edge = np.full(np.shape(x[(*lead, slice(1))]), first, value_of(x).dtype)
    return np.concatenate([edge, x[(*lead, slice(-1))]], axis)


def cumprod_vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
    """What comes before an entry times a sum over what comes after: exact at zeros."""
    after = shifted(np.flip(holomorphic(x), axis), 0, axis)
    total = np.flip(recurrence(np.flip(g, axis), after, axis), axis)
    return total * shifted(holomorphic(out), 1, axis)


cumprod_ = Primitive(
    lambda x, *, axis: np.cumprod(x, axis=axis),
    [cumprod_vjp],
    [lambda t, out, x, axis: recurrence(t * shifted(out, 1, axis), x, axis)],
    sample=[
        normal((3, 2), axis=0),
        lambda rng: ((rng.normal(size=(2, 4)) * [[1, 0, 1, 0], [1, 1, 0, 1]],), {"axis": 1}),
    ],
    name="cumprod",
)


@implements(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumprod`` of a Node."""
    a, _ = common("np.cumprod", a, axis, dtype, out, False)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axes_of(a, axis)[0])
    return cumprod_(a, axis=axis)


# extremes
def shares(out: Any, x: Any, axis: tuple[int, ...], keepdims: bool, outsider: Any = None) -> Any:
    """How the gradient is shared: evenly among the entries that tie for the extreme."""
    x, top = np.asarray(value_of(x)), expanded(value_of(out), value_of(x), axis, keepdims)
    tied = (x == top) | (np.isnan(x) & np.isnan(top))
    return tied / np.maximum(np.add.reduce(tied, axis=axis, keepdims=True, dtype=x.dtype), 1)


def chosen(
    i: int, influence: Any, constant: Any, out: Any, x: Any, axis: Any, keepdims: Any
) -> Any:
    """Structural zeros of an extreme: entries that are not extreme have no influence."""
    return np.broadcast_to(expanded(influence, x, axis, keepdims), np.shape(x)) & (
        shares(out, x, axis, keepdims) != 0
    )


def extreme(function: np.ufunc, name: str) -> Primitive:
    """A row for max or min."""
    op = Primitive(
        lambda x, *, axis, keepdims: function.reduce(x, axis=axis, keepdims=keepdims),
        [
            lambda g, out, x, axis, keepdims: (
                expanded(g, x, axis, keepdims) * shares(out, x, axis, keepdims)
            )
        ],
        [
            lambda t, out, x, axis, keepdims: tangent_of_extreme(
                t, shares(out, x, axis, keepdims), axis, keepdims
            )
        ],
        zeros=chosen,
        moves=lambda moved, out, x, axis, keepdims: np.logical_or.reduce(
            moved[0] & (shares(out, x, axis, keepdims) != 0), axis=axis, keepdims=keepdims
        ),
        selects=True,
        sample=shapes,
        name=name,
    )
    OPS.append(op)
    return op


def tangent_of_extreme(t: Any, weights: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The tangents of the chosen entries; the others' are left out, infinite or not."""
    return np.sum(np.where(weights != 0, t, 0) * weights, axis=axis, keepdims=keepdims)


OPS.extend([prod_, cumprod_])
max_, min_ = extreme(np.maximum, "max"), extreme(np.minimum, "min")


def extreme_of(
    op: Primitive, pair: Any, fill: float, a: Any, params: Any, initial: Any, where: Any
) -> Any:
    """An extreme with NumPy's ``initial`` and ``where``."""
    given = initial is not MISSING and initial is not None
    if where is not True and where is not MISSING and not given:
        raise unsupported(
            f"np.{op.name}", "where", "without initial", "Pass initial= as NumPy asks, too."
        )
    if np.size(a) == 0 and given and count(a, params["axis"]) == 0:
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
    a, params = common("np.max", a, axis, None, out, keepdims)
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
    a, params = common("np.min", a, axis, None, out, keepdims)
    return extreme_of(min_, np.minimum, np.inf, a, params, initial, where)


@implements(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = MISSING) -> Any:
    """``np.ptp`` of a Node."""
    return max(a, axis, out, keepdims) - min(a, axis, out, keepdims)
