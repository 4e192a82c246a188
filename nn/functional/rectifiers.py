"""Activations with a kink or a bound, each one op: relu and its kin.

At a kink the slope is the one of least magnitude between those of the two sides. Those without are
in ``sigmoids.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""The fixed point of Klambauer et al., Self-normalizing neural networks, 2017."""
SELU_EDGE = SELU_SCALE * SELU_ALPHA


def _on_both_sides(rng: np.random.Generator) -> Any:
    """Inputs around the kinks at 0, ±1 and ±3, none near one."""
    return (rng.permutation([-4.0, -1.6, -0.4, 0.5, 1.7, 3.9]).reshape(3, 2),), {}


def _with_slope(rng: np.random.Generator) -> Any:
    """The same, and slopes of the negative side."""
    return (*_on_both_sides(rng)[0], rng.uniform(0.1, 0.5, size=2)), {}


def _like(x: Any, number: Any) -> Any:
    """A Python number in the dtype of ``x``; anything else as it is."""
    return (
        np.asarray(number, x.dtype)[()] if type(number) is float and hasattr(x, "dtype") else number
    )


def _slopes(x: Any, below: Any, above: float, edge: Any) -> Any:
    """The slopes of the two sides of a kink at 0; at 0 the one of least magnitude between them.

    ``edge`` is what ``below`` tends to at 0, and is on the other side: where it is a number the two
    slopes of an array are chosen by arithmetic, which takes a tenth of the time of ``np.where``.
    """
    if type(x) is np.ndarray and type(below) is not ag.Node and type(edge) is float and edge >= 0:
        slopes = ((x > 0) if edge <= above else (x >= 0)).astype(x.dtype)
        slopes *= above - edge
        slopes += below
        return slopes
    below, above = _like(x, below), _like(x, above)
    slopes = np.where(x > 0, above, below)
    if not np.any(x == 0):
        return slopes
    same_side = np.where(np.minimum(below, above) > 0, np.minimum(below, above), 0 * below)
    return np.where(x == 0, same_side, slopes)


# the ops


def positive_part(x: Any) -> Any:
    """``np.maximum(x, 0)``, for large arrays in a third of its time."""
    return np.clip(x, 0, np.inf) if _long(x) else np.maximum(x, 0)


def _negative_part(x: Any) -> Any:
    return np.clip(x, -np.inf, 0) if _long(x) else np.minimum(x, 0)


def _long(x: Any) -> bool:
    """Whether ``np.clip``, which costs more at first and less by the entry, is the faster."""
    return type(x) is np.ndarray and x.size > 8192 and x.dtype.kind == "f"


def _relu(x: Any) -> Any:
    return positive_part(x)


def _leaky_relu(x: Any, slope: Any) -> Any:
    out = slope * _negative_part(x)
    out += positive_part(x)
    return out


def _elu(x: Any, alpha: Any) -> Any:
    out = alpha * np.expm1(_negative_part(x))
    out += positive_part(x)
    return out


def _selu(x: Any) -> Any:
    out = SELU_ALPHA * np.expm1(_negative_part(x))
    out += positive_part(x)
    out *= SELU_SCALE
    return out


def _below(out: Any, edge: Any) -> Any:
    """The slope of an exponential left of 0 by its value there; ``edge`` on the other side."""
    return _negative_part(out) + edge


def _hard_sigmoid(x: Any) -> Any:
    return np.clip(x / 6 + 0.5, 0, 1)


def _hard_tanh(x: Any) -> Any:
    return np.clip(x, -1, 1)


_relu_op = ag.elementwise(
    _relu, lambda out, x: out > 0, selects=True, finite=True, sample=_on_both_sides
)
_leaky_relu_op = ag.elementwise(
    _leaky_relu,
    lambda out, x, slope: _slopes(x, slope, 1.0, slope),
    lambda out, x, slope: _negative_part(x),
    sample=_with_slope,
)
_elu_op = ag.elementwise(
    _elu,
    lambda out, x, alpha: _slopes(x, _below(out, alpha), 1.0, alpha),
    lambda out, x, alpha: np.expm1(np.minimum(x, 0)),
    sample=_with_slope,
)
_selu_op = ag.elementwise(
    _selu,
    lambda out, x: _slopes(x, _below(out, SELU_EDGE), SELU_SCALE, SELU_EDGE),
    sample=_on_both_sides,
)
_hard_sigmoid_op = ag.elementwise(
    _hard_sigmoid,
    lambda out, x: ((out > 0) & (out < 1)) * _like(x, 1 / 6),
    selects=True,
    sample=_on_both_sides,
)
_hard_tanh_op = ag.elementwise(
    _hard_tanh, lambda out, x: (out > -1) & (out < 1), selects=True, sample=_on_both_sides
)


# what is public


def identity(x: Any) -> Any:
    """``x`` itself.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    array_like or Node

    Examples
    --------
    >>> nn.functional.identity(np.array([-1.0]))
    array([-1.])
    """
    return x


def relu(x: Any) -> Any:
    """The positive part, ``max(x, 0)``; its derivative at 0 is 0.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    return _relu_op(x)


def leaky_relu(x: Any, negative_slope: float = 0.01) -> Any:
    """``x`` where positive, else ``negative_slope * x``.

    Its derivative at 0 is ``negative_slope``, or 0 if that is negative, 1 if it is above 1.

    Parameters
    ----------
    x : array_like or Node
    negative_slope : float

    Examples
    --------
    >>> nn.functional.leaky_relu(np.array([-1.0, 2.0]), 0.25)
    array([-0.25,  2.  ])
    """
    return _leaky_relu_op(x, float(negative_slope))


def prelu(x: Any, slope: Any) -> Any:
    """``leaky_relu`` with a slope that is learned.

    Parameters
    ----------
    x : array_like or Node, shape (..., features)
    slope : array_like or Node, shape (1,) or (features,)

    References
    ----------
    He et al., Delving Deep into Rectifiers, 2015.

    Examples
    --------
    >>> slope = ag.Node(np.array([0.25]))
    >>> np.sum(nn.functional.prelu(np.array([-1.0, 2.0]), slope)).backward()
    >>> slope.grad
    array([-1.])
    """
    return _leaky_relu_op(x, slope)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """``x`` where positive, else ``alpha * (exp(x) - 1)``.

    Parameters
    ----------
    x : array_like or Node
    alpha : float
        Minus what it tends to on the left.

    References
    ----------
    Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential
    linear units, 2016.

    Examples
    --------
    >>> nn.functional.elu(np.array([-1e4, 2.0]))
    array([-1.,  2.])
    """
    return _elu_op(x, float(alpha))


def selu(x: Any) -> Any:
    """``elu`` scaled so that mean 0 and variance 1 reproduce themselves from layer to layer.

    Its derivative at 0 is the scale, 1.0507, the smaller of the two sides'.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    References
    ----------
    Klambauer et al., Self-normalizing neural networks, 2017.

    Examples
    --------
    >>> nn.functional.selu(np.array([-1e4, 1.0])).round(4)
    array([-1.7581,  1.0507])
    """
    return _selu_op(x)


def hard_sigmoid(x: Any) -> Any:
    """``x/6 + 1/2`` cut off at 0 and 1; its derivative at ±3 is 0.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.functional.hard_sigmoid(np.array([-3.0, 0.0, 1.5]))
    array([0.  , 0.5 , 0.75])
    """
    return _hard_sigmoid_op(x)


def hard_tanh(x: Any) -> Any:
    """``x`` cut off at -1 and 1; its derivative there is 0.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.functional.hard_tanh(np.array([-3.0, 0.5]))
    array([-1. ,  0.5])
    """
    return _hard_tanh_op(x)
