"""The functions that layers compute, each one op with a hand-derived rule in plain NumPy.

They keep no parameters: ``layers/`` does. Functions of outputs and targets are in ``losses/``.
"""

from collections.abc import Callable
from typing import Any

from .linear import linear
from .normalization import batch_norm, layer_norm
from .rectifiers import (
    elu,
    hard_sigmoid,
    hard_tanh,
    identity,
    leaky_relu,
    prelu,
    relu,
    selu,
)
from .sigmoids import gelu, mish, sigmoid, silu, softplus, softsign, tanh
from .softmax import log_softmax, softmax

ACTIVATIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        relu,
        leaky_relu,
        prelu,
        elu,
        selu,
        gelu,
        silu,
        mish,
        softplus,
        sigmoid,
        hard_sigmoid,
        tanh,
        hard_tanh,
        softsign,
        softmax,
        log_softmax,
        identity,
    )
}
"""Every activation by name; ``nn.layers`` has a layer of each."""

__all__ = [
    "ACTIVATIONS",
    "batch_norm",
    "elu",
    "gelu",
    "hard_sigmoid",
    "hard_tanh",
    "identity",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "prelu",
    "relu",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]
