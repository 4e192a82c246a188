"""``odeint`` and ``solve_ivp``, differentiable by the start, the times and the arguments."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scipy.integrate

from ...building import array
from ...details import MODE
from ...errors import ArgumentError, expected, unsupported
from ...node import live, value_of, values_of
from ..callbacks import joined, plain_result, taken_apart
from ..mapping import looped
from .trajectories import trajectory

FORWARD_ONLY = {"Dfun", "col_deriv", "ml", "mu", "tcrit", "h0", "ixpr", "full_output"} | {
    *("jac", "jac_sparsity", "lband", "uband", "first_step", "vectorized")
}
"""Options that describe the user's own equation, not those that its derivatives solve."""


def of_size(options: dict[str, Any], n: int) -> dict[str, Any]:
    """Tolerances per component, for an equation with more of them."""
    wider = dict(options)
    for name in ("rtol", "atol"):
        given = np.asarray(options.get(name, 0))
        if given.ndim and given.size < n:
            wider[name] = np.append(given, np.full(n - given.size, given.min()))
    return wider


def on_arrays(name: str, field: Callable[..., Any], parameters: Any) -> Callable[..., Any]:
    """A right-hand side as SciPy calls it."""
    return lambda y, t: plain_result(name, field(y, t, *parameters))


class Solver:
    """How an equation is solved: the user's own with all options, others with those that fit."""

    def __init__(self, solve: Callable[..., Any], own: Any, options: dict[str, Any]) -> None:
        self.solve, self.own, self.options = solve, own, options

    def __call__(self, field: Any, y0: Any, t: Any, parameters: Any) -> Any:
        """The solution at the times, of shape (times, n)."""
        options = self.options
        if field is not self.own:
            options = {k: x for k, x in options.items() if k not in FORWARD_ONLY}
            options = of_size(options, y0.size)
        return self.solve(field, y0, t, parameters, options)


ARRIVED = ("Integration successful", "Nothing was done")
"""How the messages of ``odeint`` begin when it is at the last time, where it may have started."""


def by_odeint(field: Any, y0: Any, t: Any, parameters: Any, options: dict[str, Any]) -> Any:
    """Solve with ``scipy.integrate.odeint``; a solution that breaks off is an error."""
    reported = {**options, "full_output": True}
    out, report = scipy.integrate.odeint(on_arrays("odeint", field, parameters), y0, t, **reported)
    if not report["message"].startswith(ARRIVED):
        cure = "Allow more steps (mxstep=), loosen the tolerances, or take solve_ivp."
        raise ArgumentError(
            expected("odeint", "to reach the last time", report["message"].rstrip("."), cure)
        )
    return (out, report) if options.get("full_output") else out


@looped
def odeint(
    func: Callable[..., Any],
    y0: Any,
    t: Any,
    args: Any = (),
    Dfun: Any = None,
    col_deriv: bool = False,
    full_output: bool = False,
    ml: Any = None,
    mu: Any = None,
    rtol: Any = None,
    atol: Any = None,
    tcrit: Any = None,
    h0: float = 0.0,
    hmax: float = 0.0,
    hmin: float = 0.0,
    ixpr: bool = False,
    mxstep: int = 0,
    mxhnil: int = 0,
    mxordn: int = 12,
    mxords: int = 5,
    printmessg: bool = False,
    tfirst: bool = False,
) -> Any:
    """``scipy.integrate.odeint``: solve ``dy/dt = func(y, t, *args)``.

    Parameters
    ----------
    func : callable
        ``func(y, t, *args)``, or ``func(t, y, *args)`` with ``tfirst``; of NumPy's functions.
    y0 : array_like or Node, shape (n,)
    t : array_like or Node, shape (times,)
    args : tuple
        Of numbers, arrays, Nodes, and containers of them. Gradients flow to these Nodes; one that
        ``func`` closes over is refused.
    full_output, tfirst : bool
    Dfun, col_deriv, ml, mu, tcrit, h0, ixpr
        As in SciPy, for this equation; its derivatives solve others, without them.
    rtol, atol, hmax, hmin, mxstep, mxhnil, mxordn, mxords, printmessg
        As in SciPy, for the derivatives' equations too: they are as accurate as the solution.

    Returns
    -------
    Node or array, shape (times, n)
        With ``full_output`` a pair of it and SciPy's dictionary.

    Notes
    -----
    Reverse mode solves the adjoint equations (Chen et al., Neural Ordinary Differential Equations,
    2018), forward mode the sensitivity equations; both can be differentiated again. An equation
    that is stiff forwards is unstable backwards: give more output times, or use forward mode.

    Examples
    --------
    >>> from autograd_core.scipy.integrate import odeint
    >>> fall = lambda y, t, k: -k * y
    >>> end = lambda k: odeint(fall, [1.0], np.array([0.0, 2.0]), (k,))[1, 0]
    >>> print(f"{ag.grad(end)(0.5):.6f}")  # -2 exp(-1)
    -0.735759
    """
    options = {
        "Dfun": Dfun,
        "col_deriv": col_deriv,
        "ml": ml,
        "mu": mu,
        "rtol": rtol,
        "atol": atol,
        "tcrit": tcrit,
        "h0": h0,
        "hmax": hmax,
        "hmin": hmin,
        "ixpr": ixpr,
        "mxstep": mxstep,
        "mxhnil": mxhnil,
        "mxordn": mxordn,
        "mxords": mxords,
        "printmessg": printmessg,
    }
    y0, t = joined(y0), joined(t)
    parameters, put = taken_apart(args)
    fixed = values_of(put(parameters))
    if MODE.get() is None or not live([y0, t, *parameters]):
        plain = plain_function("odeint", func, fixed)
        options["Dfun"] = None if Dfun is None else plain_function("odeint: Dfun", Dfun, fixed)
        return scipy.integrate.odeint(
            plain, value_of(y0), value_of(t), full_output=full_output, tfirst=tfirst, **options
        )

    def field(y: Any, s: Any, *ps: Any) -> Any:
        return joined(func(s, y, *put(ps)) if tfirst else func(y, s, *put(ps)))

    if Dfun is not None:
        jacobian = plain_function("odeint: Dfun", Dfun, fixed)
        options["Dfun"] = (lambda y, s: jacobian(s, y)) if tfirst else jacobian
    y0 = np.atleast_1d(y0) * np.float64(1)
    solver = Solver(by_odeint, field, options)
    out = trajectory(y0, t, *parameters, field=field, solver=solver)
    if not full_output:
        return out
    values = values_of(parameters)
    return out, by_odeint(field, value_of(y0), value_of(t), values, {**options, "full_output": 1})[
        1
    ]


def plain_function(name: str, function: Callable[..., Any], args: Any) -> Callable[..., Any]:
    """A user's function with its arguments given, of plain arrays."""
    return lambda *x: plain_result(name, function(*x, *args))


def by_solve_ivp(field: Any, y0: Any, t: Any, parameters: Any, options: dict[str, Any]) -> Any:
    """Solve with ``scipy.integrate.solve_ivp``."""
    if t[0] == t[-1]:
        return np.repeat(y0[None], t.size, axis=0)
    new = np.append(True, np.diff(t) != 0)  # SciPy takes no time twice
    f = on_arrays("solve_ivp", field, parameters)
    found = scipy.integrate.solve_ivp(
        lambda s, y: f(y, s), (t[0], t[-1]), y0, t_eval=t[new], **{**options, "vectorized": False}
    )
    if not found.success:
        raise RuntimeError(f"solve_ivp did not reach the last time: {found.message}")
    return found.y.T[np.cumsum(new) - 1]


@looped
def solve_ivp(
    fun: Callable[..., Any],
    t_span: Any,
    y0: Any,
    method: Any = "RK45",
    t_eval: Any = None,
    dense_output: bool = False,
    events: Any = None,
    vectorized: bool = False,
    args: Any = None,
    **options: Any,
) -> Any:
    """``scipy.integrate.solve_ivp``: solve ``dy/dt = fun(t, y, *args)``.

    Parameters
    ----------
    fun : callable
        ``fun(t, y, *args)``, of NumPy's functions.
    t_span : pair of float or Node
    y0 : array_like or Node, shape (n,)
        Complex too.
    method : str or OdeSolver
    t_eval : array_like or Node, optional
        Output times; by default the steps of the solver, which count as constants but for the
        first and the last.
    dense_output, events
        Refused when there is a Node to differentiate.
    vectorized : bool
    args : tuple
        As in ``odeint``.
    **options
        The method's: ``rtol``, ``atol``, ``max_step`` hold for the derivatives' equations too,
        ``first_step``, ``jac``, ``jac_sparsity``, ``lband`` and ``uband`` for this one only.

    Returns
    -------
    OdeResult
        SciPy's, with Nodes as ``y``, shape (n, times), and ``t``.

    Notes
    -----
    See ``odeint``. The default tolerances of SciPy are coarse (rtol=1e-3), and so are then the
    derivatives.

    Examples
    --------
    >>> from autograd_core.scipy.integrate import solve_ivp
    >>> def end(y0):
    ...     found = solve_ivp(lambda t, y: -y, (0.0, 1.0), y0, rtol=1e-8, atol=1e-10)
    ...     return found.y[0, -1]
    >>> print(np.round(ag.grad(end)(np.array([2.0])), 6))  # exp(-1)
    [0.367879]
    """
    parameters, put = taken_apart(() if args is None else args)
    fixed = values_of(put(parameters))
    keywords = {"method": method, "vectorized": vectorized, **options}
    y0, span = joined(y0), array(list(t_span))
    t_eval = None if t_eval is None else joined(t_eval)
    found = scipy.integrate.solve_ivp(
        plain_function("solve_ivp", fun, fixed),
        tuple(value_of(span)),
        value_of(y0),
        t_eval=value_of(t_eval),
        dense_output=dense_output,
        events=given(events, fixed),
        **({**keywords, "jac": given(options["jac"], fixed)} if "jac" in options else keywords),
    )
    if MODE.get() is None or not live([y0, span, t_eval, *parameters]):
        return found
    for name, got in (("dense_output", dense_output), ("events", events)):
        if got:
            raise unsupported("solve_ivp", name, got, "Ask for t_eval, or pass plain arrays.")

    def field(y: Any, s: Any, *ps: Any) -> Any:
        return joined(fun(s, y, *put(ps)))

    if "jac" in options:
        keywords["jac"] = given(options["jac"], fixed)
    solver = Solver(by_solve_ivp, field, keywords)
    t = times(span, t_eval, found.t)
    found.y = trajectory(y0 * np.float64(1), t, *parameters, field=field, solver=solver).T
    found.t = t
    if t_eval is not None:
        found.y, found.t = found.y[:, 1:-1], t[1:-1]
    return found


def given(function: Any, args: Any) -> Any:
    """A callable option with the arguments given, which SciPy would pass to it."""
    if isinstance(function, list | tuple):
        return [given(f, args) for f in function]
    if not callable(function):
        return function
    called = partial(with_args, function, args)
    called.__dict__.update(getattr(function, "__dict__", {}))  # an event's terminal and direction
    return called


def with_args(function: Callable[..., Any], args: Any, *x: Any) -> Any:
    """Call with more arguments behind."""
    return function(*x, *args)


def times(span: Any, t_eval: Any, found: Any) -> Any:
    """The times of a solution: from the first of the span to the last."""
    if t_eval is None:
        return np.concatenate([span[:1], found[1:-1], span[1:]])
    return np.concatenate([span[:1], t_eval, span[1:]])
