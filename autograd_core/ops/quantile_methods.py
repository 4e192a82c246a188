"""NumPy's thirteen methods for quantiles: at which place among ``n`` sorted entries each reads.

The functions that read there are in ``quantiles.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

CONTINUOUS = {
    "interpolated_inverted_cdf": (0, 1),
    "hazen": (0.5, 0.5),
    "weibull": (0, 0),
    "median_unbiased": (1 / 3.0, 1 / 3.0),
    "normal_unbiased": (3 / 8.0, 3 / 8.0),
}
"""Methods whose place among ``n`` entries moves with ``q``: Hyndman and Fan's alpha and beta.

``linear`` is another, with alpha and beta 1; its place is computed as ``(n - 1) q``.
Hyndman, Fan: Sample Quantiles in Statistical Packages, The American Statistician 50, 1996.
"""


def step_up(index: Any, stays: Any) -> Any:
    """The whole place at or after ``index``: at where ``stays``, else the next."""
    low = np.floor(index)
    return np.where(stays(index - low, low), low, low + 1)


DISCRETE: dict[str, Callable[..., Any]] = {
    "inverted_cdf": lambda n, q: step_up(n * q - 1, lambda rest, low: rest == 0),
    "closest_observation": lambda n, q: step_up(
        n * q - 1 - 0.5, lambda rest, low: (rest == 0) & (low % 2 == 1)
    ),
    "lower": lambda n, q: np.floor((n - 1) * q),
    "higher": lambda n, q: np.ceil((n - 1) * q),
    "nearest": lambda n, q: np.around((n - 1) * q),
}
"""Methods that answer with an entry: its place."""

HALVING: dict[str, Callable[..., Any]] = {
    "averaged_inverted_cdf": lambda n, q: (
        n * q - 1,
        np.where((n * q - 1) % 1 == 0, 0.5, 1.0),
    ),
    "midpoint": lambda n, q: (
        (n - 1) * q,
        np.where((n - 1) * q % 1 == 0, 0.0, 0.5),
    ),
}
"""Methods that answer with an entry or the middle of two: the place, and the share of the next."""
