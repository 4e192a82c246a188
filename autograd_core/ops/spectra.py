"""eigh, eig and their values; ``singular.py`` has svd.

Where values repeat, values that tie share a derivative evenly, and what the vectors do is in
``ties.py``. Phases of complex vectors are arbitrary (but eig's are LAPACK's).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin, kin
from ..batching.rules import leading
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex
from ..tracing import KNOWN
from .products import adjoint, conj
from .shaping import shape_of
from .symmetry import one_triangle, symmetrised
from .ties import (
    column,
    greatest,
    inverse_gaps,
    open_ended,
    pairs,
    row,
    symmetric,
    unless_tied,
    within,
)


def evened(g: Any, values: Any) -> Any:
    """Cotangents of values, the same for those that tie: the subgradient of least norm."""
    plain = value_of(values)
    near = 4 * plain.shape[-1] * np.finfo(plain.dtype).eps
    tied = np.abs(row(plain) - column(plain)) <= near * np.maximum(
        np.abs(row(plain)), np.abs(column(plain))
    )
    if isinstance(tied, KNOWN) and np.count_nonzero(tied) == plain.size:
        return g
    shares = tied / np.sum(tied, axis=-1, keepdims=True, dtype=plain.dtype)
    even = (shares @ column(g))[..., 0]
    size = greatest(np.abs(value_of(g)), -1)
    apart = np.abs(value_of(g) - value_of(even)) > np.sqrt(np.finfo(plain.dtype).eps) * size
    return np.where(apart, even, g)  # a symmetric function's are even, and it has second slopes


def diagonal_of(x: Any) -> Any:
    """The diagonals of matrices."""
    return np.diagonal(x, 0, -2, -1)


# Hermitian matrices
def eigh_vjp(g: Any, out: Any, x: Any, uplo: str) -> Any:
    """Cotangent of the matrix, itself Hermitian."""
    (g_w, g_v), (w, v) = g, out
    n = shape_of(v)[-1]
    turns = adjoint(v) @ g_v
    extra, limit = within(turns, w, 0)
    own = g_w if limit else evened(g_w, w)
    inner = inverse_gaps(w) * turns + extra + column(own) * as_kin(np.eye(n, dtype=np.float32), v)
    return open_ended(symmetrised(v @ inner @ adjoint(v)), g_v, x, limit)


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
eigh_.ties = lambda out: pairs(out[0])
OPS.extend([eigh_, eigvalsh_])


@implements(np.linalg.eigh)
def eigh(a: Any, UPLO: str = "L") -> Any:
    """``np.linalg.eigh`` of a Node."""
    return eigh_(one_triangle(a, UPLO), uplo=UPLO)


@implements(np.linalg.eigvalsh)
def eigvalsh(a: Any, UPLO: str = "L") -> Any:
    """``np.linalg.eigvalsh`` of a Node."""
    a = one_triangle(a, UPLO)
    w = eigvalsh_(a, uplo=UPLO)
    return eigh_(a, uplo=UPLO)[0] if type(w) is Node and np.any(pairs(w)) else w


# any square matrix
def largest_entries(v: Any) -> Any:
    """Where in every vector the largest entry stands, which LAPACK makes real."""
    v = value_of(v)
    largest = np.argmax(np.real(v * np.conj(v)), axis=-2)
    return np.arange(v.shape[-2], like=kin(v))[:, None] == largest[..., None, :]


def eig_jvp(t: Any, out: Any, x: Any) -> Any:
    """Tangents of values, and of vectors of length 1 whose largest entry is real."""
    w, v = out
    inner = np.linalg.solve(v, t @ v)
    moved = v @ unless_tied(inner, w)
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
    inner = unless_tied(back @ moved, conj(w)) + column(symmetric(g_w, w)) * as_kin(
        np.eye(shape_of(v)[-1], dtype=np.float32), v
    )
    return np.linalg.solve(back, inner @ back)


def eigvals_vjp(g: Any, out: Any, x: Any) -> Any:
    """The spectral projections, weighted."""
    _, v = np.linalg.eig(x)
    back = adjoint(v)
    return np.linalg.solve(back, column(symmetric(g, out)) * back)


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
eig_.ties, eigvals_.ties = (lambda out: pairs(out[0])), pairs
OPS.extend([eig_, eigvals_])
implements(np.linalg.eig)(eig_)
implements(np.linalg.eigvals)(eigvals_)
