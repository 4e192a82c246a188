"""``quad`` of a function with arguments, and rules for samples, by every argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.integrate

from ...building import holds_node
from ...details import MODE
from ...errors import ArgumentError, describe, expected, unsupported
from ...node import live, value_of, values_of
from ...primitive import Primitive
from ...transforms import jvp, vjp
from ..callbacks import joined, plain_result, taken_apart
from ..mapping import looped


def _integral(a: Any, b: Any, *parameters: Any, field: Any, rule: Any) -> Any:
    return rule(lambda x: plain_result("quad", field(x, *parameters)), a, b)


def vector_rule(f: Callable[[Any], Any], a: Any, b: Any) -> Any:
    """The integral of an array-valued function, for derivatives by parameters."""
    return scipy.integrate.quad_vec(f, a, b, epsabs=1e-11, epsrel=1e-10)[0]


def at_bound(field: Any, x: Any, *parameters: Any) -> Any:
    """The integrand at a bound, 0 at an infinite one."""
    return 0.0 if np.isinf(value_of(x)) else field(x, *parameters)


def pull(g: Any, out: Any, a: Any, b: Any, *parameters: Any, field: Any, rule: Any) -> list[Any]:
    """The cotangents of the bounds and of every parameter."""
    shapes = [np.shape(p) for p in parameters]
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    bounds = [
        -np.sum(g * at_bound(field, a, *parameters)),
        np.sum(g * at_bound(field, b, *parameters)),
    ]
    if not parameters:
        return bounds

    def pulled(x: Any, weight: Any, *ps: Any) -> Any:
        cotangents = vjp(lambda *qs: field(x, *qs), *ps)[1](weight)
        return np.concatenate([np.reshape(c, (-1,)) for c in cotangents])

    total = integral(a, b, g, *parameters, field=pulled, rule=vector_rule)
    return [
        *bounds,
        *(
            np.reshape(total[i:j], shape)
            for i, j, shape in zip(ends, ends[1:], shapes, strict=False)
        ),
    ]


def push(
    tangents: Sequence[Any], out: Any, a: Any, b: Any, *parameters: Any, field: Any, rule: Any
) -> Any:
    """The tangent of an integral."""
    da, db, *dp = tangents
    moved: Any = 0.0
    if db is not None:
        moved = moved + at_bound(field, b, *parameters) * db
    if da is not None:
        moved = moved - at_bound(field, a, *parameters) * da
    if any(d is not None for d in dp):
        k = len(parameters)
        filled = [
            np.zeros(np.shape(p)) if d is None else d for d, p in zip(dp, parameters, strict=True)
        ]
        pushed = lambda x, *both: jvp(lambda *ps: field(x, *ps), both[:k], both[k:])[1]
        moved = moved + integral(a, b, *parameters, *filled, field=pushed, rule=vector_rule)
    return moved


integral = Primitive(_integral, pull, push, name="integral")
"""The integral of ``field(x, *parameters)`` over x from a to b."""


@looped
def quad(
    func: Callable[..., Any],
    a: Any,
    b: Any,
    args: Any = (),
    full_output: int = 0,
    epsabs: float = 1.49e-8,
    epsrel: float = 1.49e-8,
    limit: int = 50,
    points: Any = None,
    weight: Any = None,
    wvar: Any = None,
    wopts: Any = None,
    maxp1: int = 50,
    limlst: int = 50,
    complex_func: bool = False,
) -> Any:
    """``scipy.integrate.quad``: the integral of ``func(x, *args)`` from a to b.

    Parameters
    ----------
    func : callable
        Of a number and the arguments, of NumPy's functions.
    a, b : float or Node
        Infinite ones too.
    args : tuple
        Of numbers, arrays, Nodes, and containers of them; gradients flow to these Nodes.
    full_output, epsabs, epsrel, limit, points, maxp1, limlst
        As in SciPy, for the integral itself.
    weight, wvar, wopts, complex_func
        Refused when there is a Node to differentiate.

    Returns
    -------
    tuple
        The integral, and what SciPy's function returns beside it.

    Examples
    --------
    >>> from autograd_core.scipy.integrate import quad
    >>> f = lambda k: quad(lambda x, k: np.exp(-k * x), 0, np.inf, (k,))[0]  # 1/k
    >>> print(f"{ag.grad(f)(2.0):.6f}")
    -0.250000
    """
    keywords = {
        "full_output": full_output,
        "epsabs": epsabs,
        "epsrel": epsrel,
        "limit": limit,
        "points": points,
        "weight": weight,
        "wvar": wvar,
        "wopts": wopts,
        "maxp1": maxp1,
        "limlst": limlst,
        "complex_func": complex_func,
    }
    parameters, put = taken_apart(args)
    whole = scipy.integrate.quad(
        lambda x: plain_result("quad", func(x, *values_of(put(parameters)))),
        value_of(a),
        value_of(b),
        **keywords,
    )
    if MODE.get() is None or not live([a, b, *parameters]):
        return whole
    for name, got in (("weight", weight), ("complex_func", complex_func)):
        if got:
            raise unsupported("quad", name, got, "Write it into the function.")
    field = lambda x, *ps: joined(func(x, *put(ps)))
    rule = lambda f, low, high: np.float64(scipy.integrate.quad(f, low, high, **keywords)[0])
    return (integral(a, b, *parameters, field=field, rule=rule), *whole[1:])


def fixed_quad(
    func: Callable[..., Any], a: Any, b: Any, args: Any = (), n: int = 5
) -> tuple[Any, None]:
    """``scipy.integrate.fixed_quad``: Gauss-Legendre quadrature, of Nodes as of arrays.

    Parameters
    ----------
    func : callable
        Of an array of places; gradients flow to ``a``, ``b`` and ``args``.
    a, b : float or Node
    args : tuple
        Further arguments of ``func``.
    n : int
        Number of places.

    Returns
    -------
    value : Node or float
    none : None

    Examples
    --------
    >>> from autograd_core.scipy.integrate import fixed_quad
    >>> print(f"{ag.grad(lambda b: fixed_quad(np.cos, 0.0, b)[0])(1.0):.6f}")  # cos(1)
    0.540302
    """
    x, w = np.polynomial.legendre.leggauss(n)
    y = (b - a) * (x + 1) / 2 + a
    return (b - a) / 2 * np.sum(w * func(y, *args), axis=-1), None


# samples


def cumulative_trapezoid(
    y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1, initial: Any = None
) -> Any:
    """``scipy.integrate.cumulative_trapezoid`` of Nodes: by the samples and their places.

    Parameters
    ----------
    y : array_like or Node
    x : array_like or Node, optional
        Places of the samples; without them they lie ``dx`` apart.
    dx : float or Node
    axis : int
    initial : float, optional
        Put before the others, so that there are as many as samples.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.integrate import cumulative_trapezoid
    >>> cumulative_trapezoid(ag.Node([1.0, 2.0, 4.0])).value
    array([1.5, 4.5])
    """
    if not holds_node([y, x, dx]):
        return scipy.integrate.cumulative_trapezoid(y, x, dx, axis, initial)
    if initial is not None and initial != 0:
        raise ValueError("`initial` must be `None` or `0`.")  # as SciPy
    y = np.moveaxis(samples("cumulative_trapezoid", y), axis, -1)
    if x is not None:
        x = joined(x)
        dx = np.diff(x if np.ndim(value_of(x)) == 1 else np.moveaxis(x, axis, -1))
    sums = np.cumsum(dx * (y[..., 1:] + y[..., :-1]) / 2, axis=-1)
    if initial is not None:
        sums = np.concatenate([np.zeros((*np.shape(value_of(sums))[:-1], 1)), sums], axis=-1)
    return np.moveaxis(sums, -1, axis)


def samples(name: str, y: Any) -> Any:
    """Samples of a function as one array or Node."""
    y = joined(y)
    if not np.ndim(value_of(y)):
        cure = "Pass an array of its values."
        raise ArgumentError(expected(name, "samples of a function", describe(y), cure))
    return y


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """``scipy.integrate.trapezoid``, which is ``np.trapezoid``.

    Parameters
    ----------
    y : array_like or Node
    x : array_like or Node, optional
    dx : float or Node
    axis : int

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.integrate import trapezoid
    >>> trapezoid(ag.Node([1.0, 2.0, 4.0])).item()
    4.5
    """
    return np.trapezoid(samples("trapezoid", y), x if x is None else joined(x), dx, axis)


def simpson(y: Any, *, x: Any = None, dx: float = 1.0, axis: int = -1) -> Any:
    """``scipy.integrate.simpson`` of Nodes, by the samples; their places are constants.

    Parameters
    ----------
    y : array_like or Node
    x : array_like, optional
        Places of the samples; without them they lie ``dx`` apart.
    dx : float
    axis : int

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.integrate import simpson
    >>> ag.grad(simpson)(np.ones(3))
    array([0.33333333, 1.33333333, 0.33333333])
    """
    if not holds_node([y, x, dx]):
        return scipy.integrate.simpson(y, x=x, dx=dx, axis=axis)
    if MODE.get() is not None and live([x, dx]):
        name = "x" if live(x) else "dx"
        raise unsupported("simpson", name, "a Node", "Pass node.value, or use trapezoid.")
    y, x, dx = samples("simpson", y), value_of(x), value_of(dx)
    shape = np.shape(value_of(y))
    y, unit = np.moveaxis(y, axis, -1), np.eye(shape[axis])
    if x is None or np.ndim(x) <= 1:
        return np.sum(y * scipy.integrate.simpson(unit, x=x, dx=dx, axis=-1), axis=-1)
    places = np.moveaxis(np.broadcast_to(x, shape), axis, -1)
    weights = [scipy.integrate.simpson(unit, x=row) for row in places.reshape(-1, len(unit))]
    return np.sum(y * np.reshape(weights, places.shape), axis=-1)
