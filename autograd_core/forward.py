"""The forward sweep: tangents along a recorded graph, from its leaves to its end.

The graph is the one the reverse sweep walks, so both directions share every rule's view of the
values. An op without a jvp of its own gets one by transposing its vjp.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import MET, kin, lacking, strictly
from .batching.batched import one_by_one
from .broadcasting import conform, stretch, zeros_like
from .deferred import Deferred
from .details import MODE, Mode
from .errors import BatchedValueError, describe
from .graph import ancestry, descendants
from .masked import reach_of
from .node import Node, live, value_of, values_of
from .primitive import Primitive
from .pull import has_nan, missing_rule, numpy_number, recorded_result
from .reverse import sweep, traced
from .tracing import TRACE, Untraceable, every, some


def push(
    order: list[Node],
    leaves: Sequence[Node],
    tangents: Sequence[Any],
    ends: Sequence[Node],
    *,
    recorded: bool,
) -> list[Any]:
    """The tangents of ``ends`` for the given tangents of ``leaves``.

    Parameters
    ----------
    order : list of Node
        What made the ends, oldest first.
    leaves, ends : sequence of Node
    tangents : sequence of array or Node
        One per leaf, of its shape.
    recorded : bool
        Rules are handed Nodes, so that the result can be differentiated.
    """
    mode = MODE.get()
    watch = mode.watch if mode is not None else None
    with (strictly if MET else np.errstate)(divide="ignore", invalid="ignore", over="ignore"):
        if recorded and any(some(bends(node)) for node in order if operator_of(node).bends):
            return transposed_sweep(order, leaves, tangents, ends)
        if any(ties(node) for node in order if operator_of(node).ties):
            pushed = transposed_sweep(order, leaves, tangents, ends)
            return pushed if recorded else [*map(values_of, pushed)]
        if not recorded and watch is None:
            pushed = plain_push(order, leaves, tangents, ends)
            if traced(pushed, order) or not any(map(has_nan, pushed)):
                return pushed
        pushed = masked_push(order, leaves, tangents, ends, recorded, watch)
        traced(pushed, order)
        return pushed


def plain_push(
    order: list[Node], leaves: Sequence[Node], tangents: Sequence[Any], ends: Sequence[Node]
) -> list[Any]:
    """``push`` without masks, on arrays: what a first derivative runs."""
    arrived: dict[Node, Any] = dict(zip(leaves, tangents, strict=True))
    for node in order:
        incoming = [arrived.get(p) if type(p) is Node else None for p in node.parents]
        if any(t is not None for t in incoming):
            t = tangent(node, incoming, recorded=False)
            if t is not None:
                arrived[node] = t if isinstance(t, tuple) else stretch(t, node.value)
    return [arrived[end] if end in arrived else zeros_like(end.value) for end in ends]


def masked_push(
    order: list[Node],
    leaves: Sequence[Node],
    tangents: Sequence[Any],
    ends: Sequence[Node],
    recorded: bool,
    watch: Any,
) -> list[Any]:
    """``push`` with a mask beside every tangent: False where the leaves move nothing.

    Such an entry stays zero whatever an infinite or undefined slope does to it. None stands for
    True everywhere.
    """
    arrived: dict[Node, Any] = dict(zip(leaves, tangents, strict=True))
    moved: dict[Node, Any] = dict.fromkeys(leaves)
    for node in order:
        incoming = [arrived.get(p) if type(p) is Node else None for p in node.parents]
        if all(t is None for t in incoming):
            continue
        masks = [
            None if t is None else moved[p] for t, p in zip(incoming, node.parents, strict=True)
        ]
        whole = operator_of(node).entrywise
        step = entrywise_tangent if whole else masked_tangent
        t, mask = step(node, incoming, masks, recorded)
        if t is not None and (mask is None or some(mask)):
            arrived[node] = t if isinstance(t, tuple) else stretch(t, node.value)
            moved[node] = mask
            if watch is not None:
                watch.pushed(node, incoming, t)
    return [arrived[end] if end in arrived else zeros_like(end.value) for end in ends]


def ties(node: Node) -> bool:
    """Whether members of a result are equal: vectors then move as their use says."""
    return some(operator_of(node).ties(node.value))


def uneven_like(x: Any) -> Any:
    """A cotangent with different entries, none 0: what vanishes with it vanishes for all."""
    entries = 1.5 + np.cos(np.arange(math.prod(np.shape(x)), like=kin(x)))
    return conform(np.reshape(entries, np.shape(x))[()], x)


def bends(node: Node) -> Any:
    """Where a length is 0: a tangent there does not say how the length is used."""
    return operator_of(node).bends and value_of(node) == 0


def operator_of(node: Node) -> Any:
    """The op of a node that has one."""
    return node.op


def masked_tangent(node: Node, incoming: list[Any], masks: list[Any], recorded: bool) -> Any:
    """The tangent of a node, and where it can be other than zero."""
    op = operator_of(node)
    t = tangent(node, incoming, recorded)
    free = all(mask is None for mask in masks)
    if t is None or (free and (not op.selects or TRACE.get() is not None)):
        return t, None
    given = [
        None
        if x is None
        else np.ones(np.shape(value_of(p)), dtype=bool, like=kin(p))
        if mask is None
        else mask
        for x, mask, p in zip(incoming, masks, node.parents, strict=True)
    ]
    values = [value_of(p) for p in node.parents]
    mask = op.moves(given, node.value, *values, **node.params)
    if every(mask):
        return t, None
    return (t if isinstance(t, tuple) else np.where(mask, t, 0)), mask


def entrywise_tangent(node: Node, incoming: list[Any], masks: list[Any], recorded: bool) -> Any:
    """``masked_tangent`` for an op that acts entry by entry: a mask for every term of the sum."""
    total: Any = None
    total_mask: Any = np.zeros(node.shape, dtype=bool, like=kin(node))
    for i, t in enumerate(incoming):
        alone = [t if k == i else None for k in range(len(incoming))]
        term = None if t is None else tangent(node, alone, recorded)
        if term is None:
            continue
        mask = reach_of(node, i, None)
        if masks[i] is not None:
            mask = masks[i] if mask is None else mask & masks[i]
        if mask is not None:
            mask = np.broadcast_to(mask, node.shape)
            term = np.where(mask, term, 0)
        total = term if total is None else total + term
        total_mask = None if mask is None or total_mask is None else total_mask | mask
    return total, total_mask


def tangent(node: Node, incoming: list[Any], recorded: bool) -> Any:
    """The tangent of one node from those of its parents, None where constant."""
    op = operator_of(node)
    if recorded:
        args, out = list(node.parents), recorded_result(node)
    else:
        args, out = [value_of(p) for p in node.parents], node.value
    try:
        if op.jvps is None:
            return transposed_vjp(op, incoming, out, args, node)
        if callable(op.jvps):
            return evaluated(op.jvps, incoming, out, args, node.params)
        total = None
        for i, t in enumerate(incoming):
            rule = None if t is None else op.jvps[i]
            if rule is not None:
                term = evaluated(rule, t, out, args, node.params)
                total = term if total is None else added(total, term)
        return total
    except BatchedValueError:  # a rule needs the numbers
        return one_by_one(lambda ts: tangent(node, ts, recorded), (incoming,), {})
    except Exception as error:
        error.add_note(f"in the jvp of {op.name}({', '.join(map(describe, node.parents))})")
        raise lacking(f"the jvp of {op.name}", args, error) from None


def evaluated(rule: Any, t: Any, out: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """A rule's result; where Python's numbers would raise, NumPy's, which give inf or nan."""
    try:
        return rule(t, out, *args, **params)
    except Untraceable:
        if any(type(x) is Node for x in (t, out, *args)):
            raise
        return TRACE.get().whole(rule, (t, out, *args), params)
    except ArithmeticError:
        if isinstance(t, list):  # of a joint rule
            raise
        return rule(numpy_number(t), numpy_number(out), *map(numpy_number, args), **params)


def added(x: Any, y: Any) -> Any:
    """The sum of two tangents."""
    return tuple(map(added, x, y)) if isinstance(x, tuple) else x + y


def transposed_vjp(
    op: Primitive, incoming: list[Any], out: Any, args: Sequence[Any], node: Node
) -> Any:
    """A jvp from the vjp alone: g -> vjp(g) is linear, and its own transpose takes t to J t."""
    token = MODE.set(MODE.get() or Mode())
    try:
        several = isinstance(node.value, tuple)
        seeds = [Node(zeros_like(v)) for v in (node.value if several else (node.value,))]
        g = tuple(seeds) if several else seeds[0]
        wanted = [i for i, t in enumerate(incoming) if t is not None]
        try:
            pulled = [pulled_by(op, i, g, out, args, node.params) for i in wanted]
        except Exception as error:
            words = "has no jvp, so its vjp ran on Nodes; it is not plain NumPy"
            error.add_note(f"{op.name} {words}: use defjvp, or reverse mode alone.")
            raise
        cotangents = [c.dense() if type(c) is Deferred else c for c in pulled]
        pairs = [
            (c, incoming[i]) for i, c in zip(wanted, cotangents, strict=True) if type(c) is Node
        ]
        if not pairs:
            return None
        pushed = transposed(pairs, seeds)
        return tuple(pushed) if several else pushed[0]
    finally:
        MODE.reset(token)


def transposed(pairs: list[tuple[Node, Any]], seeds: list[Node]) -> list[Any]:
    """Where cotangents made of ``seeds`` take tangents to: the transpose of a linear map."""
    made = [c for c, _ in pairs]
    found = ancestry(made, stop=seeds, since=seeds[0].birth)
    tangents = [stretch(t, c.value) for c, t in pairs]
    recorded = bool(found.strangers) or any(map(live, tangents))
    only = descendants(found.order, seeds)
    return sweep(found.order, seeds, made, tangents, recorded=recorded, only=only)


def transposed_sweep(
    order: list[Node], leaves: Sequence[Node], tangents: Sequence[Any], ends: Sequence[Node]
) -> list[Any]:
    """``push`` by transposing the reverse sweep, whose rules see how the ends use a result."""
    token = MODE.set(MODE.get() or Mode())
    try:
        seeds = [Node(uneven_like(end.value)) for end in ends]
        only = descendants(order, leaves)
        pulled = sweep(order, leaves, ends, seeds, recorded=True, only=only)
        pairs = [(c, t) for c, t in zip(pulled, tangents, strict=True) if type(c) is Node]
        return transposed(pairs, seeds) if pairs and seeds else seeds
    finally:
        MODE.reset(token)


def pulled_by(
    op: Any, i: int, g: Any, out: Any, args: Sequence[Any], params: dict[str, Any]
) -> Any:
    """What the vjp gives to argument i; None for a constant argument."""
    if callable(op.vjps):
        return op.vjps(g, out, *args, **params)[i]
    if i >= len(op.vjps):
        raise missing_rule(op, i)
    rule = op.vjps[i]
    return None if rule is None else rule(g, out, *args, **params)
