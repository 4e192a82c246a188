"""``minimize``, whose minimum is differentiable by ``args`` where nothing constrains it."""

from __future__ import annotations

from typing import Any

import scipy.optimize

from ...errors import unsupported
from ...node import value_of, values_of
from ...transforms import grad
from ..callbacks import joined, plain_result, taken_apart
from ..mapping import looped
from .implicit import solution
from .roots import Function, first_of, of_arrays


@looped
def minimize(
    fun: Function,
    x0: Any,
    args: Any = (),
    method: Any = None,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Any = None,
    options: Any = None,
) -> Any:
    """``scipy.optimize.minimize``: a minimum of ``fun(x, *args)``, as a function of ``args``.

    With plain arguments this is SciPy's function, which takes ``jac=ag.grad(fun)`` and
    ``hess=ag.hessian(fun)`` as they are.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args)`` of NumPy's functions, with a number as its result.
    x0 : array_like
    args : tuple
        Gradients flow to the Nodes in it; ``fun`` must then be twice differentiable.
    jac : callable, optional
        By default the gradient, if there are such Nodes.
    bounds, constraints
        Refused with such Nodes: at a bound the minimum does not follow from the gradient.
    method, hess, hessp, tol, callback, options
        As in SciPy.

    Returns
    -------
    OptimizeResult
        SciPy's, with Nodes as ``x`` and ``fun``.

    Examples
    --------
    >>> from autograd_core.scipy.optimize import minimize
    >>> f = lambda x, p: np.sum((x - p) ** 2) + x[0] ** 2
    >>> print(f"{ag.grad(lambda p: minimize(f, [0.0], (p,)).x[0])(3.0):.6f}")
    0.500000
    """
    parameters, put = taken_apart(args)
    given = {"method": method, "tol": tol, "callback": callback, "options": options}
    start = value_of(joined(x0))
    if not parameters:
        return scipy.optimize.minimize(
            fun,
            start,
            args=put([]),
            jac=jac,
            hess=hess,
            hessp=hessp,
            bounds=bounds,
            constraints=constraints,
            **given,
        )
    for name, got in (("bounds", bounds), ("constraints", constraints)):
        if got is not None and len(got):
            raise unsupported("minimize", name, got, "Write them into the function.")

    def objective(x: Any, *ps: Any) -> Any:
        return first_of(fun(x, *put(ps)), jac is True)

    def solve(*values: Any) -> Any:
        own = put(values)
        slope = of_arrays("minimize", grad(objective), values) if jac is None else None
        return scipy.optimize.minimize(
            of_arrays("minimize", fun, own, number=True),
            start,
            jac=slope or of_arrays("minimize: jac", jac, own),
            hess=of_arrays("minimize: hess", hess, own),
            hessp=None if hessp is None else lambda x, v: plain_result("hessp", hessp(x, v, *own)),
            **given,
        )

    result = solve(*values_of(parameters))
    found = lambda *values: solve(*values).x
    result.x = solution(
        "minimize", parameters, grad(objective), found, bool(result.success), result.message
    )
    result.fun = objective(result.x, *parameters)
    return result
