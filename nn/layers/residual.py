"""The residual block: layers whose result is added to their input."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ShapeError, expected
from ..module import Module
from .sequential import Sequential


class Residual(Module):
    """``x + body(x)``, or ``shortcut(x) + body(x)``.

    Parameters
    ----------
    *layers : Module
        The body: one after the other.
    shortcut : Module, optional
        For a body whose result has another shape than x, for instance a ``Linear``.

    References
    ----------
    He et al., Deep residual learning for image recognition, 2016.

    Examples
    --------
    >>> block = nn.Residual(nn.Linear(3, 3, init="zeros"), nn.Tanh())
    >>> block(np.ones((1, 3), np.float32)).value
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, *layers: Module, shortcut: Module | None = None) -> None:
        self.body = Sequential(*layers)
        self.shortcut = shortcut

    def forward(self, x: Any) -> Any:
        """The result for x."""
        past = x if self.shortcut is None else self.shortcut(x)
        change = self.body(x)
        shapes = [np.shape(getattr(part, "value", part)) for part in (past, change)]
        if shapes[0] != shapes[1]:
            cure = "Pass a shortcut, for instance nn.Linear(n_in, n_out)."
            raise ShapeError(
                expected("Residual", f"a body that gives shape {shapes[0]}", str(shapes[1]), cure)
            )
        return past + change

    def architecture(self) -> dict[str, Any]:
        """The parts that build it again."""
        return {"layers": list(self.body), "shortcut": self.shortcut}
