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

from .broadcasting import cast, conform, fold, zeros_like
from .deferred import Deferred
from .errors import ArgumentError, ArgumentTypeError, NotDifferentiableError, describe, expected
from .graph import ancestry
from .node import MODE, Node, value_of
from .primitive import NUMBERS, output
from .scalars import sweep_scalars


def backward(end: Node, seed: Any = None) -> None:
    """Add the gradient of ``end`` to ``.grad`` of every leaf; see ``Node.backward``."""
    if not end.requires_grad:
        cure = "Make a leaf with ag.Node(...), and compute outside ag.no_grad()."
        raise ArgumentError(expected("backward", "a Node that carries a gradient", repr(end), cure))
    found = ancestry([end])
    grads = sweep(found.order, found.leaves, [end], [seed_like(end, seed)], recorded=False)
    owned: set[int] = set()
    for leaf, grad in zip(found.leaves, grads, strict=True):
        if leaf.grad is not None:
            leaf.grad = leaf.grad + grad
        elif type(grad) is np.ndarray:
            shared = grad.base is not None or id(grad) in owned or grad is seed
            leaf.grad = np.array(grad) if shared else grad
            owned.add(id(leaf.grad))
        else:
            leaf.grad = grad


def seed_like(end: Node, seed: Any) -> Any:
    """The cotangent a sweep starts with."""
    if seed is not None:
        if np.shape(value_of(seed)) != end.shape:
            got = np.shape(value_of(seed))
            raise ArgumentError(
                expected("A seed", f"the result's shape {end.shape}", got, "Reshape it.")
            )
        return conform(seed if isinstance(seed, Node) else np.asarray(seed)[()], end.value)
    if end.shape != () or np.iscomplexobj(end.value):
        cure = "Sum it or take its real part first, or pass a seed (ag.vjp or ag.jacobian for functions)."
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
        Receives the whole cotangent of every node that an op made.
    keep : dict, optional
        Filled with the cotangent of every node of ``order`` that one reached.
    """
    mode = MODE.get()
    options: dict[str, Any] = {"recorded": recorded, "only": only, "keep": keep}
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if mode is not None and mode.watch is not None:
            return masked_sweep(order, leaves, ends, seeds, **options)
        grads = plain_sweep(order, leaves, ends, seeds, **options)
        if any(c != c if type(c) is float else has_nan(c) for c in grads) and any(
            op_of(node).selects for node in order
        ):
            if keep is not None:
                keep.clear()
            return masked_sweep(order, leaves, ends, seeds, **options)
    return grads


def op_of(node: Node) -> Any:
    """The op of a node that has one."""
    return node.op


def plain_sweep(
    order: list[Node],
    leaves: Sequence[Node],
    ends: Sequence[Node],
    seeds: Sequence[Any],
    *,
    recorded: bool,
    only: set[Node] | None,
    keep: dict[Node, Any] | None = None,
) -> list[Any]:
    """``sweep`` without masks."""
    cotangents: dict[Node, Any] = {}
    for end, seed in zip(ends, seeds, strict=True):
        cotangents[end] = cotangents[end] + seed if end in cotangents else seed
    plain = only is None and not recorded
    position = len(order)
    while position:
        node = order[position - 1]
        if plain and keep is None and type(cotangents.get(node)) is float:
            stopped = sweep_scalars(order, position, cotangents)
            if stopped < position:
                position = stopped
                continue
        position -= 1
        g = cotangents.pop(node, None)
        if g is None:
            continue
        op: Any = node.op
        if keep is not None:
            keep[node] = g.dense() if type(g) is Deferred else g
        if type(g) is Deferred:
            g = g.dense()
        given = pull_quick(node, g, op.quick) if plain else pull(node, g, recorded, only)
        for parent, c in zip(node.parents, given):  # noqa: B905 (strict= costs time here)
            if c is not None:
                value = parent.value
                kind = type(c)
                if kind is not type(value) or (
                    kind is not float and (c.shape != value.shape or c.dtype is not value.dtype)
                ):
                    c = handed_over(c, value, node)
                before = cotangents.get(parent)
                cotangents[parent] = c if before is None else added(before, c)
    arrived = map(cotangents.get, leaves)
    return [
        c if type(c) is float else whole(c, leaf) for c, leaf in zip(arrived, leaves, strict=True)
    ]


def masked_sweep(
    order: list[Node],
    leaves: Sequence[Node],
    ends: Sequence[Node],
    seeds: Sequence[Any],
    *,
    recorded: bool,
    only: set[Node] | None,
    keep: dict[Node, Any] | None = None,
) -> list[Any]:
    """``sweep`` with each cotangent carrying its influence: False where nothing selected the entry.

    Such an entry stays zero whatever an infinite or undefined partial upstream says.
    """
    mode = MODE.get()
    watch = mode.watch if mode is not None else None
    cotangents: dict[Node, Any] = {}
    influences: dict[Node, Any] = {}
    for end, seed in zip(ends, seeds, strict=True):
        cotangents[end] = cotangents[end] + seed if end in cotangents else seed
        influences[end] = np.ones(end.shape, dtype=bool)
    for node in reversed(order):
        g, influence = cotangents.pop(node, None), influences.pop(node, None)
        if g is None:
            continue
        if type(g) is Deferred:
            g = g.dense()
        if keep is not None:
            keep[node] = g
        if keep is not None:
            keep[node] = g
        op: Any = node.op
        constant = [type(p) is not Node or not p.requires_grad for p in node.parents]
        values = [value_of(p) for p in node.parents]
        for i, (parent, c) in enumerate(
            zip(node.parents, pull(node, g, recorded, only), strict=False)
        ):
            if c is None:
                continue
            reach = op.zeros(i, influence, constant, node.value, *values, **node.params)
            if not np.any(reach):
                continue
            if type(c) is not Deferred:
                c = handed_over(c if np.all(reach) else np.where(reach, c, 0), parent.value, node)
            if watch is not None:
                watch.arrived(node, g, i, c)
            influences[parent] = influences.get(parent, False) | reached(reach, parent)
            cotangents[parent] = added(cotangents[parent], c) if parent in cotangents else c
    return [whole(cotangents.get(leaf), leaf) for leaf in leaves]


def reached(reach: Any, parent: Node) -> Any:
    """Influence on a parent from influence on the entries that broadcasting made of it."""
    if isinstance(parent.value, tuple) or np.ndim(reach) == 0:
        return (
            np.full(parent.shape, np.any(reach))
            if not isinstance(parent.value, tuple)
            else np.any(reach)
        )
    return np.asarray(fold(np.asarray(reach, dtype=float), shape=parent.shape)) != 0


def pull_quick(node: Node, g: Any, rules: Any) -> Sequence[Any]:
    """``pull`` for the ops of one or two arguments without keywords: most of what runs."""
    parents = node.parents
    if rules is None or node.params or len(parents) != len(rules):
        return pull(node, g, recorded=False, only=None)
    try:
        if len(parents) == 1:
            rule = rules[0]
            return (rule(g, node.value, parents[0].value) if rule else None,)
        x, y = parents
        first, second = rules
        if type(y) is not Node:
            return (first(g, node.value, x.value, y) if first else None,)
        if type(x) is not Node:
            return None, second(g, node.value, x, y.value) if second else None
        return (
            first(g, node.value, x.value, y.value) if x.requires_grad and first else None,
            second(g, node.value, x.value, y.value) if y.requires_grad and second else None,
        )
    except Exception:  # happens again there, and is reported with the op's name
        return pull(node, g, recorded=False, only=None)


def pull(
    node: Node, g: Any, recorded: bool, only: set[Node] | None, numpy: bool = False
) -> Sequence[Any]:
    """What the rules of ``node.op`` give to its parents: None for one that passes nothing on.

    ``numpy`` makes NumPy's of Python's numbers, whose arithmetic raises where NumPy's gives inf.
    """
    op: Any = node.op
    parents, params, rules = node.parents, node.params, op.vjps
    args: Any
    if recorded:
        args, out = parents, recorded_result(node)
    else:
        args, out = [p.value if type(p) is Node else p for p in parents], node.value
    if numpy:
        g, out, args = numpy_number(g), numpy_number(out), [*map(numpy_number, args)]
    try:
        if callable(rules):
            rules = [*map(fixed, rules(g, out, *args, **params))]
        if len(rules) < len(parents):
            raise missing_rule(op, len(rules))
        return [
            rule(g, out, *args, **params)
            if rule
            and type(parent) is Node
            and parent.requires_grad
            and (only is None or parent in only)
            else None
            for parent, rule in zip(parents, rules, strict=False)
        ]
    except Exception as error:
        if (
            isinstance(error, ArithmeticError) and not numpy
        ):  # Python raises where NumPy gives inf or nan
            return pull(node, g, recorded, only, numpy=True)
        error.add_note(f"in the vjp of {op.name}({', '.join(map(describe, parents))})")
        raise


def fixed(c: Any) -> Any:
    """The cotangent that a joint rule gave to one argument, as that argument's rule."""
    return None if c is None else lambda *_, **__: c


def evaluated(rule: Any, g: Any, out: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """A rule's result; where Python's numbers would raise, NumPy's, which give inf or nan."""
    try:
        return rule(g, out, *args, **params)
    except ArithmeticError:
        return rule(numpy_number(g), numpy_number(out), *map(numpy_number, args), **params)


def numpy_number(x: Any) -> Any:
    """A Python number as NumPy's, whose arithmetic never raises; a Node of one likewise."""
    if type(x) is Node and type(x.value) in NUMBERS:
        return cast(x, dtype=np.asarray(x.value).dtype)
    return np.asarray(x)[()] if type(x) in NUMBERS else x


def recorded_result(node: Node) -> Any:
    """The result as a rule that records must see it: a Node, or a tuple of Nodes."""
    if isinstance(node.value, tuple):
        return tuple(output(node, index=i) for i in range(len(node.value)))
    return node


def missing_rule(op: Any, i: int) -> NotDifferentiableError:
    """An op was defined without a vjp for an argument."""
    return NotDifferentiableError(
        f"{op.name} has no vjp rule for argument {i}, got a Node that carries a gradient there. "
        f"Give one rule per argument with {op.name}.defvjp(...), None for a constant argument."
    )


def handed_over(c: Any, value: Any, node: Node) -> Any:
    """A cotangent with its variable's shape and dtype.

    Pieces and tuples wait until they are whole.
    """
    if type(value) is float and isinstance(c, float):
        return float(c)
    if type(c) is Deferred or isinstance(value, tuple):
        return c
    try:
        return conform(c if type(c) in TRUSTED else np.asarray(c)[()], value)
    except Exception as error:
        error.add_note(f"in the vjp of {node.op.name}")  # type: ignore[union-attr]
        raise


TRUSTED = {Node, float, np.ndarray, np.float64, np.float32}


def added(x: Any, y: Any) -> Any:
    """The sum of two cotangents of one node."""
    if type(y) is Deferred:
        return y + x
    return tuple(map(added, x, y)) if type(x) is tuple else x + y


def whole(c: Any, leaf: Node) -> Any:
    """The cotangent of a leaf, zeros if none came."""
    if c is None:
        return zeros_like(leaf.value)
    return c.dense() if type(c) is Deferred else c


def has_nan(c: Any) -> bool:
    """Whether a number or array contains NaN; one pass of BLAS when it does not."""
    c = value_of(c)
    if type(c) is np.ndarray:
        flat = c.reshape(-1)
        total = np.dot(flat, flat)
        return bool(total != total and np.isnan(flat).any())
    return bool(c != c)
