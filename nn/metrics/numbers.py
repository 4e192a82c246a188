"""How far predicted numbers are from true ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from .outputs import same_shape


def mean_squared_error(output: Any, target: Any) -> float:
    """The mean of the squared differences, over all entries.

    Parameters
    ----------
    output : array_like or Node
    target : array_like, of the shape of ``output``

    Examples
    --------
    >>> nn.mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    2.0
    """
    guess, true = same_shape("mean_squared_error", output, target)
    return float(np.mean(np.square(guess - true)))


def mean_absolute_error(output: Any, target: Any) -> float:
    """The mean of the absolute differences, over all entries.

    Parameters
    ----------
    output : array_like or Node
    target : array_like, of the shape of ``output``

    Examples
    --------
    >>> nn.mean_absolute_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    1.0
    """
    guess, true = same_shape("mean_absolute_error", output, target)
    return float(np.mean(np.abs(guess - true)))


def r2(output: Any, target: Any) -> float:
    """The coefficient of determination R²: 1 − Σ(y − f)² / Σ(y − ȳ)², the mean over columns.

    Parameters
    ----------
    output : array_like or Node, shape (n,) or (n, columns)
    target : array_like, of the shape of ``output``

    Returns
    -------
    float
        1 at best. A column whose targets are all alike counts 1 if it is met exactly, else 0.

    Examples
    --------
    >>> nn.r2(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.0, 3.0]))
    0.5
    """
    guess, true = (a.reshape(len(a), -1).astype(float) for a in same_shape("r2", output, target))
    missed = np.sum(np.square(true - guess), axis=0)
    spread = np.sum(np.square(true - true.mean(axis=0)), axis=0)
    scores = np.where(spread > 0, 1 - missed / np.where(spread > 0, spread, 1), missed == 0)
    return float(np.mean(scores))
