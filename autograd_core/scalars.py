"""The short way through an elementwise op for Python numbers, which makes scalar graphs fast.

``unary`` and ``binary`` do exactly what ``Primitive.__call__`` does, ``deliver`` what
``reverse.pull`` does, for the case that needs the fewest questions; any other case is left to
those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .node import MODE, Node, next_birth

if TYPE_CHECKING:
    from .primitive import Primitive

new = object.__new__
REAL = {float, int}
NO_PARAMS: dict[str, Any] = {}


def unary(op: Primitive) -> Any:
    """What the registry holds for an elementwise op of one argument."""
    scalar: Any = op.scalar

    def apply(x: Any, /) -> Any:
        mode = MODE.get()
        if (
            type(x) is not Node
            or type(x.value) is not float
            or mode is None
            or mode.watch is not None
            or not x.requires_grad
        ):
            return op(x)
        try:
            value = scalar(x.value)
        except (ArithmeticError, ValueError, TypeError):
            return op(x)
        node = new(Node)
        node.value = value
        node.op = op
        node.parents = (x,)
        node.params = NO_PARAMS
        node.grad = node.name = None
        node.requires_grad = True
        node.scope = mode.scope
        node.birth = node.mark = next_birth()
        return node

    apply.__name__ = op.name
    return apply


def binary(op: Primitive) -> Any:
    """What the registry holds for an elementwise op of two arguments."""
    scalar: Any = op.scalar

    def apply(x: Any, y: Any, /) -> Any:
        if type(x) is Node:
            a, b, live = x.value, y, x.requires_grad
            if type(y) is Node:
                b = y.value
                live = live or y.requires_grad
        elif type(y) is Node:
            a, b, live = x, y.value, y.requires_grad
        else:
            return op(x, y)
        if live and type(a) in REAL and type(b) in REAL:
            mode = MODE.get()
            if mode is not None and mode.watch is None:
                try:
                    value = scalar(a, b)
                except (ArithmeticError, ValueError, TypeError):
                    return op(x, y)
                node = new(Node)
                node.value = value
                node.op = op
                node.parents = (x, y)
                node.params = NO_PARAMS
                node.grad = node.name = None
                node.requires_grad = True
                node.scope = mode.scope
                node.birth = node.mark = next_birth()
                return node
        return op(x, y)

    apply.__name__ = op.name
    return apply


def deliver(node: Node, g: float, partials: Any, cotangents: dict[Node, Any]) -> bool:
    """Add what the one or two arguments of a scalar op get.

    False, with nothing done, if one is no Python float.
    """
    parents, out = node.parents, node.value
    x = parents[0]
    try:
        if len(parents) == 1:
            d = partials[0]
            c = g * (d if type(d) is float else d(out, x.value))
        else:
            y = parents[1]
            c = None
            if type(y) is Node:
                a, b = x.value if type(x) is Node else x, y.value
                if y.requires_grad:
                    d = partials[1]
                    other = g * (d if type(d) is float else d(out, a, b))
                    if type(other) is not float:
                        return False
                    if type(x) is Node and x.requires_grad:
                        d = partials[0]
                        c = g * (d if type(d) is float else d(out, a, b))
                        if type(c) is not float:
                            return False
                    before = cotangents.get(y)
                    cotangents[y] = other if before is None else before + other
                    if c is None:
                        return True
            else:
                a, b = x.value, y
            if c is None:
                d = partials[0]
                c = g * (d if type(d) is float else d(out, a, b))
    except ArithmeticError:
        return False
    if type(c) is not float:
        return False
    before = cotangents.get(x)
    cotangents[x] = c if before is None else before + c
    return True
