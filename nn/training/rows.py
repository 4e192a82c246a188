"""Rows of data, a batch of them at a time, and the order in which they come.

Nothing but a batch is copied, so that arrays may be larger than memory (``np.memmap``).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass
class Rows:
    """Inputs and targets, or some rows of them.

    Parameters
    ----------
    X, y : ndarray, shapes (n, ...)
    dtype : dtype
        What inputs, and targets that are no class indices, are converted to.
    weights : ndarray, shape (n,), optional
        How much each row counts.
    class_weights : ndarray, shape (classes,), optional
        How much each class counts.
    chosen : ndarray of int, optional
        Which rows; all by default.
    """

    X: Array
    y: Array
    dtype: np.dtype[Any]
    weights: Array | None = None
    class_weights: Array | None = None
    chosen: Array | None = None

    def __len__(self) -> int:
        return len(self.X if self.chosen is None else self.chosen)

    def at(self, index: Any) -> tuple[Array, Array, Array | None]:
        """Inputs, targets and weights of some rows, by a slice or an array of positions."""
        if self.chosen is not None:
            index = self.chosen[index]
        x, y = self.X[index].astype(self.dtype, copy=False), self.y[index]
        if y.dtype.kind == "f":
            y = y.astype(self.dtype, copy=False)
        return x, y, self.weights_of(index, y) if self.weighed else None

    @property
    def weighed(self) -> bool:
        """Whether rows have weights."""
        return self.weights is not None or self.class_weights is not None

    def weights_of(self, index: Any, y: Array) -> Array:
        """How much these rows count: their own weight times that of their class."""
        if self.class_weights is None:
            own: Array = self.weights[index]  # type: ignore[index]
            return own
        classes: Array = self.class_weights[y]
        return classes if self.weights is None else self.weights[index] * classes

    def targets(self, index: Any) -> tuple[Array, Array | None]:
        """Targets, as they are given, and weights of some rows."""
        index = index if self.chosen is None else self.chosen[index]
        y = self.y[index]
        return y, self.weights_of(index, y) if self.weighed else None

    def parts(
        self, size: int, start: int = 0, stop: int | None = None
    ) -> Iterator[tuple[Array, Array, Array | None]]:
        """All rows as they lie, or those from ``start`` to ``stop``, ``size`` at a time."""
        stop = len(self) if stop is None else stop
        for at in range(start, stop, size):
            yield self.at(slice(at, min(at + size, stop)))

    def checksum(self) -> int:
        """A number that other data hardly have: of the first and the last rows."""
        n = len(self)
        total = zlib.crc32(repr((self.X.shape, str(self.X.dtype), self.y.shape, n)).encode())
        for part in (slice(0, 16), slice(max(0, n - 16), n)):
            for array in self.at(part):
                if array is not None:
                    total = zlib.crc32(np.ascontiguousarray(array).tobytes(), total)
        return total


class Order:
    """Which rows make up each batch: all in another order each epoch, or drawn with replacement.

    Parameters
    ----------
    rows, batch_size : int
    rng : numpy.random.Generator
    replacement : bool
        Draw every row uniformly from all, as many as there are in an epoch.
    drop_last : bool
        Leave out the batch that is shorter than the others.

    Attributes
    ----------
    batches : int
        How many there are in an epoch.
    """

    def __init__(
        self,
        rows: int,
        batch_size: int,
        rng: np.random.Generator,
        replacement: bool = False,
        drop_last: bool = False,
    ) -> None:
        self.rows, self.batch_size, self.rng = rows, batch_size, rng
        self.replacement = replacement
        self.batches = rows // batch_size if drop_last else -(-rows // batch_size)
        self.smallest = batch_size if drop_last else rows % batch_size or batch_size
        self.before = rng.bit_generator.state

    def epoch(self, first: int = 0) -> Iterator[Array]:
        """The rows of each batch of a new epoch, from batch number ``first`` on."""
        self.before = self.rng.bit_generator.state
        drawn = self.draw()
        return (self.batch(drawn, i) for i in range(first, self.batches))

    def again(self, before: Any, first: int) -> Iterator[Array]:
        """The rest of an epoch that began at a state of ``rng``, which stays where it is."""
        now = self.rng.bit_generator.state
        self.rng.bit_generator.state = before
        batches = self.epoch(first)
        self.rng.bit_generator.state = now
        return batches

    def draw(self) -> Array:
        """The rows of an epoch."""
        if self.replacement:
            return self.rng.integers(self.rows, size=self.rows)
        return self.rng.permutation(self.rows)

    def batch(self, drawn: Array, i: int) -> Array:
        """The rows of batch number ``i``."""
        return drawn[i * self.batch_size : (i + 1) * self.batch_size]
