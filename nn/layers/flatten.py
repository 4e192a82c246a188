"""Samples of any shape as rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError, expected
from ..module import Module


class Flatten(Module):
    """Each sample as one row: shape (n, ...) becomes (n, features).

    Examples
    --------
    >>> nn.Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    def forward(self, x: Any) -> Any:
        """``x`` in another shape."""
        shape = np.shape(getattr(x, "value", x))
        if not shape:
            raise ShapeError(
                expected("Flatten", "x of shape (n, ...)", "()", "Pass one entry per sample.")
            )
        return np.reshape(x, (shape[0], int(np.prod(shape[1:]))))

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again: none."""
        return {}
