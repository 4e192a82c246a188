"""Whole matrices of derivatives: jacobian, hessian, and hvp, which needs no matrix.

Rows come from reverse sweeps and columns from forward sweeps over one recording; gradients and
single directions are in ``transforms.py``.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .batching import pull_basis
from .broadcasting import conform, zeros_like
from .errors import ArgumentError, ArgumentTypeError, describe, expected
from .node import Node, value_of
from .recording import Recording, pick, positions
from .transforms import Function, grad, jvp
from .tree import flatten


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
    if np.asarray(value).dtype.kind not in "fcbiu":
        cure = "Return arrays or numbers."
        raise ArgumentTypeError(
            expected(f"jacobian of {run.name}", "an array", describe(value), cure)
        )
    if not isinstance(out, Node) or not out.requires_grad:
        return [np.zeros(np.shape(value) + leaf.shape, leaf.dtype)[()] for leaf in run.leaves]
    wanted = sum(leaf.size for leaf in run.leaves)
    holomorphic = np.iscomplexobj(value)
    if mode == "reverse" and holomorphic:
        cure = "Use mode='forward', or differentiate the real and imaginary parts."
        raise ArgumentTypeError(
            expected("jacobian in reverse mode", "a real result", describe(value), cure)
        )
    real_of_complex = not holomorphic and any(np.iscomplexobj(leaf.value) for leaf in run.leaves)
    fewer = wanted < out.size and not real_of_complex
    return (
        columns(run, out)
        if mode == "forward" or holomorphic or (mode == "auto" and fewer)
        else rows(run, out)
    )


def rows(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by one reverse sweep of many cotangents, or one per entry of the result."""
    found = run.graph([out])
    eye = np.eye(out.size, dtype=out.dtype).reshape((out.size, *out.shape))
    together = pull_basis(run, out, found, eye)
    if together is not None:
        return [
            np.reshape(c, out.shape + leaf.shape)
            for c, leaf in zip(together, run.leaves, strict=True)
        ]
    swept = [run.pull([out], [seed], found) for seed in basis(out)]
    return [
        arranged([s[i] for s in swept], 0, out, leaf, (len(swept), *leaf.shape))
        for i, leaf in enumerate(run.leaves)
    ]


def columns(run: Recording, out: Node) -> list[Any]:
    """The Jacobian by forward sweeps, one per entry of the arguments."""
    found = run.graph([out])
    still = [zeros_like(leaf.value) for leaf in run.leaves]
    blocks = []
    for i, leaf in enumerate(run.leaves):
        pushed = [run.push([*still[:i], t, *still[i + 1 :]], [out], found)[0] for t in basis(leaf)]
        blocks.append(arranged(pushed, -1, out, leaf, (*out.shape, leaf.size)))
    return blocks


def arranged(parts: list[Any], axis: int, out: Node, leaf: Node, shape: tuple[int, ...]) -> Any:
    """Rows or columns put together as an array of shape ``out.shape + leaf.shape``."""
    if out.shape == () and leaf.shape == ():
        return parts[0]
    stacked = np.stack(parts, axis=axis) if parts else np.zeros(shape, leaf.dtype)
    if stacked.dtype != leaf.dtype and stacked.dtype.kind == leaf.dtype.kind:
        stacked = stacked.astype(leaf.dtype)
    return np.reshape(stacked, out.shape + leaf.shape)


def basis(node: Node) -> list[Any]:
    """One array of the node's shape for each entry, 1 there and 0 elsewhere."""
    if type(node.value) in (float, complex):
        return [conform(1.0, node.value)]
    eye = np.eye(node.size, dtype=node.dtype)
    return [row.reshape(node.shape)[()] for row in eye]


def hessian(f: Function, argnums: int = 0) -> Function:
    """A function that returns the second derivatives of a scalar ``f``: the gradient's Jacobian.

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
