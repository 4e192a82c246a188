"""Second derivatives where a length is 0: the limit of ``g / out`` that the graph tells.

``abs``, ``hypot``, ``norm`` and ``std`` have a kink at 0, taken for flat. A smooth function of
them, as the square, has its own second derivative there: how its cotangent ``g`` grows with the
length. What also depends on another kink of the same variable has none that is known: it is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import as_kin, kin, numbers
from ..node import Node, dtype_of, value_of
from ..primitive import Primitive
from ..rows import row
from ..tracing import KNOWN, TRACE, some


def unsettled(x: Any, where: Any, order: Any) -> Any:
    """Zeros like x, whose derivative of that order is NaN where told, and 0 elsewhere."""
    return jolt(x, where, order)


def jolt_slope(x: Any, where: Any, order: Any) -> Any:
    """The slope of ``unsettled``: it itself of one order less."""
    if value_of(order) > 1:
        return unsettled(x, where, value_of(order) - 1)
    return np.where(value_of(where), np.nan, 0).astype(np.result_type(value_of(x)))


jolt = row(
    lambda x, where, order: np.zeros_like(x),
    [lambda g, out, x, where, order: g * jolt_slope(x, where, order), None, None],
    [lambda t, out, x, where, order: t * jolt_slope(x, where, order), None, None],
    sample=lambda rng: ((rng.normal(size=(3, 2)), np.zeros((3, 2), bool), 1), {}),
)
jolt.name = "unsettled"


def slope_ratio(g: Any, out: Any, *args: Any) -> tuple[Any, Any, Any]:
    """``g / out``, and where its limit is not known, and where it is only to second order.

    Where ``out`` is 0 the ratio is how g grows with it, if g is a Node, or 0: the kink is flat.
    """
    zero = value_of(out) == 0
    if not some(zero):
        return g / out, False, False
    limit, lost, rough = growth(g, out, zero, args) if type(g) is Node else (0, False, False)
    return np.where(zero, limit, g / np.where(zero, 1, out)), lost, rough


def settled(c: Any, g: Any, x: Any, lost: Any, rough: Any) -> Any:
    """A cotangent that stays undefined in the orders where its limit is not known.

    ``g`` is what it is a multiple of: a sweep that is transposed differentiates by that, too.
    """
    c = c + g * unsettled(x, lost, 1) if some(lost) else c
    return c + g * unsettled(x, rough, 2) if some(rough) else c


def bent(op: Primitive) -> None:
    """Let an elementwise length of two or one arguments look for its second derivative at 0."""
    plain = op.vjps

    def rule(i: int) -> Any:
        def vjp(g: Any, out: Any, *args: Any) -> Any:
            if type(g) is not Node or not some(value_of(out) == 0):
                return plain[i](g, out, *args)
            c = along(g, out, args[i], *args)
            return np.where(value_of(out) == 0, c, plain[i](g, out, *args))

        return vjp

    op.give_vjps([rule(i) for i in range(len(plain))])
    op.bends = True


def along(g: Any, out: Any, x: Any, *args: Any) -> Any:
    """``g x / out`` for the length ``out`` of what is made of ``args``."""
    ratio, lost, rough = slope_ratio(g, out, *args)
    return settled(ratio * x, g, x, lost, rough)


def uneven(g: Any, out: Any, zero: Any, x: Any) -> Any:
    """Where a norm is 0 that has no inner product, and its function grows with it."""
    if left_where(zero):
        return np.zeros(np.shape(zero), bool, like=kin(zero))
    limit, lost, _ = growth(g, out, zero, [x])
    return lost | (zero & (value_of(limit) != 0))


def growth(g: Node, out: Any, zero: Any, args: Sequence[Any]) -> tuple[Any, Any, Any]:
    """How g grows with ``out`` where that is 0, where that is lost, and where it moves with it."""
    from ..forward import bends, push
    from ..graph import ancestry

    if left_where(zero):
        return 0, False, False
    twins, others = lengths_above(g, out, args)
    if not twins and not others:
        return 0, False, False
    ends = [*twins, *others]
    order = ancestry([g], stop=ends).order
    nan = [np.where(bends(node), np.nan, 0).astype(node.dtype)[()] for node in others]
    weights = np.cos(math.e * np.arange(1, math.prod(np.shape(zero)) + 1))
    weights = as_kin(np.reshape(weights, np.shape(zero)), zero)

    def pushed(scale: Any, recorded: bool) -> Any:
        ones = numbers(zero * scale, dtype_of(value_of(out)))[()]
        return push(order, ends, [*(ones for _ in twins), *nan], [g], recorded=recorded)[0]

    limit = pushed(1, recorded=True)
    plain = value_of(limit)
    lost = zero & ~np.isfinite(plain)
    if (
        not isinstance(zero, KNOWN) or np.count_nonzero(zero) > 1
    ):  # does it grow with its own length alone?
        lost |= zero & ~np.isclose(value_of(pushed(weights, False)), weights * plain, atol=1e-14)
    moving = isinstance(limit, Node) and any(map(set(ancestry([limit]).order).__contains__, twins))
    return np.where(lost, 0, limit), lost, zero & ~lost & moving


def left_where(zero: Any) -> bool:
    """Whether this is traced where no length is 0; the program is left where one is."""
    if isinstance(zero, KNOWN) or TRACE.get() is None or np.any(getattr(zero, "example", True)):
        return False
    TRACE.get().forbid_nan([np.where(zero, np.nan, 0.0)])
    return True


def lengths_above(g: Any, out: Any, args: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """The lengths in the graph of g that equal ``out``, and others that are 0 of the same leaves.

    Nothing of a graph that only reads other leaves counts: to these it is a constant.
    """
    from ..forward import bends
    from ..graph import ancestry

    made = [node for node in ancestry([g]).order if some(bends(node))]
    twins = [node for node in made if same(node, out)]
    leaves = set(ancestry([x for x in args if isinstance(x, Node)]).leaves)
    others = [
        node for node in made if node not in twins and leaves.intersection(ancestry([node]).leaves)
    ]
    return twins, others


def same(node: Any, other: Any) -> bool:
    """Whether two nodes are one op of the same arguments."""
    if node is other:
        return True
    pairs = zip(node.parents, other.parents, strict=False)
    return (
        node.op is other.op
        and len(node.parents) == len(other.parents)
        and all(x is y for x, y in pairs)
        and node.params == other.params
    )
