"""Products of vectors and matrices, and argmax and argmin, as statements."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Line, Var
from . import blas
from .functions import kernel_of
from .lowering import Lowering, form
from .places import Place
from .statements import Extreme, Fold, Product
from .values import BOOL, FLOAT32, FLOAT64


@form(np.argmax, np.argmin)
def extreme(low: Lowering, line: Line) -> str | None:
    """The place of an extreme along an axis, or in all."""
    x, axis = low.variable(line.args[0]), line.params.get("axis")
    if line.params.get("keepdims") or x.dtype == BOOL or not x.size:
        return "keepdims, or no numbers"
    if axis is None:
        flat = Var(-1, (x.size,), x.dtype)
        place = low.in_order(x).reshaped(flat.shape)
        assert place is not None
        low.places[flat], x, axis = place, flat, 0
    out = low.own(line.out)
    low.add(Extreme(x.shape, [x], line.out, out, axis, line.function is np.argmin))
    return None


@form(np.dot, np.matmul)
def product(low: Lowering, line: Line) -> str | None:
    """A product of vectors, matrices, or stacks of matrices."""
    dtype = line.out.dtype
    if dtype not in (FLOAT32, FLOAT64) or line.params:
        return f"no native product of {dtype}"
    a, b = (low.variable(x) for x in line.args)
    if len(a.shape) == len(b.shape) == 1:
        terms = Var(-1, a.shape, dtype)
        low.map(terms, kernel_of(np.multiply)[1], [a, b], [dtype, dtype])  # type: ignore[index]
        place = low.own(line.out).reshaped((1,))
        assert place is not None
        low.add(Fold(a.shape, [terms], line.out, place.broadcast(a.shape), (0,), np.add))
        return None
    if not blas.available():
        return "no BLAS found"
    left, right = matrix(low, a, dtype, row=True), matrix(low, b, dtype, row=False)
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = left.broadcast((*batch, *left.shape[-2:]))
    right = right.broadcast((*batch, *right.shape[-2:]))
    out = low.own(line.out).reshaped((*batch, left.shape[-2], right.shape[-1]))
    reads = [low.view(left), low.view(right)]
    low.add(Product(batch, reads, line.out, out, left, right))
    return None


def matrix(low: Lowering, x: Var, dtype: np.dtype[Any], row: bool) -> Place:
    """An operand of a product as BLAS can read it; a vector as a row or a column."""
    place = low.places[x]
    if len(x.shape) == 1:
        axis = 0 if row else 1
        strides = (0, *place.strides) if row else (*place.strides, 0)
        shape = tuple(np.insert(x.shape, axis, 1).tolist())
        place = Place(place.base, shape, strides, place.start, place.dtype)
    if x.dtype == dtype and blas.readable(place):
        return place
    copy = low.places[low.copied(x, x.shape, dtype)]
    shaped = copy.reshaped(place.shape)
    assert shaped is not None
    return shaped
