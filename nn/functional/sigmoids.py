"""Smooth activations that act entry by entry, each one op: sigmoid, tanh, gelu and their kin.

All are finite, and right, for inputs as large as ±1e4, and so are their slopes.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, expected
from .real import real_only
from .rectifiers import positive_part

GELU_SLOPE, GELU_CUBE = math.sqrt(2 / math.pi), 0.044715


@real_only
def _sigmoid(x: Any) -> Any:
    with np.errstate(over="ignore"):  # exp(-x) may be infinite: then the quotient is 0
        out = np.exp(-x)
        out += 1
        return np.divide(1, out, out=_own(out))


def _own(array: Any) -> Any:
    """Where to write what replaces a temporary of one's own: into it, unless it is a number."""
    return array if type(array) is np.ndarray else None


@real_only
def _softplus(x: Any) -> Any:
    out = np.abs(x)
    out = np.negative(out, out=_own(out))
    out = np.exp(out, out=_own(out))
    out = np.log1p(out, out=_own(out))
    out += positive_part(x)
    return out


@real_only
def _softsign(x: Any) -> Any:
    return x / (1 + np.abs(x))


@real_only
def _silu(x: Any) -> Any:
    return x * _sigmoid(x)


def _silu_slope(out: Any, x: Any) -> Any:
    s = sigmoid(x)
    return s + out * (1 - s)


@real_only
def _mish(x: Any) -> Any:
    return x * np.tanh(_softplus(x))


def _mish_slope(out: Any, x: Any) -> Any:
    t = np.tanh(softplus(x))
    return t + x * (1 - t * t) * sigmoid(x)


@lru_cache(maxsize=1)
def _normal_cdf() -> Any:
    """The distribution function of a normal variable: SciPy's, or made of ``math.erfc``.

    The latter is as exact, and slow.
    """
    try:
        from scipy.special import ndtr
    except ImportError:
        return np.frompyfunc(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)), 1, 1)
    return ndtr


def _cdf(x: Any) -> Any:
    cdf, dtype = _normal_cdf()(x), getattr(x, "dtype", float)
    return cdf if getattr(cdf, "dtype", None) == dtype else np.asarray(cdf, dtype)


TAIL_STEP = 0.35
TAIL = (
    0.0489448103,
    -0.202128023,
    0.240653783,
    -0.0170332853,
    0.155965514,
    0.133354256,
    0.140270415,
    -2.73160975e-5,
)
"""Φ(−x) exp(x²/2) for x >= 0 as a polynomial in 1/(1 + 0.35 x), within 4e-7 of itself.

The form is that of Abramowitz and Stegun, 7.1.26; a least-maximum fit, highest power first.
"""


def _gelu(x: Any) -> Any:
    return _gelu_single(x) if type(x) is np.ndarray and x.dtype == np.float32 else x * _cdf(x)


def _gelu_single(x: Any) -> Any:
    """``x Φ(x)`` of single precision: ``max(x, 0) - |x| Φ(-|x|)``."""
    size = np.abs(np.clip(x, -40, 40))  # beyond, the tail is nothing
    step = size * TAIL_STEP
    step += 1
    step = np.divide(1, step, out=_own(step))
    tail = step * TAIL[0]
    for coefficient in TAIL[1:-1]:
        tail += coefficient
        tail *= step
    tail += TAIL[-1]
    tail *= _bell(size)
    tail *= size
    return np.subtract(positive_part(x), tail, out=_own(tail))


def _bell(x: Any) -> Any:
    """``exp(-x²/2)`` of an array."""
    out = x * x
    out *= -0.5
    return np.exp(out, out=_own(out))


def _gelu_slope(out: Any, x: Any) -> Any:
    if type(x) is not np.ndarray:
        return _cdf_op(x) + x * _density(x)
    slope = _bell(x)
    slope *= 1 / math.sqrt(2 * math.pi)
    slope *= x
    slope += np.divide(out, x, out=np.full_like(out, 0.5), where=x != 0)
    return slope


def _density(x: Any) -> Any:
    return np.exp(-0.5 * (x * x)) * (1 / math.sqrt(2 * math.pi))


def _gelu_tanh(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(GELU_SLOPE * (x + GELU_CUBE * x * x * x)))


def _gelu_tanh_slope(out: Any, x: Any) -> Any:
    t = np.tanh(GELU_SLOPE * (x + GELU_CUBE * x * x * x))
    inner = GELU_SLOPE * (1 + 3 * GELU_CUBE * x * x)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner


_sigmoid_op = ag.elementwise(_sigmoid, lambda out, x: out * (1 - out), finite=True)
_softplus_op = ag.elementwise(_softplus, lambda out, x: -np.expm1(-out), finite=True)
_softsign_op = ag.elementwise(_softsign, lambda out, x: np.square(1 / (1 + np.abs(x))), finite=True)
_silu_op = ag.elementwise(_silu, _silu_slope, finite=True)
_mish_op = ag.elementwise(_mish, _mish_slope, finite=True)
_cdf_op = ag.elementwise(_cdf, lambda out, x: _density(x))
_gelu_op = ag.elementwise(_gelu, _gelu_slope, finite=True)
_gelu_tanh_op = ag.elementwise(_gelu_tanh, _gelu_tanh_slope, finite=True)


# what is public


def sigmoid(x: Any) -> Any:
    """``1 / (1 + exp(-x))`` without overflow.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.sigmoid(np.array([-1e4, 0.0, 1e4]))
    array([0. , 0.5, 1. ])
    """
    return _sigmoid_op(x)


def tanh(x: Any) -> Any:
    """The hyperbolic tangent.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.tanh(np.array([0.0]))
    array([0.])
    """
    return np.tanh(x)


def softplus(x: Any) -> Any:
    """``log(1 + exp(x))`` without overflow.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.functional.softplus(np.array([-1e4, 0.0, 1e4])).round(4)
    array([0.000e+00, 6.931e-01, 1.000e+04])
    """
    return _softplus_op(x)


def softsign(x: Any) -> Any:
    """``x / (1 + |x|)``.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.functional.softsign(np.array([-1.0, 3.0]))
    array([-0.5 ,  0.75])
    """
    return _softsign_op(x)


def silu(x: Any) -> Any:
    """``x * sigmoid(x)``, also called swish.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> nn.functional.silu(np.array([-1e4, 0.0, 1e4]))
    array([   -0.,     0., 10000.])
    """
    return _silu_op(x)


def mish(x: Any) -> Any:
    """``x * tanh(softplus(x))``.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    Node or ndarray

    References
    ----------
    Misra, Mish: a self regularized non-monotonic activation function, 2019.

    Examples
    --------
    >>> nn.functional.mish(np.array([0.0, 1e4]))
    array([    0., 10000.])
    """
    return _mish_op(x)


def gelu(x: Any, approximate: str = "none") -> Any:
    """``x Φ(x)`` with the normal distribution function Φ.

    Parameters
    ----------
    x : array_like or Node
    approximate : {"none", "tanh"}
        Exactly, by SciPy where installed (and by Python's ``math.erfc``, slowly, otherwise), in
        float32 by a polynomial that is as exact as that dtype; or
        ``x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))``, which is off by up to 5e-4.

    References
    ----------
    Hendrycks and Gimpel, Gaussian error linear units, 2016.

    Examples
    --------
    >>> nn.functional.gelu(np.array([-1e4, 1.0])).round(4)
    array([-0.    ,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise ArgumentError(
            expected("gelu", "approximate 'none' or 'tanh'", repr(approximate), "Pass one of them.")
        )
    return _gelu_op(x) if approximate == "none" else _gelu_tanh_op(x)
