"""Outputs as the metrics take them: arrays, or Nodes whose derivative does not matter here."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from ..errors import DataError, ShapeError, expected
from ..placement import to_numpy

Array = npt.NDArray[Any]


def value_of(x: Any) -> Array:
    """Outputs as an array.

    Parameters
    ----------
    x : array_like or Node

    Returns
    -------
    ndarray

    Examples
    --------
    >>> nn.metrics.value_of(ag.Node([1.0, 2.0]))
    array([1., 2.])
    """
    array: Array = to_numpy(getattr(x, "value", x))
    return array


def same_shape(what: str, output: Any, target: Any) -> tuple[Array, Array]:
    """Outputs and targets as arrays, which have to be of one shape and not empty."""
    guess, true = value_of(output), value_of(target)
    if guess.shape != true.shape:
        cure = "Reshape the targets, for instance with y[:, None]."
        raise ShapeError(expected(what, f"targets of shape {guess.shape}", str(true.shape), cure))
    if not guess.size or not guess.ndim:
        raise DataError(expected(what, "at least one row", str(guess.shape), "Pass more data."))
    return guess, true
