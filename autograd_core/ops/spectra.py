"""eigh, eig and their values; ``singular.py`` has svd.

Where values repeat, vectors may turn among themselves: they are taken to stand still, and values
that tie share a derivative evenly. So functions of values alone, and of what vectors span, have
right first derivatives; those of both are NaN there in reverse mode. Second ones at ties are not to
be relied on. Phases of complex vectors are arbitrary (but eig's are LAPACK's).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..batch_rules import leading
from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex
from .products import adjoint, conj
from .shaping import shape_of
from .symmetry import one_triangle, symmetrised


def column(x: Any) -> Any:
    """Numbers as a factor of rows."""
    return np.expand_dims(x, -1)


def row(x: Any) -> Any:
    """Numbers as a factor of columns."""
    return np.expand_dims(x, -2)


def tie(values: Any) -> Any:
    """Which pairs of values are equal up to rounding."""
    values = value_of(values)
    plain = np.abs(values)
    largest = np.max(plain, axis=-1, keepdims=True, initial=0)[..., None]
    rounding = 4 * plain.shape[-1] * np.finfo(plain.dtype).eps * largest
    return np.abs(row(values) - column(values)) <= rounding


def inverse_gaps(values: Any) -> Any:
    """``1 / (values[j] - values[i])``, 0 where the two are equal up to rounding."""
    tied = tie(values)
    return np.where(tied, 0, 1 / np.where(tied, 1, row(values) - column(values)))


def undefined(turns: Any, g: Any, values: Any) -> Any:
    """NaN where values tie and both they and their vectors have cotangents, else 0.

    There the slope is a limit that these cotangents do not tell, unless all turns are alike.
    """
    tied, g, turns = tie(values), value_of(g), np.abs(value_of(turns + adjoint(turns)))
    if np.count_nonzero(tied) == np.size(g):
        return 0
    own, largest = diagonal_of(turns), np.max(turns, axis=(-2, -1), keepdims=True)
    differ = np.maximum(turns * (1 - np.eye(g.shape[-1])), np.abs(row(own) - column(own)))
    differ = differ > np.sqrt(np.finfo(turns.dtype).eps) * largest
    lost = tied & differ & ((row(g) != 0) | (column(g) != 0))
    return np.where(lost, np.asarray(np.nan, turns.dtype), 0)


def evened(g: Any, values: Any) -> Any:
    """Cotangents of values, the same for those that tie: the subgradient of least norm."""
    plain = value_of(values)
    near = 4 * plain.shape[-1] * np.finfo(plain.dtype).eps
    tied = np.abs(row(plain) - column(plain)) <= near * np.maximum(
        np.abs(row(plain)), np.abs(column(plain))
    )
    if np.count_nonzero(tied) == plain.size:
        return g
    shares = tied / np.sum(tied, axis=-1, keepdims=True, dtype=plain.dtype)
    return (shares @ column(g))[..., 0]


def diagonal_of(x: Any) -> Any:
    """The diagonals of matrices."""
    return np.diagonal(x, 0, -2, -1)


# Hermitian matrices
def eigh_vjp(g: Any, out: Any, x: Any, uplo: str) -> Any:
    """Cotangent of the matrix, itself Hermitian."""
    (g_w, g_v), (w, v) = g, out
    n = shape_of(v)[-1]
    turns = adjoint(v) @ g_v
    inner = inverse_gaps(w) * turns + undefined(turns, g_w, w)
    inner = inner + column(evened(g_w, w)) * np.eye(n, dtype=np.float32)
    return symmetrised(v @ inner @ adjoint(v))


def eigh_jvp(t: Any, out: Any, x: Any, uplo: str) -> Any:
    """Tangents of values and vectors."""
    w, v = out
    inner = adjoint(v) @ symmetrised(t) @ v
    return evened(np.real(diagonal_of(inner)), w), v @ (inverse_gaps(w) * inner)


def eigvalsh_vjp(g: Any, out: Any, x: Any, uplo: str) -> Any:
    """The eigenvectors' projections, weighted."""
    w, v = eigh_(x, uplo=uplo)
    return (v * row(evened(g, w))) @ adjoint(v)


def eigvalsh_jvp(t: Any, out: Any, x: Any, uplo: str) -> Any:
    """The diagonal of the tangent among the eigenvectors."""
    w, v = eigh_(x, uplo=uplo)
    return evened(np.real(diagonal_of(adjoint(v) @ symmetrised(t) @ v)), w)


def hermitian(*shape: int, **params: Any) -> Any:
    """Samples of Hermitian matrices."""

    def sample(rng: np.random.Generator) -> Any:
        x = rng.normal(size=shape) + np.diag(2.0 * np.arange(shape[-1]))
        return (x + np.swapaxes(x, -1, -2),), params

    return sample


spectra = [hermitian(3, 3, uplo="L"), hermitian(2, 2, 2, uplo="U")]
eigh_ = Primitive(
    lambda x, *, uplo: np.linalg.eigh(symmetrised(x), uplo),
    [eigh_vjp],
    [eigh_jvp],
    batch=leading,
    sample=spectra,
    name="eigh",
)
eigvalsh_ = Primitive(
    lambda x, *, uplo: np.linalg.eigvalsh(symmetrised(x), uplo),
    [eigvalsh_vjp],
    [eigvalsh_jvp],
    batch=leading,
    sample=spectra,
    name="eigvalsh",
)
OPS.extend([eigh_, eigvalsh_])


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """``np.linalg.eigh`` of a Node."""
    return eigh_(one_triangle(a, UPLO), uplo=UPLO)


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """``np.linalg.eigvalsh`` of a Node."""
    return eigvalsh_(one_triangle(a, UPLO), uplo=UPLO)


# any square matrix
def largest_entries(v: Any) -> Any:
    """Where in every vector the largest entry stands, which LAPACK makes real."""
    v = value_of(v)
    largest = np.argmax(np.real(v * np.conj(v)), axis=-2)
    return np.arange(v.shape[-2])[:, None] == largest[..., None, :]


def eig_jvp(t: Any, out: Any, x: Any) -> Any:
    """Tangents of values, and of vectors of length 1 whose largest entry is real."""
    w, v = out
    inner = np.linalg.solve(v, t @ v)
    moved = v @ (inverse_gaps(w) * inner)
    along = np.real(np.sum(conj(v) * moved, axis=-2))
    if is_complex(v):
        here = largest_entries(v)
        turn = np.sum(here * np.imag(moved), axis=-2) / np.sum(here * np.real(v), axis=-2)
        along = along + 1j * turn
    return diagonal_of(inner), moved - v * row(along)


def eig_vjp(g: Any, out: Any, x: Any) -> Any:
    """The transpose of ``eig_jvp``."""
    (g_w, g_v), (w, v) = g, out
    along = -np.sum(conj(v) * g_v, axis=-2)
    moved = g_v + v * row(np.real(along))
    if is_complex(v):
        here = largest_entries(v)
        turn = np.imag(along) / np.sum(here * np.real(v), axis=-2)
        moved = moved + 1j * row(turn) * here
    back = adjoint(v)
    inner = conj(inverse_gaps(w)) * (back @ moved)
    inner = inner + column(g_w) * np.eye(shape_of(v)[-1], dtype=np.float32)
    return np.linalg.solve(back, inner @ back)


def eigvals_vjp(g: Any, out: Any, x: Any) -> Any:
    """The spectral projections, weighted."""
    _, v = np.linalg.eig(x)
    back = adjoint(v)
    return np.linalg.solve(back, column(g) * back)


def eigvals_jvp(t: Any, out: Any, x: Any) -> Any:
    """The diagonal of the tangent among the eigenvectors."""
    _, v = np.linalg.eig(x)
    return diagonal_of(np.linalg.solve(v, t @ v))


def rotation(rng: np.random.Generator) -> Any:
    """A matrix with complex eigenvalues."""
    return (np.array([[0.3, -1.2], [0.9, 0.5]]) + 0.1 * rng.normal(size=(2, 2)),), {}


def separated(rng: np.random.Generator) -> Any:
    """Matrices with real eigenvalues."""
    return (np.diag([1.0, 3.0, 6.0]) + 0.3 * rng.normal(size=(2, 3, 3)),), {}


eig_ = Primitive(np.linalg.eig, [eig_vjp], [eig_jvp], batch=leading, sample=[rotation, separated])
eigvals_ = Primitive(
    np.linalg.eigvals, [eigvals_vjp], [eigvals_jvp], batch=leading, sample=[rotation, separated]
)
OPS.extend([eig_, eigvals_])
implements(np.linalg.eig)(eig_)
implements(np.linalg.eigvals)(eigvals_)
