"""The forward sweep: tangents along a recorded graph, from its leaves to its end.

The graph is the one the reverse sweep walks, so both directions share every rule's view of the
values. An op without a jvp of its own gets one by transposing its vjp.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .broadcasting import stretch, zeros_like
from .deferred import Deferred
from .errors import NotDifferentiableError, describe
from .graph import ancestry, descendants
from .node import MODE, Mode, Node, value_of
from .primitive import Primitive
from .reverse import evaluated, has_nan, recorded_result, sweep


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
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        pushed = plain_push(order, leaves, tangents, ends, recorded, selecting=False)
        if any(map(has_nan, pushed)):
            pushed = plain_push(order, leaves, tangents, ends, recorded, selecting=True)
    return pushed


def plain_push(
    order: list[Node],
    leaves: Sequence[Node],
    tangents: Sequence[Any],
    ends: Sequence[Node],
    recorded: bool,
    selecting: bool,
) -> list[Any]:
    """``push``; ``selecting`` keeps what has no influence (structural zeros) out of the sums."""
    arrived: dict[Node, Any] = dict(zip(leaves, tangents, strict=True))
    for node in order:
        incoming = [arrived.get(p) if type(p) is Node else None for p in node.parents]
        if node not in arrived and any(t is not None for t in incoming):
            t = tangent(node, incoming, recorded, selecting)
            if t is not None:
                arrived[node] = t if isinstance(t, tuple) else stretch(t, node.value)
    return [arrived[end] if end in arrived else zeros_like(end.value) for end in ends]


def tangent(node: Node, incoming: list[Any], recorded: bool, selecting: bool) -> Any:
    """The tangent of one node from those of its parents, None where constant."""
    op: Any = node.op
    if recorded:
        args, out = list(node.parents), recorded_result(node)
    else:
        args, out = [value_of(p) for p in node.parents], node.value
    try:
        if op.jvps is None:
            return transposed_vjp(op, incoming, out, args, node)
        if callable(op.jvps):
            return op.jvps(incoming, out, *args, **node.params)
        total = None
        for i, t in enumerate(incoming):
            rule = None if t is None else op.jvps[i]
            if rule is not None:
                term = evaluated(rule, t, out, args, node.params)
                term = without_structural_zeros(term, node, i) if selecting else term
                total = term if total is None else added(total, term)
        return total
    except Exception as error:
        error.add_note(f"in the jvp of {op.name}({', '.join(map(describe, node.parents))})")
        raise


def without_structural_zeros(term: Any, node: Node, i: int) -> Any:
    """``term`` with exact zeros where the rule says argument i has no influence."""
    op: Any = node.op
    if not op.selects or np.shape(value_of(term)) != node.shape:
        return term
    constant = [type(p) is not Node or not p.requires_grad for p in node.parents]
    values = [value_of(p) for p in node.parents]
    reach = op.zeros(
        i, np.ones(node.shape, dtype=bool), constant, node.value, *values, **node.params
    )
    return np.where(reach, term, 0) if np.shape(reach) == node.shape and not np.all(reach) else term


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
        rules: Any = op.vjps
        g = tuple(seeds) if several else seeds[0]
        wanted = [i for i, t in enumerate(incoming) if t is not None]
        try:
            joint = rules(g, out, *args, **node.params) if callable(rules) else None
            pulled = [joint[i] if joint else rules[i](g, out, *args, **node.params) for i in wanted]
        except NotDifferentiableError as error:
            error.add_note(
                f"{op.name} has no jvp and its vjp is not plain NumPy: give it one with defjvp."
            )
            raise
        cotangents = [c.dense() if type(c) is Deferred else c for c in pulled]
        pairs = [
            (c, incoming[i]) for i, c in zip(wanted, cotangents, strict=True) if type(c) is Node
        ]
        made = [c for c, _ in pairs]
        found = ancestry(made, stop=seeds, since=seeds[0].birth)
        tangents = [stretch(t, c.value) for c, t in pairs]
        recorded = bool(found.strangers) or any(type(t) is Node for t in tangents)
        only = descendants(found.order, seeds)
        pushed = sweep(found.order, seeds, made, tangents, recorded=recorded, only=only)
        return tuple(pushed) if several else pushed[0]
    finally:
        MODE.reset(token)
