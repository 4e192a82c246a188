"""Neural networks on ``autograd_core``: layers, losses, optimisers, training, and data to train on.

``python -m nn`` trains one on handwritten digits. Nothing but NumPy is imported here; progress
bars, files and plots import their packages when first used.
"""

from typing import TYPE_CHECKING, Any

from . import (
    datasets,
    diagnostics,
    functional,
    init,
    layers,
    losses,
    optimizers,
    penalties,
    schedules,
    symmetry,
)
from .by_hand import Backprop, backprop_by_hand
from .callbacks import Callback, EarlyStopping
from .data import batches
from .errors import (
    ArgumentError,
    DataError,
    DataFileError,
    MissingPackageError,
    ModelFileError,
    NNError,
    ProcessError,
    ShapeError,
    StateError,
)
from .exporting import to_onnx
from .functional import linear, log_softmax, relu, sigmoid, softmax, tanh
from .history import History
from .layers import (
    ELU,
    GELU,
    MLP,
    SELU,
    BatchNorm,
    Dropout,
    Flatten,
    HardSigmoid,
    HardTanh,
    Identity,
    Lambda,
    LayerNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    Mish,
    PReLU,
    ReLU,
    Residual,
    Sequential,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Softsign,
    Standardize,
    Tanh,
    population_statistics,
)
from .losses import (
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HingeLoss,
    HuberLoss,
    KLDivLoss,
    L1Loss,
    Loss,
    MSELoss,
    MultiClassHingeLoss,
    NLLLoss,
    PerceptronLoss,
    SmoothL1Loss,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_loss,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    multi_class_hinge_loss,
    nll_loss,
    perceptron_loss,
    smooth_l1_loss,
)
from .metrics import (
    accuracy,
    binary_accuracy,
    confusion_matrix,
    f1,
    mean_absolute_error,
    mean_squared_error,
    precision,
    r2,
    recall,
    top_k_accuracy,
)
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
from .saving import load, read_notes, save
from .training import Checkpoint, evaluate, find_rate, fit

if TYPE_CHECKING:
    from .estimators import MLPClassifier as MLPClassifier
    from .estimators import MLPRegressor as MLPRegressor

__all__ = [
    "ELU",
    "GELU",
    "MLP",
    "SELU",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "ArgumentError",
    "BCEWithLogitsLoss",
    "Backprop",
    "BatchNorm",
    "Callback",
    "Checkpoint",
    "CrossEntropyLoss",
    "DataError",
    "DataFileError",
    "Dropout",
    "EarlyStopping",
    "Flatten",
    "HardSigmoid",
    "HardTanh",
    "HingeLoss",
    "History",
    "HuberLoss",
    "Identity",
    "KLDivLoss",
    "L1Loss",
    "Lambda",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "Loss",
    "MSELoss",
    "Mish",
    "MissingPackageError",
    "ModelFileError",
    "Module",
    "MultiClassHingeLoss",
    "NLLLoss",
    "NNError",
    "Optimizer",
    "PReLU",
    "PerceptronLoss",
    "ProcessError",
    "RMSProp",
    "ReLU",
    "Residual",
    "Sequential",
    "ShapeError",
    "SiLU",
    "Sigmoid",
    "SmoothL1Loss",
    "Softmax",
    "Softplus",
    "Softsign",
    "Standardize",
    "StateError",
    "Tanh",
    "accuracy",
    "backprop_by_hand",
    "batches",
    "binary_accuracy",
    "binary_cross_entropy_with_logits",
    "clip_grad_norm",
    "clip_grad_value",
    "confusion_matrix",
    "cross_entropy",
    "datasets",
    "diagnostics",
    "evaluate",
    "f1",
    "find_rate",
    "fit",
    "functional",
    "hinge_loss",
    "huber_loss",
    "init",
    "kl_div",
    "l1_loss",
    "layers",
    "linear",
    "load",
    "log_softmax",
    "losses",
    "max_norm",
    "mean_absolute_error",
    "mean_squared_error",
    "mse_loss",
    "multi_class_hinge_loss",
    "nll_loss",
    "optimizers",
    "penalties",
    "perceptron_loss",
    "population_statistics",
    "precision",
    "r2",
    "read_notes",
    "recall",
    "relu",
    "save",
    "schedules",
    "sigmoid",
    "smooth_l1_loss",
    "softmax",
    "symmetry",
    "tanh",
    "to_onnx",
    "top_k_accuracy",
]

ESTIMATORS = ("MLPClassifier", "MLPRegressor")


def __getattr__(name: str) -> Any:
    if name in ESTIMATORS:  # imported when first asked for: they need scikit-learn
        from . import estimators

        return getattr(estimators, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *ESTIMATORS])
