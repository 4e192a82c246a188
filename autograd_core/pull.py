"""What one op hands to its parents in a reverse sweep: its rules applied, the results conformed.

``reverse.py`` and ``masked.py`` walk the graph and call this at every node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .arrays import MET, lacking, lazy, library_of
from .batching.batched import Batched, inside
from .broadcasting import cast, conform, zeros_like
from .deferred import Deferred
from .errors import BatchedValueError, NotDifferentiableError, describe
from .node import ABSENT, MANY, Node, as_array, constant_node, dtype_of, value_of
from .primitive import NUMBERS, output
from .tracing import TRACE, Untraceable


def pull_quick(node: Node, g: Any, rules: Any) -> Sequence[Any]:
    """``pull`` on arrays and for all parents: most of what runs."""
    x, y, op = node.first, node.second, node.op
    try:
        if rules is None or y is MANY or not (op.entrywise or not node.keywords):  # type: ignore[union-attr]
            return pull_many(node, g, op)
        if y is ABSENT:
            (rule,) = rules
            return (rule(g, node.value, x.value) if rule else None,)
        first, second = rules
        if type(y) is not Node:
            return (first(g, node.value, x.value, y) if first else None,)
        if type(x) is not Node:
            return None, second(g, node.value, x, y.value) if second else None
        return (
            first(g, node.value, x.value, y.value) if x.details.live and first else None,
            second(g, node.value, x.value, y.value) if y.details.live and second else None,
        )
    except Exception:  # happens again there, and is reported with the op's name
        return pull(node, g, recorded=False, only=None)


def pull_many(node: Node, g: Any, op: Any) -> Sequence[Any]:
    """``pull_quick`` for ops of any number of arguments, with keywords or one rule for all."""
    parents, params, rules, out = node.parents, node.params, op.vjps, node.value
    args = [p.value if type(p) is Node else p for p in parents]
    given = rules(g, out, *args, **params) if callable(rules) else rules
    if len(given) < len(parents):  # which is reported there
        return pull(node, g, recorded=False, only=None)
    pairs = zip(parents, given, strict=False)  # what may be left out of a call has its rule too
    if callable(rules):
        return [c if type(p) is Node and p.details.live else None for p, c in pairs]
    return [
        rule(g, out, *args, **params) if rule and type(p) is Node and p.details.live else None
        for p, rule in pairs
    ]


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
        g = g if isinstance(g, Node | Batched | tuple) else constant_node(g)
    else:
        args, out = [p.value if type(p) is Node else p for p in parents], node.value
    if numpy:
        g, out, args = numpy_number(g), numpy_number(out), [*map(numpy_number, args)]
    try:
        if callable(rules):
            rules = [*map(fixed, applied(rules, g, out, args, params))]
        if len(rules) < len(parents):
            raise missing_rule(op, len(rules))
        return [
            applied(rule, g, out, args, params)
            if rule
            and type(parent) is Node
            and parent.details.live
            and (only is None or parent in only)
            else None
            for parent, rule in zip(parents, rules, strict=False)
        ]
    except Exception as error:
        if isinstance(error, BatchedValueError) and type(g) is Batched:
            return pull_one_by_one(node, g, recorded, only)
        if (
            isinstance(error, ArithmeticError) and not numpy
        ):  # Python raises where NumPy gives inf or nan
            return pull(node, g, recorded, only, numpy=True)
        error.add_note(f"in the vjp of {op.name}({', '.join(map(describe, parents))})")
        raise lacking(f"the vjp of {op.name}", (g, out, *args), error) from None


def pull_one_by_one(node: Node, g: Batched, recorded: bool, only: set[Node] | None) -> list[Any]:
    """``pull`` for each of many cotangents, of a rule that needs the numbers."""
    rows = [
        [
            c if c is None else whole(handed_over(c, p.value, node), p)
            for c, p in zip(row, node.parents, strict=False)
        ]
        for row in (pull(node, c, recorded, only) for c in g.array)
    ]
    return [
        None if column[0] is None else Batched(np.stack(column), g.level)
        for column in zip(*rows, strict=True)
    ]


def applied(rule: Any, g: Any, out: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """What a rule gives; one that looks at values is a single line of a program."""
    try:
        return rule(g, out, *args, **params)
    except Untraceable:
        if any(type(x) is Node for x in (g, out, *args)):
            raise
        return TRACE.get().whole(rule, (g, out, *args), params)


def fixed(c: Any) -> Any:
    """The cotangent that a joint rule gave to one argument, as that argument's rule."""
    return None if c is None else lambda *_, **__: c


def numpy_number(x: Any) -> Any:
    """A Python number as NumPy's, whose arithmetic never raises; a Node of one likewise."""
    if type(x) is Node and type(x.value) in NUMBERS:
        return cast(x, dtype=dtype_of(x.value))
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
    if (
        type(c) is Batched
        and type(value) is np.ndarray
        and c.dtype is value.dtype
        and c.shape == value.shape
    ):
        return c
    try:
        return conform(c if type(c) in TRUSTED else as_array(c)[()], value)
    except Exception as error:
        error.add_note(f"in the vjp of {node.op.name}")  # type: ignore[union-attr]
        raise


TRUSTED = {Node, Batched, float, np.ndarray, np.float64, np.float32}


def added(x: Any, y: Any) -> Any:
    """The sum of two cotangents of one node."""
    if type(x) is not Deferred and type(y) is Deferred:
        return y + x
    return tuple(map(added, x, y)) if type(x) is tuple else x + y


def whole(c: Any, leaf: Node) -> Any:
    """The cotangent of a leaf, zeros if none came."""
    if c is None:
        return zeros_like(leaf.value)
    return c.dense() if type(c) is Deferred else c


def has_nan(c: Any) -> bool:
    """Whether a number or array contains NaN; one pass of BLAS when it does not."""
    c = value_of(inside(c))
    if type(c) is np.ndarray:
        flat = c.ravel(order="K")
        if flat.size > 8192:  # beyond, BLAS would start its threads
            least = flat.min()
            return bool(least != least)
        total = np.dot(flat, flat)
        return bool(total != total and np.isnan(flat).any())
    if MET and library_of(type(c)) is not None:
        return lazy(c) or bool(np.any(c != c))
    return bool(c != c)
