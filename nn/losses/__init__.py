"""Losses: how far outputs are from targets. Each is a function, and a class with its options.

Those that are computed often are one op with a hand-derived rule. All are stable for large outputs;
targets that do not fit are refused in words. A new one is a function and a class in a file here,
and a name in ``LOSSES``.
"""

from .binary import BCEWithLogitsLoss, binary_cross_entropy_with_logits
from .cross_entropy import CrossEntropyLoss, cross_entropy
from .divergence import KLDivLoss, NLLLoss, kl_div, nll_loss
from .margins import (
    HingeLoss,
    MultiClassHingeLoss,
    PerceptronLoss,
    hinge_loss,
    multi_class_hinge_loss,
    perceptron_loss,
)
from .reduction import Loss, check_classes, check_same
from .regression import (
    HuberLoss,
    L1Loss,
    MSELoss,
    SmoothL1Loss,
    huber_loss,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)

LOSSES: dict[str, type[Loss]] = {
    "cross_entropy": CrossEntropyLoss,
    "nll_loss": NLLLoss,
    "kl_div": KLDivLoss,
    "binary_cross_entropy_with_logits": BCEWithLogitsLoss,
    "mse_loss": MSELoss,
    "l1_loss": L1Loss,
    "huber_loss": HuberLoss,
    "smooth_l1_loss": SmoothL1Loss,
    "hinge_loss": HingeLoss,
    "multi_class_hinge_loss": MultiClassHingeLoss,
    "perceptron_loss": PerceptronLoss,
}
"""Every loss: the name of its function, and its class."""

__all__ = [
    "LOSSES",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HingeLoss",
    "HuberLoss",
    "KLDivLoss",
    "L1Loss",
    "Loss",
    "MSELoss",
    "MultiClassHingeLoss",
    "NLLLoss",
    "PerceptronLoss",
    "SmoothL1Loss",
    "binary_cross_entropy_with_logits",
    "check_classes",
    "check_same",
    "cross_entropy",
    "hinge_loss",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "multi_class_hinge_loss",
    "nll_loss",
    "perceptron_loss",
    "smooth_l1_loss",
]
