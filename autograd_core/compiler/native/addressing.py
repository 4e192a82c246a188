"""Entries by number, ``x[rows, columns]``: which address belongs to which entry of the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..program import Var
from .places import Place, Shape, expanded


@dataclass(frozen=True, slots=True)
class Addressing:
    """Where the entries are that an index selects.

    Attributes
    ----------
    shape : tuple of int
        Of what is selected.
    reads : list
        Whole numbers, Vars or constants, that broadcast to ``shape``.
    steps : tuple of int
        For each axis of ``shape`` the stride that its index is multiplied with.
    sizes, strides : tuple of int
        For each entry of ``reads`` the length and the stride of the axis that it indexes.
    start : int
    """

    shape: Shape
    reads: list[Any]
    steps: Shape
    sizes: Shape
    strides: Shape
    start: int


def address(low: Any, place: Place, index: Any) -> Addressing | str:
    """What an index with arrays of whole numbers selects, or why it has no native form."""
    index = index if isinstance(index, tuple) else (index,)
    index = tuple(np.asarray(i) if isinstance(i, list) else i for i in index)
    if any(i is None for i in index) or any(kind(i) == "other" for i in index):
        return "an index of bools, or with None"
    index = expanded(index, len(place.shape))
    numbers = [axis for axis, i in enumerate(index) if kind(i) == "number"]
    first, last = numbers[0], numbers[-1]
    if last - first + 1 != len(numbers):
        return "arrays in an index that are apart"
    inner = np.broadcast_shapes(*(shape_of(index[axis]) for axis in numbers))
    cuts = [i for i in index if isinstance(i, slice)]
    view = place.indexed(tuple(i if isinstance(i, slice) else slice(None) for i in index))
    shape = (*view.shape[:first], *inner, *view.shape[last + 1 :])
    after = len(cuts) - first
    steps = (*view.strides[:first], *(0,) * len(inner), *view.strides[last + 1 :])
    reads = [spread(low, index[axis], after) for axis in numbers]
    sizes = tuple(place.shape[axis] for axis in numbers)
    strides = tuple(place.strides[axis] for axis in numbers)
    return Addressing(shape, reads, steps, sizes, strides, view.start)


def kind(i: Any) -> str:
    """What a part of an index is: "cut", "number" or "other"."""
    if i is Ellipsis:
        return "cut"
    if isinstance(i, slice):
        plain = not any(isinstance(bound, Var) for bound in (i.start, i.stop, i.step))
        return "cut" if plain else "other"
    dtype = i.dtype if isinstance(i, Var) else np.asarray(i).dtype
    return "number" if dtype.kind in "iu" else "other"


def shape_of(i: Any) -> Shape:
    """Of a Var or an array."""
    return i.shape if isinstance(i, Var) else np.shape(i)


def spread(low: Any, i: Any, after: int) -> Any:
    """Numbers with as many axes of length one at the end as there are axes after them."""
    if not shape_of(i) or not after:
        return low.operand(i)
    var = low.variable(i)
    view = Var(-1, (*var.shape, *(1,) * after), var.dtype)
    place = low.places[var].reshaped(view.shape) or low.in_order(var).reshaped(view.shape)
    low.places[view] = place
    return view
