"""Functions whose graph is kept: ``const_graph`` runs it again, ``full_graph`` returns it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ....errors import ArgumentError, expected
from ..tracer import Node, toposort, trace
from ..wrap_util import wraps

Function = Callable[..., Any]


class ConstGraphNode(Node):
    """An operation that can be run again on other arguments."""

    __slots__ = ["parents", "partial_fun"]
    parents: list[Any]
    partial_fun: Function

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        constants = list(args)

        def partial_fun(given: list[Any]) -> Any:
            full = list(constants)
            for i, x in zip(parent_argnums, given, strict=True):
                full[i] = x
            return fun(*full, **kwargs)

        for i in parent_argnums:
            constants[i] = None
        self.parents, self.partial_fun = parents, partial_fun

    def initialize_root(self) -> None:
        """The arguments."""
        self.parents = []


def const_graph_unary(fun: Function) -> Function:
    """A function of one argument that is run once; then its graph is."""
    kept: list[list[ConstGraphNode]] = []

    def again(x: Any) -> Any:
        if not kept:
            value, end = trace(ConstGraphNode.new_root(), fun, x)
            if end is None:
                cure = "Use the argument in the function."
                got = "one that does not depend on it"
                raise ArgumentError(expected("const_graph", "a function of x", got, cure))
            kept.append(list(toposort(end))[::-1])
            return value
        start, *order = kept[0]
        values: dict[Any, Any] = {start: x}
        for node in order:
            values[node] = node.partial_fun([values[p] for p in node.parents])
        return values[order[-1]] if order else x

    return again


def const_graph(fun: Function, *args: Any, **kwargs: Any) -> Function:
    """A function whose operations do not depend on its argument's values, recorded once.

    Later calls run the recorded operations; Python's own control flow is not run again.

    Parameters
    ----------
    fun : callable
    *args, **kwargs
        Further arguments, constant.

    Returns
    -------
    callable

    Examples
    --------
    >>> f = const_graph(lambda x: np.sin(x) * 2)
    >>> f(0.0), f(np.pi / 2)
    (0.0, 2.0)
    """
    unary = const_graph_unary(
        lambda positional: functools.partial(fun, *args, **kwargs)(*positional)
    )

    def again(*positional: Any) -> Any:
        return unary(positional)

    return wraps(fun)(again)  # type: ignore[no-any-return]


class FullGraphNode(Node):
    """An operation with its value and recipe: function, arguments, keywords and parents."""

    __slots__ = ["recipe", "value"]
    value: Any
    recipe: tuple[Any, ...]

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        self.value = value
        self.recipe = (fun, args, kwargs, list(zip(parent_argnums, parents, strict=True)))

    def initialize_root(self) -> None:
        """The arguments."""
        self.value = None
        self.recipe = (lambda x: x, (), {}, [])


def full_graph(fun: Function, *args: Any, **kwargs: Any) -> Any:
    """The node of ``fun(*args)``, from which its recipes lead back to the arguments."""
    return trace(FullGraphNode.new_root(), lambda xs: fun(*xs, **kwargs), args)[1]
