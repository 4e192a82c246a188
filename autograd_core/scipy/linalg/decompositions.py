"""Decompositions, determinants and norms by SciPy's names, with its keywords, on NumPy's rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...errors import ArgumentError, expected, unsupported
from ...node import value_of
from ...ops.norms import polar as unitary_factor
from ...ops.products import adjoint
from ...ops.shaping import shape_of
from ..differentiable import scipys
from ..mapping import of_values
from .systems import hermitian, triangular_
from .triangular_factors import lu_


@scipys(scipy.linalg.cholesky)
def cholesky(a: Any, lower: bool = False) -> Any:
    """``scipy.linalg.cholesky``: the upper factor, or the lower.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import cholesky
    >>> round(ag.grad(lambda t: np.sum(cholesky(t * np.eye(2))))(4.0), 6)
    0.5
    """
    return np.linalg.cholesky(a, upper=not lower)


@scipys(scipy.linalg.cho_factor)
def cho_factor(a: Any, lower: bool = False) -> tuple[Any, bool]:
    """``scipy.linalg.cho_factor``: a factor for ``cho_solve``, and whether it is the lower.

    Where SciPy leaves arbitrary numbers, in the other triangle, there are zeros.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import cho_factor
    >>> factor, lower = cho_factor(ag.Node(4 * np.eye(2)))
    >>> print(factor.value, lower)
    [[2. 0.]
     [0. 2.]] False
    """
    return np.linalg.cholesky(a, upper=not lower), lower


@scipys(scipy.linalg.det)
def det(a: Any) -> Any:
    """``scipy.linalg.det``: the determinant, exact also at singular matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import det
    >>> print(ag.grad(det)(np.ones((2, 2))).round(12))
    [[ 1. -1.]
     [-1.  1.]]
    """
    return np.linalg.det(a.astype(np.result_type(a.dtype, np.float64)))  # as SciPy does


@scipys(scipy.linalg.norm)
def norm(a: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """``scipy.linalg.norm``: every norm that NumPy has.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import norm
    >>> ag.grad(norm)(np.array([3.0, 4.0]))
    array([0.6, 0.8])
    """
    result = np.linalg.norm(a, ord, axis, keepdims)
    if axis is None and not keepdims and ord in (None, 1, 2, np.inf) and a.ndim <= 2:
        ones = np.ones(shape_of(a), a.dtype)
        kind = np.asarray(scipy.linalg.norm(ones, ord)).dtype  # often float64, whatever a is
        return result if kind == result.dtype else result.astype(kind)
    return result


@scipys(scipy.linalg.svd)
def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    """``scipy.linalg.svd``: singular values and vectors; see ``np.linalg.svd``.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import svd
    >>> ag.grad(lambda x: np.sum(svd(x)[1]))(np.diag([3.0, 2.0])).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    return tuple(np.linalg.svd(a, full_matrices)) if compute_uv else np.linalg.svdvals(a)


@scipys(scipy.linalg.svdvals)
def svdvals(a: Any) -> Any:
    """``scipy.linalg.svdvals``: singular values.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import svdvals
    >>> ag.grad(lambda x: svdvals(x)[0])(np.diag([3.0, 2.0])).round(12) + 0.0
    array([[1., 0.],
           [0., 0.]])
    """
    return np.linalg.svdvals(a)


@scipys(scipy.linalg.qr)
def qr(a: Any, mode: str = "full", pivoting: bool = False) -> Any:
    """``scipy.linalg.qr``: also with columns in the order that ``pivoting`` finds.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import qr
    >>> q, r = qr(ag.Node(np.array([[3.0], [4.0]])), mode="economic")
    >>> print(abs(r.item()))
    5.0
    """
    if mode not in ("full", "economic", "r"):
        raise unsupported("scipy.linalg.qr", "mode", mode, "Use 'full', 'economic' or 'r'.")
    order: tuple[Any, ...] = ()
    if pivoting:
        order = (scipy.linalg.qr(value_of(a), mode="r", pivoting=True)[-1],)
        a = a[..., :, order[0]]
    q, r = np.linalg.qr(a, "reduced" if mode == "economic" else "complete")
    return (r, *order) if mode == "r" else (q, r, *order)


@scipys(scipy.linalg.polar)
def polar(a: Any, side: str = "right") -> Any:
    """``scipy.linalg.polar``: a unitary and a positive semidefinite factor.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import polar
    >>> round(ag.grad(lambda t: np.trace(polar(t * np.eye(2))[1]))(3.0), 6)
    2.0
    """
    if side not in ("right", "left"):
        raise ArgumentError(expected("polar: side", "'left' or 'right'", repr(side), "Choose one."))
    u = unitary_factor(a)
    p = adjoint(u) @ a if side == "right" else a @ adjoint(u)
    return u, 0.5 * (p + adjoint(p))


# eigenvalues
def reduced_problem(a: Any, b: Any, lower: bool) -> tuple[Any, Any]:
    """A generalized problem as an ordinary one, and the factor that leads back."""
    a = hermitian(a, lower)
    if b is None:
        return a, None
    factor = np.linalg.cholesky(hermitian(b if hasattr(b, "dtype") else np.asarray(b), lower))
    half = triangular_(factor, a, lower=True)
    return adjoint(triangular_(factor, adjoint(half), lower=True)), factor


def chosen(w: Any, by_index: Any, by_value: Any) -> Any:
    """Which eigenvalues a ``subset_`` asks for."""
    if by_index is not None and by_value is not None:
        cure = "Pass one of them."
        raise ArgumentError(expected("eigh", "one subset", "two", cure))
    if by_index is not None:
        return slice(int(by_index[0]), int(by_index[1]) + 1)
    if by_value is not None:
        low, high = by_value
        (places,) = np.nonzero((value_of(w) > low) & (value_of(w) <= high))
        return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0)
    return slice(None)


@scipys(scipy.linalg.eigh)
def eigh(
    a: Any,
    b: Any = None,
    *,
    lower: bool = True,
    eigvals_only: bool = False,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
) -> Any:
    """``scipy.linalg.eigh``: ``a v = w v``, or ``a v = w b v``, of Hermitian matrices.

    Vectors of Nodes have the signs that ``np.linalg.eigh`` gives them.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import eigh
    >>> round(ag.grad(lambda t: np.sum(eigh(t * np.eye(2), 2 * np.eye(2))[0]))(3.0), 6)
    1.0
    """
    problem, factor = reduced_problem(a, b, lower)
    if eigvals_only:
        w = np.linalg.eigvalsh(problem)
        return w[..., chosen(w, subset_by_index, subset_by_value)]
    w, v = np.linalg.eigh(problem)
    if factor is not None:
        v = triangular_(adjoint(factor), v, lower=False)
    kept = chosen(w, subset_by_index, subset_by_value)
    return w[..., kept], v[..., :, kept]


@scipys(scipy.linalg.eigvalsh)
def eigvalsh(
    a: Any,
    b: Any = None,
    *,
    lower: bool = True,
    subset_by_index: Any = None,
    subset_by_value: Any = None,
) -> Any:
    """``scipy.linalg.eigvalsh``: the values of ``eigh`` alone.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import eigvalsh
    >>> ag.grad(lambda x: eigvalsh(x)[1])(np.diag([1.0, 2.0]))
    array([[0., 0.],
           [0., 1.]])
    """
    w = np.linalg.eigvalsh(reduced_problem(a, b, lower)[0])
    return w[..., chosen(w, subset_by_index, subset_by_value)]


@scipys(scipy.linalg.eigvals)
def eigvals(a: Any) -> Any:
    """``scipy.linalg.eigvals``: eigenvalues, complex always.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import eigvals
    >>> ag.grad(lambda x: np.real(np.sum(eigvals(x))))(np.diag([1.0, 2.0])).round(12) + 0.0
    array([[1., 0.],
           [0., 1.]])
    """
    w = np.linalg.eigvals(a)
    return w.astype(np.result_type(w.dtype, np.complex64))


@scipys(scipy.linalg.lu)
def lu(a: Any, permute_l: bool = False, p_indices: bool = False) -> Any:
    """``scipy.linalg.lu`` of square matrices: permutation, lower and upper factor.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import lu
    >>> round(ag.grad(lambda t: np.trace(lu(t * np.eye(2))[2]))(3.0), 6)
    2.0
    """
    if shape_of(a)[-1] != shape_of(a)[-2]:
        cure = "Use np.linalg.qr for others."
        raise ArgumentError(expected("lu of a Node", "square matrices", shape_of(a), cure))
    p = of_values(lambda each: scipy.linalg.lu(each)[0], a)
    lower, upper = lu_(np.swapaxes(p, -1, -2) @ a)
    if permute_l:
        return p @ lower, upper
    return (np.argmax(p, axis=-1) if p_indices else p), lower, upper
