"""Products of arrays: matmul, dot, vecdot, tensordot and what is composed of them.

A product is linear in each argument, so its tangent is itself; only the transposes are written down
here. ``einsum.py`` is beside this, ``linalg.py`` has numpy.linalg's names for them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..batching.rules import cores, matrices
from ..errors import ArgumentError, expected, unsupported
from ..node import value_of
from ..rows import implements, is_complex, multilinear, newer
from ..sampling import normal


def conj(x: Any) -> Any:
    """The conjugate of a complex factor; real ones as they are."""
    return np.conjugate(x) if is_complex(x) else x


def adjoint(x: Any) -> Any:
    """The conjugate transpose of matrices, in the last two axes."""
    return np.swapaxes(conj(x), -1, -2)


def as_matrix(x: Any) -> Any:
    """A number for every matrix of a stack, with axes by which to multiply the matrices."""
    return np.expand_dims(x, (-2, -1))


def ndim(x: Any) -> int:
    """Number of axes of an array or Node."""
    return np.ndim(value_of(x))


def outer_products(x: Any, y: Any) -> Any:
    """The outer product of every pair of vectors, along the last axes."""
    if type(x) is type(y) is np.ndarray and x.size * y.shape[-1] > LARGE:
        return np.einsum("...i,...j->...ij", x, y)  # for long stacks half the time
    return x[..., None] * y[..., None, :]


LARGE = 2**14
"""From how many entries the fixed cost of ``einsum`` does not count."""


def first_factor(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Cotangent of x in x @ y."""
    if ndim(y) == 1:
        return g[..., None] * conj(y)
    if ndim(x) == 1:
        return conj(y) @ g if ndim(y) == 2 else (conj(y) @ g[..., None])[..., 0]
    return g @ adjoint(y)


def second_factor(g: Any, out: Any, x: Any, y: Any) -> Any:
    """Cotangent of y in x @ y."""
    if ndim(x) == 1:
        return conj(x)[:, None] * g[..., None, :] if ndim(y) > 1 else conj(x) * g
    if ndim(y) == 1:
        return adjoint(x) @ g if ndim(x) == 2 else (adjoint(x) @ g[..., None])[..., 0]
    if ndim(x) > 2 and x.shape[-2] == 1:  # of many pairs of vectors, for which BLAS is slow
        return outer_products(conj(x)[..., 0, :], g[..., 0, :])
    return adjoint(x) @ g


matmul_ = multilinear(
    np.matmul,
    (first_factor, second_factor),
    batch=matrices,
    sample=[
        normal((3, 2), (2, 4)),
        normal((2, 3, 2), (2, 4)),
        normal((2,), (2,)),
        normal((2,), (3, 2, 4)),
        normal((3, 4, 2), (2,)),
    ],
)
implements(np.matmul)(matmul_)

# products with vectors, which conjugate the vector that stands on the left
vecdot_ = multilinear(
    np.vecdot,
    (
        lambda g, out, x, y: conj(g)[..., None] * y,
        lambda g, out, x, y: g[..., None] * x,
    ),
    batch=cores(1, 1),
    sample=[normal((2,), (2,)), normal((3, 2), (2,)), normal((2,), (4, 1, 2))],
)
implements(np.vecdot)(vecdot_)


def shared(x: Any, y: Any) -> Any:
    """The one matrix that every matrix of the stack ``x`` is, for vectors ``y``; None if not so."""
    fits = type(x) is type(y) is np.ndarray and x.ndim == 3 and y.ndim == 2
    return x[0] if fits and x.strides[0] == 0 and len(x) == len(y) > 0 else None


def from_left(x: Any, y: Any) -> Any:
    """A matrix times a vector, over all leading axes."""
    if (matrix := shared(x, y)) is not None:
        return y @ matrix.T
    return np.matmul(x, y[..., None])[..., 0]


def from_right(x: Any, y: Any) -> Any:
    """``np.vecmat``: a vector, conjugated, times a matrix, over all leading axes."""
    if (matrix := shared(y, x)) is not None:
        return conj(x) @ matrix
    return np.vecmat(x, y)


if newer("matvec", "vecmat"):  # since NumPy 2.2
    matvec_ = multilinear(
        np.matvec,
        (
            lambda g, out, x, y: outer_products(g, conj(y)),
            lambda g, out, x, y: from_left(adjoint(x), g),
        ),
        batch=cores(2, 1),
        sample=[normal((3, 2), (2,)), normal((2, 3, 2), (2,)), normal((3, 2), (4, 2))],
    )
    vecmat_ = multilinear(
        from_right,
        (
            lambda g, out, x, y: from_left(y, conj(g)),
            lambda g, out, x, y: outer_products(x, g),
        ),
        batch=cores(1, 2),
        sample=[normal((3,), (3, 2)), normal((2, 3), (3, 2)), normal((3,), (4, 3, 2))],
        name="vecmat",
    )
    implements(np.matvec)(matvec_)
    implements(np.vecmat)(vecmat_)


@implements(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """``np.dot`` of Nodes."""
    if out is not None:
        raise unsupported("np.dot", "out", "...", "Nodes are immutable: use the returned result.")
    if ndim(a) == 0 or ndim(b) == 0:
        return np.multiply(a, b)
    if ndim(a) <= 2 and ndim(b) <= 2:
        return matmul_(a, b)
    return tensordot(a, b, ((ndim(a) - 1,), (max(ndim(b) - 2, 0),)))


@implements(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """``np.inner`` of Nodes."""
    if ndim(a) == 0 or ndim(b) == 0:
        return np.multiply(a, b)
    return tensordot(a, b, ((ndim(a) - 1,), (ndim(b) - 1,)))


@implements(np.outer)
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """``np.outer`` of Nodes."""
    if out is not None:
        raise unsupported("np.outer", "out", "...", "Nodes are immutable: use the returned result.")
    return np.multiply(np.reshape(a, (-1, 1)), np.reshape(b, (1, -1)))


@implements(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """``np.vdot`` of Nodes."""
    return matmul_(conj(np.ravel(a)), np.ravel(b))


@implements(np.tensordot)
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """``np.tensordot`` of Nodes: one matrix product."""
    if isinstance(axes, int):
        axes = (range(-axes, 0), range(axes))
    summed_a, summed_b = (
        [
            np.lib.array_utils.normalize_axis_index(int(i), ndim(x))
            for i in ((given,) if np.ndim(given) == 0 else given)
        ]
        for x, given in zip((a, b), axes, strict=True)
    )
    kept_a = [i for i in range(ndim(a)) if i not in summed_a]
    kept_b = [i for i in range(ndim(b)) if i not in summed_b]
    shape_a, shape_b = np.shape(value_of(a)), np.shape(value_of(b))
    lengths = [[s[i] for i in summed] for s, summed in ((shape_a, summed_a), (shape_b, summed_b))]
    if lengths[0] != lengths[1]:
        cure = "Sum over axes of the same lengths."
        got = f"{tuple(lengths[0])} and {tuple(lengths[1])}"
        raise ArgumentError(expected("tensordot", "as many entries in both arrays", got, cure))
    size = math.prod(lengths[0])
    rows, cols = [shape_a[i] for i in kept_a], [shape_b[i] for i in kept_b]
    left = np.reshape(np.transpose(a, [*kept_a, *summed_a]), (math.prod(rows), size))
    right = np.reshape(np.transpose(b, [*summed_b, *kept_b]), (size, math.prod(cols)))
    return np.reshape(matmul_(left, right), (*rows, *cols))


@implements(np.trace)
def trace(
    a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    """``np.trace`` of a Node."""
    return np.sum(np.diagonal(a, offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


@implements(np.diagonal)
def diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """``np.diagonal`` of a Node."""
    a = np.moveaxis(a, (axis1, axis2), (-2, -1))
    n, m = np.shape(value_of(a))[-2:]
    start = np.arange(max(min(n + min(offset, 0), m - max(offset, 0)), 0))
    return a[..., start - min(offset, 0), start + max(offset, 0)]
