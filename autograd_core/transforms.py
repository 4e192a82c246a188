"""Functions in, functions out: grad, vjp, jvp and what goes with them.

Each runs the user's function once (a ``Recording``) and sweeps the graph it left. Matrices of
derivatives are in ``jacobians.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .batching.batched import Batched, closed
from .broadcasting import zeros_like
from .errors import ArgumentError, ArgumentTypeError, describe, expected
from .node import Node, dtype_of, value_of
from .primitive import constants
from .recording import Recording, pick, positions
from .reverse import seed_like
from .tree import flatten, same_structure, tree_map

Function = Callable[..., Any]


def scalar_end(recording: Recording, out: Any) -> Any:
    """The real scalar a gradient is taken of."""
    value = value_of(out)
    if (
        not isinstance(value, dict | list | tuple)
        and np.ndim(value) == 0
        and dtype_of(value).kind in "fiub"
    ):
        return out
    got = describe(value)
    cure = (
        "Sum the result or take its real part, or use ag.jacobian, ag.vjp or ag.elementwise_grad."
    )
    raise ArgumentTypeError(
        expected(f"grad of {recording.name}", "a real scalar result", got, cure)
    )


def value_and_grad(
    f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False
) -> Function:
    """A function that returns ``f``'s value and gradient.

    Parameters
    ----------
    f : callable
        Returns a real scalar; with ``has_aux``, a pair of it and anything else.
    argnums : int or sequence of int
        Which positional arguments to differentiate; several give a tuple of gradients.
    has_aux : bool
        Whether ``f`` returns ``(value, aux)``.

    Returns
    -------
    callable
        ``(*args, **keywords) -> (value, gradient)``, or ``((value, aux), gradient)``. A gradient
        has the structure, shape and dtype of its argument.

    Raises
    ------
    ArgumentTypeError
        If the result is not a real scalar, or an argument is not of a floating or complex dtype.

    Examples
    --------
    >>> value, gradient = value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    >>> print(value, gradient)
    5.0 [2. 4.]
    """

    @functools.wraps(f)
    def differentiated(*args: Any, **keywords: Any) -> Any:
        run = Recording(f, args, positions(argnums, args, "grad"), keywords)
        out, aux = run.out if has_aux else (run.out, None)
        (end,) = run.results([scalar_end(run, out)])
        if isinstance(end, Node) and end.requires_grad:
            seed = np.ones(end.shape, end.dtype) if run.levels else seed_like(end, None)
            grads = run.pull([end], [seed], run.graph([end]))
        else:
            grads = [zeros_like(leaf.value) for leaf in run.leaves]
        value = run.released((out, aux)) if has_aux else run.released(out)
        return value, pick(argnums, run.derivatives(grads))

    return differentiated


def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """A function that returns the gradient of ``f``; with ``has_aux``, ``(gradient, aux)``.

    Parameters, errors and conventions are those of `value_and_grad`. For complex z the gradient is
    dL/d(Re z) + i dL/d(Im z), the direction of steepest ascent.

    Parameters
    ----------
    f : callable
    argnums : int or sequence of int
    has_aux : bool
        ``f`` returns a pair, of which only the first part is differentiated.

    Returns
    -------
    callable
        Of the arguments of ``f``; the gradient has the argument's structure, shapes and dtypes.

    Examples
    --------
    >>> grad(lambda x: x**3)(2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0
    >>> grad(lambda p: p["w"] * p["b"])({"w": 2.0, "b": 3.0})
    {'w': 3.0, 'b': 2.0}
    """
    both = value_and_grad(f, argnums, has_aux)

    @functools.wraps(f)
    def gradient(*args: Any, **keywords: Any) -> Any:
        value, result = both(*args, **keywords)
        return (result, value[1]) if has_aux else result

    return gradient


def vjp(f: Function, *primals: Any) -> tuple[Any, Function]:
    """``f(*primals)`` and the function that pulls cotangents of the result back to the primals.

    Parameters
    ----------
    f : callable
        Returns an array or a container of arrays.
    *primals : array or container

    Returns
    -------
    value : as ``f`` returns it
    pullback : callable
        ``pullback(cotangent) -> tuple`` with one entry per primal. It can be called again and
        again.

    Examples
    --------
    >>> y, pullback = vjp(np.sin, np.zeros(2))
    >>> pullback(np.array([1.0, 2.0]))
    (array([1., 2.]),)
    """
    run = Recording(f, primals, tuple(range(len(primals))), {})
    outs = run.results(flatten(run.out)[0])
    ends = [x for x in outs if isinstance(x, Node) and x.requires_grad]

    def pullback(cotangent: Any) -> Any:
        if not same_structure(run.out, cotangent):
            cure = "Give the cotangent the types, keys and lengths of the result."
            wanted, got = tree_map(describe, run.out), tree_map(describe, cotangent)
            raise ArgumentError(expected("pullback", f"the structure {wanted}", got, cure))
        seeds, _ = flatten(cotangent)
        pairs = [
            (x, g)
            for x, g in zip(outs, seeds, strict=True)
            if isinstance(x, Node) and x.requires_grad
        ]
        given = [direction(x, run.opened(g)) for x, g in pairs]
        return tuple(run.derivatives(run.pull(ends, given, run.graph(ends))))

    return run.released(run.out), pullback


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """``f(*primals)`` and its directional derivative along ``tangents``.

    Parameters
    ----------
    f : callable
        Returns an array or a container of arrays.
    primals, tangents : sequence
        One tangent per primal, of its structure and shape.

    Returns
    -------
    value, tangent : as ``f`` returns its value

    Raises
    ------
    ArgumentError
        If a tangent has not the structure and shape of its primal.

    Examples
    --------
    >>> jvp(lambda x: x**2, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    if len(primals) != len(tangents):
        cure = "Pass one tangent per primal."
        raise ArgumentError(expected("jvp", f"{len(primals)} tangents", len(tangents), cure))
    for i, (x, t) in enumerate(zip(primals, tangents, strict=True)):
        if not same_structure(x, t):
            cure = "Give every tangent the types, keys and lengths of its primal."
            wanted, got = tree_map(describe, x), tree_map(describe, t)
            raise ArgumentError(expected(f"jvp: tangent {i}", f"the structure {wanted}", got, cure))
    run = Recording(f, primals, tuple(range(len(primals))), {})
    flat = [t for tangent in tangents for t in flatten(tangent)[0]]
    directions = [direction(leaf, run.opened(t)) for leaf, t in zip(run.leaves, flat, strict=True)]
    given, rebuild = flatten(run.out)
    outs = run.results(given)
    ends = [x for x in outs if isinstance(x, Node) and x.requires_grad]
    pushed = iter(run.push(directions, ends, run.graph(ends)))
    moved = [
        closed(next(pushed), run.levels) if isinstance(x, Node) and x.requires_grad else still(x)
        for x in outs
    ]
    return run.released(run.out), rebuild(moved)


def direction(x: Node, g: Any) -> Any:
    """A cotangent or tangent that the caller gave for ``x``, in its shape and dtype."""
    if g is None:
        cure = "Pass zeros for a direction that is not taken."
        raise ArgumentError(expected("A direction", f"an array of shape {x.shape}", None, cure))
    return seed_like(x, g)


def still(x: Any) -> Any:
    """The tangent of a result that does not depend on the primals."""
    value = value_of(x)
    if dtype_of(value).kind not in "fc":
        return np.zeros(np.shape(value))[()]
    return np.zeros_like(value) if type(value) is Batched else zeros_like(value)


def elementwise_grad(f: Function, argnums: int | Sequence[int] = 0) -> Function:
    """A function that returns the derivative of each entry, for ``f`` that acts entry by entry.

    It is the gradient of ``sum(f(x))``: right where entry i of the result depends on entry i of the
    argument alone.

    Parameters
    ----------
    f : callable
    argnums : int or sequence of int
        Positions of the arguments to differentiate by.

    Returns
    -------
    callable
        Of the arguments of ``f``; the derivative has the argument's shape.

    Examples
    --------
    >>> elementwise_grad(np.sin)(np.zeros(3))
    array([1., 1., 1.])
    """
    summed = functools.wraps(f)(lambda *args, **keywords: np.sum(f(*args, **keywords)))
    return grad(summed, argnums)


def stop_gradient(x: Any) -> Any:
    """``x`` as a constant: its value, with no gradient; containers are mapped.

    Parameters
    ----------
    x : array_like, Node or container of them

    Returns
    -------
    array_like or container

    Examples
    --------
    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return tree_map(
        lambda leaf: constants(leaf.value) if isinstance(leaf, Node) else value_of(leaf), x
    )
