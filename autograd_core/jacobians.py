"""Whole matrices of derivatives: jacobian, hessian, and hvp, which needs no matrix.

One reverse sweep over a recording carries the cotangents of all rows, or one forward sweep the
tangents of all columns, as `vmap` carries examples (``batching/batched.py``). Gradients and single
directions are in ``transforms.py``.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .arrays import as_kin, kin
from .batching.batched import Batched, Level, closed, opened
from .broadcasting import conform, zeros_like
from .errors import ArgumentError, ArgumentTypeError, describe, expected
from .node import Node, dtype_of, live, size_of, value_of
from .recording import Recording, pick, positions
from .transforms import Function, grad, jvp
from .tree import flatten

CHUNK = 2**19
"""How many entries the derivatives of one node may have together: they should stay in the cache."""


def jacobian(f: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """A function that returns the derivative of every entry of the result by every argument entry.

    Parameters
    ----------
    f : callable
        Returns an array.
    argnums : int or sequence of int
        Arguments to differentiate; several (or a container) give one Jacobian each, in the same
        structure.
    mode : {"auto", "reverse", "forward"}
        Sweeps per entry of the result, or of the arguments; "auto" takes the fewer.

    Returns
    -------
    callable
        Result of shape ``f(x).shape + x.shape``.

    Examples
    --------
    >>> jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    if mode not in ("auto", "reverse", "forward"):
        raise ArgumentError(
            expected("jacobian: mode", "'auto', 'reverse' or 'forward'", repr(mode), "Choose one.")
        )

    @functools.wraps(f)
    def differentiated(*args: Any, **keywords: Any) -> Any:
        run = Recording(f, args, positions(argnums, args, "jacobian"), keywords)
        outs, rebuild = flatten(run.out)
        blocks = [pick(argnums, run.like_arguments(jacobian_of(run, out, mode))) for out in outs]
        return rebuild(blocks)

    return differentiated


def jacobian_of(run: Recording, out: Any, mode: str) -> list[Any]:
    """The Jacobian of one result, a block for each leaf."""
    value = value_of(out)
    if dtype_of(value).kind not in "fcbiu":
        cure = "Return arrays or numbers."
        raise ArgumentTypeError(
            expected(f"jacobian of {run.name}", "an array", describe(value), cure)
        )
    if not live(out) or 0 in np.shape(value):
        return [zeros(run, value, leaf) for leaf in run.leaves]
    (node,) = run.results([out])
    holomorphic = np.iscomplexobj(node.value)
    if mode == "reverse" and holomorphic:
        cure = "Use mode='forward', or differentiate the real and imaginary parts."
        raise ArgumentTypeError(
            expected("jacobian in reverse mode", "a real result", describe(value), cure)
        )
    real_of_complex = not holomorphic and any(np.iscomplexobj(leaf.value) for leaf in run.leaves)
    fewer = sum(leaf.size for leaf in run.leaves) < node.size and not real_of_complex
    forward = mode == "forward" or holomorphic or (mode == "auto" and fewer)
    return separate((columns if forward else rows)(run, node))


def zeros(run: Recording, value: Any, leaf: Node) -> Any:
    """The Jacobian of what does not depend on a leaf, or has no entries."""
    return np.zeros(np.shape(value) + one_shape(run, leaf), leaf.dtype, like=kin(leaf))[()]


def rows(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by a reverse sweep of a cotangent for each entry of the result."""
    found = run.graph([out])

    def sweep(seed: Any) -> list[Any]:
        return run.pull([out], [seed], found)

    swept = many(run, out, sweep, found.order)
    return [arranged(run, c, 0, out, leaf) for c, leaf in zip(swept, run.leaves, strict=True)]


def columns(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by forward sweeps of a tangent for each entry of an argument."""
    found = run.graph([out])
    still = [zeros_like(leaf.value) for leaf in run.leaves]
    blocks = []
    for i, leaf in enumerate(run.leaves):
        if not leaf.size:
            blocks.append(zeros(run, np.empty(one_shape(run, out)), leaf))
            continue

        def sweep(t: Any, i: int = i) -> list[Any]:
            return run.push([*still[:i], t, *still[i + 1 :]], [out], found)

        (swept,) = many(run, leaf, sweep, found.order)
        blocks.append(arranged(run, swept, -1, out, leaf))
    return blocks


def many(
    run: Recording, node: Node, sweep: Callable[[Any], list[Any]], order: list[Node]
) -> list[Any]:
    """What a sweep answers for a basis of ``node``'s derivatives, along a new first axis.

    All are swept at once, as the examples that `vmap` maps over; in parts where they are large.
    """
    if type(node.value) in (float, complex):
        return sweep(conform(1.0, node.value))
    vectors = basis(run, node)
    if len(vectors) == 1:
        return [np.reshape(c, (1, *np.shape(value_of(c)))) for c in sweep(vectors[0])]
    size = max(1, CHUNK // max(1, *(size_of(other.value) for other in [*order, *run.leaves])))
    blocks = [at_once(sweep, vectors[i : i + size]) for i in range(0, len(vectors), size)]
    return blocks[0] if len(blocks) == 1 else [np.concatenate(c) for c in zip(*blocks, strict=True)]


def at_once(sweep: Callable[[Any], list[Any]], vectors: Any) -> list[Any]:
    """What a sweep answers for each of some vectors."""
    level = Level(len(vectors))
    try:
        swept = sweep(Batched(vectors, level))
    finally:
        level.open = False
    return [opened(c, [level]) for c in swept]


def basis(run: Recording, node: Node) -> Any:
    """One array of the node's shape for each entry of one example, 1 there and 0 elsewhere."""
    shape = one_shape(run, node)
    lead = node.shape[: len(run.levels)]
    eye = np.eye(math.prod(shape), dtype=node.dtype).reshape((-1, *(1,) * len(lead), *shape))
    eye = as_kin(eye, node)
    return np.broadcast_to(eye, (len(eye), *node.shape)) if lead else eye


def one_shape(run: Recording, node: Node) -> tuple[int, ...]:
    """The shape of one example of an opened node."""
    return tuple(node.shape[len(run.levels) :])


def arranged(run: Recording, swept: Any, axis: int, out: Node, leaf: Node) -> Any:
    """Rows or columns as an array of shape ``out.shape + leaf.shape``, of one example."""
    if type((out if axis == 0 else leaf).value) in (float, complex):
        return swept  # there was one, without an axis of its own
    if out.shape == () and leaf.shape == ():
        swept = swept[0]
        return conform(swept, leaf.value) if type(leaf.value) is float else swept
    if swept.dtype != leaf.dtype and swept.dtype.kind == leaf.dtype.kind:
        swept = swept.astype(leaf.dtype)
    place = len(run.levels) if axis == 0 else axis
    block = closed(np.moveaxis(swept, 0, place) if place else swept, run.levels)
    return np.reshape(block, one_shape(run, out) + one_shape(run, leaf))


def separate(blocks: list[Any]) -> list[Any]:
    """``blocks`` with every array the caller's own to write into."""
    arrays = [b for b in blocks if type(b) is np.ndarray]
    shared = len(arrays) > 1 or not all(b.flags.writeable for b in arrays)
    return [np.array(b) if shared and type(b) is np.ndarray else b for b in blocks]


def hessian(f: Function, argnums: int = 0) -> Function:
    """A function that returns the second derivatives of a scalar ``f``: the gradient's Jacobian.

    Parameters
    ----------
    f : callable
        Returns one number.
    argnums : int
        The position of the argument, an array or a number.

    Returns
    -------
    callable
        Of the arguments of ``f``; its result has shape ``x.shape + x.shape``.

    Examples
    --------
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Function, argnums: int = 0) -> Function:
    """A function ``(*args, v)`` that returns the Hessian of ``f`` times ``v``.

    It costs a few gradients: the Hessian itself is never formed.

    Parameters
    ----------
    f : callable
        Returns one number.
    argnums : int

    Returns
    -------
    callable
        Its last argument is the vector, with the structure of the argument.

    Examples
    --------
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    gradient = grad(f, argnums)

    @functools.wraps(f)
    def product(*args: Any) -> Any:
        *primals, v = args
        (i,) = positions(argnums, primals, "hvp")
        return jvp(lambda x: gradient(*primals[:i], x, *primals[i + 1 :]), (primals[i],), (v,))[1]

    return product
