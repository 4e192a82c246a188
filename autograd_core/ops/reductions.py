"""Ops that reduce axes to sums, means and products, which are exact at zeros.

Each NumPy function below turns its arguments into the row's own form once: ``axis`` a tuple of
non-negative ints, ``keepdims`` a bool. Further reductions: ``extremes.py``, ``spreads.py``,
``averages.py``, ``quantiles.py``, ``nan_functions.py``; running ones: ``cumulative.py``.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from ..arrays import any_seen, kin, reduced, reducing
from ..batching.rules import along
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


def ufunc_axis(a: Any, axis: Any) -> Any:
    """``axis`` as a ufunc's reduction takes it: of a 0-d array 0 and -1, too."""
    return () if axis in (0, -1) and np.ndim(value_of(a)) == 0 else axis


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
    reducing(np.add),
    lambda g, x, axis, keepdims: spread(g, x, axis, keepdims),
    batch=along("axis"),
    sample=shapes,
    name="sum",
)
mean_ = linear(
    lambda x, *, axis, keepdims: np.mean(x, axis=axis, keepdims=keepdims),
    lambda g, x, axis, keepdims: (
        spread(g * (1 / count(x, axis)), x, axis, keepdims)
        if 0 not in np.shape(x)
        else np.zeros(np.shape(x), like=kin(x))
    ),
    batch=along("axis"),
    sample=shapes,
    name="mean",
)


def selected(a: Any, where: Any, fill: Any) -> Any:
    """``a`` with ``fill`` where a reduction's ``where=`` leaves entries out."""
    if where is True or where is MISSING:
        return a
    return np.where(np.broadcast_to(value_of(where), np.shape(a)), a, fill)


def unwidened(total: Any, dtype: Any) -> Any:
    """A total in the dtype that was asked for: NumPy itself adds small integers in a larger one."""
    return total if dtype is None or total.dtype == dtype else astype(total, dtype)


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
    a, params = common("np.sum", a, ufunc_axis(a, axis), dtype, out, keepdims)
    total = unwidened(sum_(selected(a, where, 0), **params), dtype)
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
    whole = where is True or where is MISSING
    if not whole and dtype is None and value_of(a).dtype == np.float16:  # summed in float32
        return astype(mean(a, axis, np.float32, out, keepdims, where=where), np.float16)
    a, params = common("np.mean", a, axis, dtype, out, keepdims)
    if whole:
        return mean_(a, **params)
    n = counted(a, where, params)
    if any_seen(n == 0):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=2)
    return sum_(selected(a, where, 0), **params) / n


def counted(a: Any, where: Any, params: dict[str, Any]) -> Any:
    """How many entries ``where=`` lets into each result, in the real dtype of ``a``."""
    chosen = np.broadcast_to(value_of(where), np.shape(a))
    dtype = np.zeros(0, np.result_type(value_of(a), np.float16)).real.dtype
    return reduced(np.add, chosen, dtype=dtype, **params)


# products
def exclusive_product(x: Any, axis: tuple[int, ...]) -> Any:
    """For every entry the product of all others along ``axis``: exact where entries are zero."""
    kept = [i for i in range(np.ndim(x)) if i not in axis]
    order = [*kept, *axis]
    lengths = [np.shape(x)[i] for i in order]
    flat = np.reshape(np.transpose(x, order), [*lengths[: len(kept)], -1])
    one = np.ones((*lengths[: len(kept)], 1), value_of(x).dtype, like=kin(x))
    before = np.concatenate([one, np.cumprod(flat[..., :-1], axis=-1)], axis=-1)
    after = np.concatenate([one, np.cumprod(flat[..., :0:-1], axis=-1)], axis=-1)[..., ::-1]
    return np.transpose(np.reshape(before * after, lengths), list(np.argsort(order)))


def prod_slope(x: Any, axis: tuple[int, ...]) -> Any:
    """D prod / d x."""
    return (
        exclusive_product(x, axis)
        if np.ndim(x) and 0 not in np.shape(x)
        else np.ones(np.shape(x), like=kin(x))
    )


prod_ = Primitive(
    reducing(np.multiply),
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
    batch=along("axis"),
    sample=[
        *shapes,
        lambda rng: (
            (rng.normal(size=(3, 2)) * [[1, 0], [1, 1], [1, 1]],),
            {"axis": (0,), "keepdims": False},
        ),
    ],
    name="prod",
)


OPS.append(prod_)


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
    a, params = common("np.prod", a, ufunc_axis(a, axis), dtype, out, keepdims)
    total = unwidened(prod_(selected(a, where, 1), **params), dtype)
    return total if initial is MISSING or initial is None else total * initial
