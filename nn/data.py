"""Mini-batches: the rows of a data set in random order, a few at a time.

Reading data is in ``datasets/``; this file only deals arrays out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ArgumentError, DataError, expected
from .seeding import generator

Array = npt.NDArray[Any]


def batches(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    batch_size: int,
    seed: int | np.random.Generator = 0,
    *,
    shuffle: bool = True,
) -> Iterator[tuple[Array, Array]]:
    """Every row once, ``batch_size`` at a time; the last batch may be shorter.

    Only the rows of one batch are copied, so that arrays may be larger than memory (``np.memmap``).

    Parameters
    ----------
    X, y : array_like, shapes (n, ...)
    batch_size : int
    seed : int or numpy.random.Generator
        Where the order comes from; pass one generator for another order in each epoch.
    shuffle : bool
        Random order rather than as it is.

    Yields
    ------
    (ndarray, ndarray)
        Rows of X and of y.

    Examples
    --------
    >>> [y.tolist() for X, y in nn.batches(np.zeros((5, 2)), np.arange(5), 2, shuffle=False)]
    [[0, 1], [2, 3], [4]]
    """
    inputs, targets = np.asarray(X), np.asarray(y)
    check_pair("batches", inputs, targets)
    size = whole("batch_size", batch_size)
    order = generator(seed).permutation(len(inputs)) if shuffle else None
    return _dealt(inputs, targets, size, order)


def _dealt(X: Array, y: Array, size: int, order: Any) -> Iterator[tuple[Array, Array]]:
    for start in range(0, len(X), size):
        rows = slice(start, start + size) if order is None else order[start : start + size]
        yield X[rows], y[rows]


def whole(name: str, value: Any) -> int:
    """A positive whole number, checked."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError(
            expected(name, "a positive whole number", repr(value), "Pass for instance 32.")
        )
    return int(value)


def check_pair(what: str, X: Array, y: Array) -> None:
    """Refuse inputs and targets that are no rows of numbers, or differ in length."""
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y) or not len(X):
        got = f"X of shape {X.shape} and y of shape {y.shape}"
        raise DataError(
            expected(
                what, "as many rows of X as of y, at least one", got, "Pass one target per row."
            )
        )
    for name, array in (("X", X), ("y", y)):
        if array.dtype.kind not in "biuf":
            cure = "Convert it with .astype(float), or name classes by whole numbers from 0."
            raise DataError(expected(f"{what}, {name}", "real numbers", str(array.dtype), cure))


def check_finite(what: str, array: Array) -> None:
    """Refuse NaN and infinity, looking at a few rows at a time."""
    if array.dtype.kind != "f":
        return
    step = max(1, 2**20 // max(1, array[:1].size))
    for start in range(0, len(array), step):
        finite = np.isfinite(array[start : start + step])
        if not finite.all():
            place = np.argwhere(~finite)[0]
            value = array[start : start + step][tuple(place)]
            place[0] += start
            got = f"{value} at {place.tolist()}"
            raise DataError(
                expected(what, "finite numbers", got, "Fill the gaps, or leave those rows out.")
            )
