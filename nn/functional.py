"""The functions that layers compute, each one op with a hand-derived rule in plain NumPy.

They keep no parameters: ``layers/`` does. Functions of outputs and targets are in ``losses.py``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

import autograd_core as ag

SHORT = 4096
"""Entries up to which BLAS sums, with less overhead; beyond, NumPy's pairwise sum is exact."""


@lru_cache(maxsize=64)
def ones(n: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Ones: a product with them is a sum, for small arrays four times as fast as ``np.sum``."""
    array = np.ones(n, dtype)
    array.flags.writeable = False
    return array


@lru_cache(maxsize=64)
def row_starts(size: int, n: int) -> np.ndarray[Any, Any]:
    """Where rows of length n start in a flattened array of this size."""
    array = np.arange(0, size, n)
    array.flags.writeable = False
    return array


def total(x: Any) -> Any:
    """The sum of an array."""
    return (
        x.reshape(-1).dot(ones(x.size, x.dtype)) if x.size <= SHORT else np.add.reduce(x, axis=None)
    )


def row_sums(x: Any) -> Any:
    """Sums along the last axis of an array."""
    return x.dot(ones(x.shape[-1], x.dtype)) if x.shape[-1] <= SHORT else np.add.reduce(x, axis=-1)


def column_sums(x: Any) -> Any:
    """Sums along the first axis of a matrix."""
    return ones(x.shape[0], x.dtype).dot(x) if x.shape[0] <= SHORT else np.add.reduce(x, axis=0)


# linear: x W^T + b


def _linear(x: Any, W: Any, b: Any = None) -> Any:
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
    if g.ndim == 2:
        return np.dot(g.T, x)
    return np.dot(g.reshape(-1, g.shape[-1]).T, x.reshape(-1, x.shape[-1]))


def _pull_b(g: Any, out: Any, x: Any, W: Any, b: Any) -> Any:
    if type(g) is np.ndarray:
        return column_sums(g.reshape(-1, g.shape[-1]))
    return np.sum(g, axis=tuple(range(g.ndim - 1)))


_linear_op = ag.Primitive(
    _linear,
    [_pull_x, _pull_W, _pull_b],
    [
        lambda t, out, x, W, b=None: linear(t, W),
        lambda t, out, x, W, b=None: linear(x, t),
        lambda t, out, x, W, b: t,
    ],
    name="linear",
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


# activations


def _away_from_zero(rng: np.random.Generator) -> Any:
    """Inputs on both sides of the kink of relu, none near it."""
    return (rng.permutation([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5]).reshape(3, 2),), {}


def _relu(x: Any) -> Any:
    return np.maximum(x, 0)


def _sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


_relu_op = ag.elementwise(_relu, lambda out, x: out > 0, selects=True, sample=_away_from_zero)
_sigmoid_op = ag.elementwise(_sigmoid, lambda out, x: out * (1 - out))


def relu(x: Any) -> Any:
    """The positive part, ``max(x, 0)``; its derivative at 0 is 0.

    Examples
    --------
    >>> nn.relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return _relu_op(x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent.

    Examples
    --------
    >>> nn.tanh(np.array([0.0]))
    array([0.])
    """
    return np.tanh(x)


def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(-x))`` without overflow.

    Examples
    --------
    >>> nn.sigmoid(np.array([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    return _sigmoid_op(x)


# softmax


def below_top(x: Any) -> Any:
    """``x`` less its largest entry along the last axis, at most 0: safe to exponentiate.

    It looks the largest up by ``argmax``, which for short rows takes a third of the time of
    ``np.max``.
    """
    places = x.argmax(-1).reshape(-1) + row_starts(x.size, x.shape[-1])
    return x - x.reshape(-1)[places].reshape(*x.shape[:-1], 1)


def softmax_of(x: Any) -> Any:
    """``softmax`` of an array along its last axis."""
    out = np.exp(below_top(x))
    out /= row_sums(out)[..., None]
    return out


def _softmax(x: Any, *, axis: int) -> Any:
    return np.swapaxes(softmax_of(np.swapaxes(x, axis, -1)), axis, -1)


def _log_softmax(x: Any, *, axis: int) -> Any:
    shifted = below_top(np.swapaxes(x, axis, -1))
    return np.swapaxes(shifted - np.log(row_sums(np.exp(shifted)))[..., None], axis, -1)


def _softmax_slope(g: Any, out: Any, x: Any, *, axis: int) -> Any:
    """Cotangent and tangent alike: the Jacobian of softmax is symmetric."""
    return out * (g - np.sum(g * out, axis=axis, keepdims=True))


_softmax_op = ag.Primitive(_softmax, [_softmax_slope], [_softmax_slope], name="softmax")
_log_softmax_op = ag.Primitive(
    _log_softmax,
    [lambda g, out, x, *, axis: g - np.exp(out) * np.sum(g, axis=axis, keepdims=True)],
    [lambda t, out, x, *, axis: t - np.sum(np.exp(out) * t, axis=axis, keepdims=True)],
    name="log_softmax",
)


def softmax(x: Any, axis: int = -1) -> Any:
    """``exp(x) / sum(exp(x))`` along an axis, without overflow.

    Examples
    --------
    >>> nn.softmax(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    """
    return _softmax_op(x, axis=axis)


def log_softmax(x: Any, axis: int = -1) -> Any:
    """The logarithm of ``softmax``, accurate where that underflows.

    Examples
    --------
    >>> nn.log_softmax(np.array([0.0, 1e4]))
    array([-10000.,      0.])
    """
    return _log_softmax_op(x, axis=axis)
