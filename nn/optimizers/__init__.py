"""Optimisers: how parameters move along their gradients.

A new one is a class with ``checks``, ``slots`` and ``update`` in a file here, and a name in
``OPTIMIZERS``.
"""

from .adaptive import AdaGrad, Adam, AdamW, RMSProp
from .base import Optimizer, ParameterGroup
from .clipping import clip_grad_norm, clip_grad_value
from .constraint import max_norm
from .flat import LARGE
from .sgd import SGD

OPTIMIZERS: dict[str, type[Optimizer]] = {
    kind.__name__: kind for kind in (SGD, AdaGrad, RMSProp, Adam, AdamW)
}
"""Every optimiser by name."""

__all__ = [
    "LARGE",
    "OPTIMIZERS",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Optimizer",
    "ParameterGroup",
    "RMSProp",
    "clip_grad_norm",
    "clip_grad_value",
    "max_norm",
]
