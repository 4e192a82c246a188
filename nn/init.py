"""Initial weights: random, and as large as it takes for signals to keep their size.

Each initialiser is a function of a weight's shape (n_out, n_in) and a generator; a layer takes one
by name or as it is. To give one options, fill them in: ``partial(nn.init.normal, std=0.1)``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, ShapeError, expected
from .functional import ACTIVATIONS

__all__ = [
    "INITIALIZERS",
    "constant",
    "gain",
    "glorot",
    "glorot_in",
    "glorot_uniform",
    "he",
    "he_uniform",
    "lecun",
    "lecun_uniform",
    "normal",
    "orthogonal",
    "uniform",
    "zeros",
]

Array = npt.NDArray[Any]
Initializer = Callable[[tuple[int, int], np.random.Generator], Array]
ROOT2 = math.sqrt(2.0)


def he(shape: tuple[int, int], rng: np.random.Generator, gain: float = ROOT2) -> Array:
    """N(0, 2 / n_in): keeps the variance of pre-activations from layer to layer under ReLU.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        The deviation is ``gain / sqrt(n_in)``; see ``nn.init.gain``.

    Returns
    -------
    ndarray of float64

    References
    ----------
    He et al., Delving Deep into Rectifiers, 2015, equation 10.

    Examples
    --------
    >>> W = nn.init.he((200, 50), np.random.default_rng(0))
    >>> round(float(W.var() * 50), 1)
    2.0
    """
    return _normal(shape, rng, gain / math.sqrt(_fans(shape)[1]))


def he_uniform(shape: tuple[int, int], rng: np.random.Generator, gain: float = ROOT2) -> Array:
    """``he``'s variance, uniform: between ±√(6 / n_in).

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        As for ``he``.

    Examples
    --------
    >>> W = nn.init.he_uniform((200, 6), np.random.default_rng(0))
    >>> bool(0.99 < W.max() <= 1)
    True
    """
    return _uniform(shape, rng, gain / math.sqrt(_fans(shape)[1]))


def glorot(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0) -> Array:
    """N(0, 2 / (n_in + n_out)): keeps signals, forward and backward, about as large; for tanh.

    Its simpler form, N(0, 1 / n_in), which looks at the forward direction only, is ``glorot_in``.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        Multiplies the deviation; see ``nn.init.gain``.

    Returns
    -------
    ndarray of float64

    References
    ----------
    Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks,
    2010, equation 12.

    Examples
    --------
    >>> W = nn.init.glorot((100, 100), np.random.default_rng(0))
    >>> round(float(W.var() * 100), 1)
    1.0
    """
    return _normal(shape, rng, gain * math.sqrt(2.0 / sum(_fans(shape))))


def glorot_uniform(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0) -> Array:
    """``glorot``'s variance, uniform: between ±√(6 / (n_in + n_out)).

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        Multiplies the deviation.

    Examples
    --------
    >>> W = nn.init.glorot_uniform((200, 100), np.random.default_rng(0))
    >>> bool(abs(W).max() <= np.sqrt(6 / 300))
    True
    """
    return _uniform(shape, rng, gain * math.sqrt(2.0 / sum(_fans(shape))))


def lecun(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0) -> Array:
    """N(0, 1 / n_in): pre-activations as large as inputs; for selu. Also known as ``glorot_in``.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        The deviation is ``gain / sqrt(n_in)``.

    References
    ----------
    LeCun et al., Efficient BackProp, 1998, section 4.6.

    Examples
    --------
    >>> W = nn.init.lecun((200, 50), np.random.default_rng(0))
    >>> round(float(W.var() * 50), 1)
    1.0
    """
    return _normal(shape, rng, gain / math.sqrt(_fans(shape)[1]))


glorot_in = lecun


def lecun_uniform(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0) -> Array:
    """``lecun``'s variance, uniform: between ±√(3 / n_in).

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        Multiplies the deviation.

    Examples
    --------
    >>> W = nn.init.lecun_uniform((200, 3), np.random.default_rng(0))
    >>> bool(0.99 < W.max() <= 1)
    True
    """
    return _uniform(shape, rng, gain / math.sqrt(_fans(shape)[1]))


def orthogonal(shape: tuple[int, int], rng: np.random.Generator, gain: float = 1.0) -> Array:
    """A random matrix whose rows (or columns, if there are fewer) are orthonormal, times ``gain``.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    gain : float
        Multiplies the matrix.

    References
    ----------
    Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of learning in deep
    linear neural networks, 2014.

    Examples
    --------
    >>> W = nn.init.orthogonal((2, 3), np.random.default_rng(0))
    >>> bool(np.allclose(W @ W.T, np.eye(2)))
    True
    """
    _fans(shape)
    tall = _generator(rng).normal(size=(max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)  # every orthogonal matrix equally likely
    return gain * (q if q.shape == tuple(shape) else q.T)


def normal(shape: tuple[int, int], rng: np.random.Generator, std: float = 0.01) -> Array:
    """N(0, std²), whatever the shape.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    std : float

    Examples
    --------
    >>> from functools import partial
    >>> layer = nn.Linear(100, 100, init=partial(nn.init.normal, std=0.1), seed=0)
    >>> print(f"{layer.weight.value.std():.2f}")
    0.10
    """
    return _normal(shape, rng, std)


def uniform(shape: tuple[int, int], rng: np.random.Generator, bound: float = 0.05) -> Array:
    """Uniform between ±bound, whatever the shape.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
    bound : float

    Examples
    --------
    >>> W = nn.init.uniform((10, 10), np.random.default_rng(0), bound=0.5)
    >>> bool(abs(W).max() <= 0.5)
    True
    """
    return _generator(rng).uniform(-bound, bound, _fans(shape))


def constant(shape: tuple[int, int], rng: np.random.Generator, value: float = 1.0) -> Array:
    """All weights alike: units that start alike stay alike.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
        Not used.
    value : float

    Examples
    --------
    >>> nn.init.constant((1, 2), np.random.default_rng(0), value=0.5)
    array([[0.5, 0.5]])
    """
    return np.full(shape, value, float)


def zeros(shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """All weights zero: for a last layer, or to show that nothing is learned.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator
        Not used.

    Examples
    --------
    >>> nn.init.zeros((1, 2), np.random.default_rng(0))
    array([[0., 0.]])
    """
    return np.zeros(shape)


def _fans(shape: Any) -> tuple[int, int]:
    """The shape of a weight, checked."""
    good = isinstance(shape, tuple | list) and len(shape) == 2
    if not good or not all(isinstance(n, int | np.integer) and n > 0 for n in shape):
        cure = "Pass for instance (10, 784)."
        raise ShapeError(expected("nn.init", "a shape (n_out, n_in)", repr(shape), cure))
    return shape[0], shape[1]


def _generator(rng: Any) -> np.random.Generator:
    """A source of random numbers, checked."""
    if not isinstance(rng, np.random.Generator):
        cure = "Pass np.random.default_rng(0)."
        raise ArgumentError(expected("nn.init", "rng, a Generator", type(rng).__name__, cure))
    return rng


def _normal(shape: tuple[int, int], rng: np.random.Generator, deviation: float) -> Array:
    """N(0, deviation²)."""
    return _generator(rng).normal(0.0, deviation, _fans(shape))


def _uniform(shape: tuple[int, int], rng: np.random.Generator, deviation: float) -> Array:
    """Uniform numbers of mean 0 and this deviation."""
    bound = math.sqrt(3.0) * deviation
    return _generator(rng).uniform(-bound, bound, _fans(shape))


INITIALIZERS: dict[str, Initializer] = {
    "he": he,
    "he_uniform": he_uniform,
    "glorot": glorot,
    "glorot_in": glorot_in,
    "glorot_uniform": glorot_uniform,
    "lecun": lecun,
    "lecun_uniform": lecun_uniform,
    "orthogonal": orthogonal,
    "normal": normal,
    "uniform": uniform,
    "constant": constant,
    "zeros": zeros,
}
"""The initialisers known by name."""


def initializer(init: str | Initializer) -> Initializer:
    """The function that ``init`` names, or ``init`` itself."""
    if callable(init):
        return init
    if init not in INITIALIZERS:
        known = ", ".join(map(repr, INITIALIZERS))
        cure = "Choose one of them, or pass a function of (shape, rng)."
        raise ArgumentError(expected("init", f"one of {known}", repr(init), cure))
    return INITIALIZERS[init]


RECTIFIERS = {"relu", "leaky_relu", "prelu", "elu", "gelu", "silu", "mish", "softplus"}
"""Activations that let about half of their inputs through."""


def initializer_for(activation: str) -> str:
    """The initialiser that suits an activation: he, lecun or glorot."""
    if activation == "selu":
        return "lecun"
    return "he" if activation in RECTIFIERS else "glorot"


def gain(activation: str | Callable[[Array], Any]) -> float:
    """How much larger weights have to be for an activation to keep the size of signals.

    Parameters
    ----------
    activation : str or callable
        A name in ``nn.functional.ACTIVATIONS``, or a function of an array that acts entry by entry.

    Returns
    -------
    float
        ``1 / sqrt(E[φ(z)²])`` for z ~ N(0, 1): weights of deviation ``gain / sqrt(n_in)`` then keep
        the mean square of pre-activations from layer to layer. For relu that is √2, as in ``he``.

    Examples
    --------
    >>> print(f"{nn.init.gain('relu'):.4f} {nn.init.gain('tanh'):.4f} {nn.init.gain('selu'):.4f}")
    1.4142 1.5925 1.0000
    """
    function = ACTIVATIONS.get(activation) if isinstance(activation, str) else activation
    if function is None or activation in ("softmax", "log_softmax", "prelu"):
        known = ", ".join(map(repr, ACTIVATIONS))
        cure = "Choose one that acts entry by entry, or pass a function."
        raise ArgumentError(expected("gain", f"one of {known}", repr(activation), cure))
    z = np.linspace(-12.0, 12.0, 24001)  # zero, where kinks are, is a node of the quadrature
    square = np.square(function(z)) * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return 1.0 / math.sqrt(float(np.trapezoid(square, z)))
