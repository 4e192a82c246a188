"""Roots and minima as functions of their parameters, by the implicit function theorem.

Where ``F(x, p) = 0``, ``dx = -(dF/dx)**-1 dF/dp dp``. The iterations of SciPy's solvers are not
differentiated; the start has no influence on where they end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...errors import ArgumentError, OperationLinAlgError, expected
from ...jacobians import jacobian
from ...node import Node, value_of
from ...primitive import Primitive
from ...transforms import jvp, vjp

Equations = Callable[..., Any]
"""``F(x, *parameters)``, of the shape of x."""


def _zero(*parameters: Any, equations: Equations, found: Callable[..., Any]) -> Any:
    return found(*parameters)


def slopes(equations: Equations, out: Any, parameters: Sequence[Any]) -> Any:
    """The square matrix of dF/dx."""
    n = int(np.prod(np.shape(out)))
    J = np.reshape(jacobian(lambda x: equations(x, *parameters))(out), (n, n))
    plain = value_of(J)
    if not np.all(np.isfinite(plain)) or not np.linalg.cond(plain) * np.finfo(float).eps < 1:
        cure = "There a root does not move smoothly: start elsewhere to find another."
        what = "The derivative of a root or a minimum"
        raise OperationLinAlgError(expected(what, "dF/dx regular there", plain.tolist(), cure))
    return J


def pull(
    g: Any, out: Any, *parameters: Any, equations: Equations, found: Callable[..., Any]
) -> list[Any]:
    """The cotangents of every parameter."""
    J = np.conj(slopes(equations, out, parameters).T)
    weight = np.reshape(np.linalg.solve(J, -np.reshape(g, (-1,))), np.shape(out))
    return list(vjp(lambda *ps: equations(out, *ps), *parameters)[1](weight))


def push(
    tangents: Sequence[Any],
    out: Any,
    *parameters: Any,
    equations: Equations,
    found: Callable[..., Any],
) -> Any:
    """The tangent of the root."""
    filled = [
        np.zeros(np.shape(p)) if t is None else t for t, p in zip(tangents, parameters, strict=True)
    ]
    moved = jvp(lambda *ps: equations(out, *ps), tuple(parameters), tuple(filled))[1]
    J = slopes(equations, out, parameters)
    return np.reshape(np.linalg.solve(J, -np.reshape(moved, (-1,))), np.shape(out))


zero = Primitive(_zero, pull, push, name="zero")
"""Where ``equations(x, *parameters)`` vanishes: what ``found(*parameters)`` returns."""


def solution(
    name: str,
    parameters: Sequence[Node],
    equations: Equations,
    found: Callable[..., Any],
    converged: bool = True,
    message: str = "",
) -> Any:
    """The Node of a solution SciPy has found; the theorem holds at a solution only."""
    if not converged:
        cure = "Start elsewhere, try another method, or pass plain arrays in args."
        raise ArgumentError(expected(name, "its solver to converge", repr(message), cure))
    return zero(*parameters, equations=equations, found=found)
