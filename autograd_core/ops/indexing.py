"""Reading entries, ``x[...]`` of every kind, and the writes behind ``.at`` and ``buffer``.

Gradients of many small reads of one array are collected and put together once, so a loop over its
entries is linear. Entries that are not read have no influence (a structural zero).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import MET, as_kin, kin, library_of, numbers
from ..batching.batched import Batched, each_batched, one_by_one, youngest
from ..batching.rules import padded, read, scattered, written
from ..deferred import Deferred
from ..errors import ArgumentTypeError, describe, expected
from ..node import as_array, value_of
from ..primitive import OPS, Primitive
from ..rows import implements
from ..sampling import normal
from ..zeros import moves_along
from . import placing
from .scattering import summed_at
from .shaping import axis_of, refuse_out


def index_of(index: Any) -> Any:
    """An index as NumPy takes it, with lists made arrays and Nodes of integers their values."""
    if isinstance(index, tuple):
        return tuple(map(index_of, index))
    index = value_of(index)
    if isinstance(index, list):
        index = np.asarray(index, dtype=None if index else int)
    if isinstance(index, float | np.floating) or (
        isinstance(index, np.ndarray) and index.dtype.kind not in "biu"
    ):
        cure = "Use integers, slices or a boolean mask."
        raise ArgumentTypeError(expected("An index", "integers or booleans", describe(index), cure))
    return index


scatter: Primitive = Primitive(
    summed_at,
    lambda g, out, *parts, indices, shape: [_getitem(g, index=index) for index in indices],
    lambda tangents, out, *parts, indices, shape: scatter(
        *(t for t in tangents if t is not None),
        indices=tuple(index for index, t in zip(indices, tangents, strict=True) if t is not None),
        shape=shape,
    ),
    zeros=lambda i, influence, constant, out, *parts, indices, shape: _getitem(
        influence, index=indices[i]
    ),
    moves=moves_along(summed_at),
    batch=scattered,
    sample=normal((2,), (2, 2), indices=(0, np.array([1, 1])), shape=(3, 2)),
    name="scatter",
)
"""Add parts into zeros at their indices: the transpose of reading."""


def collect(shape: tuple[int, ...], pieces: list[Any]) -> Any:
    """One cotangent from those of many reads."""
    return scatter(
        *(g for _, g in pieces), indices=tuple(index for index, _ in pieces), shape=shape
    )


def read_back(g: Any, out: Any, x: Any, index: Any) -> Deferred:
    """The cotangent of one read, still in its piece."""
    return Deferred(collect, np.shape(value_of(x)), [(index, g)])


def was_read(i: int, influence: Any, constant: Any, out: Any, x: Any, index: Any) -> Any:
    """Structural zeros of a read: what was not read has no influence."""
    return summed_at(numbers(influence), indices=(index,), shape=np.shape(x)) != 0


def _getitem(x: Any, *, index: Any) -> Any:
    if MET and library_of(type(x)) and placing.is_involved(index):
        places = np.reshape(np.arange(math.prod(np.shape(x))), np.shape(x))[index]
        return placing.read(np.reshape(x, (-1,)), places)
    return x[index]


getitem_ = Primitive(
    _getitem,
    [read_back],
    [lambda t, out, x, index: _getitem(t, index=index)],
    zeros=was_read,
    moves=lambda moved, out, x, index: _getitem(moved[0], index=index),
    selects=True,
    batch=read,
    sample=[
        normal((3, 2), index=(slice(None, None, -2), None, 1)),
        normal((3, 2), index=np.array([0, 2, 2])),
        normal((3, 2), index=np.array([[True, False], [True, True], [False, False]])),
        normal((3, 4, 2), index=(np.array([0, 2]), slice(1, 3), np.array([1, 1]))),
    ],
    name="getitem",
)


@implements("getitem")
def getitem(x: Any, index: Any) -> Any:
    """``x[index]`` of a Node."""
    index = index_of(index)
    if type(index) is Batched or (type(index) is tuple and each_batched(index)):
        return read_by_example(x, index)
    return getitem_(x, index=index)


def read_by_example(x: Any, index: Any) -> Any:
    """``x[index]`` with an index that every example of a mapped function has its own of.

    All are read at once; a mask of its own must leave every example as many entries.
    """
    parts = without_masks(index if isinstance(index, tuple) else (index,))
    parts = without_ellipsis(parts, np.ndim(value_of(x)))
    numbers = [p for p in parts if p is not None and not isinstance(p, slice)]
    level = youngest(each_batched(parts))
    younger = type(x) is Batched and x.level.number > level.number
    if younger or any(np.result_type(p).kind not in "iu" for p in numbers):
        return one_by_one(getitem, (x, index), {})
    ndim = max(np.ndim(p) for p in numbers)
    full = tuple(
        padded(p.array, ndim) if type(p) is Batched and p.level is level else p for p in parts
    )
    if type(x) is Batched and x.level is level:
        rows = np.reshape(np.arange(level.size), (-1, *(1,) * ndim))
        found, place = getitem(x.array, (rows, *full)), 0
    else:
        found, place = getitem(x, full), place_of(parts)
    ends = range(place_of(parts) + 1, place_of(parts) + 1 + ndim)
    found = np.moveaxis(found, place, 0) if place else found
    if type(x) is Batched and x.level is level and place_of(parts):
        found = np.moveaxis(found, tuple(range(1, 1 + ndim)), tuple(ends))
    return Batched(found, level)


def without_masks(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """An index with the places of its masks in place of those that examples have their own of."""
    mask = [type(p) is Batched and p.dtype.kind == "b" and p.ndim > 0 for p in parts]
    return tuple(
        each for p, m in zip(parts, mask, strict=True) for each in (np.nonzero(p) if m else (p,))
    )


def without_ellipsis(parts: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """An index of an array of ``ndim`` axes with slices in place of an Ellipsis."""
    for k, p in enumerate(parts):
        if p is Ellipsis:
            rest = ndim - sum(p is not None for p in parts) + 1
            return (*parts[:k], *(slice(None),) * rest, *parts[k + 1 :])
    return parts


def place_of(parts: tuple[Any, ...]) -> int:
    """Where the axes of the arrays of an index come out: in their place, in front if apart."""
    named = [k for k, p in enumerate(parts) if p is not None and not isinstance(p, slice)]
    return 0 if named[-1] - named[0] >= len(named) else named[0]


# writing
def last_writes(shape: tuple[int, ...], indices: tuple[Any, ...]) -> list[Any]:
    """For every write, which of its entries no later write replaced."""
    owner = np.full(shape, -1)
    numbers, start = [], 0
    for index in indices:
        number = np.arange(start, start + owner[index].size).reshape(owner[index].shape)
        owner[index] = number
        numbers.append(number)
        start += number.size
    return [owner[index] == number for index, number in zip(indices, numbers, strict=True)]


def _write(base: Any, *parts: Any, indices: tuple[Any, ...]) -> Any:
    base = as_array(base)
    common = np.result_type(base, *parts)  # another kind only changes the dtype: complex into real
    dtype = base.dtype if common.kind == base.dtype.kind else common
    if MET and kin(base, *parts) is not None:
        return placing.rewritten(base, parts, indices, dtype)
    result = np.array(base, dtype=dtype)
    for index, part in zip(indices, parts, strict=True):
        result[index] = part
    return result


def unwritten(shape: tuple[int, ...], indices: tuple[Any, ...]) -> Any:
    """Which entries of the base are left."""
    left = np.ones(shape, dtype=bool)
    for index in indices:
        left[index] = False
    return left


def write_vjp(g: Any, out: Any, base: Any, *parts: Any, indices: tuple[Any, ...]) -> list[Any]:
    """To the base what was left of it, to every part what no later one replaced."""
    shape = np.shape(value_of(base))
    kept = last_writes(shape, indices)
    read = [
        part if np.all(mine) else np.where(as_kin(mine, g), part, 0)
        for part, mine in zip((_getitem(g, index=i) for i in indices), kept, strict=True)
    ]
    return [np.where(as_kin(unwritten(shape, indices), g), g, 0), *read]


def write_jvp(tangents: Any, out: Any, base: Any, *parts: Any, indices: tuple[Any, ...]) -> Any:
    """The same writes, of tangents."""
    filled = [
        np.zeros(np.shape(value_of(x)), like=kin(x)) if t is None else t
        for t, x in zip(tangents, (base, *parts), strict=True)
    ]
    return write(*filled, indices=indices)


def was_written(
    i: int, influence: Any, constant: Any, out: Any, base: Any, *parts: Any, indices: Any
) -> Any:
    """Structural zeros of writes: what was replaced has no influence."""
    return write_vjp(numbers(influence), out, base, *parts, indices=indices)[i] != 0


write = Primitive(
    _write,
    write_vjp,
    write_jvp,
    zeros=was_written,
    moves=moves_along(_write),
    selects=True,
    batch=written,
    sample=normal((3, 2), (2,), (), (2, 2), indices=(0, (0, 1), np.array([1, 1]))),
    name="write",
)
"""A copy of ``base`` with parts written into it one after the other."""

OPS.extend([scatter, getitem_, write])


@implements(np.take)
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: str = "raise") -> Any:
    """``np.take`` of a Node."""
    refuse_out("np.take", out)
    indices = value_of(indices)
    indices = indices if type(indices) is Batched else np.asarray(indices)
    a = np.ravel(a) if axis is None else np.atleast_1d(a)
    axis = axis_of(a, 0 if axis is None else axis)
    length = np.shape(value_of(a))[axis]
    if mode != "raise":
        indices = indices % length if mode == "wrap" else np.clip(indices, 0, length - 1)
    return getitem(a, (*(slice(None),) * axis, indices))
