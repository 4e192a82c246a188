"""svd and svdvals. ``spectra.py`` says what holds where values repeat, here also at 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin
from ..batching.rules import leading
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements
from ..sampling import regular
from ..tracing import some
from .kinks import settled, uneven
from .products import adjoint
from .shaping import shape_of
from .spectra import diagonal_of, eigh, evened
from .ties import column, inverse_gaps, open_ended, pairs, row, within


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
    together, apart = uhg + vhg, uhg - vhg
    inner = 0.5 * inverse_gaps(s) * (together - adjoint(together))
    inner = inner + 0.5 * inverse_or_zero(row(s) + column(s)) * (apart - adjoint(apart))
    eye, reciprocal = as_kin(np.eye(k, dtype=np.float32), s), inverse_or_zero(s)
    extra, limit = within(together, s, 1)
    own = g_s * (value_of(s) != 0) if limit else stretched(g_s, s)
    inner = inner + extra + eye * column(own)
    inner = u @ inner + (g_u - u @ uhg) * row(reciprocal)
    c = inner @ adjoint(v) + u @ (column(reciprocal) * adjoint(g_v - v @ vhg))
    return open_ended(c, g_u, x, limit)


def thin(u: Any, g_u: Any, k: int) -> tuple[Any, Any]:
    """The first k vectors and their cotangent, with what comes from those that complete them."""
    if shape_of(u)[-1] == k:
        return u, g_u
    first, rest = u[..., :k], u[..., k:]
    return first, g_u[..., :k] - rest @ (adjoint(g_u[..., k:]) @ first)


svd_ = Primitive(
    lambda x, *, full_matrices: np.linalg.svd(x, full_matrices=full_matrices),
    [svd_vjp],
    batch=leading,
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
    c, zero = (u * row(stretched(g, s))) @ vh, value_of(out) == 0
    if type(g) is not Node or not some(zero):
        return c
    lost = np.any(uneven(g, out, zero, x), axis=-1, keepdims=True)
    return settled(c, column(np.sum(g, axis=-1, keepdims=True)), x, column(lost), False)


def svdvals_jvp(t: Any, out: Any, x: Any) -> Any:
    """The diagonal of the tangent between the singular vectors."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return stretched(np.real(diagonal_of(adjoint(u) @ t @ adjoint(vh))), s)


svdvals_ = Primitive(
    lambda x: np.linalg.svd(x, compute_uv=False),
    [svdvals_vjp],
    [svdvals_jvp],
    batch=leading,
    sample=[regular((3, 2)), regular((2, 2, 3))],
    name="svdvals",
    bends=True,
)
OPS.extend([svd_, svdvals_])
svd_.ties = lambda out: pairs(out[1])


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
    return svdvals(a)


@implements(np.linalg.svdvals)
def svdvals(x: Any, /) -> Any:
    """``np.linalg.svdvals`` of a Node."""
    s = svdvals_(x)
    tied = type(s) is Node and np.any(pairs(s) & (value_of(s) != 0)[..., None, :])
    return svd_(x, full_matrices=False)[1] if tied else s


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
