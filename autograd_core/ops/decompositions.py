"""cholesky and qr, with stacks, wide and tall matrices and every mode that returns matrices.

Formulas: I. Murray, "Differentiation of the Cholesky decomposition", 2016; S. Walter and L.
Lehmann, "Algorithmic differentiation of linear algebra functions", 2012. The eigenvalue and
singular value decompositions are in ``spectra.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin
from ..batching.rules import leading
from ..errors import ArgumentError, expected, unsupported
from ..primitive import OPS, Primitive
from ..rows import implements
from ..sampling import regular
from .products import adjoint
from .shaping import shape_of
from .symmetry import one_triangle, symmetrised


def lower_half(x: Any) -> Any:
    """The lower triangle with half the diagonal: what a triangular factor has of a sum."""
    n = shape_of(x)[-1]
    weights = np.tril(np.ones((n, n), np.float32)) - 0.5 * np.eye(n, dtype=np.float32)
    return x * as_kin(weights, x)


def cholesky_vjp(g: Any, out: Any, x: Any, upper: bool) -> Any:
    """Cotangent of the Hermitian matrix, itself Hermitian."""
    factor, g = (adjoint(out), adjoint(g)) if upper else (out, g)
    back = adjoint(factor)
    left = np.linalg.solve(back, lower_half(back @ g))
    return symmetrised(adjoint(np.linalg.solve(back, adjoint(left))))


def cholesky_jvp(t: Any, out: Any, x: Any, upper: bool) -> Any:
    """Tangent of the factor."""
    factor = adjoint(out) if upper else out
    left = np.linalg.solve(factor, symmetrised(t))
    moved = factor @ lower_half(adjoint(np.linalg.solve(factor, adjoint(left))))
    return adjoint(moved) if upper else moved


def definite(*shape: int, **params: Any) -> Any:
    """Samples of Hermitian matrices away from singular ones."""

    def sample(rng: np.random.Generator) -> Any:
        x = rng.normal(size=shape)
        return (x @ np.swapaxes(x, -1, -2) + shape[-1] * np.eye(shape[-1]),), params

    return sample


cholesky_ = Primitive(
    lambda x, *, upper: np.linalg.cholesky(symmetrised(x), upper=upper),
    [cholesky_vjp],
    [cholesky_jvp],
    batch=leading,
    sample=[definite(3, 3, upper=False), definite(2, 2, 2, upper=True)],
    name="cholesky",
)
OPS.append(cholesky_)


@implements(np.linalg.cholesky)
def cholesky(a: Any, /, *, upper: bool = False) -> Any:
    """``np.linalg.cholesky`` of a Node."""
    return cholesky_(one_triangle(a, "U" if upper else "L"), upper=bool(upper))


# qr
def thin_vjp(g_q: Any, g_r: Any, q: Any, r: Any) -> Any:
    """Cotangent of a matrix with at least as many rows as columns, from its thin factors'."""
    m = r @ adjoint(g_r) - adjoint(g_q) @ q
    n = shape_of(m)[-1]
    weights = 2 * np.tril(np.ones((n, n), np.float32), -1) + np.eye(n, dtype=np.float32)
    return adjoint(np.linalg.solve(r, adjoint(g_q + q @ symmetrised(m * as_kin(weights, m)))))


def qr_vjp(g: Any, out: Any, x: Any, mode: str) -> Any:
    """Cotangent of a matrix: thin factors, what completes them, and the columns beyond a square."""
    (g_q, g_r), (q, r) = g, out
    rows, columns = shape_of(x)[-2:]
    k = min(rows, columns)
    if rows > columns and mode == "complete":
        rest, g_rest = q[..., :, k:], g_q[..., :, k:]
        q, r, g_r = q[..., :, :k], r[..., :k, :], g_r[..., :k, :]
        g_q = g_q[..., :, :k] - rest @ (adjoint(g_rest) @ q)
    if rows >= columns:
        return thin_vjp(g_q, g_r, q, r)
    wide = x[..., :, k:]
    g_wide = q @ g_r[..., :, k:]
    g_q = g_q + wide @ adjoint(g_r[..., :, k:])
    g_square = thin_vjp(g_q, g_r[..., :, :k], q, r[..., :, :k])
    return np.concatenate([g_square, g_wide], axis=-1)


qr_ = Primitive(
    lambda x, *, mode: np.linalg.qr(x, mode),
    [qr_vjp],
    batch=leading,
    sample=[
        regular((3, 2), mode="reduced"),
        regular((2, 3, 3), mode="reduced"),
        regular((2, 3), mode="reduced"),
        regular((2, 2), mode="complete"),
    ],
    name="qr",
)
OPS.append(qr_)


@implements(np.linalg.qr)
def qr(a: Any, mode: str = "reduced") -> Any:
    """``np.linalg.qr`` of a Node.

    The columns that complete Q of a tall matrix are known up to a rotation: they are taken to move
    as little as they can, which is right for every function of the space they span.
    """
    if mode in ("raw", "economic"):
        cure = "Use mode='reduced', 'complete' or 'r'."
        raise unsupported("np.linalg.qr", "mode", mode, cure)
    if mode not in ("reduced", "complete", "r"):
        cure = "Choose one."
        raise ArgumentError(expected("qr: mode", "'reduced', 'complete' or 'r'", repr(mode), cure))
    factors = qr_(a, mode="reduced" if mode == "r" else mode)
    return factors[1] if mode == "r" else factors
