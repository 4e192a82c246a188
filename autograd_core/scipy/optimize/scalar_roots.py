"""Roots of functions of a number, between bounds or near a start, differentiable by ``args``."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.optimize

from ...node import value_of, values_of
from ..callbacks import joined, taken_apart
from .implicit import solution
from .roots import Function, of_arrays


def scalar_root(name: str, f: Function, start: tuple[Any, ...], args: Any, options: Any) -> Any:
    """A root by one of SciPy's solvers for functions of a number."""
    parameters, put = taken_apart(args)
    solver = getattr(scipy.optimize, name)

    def solve(*values: Any, **more: Any) -> Any:
        own = put(values)
        keywords = {
            key: of_arrays(f"{name}: {key}", x, own, number=True) for key, x in options.items()
        }
        return solver(of_arrays(name, f, own, number=True), *start, **{**keywords, **more})

    if not parameters:
        return solve()
    equations = lambda x, *ps: joined(f(x, *put(ps)))
    found = lambda *values: np.asarray(solve(*values, full_output=False))[()]
    x = solution(name, parameters, equations, found)
    if not options.get("full_output"):
        return x
    return x, solve(*values_of(parameters))[1]


def brentq(f: Function, a: float, b: float, args: Any = (), **options: Any) -> Any:
    """``scipy.optimize.brentq``: a root between a and b, as a function of ``args``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import brentq
    >>> print(f"{ag.grad(lambda p: brentq(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("brentq", f, (value_of(a), value_of(b)), args, options)


def brenth(f: Function, a: float, b: float, args: Any = (), **options: Any) -> Any:
    """``scipy.optimize.brenth``; see ``brentq``."""
    return scalar_root("brenth", f, (value_of(a), value_of(b)), args, options)


def bisect(f: Function, a: float, b: float, args: Any = (), **options: Any) -> Any:
    """``scipy.optimize.bisect``; see ``brentq``."""
    return scalar_root("bisect", f, (value_of(a), value_of(b)), args, options)


def ridder(f: Function, a: float, b: float, args: Any = (), **options: Any) -> Any:
    """``scipy.optimize.ridder``; see ``brentq``."""
    return scalar_root("ridder", f, (value_of(a), value_of(b)), args, options)


def newton(
    func: Function,
    x0: Any,
    fprime: Any = None,
    args: Any = (),
    tol: float = 1.48e-8,
    **options: Any,
) -> Any:
    """``scipy.optimize.newton``: a root near ``x0``, a number, as a function of ``args``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import newton
    >>> print(f"{ag.grad(lambda p: newton(lambda x, p: x * x - p, 1.0, args=(p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root(
        "newton", func, (value_of(x0),), args, {"fprime": fprime, "tol": tol} | options
    )
