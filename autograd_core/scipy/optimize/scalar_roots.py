"""Roots of functions of a number, between bounds or near a start, differentiable by ``args``."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import scipy.optimize

from ...node import value_of, values_of
from ..callbacks import joined, taken_apart
from ..mapping import looped
from .implicit import solution
from .roots import Function, of_arrays


@looped
def scalar_root(name: str, *given: Any, **options: Any) -> Any:
    """A root by one of SciPy's solvers for functions of a number, called as it is."""
    solver = getattr(scipy.optimize, name)
    call = inspect.signature(solver).bind(*given, **options)
    call.apply_defaults()
    keywords = dict(call.arguments)
    f, args, full = keywords.pop(next(iter(keywords))), keywords.pop("args"), "full_output"
    parameters, put = taken_apart(args)

    def solve(*values: Any, **more: Any) -> Any:
        own = put(values)
        searching = {
            key: of_arrays(f"{name}: {key}", x, own, number=True)
            if callable(x)
            else value_of(joined(x))
            if key in STARTS and x is not None
            else x
            for key, x in keywords.items()
        }
        return solver(of_arrays(name, f, own, number=True), **{**searching, **more})

    if not parameters:
        return solve()
    _, *report = solve(*values_of(parameters), full_output=True)
    equations = lambda x, *ps: joined(f(x, *put(ps)))
    found = lambda *values: np.asarray(solve(*values, full_output=False))[()]
    x = solution(name, parameters, equations, found, *outcome(report))
    return (x, *report) if keywords[full] else x


STARTS = ("a", "b", "x0", "x1")
"""Where a search begins: its result does not move with them."""


def outcome(report: list[Any]) -> tuple[bool, str]:
    """Whether a search converged, and what SciPy says of it; for arrays it gives two of its own."""
    if len(report) == 1:
        return bool(report[0].converged), str(report[0].flag)
    return bool(np.all(report[0])), f"converged: {report[0]}"


def brentq(f: Function, a: float, b: float, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.brentq``: a root between a and b, as a function of ``args``.

    Parameters
    ----------
    f : callable
        ``f(x, *args)``, with values of opposite signs at a and b.
    a, b : float
    *args, **options
        SciPy's others: ``args``, to which gradients flow, ``xtol``, ``rtol``, ``maxiter``,
        ``full_output``, ``disp``.

    Returns
    -------
    Node or float
        With ``full_output`` a pair of it and SciPy's report.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import brentq
    >>> print(f"{ag.grad(lambda p: brentq(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("brentq", f, a, b, *args, **options)


def brenth(f: Function, a: float, b: float, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.brenth``; see ``brentq``.

    Parameters
    ----------
    f, a, b, *args, **options
        As of ``brentq``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import brenth
    >>> print(f"{ag.grad(lambda p: brenth(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("brenth", f, a, b, *args, **options)


def bisect(f: Function, a: float, b: float, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.bisect``; see ``brentq``.

    Parameters
    ----------
    f, a, b, *args, **options
        As of ``brentq``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import bisect
    >>> print(f"{ag.grad(lambda p: bisect(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("bisect", f, a, b, *args, **options)


def ridder(f: Function, a: float, b: float, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.ridder``; see ``brentq``.

    Parameters
    ----------
    f, a, b, *args, **options
        As of ``brentq``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import ridder
    >>> print(f"{ag.grad(lambda p: ridder(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("ridder", f, a, b, *args, **options)


def toms748(f: Function, a: float, b: float, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.toms748``; see ``brentq``.

    Parameters
    ----------
    f, a, b, *args, **options
        As of ``brentq``, and ``k``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import toms748
    >>> print(f"{ag.grad(lambda p: toms748(lambda x, p: x * x - p, 0, 9, (p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("toms748", f, a, b, *args, **options)


def newton(func: Function, x0: Any, *args: Any, **options: Any) -> Any:
    """``scipy.optimize.newton``: a root near ``x0``, a number or an array, by ``args``.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``.
    x0 : float or array_like
        Where the search begins.
    *args, **options
        SciPy's others: ``fprime``, ``args``, to which gradients flow, ``tol``, ``maxiter`` …

    Returns
    -------
    Node, float or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.optimize import newton
    >>> print(f"{ag.grad(lambda p: newton(lambda x, p: x * x - p, 1.0, args=(p,)))(4.0):.6f}")
    0.250000
    """
    return scalar_root("newton", func, x0, *args, **options)
