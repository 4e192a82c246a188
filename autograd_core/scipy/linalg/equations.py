"""Equations for matrices: Sylvester's and Lyapunov's. A rule solves the adjoint equation."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...batching.rules import cores
from ...errors import ArgumentError, expected
from ...node import value_of
from ...ops.products import adjoint
from ...primitive import OPS, Primitive
from ..differentiable import scipys
from ..mapping import of_matrices


def stable(*shape: int, count: int) -> Any:
    """Samples of matrices whose spectra fit every equation here."""
    size = shape[-1]

    def sample(rng: np.random.Generator) -> Any:
        return tuple(
            0.2 * rng.normal(size=shape) + shift * np.eye(size) for shift in (0.5, 1.0, 1.5)[:count]
        ), {}

    return sample


sylvester_: Primitive = Primitive(
    of_matrices(scipy.linalg.solve_sylvester),
    [
        lambda g, out, a, b, q: -sylvester_(adjoint(a), adjoint(b), g) @ adjoint(out),
        lambda g, out, a, b, q: -adjoint(out) @ sylvester_(adjoint(a), adjoint(b), g),
        lambda g, out, a, b, q: sylvester_(adjoint(a), adjoint(b), g),
    ],
    [
        lambda t, out, a, b, q: -sylvester_(a, b, t @ out),
        lambda t, out, a, b, q: -sylvester_(a, b, out @ t),
        lambda t, out, a, b, q: sylvester_(a, b, t),
    ],
    batch=cores(2, 2, 2),
    sample=[stable(2, 2, count=3), stable(2, 2, 2, count=3)],
    name="solve_sylvester",
)


def discrete_first(g: Any, out: Any, a: Any, q: Any, method: Any) -> Any:
    """Cotangent of a in ``a x a^H - x + q = 0``."""
    s = discrete_(adjoint(a), g, method=method)
    return s @ a @ adjoint(out) + adjoint(s) @ a @ out


def discrete_tangent(t: Any, out: Any, a: Any, q: Any, method: Any) -> Any:
    """The change of the solution with a."""
    change = t @ out @ adjoint(a)
    return discrete_(a, change + a @ out @ adjoint(t), method=method)


discrete_: Primitive = Primitive(
    of_matrices(lambda a, q, *, method: scipy.linalg.solve_discrete_lyapunov(a, q, method)),
    [
        discrete_first,
        lambda g, out, a, q, method: discrete_(adjoint(a), g, method=method),
    ],
    [discrete_tangent, lambda t, out, a, q, method: discrete_(a, t, method=method)],
    batch=cores(2, 2),
    sample=lambda rng: (stable(2, 2, count=2)(rng)[0], {"method": None}),
    name="solve_discrete_lyapunov",
)
OPS.extend([sylvester_, discrete_])


@scipys(scipy.linalg.solve_sylvester)
def solve_sylvester(a: Any, b: Any, q: Any) -> Any:
    """``scipy.linalg.solve_sylvester``: the x of ``a x + x b = q``.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve_sylvester
    >>> ag.grad(lambda q: solve_sylvester(np.eye(1), np.eye(1), q)[0, 0])(np.eye(1))
    array([[0.5]])
    """
    if np.ndim(value_of(q)) < 2:
        cure = "Pass a matrix, as SciPy says."
        got = f"shape {np.shape(value_of(q))}"
        raise ArgumentError(expected("solve_sylvester: q", "a matrix", got, cure))
    return sylvester_(a, b, q)


@scipys(scipy.linalg.solve_continuous_lyapunov)
def solve_continuous_lyapunov(a: Any, q: Any) -> Any:
    """``scipy.linalg.solve_continuous_lyapunov``: the x of ``a x + x a^H = q``.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve_continuous_lyapunov
    >>> ag.grad(lambda a: solve_continuous_lyapunov(a, np.eye(1))[0, 0])(np.eye(1))
    array([[-0.5]])
    """
    return sylvester_(a, adjoint(a), q)


@scipys(scipy.linalg.solve_discrete_lyapunov)
def solve_discrete_lyapunov(a: Any, q: Any, method: Any = None) -> Any:
    """``scipy.linalg.solve_discrete_lyapunov``: the x of ``a x a^H - x + q = 0``.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import solve_discrete_lyapunov
    >>> ag.grad(lambda q: solve_discrete_lyapunov(np.eye(1) / 2, q)[0, 0])(np.eye(1))
    array([[1.33333333]])
    """
    return discrete_(a, q, method=method)
