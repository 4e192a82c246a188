"""Functions of NumPy's that answer with plain results, where ``vmap`` maps over them.

What is neither here, in ``functions.py`` nor composed of rows is computed one example after
the other; the documents list it with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from ..registry import QUERIES
from .batched import (
    BATCHED_FUNCTIONS,
    Batched,
    Level,
    each_batched,
    one_by_one,
    with_each,
    youngest,
)
from .rules import behind, everyone, padded

Function = Callable[..., Any]


def stand_in(x: Batched) -> Any:
    """An array with the shape and dtype of one example."""
    return np.broadcast_to(np.zeros((), x.dtype), x.shape)


def of_one(function: Function) -> Function:
    """A function that looks at shapes and dtypes alone."""

    def rule(*args: Any, **params: Any) -> Any:
        return function(*with_each(stand_in, args), **with_each(stand_in, params))

    return rule


def size_of(x: Any, axis: Any = None) -> Any:
    """``np.size``."""
    return x.size if axis is None else np.size(stand_in(x), axis)


def entrywise(function: Function) -> Function:
    """A function that answers entry by entry, with broadcasting."""

    def rule(*args: Any, **params: Any) -> Any:
        level = youngest(each_batched([*args, *params.values()]))
        ndim = max(np.ndim(x) for x in args)

        def aligned(x: Batched) -> Any:
            return padded(x.value.array, ndim) if x.level is level else x

        return Batched(function(*with_each(aligned, args), **with_each(aligned, params)), level)

    return rule


KEYWORDS = {"keepdims", "ddof", "correction", "mean", "method", "kind", "stable", "dtype"}
"""Keywords that mean the same for all examples as for one."""


def along_axis(function: Function, default: Any = None) -> Function:
    """A function of one array along ``axis``; None stands for the array in a row."""

    def rule(a: Any, axis: Any = default, *args: Any, **params: Any) -> Any:
        known = type(a) is Batched and not args and params.keys() <= KEYWORDS
        if not known or each_batched([*params.values()]):
            return one_by_one(function, (a, axis, *args), params)
        full = a.value.array if function in QUERIES else a.array
        if axis is None:
            kept = params.pop("keepdims", None)
            out = function(np.reshape(full, (a.level.size, -1)), axis=1, **params)
            return Batched(np.reshape(out, (-1, *(1,) * a.ndim)) if kept else out, a.level)
        np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
        return Batched(function(full, axis=behind(axis, a.ndim), **params), a.level)

    return rule


def aligned(xs: Any) -> tuple[list[Any], Level]:
    """Values of which some are Batched with all examples in front of each, and their level."""
    level = youngest(each_batched(xs))
    mapped = [type(x) is Batched and x.level is level for x in xs]
    values = [x.value.array if own else x for x, own in zip(xs, mapped, strict=True)]
    return everyone(values, mapped), level


# tests of whole arrays


def allclose(a: Any, b: Any, *tolerances: Any, **params: Any) -> Any:
    """``np.allclose``."""
    return np.all(np.isclose(a, b, *tolerances, **params))


def array_equal(a1: Any, a2: Any, equal_nan: bool = False) -> Any:
    """``np.array_equal``."""
    if np.shape(a1) != np.shape(a2):
        return False
    same = np.equal(a1, a2)
    return np.all(
        np.logical_or(same, np.not_equal(a1, a1) & np.not_equal(a2, a2)) if equal_nan else same
    )


def array_equiv(a1: Any, a2: Any) -> Any:
    """``np.array_equiv``."""
    try:
        np.broadcast_shapes(np.shape(a1), np.shape(a2))
    except ValueError:
        return False
    return np.all(np.equal(a1, a2))


# places


def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    """``np.searchsorted``: both sorted together, entries of ``a`` before each of ``v`` counted."""
    if sorter is not None:
        a = np.take_along_axis(a, sorter, -1)
    np.searchsorted(np.zeros(1), 0.0, side)  # NumPy's own messages
    if type(a) is not Batched or (type(v) is Batched and v.level.number > a.level.number):
        return Batched(np.searchsorted(a, v.value.array, side), v.level)
    (known, asked), level = aligned([a, v])
    left = side.startswith("l")
    flat = np.reshape(asked, (level.size, -1))
    m, n = flat.shape[1], known.shape[1]
    both = np.concatenate([flat, known] if left else [known, flat], axis=1)
    order = np.argsort(both, axis=1, kind="stable")
    counts = np.cumsum(order >= m if left else order < n, axis=1)
    found = np.take_along_axis(counts, np.argsort(order, axis=1), 1)
    return Batched(np.reshape(found[:, :m] if left else found[:, n:], np.shape(asked)), level)


def digitize(x: Any, bins: Any, right: bool = False) -> Any:
    """``np.digitize``; bins of one example may rise where those of another fall."""
    if type(bins) is not Batched:
        return Batched(np.digitize(x.value.array, bins, right), x.level)
    steps, side = np.diff(bins.value), "left" if right else "right"
    rises, falls = np.all(steps >= 0), np.all(steps <= 0)
    if not np.all(aligned([rises | falls])[0][0]):
        return one_by_one(np.digitize, (x, bins, right), {})
    down = np.shape(bins)[0] - searchsorted(bins[::-1], x, side)
    return np.where(rises, searchsorted(bins, x, side), down)


def isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    """``np.isin``: beside the place in the sorted elements stands the same number."""
    if type(test_elements) is not Batched:
        found = np.isin(element.value.array, test_elements, assume_unique, invert, kind=kind)
        return Batched(found, element.level)
    known = np.sort(np.ravel(test_elements.value))
    flat = np.ravel(element)
    place = np.minimum(np.searchsorted(known, flat), max(np.size(known) - 1, 0))
    hit = np.equal(np.take_along_axis(known, place, 0), flat) if np.size(known) else flat != flat
    hit = np.reshape(hit, np.shape(element))
    return np.logical_not(hit) if invert else hit


def in1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, invert: bool = False, **params: Any
) -> Any:
    """``np.in1d``, which NumPy before 2.4 has: ``isin`` in one dimension."""
    first = np.ravel(ar1)
    if type(ar2) is not Batched:
        return np.isin(first, ar2, assume_unique, invert, **params)
    return isin(first, ar2, assume_unique, invert, **params)


def lexsort(keys: Any, axis: int = -1) -> Any:
    """``np.lexsort``."""
    full, level = aligned(list(keys))
    return Batched(np.lexsort(tuple(full), axis=behind(axis, 0)), level)


def argpartition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """``np.argpartition``."""
    (full,), level = aligned([a if axis is not None else np.ravel(a)])
    return Batched(np.argpartition(full, kth, behind(axis or 0, 0), kind, order), level)


def nonzero(a: Any) -> Any:
    """``np.nonzero``, where every example has as many; the loop says so where not."""
    (full,), level = aligned([a])
    counts = np.count_nonzero(np.reshape(full, (level.size, -1)), axis=1)
    if not a.ndim or not level.size or np.any(counts != counts[0]):
        return one_by_one(np.nonzero, (a,), {})
    return tuple(Batched(np.reshape(x, (level.size, -1)), level) for x in np.nonzero(full)[1:])


def flatnonzero(a: Any) -> Any:
    """``np.flatnonzero``."""
    return np.nonzero(np.ravel(a))[0]


def argwhere(a: Any) -> Any:
    """``np.argwhere``."""
    return np.stack(np.nonzero(a), axis=-1) if a.ndim else one_by_one(np.argwhere, (a,), {})


# methods of ufuncs


def outer_of(ufunc: Any) -> Function:
    """``ufunc.outer``."""

    def rule(a: Any, b: Any, **params: Any) -> Any:
        return ufunc(np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))), b, **params)

    return rule


def reduceat_of(ufunc: Any) -> Function:
    """``ufunc.reduceat``."""

    def rule(array: Any, indices: Any, axis: int = 0) -> Any:
        if type(indices) is Batched:
            return one_by_one(ufunc.reduceat, (array, indices, axis), {})
        full = array.value.array
        return Batched(ufunc.reduceat(full, indices, behind(axis, 0)), array.level)

    return rule


function: Any  # of the loops: to NumPy's stubs every function has a type of its own
for function in (np.result_type, np.can_cast, np.common_type):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.min_scalar_type, np.iscomplexobj, np.isrealobj, np.einsum_path):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.zeros_like, np.ones_like, np.empty_like):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.tril_indices_from, np.triu_indices_from, np.diag_indices_from):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.isclose, np.iscomplex, np.isreal, np.isneginf, np.isposinf):
    BATCHED_FUNCTIONS[function] = entrywise(function)
BATCHED_FUNCTIONS.update(
    {np.shape: attrgetter("shape"), np.ndim: attrgetter("ndim"), np.size: size_of}
)
for name in """isfinite isinf isnan signbit logical_not invert bitwise_and bitwise_or bitwise_xor
    left_shift right_shift gcd lcm""".split():
    BATCHED_FUNCTIONS[getattr(np, name)] = entrywise(getattr(np, name))
for name in """equal not_equal less less_equal greater greater_equal logical_and logical_or
    logical_xor""".split():
    function = getattr(np, name)
    BATCHED_FUNCTIONS[function] = entrywise(function)
    BATCHED_FUNCTIONS[function, "outer"] = outer_of(function)
for function in (np.logical_and, np.logical_or, np.logical_xor):
    BATCHED_FUNCTIONS[function, "reduce"] = along_axis(function.reduce, 0)
    BATCHED_FUNCTIONS[function, "accumulate"] = along_axis(function.accumulate, 0)
    BATCHED_FUNCTIONS[function, "reduceat"] = reduceat_of(function)
for function in (np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all):
    BATCHED_FUNCTIONS[function] = along_axis(function)
BATCHED_FUNCTIONS[np.count_nonzero] = along_axis(np.count_nonzero)
BATCHED_FUNCTIONS[np.argsort] = along_axis(np.argsort, -1)
for function in (allclose, array_equal, array_equiv, searchsorted, digitize, isin, lexsort):
    BATCHED_FUNCTIONS[getattr(np, function.__name__)] = function
for function in (argpartition, nonzero, flatnonzero, argwhere):
    BATCHED_FUNCTIONS[getattr(np, function.__name__)] = function
if hasattr(np, "in1d"):
    BATCHED_FUNCTIONS[np.in1d] = in1d
