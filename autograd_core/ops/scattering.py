"""Parts added into zeros at their indices, on plain arrays: what the gradients of reads come to.

The op itself, which is linear in the parts, is in ``indexing.py``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import MET, kin
from .placing import scattered


def may_repeat(index: Any) -> bool:
    """Whether an index can name an entry twice: only arrays of integers can."""
    parts = index if isinstance(index, tuple) else (index,)
    return any(
        isinstance(part, np.ndarray) and part.dtype.kind in "iu" and part.size > 1 for part in parts
    )


PLAIN = (np.ndarray, np.generic, float, int, complex)


def added_one_by_one(like: Any, parts: Any, indices: Any, shape: tuple[int, ...]) -> Any:
    """``summed_at`` in a program."""
    dtype, part, index = np.result_type(*parts), parts[0], indices[0]
    if len(parts) == 1 and may_repeat(index) and (places := flat_places(index, shape)) is not None:
        total = np.zeros_like(like, dtype, shape=(math.prod(shape),))
        np.add.at(total, places.reshape(-1), np.reshape(np.broadcast_to(part, places.shape), -1))
        return np.reshape(total, shape)
    total = np.zeros_like(like, dtype, shape=shape)
    for part, index in zip(parts, indices, strict=True):
        if may_repeat(index):
            np.add.at(total, index, part)
        else:
            total[index] = total[index] + part
    return total


def summed_at(*parts: Any, indices: tuple[Any, ...], shape: tuple[int, ...]) -> Any:
    """Zeros of ``shape`` to which each part has been added at its index."""
    foreign = next((p for p in parts if not isinstance(p, PLAIN)), None)
    if MET and kin(*parts) is not None:
        return scattered(parts, indices, shape)
    if foreign is not None:
        return added_one_by_one(foreign, parts, indices, shape)
    total = np.zeros(shape, np.result_type(*parts))
    for part, index in zip(parts, indices, strict=True):
        if may_repeat(index):
            add_repeatedly(total, index, part)
        else:
            total[index] += part
    return total


def add_repeatedly(total: Any, index: Any, part: Any) -> None:
    """Add ``part`` where entries may be named twice; by flat places where they can be told.

    NumPy has a fast loop for one axis only.
    """
    places = flat_places(index, total.shape)
    if places is None:
        np.add.at(total, index, part)
    else:
        spread = np.broadcast_to(part, places.shape)
        np.add.at(total.reshape(-1), places.reshape(-1), spread.reshape(-1))


def flat_places(index: Any, shape: tuple[int, ...]) -> Any:
    """The places, counted through the array, of integers that follow whole axes; None otherwise."""
    parts = list(index) if isinstance(index, tuple) else [index]
    whole = 0
    while whole < len(parts) and isinstance(parts[whole], slice) and parts[whole] == slice(None):
        whole += 1
    named, rest = parts[whole:], shape[len(parts) :]
    if not all(isinstance(p, np.ndarray) and p.dtype.kind in "iu" for p in named):
        return None
    lengths = shape[whole : len(parts)]
    numbers = [p % n for p, n in zip(named, lengths, strict=True)]
    places = np.ravel_multi_index(np.broadcast_arrays(*numbers), lengths)
    inner = math.prod(rest)
    places = np.add.outer(places * inner, np.arange(inner).reshape(rest))
    lead = np.arange(math.prod(shape[:whole])).reshape(shape[:whole])
    return np.add.outer(lead * (math.prod(lengths) * inner), places)
