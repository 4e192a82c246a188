"""Inputs brought to mean 0 and deviation 1, as a layer, so that a saved model takes raw inputs."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ShapeError, expected
from ..module import Module
from .linear import floating, size


class Standardize(Module):
    """``(x - mean) / scale`` with numbers that are not trained; see ``Standardize.of``.

    Parameters
    ----------
    features : int
        Columns of x.
    dtype : dtype_like

    Attributes
    ----------
    mean, scale : Node
        Buffers of shape (features,); 0 and 1 at first.

    Examples
    --------
    >>> layer = nn.Standardize.of(np.array([[1.0, 10.0], [3.0, 10.0]]))
    >>> layer(np.array([[3.0, 11.0]], np.float32)).value
    array([[1., 1.]], dtype=float32)
    """

    mean: ag.Node
    scale: ag.Node

    def __init__(self, features: int, *, dtype: npt.DTypeLike = np.float32) -> None:
        self.features, kind = size("features", features), floating(dtype)
        self.register_buffer("mean", np.zeros(features, kind))
        self.register_buffer("scale", np.ones(features, kind))

    @classmethod
    def of(cls, X: npt.ArrayLike, *, dtype: npt.DTypeLike = np.float32) -> Self:
        """The layer that standardises these rows; columns that are constant it only centres."""
        rows = np.asarray(X)
        if rows.ndim != 2 or not len(rows):
            cure = "Pass one row per sample."
            raise ShapeError(
                expected("Standardize.of", "X of shape (n, features)", str(rows.shape), cure)
            )
        layer, deviation = cls(rows.shape[1], dtype=dtype), rows.std(axis=0, dtype=float)
        layer.mean.assign(rows.mean(axis=0, dtype=float).astype(dtype))
        layer.scale.assign(np.where(deviation > 0, deviation, 1).astype(dtype))
        return layer

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        shape = np.shape(getattr(x, "value", x))
        if shape[-1:] != (self.features,):
            wanted, cure = f"x of shape (..., {self.features})", f"Pass {self.features} columns."
            raise ShapeError(expected(f"Standardize({self.features})", wanted, str(shape), cure))
        return (x - self.mean) / self.scale

    def arguments(self) -> str:
        """Its size."""
        return str(self.features)

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again, but for its numbers."""
        return {"features": self.features, "dtype": str(self.mean.dtype)}
