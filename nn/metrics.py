"""Measures of how good outputs are, for people to read: nothing here is differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, ShapeError, expected

Array = npt.NDArray[Any]
Metric = Callable[[Any, Any], float]


def accuracy(output: Any, target: Any) -> float:
    """The fraction of samples whose class is the one predicted.

    Parameters
    ----------
    output : array_like or Node, shape (..., classes) or (...)
        Logits or probabilities, of which the largest counts, or predicted classes.
    target : array_like of int, shape (...)

    Examples
    --------
    >>> nn.accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    return float(np.mean(predicted(output, np.asarray(target)) == np.asarray(target)))


def predicted(output: Any, target: Array) -> Array:
    """The classes that outputs stand for."""
    scores = np.asarray(getattr(output, "value", output))
    if scores.ndim == target.ndim + 1:
        scores = scores.argmax(axis=-1)
    if scores.shape != target.shape or target.dtype.kind not in "iu":
        got = f"outputs {np.shape(output)} and {target.dtype} targets {target.shape}"
        cure = "Pass one class index per sample."
        raise ShapeError(
            expected("accuracy", "outputs (..., classes) and integer targets (...)", got, cure)
        )
    return scores


def confusion_matrix(output: Any, target: Any, classes: int | None = None) -> npt.NDArray[np.int64]:
    """How often each class was taken for each.

    Parameters
    ----------
    output : array_like or Node, shape (n, classes) or (n,)
        Logits or probabilities, or predicted classes.
    target : array_like of int, shape (n,)
    classes : int, optional
        How many there are; by default as many columns as ``output`` has, or as many as occur.

    Returns
    -------
    ndarray of int64, shape (classes, classes)
        Rows are true classes, columns predicted ones.

    Examples
    --------
    >>> nn.confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    true = np.asarray(target)
    guess = predicted(output, true)
    columns = np.shape(output)[1] if np.ndim(output) == true.ndim + 1 else 0
    highest = int(max(true.max(initial=-1), guess.max(initial=-1))) + 1
    count = classes if classes is not None else max(columns, highest)
    if highest > count or min(true.min(initial=0), guess.min(initial=0)) < 0:
        wanted = f"classes from 0 to {count - 1}"
        cure = "Pass a larger number of classes, or number them from 0."
        raise ArgumentError(expected("confusion_matrix", wanted, f"up to {highest - 1}", cure))
    flat = np.bincount(true.ravel() * count + guess.ravel(), minlength=count * count)
    return flat.reshape(count, count).astype(np.int64)


METRICS: dict[str, Metric] = {"accuracy": accuracy}
"""The metrics ``fit`` knows by name."""


def metric(name: str | Metric) -> tuple[str, Metric]:
    """A metric and its name, given either."""
    if callable(name):
        return getattr(name, "__name__", type(name).__name__), name
    if name not in METRICS:
        known = ", ".join(map(repr, METRICS))
        cure = "Choose one of them, or pass a function of (output, target)."
        raise ArgumentError(expected("metrics", f"some of {known}", repr(name), cure))
    return name, METRICS[name]
