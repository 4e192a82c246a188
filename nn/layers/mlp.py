"""The multi-layer perceptron: linear layers with an activation between them, and what helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, expected
from ..init import Initializer, initializer_for
from ..module import Module
from ..seeding import generator
from .activations import ACTIVATIONS, activation_layer
from .batchnorm import BatchNorm
from .dropout import Dropout, probability
from .linear import Linear, floating, size
from .sequential import Sequential

Rate = float | Sequence[float]


class MLP(Sequential):
    """A multi-layer perceptron.

    Each hidden layer is Linear, BatchNorm, activation, Dropout; the output layer is Linear alone,
    unless it has an activation.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of units: inputs, hidden layers, outputs.
    activation : str or Module
        A name in ``nn.layers.ACTIVATIONS``, or a layer, of which each hidden layer has a copy.
    dropout : float or sequence of float
        The probability of dropping a hidden unit: of all hidden layers, or of each.
    input_dropout : float
        That of dropping an input.
    inverted_dropout : bool
        See ``Dropout``.
    batchnorm : bool or {"before", "after"}
        Whether hidden layers have a ``BatchNorm``, before the activation (True) or after it.
    init : str or callable, optional
        How weights start, as for ``Linear``; by default he for relu and its kin, lecun for selu,
        glorot for others.
    bias : bool
        Whether the linear layers have one.
    output_activation : str or Module, optional
    seed : int or numpy.random.Generator
        The same seed gives the same weights, bit for bit, and the same choices of dropout. Weights
        do not depend on whether there are dropout and batch normalisation.
    dtype : dtype_like

    Examples
    --------
    >>> model = nn.MLP([4, 8, 3], dropout=0.5, batchnorm=True, seed=0)
    >>> model
    MLP(  # 83 parameters
      (0): Linear(4, 8)  # weight (8, 4), bias (8,), 40 parameters
      (1): BatchNorm(8)  # weight (8,), bias (8,), ..., 16 parameters
      (2): ReLU()
      (3): Dropout(0.5)
      (4): Linear(8, 3)  # weight (3, 8), bias (3,), 27 parameters
    )
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activation: str | Module = "relu",
        *,
        dropout: Rate = 0.0,
        input_dropout: float = 0.0,
        inverted_dropout: bool = True,
        batchnorm: bool | str = False,
        init: str | Initializer | None = None,
        bias: bool = True,
        output_activation: str | Module | None = None,
        seed: int | np.random.Generator = 0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        if not isinstance(sizes, Sequence) or len(sizes) < 2:
            cure = "Pass for instance [64, 128, 10]."
            raise ArgumentError(expected("MLP", "sizes of at least two layers", repr(sizes), cure))
        self.sizes = [size("MLP, each of sizes,", n) for n in sizes]
        rng, kind = generator(seed), floating(dtype)
        init = init or initializer_for(name_of(activation))
        rates = [probability("MLP, input_dropout,", input_dropout), *self._rates(dropout)]
        place = placed(batchnorm)
        super().__init__()
        linear = [
            Linear(n_in, n_out, bias, init=init, seed=rng, dtype=kind)
            for n_in, n_out in zip(self.sizes, self.sizes[1:], strict=False)
        ]
        self.activation = activation if isinstance(activation, str) else None
        self._hidden_at = self._output_at = 0
        for i, layer in enumerate(linear):
            if i:
                normal = [BatchNorm(layer.in_features, dtype=kind)] if place else []
                self._extend(normal if place == "before" else [])
                self._hidden_at = len(self)
                self.append(activation_layer(activation, kind))
                self._extend(normal if place == "after" else [])
            if rates[i]:
                seed = int(rng.integers(2**32))
                self.append(Dropout(rates[i], inverted=inverted_dropout, seed=seed))
            self.append(layer)
        self.output_activation = output_activation if isinstance(output_activation, str) else None
        if output_activation is not None:
            self._output_at = len(self)
            self.append(activation_layer(output_activation, kind))
        self._options = {
            "dropout": rates[1:],
            "input_dropout": rates[0],
            "inverted_dropout": bool(inverted_dropout),
            "batchnorm": place or False,
            "bias": bool(bias),
            "dtype": str(kind),
        }
        self._built = self._described()

    def _extend(self, layers: Sequence[Module]) -> None:
        for layer in layers:
            self.append(layer)

    def _rates(self, dropout: Rate) -> Iterator[float]:
        """The dropout of each hidden layer."""
        hidden = len(self.sizes) - 2
        rates = list(dropout) if isinstance(dropout, Sequence | np.ndarray) else [dropout] * hidden
        if len(rates) != hidden:
            cure = "Pass one number for all hidden layers, or one for each."
            raise ArgumentError(
                expected("MLP", f"dropout for {hidden} hidden layers", str(len(rates)), cure)
            )
        return (probability("MLP, dropout,", rate) for rate in rates)

    def architecture(self) -> dict[str, Any] | None:
        """The arguments that build it again, but for its weights; None if layers were changed."""
        if self._described() != self._built:
            return None
        kinds = {"sizes": self.sizes, "activation": self.activation or self[self._hidden_at]}
        output = self.output_activation or (self[self._output_at] if self._output_at else None)
        return kinds | self._options | {"output_activation": output}

    def _described(self) -> list[Any]:
        return [(type(layer), layer.architecture()) for layer in self]


def placed(batchnorm: Any) -> str | None:
    """Where batch normalisation goes, if anywhere."""
    if batchnorm is None or isinstance(batchnorm, bool):
        return "before" if batchnorm else None
    if batchnorm not in ("before", "after"):
        wanted = "batchnorm True, False, 'before' or 'after'"
        raise ArgumentError(expected("MLP", wanted, repr(batchnorm), "Pass one of these."))
    return str(batchnorm)


def name_of(activation: str | Module) -> str:
    """The name of an activation that is given as a layer, if it has one."""
    if isinstance(activation, str):
        return activation
    return next((name for name, kind in ACTIVATIONS.items() if type(activation) is kind), "")
