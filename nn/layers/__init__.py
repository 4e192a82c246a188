"""Layers: one file a kind. A new one is a file here, a name in this list and in ``LAYERS``."""

from ..module import Module
from .activations import (
    ACTIVATIONS,
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardTanh,
    Identity,
    LeakyReLU,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Tanh,
)
from .batchnorm import BatchNorm, population_statistics
from .dropout import Dropout
from .flatten import Flatten
from .function import Lambda
from .layernorm import LayerNorm
from .linear import Linear
from .mlp import MLP
from .residual import Residual
from .sequential import Sequential
from .standardize import Standardize

_kinds: list[type[Module]] = [
    Linear,
    *ACTIVATIONS.values(),
    Standardize,
    BatchNorm,
    LayerNorm,
    Dropout,
    Flatten,
    Lambda,
    Sequential,
    Residual,
    MLP,
]
LAYERS: dict[str, type[Module]] = {kind.__name__: kind for kind in _kinds}
"""The layers a model file may name: what ``save`` writes and ``load`` builds."""

__all__ = [
    "ACTIVATIONS",
    "ELU",
    "GELU",
    "LAYERS",
    "MLP",
    "SELU",
    "BatchNorm",
    "Dropout",
    "Flatten",
    "HardSigmoid",
    "HardTanh",
    "Identity",
    "Lambda",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Mish",
    "PReLU",
    "ReLU",
    "Residual",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Standardize",
    "Tanh",
    "population_statistics",
]
