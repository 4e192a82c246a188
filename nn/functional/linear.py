"""``x W^T + b``, one op with the rules of backpropagation in matrix form."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..placement import is_foreign
from .sums import column_sums


def _linear(x: Any, W: Any, b: Any = None) -> Any:
    if type(W) is not np.ndarray and is_foreign(x, W):
        out = x @ np.transpose(W)
        return out if b is None else out + b
    out = x.dot(W.T) if 0 < x.ndim < 3 else x @ W.T
    if b is None:
        return out
    if b.dtype is out.dtype:
        out += b
        return out
    return out + b


def _pull_x(g: Any, out: Any, x: Any, W: Any, b: Any = None) -> Any:
    return np.dot(g, W) if g.ndim < 3 else g @ W


def _pull_W(g: Any, out: Any, x: Any, W: Any, b: Any = None) -> Any:
    if type(W) is not np.ndarray and is_foreign(g, W):
        g, x = (np.reshape(a, (-1, a.shape[-1])) for a in (g, x))
        return np.transpose(g) @ x
    if g.ndim != 2:
        g, x = g.reshape(-1, g.shape[-1]), x.reshape(-1, x.shape[-1])
    if type(W) is type(g) is type(x) is np.ndarray and W.flags.fnc and g.dtype is x.dtype:
        return np.matmul(g.T, x, out=np.empty(W.shape, g.dtype, order="F"))
    return np.dot(g.T, x)


def _pull_b(g: Any, out: Any, x: Any, W: Any, b: Any) -> Any:
    if type(g) is np.ndarray:
        return column_sums(g.reshape(-1, g.shape[-1]))
    return np.sum(g, axis=tuple(range(g.ndim - 1)))


def _linear_batch(op: Any, xs: Any, mapped: Any) -> Any:
    """All examples at once; with weights of their own as one product of stacks."""
    if not any(mapped[1:]):
        return op(*xs)
    product = ag.vmap(lambda x, W: x @ W.T, tuple(0 if own else None for own in mapped[:2]))
    out = product(*xs[:2]) if any(mapped[:2]) else op(*xs[:2])
    if len(xs) < 3:
        return out
    add = ag.vmap(np.add, (0 if any(mapped[:2]) else None, 0 if mapped[2] else None))
    return add(out, xs[2])


_linear_op = ag.Primitive(
    _linear,
    [_pull_x, _pull_W, _pull_b],
    [
        lambda t, out, x, W, b=None: linear(t, W),
        lambda t, out, x, W, b=None: linear(x, t),
        lambda t, out, x, W, b: t,
    ],
    batch=_linear_batch,
    name="linear",
    finite=True,
)


def linear(x: Any, W: Any, b: Any = None) -> Any:
    """``x @ W.T + b``: a fully connected layer.

    Parameters
    ----------
    x : array_like or Node, shape (..., n_in)
    W : array_like or Node, shape (n_out, n_in)
    b : array_like or Node, shape (n_out,), optional

    Returns
    -------
    Node or array, shape (..., n_out)

    Notes
    -----
    With δ the gradient of the result: ∇x = δ W, ∇W = δᵀ x, ∇b = Σ δ over the batch, which is the
    matrix form of backpropagation.

    Examples
    --------
    >>> W = ag.Node([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> y = nn.linear(np.array([[1.0, 1.0]]), W, np.array([0.5, 0.5, 0.5]))
    >>> y.value
    array([[ 3.5,  7.5, 11.5]])
    """
    return _linear_op(x, W) if b is None else _linear_op(x, W, b)
