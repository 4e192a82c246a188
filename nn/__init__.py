"""Neural networks on ``autograd_core``: layers, losses, optimisers, training, and data to train on.

``python -m nn`` trains one on handwritten digits. Nothing but NumPy is imported here; progress
bars, files and plots import their packages when first used.
"""

from . import datasets, functional, init, layers, penalties, schedules, symmetry
from .by_hand import Backprop, backprop_by_hand
from .data import batches
from .errors import (
    ArgumentError,
    DataError,
    DataFileError,
    MissingPackageError,
    ModelFileError,
    NNError,
    ShapeError,
    StateError,
)
from .functional import linear, log_softmax, relu, sigmoid, softmax, tanh
from .history import History
from .layers import MLP, Identity, Linear, ReLU, Sequential, Sigmoid, Standardize, Tanh
from .losses import CrossEntropyLoss, MSELoss, cross_entropy, mse_loss
from .metrics import accuracy, confusion_matrix
from .module import Module
from .optimizers import (
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    Optimizer,
    RMSProp,
    clip_grad_norm,
    clip_grad_value,
    max_norm,
)
from .saving import load, save
from .training import evaluate, fit

__all__ = [
    "MLP",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "ArgumentError",
    "Backprop",
    "CrossEntropyLoss",
    "DataError",
    "DataFileError",
    "History",
    "Identity",
    "Linear",
    "MSELoss",
    "MissingPackageError",
    "ModelFileError",
    "Module",
    "NNError",
    "Optimizer",
    "RMSProp",
    "ReLU",
    "Sequential",
    "ShapeError",
    "Sigmoid",
    "Standardize",
    "StateError",
    "Tanh",
    "accuracy",
    "backprop_by_hand",
    "batches",
    "clip_grad_norm",
    "clip_grad_value",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "evaluate",
    "fit",
    "functional",
    "init",
    "layers",
    "linear",
    "load",
    "log_softmax",
    "max_norm",
    "mse_loss",
    "penalties",
    "relu",
    "save",
    "schedules",
    "sigmoid",
    "softmax",
    "symmetry",
    "tanh",
]
