"""Systems by SciPy's names: general and structured, triangular, banded, least squares, inverses."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...batching.rules import cores
from ...errors import ArgumentError, expected
from ...node import value_of
from ...ops.products import adjoint, conj, ndim
from ...ops.shaping import shape_of
from ...ops.symmetry import one_triangle, symmetrised
from ...primitive import OPS, Primitive
from ...sampling import regular
from ..differentiable import scipys
from ..mapping import of_matrices

# triangular systems


def triangle(x: Any, lower: bool) -> Any:
    """The triangle that is read."""
    return np.tril(x) if lower else np.triu(x)


triangular_: Primitive = Primitive(
    of_matrices(
        lambda a, b, *, lower: scipy.linalg.solve_triangular(a, b, lower=lower, check_finite=False)
    ),
    [
        lambda g, out, a, b, lower: (
            -triangle(triangular_(adjoint(a), g, lower=not lower) @ adjoint(out), lower)
        ),
        lambda g, out, a, b, lower: triangular_(adjoint(a), g, lower=not lower),
    ],
    [
        lambda t, out, a, b, lower: -triangular_(a, triangle(t, lower) @ out, lower=lower),
        lambda t, out, a, b, lower: triangular_(a, t, lower=lower),
    ],
    batch=cores(2, 2),
    sample=[regular((3, 3), (3, 2), lower=True), regular((2, 2, 2), (2, 2, 1), lower=False)],
    name="solve_triangular",
)


def as_columns(b: Any) -> Any:
    """A vector as a matrix of one column."""
    return np.reshape(b, (-1, 1)) if ndim(b) == 1 else b


@scipys(scipy.linalg.solve_triangular)
def solve_triangular(
    a: Any, b: Any, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False
) -> Any:
    """``scipy.linalg.solve_triangular``: ``a x = b`` for a triangle, or its transpose.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve_triangular
    >>> ag.grad(lambda b: np.sum(solve_triangular(2 * np.eye(2), b)))(np.ones(2))
    array([0.5, 0.5])
    """
    kinds: dict[Any, int] = {0: 0, "N": 0, 1: 1, "T": 1, 2: 2, "C": 2}
    if trans not in kinds:
        cure = "Choose one."
        raise ArgumentError(
            expected("solve_triangular: trans", "0, 1, 2, 'N', 'T' or 'C'", repr(trans), cure)
        )
    a = a if hasattr(a, "dtype") else np.asarray(a)
    if unit_diagonal:
        eye = np.eye(shape_of(a)[-1], dtype=bool)
        a = np.where(eye, np.ones((), value_of(a).dtype), a)
    if kinds[trans]:
        a, lower = (adjoint(a) if kinds[trans] == 2 else np.swapaxes(a, -1, -2)), not lower
    x = triangular_(a, as_columns(b), lower=bool(lower))
    return x[..., 0] if ndim(b) == 1 else x


@scipys(scipy.linalg.cho_solve)
def cho_solve(c_and_lower: Any, b: Any) -> Any:
    """``scipy.linalg.cho_solve``: a system whose matrix ``cho_factor`` has factored.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import cho_factor, cho_solve
    >>> ag.grad(lambda b: np.sum(cho_solve(cho_factor(4 * np.eye(2)), b)))(np.ones(2))
    array([0.25, 0.25])
    """
    c, lower = c_and_lower
    right = as_columns(b)
    if lower:
        x = triangular_(adjoint(c), triangular_(c, right, lower=True), lower=False)
    else:
        x = triangular_(c, triangular_(adjoint(c), right, lower=True), lower=False)
    return x[..., 0] if ndim(b) == 1 else x


# general systems
def mirrored(a: Any, lower: bool) -> Any:
    """The symmetric matrix of a triangle; of a symmetric matrix its symmetric part."""
    value, flipped = value_of(a), np.swapaxes(a, -1, -2)
    if np.array_equal(value, value_of(flipped)):
        return 0.5 * (a + flipped)
    kept, strict = (np.tril(a), np.tril(a, -1)) if lower else (np.triu(a), np.triu(a, 1))
    return kept + np.swapaxes(strict, -1, -2)


def hermitian(a: Any, lower: bool) -> Any:
    """The Hermitian matrix of a triangle; of a Hermitian matrix its Hermitian part."""
    return symmetrised(one_triangle(a, "L" if lower else "U"))


def structured(a: Any, assume_a: Any, lower: bool) -> Any:
    """A matrix with what SciPy does not read of it replaced by what it assumes."""
    if assume_a in (None, "gen", "general"):
        return a
    if assume_a in ("sym", "symmetric"):
        return mirrored(a, lower)
    if assume_a in ("her", "hermitian", "pos", "positive definite"):
        return hermitian(a, lower)
    parts = {
        "diagonal": lambda: np.triu(np.tril(a)),
        "tridiagonal": lambda: np.triu(np.tril(a, 1), -1),
        "banded": lambda: a,
        "upper triangular": lambda: np.triu(a),
        "lower triangular": lambda: np.tril(a),
    }
    if assume_a not in parts:
        cure = "Choose one of SciPy's."
        raise ArgumentError(expected("assume_a", "the name of a structure", repr(assume_a), cure))
    return parts[assume_a]()


@scipys(scipy.linalg.solve)
def solve(
    a: Any, b: Any, lower: bool = False, assume_a: Any = None, transposed: bool = False
) -> Any:
    """``scipy.linalg.solve``: ``a x = b``, for a matrix of a structure.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve
    >>> ag.grad(lambda b: np.sum(solve(2 * np.eye(2), b)))(np.ones(2))
    array([0.5, 0.5])
    """
    a = structured(a, assume_a, lower)
    return np.linalg.solve(np.swapaxes(a, -1, -2) if transposed else a, b)


@scipys(scipy.linalg.inv)
def inv(a: Any, *, assume_a: Any = None, lower: bool = False) -> Any:
    """``scipy.linalg.inv``: the inverse, of a matrix of a structure.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import inv
    >>> round(ag.grad(lambda t: np.sum(inv(t * np.eye(2))))(2.0), 6)
    -0.5
    """
    return np.linalg.inv(structured(a, assume_a, lower))


@scipys(scipy.linalg.pinv)
def pinv(a: Any, *, atol: Any = None, rtol: Any = None, return_rank: bool = False) -> Any:
    """``scipy.linalg.pinv``: the pseudo-inverse, differentiated at constant rank.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import pinv
    >>> round(ag.grad(lambda t: np.sum(pinv(t * np.ones((2, 1)))))(2.0), 6)
    -0.25
    """
    s = np.linalg.svdvals(value_of(a))
    cut = max(shape_of(a)) * np.finfo(s.dtype).eps if rtol is None else rtol
    largest = np.max(s, initial=0)
    if atol:
        cut = cut + np.where(largest > 0, atol / np.where(largest > 0, largest, 1), 0)
    inverse = np.linalg.pinv(a, cut)
    return (inverse, np.sum(s > cut * largest)) if return_rank else inverse


@scipys(scipy.linalg.lstsq)
def lstsq(a: Any, b: Any, cond: Any = None) -> Any:
    """``scipy.linalg.lstsq``: least squares; see ``np.linalg.lstsq``.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import lstsq
    >>> ag.grad(lambda b: lstsq(np.ones((2, 1)), b)[0][0])(np.ones(2))
    array([0.5, 0.5])
    """
    kind = np.result_type(value_of(a), value_of(b), np.float32)
    cond = np.finfo(kind).eps if cond is None else cond
    _, sums, rank, _ = scipy.linalg.lstsq(value_of(a), value_of(b), cond)
    x, _, _, s = np.linalg.lstsq(a, b, cond)
    if np.size(sums):
        left = b - a @ x
        sums = np.sum(np.real(left * conj(left)), axis=0)
    return x, sums, rank, s


# banded systems
def band_places(n: int, above: int, below: int) -> tuple[Any, Any]:
    """For every entry of a band, as LAPACK stores it, its row, and whether that exists."""
    rows = np.arange(-above, below + 1)[:, None] + np.arange(n)
    return np.clip(rows, 0, max(n - 1, 0)), (rows >= 0) & (rows < n)


def adjoint_band(ab: Any, above: int, below: int) -> Any:
    """The band of the conjugate transpose: every diagonal moves to the other side."""
    n = shape_of(ab)[-1]
    columns, inside = band_places(n, below, above)
    diagonals = np.broadcast_to(np.arange(above + below, -1, -1)[:, None], columns.shape)
    return np.where(inside, conj(ab)[..., diagonals, columns], 0)


def banded_first(g: Any, out: Any, ab: Any, b: Any, above: int, below: int) -> Any:
    """Cotangent of the band: the product of the adjoint solution and the solution, there."""
    back = banded_(adjoint_band(ab, above, below), g, above=below, below=above)
    rows, inside = band_places(shape_of(ab)[-1], above, below)
    terms = back[..., rows, :] * conj(out)[..., None, :, :]
    return np.where(inside, -np.sum(terms, axis=-1), 0)


def band_product(ab: Any, x: Any, above: int, below: int) -> Any:
    """A banded matrix times another."""
    columns, inside = band_places(shape_of(ab)[-1], below, above)
    diagonals = np.broadcast_to(np.arange(above + below, -1, -1)[:, None], columns.shape)
    terms = np.where(inside, ab[..., diagonals, columns], 0)[..., None] * x[..., columns, :]
    return np.sum(terms, axis=-3)


banded_: Primitive = Primitive(
    of_matrices(
        lambda ab, b, *, above, below: scipy.linalg.solve_banded(
            (below, above), ab, b, check_finite=False
        )
    ),
    [
        banded_first,
        lambda g, out, ab, b, above, below: banded_(
            adjoint_band(ab, above, below), g, above=below, below=above
        ),
    ],
    [
        lambda t, out, ab, b, above, below: (
            -banded_(ab, band_product(t, out, above, below), above=above, below=below)
        ),
        lambda t, out, ab, b, above, below: banded_(ab, t, above=above, below=below),
    ],
    batch=cores(2, 2),
    sample=lambda rng: (
        (rng.normal(size=(4, 4)) + 6 * np.eye(4)[:, [1]], rng.normal(size=(4, 2))),
        {"above": 1, "below": 2},
    ),
    name="solve_banded",
)
OPS.extend([triangular_, banded_])


@scipys(scipy.linalg.solve_banded)
def solve_banded(l_and_u: Any, ab: Any, b: Any) -> Any:
    """``scipy.linalg.solve_banded``: a system whose matrix is stored by diagonals.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve_banded
    >>> band = np.array([[0.0, 1.0], [2.0, 2.0]])  # [[2, 1], [0, 2]]
    >>> ag.grad(lambda b: solve_banded((0, 1), band, b)[0])(np.ones(2))
    array([ 0.5 , -0.25])
    """
    below, above = map(int, l_and_u)
    if below + above + 1 != shape_of(ab)[0]:
        got = f"{shape_of(ab)[0]} rows for {l_and_u}"
        cure = "ab has one row for every diagonal."
        raise ArgumentError(expected("solve_banded", f"{below + above + 1} rows", got, cure))
    x = banded_(ab, as_columns(b), above=above, below=below)
    return x[..., 0] if ndim(b) == 1 else x


@scipys(scipy.linalg.solveh_banded)
def solveh_banded(ab: Any, b: Any, lower: bool = False) -> Any:
    """``scipy.linalg.solveh_banded``: a Hermitian positive-definite one, of which half is stored.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solveh_banded
    >>> band = np.array([[0.0, 1.0], [2.0, 2.0]])  # [[2, 1], [1, 2]]
    >>> print(ag.grad(lambda b: np.sum(solveh_banded(band, b)))(np.ones(2)).round(3))
    [0.333 0.333]
    """
    width = shape_of(ab)[0] - 1
    other = adjoint_band(ab, 0, width) if lower else adjoint_band(ab, width, 0)
    real = np.real(ab[0 if lower else -1])[None]  # SciPy reads no imaginary part there
    halves = [other[:-1], real, ab[1:]] if lower else [ab[:-1], real, other[1:]]
    band = np.concatenate(halves, axis=0)
    x = banded_(band, as_columns(b), above=width, below=width)
    return x[..., 0] if ndim(b) == 1 else x
