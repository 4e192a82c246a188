"""numpy.linalg's names for products, traces and powers, composed of the rows in ``products.py``.

Systems are in ``solving.py``, determinants, decompositions, spectra and norms in files of their
own.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import as_kin
from ..errors import ArgumentError, ArgumentTypeError, expected, unsupported
from ..node import value_of
from ..rows import implements
from .products import ndim
from .shaping import shape_of

implements(np.linalg.matmul)(lambda x1, x2, /: np.matmul(x1, x2))
implements(np.linalg.matrix_transpose)(lambda x, /: np.swapaxes(x, -1, -2))
implements(np.linalg.tensordot)(lambda x1, x2, /, *, axes=2: np.tensordot(x1, x2, axes))
implements(np.linalg.diagonal)(lambda x, /, *, offset=0: np.diagonal(x, offset, -2, -1))


@implements(np.linalg.trace)
def trace(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """``np.linalg.trace`` of a Node: of the last two axes."""
    return np.trace(x, offset, -2, -1, dtype)


@implements(np.linalg.outer)
def outer(x1: Any, x2: Any, /) -> Any:
    """``np.linalg.outer`` of Nodes."""
    if ndim(x1) != 1 or ndim(x2) != 1:
        got = f"{ndim(x1)} and {ndim(x2)} axes"
        raise ArgumentError(expected("outer", "two vectors", got, "Use np.outer, which ravels."))
    return np.outer(x1, x2)


@implements(np.linalg.cross)
def cross(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """``np.linalg.cross`` of Nodes: of vectors with three components."""
    for x in (x1, x2):
        if shape_of(x)[axis] != 3:
            got = shape_of(x)[axis]
            raise ArgumentError(expected("cross", "three components", got, "Pad it with a zero."))
    return np.cross(x1, x2, axis=axis)


@implements(np.linalg.vecdot)
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """``np.linalg.vecdot`` of Nodes: the first is conjugated."""
    return np.vecdot(np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1))


@implements(np.linalg.matrix_power)
def matrix_power(a: Any, n: int) -> Any:
    """``np.linalg.matrix_power`` of a Node, by repeated squaring."""
    try:
        n = operator.index(n)
    except TypeError:
        cure = "Use scipy.linalg.fractional_matrix_power of node.value for others."
        got = repr(n)
        raise ArgumentTypeError(expected("matrix_power", "a whole number", got, cure)) from None
    if ndim(a) < 2 or shape_of(a)[-1] != shape_of(a)[-2]:
        cure = "Only those can be multiplied by themselves."
        raise ArgumentError(expected("matrix_power", "square matrices", shape_of(a), cure))
    if n == 0:
        eye = np.broadcast_to(
            as_kin(np.eye(shape_of(a)[-1], dtype=value_of(a).dtype), a), shape_of(a)
        )
        return np.where(True, eye, a)
    square, result = (np.linalg.inv(a) if n < 0 else a), None
    n = abs(n)
    while True:
        n, odd = divmod(n, 2)
        if odd:
            result = square if result is None else result @ square
        if not n:
            return result
        square = square @ square


# a chain of products
@implements(np.linalg.multi_dot)
def multi_dot(arrays: Sequence[Any], *, out: Any = None) -> Any:
    """``np.linalg.multi_dot`` of Nodes: in the order that multiplies least."""
    if out is not None:
        cure = "Nodes are immutable: use the returned result."
        raise unsupported("np.linalg.multi_dot", "out", "...", cure)
    arrays = list(arrays)
    if len(arrays) < 2:
        got = len(arrays)
        raise ArgumentError(expected("multi_dot", "at least two arrays", got, "Pass more."))
    first, last = ndim(arrays[0]) == 1, ndim(arrays[-1]) == 1
    if len(arrays) == 2:
        return np.dot(*arrays)
    if first:
        arrays[0] = np.reshape(arrays[0], (1, -1))
    if last:
        arrays[-1] = np.reshape(arrays[-1], (-1, 1))
    for x in arrays:
        if ndim(x) != 2:
            cure = "Only the first and the last may be vectors."
            raise ArgumentError(expected("multi_dot", "matrices", shape_of(x), cure))
    split = cheapest([shape_of(arrays[0])[0], *(shape_of(x)[1] for x in arrays)])
    result = chained(arrays, split, 0, len(arrays) - 1)
    kept = shape_of(result)[1 if first else 0 : 1 if last else 2]
    return np.reshape(result, kept) if first or last else result


def cheapest(sizes: list[int]) -> dict[tuple[int, int], int]:
    """Where to split every run of a chain so that its products cost least."""
    cost = {(i, i): 0 for i in range(len(sizes) - 1)}
    split = {}
    for length in range(1, len(sizes) - 1):
        for i in range(len(sizes) - 1 - length):
            j = i + length
            options = {
                k: cost[i, k] + cost[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                for k in range(i, j)
            }
            split[i, j] = min(options, key=options.__getitem__)
            cost[i, j] = options[split[i, j]]
    return split


def chained(arrays: list[Any], split: dict[tuple[int, int], int], i: int, j: int) -> Any:
    """The product of a run, split where that costs least."""
    if i == j:
        return arrays[i]
    k = split[i, j]
    return chained(arrays, split, i, k) @ chained(arrays, split, k + 1, j)
