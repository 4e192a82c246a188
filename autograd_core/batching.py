"""Many cotangents in one reverse sweep: each carries them along a new first axis.

Rules that act entry by entry take them as they are, a few of the other ops have a rule here, and
the rest is applied to one at a time. What cannot be swept so, or contains NaN, is None: then
``jacobians.py`` sweeps once for each, with the same result.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .broadcasting import cast, spread
from .details import MODE
from .graph import Ancestry, descendants
from .node import Node, value_of
from .ops.einsum import einsum_op, einsum_vjp
from .ops.gathering import gather
from .ops.indexing import getitem_, may_repeat
from .ops.joining import concatenate_, stack_
from .ops.products import conj, matmul_
from .ops.reductions import count, mean_, sum_
from .ops.shaping import copy_, reshape_, transpose_
from .primitive import Primitive, Rule
from .pull import handed_over, has_nan, pull, whole
from .recording import Recording, identity

CHUNK = 2**19
"""How many entries the cotangents of one node may have together: they should stay in the cache."""

BATCHED: dict[Primitive, Rule] = {}
"""``rule(i, g, out, *args, **params)``: the cotangents of argument i, ``g`` with the first axis."""


def batched(*ops: Primitive) -> Callable[[Rule], Rule]:
    """Decorator: the rule of some ops for many cotangents."""

    def register(rule: Rule) -> Rule:
        BATCHED.update(dict.fromkeys(ops, rule))
        return rule

    return register


def pull_basis(run: Recording, out: Node, found: Ancestry, basis: Any) -> list[Any] | None:
    """The cotangents of all leaves for many cotangents of ``out``, None if it cannot be done.

    Parameters
    ----------
    run : Recording
    out : Node
    found : Ancestry
        What made ``out``.
    basis : ndarray
        The cotangents along the first axis.
    """
    mode = MODE.get()
    if len(basis) < 2 or run.enclosed(found) or (mode is not None and mode.watch is not None):
        return None
    nodes = [*found.order, *run.leaves]
    if any(isinstance(node.value, tuple) for node in nodes):
        return None
    wanted = descendants(found.order, run.leaves)
    size = CHUNK // max(1, *(node.size for node in nodes))
    if size < min(4, len(basis)):
        return None
    try:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            parts = [
                pulled(run, out, found.order, wanted, basis[i : i + size])
                for i in range(0, len(basis), size)
            ]
    except Exception:  # the sweep for one at a time has it again, and reports it by the op's name
        return None
    leaves = [np.concatenate(blocks) for blocks in zip(*parts, strict=True)]
    return None if any(map(has_nan, leaves)) else leaves


def pulled(
    run: Recording, out: Node, order: list[Node], wanted: set[Node], seeds: Any
) -> list[Any]:
    """One sweep of many cotangents."""
    cotangents: dict[Node, Any] = {out: seeds}
    for node in reversed(order):
        g = cotangents.pop(node, None)
        if g is None:
            continue
        for parent, c in zip(node.parents, given(node, g, wanted), strict=True):
            if c is not None:
                c = folded(c, parent.value)
                before = cotangents.get(parent)
                cotangents[parent] = c if before is None else before + c
    missing = (len(seeds),)
    return [
        cotangents[leaf] if leaf in cotangents else np.zeros(missing + leaf.shape, leaf.dtype)
        for leaf in run.leaves
    ]


def given(node: Node, g: Any, wanted: set[Node]) -> Sequence[Any]:
    """What an op gives to its parents."""
    op: Any = node.op
    if op.entrywise:
        return pull(node, g, recorded=False, only=wanted)
    rule = BATCHED.get(op)
    if rule is None:
        return one_by_one(node, g, wanted)
    args = [value_of(parent) for parent in node.parents]
    return [
        rule(i, g, node.value, *args, **node.params)
        if type(parent) is Node and parent in wanted
        else None
        for i, parent in enumerate(node.parents)
    ]


def one_by_one(node: Node, g: Any, wanted: set[Node]) -> Sequence[Any]:
    """What an op gives to its parents by its own rule, called once for every cotangent."""
    weak = type(node.value) in (float, complex)
    rows = [pull(node, row.item() if weak else row, False, wanted) for row in g]
    return [
        None
        if rows[0][i] is None
        else np.stack([whole(handed_over(row[i], parent.value, node), parent) for row in rows])
        for i, parent in enumerate(node.parents)
    ]


def folded(c: Any, value: Any) -> Any:
    """Cotangents of what broadcasting made of a value as cotangents of the value, in its dtype."""
    shape = np.shape(value)
    extra = np.ndim(c) - 1 - len(shape)
    if extra:
        c = np.add.reduce(c, axis=tuple(range(1, 1 + extra)))
    ones = tuple(k for k, n in enumerate(shape, 1) if n == 1 != c.shape[k])
    if ones:
        c = np.add.reduce(c, axis=ones, keepdims=True)
    if c.shape[1:] != shape:
        c = np.broadcast_to(c, (len(c), *shape))
    dtype = np.asarray(value).dtype
    if c.dtype == dtype:
        return c
    return (c.real if c.dtype.kind == "c" != dtype.kind else c).astype(dtype)


# the rules


@batched(identity, copy_, cast, spread)
def unchanged(i: int, g: Any, out: Any, x: Any, **params: Any) -> Any:
    """Ops whose cotangent is that of their result, folded as every cotangent is."""
    return g


@batched(reshape_)
def reshaped(i: int, g: Any, out: Any, x: Any, *, shape: Any) -> Any:
    """``reshape``, the first axis kept."""
    return np.reshape(g, (len(g), *np.shape(x)))


@batched(transpose_)
def transposed(i: int, g: Any, out: Any, x: Any, *, axes: Sequence[int]) -> Any:
    """``transpose``, the first axis kept."""
    return np.transpose(g, [0, *(1 + axes.index(k) for k in range(len(axes)))])


@batched(sum_)
def summed(i: int, g: Any, out: Any, x: Any, *, axis: Sequence[int], keepdims: bool) -> Any:
    """``sum``: copied along the axes that were summed."""
    shape = np.shape(x)
    kept = [1 if k in axis else n for k, n in enumerate(shape)]
    return np.broadcast_to(np.reshape(g, (len(g), *kept)), (len(g), *shape))


@batched(mean_)
def averaged(i: int, g: Any, out: Any, x: Any, *, axis: Sequence[int], keepdims: bool) -> Any:
    """``mean``: the share of each entry."""
    return summed(i, g * (1 / count(x, tuple(axis))), out, x, axis=axis, keepdims=keepdims)


@batched(getitem_)
def read(i: int, g: Any, out: Any, x: Any, *, index: Any) -> Any:
    """``x[index]``: put back where it was read."""
    parts = index if isinstance(index, tuple) else (index,)
    if any(isinstance(part, np.ndarray) for part in parts):
        places = np.arange(np.size(x)).reshape(np.shape(x))[index]
        return put_back(g, places, np.shape(x), may_repeat(index))
    total = np.zeros((len(g), *np.shape(x)), g.dtype)
    total[(slice(None), *parts)] = g
    return total


@batched(gather)
def gathered(i: int, g: Any, out: Any, x: Any, *, places: Any) -> Any:
    """``x.ravel()[places]``; what was read at -1 is dropped."""
    return put_back(g, places, np.shape(x), True)


def put_back(g: Any, places: Any, shape: tuple[int, ...], repeat: bool) -> Any:
    """Cotangents added at flat positions, one set for each along the first axis."""
    total = np.zeros((math.prod(shape) + 1, len(g)), g.dtype)  # one more for position -1
    entries = np.reshape(g, (len(g), -1)).T
    if repeat:
        np.add.at(total, np.ravel(places), entries)
    else:
        total[np.ravel(places)] = entries
    return np.ascontiguousarray(total[:-1].T).reshape((len(g), *shape))


@batched(concatenate_)
def parted(i: int, g: Any, out: Any, *arrays: Any, axis: int) -> Any:
    """``concatenate``: the part of each."""
    start = sum(np.shape(x)[axis] for x in arrays[:i])
    part = slice(start, start + np.shape(arrays[i])[axis])
    return g[(*(slice(None),) * (axis + 1), part)]


@batched(stack_)
def unstacked(i: int, g: Any, out: Any, *arrays: Any, axis: int) -> Any:
    """``stack``: the slice of each."""
    return g[(*(slice(None),) * (axis + 1), i)]


@batched(matmul_)
def multiplied(i: int, g: Any, out: Any, x: Any, y: Any) -> Any:
    """``x @ y``."""
    return by_right(g, x, y) if i else by_left(g, x, y)


def by_left(g: Any, x: Any, y: Any) -> Any:
    """The cotangents of x in x @ y."""
    if np.ndim(y) == 1:
        return g[..., None] * conj(y)
    if np.ndim(x) == 1 and np.ndim(y) > 2:
        return (g[..., None, :] @ np.swapaxes(conj(y), -1, -2))[..., 0, :]
    return g @ np.swapaxes(conj(y), -1, -2)


def by_right(g: Any, x: Any, y: Any) -> Any:
    """The cotangents of y in x @ y."""
    if np.ndim(y) == 1 and np.ndim(x) <= 2:
        return g[:, None] * conj(x) if np.ndim(x) == 1 else g @ conj(x)
    if np.ndim(y) == 1:
        return (np.swapaxes(conj(x), -1, -2) @ g[..., None])[..., 0]
    if np.ndim(x) == 1:
        return conj(x)[:, None] * g[..., None, :]
    return np.swapaxes(conj(x), -1, -2) @ g


@batched(einsum_op)
def contracted(
    i: int, g: Any, out: Any, *xs: Any, terms: Sequence[str], result: str, optimize: Any
) -> Any:
    """``einsum``, with one letter more for the first axis."""
    row = chr(5000)
    xs = (*xs[:i], np.broadcast_to(xs[i], (len(g), *np.shape(xs[i]))), *xs[i + 1 :])
    terms = (*terms[:i], row + terms[i], *terms[i + 1 :])
    return einsum_vjp(i, g, out, *xs, terms=terms, result=row + result, optimize=optimize)
