"""eigh, eig, svd and their values.

Where eigenvalues or singular values repeat, vectors are free to turn among themselves: they are
taken to stand still, and values that tie share a derivative evenly. So functions of the values, and
of what the vectors span, have finite, right first derivatives. Second ones at ties are right only
along directions that leave the tie; phases of complex vectors are arbitrary (eig's are LAPACK's).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex
from ..sampling import regular
from .products import adjoint, conj
from .shaping import shape_of
from .symmetry import one_triangle, symmetrised


def column(x: Any) -> Any:
    """Numbers as a factor of rows."""
    return np.expand_dims(x, -1)


def row(x: Any) -> Any:
    """Numbers as a factor of columns."""
    return np.expand_dims(x, -2)


def inverse_gaps(values: Any) -> Any:
    """``1 / (values[j] - values[i])``, 0 where the two are equal up to rounding."""
    gaps = row(values) - column(values)
    plain = np.abs(value_of(values))
    largest = np.max(plain, axis=-1, keepdims=True, initial=0)[..., None]
    rounding = 4 * plain.shape[-1] * np.finfo(plain.dtype).eps * largest
    tied = np.abs(value_of(gaps)) <= rounding
    return np.where(tied, 0, 1 / np.where(tied, 1, gaps))


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
    inner = inverse_gaps(w) * (adjoint(v) @ g_v)
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
    sample=spectra,
    name="eigh",
)
eigvalsh_ = Primitive(
    lambda x, *, uplo: np.linalg.eigvalsh(symmetrised(x), uplo),
    [eigvalsh_vjp],
    [eigvalsh_jvp],
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


eig_ = Primitive(np.linalg.eig, [eig_vjp], [eig_jvp], sample=[rotation, separated])
eigvals_ = Primitive(np.linalg.eigvals, [eigvals_vjp], [eigvals_jvp], sample=[rotation, separated])
OPS.extend([eig_, eigvals_])
implements(np.linalg.eig)(eig_)
implements(np.linalg.eigvals)(eigvals_)


# singular values
def inverse_or_zero(s: Any) -> Any:
    """``1 / s``, 0 at 0: a singular vector that nothing determines stands still."""
    zero = value_of(s) == 0
    return np.where(zero, 0, 1 / np.where(zero, 1, s))


def stretched(g: Any, s: Any) -> Any:
    """Cotangents of singular values: even among ties, 0 at 0, where a value has a kink."""
    return evened(g, s) * (value_of(s) != 0)


def svd_vjp(g: Any, out: Any, x: Any, full_matrices: bool) -> Any:
    """Cotangent of a matrix from those of its singular vectors and values."""
    (g_u, g_s, g_vh), (u, s, vh) = g, out
    k = shape_of(s)[-1]
    v, g_v = adjoint(vh), adjoint(g_vh)
    u, g_u = thin(u, g_u, k)
    v, g_v = thin(v, g_v, k)
    uhg, vhg = adjoint(u) @ g_u, adjoint(v) @ g_v
    gaps = inverse_gaps(s) * inverse_or_zero(row(s) + column(s))
    eye = np.eye(k, dtype=np.float32)
    turn_u, turn_v = gaps * (uhg - adjoint(uhg)), gaps * (vhg - adjoint(vhg))
    inner = turn_u * row(s) + column(s) * turn_v + eye * column(stretched(g_s, s))
    reciprocal = inverse_or_zero(s)
    if is_complex(inner):
        inner = inner + 1j * eye * np.imag(uhg) * row(reciprocal)
    inner = u @ inner + (g_u - u @ uhg) * row(reciprocal)
    return inner @ adjoint(v) + u @ (column(reciprocal) * adjoint(g_v - v @ vhg))


def thin(u: Any, g_u: Any, k: int) -> tuple[Any, Any]:
    """The first k vectors and their cotangent, with what comes from those that complete them."""
    if shape_of(u)[-1] == k:
        return u, g_u
    first, rest = u[..., :k], u[..., k:]
    return first, g_u[..., :k] - rest @ (adjoint(g_u[..., k:]) @ first)


svd_ = Primitive(
    lambda x, *, full_matrices: np.linalg.svd(x, full_matrices),
    [svd_vjp],
    sample=[
        regular((3, 3), full_matrices=True),
        regular((2, 3, 2), full_matrices=False),
        regular((2, 3), full_matrices=False),
    ],
    name="svd",
)


def svdvals_vjp(g: Any, out: Any, x: Any) -> Any:
    """The dyads of singular vectors, weighted."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return (u * row(stretched(g, s))) @ vh


def svdvals_jvp(t: Any, out: Any, x: Any) -> Any:
    """The diagonal of the tangent between the singular vectors."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return stretched(np.real(diagonal_of(adjoint(u) @ t @ adjoint(vh))), s)


svdvals_ = Primitive(
    lambda x: np.linalg.svd(x, compute_uv=False),
    [svdvals_vjp],
    [svdvals_jvp],
    sample=[regular((3, 2)), regular((2, 2, 3))],
    name="svdvals",
)
OPS.extend([svd_, svdvals_])
implements(np.linalg.svdvals)(svdvals_)


@implements(np.linalg.svd)
def svd(
    a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False
) -> Any:
    """``np.linalg.svd`` of a Node.

    The vectors that complete a square U or V are taken to move as little as they can, which is
    right for every function of the space they span.
    """
    if hermitian:
        return svd_of_hermitian(a, compute_uv)
    if compute_uv:
        return svd_(a, full_matrices=bool(full_matrices))
    return svdvals_(a)


def svd_of_hermitian(a: Any, compute_uv: bool) -> Any:
    """Singular values as the eigenvalues without their signs, as NumPy computes them."""
    w, v = eigh(a)
    order = np.flip(np.argsort(np.abs(value_of(w)), axis=-1), axis=-1)
    signs = np.copysign(1.0, np.take_along_axis(value_of(w), order, axis=-1))
    s = np.abs(np.take_along_axis(w, order, axis=-1))
    if not compute_uv:
        return s
    u = np.take_along_axis(v, row(order), axis=-1)
    return type(np.linalg.svd(np.eye(1)))(u, s, adjoint(u * row(signs.astype(s.dtype))))
