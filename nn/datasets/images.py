"""What the shipped sets of images share: reading the archive, its fixed split, shape and scale.

The sets themselves are in ``digits.py`` and ``mnist.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import DataError, expected
from .files import Dataset
from .splits import train_test_split

NAMES = tuple("0123456789")


@dataclass(frozen=True)
class Images:
    """A shipped archive of grey images: what its arrays are called, and how to part it in two."""

    name: str
    pixels: str
    labels: str
    brightest: int
    held_out: int

    def dataset(self, split: str | None, flatten: bool, normalize: bool) -> Dataset:
        """The images asked for, in arrays of the caller's own."""
        if split not in (None, "train", "test"):
            wanted = "split 'train', 'test' or None"
            raise DataError(expected(self.name, wanted, repr(split), "Pass one of these."))
        with np.load(Path(__file__).with_name(f"{self.name}.npz"), allow_pickle=False) as stored:
            pixels, labels = stored[self.pixels], stored[self.labels].astype(np.int64)
        if split is not None:
            train, test, y, y_test = train_test_split(pixels, labels, self.held_out, seed=0)
            pixels, labels = (train, y) if split == "train" else (test, y_test)
        if flatten:
            pixels = pixels.reshape(len(pixels), -1)
        if normalize:
            pixels = pixels.astype(np.float32) / self.brightest
        return Dataset(pixels, labels, classes=NAMES)
