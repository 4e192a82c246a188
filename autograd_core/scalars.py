"""The short way through an elementwise op for what it mostly meets: one or two numbers or arrays.

``unary`` and ``binary`` do exactly what ``Primitive.__call__`` does, ``sweep_scalars`` what
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
                if value.dtype.kind not in "fc":
                    return op(x, y)
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


def left(out: Any, x: Any, y: Any) -> Any:
    """The partial derivative that is the first argument."""
    return x


def right(out: Any, x: Any, y: Any) -> Any:
    """The partial derivative that is the second argument."""
    return y


def sweep_scalars(order: list[Node], position: int, cotangents: dict[Node, Any]) -> int:
    """Sweep the scalar ops at the young end of ``order[:position]``; returns where it stopped.

    What it cannot do (another kind of op, an argument that is no float, arithmetic that raises) it
    leaves as it was. Written out at length: it runs once for every scalar operation.
    """
    pop, get = cotangents.pop, cotangents.get
    while position:
        node = order[position - 1]
        g = pop(node, None)
        if g is not None:
            partials, parents = node.op.partials, node.parents  # type: ignore[union-attr]
            first = second = None
            if type(g) is not float or partials is None:
                break
            try:
                if len(parents) == 2:
                    x, y = parents
                    if type(y) is not Node:
                        d = partials[0]
                        first = g * (d if type(d) is float else d(node.value, x.value, y))
                    elif type(x) is not Node:
                        d = partials[1]
                        second = g * (d if type(d) is float else d(node.value, x, y.value))
                    else:
                        d, e = partials
                        a, b = x.value, y.value
                        if x.requires_grad:
                            first = g * (
                                d if type(d) is float else b if d is right else d(node.value, a, b)
                            )
                        if y.requires_grad:
                            second = g * (
                                e if type(e) is float else a if e is left else e(node.value, a, b)
                            )
                else:
                    x = parents[0]
                    d = partials[0]
                    first = g * (d if type(d) is float else d(node.value, x.value))
            except ArithmeticError:
                break
            if first is not None:
                if type(first) is not float:
                    if type(first) is not np.float64 or type(x.value) is not float:
                        break
                    first = float(first)
                if second is None or type(second) is float:
                    before = get(x)
                    cotangents[x] = first if before is None else before + first
            if second is not None:
                if type(second) is not float:
                    if type(second) is not np.float64 or type(y.value) is not float:
                        break
                    second = float(second)
                    if first is not None:
                        before = get(x)
                        cotangents[x] = first if before is None else before + first
                before = get(y)
                cotangents[y] = second if before is None else before + second
        position -= 1
    if position:
        cotangents[node] = g
    return position
