"""Matrices of a structure, built from their entries: block_diag, toeplitz, circulant, hankel."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...errors import ArgumentError, expected
from ...node import value_of
from ...ops.products import conj
from ...ops.shaping import shape_of
from ..differentiable import has_node, scipys
from ..mapping import mapped


@mapped
def block_diag(*arrs: Any) -> Any:
    """``scipy.linalg.block_diag``: matrices along the diagonal, zeros beside them.

    Parameters
    ----------
    *arrs : array_like or Node
        Matrices, rows or numbers.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy.linalg import block_diag
    >>> block_diag(ag.Node(np.ones((1, 1))), 2.0).value
    array([[1., 0.],
           [0., 2.]])
    """
    if not has_node(arrs):
        return scipy.linalg.block_diag(*arrs)
    blocks = [np.atleast_2d(x if hasattr(x, "dtype") else np.asarray(x)) for x in arrs]
    stack = np.broadcast_shapes(*(shape_of(x)[:-2] for x in blocks))
    kind = np.result_type(*map(value_of, blocks))
    widths = [shape_of(x)[-1] for x in blocks]
    rows = []
    for i, block in enumerate(blocks):
        height = shape_of(block)[-2]
        before, after = (
            np.zeros((*stack, height, sum(part)), kind) for part in (widths[:i], widths[i + 1 :])
        )
        block = np.broadcast_to(block, (*stack, height, widths[i]))
        rows.append(np.concatenate([before, block, after], axis=-1))
    return np.concatenate(rows, axis=-2)


def line(x: Any) -> Any:
    """A first column or row, with an axis at least."""
    return np.atleast_1d(x if hasattr(x, "dtype") else np.asarray(x))


@scipys(scipy.linalg.toeplitz)
def toeplitz(c: Any, r: Any = None) -> Any:
    """``scipy.linalg.toeplitz``: the matrix whose diagonals are constant.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import toeplitz
    >>> ag.grad(lambda c: np.sum(toeplitz(c)))(np.ones(3))
    array([3., 4., 2.])
    """
    c = line(c)
    r = conj(c) if r is None else line(r)
    n, m = shape_of(c)[-1], shape_of(r)[-1]
    entries = np.concatenate([np.flip(c, -1), r[..., 1:]], axis=-1)
    return entries[..., n - 1 - np.arange(n)[:, None] + np.arange(m)]


@scipys(scipy.linalg.circulant)
def circulant(c: Any) -> Any:
    """``scipy.linalg.circulant``: every column is the one before, moved on by one.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import circulant
    >>> ag.grad(lambda c: np.sum(circulant(c)))(np.ones(3))
    array([3., 3., 3.])
    """
    n = shape_of(line(c))[-1]
    return line(c)[..., (np.arange(n)[:, None] - np.arange(n)) % max(n, 1)]


@scipys(scipy.linalg.hankel)
def hankel(c: Any, r: Any = None) -> Any:
    """``scipy.linalg.hankel``: the matrix whose rising diagonals are constant.

    Examples
    --------
    >>> from autograd_core.scipy.linalg import hankel
    >>> ag.grad(lambda c: np.sum(hankel(c)))(np.ones(3))
    array([1., 2., 3.])
    """
    c = line(c)
    r = np.zeros_like(value_of(c)) if r is None else line(r)
    if shape_of(c)[:-1] != shape_of(r)[:-1]:
        cure = "Give both the same leading axes."
        raise ArgumentError(expected("hankel", "stacks alike", (shape_of(c), shape_of(r)), cure))
    n, m = shape_of(c)[-1], shape_of(r)[-1]
    entries = np.concatenate([c, r[..., 1:]], axis=-1)
    return entries[..., np.arange(n)[:, None] + np.arange(m)]
