"""Your own differentiable functions: ``primitive``, ``Function`` and ``checkpoint``.

Whatever you write here is differentiated, checked, drawn and printed like the ops that ship.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from .batching.batched import LEVELS, each_batched, one_by_one
from .details import MODE
from .errors import NotDifferentiableError, expected
from .graph import ancestry, descendants
from .node import Node
from .primitive import Primitive
from .recording import Recording
from .reverse import sweep
from .tree import flatten


def primitive(function: Callable[..., Any]) -> Primitive:
    """Make a function of arrays an op with derivative rules of your own.

    Parameters
    ----------
    function : callable
        Arrays by position, everything else by keyword. It receives plain arrays, so it may do
        anything: call SciPy, loop, assign in place. It returns an array or a tuple of arrays.

    Returns
    -------
    Primitive
        Give it rules with ``.defvjp(rule, ...)``, one per argument and called as ``rule(g, out,
        *args, **params)``, and optionally with ``.defjvp``, called as ``rule(t, out, *args,
        **params)``. Rules written in plain NumPy are differentiable again. With several results
        ``g`` and ``out`` are tuples.

    Examples
    --------
    >>> @ag.primitive
    ... def softsign(x):
    ...     return x / (1 + np.abs(x))
    >>> softsign.defvjp(lambda g, out, x: g / (1 + np.abs(x)) ** 2)
    >>> ag.grad(softsign)(1.0)
    0.25
    """
    return Primitive(function)


class Context:
    """What ``forward`` keeps for ``backward``: set any attribute on it."""

    saved_tensors: tuple[Any, ...] = ()

    def save_for_backward(self, *arrays: Any) -> None:
        """Keep arrays as ``ctx.saved_tensors``."""
        self.saved_tensors = arrays


class Function:
    """An op whose forward work is worth keeping for its backward pass.

    Subclass it with static methods ``forward(ctx, *arrays, **params)`` and ``backward(ctx, g)``,
    which returns one cotangent per array (a tuple, or the one), None for a constant. Call it as
    ``YourFunction.apply(*arrays)``.

    A second derivative needs what ``forward`` kept to be differentiable: it is run again on Nodes,
    so it has to be plain NumPy then.

    Examples
    --------
    >>> class Clip(ag.Function):
    ...     @staticmethod
    ...     def forward(ctx, x, *, limit):
    ...         ctx.inside = np.abs(x) < limit
    ...         return np.clip(x, -limit, limit)
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         return g * ctx.inside
    >>> ag.grad(lambda x: np.sum(Clip.apply(x, limit=1.0)))(np.array([0.5, 2.0]))
    array([1., 0.])
    """

    @staticmethod
    def forward(ctx: Any, *args: Any, **params: Any) -> Any:
        """Compute the result."""
        raise NotDifferentiableError(
            expected("A Function", "forward", "none", "Define it as a static method.")
        )

    @staticmethod
    def backward(ctx: Any, *g: Any) -> Any:
        """Compute the cotangents of the arguments."""
        raise NotDifferentiableError(
            expected("A Function", "backward", "none", "Define it as a static method.")
        )

    @classmethod
    def apply(cls, *args: Any, **params: Any) -> Any:
        """Call the function on arrays and Nodes."""
        if each_batched([*args, *params.values()]):
            return one_by_one(cls.apply, args, params)  # what forward keeps is of one example
        ctx = Context()
        once = Primitive(
            lambda *values, **keywords: cls.forward(ctx, *values, **keywords),
            lambda g, out, *xs, **keywords: pulled(cls, ctx, g, xs, keywords),
            name=cls.__name__,
        )
        return once(*args, **params)


def pulled(
    cls: type[Function], ctx: Context, g: Any, xs: Sequence[Any], keywords: dict[str, Any]
) -> Any:
    """The cotangents from ``backward``; on Nodes, ``forward`` first keeps Nodes."""
    if any(isinstance(x, Node) for x in xs):
        ctx = Context()
        try:
            cls.forward(ctx, *xs, **keywords)
        except NotDifferentiableError as error:
            error.add_note(
                f"a second derivative of {cls.__name__} needs its forward in plain NumPy"
            )
            raise
    cotangents = cls.backward(ctx, *g) if isinstance(g, tuple) else cls.backward(ctx, g)
    cotangents = cotangents if isinstance(cotangents, tuple | list) else (cotangents,)
    if len(cotangents) != len(xs):
        cure = "Return one per argument, None for a constant."
        what = f"{cls.__name__}.backward"
        raise NotDifferentiableError(expected(what, f"{len(xs)} cotangents", len(cotangents), cure))
    return cotangents


def checkpoint(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that keeps no intermediate values: the backward pass computes them again.

    Trades time for memory. Containers may go in and come out; Nodes the function closes over (a
    layer's parameters) get their gradients as usual. Inside `vmap` it keeps them all.

    Parameters
    ----------
    function : callable
        Of arrays, Nodes and containers of them.

    Returns
    -------
    callable
        With the same arguments and results.

    Examples
    --------
    >>> block = ag.checkpoint(lambda x: np.tanh(np.sin(x)) ** 2)
    >>> round(ag.grad(block)(1.0), 4)
    0.3922
    """

    @functools.wraps(function)
    def lean(*args: Any, **keywords: Any) -> Any:
        flat, rebuild = flatten(args)
        if MODE.get() is None or LEVELS.get():
            return function(*args, **keywords)
        arrays = [i for i, x in enumerate(flat) if isinstance(x, Node) and x.requires_grad]

        def replay(*values: Any) -> tuple[Recording, list[Any], Any]:
            def call(*nodes: Any) -> Any:
                full = list(flat)
                for i, node in zip(arrays, nodes, strict=True):
                    full[i] = node
                return function(*rebuild(full), **keywords)

            run = Recording(call, values, tuple(range(len(values))), {})
            outs, restore = flatten(run.out)
            return run, outs, restore

        return rerun(function, replay, [flat[i] for i in arrays])

    return lean


def rerun(function: Any, replay: Callable[..., Any], inputs: list[Node]) -> Any:
    """One node for a whole function: its value now, its graph only when a sweep asks for it."""
    run, outs, restore = replay(*(x.value for x in inputs))
    live = [i for i, x in enumerate(outs) if isinstance(x, Node) and x.requires_grad]
    strangers = run.graph([outs[i] for i in live]).strangers
    if not live:
        return run.out
    count = len(inputs)

    def vjp(g: Any, out: Any, *args: Any) -> list[Any]:
        again, ends, _ = replay(*args[:count])
        pairs = [
            (x, c)
            for x, c in zip((ends[i] for i in live), g, strict=True)
            if isinstance(x, Node) and x.requires_grad
        ]
        made, seeds = [x for x, _ in pairs], [c for _, c in pairs]
        leaves = [*again.leaves, *strangers]
        order = ancestry(made, stop=leaves, since=again.since).order
        recorded = any(isinstance(x, Node) for x in args)
        only = descendants(order, leaves)
        return sweep(order, leaves, made, seeds, recorded=recorded, only=only)

    name = f"checkpoint({getattr(function, '__name__', 'function')})"
    values = tuple(outs[i].value for i in live)
    op = Primitive(lambda *_: values, vjp, name=name)
    results = [x.detach() if isinstance(x, Node) else x for x in outs]
    for i, result in zip(live, op(*inputs, *strangers), strict=True):
        results[i] = result
    return restore(results)
