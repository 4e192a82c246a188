"""Measures of how good outputs are, for people to read: nothing here is differentiated.

A new one is a function of outputs and targets in a file here and a name in ``METRICS``.
"""

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentError, expected
from .classes import (
    accuracy,
    binary_accuracy,
    confusion_matrix,
    f1,
    precision,
    recall,
    top_k_accuracy,
)
from .numbers import mean_absolute_error, mean_squared_error, r2
from .outputs import value_of

Metric = Callable[[Any, Any], float]

METRICS: dict[str, Metric] = {
    metric.__name__: metric
    for metric in (
        accuracy,
        binary_accuracy,
        top_k_accuracy,
        precision,
        recall,
        f1,
        mean_squared_error,
        mean_absolute_error,
        r2,
    )
}
"""The metrics ``fit`` knows by name."""

AVERAGES: tuple[Metric, ...] = (
    accuracy,
    binary_accuracy,
    top_k_accuracy,
    mean_squared_error,
    mean_absolute_error,
)
"""Those of all data are the averages over batches; others need all outputs at once."""


def is_average(measure: Metric) -> bool:
    """Whether the metric of all data is the average over batches.

    Parameters
    ----------
    measure : callable

    Returns
    -------
    bool

    Examples
    --------
    >>> nn.metrics.is_average(nn.accuracy), nn.metrics.is_average(nn.f1)
    (True, False)
    """
    return any(measure is known for known in AVERAGES)


def metric(name: str | Metric) -> tuple[str, Metric]:
    """A metric and its name, given either.

    Parameters
    ----------
    name : str or callable
        Of outputs and targets.

    Returns
    -------
    name : str
    function : callable

    Examples
    --------
    >>> nn.metrics.metric("accuracy") == nn.metrics.metric(nn.accuracy)
    True
    """
    if callable(name):
        return getattr(name, "__name__", type(name).__name__), name
    if name not in METRICS:
        known = ", ".join(map(repr, METRICS))
        cure = "Choose one of them, or pass a function of (output, target)."
        raise ArgumentError(expected("metrics", f"some of {known}", repr(name), cure))
    return name, METRICS[name]


__all__ = [
    "AVERAGES",
    "METRICS",
    "accuracy",
    "binary_accuracy",
    "confusion_matrix",
    "f1",
    "is_average",
    "mean_absolute_error",
    "mean_squared_error",
    "metric",
    "precision",
    "r2",
    "recall",
    "top_k_accuracy",
    "value_of",
]
