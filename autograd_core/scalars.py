"""The short way through an elementwise op for what it mostly meets: one or two numbers or arrays.

``unary`` and ``binary`` do exactly what ``Primitive.__call__`` does, ``sweep_scalars`` what
``reverse.plain_sweep`` does, for the case that needs the fewest questions; any other is left to
those.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from .batching.batched import Batched, call_binary, call_unary
from .details import MODE
from .node import ABSENT, Node, next_birth

if TYPE_CHECKING:
    from .primitive import Primitive

new = object.__new__
ARRAYS = {np.ndarray, np.float64, np.float32}
SIMPLE = {float, int, *ARRAYS}
SLOTS = Lock()
"""Held while cotangents are kept in the slots of nodes, which threads share."""


def unary(op: Primitive) -> Any:
    """What the registry holds for an elementwise op of one argument."""
    scalar: Any = op.scalar
    forward = op.forward

    def apply(x: Any, /) -> Any:
        if type(x) is Batched:
            return call_unary(op, apply, x)
        mode = MODE.get()
        if type(x) is not Node or not x.details.live or mode is None or mode.watch is not None:
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
        node.first = x
        node.second = ABSENT
        node.details = mode.details
        node.bar = None
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
            a, live = x.value, x.details.live
            if type(y) is Node:
                b = y.value
                live = live or y.details.live
            else:
                b = y
        elif type(y) is Node:
            a, b, live = x, y.value, y.details.live
        elif type(x) is Batched or type(y) is Batched:
            return call_binary(op, apply, x, y)
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
        node.first = x
        node.second = y
        node.details = mode.details
        node.bar = None
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


def sweep_scalars(
    order: list[Node], leaves: Sequence[Node], cotangents: dict[Node, Any]
) -> tuple[int, list[Any]]:
    """Sweep the scalar ops at the young end of ``order``.

    Returns how many nodes are left, and what has arrived at the leaves (None for nothing).
    Cotangents wait in a slot of their nodes, which is faster than a dict, under a lock that nobody
    waits for: whoever does not get it (a second thread, a sweep inside a rule) leaves all to the
    general code. So is what cannot be done here: another kind of op, an argument that is no float,
    arithmetic that raises.
    """
    position = len(order)
    if not SLOTS.acquire(blocking=False):
        return position, []
    try:
        for node, g in cotangents.items():
            node.bar = g
        position = _sweep_slots(order)
    finally:
        grads = [leaf.bar for leaf in leaves]
        cotangents.clear()
        for node in order[:position]:
            if node.bar is not None:
                cotangents[node], node.bar = node.bar, None
        for leaf in leaves:
            leaf.bar = None
        if position or None in grads:  # then the general code goes on
            pairs = zip(leaves, grads, strict=True)
            cotangents.update((leaf, g) for leaf, g in pairs if g is not None)
        SLOTS.release()
    return position, grads


def _sweep_slots(order: list[Node]) -> int:
    """The loop of ``sweep_scalars``, written out at length: it runs once for every operation."""
    for node in reversed(order):
        g = node.bar
        if g is None:
            continue
        partials, x, y = node.op.partials, node.first, node.second  # type: ignore[union-attr]
        if type(g) is not float or partials is None:
            break
        try:
            if y is ABSENT:
                (d,) = partials
                c = g * (d if type(d) is float else d(node.value, x.value))
            else:
                d, e = partials
                if type(y) is not Node:
                    d = d if type(d) is float else y if d is right else d(node.value, x.value, y)
                    c = g * d
                elif type(x) is not Node:
                    e = e if type(e) is float else x if e is left else e(node.value, x, y.value)
                    x, c = y, g * e
                elif (x.op or x.details.live) and (y.op or y.details.live):
                    a, b = x.value, y.value
                    c = g * (d if type(d) is float else b if d is right else d(node.value, a, b))
                    k = g * (e if type(e) is float else a if e is left else e(node.value, a, b))
                    if type(c) is not float or type(k) is not float:
                        break
                    before = y.bar
                    y.bar = k if before is None else before + k
                else:
                    break
        except ArithmeticError:
            break
        if type(c) is not float:
            if type(c) is not np.float64:
                break
            c = float(c)
        if x.op is not None or x.details.live:
            before = x.bar
            x.bar = c if before is None else before + c
        node.bar = None
    else:
        return 0
    return 1 + next(i for i, other in enumerate(order) if other is node)
