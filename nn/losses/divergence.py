"""Negative log-likelihood, and the Kullback-Leibler divergence, which is made of cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, ShapeError, expected
from ..placement import near
from .cross_entropy import probability_op
from .margins import is_own
from .reduction import (
    Array,
    Loss,
    check_classes,
    counted,
    of_values,
    operand,
    scores,
    value_of,
    weighted,
)


def nll_loss(
    log_probabilities: Any, target: Any, reduction: str = "mean", *, sample_weight: Any = None
) -> Any:
    """Minus the log-probability of each sample's class, for a model that ends in ``LogSoftmax``.

    Parameters
    ----------
    log_probabilities : array_like or Node, shape (..., classes)
    target : array_like of int, shape (...)
    reduction : {"mean", "sum", "none"}
        Over samples.
    sample_weight : array_like, shape (...), optional

    Returns
    -------
    Node or array
        A scalar; of shape (...) with "none".

    Examples
    --------
    >>> print(f"{nn.nll_loss(np.log([[0.25, 0.75]]), np.array([0])):.4f}")
    1.3863
    """
    x, y = scores(log_probabilities), counted(target)
    check_classes(np.shape(value_of(x)), y, "nll_loss", probabilities=False)
    own = is_own(x, y)
    return weighted("nll_loss", -np.sum(np.where(own, x, 0), axis=-1), reduction, sample_weight)


class NLLLoss(Loss):
    """``nll_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> print(f"{nn.NLLLoss('sum')(np.log([[0.25, 0.75]]), np.array([0])):.4f}")
    1.3863
    """

    function = staticmethod(nll_loss)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_classes(shape, target, "NLLLoss", probabilities=False)


def kl_div(logits: Any, target: Any, reduction: str = "mean", *, sample_weight: Any = None) -> Any:
    """Kullback–Leibler divergence of the targets from the model: Σ p log(p / softmax(logits)).

    Cross-entropy less the entropy of the targets: zero where they agree.

    Parameters
    ----------
    logits : array_like or Node, shape (..., classes)
    target : array_like or Node of float, shape (..., classes)
        Probabilities p; of zero ones nothing is counted.
    reduction : {"mean", "sum", "none"}
        Over samples: "mean" is what PyTorch calls "batchmean".
    sample_weight : array_like, shape (...), optional

    Returns
    -------
    Node or array
        A scalar; of shape (...) with "none".

    Examples
    --------
    >>> p = np.array([[0.25, 0.75]])
    >>> print(f"{nn.kl_div(np.log(p), p):.4f} {nn.kl_div(np.zeros((1, 2)), p):.4f}")
    0.0000 0.1308
    """
    x = scores(logits)
    p = near(operand(target), x)
    check_probabilities("kl_div", np.shape(value_of(x)), value_of(p))
    present = value_of(p) > 0
    entropy = -np.sum(np.where(present, p * np.log(np.where(present, p, 1)), 0), axis=-1)
    losses = probability_op(x, p, reduction="none") - entropy
    return weighted("kl_div", losses, reduction, sample_weight)


@of_values
def check_probabilities(what: str, shape: tuple[int, ...], target: Any) -> None:
    """Refuse targets that are not one number of at least 0 per class."""
    target = np.asarray(target)
    if target.shape != shape or not shape:
        cure = "Pass one probability per class."
        raise ShapeError(expected(what, f"targets of shape {shape}", str(target.shape), cure))
    if target.dtype.kind != "f" or not np.all(target >= 0):
        cure = "Pass one probability per class."
        raise ArgumentError(expected(what, "targets of at least 0", "others", cure))


class KLDivLoss(Loss):
    """``kl_div`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> print(f"{nn.KLDivLoss()(np.zeros((1, 2)), np.array([[0.25, 0.75]])):.4f}")
    0.1308
    """

    function = staticmethod(kl_div)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_probabilities("KLDivLoss", shape, target)
