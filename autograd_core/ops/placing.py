"""Reads and writes by flat places, for arrays of other libraries, many of which cannot be written.

Every write is a read of its parts in another order, repeated places are added in pairs. The places
themselves are NumPy's integers. NumPy's own arrays are written to: ``gathering.py``,
``indexing.py``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import as_kin, kin


def read(flat: Any, places: Any) -> Any:
    """``flat[places]``, zero where a place is -1."""
    if np.any(places < 0):
        places = np.where(places < 0, np.shape(flat)[0], places)
        flat = np.concatenate([flat, np.zeros(1, flat.dtype, like=kin(flat))])
    return np.reshape(flat[np.reshape(places, (-1,))], np.shape(places))


def is_involved(index: Any) -> bool:
    """Whether an index has NumPy's arrays other than a single one of integers along an axis."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [p for p in parts if isinstance(p, np.ndarray)]
    return len(arrays) > 1 or any(a.ndim > 1 or a.dtype.kind == "b" for a in arrays)


def added_up(flat: Any, places: Any, size: int) -> Any:
    """Zeros of a size with the entries of ``flat`` added at their places, those at -1 left out."""
    if np.any(places < 0) or np.bincount(places, minlength=1).max() > 1:
        order = np.argsort(places, kind="stable")
        order = order[np.searchsorted(places[order], 0) :]
        flat, places = read(flat, order), places[order]
    new = np.diff(places, prepend=-1) != 0
    while not new.all():
        count = np.arange(places.size)
        turn = count - np.maximum.accumulate(np.where(new, count, 0))
        first = np.flatnonzero(turn % 2 == 0)
        partner = np.where(np.append(new, True)[first + 1], -1, first + 1)
        flat, places = read(flat, first) + read(flat, partner), places[first]
        new = new[first]
    where = np.full(size, -1)
    where[places] = np.arange(places.size)
    return read(flat, where)


def scattered(parts: Sequence[Any], indices: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Zeros of a shape with parts added at their indices."""
    if len(parts) == 1:
        padded = surrounded(parts[0], indices[0], shape)
        if padded is not None:
            return padded
    dtype = np.result_type(*parts)
    numbers = np.reshape(np.arange(math.prod(shape)), shape)
    places = [numbers[index] for index in indices]
    flat = [
        np.reshape(np.broadcast_to(as_kin(part, *parts), np.shape(p)), (-1,)).astype(dtype)
        for part, p in zip(parts, places, strict=True)
    ]
    where = np.concatenate([np.ravel(p) for p in places])
    return np.reshape(added_up(np.concatenate(flat), where, math.prod(shape)), shape)


def surrounded(part: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """``scattered`` for an index of integers and slices without steps: zeros put around."""
    index = index if isinstance(index, tuple) else (index,)
    given = [i for i in index if i is not None and i is not Ellipsis]
    if not all(isinstance(i, int | np.integer | slice) and not isinstance(i, bool) for i in given):
        return None
    spare = (slice(None),) * (len(shape) - len(given))
    at = next((k for k, i in enumerate(index) if i is Ellipsis), len(index))
    full = [i for i in (*index[:at], *spare, *index[at + 1 :]) if i is not None]
    ranges = [
        range(n)[i] if isinstance(i, slice) else range(i % n, i % n + 1)
        for i, n in zip(full, shape, strict=True)
    ]
    if any(r.step != 1 for r in ranges):
        return None
    widths = [
        (r.start, n - r.stop) if len(r) else (0, n) for r, n in zip(ranges, shape, strict=True)
    ]
    return np.pad(np.reshape(part, [len(r) for r in ranges]), widths)


def rewritten(base: Any, parts: Sequence[Any], indices: Sequence[Any], dtype: Any) -> Any:
    """A copy of ``base`` with parts written into it one after the other."""
    size = math.prod(np.shape(base))
    places = np.reshape(np.arange(size), np.shape(base))
    flat = [np.reshape(as_kin(base, *parts), (-1,)).astype(dtype)]
    for part, index in zip(parts, indices, strict=True):
        target = places[index]
        places[index] = size + np.reshape(np.arange(np.size(target)), np.shape(target))
        size += np.size(target)
        spread = np.broadcast_to(as_kin(part, base, *parts), np.shape(target))
        flat.append(np.reshape(spread, (-1,)).astype(dtype))
    return read(np.concatenate(flat), places)
