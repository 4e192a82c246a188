"""Functions of matrices: expm, logm, sqrtm and the trigonometric and hyperbolic ones.

Of any analytic f, ``f([[a, e], [0, a]])`` is ``[[f(a), d], [0, f(a)]]``, where d is the derivative
at a along e; its adjoint is the derivative at the conjugate transpose (R. Mathias, 1996). So each
is one row, and can be differentiated as often as one likes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from ...batching.rules import leading
from ...errors import ArgumentError, expected
from ...node import value_of
from ...ops.products import adjoint
from ...primitive import OPS, Primitive
from ...sampling import Sample
from ..differentiable import scipys
from ..mapping import of_matrices
from .equations import sylvester_


def along(f: Callable[..., Any], a: Any, e: Any) -> Any:
    """The derivative of f at a along e, which is scaled to the size of a for precision."""
    n = np.shape(value_of(a))[-1]
    sizes = [np.max(np.abs(value_of(x)), axis=(-2, -1), keepdims=True, initial=0) for x in (a, e)]
    scale = np.where(sizes[1] > sizes[0], sizes[1] / np.where(sizes[0] > 0, sizes[0], 1), 1)
    e = e / scale.astype(sizes[0].dtype)
    zeros = np.zeros(np.shape(value_of(a)), value_of(a).dtype)
    block = np.concatenate(
        [np.concatenate([a, e], axis=-1), np.concatenate([zeros, a], axis=-1)], axis=-2
    )
    return f(block)[..., :n, n:] * scale.astype(sizes[0].dtype)


def matrix_function(function: Callable[..., Any], sample: Sample) -> Primitive:
    """A row for an analytic function of matrices."""
    of_each = of_matrices(function)

    def forward(a: Any) -> Any:
        if a.dtype.kind == "f" and a.dtype.itemsize < 8:  # SciPy warns of its precision there
            out = of_each(a.astype(np.float64))
            return out.astype(np.result_type(a, np.float32) if out.dtype.kind == "f" else "F")
        return of_each(a)

    op = Primitive(
        forward,
        [lambda g, out, a: along(op, adjoint(a), g)],
        [lambda t, out, a: along(op, a, t)],
        batch=leading,
        sample=sample,
        name=function.__name__,
    )
    OPS.append(op)
    return op


def near_the_identity(*shape: int) -> Sample:
    """Matrices whose eigenvalues lie near 1, away from every cut."""
    return lambda rng: ((0.2 * rng.normal(size=shape) + np.eye(shape[-1]),), {})


expm_ = matrix_function(scipy.linalg.expm, near_the_identity(2, 2, 2))
logm_ = matrix_function(scipy.linalg.logm, near_the_identity(3, 3))
sqrtm_ = matrix_function(scipy.linalg.sqrtm, near_the_identity(3, 3))
sqrtm_.defvjp(lambda g, out, a: sylvester_(adjoint(out), adjoint(out), g))  # of out @ out = a
sqrtm_.defjvp(lambda t, out, a: sylvester_(out, out, t * value_of(out).dtype.type(1)))
cosm_ = matrix_function(scipy.linalg.cosm, near_the_identity(2, 2))
sinm_ = matrix_function(scipy.linalg.sinm, near_the_identity(2, 2))
tanm_ = matrix_function(scipy.linalg.tanm, near_the_identity(2, 2))
coshm_ = matrix_function(scipy.linalg.coshm, near_the_identity(2, 2))
sinhm_ = matrix_function(scipy.linalg.sinhm, near_the_identity(2, 2))
tanhm_ = matrix_function(scipy.linalg.tanhm, near_the_identity(2, 2))


def square(name: str, A: Any) -> Any:
    """The argument, if it is of square matrices: of a number SciPy's sqrtm is the exponential."""
    shape = np.shape(value_of(A))
    if len(shape) < 2 or shape[-1] != shape[-2]:
        cure = "Pass a number x as [[x]]."
        raise ArgumentError(expected(name, "square matrices", f"shape {shape}", cure))
    return A


@scipys(scipy.linalg.expm)
def expm(A: Any) -> Any:
    """``scipy.linalg.expm``: the exponential of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import expm
    >>> round(ag.grad(lambda t: np.sum(expm(t * np.eye(2))))(0.0), 6)
    2.0
    """
    return expm_(square("expm", A))


@scipys(scipy.linalg.logm)
def logm(A: Any) -> Any:
    """``scipy.linalg.logm``: the principal logarithm of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import logm
    >>> round(ag.grad(lambda t: np.sum(logm(t * np.eye(2))))(4.0), 6)
    0.5
    """
    return logm_(square("logm", A))


@scipys(scipy.linalg.sqrtm)
def sqrtm(A: Any) -> Any:
    """``scipy.linalg.sqrtm``: the principal square root of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import sqrtm
    >>> round(ag.grad(lambda t: np.sum(sqrtm(t * np.eye(2))))(4.0), 6)
    0.5
    """
    return sqrtm_(square("sqrtm", A))


@scipys(scipy.linalg.cosm)
def cosm(A: Any) -> Any:
    """``scipy.linalg.cosm``: the cosine of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import cosm
    >>> float(ag.grad(lambda t: np.trace(cosm(t * np.eye(2))))(0.0))
    0.0
    """
    return cosm_(square("cosm", A))


@scipys(scipy.linalg.sinm)
def sinm(A: Any) -> Any:
    """``scipy.linalg.sinm``: the sine of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import sinm
    >>> round(ag.grad(lambda t: np.trace(sinm(t * np.eye(2))))(0.0), 6)
    2.0
    """
    return sinm_(square("sinm", A))


@scipys(scipy.linalg.tanm)
def tanm(A: Any) -> Any:
    """``scipy.linalg.tanm``: the tangent of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import tanm
    >>> round(ag.grad(lambda t: np.trace(tanm(t * np.eye(2))))(0.0), 6)
    2.0
    """
    return tanm_(square("tanm", A))


@scipys(scipy.linalg.coshm)
def coshm(A: Any) -> Any:
    """``scipy.linalg.coshm``: the hyperbolic cosine of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import coshm
    >>> round(ag.grad(lambda t: np.trace(coshm(t * np.eye(2))))(1.0), 4)  # 2 sinh(1)
    2.3504
    """
    return coshm_(square("coshm", A))


@scipys(scipy.linalg.sinhm)
def sinhm(A: Any) -> Any:
    """``scipy.linalg.sinhm``: the hyperbolic sine of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import sinhm
    >>> round(ag.grad(lambda t: np.trace(sinhm(t * np.eye(2))))(0.0), 6)
    2.0
    """
    return sinhm_(square("sinhm", A))


@scipys(scipy.linalg.tanhm)
def tanhm(A: Any) -> Any:
    """``scipy.linalg.tanhm``: the hyperbolic tangent of matrices.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import tanhm
    >>> round(ag.grad(lambda t: np.trace(tanhm(t * np.eye(2))))(0.0), 6)
    2.0
    """
    return tanhm_(square("tanhm", A))
