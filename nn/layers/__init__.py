"""Layers: one file a kind. A new one is a file here, a name in this list and in ``LAYERS``."""

from ..module import Module
from .activations import ACTIVATIONS, Identity, ReLU, Sigmoid, Tanh
from .linear import Linear
from .mlp import MLP
from .sequential import Sequential
from .standardize import Standardize

LAYERS: dict[str, type[Module]] = {
    kind.__name__: kind
    for kind in (Linear, ReLU, Tanh, Sigmoid, Identity, Standardize, Sequential, MLP)
}
"""The layers a model file may name: what ``save`` writes and ``load`` builds."""

__all__ = [
    "ACTIVATIONS",
    "LAYERS",
    "MLP",
    "Identity",
    "Linear",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Standardize",
    "Tanh",
]
