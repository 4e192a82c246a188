"""Seeds: what may be one, and the generator it makes. Initial weights are in ``init.py``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import ArgumentError, expected


def generator(seed: Any) -> np.random.Generator:
    """A source of random numbers; NumPy's own ends the process on a list that holds itself."""
    if hasattr(seed, "__len__") and not is_whole(seed):
        cure = "Pass for instance seed=0."
        wanted = "a whole number, several, or a Generator"
        raise ArgumentError(expected("seed", wanted, type(seed).__name__, cure))
    return np.random.default_rng(seed)


def is_whole(seed: Any) -> bool:
    """Whether it is a sequence of whole numbers."""
    if isinstance(seed, np.ndarray):
        return seed.dtype.kind in "iu"
    return isinstance(seed, list | tuple) and all(isinstance(n, int | np.integer) for n in seed)
