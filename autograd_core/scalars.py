"""The short way through an elementwise op for what it mostly meets: one or two numbers or arrays.

``unary`` and ``binary`` do exactly what ``Primitive.__call__`` does, ``deliver`` what
``reverse.plain_sweep`` does, for the case that needs the fewest questions; any other is left to those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .node import MODE, Node, next_birth

if TYPE_CHECKING:
    from .primitive import Primitive

new = object.__new__
ARRAYS = {np.ndarray, np.float64, np.float32}
SIMPLE = {float, int, *ARRAYS}
NO_PARAMS: dict[str, Any] = {}


def unary(op: Primitive) -> Any:
    """What the registry holds for an elementwise op of one argument."""
    scalar: Any = op.scalar
    forward = op.forward

    def apply(x: Any, /) -> Any:
        mode = MODE.get()
        if type(x) is not Node or not x.requires_grad or mode is None or mode.watch is not None:
            return op(x)
        a = x.value
        try:
            if type(a) is float:
                value = scalar(a)
            elif type(a) in ARRAYS:
                value = forward(a)
            else:
                return op(x)
        except Exception:  # happens again there, and is dealt with
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
    forward = op.forward

    def apply(x: Any, y: Any, /) -> Any:
        if type(x) is Node:
            a, live = x.value, x.requires_grad
            if type(y) is Node:
                b = y.value
                live = live or y.requires_grad
            else:
                b = y
        elif type(y) is Node:
            a, b, live = x, y.value, y.requires_grad
        else:
            return op(x, y)
        mode = MODE.get()
        if not live or mode is None or mode.watch is not None:
            return op(x, y)
        first, second = type(a), type(b)
        try:
            if (first is float or first is int) and (second is float or second is int):
                value = scalar(a, b)
            elif first in SIMPLE and second in SIMPLE:
                value = forward(a, b)
            else:
                return op(x, y)
        except Exception:  # happens again there, and is dealt with
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

    apply.__name__ = op.name
    return apply


def deliver(node: Node, g: float, partials: Any, cotangents: dict[Node, Any]) -> bool:
    """Add what the one or two arguments of a scalar op get; False, with nothing done, if it can't.

    It cannot where an argument is no Python float, or Python's arithmetic raises.
    """
    parents = node.parents
    x = parents[0]
    first = second = y = None
    try:
        if len(parents) == 1:
            d = partials[0]
            first = g * (d if type(d) is float else d(node.value, x.value))
        else:
            y = parents[1]
            a = x.value if type(x) is Node else x
            if type(y) is Node:
                b = y.value
                if y.requires_grad:
                    d = partials[1]
                    second = g * (d if type(d) is float else d(node.value, a, b))
                    if type(second) is not float:
                        if type(second) is not np.float64 or type(b) is not float:
                            return False
                        second = float(second)
            else:
                b = y
            if type(x) is Node and x.requires_grad:
                d = partials[0]
                first = g * (d if type(d) is float else d(node.value, a, b))
    except ArithmeticError:
        return False
    if first is not None:
        if type(first) is not float:
            if type(first) is not np.float64 or type(x.value) is not float:
                return False
            first = float(first)
        before = cotangents.get(x)
        cotangents[x] = first if before is None else before + first
    if second is not None:
        before = cotangents.get(y)  # type: ignore[arg-type]
        cotangents[y] = second if before is None else before + second  # type: ignore[index]
    return True
