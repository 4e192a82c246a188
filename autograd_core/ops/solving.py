"""Linear systems: solve, inv, pinv, lstsq, tensorsolve, tensorinv.

A rule solves the adjoint system. The pseudo-inverse and least squares are differentiated at
constant rank; see Golub and Pereyra, "The differentiation of pseudo-inverses and nonlinear least
squares problems whose variables separate", 1973.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..batching.batched import Batched
from ..batching.rules import cores, leading
from ..errors import ArgumentError, expected
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements, query
from ..sampling import regular
from .products import adjoint, ndim
from .shaping import shape_of
from .symmetry import one_triangle, symmetrised

solve_ = Primitive(
    np.linalg.solve,
    [
        lambda g, out, a, b: -np.linalg.solve(adjoint(a), g) @ adjoint(out),
        lambda g, out, a, b: np.linalg.solve(adjoint(a), g),
    ],
    [
        lambda t, out, a, b: -np.linalg.solve(a, t @ out),
        lambda t, out, a, b: np.linalg.solve(a, t),
    ],
    batch=cores(2, 2),
    sample=[regular((2, 2), (2, 3)), regular((3, 2, 2), (2, 1)), regular((2, 2), (3, 2, 2))],
)
inv_ = Primitive(
    np.linalg.inv,
    [lambda g, out, a: -adjoint(out) @ g @ adjoint(out)],
    [lambda t, out, a: -out @ t @ out],
    batch=leading,
    sample=[regular((3, 3)), regular((2, 2, 2))],
)
OPS.extend([solve_, inv_])
implements(np.linalg.inv)(inv_)


@implements(np.linalg.solve)
def solve(a: Any, b: Any) -> Any:
    """``np.linalg.solve`` of Nodes; a b of one axis is one vector, as in NumPy."""
    if ndim(b) == 1:
        return solve_(a, np.reshape(b, (-1, 1)))[..., 0]
    return solve_(a, b)


# pseudo-inverse
def _pinv(a: Any, *, rcond: Any, hermitian: bool) -> Any:
    return np.linalg.pinv(symmetrised(a) if hermitian else a, rcond, hermitian=hermitian)


def pinv_tangent(t: Any, out: Any, a: Any, rcond: Any, hermitian: bool) -> Any:
    """The change of a pseudo-inverse while the rank stays."""
    if hermitian:
        a, t = symmetrised(a), symmetrised(t)
    p, s = adjoint(out), adjoint(t)
    return -out @ t @ out + out @ p @ (s - s @ a @ out) + (s - out @ a @ s) @ p @ out


def pinv_cotangent(g: Any, out: Any, a: Any, rcond: Any, hermitian: bool) -> Any:
    """The transpose of ``pinv_tangent``: the same form, of the adjoints."""
    if hermitian:
        return symmetrised(pinv_tangent(symmetrised(g), out, a, rcond, True))
    return pinv_tangent(g, adjoint(out), adjoint(a), rcond, False)


pinv_ = Primitive(
    _pinv,
    [pinv_cotangent],
    [pinv_tangent],
    batch=leading,
    sample=[
        regular((2, 3, 2), rcond=1e-15, hermitian=False),
        regular((2, 3), rcond=1e-15, hermitian=False),
        regular((2, 2), rcond=1e-15, hermitian=True),
    ],
    name="pinv",
)
OPS.append(pinv_)


@implements(np.linalg.pinv)
def pinv(a: Any, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue) -> Any:
    """``np.linalg.pinv`` of a Node, differentiated at constant rank."""
    if rcond is not None and rtol is not np._NoValue:
        raise ArgumentError(expected("pinv", "rcond or rtol", "both", "Pass one of them."))
    if rcond is None:
        rcond = 1e-15 if rtol is np._NoValue else rtol
    if rcond is None:
        rcond = max(shape_of(a)[-2:]) * np.finfo(value_of(a).dtype).eps
    rcond = value_of(rcond)
    if hermitian:
        a = one_triangle(a, "L")
    if cuts_off(a, rcond):
        return pinv_by_svd(a, rcond, hermitian)
    return pinv_(a, rcond=rcond, hermitian=bool(hermitian))


def cuts_off(a: Any, rcond: Any) -> bool:
    """Whether singular values that are more than rounding are taken for 0."""
    a = value_of(a)
    rounding = 8 * max(a.shape[-2:]) * np.finfo(a.dtype).eps
    if not a.size or np.all(rcond <= rounding):
        return False
    s = np.linalg.svdvals(a)
    share = s / np.maximum(s[..., :1], np.finfo(s.dtype).tiny)
    return bool(np.any((share <= np.asarray(rcond)[..., None]) & (share > rounding)))


def pinv_by_svd(a: Any, rcond: Any, hermitian: bool) -> Any:
    """The pseudo-inverse of the singular values above the cut."""
    u, s, vh = np.linalg.svd(a, full_matrices=False, hermitian=hermitian)
    large = value_of(s) > np.asarray(rcond)[..., None] * np.max(value_of(s), -1, keepdims=True)
    reciprocal = np.where(large, 1 / np.where(large, s, 1), 0)
    return (adjoint(vh) * reciprocal[..., None, :]) @ adjoint(u)


# least squares
def _lstsq(a: Any, b: Any, *, rcond: float) -> Any:
    if np.ndim(a) > 2 or np.ndim(b) > 2:  # of stacks, which LAPACK does not take
        return np.linalg.pinv(a, rcond) @ b
    return np.linalg.lstsq(a, b, rcond)[0]


def lstsq_first(g: Any, out: Any, a: Any, b: Any, rcond: float) -> Any:
    """Cotangent of the matrix, at constant rank."""
    p = np.linalg.pinv(a, rcond)
    left = b - a @ out
    c, x = adjoint(p) @ g, adjoint(p) @ out
    rest = g - adjoint(a) @ c
    return left @ adjoint(p @ c) - c @ adjoint(out) + x @ adjoint(rest)


def lstsq_tangent(t: Any, out: Any, a: Any, b: Any, rcond: float) -> Any:
    """The change of the solution with that of the matrix, at constant rank."""
    p, s = np.linalg.pinv(a, rcond), adjoint(t)
    y = s @ (adjoint(p) @ out)
    return p @ (adjoint(p) @ (s @ (b - a @ out)) - t @ out) + y - p @ (a @ y)


lstsq_ = Primitive(
    _lstsq,
    [lstsq_first, lambda g, out, a, b, rcond: adjoint(np.linalg.pinv(a, rcond)) @ g],
    [lstsq_tangent, lambda t, out, a, b, rcond: np.linalg.pinv(a, rcond) @ t],
    batch=cores(2, 2),
    sample=[
        regular((4, 2), (4, 1), rcond=1e-15),
        regular((2, 3), (2, 2), rcond=1e-15),
        regular((3, 3, 2), (3, 1), rcond=1e-15),
    ],
    name="lstsq",
)
OPS.append(lstsq_)


@implements(np.linalg.lstsq)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """``np.linalg.lstsq`` of Nodes: solution, residuals and singular values carry derivatives."""
    precision = np.finfo(np.result_type(value_of(a), value_of(b))).eps
    cut = precision * max(shape_of(a)) if rcond is None else precision if rcond < 0 else rcond
    sums, rank = shape_and_rank(value_of(a), value_of(b), cut)
    right = np.reshape(b, (-1, 1)) if ndim(b) == 1 else b
    if cuts_off(a, cut):
        solution = np.linalg.pinv(a, cut) @ right
    else:
        solution = lstsq_(a, right, rcond=float(cut))
    if np.size(sums):
        left = right - a @ solution
        sums = np.sum(np.real(left * np.conjugate(left)), axis=0)
    singular = np.linalg.svdvals(a if isinstance(a, Node | Batched) else np.asarray(a))
    return solution[:, 0] if ndim(b) == 1 else solution, sums, rank, singular


def shape_and_rank(a: Any, b: Any, cut: float) -> tuple[Any, Any]:
    """What NumPy answers in place of the sums of squares, and the rank."""
    if not isinstance(a, Batched) and not isinstance(b, Batched):
        _, sums, rank, _ = np.linalg.lstsq(a, b, cut)
        return sums, rank
    rows, columns = shape_of(a)
    np.linalg.lstsq(np.ones(shape_of(a)), np.ones(shape_of(b)), cut)  # NumPy's own messages
    singular = np.linalg.svdvals(a)
    rank = np.sum(singular > cut * singular[0]).astype(np.intc)
    return np.ones(int(rows > columns and bool(rank == columns))), rank


# tensors
@implements(np.linalg.tensorsolve)
def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    """``np.linalg.tensorsolve`` of Nodes: one system."""
    if axes is not None:
        order = list(range(ndim(a)))
        for k in axes:
            order.remove(k)
            order.append(k)
        a = np.transpose(a, order)
    shape = shape_of(a)[-(ndim(a) - ndim(b)) :]
    size = math.prod(shape)
    if size * size != np.size(value_of(a)):
        got = f"{shape_of(a)} and {shape_of(b)}"
        cure = "Its first axes are those of b, the others as long in all."
        raise ArgumentError(expected("tensorsolve", "a square system", got, cure))
    return np.reshape(solve(np.reshape(a, (size, size)), np.ravel(b)), shape)


@implements(np.linalg.tensorinv)
def tensorinv(a: Any, ind: int = 2) -> Any:
    """``np.linalg.tensorinv`` of a Node: one inverse."""
    if ind <= 0:
        cure = "Say how many axes are the rows."
        raise ArgumentError(expected("tensorinv: ind", "a positive number", ind, cure))
    shape = shape_of(a)
    inverse = inv_(np.reshape(a, (math.prod(shape[:ind]), -1)))
    return np.reshape(inverse, shape[ind:] + shape[:ind])


query(np.linalg.matrix_rank)
