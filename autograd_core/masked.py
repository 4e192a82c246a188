"""The reverse sweep that keeps structural zeros apart: a mask of influence by every cotangent.

``reverse.sweep`` comes here when a finished gradient contains NaN, and whenever the sweep is itself
recorded: a zero that is structural in a derivative must still be so in the derivative's derivative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import kin, numbers
from .broadcasting import fold
from .deferred import Deferred
from .details import MODE
from .node import Node, value_of
from .pull import added, handed_over, pull, whole
from .tracing import TRACE, every, some

BACKWARD = "∇ backward"
"""The scope of what a recorded sweep computes: the graph of a derivative."""


def masked_sweep(
    order: list[Node],
    leaves: Sequence[Node],
    ends: Sequence[Node],
    seeds: Sequence[Any],
    recorded: bool,
    only: set[Node] | None,
    keep: dict[Node, Any] | None,
) -> list[Any]:
    """``reverse.sweep`` with each cotangent carrying its influence.

    Influence is False where nothing downstream selected the entry: such an entry stays zero
    whatever an infinite or undefined partial upstream says. None stands for True everywhere.
    """
    mode = MODE.get()
    watch = mode.watch if mode is not None else None
    cotangents: dict[Node, Any] = {}
    influences: dict[Node, Any] = {}
    for end, seed in zip(ends, seeds, strict=True):
        cotangents[end] = cotangents[end] + seed if end in cotangents else seed
        influences[end] = None
    for node in reversed(order):
        g, influence = cotangents.pop(node, None), influences.pop(node, None)
        if g is None:
            continue
        if type(g) is Deferred:
            g = g.dense()
        if keep is not None:
            keep[node] = g
        given = pull(node, g, recorded, only)
        for i, (parent, c) in enumerate(zip(node.parents, given, strict=True)):
            if c is None:
                continue
            reach = reach_of(node, i, influence)
            if reach is not None:
                if not some(reach):
                    continue
                c = c if type(c) is Deferred else np.where(reach, c, 0)
            c = handed_over(c, parent.value, node)
            if watch is not None:
                watch.arrived(node, g, i, c)
            new = reached(reach, parent)
            if parent in cotangents:
                c, old = added(cotangents[parent], c), influences[parent]
                new = None if old is None or new is None else old | new
            cotangents[parent], influences[parent] = c, new
    return [whole(cotangents.get(leaf), leaf) for leaf in leaves]


def reach_of(node: Node, i: int, influence: Any) -> Any:
    """Where argument i has influence, in the shape its cotangent has before it is conformed."""
    op: Any = node.op
    if TRACE.get() is not None and TRACE.get().writes:
        return None  # a program looks for NaN instead; see compiler/trace.py
    if influence is None:
        if not op.selects:
            return None
        influence = np.ones(node.shape, dtype=bool, like=kin(node))
    constant = [type(p) is not Node or not p.requires_grad for p in node.parents]
    values = [value_of(p) for p in node.parents]
    reach = op.zeros(i, influence, constant, node.value, *values, **node.params)
    return None if every(reach) else reach


def reached(reach: Any, parent: Node) -> Any:
    """Influence on a parent from influence on the entries that broadcasting made of it."""
    if reach is None:
        return None
    if isinstance(parent.value, tuple):
        return np.any(reach)
    reach = np.broadcast_to(reach, np.broadcast_shapes(np.shape(reach), parent.shape))
    return fold(numbers(reach), shape=parent.shape) != 0
