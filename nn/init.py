"""Initial weights: random, and as large as it takes for signals to keep their size.

Each initialiser is a function of a weight's shape and a generator; a layer takes one by name or as
it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, expected

Array = npt.NDArray[Any]
Initializer = Callable[[tuple[int, int], np.random.Generator], Array]


def he(shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """N(0, 2 / n_in): keeps the variance of pre-activations from layer to layer under ReLU.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator

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
    return rng.normal(0.0, math.sqrt(2.0 / shape[1]), shape)


def glorot(shape: tuple[int, int], rng: np.random.Generator) -> Array:
    """N(0, 2 / (n_in + n_out)): keeps signals, forward and backward, about as large; for tanh.

    Parameters
    ----------
    shape : (n_out, n_in)
    rng : numpy.random.Generator

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
    return rng.normal(0.0, math.sqrt(2.0 / sum(shape)), shape)


INITIALIZERS: dict[str, Initializer] = {"he": he, "glorot": glorot}
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
