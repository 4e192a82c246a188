"""autograd's boxes and tracers: a Box is a Node here, and a trace reads the graph it left.

``trace`` serves programs that define a ``Node`` class of their own to see every primitive called.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from ... import node as engine
from ...errors import ArgumentTypeError, expected
from ...graph import ancestry
from ...node import value_of, values_of
from ...recording import Recording
from ...tree import flatten
from .primitives import notrace_primitive, primitive

__all__ = [
    "Box",
    "Node",
    "getval",
    "isbox",
    "notrace_primitive",
    "primitive",
    "toposort",
    "trace",
]

engine.Node._value = engine.Node.value  # type: ignore[attr-defined, misc]
"""autograd's name for the value in a box, which programs read to print it."""


class BoxKind(type):
    """Makes every Node an instance of ``Box``."""

    def __instancecheck__(cls, x: Any) -> bool:
        return isinstance(x, engine.Node)


class Box(metaclass=BoxKind):
    """What stands for a value while a function is traced: a Node.

    Examples
    --------
    >>> from autograd_core.compat.autograd.extend import Box
    >>> isinstance(ag.Node(1.0), Box)
    True
    """

    @classmethod
    def register(cls, value_type: type) -> NoReturn:
        """Refused: values of new types are containers of arrays here."""
        cure = "Make it a dataclass or namedtuple of arrays, or register it with optree."
        raise ArgumentTypeError(expected("Box.register", "no new box types", value_type, cure))


def isbox(x: Any) -> bool:
    """Whether ``x`` is a Node.

    Parameters
    ----------
    x : object

    Returns
    -------
    bool

    Examples
    --------
    >>> from autograd_core.compat.autograd.tracer import isbox
    >>> isbox(ag.Node(1.0)), isbox(1.0)
    (True, False)
    """
    return type(x) is engine.Node


def getval(x: Any) -> Any:
    """The value of a Node; anything else as it is.

    Parameters
    ----------
    x : object

    Returns
    -------
    object

    Examples
    --------
    >>> from autograd_core.compat.autograd.tracer import getval
    >>> getval(ag.Node(1.0))
    1.0
    """
    return value_of(x)


class Node:
    """What a trace is made of: subclass it to see every operation of a traced function.

    Parameters
    ----------
    value : object
        What the operation gave.
    fun : callable
    args, kwargs
        Its arguments.
    parent_argnums : sequence of int
        Which of them were traced.
    parents : sequence of Node
        Theirs.

    Examples
    --------
    >>> from autograd_core.compat.autograd.tracer import Node, trace
    >>> class Depth(Node):
    ...     def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
    ...         self.depth = 1 + max(p.depth for p in parents)
    ...     def initialize_root(self):
    ...         self.depth = 0
    >>> trace(Depth.new_root(), lambda x: np.sin(x) * x, 1.0)[1].depth
    2
    """

    __slots__: tuple[str, ...] | list[str] = []

    def __init__(
        self, value: Any, fun: Any, args: Any, kwargs: Any, parent_argnums: Any, parents: Any
    ) -> None:
        raise NotImplementedError

    def initialize_root(self, *args: Any, **kwargs: Any) -> None:
        """Set up the node of the argument."""
        raise NotImplementedError

    @classmethod
    def new_root(cls, *args: Any, **kwargs: Any) -> Any:
        """The node of the argument."""
        root = cls.__new__(cls)
        root.initialize_root(*args, **kwargs)
        return root


def trace(start_node: Any, fun: Callable[..., Any], x: Any) -> tuple[Any, Any]:
    """``fun(x)``, and the node of ``start_node``'s class for the operation that made it.

    One node is made per operation, parents first, as ``kind(value, function, arguments, keywords,
    parent_argnums, parents)``. The end node is None if the result does not depend on ``x``.

    Parameters
    ----------
    start_node : Node
        Of the argument.
    fun : callable
    x : array_like or container

    Returns
    -------
    value : array_like or container
    end_node : Node or None

    Examples
    --------
    >>> from autograd_core.compat.autograd.tracer import Node, trace
    >>> class Name(Node):
    ...     def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
    ...         self.name = fun.__name__
    ...     def initialize_root(self):
    ...         self.name = "x"
    >>> value, end = trace(Name.new_root(), lambda x: np.sin(2 * x), 0.0)
    >>> end.name
    'sin'
    """
    run = Recording(fun, (x,), (0,), {})
    end = run.out
    if not isinstance(end, engine.Node) or not end.requires_grad:
        return run.released(end), None
    kind = type(start_node)
    single = flatten(x)[0] == [x] if not isinstance(x, list | tuple | dict) else False
    made: dict[engine.Node, Any] = {}
    for i, leaf in enumerate(run.leaves):
        made[leaf] = (
            start_node
            if single
            else kind(leaf.value, leaf_number(i), (values_of(x),), {}, (0,), [start_node])
        )
    for node in ancestry([end], stop=run.leaves, since=run.since).order:
        places = [i for i, p in enumerate(node.parents) if type(p) is engine.Node and p in made]
        parents = [made[node.parents[i]] for i in places]
        args = values_of(node.parents)
        made[node] = kind(node.value, function_of(node.op), args, node.params, places, parents)
    return run.released(end), made[end]


def leaf_number(i: int) -> Callable[..., Any]:
    """The function that takes the i-th array out of a container."""

    def container_take(tree: Any) -> Any:
        return flatten(tree)[0][i]

    return container_take


def function_of(op: Any) -> Callable[..., Any]:
    """An op as a function with a name."""

    def function(*args: Any, **params: Any) -> Any:
        return op(*args, **params)

    function.__name__, function.__doc__ = op.name, op.__doc__
    return function


def toposort(end_node: Any, parents: Any = operator.attrgetter("parents")) -> Iterator[Any]:
    """The ancestors of a node, every child before its parents.

    Parameters
    ----------
    end_node : object
    parents : callable
        The parents of a node; its attribute ``parents`` by default.

    Returns
    -------
    iterator

    Examples
    --------
    >>> from autograd_core.compat.autograd.tracer import toposort
    >>> x = ag.Node(1.0, name="x")
    >>> [node.name or node.op.name for node in toposort(np.sin(x))]
    ['sin', 'x']
    """
    children: dict[Any, int] = {}
    waiting = [end_node]
    while waiting:
        node = waiting.pop()
        children[node] = children.get(node, 0) + 1
        if children[node] == 1:
            waiting.extend(parents(node))
    ready = [end_node]
    while ready:
        node = ready.pop()
        yield node
        for parent in parents(node):
            children[parent] -= 1
            if not children[parent]:
                ready.append(parent)
