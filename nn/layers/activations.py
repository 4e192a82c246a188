"""Layers without parameters that act entry by entry; a new one is a class here and a row below."""

from __future__ import annotations

from typing import Any

from ..errors import ArgumentError, expected
from ..functional import relu, sigmoid, tanh
from ..module import Module


class Activation(Module):
    """A layer without parameters or options."""

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again: none."""
        return {}


class ReLU(Activation):
    """``max(x, 0)``.

    Examples
    --------
    >>> nn.ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return relu(x)


class Tanh(Activation):
    """The hyperbolic tangent.

    Examples
    --------
    >>> nn.Tanh()(np.array([0.0]))
    array([0.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return tanh(x)


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> nn.Sigmoid()(np.array([0.0]))
    array([0.5])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return sigmoid(x)


class Identity(Activation):
    """``x`` itself.

    Examples
    --------
    >>> nn.Identity()(np.array([-1.0]))
    array([-1.])
    """

    def forward(self, x: Any) -> Any:
        """``x``."""
        return x


ACTIVATIONS: dict[str, type[Module]] = {
    "relu": ReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "identity": Identity,
}
"""The activations known by name."""


def activation_layer(name: str) -> Module:
    """A layer of the activation that is known by this name."""
    if name not in ACTIVATIONS:
        known = ", ".join(map(repr, ACTIVATIONS))
        raise ArgumentError(
            expected("activation", f"one of {known}", repr(name), "Choose one of them.")
        )
    return ACTIVATIONS[name]()
