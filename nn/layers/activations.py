"""Activations as layers; a new one is a function in ``functional/``, a class here and a row below.

One with parameters or options says in ``architecture`` what builds it again.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .. import functional
from ..errors import ArgumentError, expected
from ..module import Module
from .linear import floating, size


class Activation(Module):
    """A layer without parameters; its options are its constructor's arguments and attributes."""

    options: tuple[str, ...] = ()

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again."""
        return {name: getattr(self, name) for name in self.options}

    def arguments(self) -> str:
        """Its options."""
        return ", ".join(f"{name}={getattr(self, name)!r}" for name in self.options)


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


class ReLU(Activation):
    """``max(x, 0)``.

    Examples
    --------
    >>> nn.ReLU()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.relu(x)


class LeakyReLU(Activation):
    """``x`` where positive, else ``negative_slope * x``.

    Parameters
    ----------
    negative_slope : float

    Examples
    --------
    >>> nn.LeakyReLU(0.25)(np.array([-1.0, 2.0]))
    array([-0.25,  2.  ])
    """

    options = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = float(negative_slope)

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.leaky_relu(x, self.negative_slope)


class PReLU(Module):
    """``x`` where positive, else a slope times ``x`` that is learned.

    Parameters
    ----------
    features : int
        One slope per feature, or one for all.
    start : float
        The slopes at first.
    dtype : dtype_like

    Attributes
    ----------
    weight : Node, shape (features,)

    Examples
    --------
    >>> nn.PReLU()(np.array([-1.0, 2.0], np.float32)).value
    array([-0.25,  2.  ], dtype=float32)
    """

    def __init__(
        self, features: int = 1, start: float = 0.25, *, dtype: npt.DTypeLike = np.float32
    ) -> None:
        self.features, self.start = size("features", features), float(start)
        self.weight = ag.Node(np.full(self.features, self.start, floating(dtype)), name="a")

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.prelu(x, self.weight)

    def arguments(self) -> str:
        """Its size."""
        return str(self.features)

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again, but for its slopes."""
        dtype = str(self.weight.dtype)
        return {"features": self.features, "start": self.start, "dtype": dtype}


class ELU(Activation):
    """``x`` where positive, else ``alpha * (exp(x) - 1)``.

    Parameters
    ----------
    alpha : float

    Examples
    --------
    >>> nn.ELU(2.0)(np.array([-1e4, 2.0]))
    array([-2.,  2.])
    """

    options = ("alpha",)

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = float(alpha)

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.elu(x, self.alpha)


class SELU(Activation):
    """``elu`` scaled so that mean 0 and variance 1 reproduce themselves; start weights by lecun.

    Examples
    --------
    >>> nn.SELU()(np.array([1.0])).round(4)
    array([1.0507])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.selu(x)


class GELU(Activation):
    """``x Φ(x)``, exactly or, with ``approximate="tanh"``, nearly.

    Parameters
    ----------
    approximate : {"none", "tanh"}

    Examples
    --------
    >>> nn.GELU()(np.array([1.0])).round(4)
    array([0.8413])
    """

    options = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate
        functional.gelu(0.0, approximate)  # refuses what is neither

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.gelu(x, self.approximate)


class SiLU(Activation):
    """``x * sigmoid(x)``, also called swish.

    Examples
    --------
    >>> nn.SiLU()(np.array([1e4]))
    array([10000.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.silu(x)


class Mish(Activation):
    """``x * tanh(softplus(x))``.

    Examples
    --------
    >>> nn.Mish()(np.array([1e4]))
    array([10000.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.mish(x)


class Softplus(Activation):
    """``log(1 + exp(x))``.

    Examples
    --------
    >>> nn.Softplus()(np.array([0.0])).round(4)
    array([0.6931])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.softplus(x)


class Sigmoid(Activation):
    """``1 / (1 + exp(-x))``.

    Examples
    --------
    >>> nn.Sigmoid()(np.array([0.0]))
    array([0.5])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.sigmoid(x)


class HardSigmoid(Activation):
    """``x/6 + 1/2`` cut off at 0 and 1.

    Examples
    --------
    >>> nn.HardSigmoid()(np.array([1.5]))
    array([0.75])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.hard_sigmoid(x)


class Tanh(Activation):
    """The hyperbolic tangent.

    Examples
    --------
    >>> nn.Tanh()(np.array([0.0]))
    array([0.])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.tanh(x)


class HardTanh(Activation):
    """``x`` cut off at -1 and 1.

    Examples
    --------
    >>> nn.HardTanh()(np.array([-3.0, 0.5]))
    array([-1. ,  0.5])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.hard_tanh(x)


class Softsign(Activation):
    """``x / (1 + |x|)``.

    Examples
    --------
    >>> nn.Softsign()(np.array([3.0]))
    array([0.75])
    """

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.softsign(x)


class Softmax(Activation):
    """``exp(x) / sum(exp(x))`` along an axis; a loss for probabilities wants logits instead.

    Parameters
    ----------
    axis : int

    Examples
    --------
    >>> nn.Softmax()(np.array([0.0, np.log(3.0)]))
    array([0.25, 0.75])
    """

    options = ("axis",)

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.softmax(x, self.axis)


class LogSoftmax(Activation):
    """The logarithm of ``Softmax``.

    Parameters
    ----------
    axis : int

    Examples
    --------
    >>> nn.LogSoftmax()(np.array([0.0, 1e4]))
    array([-10000.,      0.])
    """

    options = ("axis",)

    def __init__(self, axis: int = -1) -> None:
        self.axis = axis

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        return functional.log_softmax(x, self.axis)


ACTIVATIONS: dict[str, type[Module]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "prelu": PReLU,
    "elu": ELU,
    "selu": SELU,
    "gelu": GELU,
    "silu": SiLU,
    "mish": Mish,
    "softplus": Softplus,
    "sigmoid": Sigmoid,
    "hard_sigmoid": HardSigmoid,
    "tanh": Tanh,
    "hard_tanh": HardTanh,
    "softsign": Softsign,
    "softmax": Softmax,
    "log_softmax": LogSoftmax,
    "identity": Identity,
}
"""The activations known by name."""


def activation_layer(activation: str | Module, dtype: npt.DTypeLike = np.float32) -> Module:
    """A layer of the activation that is known by this name, or a copy of one that is given."""
    if isinstance(activation, Module):
        return copy.deepcopy(activation)
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        known = ", ".join(map(repr, ACTIVATIONS))
        cure = "Choose one of them, or pass a layer."
        raise ArgumentError(expected("activation", f"one of {known}", repr(activation), cure))
    return PReLU(dtype=dtype) if activation == "prelu" else ACTIVATIONS[activation]()
