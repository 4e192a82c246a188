"""Roots and fixed points by SciPy's solvers, differentiable by ``args``.

Every function is SciPy's own where ``args`` holds no live Node. The start is a constant.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.optimize

from ...node import value_of, values_of
from ..callbacks import joined, plain_result, taken_apart
from ..mapping import looped
from .implicit import solution

Function = Callable[..., Any]


def of_arrays(name: str, function: Any, args: Any, number: bool = False) -> Any:
    """A user's function as SciPy calls it; what is no function (a jacobian of True) as it is."""
    if not callable(function):
        return function

    def called(x: Any) -> Any:
        result = function(x, *args)
        if isinstance(result, tuple):  # a value and its slope
            return tuple(plain_result(name, part) for part in result)
        result = plain_result(name, result)
        return result[()] if number else result

    return called


@looped
def root(
    fun: Function,
    x0: Any,
    args: Any = (),
    method: str = "hybr",
    jac: Any = None,
    tol: float | None = None,
    callback: Any = None,
    options: Any = None,
) -> Any:
    """``scipy.optimize.root``: where ``fun(x, *args)`` vanishes, as a function of ``args``.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` of NumPy's functions, with a result of the shape of x.
    x0 : array_like
        The start; it has no influence on the root.
    args : tuple
        Of numbers, arrays, Nodes, and containers of them; gradients flow to these Nodes.
    method, jac, tol, callback, options
        As in SciPy.

    Returns
    -------
    OptimizeResult
        SciPy's, with a Node as ``x``. An error is raised if the solver fails.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import root
    >>> square_root = lambda p: root(lambda x, p: x * x - p, [1.0], (p,)).x[0]
    >>> print(f"{ag.grad(square_root)(4.0):.6f}")
    0.250000
    """
    parameters, put = taken_apart(args)
    start = np.asarray(value_of(joined(x0)), dtype=None)

    def solve(*values: Any) -> Any:
        own = put(values)
        return scipy.optimize.root(
            of_arrays("root", fun, own),
            start,
            method=method,
            jac=of_arrays("root: jac", jac, own),
            tol=tol,
            callback=callback,
            options=options,
        )

    result = solve(*values_of(parameters))
    if parameters:
        equations = lambda x, *ps: joined(first_of(fun(x, *put(ps)), jac is True))
        found = lambda *values: solve(*values).x
        result.x = solution(
            "root", parameters, equations, found, bool(result.success), result.message
        )
    return result


def first_of(result: Any, pair: bool) -> Any:
    """A value that comes with its slope, alone."""
    return result[0] if pair else result


@looped
def fsolve(func: Function, x0: Any, args: Any = (), *more: Any, **options: Any) -> Any:
    """``scipy.optimize.fsolve``: as ``root``, but the root itself is returned.

    Parameters
    ----------
    func : callable
        ``func(x, *args)``, as many numbers as x has.
    x0 : array_like
        Where the search begins.
    args : tuple
        Gradients flow to these.
    *more, **options
        SciPy's others, in its order: ``fprime``, ``full_output``, ``xtol`` and so on.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.optimize import fsolve
    >>> print(f"{ag.grad(lambda p: fsolve(lambda x, p: x**3 - p, [1.0], (p,))[0])(8.0):.6f}")
    0.083333
    """
    parameters, put = taken_apart(args)
    options = (
        inspect.signature(scipy.optimize.fsolve).bind(func, x0, args, *more, **options).arguments
    )
    options = {k: x for k, x in options.items() if k not in ("func", "x0", "args")}

    def solve(full: bool, *values: Any) -> Any:
        own = put(values)
        prime = of_arrays("fsolve: fprime", options.get("fprime"), own)
        keywords = {**options, "fprime": prime, "full_output": full}
        start = value_of(joined(x0))
        return scipy.optimize.fsolve(of_arrays("fsolve", func, own), start, **keywords)

    if not parameters:
        return solve(bool(options.get("full_output")))
    x, info, flag, message = solve(True, *values_of(parameters))
    equations = lambda x, *ps: joined(func(x, *put(ps)))
    found = lambda *values: solve(False, *values)
    x = solution("fsolve", parameters, equations, found, flag == 1, message)
    return (x, info, flag, message) if options.get("full_output") else x


@looped
def fixed_point(
    func: Function,
    x0: Any,
    args: Any = (),
    xtol: float = 1e-08,
    maxiter: int = 500,
    method: str = "del2",
) -> Any:
    """``scipy.optimize.fixed_point``: where ``func(x, *args) == x``, as a function of ``args``.

    Parameters
    ----------
    func, x0, args
        As in ``root``.
    xtol, maxiter, method
        As in SciPy.

    Returns
    -------
    Node or array
        Of the shape of ``x0``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import fixed_point
    >>> heron = lambda x, p: (x + p / x) / 2
    >>> print(f"{ag.grad(lambda p: fixed_point(heron, 1.0, (p,)))(4.0):.6f}")
    0.250000
    """
    parameters, put = taken_apart(args)
    start = value_of(joined(x0))

    def solve(*values: Any) -> Any:
        f = of_arrays("fixed_point", func, put(values))
        options = {"xtol": xtol, "maxiter": maxiter, "method": method}
        return scipy.optimize.fixed_point(f, start, **options)

    if not parameters:
        return solve()
    equations = lambda x, *ps: joined(func(x, *put(ps))) - x
    return solution(
        "fixed_point", parameters, equations, lambda *values: np.asarray(solve(*values))
    )
