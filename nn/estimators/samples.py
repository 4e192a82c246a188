"""The samples an estimator learns from: which of them count, and which are held out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import train_test_split

Array = npt.NDArray[Any]


class Samples(NamedTuple):
    """Inputs, targets as the loss wants them, and how much each counts, if not all alike."""

    X: Array
    target: Array
    weights: Array | None

    def rows(self, places: Any) -> Samples:
        """Some of them."""
        weights = None if self.weights is None else self.weights[places]
        return Samples(self.X[places], self.target[places], weights)

    def counted(self) -> Samples:
        """Those whose weight is not 0."""
        if self.weights is None or self.weights.all():
            return self
        return self.rows(self.weights > 0)

    def parted(self, fraction: float, seed: int, stratify: bool) -> tuple[Samples, Samples]:
        """Those to train on, and a fraction held out, each class in the same share."""
        labels = self.target if stratify else None
        train, held = train_test_split(
            np.arange(len(self.X)), test_size=fraction, random_state=seed, stratify=labels
        )
        return self.rows(train), self.rows(held)
