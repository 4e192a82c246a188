"""Layer normalisation: every sample by itself, alike in training and in use."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ShapeError, expected
from ..functional import layer_norm
from ..module import Module
from .batchnorm import not_negative
from .linear import floating, size


class LayerNorm(Module):
    """Each sample's features brought to mean 0 and variance 1, then γ x̂ + β.

    Parameters
    ----------
    features : int
        Length of the last axis of x.
    eps : float
        Added to the variance.
    affine : bool
        Whether there are a gain γ and a shift β, which are learned.
    dtype : dtype_like

    Attributes
    ----------
    weight, bias : Node, shape (features,), or None
        γ, 1 at first, and β, 0 at first.

    References
    ----------
    Ba, Kiros and Hinton, Layer normalization, 2016.

    Examples
    --------
    >>> nn.LayerNorm(2, eps=0.0)(np.array([[1.0, 3.0]], np.float32)).value
    array([[-1.,  1.]], dtype=float32)
    """

    def __init__(
        self,
        features: int,
        *,
        eps: float = 1e-5,
        affine: bool = True,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.features, self._kind = size("features", features), floating(dtype)
        self.eps = not_negative("LayerNorm", "eps", eps)
        self.weight = ag.Node(np.ones(self.features, self._kind), name="γ") if affine else None
        self.bias = ag.Node(np.zeros(self.features, self._kind), name="β") if affine else None

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        shape = np.shape(getattr(x, "value", x))
        if shape[-1:] != (self.features,):
            wanted = f"x of shape (..., {self.features})"
            cure = f"Pass {self.features} columns, or build LayerNorm({shape[-1] if shape else 1})."
            raise ShapeError(expected(f"LayerNorm({self.features})", wanted, str(shape), cure))
        return layer_norm(x, self.weight, self.bias, eps=self.eps)

    def arguments(self) -> str:
        """Its size."""
        return f"{self.features}{', affine=False' if self.weight is None else ''}"

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again, but for its numbers."""
        return {
            "features": self.features,
            "eps": self.eps,
            "affine": self.weight is not None,
            "dtype": str(self._kind),
        }
