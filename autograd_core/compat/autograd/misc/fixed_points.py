"""``fixed_point``: the limit of an iteration, differentiated without keeping the iterations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import make_vjp
from ..definitions import defvjp
from ..primitives import primitive
from ..vspaces import vspace

Function = Callable[..., Any]


@primitive
def fixed_point(f: Function, a: Any, x0: Any, distance: Function, tol: float) -> Any:
    """The x with ``x = f(a)(x)``, iterated from ``x0`` until ``distance(x, before) <= tol``.

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> def babylonian(a):  # its fixed point is the square root
    ...     return lambda x: (x + a / x) / 2
    >>> root = lambda a: fixed_point(babylonian, a, 1.0, lambda x, y: abs(x - y), 1e-12)
    >>> round(grad(root)(4.0), 6)
    0.25
    """
    step = f(a)
    before, x = x0, step(x0)
    while distance(x, before) > tol:
        before, x = x, step(x)
    return x


def adjoint(ans: Any, f: Function, a: Any, x0: Any, distance: Function, tol: float) -> Function:
    """The vjp by ``a``: with w = g + (df/dx)^T w, itself a fixed point, it is (df/da)^T w."""

    def transposed(params: Any) -> Function:
        a, x, g = params
        pull, _ = make_vjp(f(a), x)
        return lambda w: vspace(w).add(g, pull(w))

    def vjp(g: Any) -> Any:
        start = vspace(ans).zeros()
        w = fixed_point(transposed, (a, ans, g), start, distance, tol)
        return make_vjp(lambda a: f(a)(ans), a)[0](w)

    return vjp


defvjp(fixed_point, None, adjoint, None)
