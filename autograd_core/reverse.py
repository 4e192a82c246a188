"""The reverse sweep: cotangents from the end of a graph back to its leaves.

Rules see bare arrays, and so build no graph, unless the derivative itself must stay differentiable
(``recorded``): then they see the Nodes. Where a finished gradient contains NaN the sweep is
repeated with structural zeros kept apart; see ``masked``. The other direction is ``forward.py``;
users call both through ``transforms.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import MET, kin, strictly
from .batching.batched import Batched
from .broadcasting import conform
from .deferred import Deferred
from .details import MODE, Mode
from .errors import ArgumentError, ArgumentTypeError, expected
from .graph import ancestry
from .masked import BACKWARD, masked_sweep
from .node import MANY, Node, as_array, value_of
from .pull import added, handed_over, has_nan, pull, pull_quick, whole
from .registry import RULES
from .scalars import sweep_scalars
from .tracing import TRACE, some

FLOAT = {float}
KNOWN = {float, np.ndarray, np.float64, np.float32}
REAL_SCALARS = {float, np.float64, np.float32, np.float16}


def backward(end: Node, seed: Any = None) -> None:
    """Add the gradient of ``end`` to ``.grad`` of every leaf; see ``Node.backward``."""
    if not end.requires_grad:
        cure = "Make a leaf with ag.Node(...), and compute outside ag.no_grad()."
        raise ArgumentError(expected("backward", "a Node that carries a gradient", repr(end), cure))
    order, leaves, _ = ancestry([end])
    grads = sweep(order, leaves, [end], [seed_like(end, seed)], recorded=False)
    if not only_floats(grads):
        grads = owned(grads, seed)
    for leaf, grad in zip(leaves, grads, strict=True):
        details = leaf.details
        details.grad = grad if details.grad is None else details.grad + grad


def owned(grads: list[Any], *others: Any) -> list[Any]:
    """``grads`` with every array the caller's own: none a view, none twice, none of ``others``."""
    seen = {id(x) for x in others}
    for i, grad in enumerate(grads):
        if MET and kin(grad) is not None:
            if id(grad) in seen:
                grads[i] = grad.astype(grad.dtype)
            seen.add(id(grad))
        elif type(grad) is np.ndarray:
            if grad.base is not None or id(grad) in seen:
                grads[i] = np.array(grad)
            seen.add(id(grad))
    return grads


def seed_like(end: Node, seed: Any) -> Any:
    """The cotangent a sweep starts with."""
    kind = type(end.value)
    if seed is None and kind in REAL_SCALARS:
        return kind(1.0)
    if seed is not None:
        if np.shape(value_of(seed)) != end.shape:
            got = np.shape(value_of(seed))
            raise ArgumentError(
                expected("A seed", f"the result's shape {end.shape}", got, "Reshape it.")
            )
        return conform(seed if isinstance(seed, Node | Batched) else as_array(seed)[()], end.value)
    if end.shape != () or np.iscomplexobj(end.value):
        cure = (
            "Sum it or take its real part first, or pass a seed "
            "(ag.vjp or ag.jacobian for functions)."
        )
        got = f"shape {end.shape} and dtype {end.dtype}"
        raise ArgumentTypeError(expected("A gradient", "a real scalar result", got, cure))
    return conform(1.0, end.value)


def sweep(
    order: list[Node],
    leaves: Sequence[Node],
    ends: Sequence[Node],
    seeds: Sequence[Any],
    *,
    recorded: bool,
    only: set[Node] | None = None,
    keep: dict[Node, Any] | None = None,
) -> list[Any]:
    """The cotangents of ``leaves`` for the given cotangents of ``ends``.

    Parameters
    ----------
    order : list of Node
        What made the ends, oldest first.
    leaves, ends : sequence of Node
    seeds : sequence of array or Node
        One cotangent per end.
    recorded : bool
        Rules are handed Nodes, so that the result can be differentiated.
    only : set of Node, optional
        The nodes to pass cotangents to; every one that carries a gradient otherwise.
    keep : dict, optional
        Filled with the cotangent of every node of ``order`` that one reached.
    """
    mode = MODE.get()
    with (strictly if MET else np.errstate)(divide="ignore", invalid="ignore", over="ignore"):
        if not recorded and (mode is None or mode.watch is None):
            grads = plain_sweep(order, leaves, ends, seeds, only, keep)
            if traced(grads, order) or not any_nan(grads):
                return grads
            if any(op_of(node).ties and some(op_of(node).ties(node.value)) for node in order):
                return told_by_graph(order, leaves, ends, seeds, only)
            if not any(op_of(node).selects for node in order):
                return grads
            if keep is not None:
                keep.clear()
        if not recorded or mode is None:
            return masked_sweep(order, leaves, ends, seeds, recorded, only, keep)
        token = MODE.set(Mode((*mode.scope, BACKWARD), mode.watch))
        try:
            grads = masked_sweep(order, leaves, ends, seeds, recorded, only, keep)
            traced(grads, order)
            return grads
        finally:
            MODE.reset(token)


def traced(results: list[Any], order: list[Node]) -> bool:
    """Whether this is traced: a program keeps no masks, and is left where a result is NaN."""
    trace = TRACE.get()
    if trace is None or not trace.writes:
        return False
    ops = [op_of(node) for node in order]
    if any(op.selects for op in ops) and not all(op.finite for op in ops):
        trace.forbid_nan(results)
    return True


def told_by_graph(order: Any, leaves: Any, ends: Any, seeds: Any, only: Any) -> list[Any]:
    """A sweep on Nodes for its values alone: some slope is a limit that the graph tells."""
    token = MODE.set(MODE.get() or Mode())
    try:
        return [*map(value_of, masked_sweep(order, leaves, ends, seeds, True, only, None))]
    finally:
        MODE.reset(token)


def op_of(node: Node) -> Any:
    """The op of a node that has one."""
    return node.op


def plain_sweep(
    order: list[Node],
    leaves: Sequence[Node],
    ends: Sequence[Node],
    seeds: Sequence[Any],
    only: set[Node] | None,
    keep: dict[Node, Any] | None,
) -> list[Any]:
    """``sweep`` without masks, on arrays: what a first derivative runs."""
    cotangents: dict[Node, Any] = {}
    for end, seed in zip(ends, seeds, strict=True):
        cotangents[end] = cotangents[end] + seed if end in cotangents else seed
    plain = only is None
    if plain and keep is None and only_floats(list(cotangents.values())):
        position, grads = sweep_scalars(order, leaves, cotangents)
        if not position and None not in grads:
            return grads
        order = order[:position]
    for node in reversed(order):
        g = cotangents.pop(node, None)
        if g is None:
            continue
        op: Any = node.op
        if keep is not None:
            keep[node] = g.dense() if type(g) is Deferred else g
        if type(g) is Deferred:
            g = g.dense()
        given = pull_quick(node, g, op.quick) if plain else pull(node, g, False, only)
        second = node.second
        parents = node.first if second is MANY else (node.first, second)
        for parent, c in zip(parents, given):  # noqa: B905 (strict= costs time here)
            if c is not None:
                value = parent.value
                kind = type(c)
                if (
                    kind is not type(value)
                    or (
                        kind is np.ndarray
                        and (c.shape != value.shape or c.dtype is not value.dtype)
                    )
                    or kind not in KNOWN
                ):
                    c = handed_over(c, value, node)
                before = cotangents.get(parent)
                cotangents[parent] = c if before is None else added(before, c)
    grads = [cotangents.get(leaf) for leaf in leaves]
    if only_floats(grads):
        return grads
    return [whole(c, leaf) for c, leaf in zip(grads, leaves, strict=True)]


def only_floats(grads: list[Any]) -> bool:
    """Whether all are Python floats, as in a scalar graph, where every leaf counts."""
    return FLOAT.issuperset(map(type, grads))


def any_nan(grads: list[Any]) -> bool:
    """Whether a gradient contains NaN."""
    if only_floats(grads):
        total = sum(grads)
        return total != total and any(c != c for c in grads)
    return any(map(has_nan, grads))


RULES["backward"] = backward
