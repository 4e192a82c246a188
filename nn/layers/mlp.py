"""The multi-layer perceptron: linear layers with an activation between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, expected
from ..init import Initializer
from .activations import activation_layer
from .linear import Linear, floating, size
from .sequential import Sequential


class MLP(Sequential):
    """A multi-layer perceptron.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of units: inputs, hidden layers, outputs. The output layer has no activation.
    activation : {"relu", "tanh", "sigmoid", "identity"}
    init : {"he", "glorot"} or callable, optional
        How weights start; he for relu and glorot for the others by default.
    bias : bool
        Whether the linear layers have one.
    seed : int or numpy.random.Generator
        The same seed gives the same weights, bit for bit.
    dtype : dtype_like

    Examples
    --------
    >>> model = nn.MLP([4, 8, 3], seed=0)
    >>> model
    MLP(  # 67 parameters
      (0): Linear(4, 8)  # weight (8, 4), bias (8,), 40 parameters
      (1): ReLU()
      (2): Linear(8, 3)  # weight (3, 8), bias (3,), 27 parameters
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str = "relu",
        *,
        init: str | Initializer | None = None,
        bias: bool = True,
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not isinstance(sizes, Sequence) or len(sizes) < 2:
            cure = "Pass for instance [64, 128, 10]."
            raise ArgumentError(expected("MLP", "sizes of at least two layers", repr(sizes), cure))
        self.sizes = [size("MLP, each of sizes,", n) for n in sizes]
        self.activation = activation
        rng, kind = np.random.default_rng(seed), floating(dtype)
        init = init or ("he" if activation == "relu" else "glorot")
        super().__init__()
        for i, (n_in, n_out) in enumerate(zip(self.sizes, self.sizes[1:], strict=False)):
            if i:
                self.append(activation_layer(activation))
            self.append(Linear(n_in, n_out, bias, init=init, seed=rng, dtype=kind))
        self._built = self._described()

    def architecture(self) -> dict[str, Any] | None:
        """The arguments that build it again, but for its weights; None if layers were changed."""
        if self._described() != self._built:
            return None
        first: Any = self[0]
        bias, dtype = first.bias is not None, str(first.weight.dtype)
        return {"sizes": self.sizes, "activation": self.activation, "bias": bias, "dtype": dtype}

    def _described(self) -> list[Any]:
        return [(type(layer), layer.architecture()) for layer in self]
