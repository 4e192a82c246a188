"""Losses of scores that should be on the right side, or ahead: hinge and perceptron.

Of two classes, and of several: there the hinge loss has two published forms.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..functional import relu
from ..placement import near
from .reduction import (
    Array,
    Loss,
    check_classes,
    check_same,
    counted,
    of_values,
    scores,
    value_of,
    weighted,
)

FORMS = ("crammer_singer", "weston_watkins")


def check_indices(what: str, shape: tuple[int, ...], target: Any) -> Array:
    """Class indices that fit scores of this shape."""
    y: Array = counted(target)
    check_classes(shape, y, what, probabilities=False)
    return y


def is_own(x: Any, y: Array) -> Array:
    """Which scores are those of the samples' own classes."""
    mask: Array = near(np.arange(x.shape[-1]) == y[..., None], x)
    return mask


def own_score(x: Any, y: Array) -> Any:
    """The score of each sample's own class."""
    return np.sum(np.where(is_own(x, y), x, 0), axis=-1)


def best_other(x: Any, y: Array) -> Any:
    """The best score of another class than the sample's own; ties share the slope."""
    return np.max(np.where(is_own(x, y), -np.inf, x), axis=-1)


def signs(what: str, shape: tuple[int, ...], target: Any) -> Array:
    """Labels as −1 and +1, given so or as 0 and 1."""
    y = counted(target)
    check_same(what, shape, y.shape)
    check_labels(what, y)
    return np.where(y == 1, 1, -1)


@of_values
def check_labels(what: str, y: Any) -> None:
    """Refuse labels that are not all of them −1 and 1, or 0 and 1."""
    if y.dtype.kind not in "fiub" or not np.all((y == 1) | (y == (-1 if np.any(y < 0) else 0))):
        cure = "Name no -1 or 0 throughout, and yes 1."
        raise ArgumentError(expected(what, "labels -1 and 1, or 0 and 1", "others", cure))


def hinge_loss(
    output: Any,
    target: Any,
    reduction: str = "mean",
    *,
    margin: float = 1.0,
    sample_weight: Any = None,
) -> Any:
    """``max(0, margin - y f)``: a score f should be on its label's side, by a margin.

    Parameters
    ----------
    output : array_like or Node
    target : array_like, of the same shape
        Labels −1 and +1, or 0 and 1 (or boolean), where 0 counts as −1. A batch of ones alone means
        the same in both.
    reduction : {"mean", "sum", "none"}
        Over entries.
    margin : float
    sample_weight : array_like, optional
        How much each sample (or each entry) counts; the mean is the weighted mean.

    Returns
    -------
    Node or array

    Notes
    -----
    The slope is 0 where the margin is just met. For several classes: ``multi_class_hinge_loss``.

    References
    ----------
    Cortes and Vapnik, Support-vector networks, 1995.

    Examples
    --------
    >>> nn.hinge_loss(np.array([2.0, 0.5, 0.5]), np.array([1, 1, -1]), "none")
    array([0. , 0.5, 1.5])
    """
    x = scores(output)
    y = near(signs("hinge_loss", np.shape(value_of(x)), target).astype(x.dtype), x)
    return weighted("hinge_loss", relu(margin - y * x), reduction, sample_weight)


class HingeLoss(Loss):
    """``hinge_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    margin : float

    Examples
    --------
    >>> float(nn.HingeLoss()(np.array([2.0, 0.5]), np.array([1, 0])))
    0.75
    """

    function = staticmethod(hinge_loss)
    options = ("margin",)

    def __init__(self, reduction: str = "mean", *, margin: float = 1.0) -> None:
        super().__init__(reduction)
        self.margin = margin

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        signs("HingeLoss", shape, target)


def perceptron_loss(
    output: Any, target: Any, reduction: str = "mean", *, sample_weight: Any = None
) -> Any:
    """``max(0, -y f)``: how far a score f is on the wrong side; or, of classes, behind the best.

    Parameters
    ----------
    output : array_like or Node, shape (...) or (..., classes)
    target : array_like, shape (...)
        Labels −1 and +1, or 0 and 1, of the outputs' own shape; or, with one axis less than the
        outputs, the index of each sample's class y: then the loss is ``max_j f_j - f_y``.
    reduction : {"mean", "sum", "none"}
        Over samples.
    sample_weight : array_like, shape (...), optional

    Returns
    -------
    Node or array

    Notes
    -----
    At a score of exactly zero, or a tie for the best, the slope is the subgradient of least norm,
    0, where Rosenblatt's rule would already correct: start from random weights.

    References
    ----------
    Rosenblatt, The perceptron, 1958.

    Examples
    --------
    >>> nn.perceptron_loss(np.array([2.0, 0.5]), np.array([1, -1]), "none")
    array([0. , 0.5])
    >>> nn.perceptron_loss(np.array([[2.0, 0.5]]), np.array([1]), "none")
    array([1.5])
    """
    x = scores(output)
    shape = np.shape(value_of(x))
    if np.ndim(target) == len(shape) - 1:
        y = check_indices("perceptron_loss", shape, target)
        losses = relu(best_other(x, y) - own_score(x, y))
    else:
        losses = relu(near(-signs("perceptron_loss", shape, target).astype(x.dtype), x) * x)
    return weighted("perceptron_loss", losses, reduction, sample_weight)


class PerceptronLoss(Loss):
    """``perceptron_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> float(nn.PerceptronLoss()(np.array([2.0, 0.5]), np.array([1, 0])))
    0.25
    """

    function = staticmethod(perceptron_loss)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        if target.ndim == len(shape) - 1:
            check_indices("PerceptronLoss", shape, target)
        else:
            signs("PerceptronLoss", shape, target)


def multi_class_hinge_loss(
    output: Any,
    target: Any,
    reduction: str = "mean",
    *,
    form: str = "crammer_singer",
    margin: float = 1.0,
    sample_weight: Any = None,
) -> Any:
    """How far the score of the own class fails to be above the others' by a margin.

    Parameters
    ----------
    output : array_like or Node, shape (..., classes)
        Scores f.
    target : array_like of int, shape (...)
        The index y of each sample's class.
    reduction : {"mean", "sum", "none"}
        Over samples.
    form : {"crammer_singer", "weston_watkins"}
        ``max(0, margin + max_j f_j - f_y)``, or the sum ``Σ_j max(0, margin + f_j - f_y)``, both
        over the classes j other than y.
    margin : float
    sample_weight : array_like, shape (...), optional

    Returns
    -------
    Node or array
        A scalar; of shape (...) with "none".

    Notes
    -----
    PyTorch's MultiMarginLoss is the second form divided by the number of classes.

    References
    ----------
    Crammer and Singer, On the algorithmic implementation of multiclass kernel-based vector
    machines, 2001; Weston and Watkins, Support vector machines for multi-class pattern recognition,
    1999.

    Examples
    --------
    >>> f, y = np.array([[1.0, 0.5, 0.75]]), np.array([0])
    >>> float(nn.multi_class_hinge_loss(f, y))
    0.75
    >>> float(nn.multi_class_hinge_loss(f, y, form="weston_watkins"))
    1.25
    """
    what = "multi_class_hinge_loss"
    check_form(what, form)
    x = scores(output)
    y = check_indices(what, np.shape(value_of(x)), target)
    if form == "crammer_singer":
        losses = relu(margin + best_other(x, y) - own_score(x, y))
    else:
        short = margin + x - own_score(x, y)[..., None]
        losses = np.sum(relu(np.where(is_own(x, y), 0, short)), axis=-1)
    return weighted(what, losses, reduction, sample_weight)


def check_form(what: str, form: str) -> None:
    """Refuse a form that is none."""
    if form not in FORMS:
        wanted = f"form {' or '.join(map(repr, FORMS))}"
        raise ArgumentError(expected(what, wanted, repr(form), "Pass one of these."))


class MultiClassHingeLoss(Loss):
    """``multi_class_hinge_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    form : {"crammer_singer", "weston_watkins"}
    margin : float

    Examples
    --------
    >>> loss = nn.MultiClassHingeLoss(form="weston_watkins")
    >>> float(loss(np.array([[1.0, 0.5, 0.75]]), np.array([0])))
    1.25
    """

    function = staticmethod(multi_class_hinge_loss)
    options = ("form", "margin")

    def __init__(
        self, reduction: str = "mean", *, form: str = "crammer_singer", margin: float = 1.0
    ) -> None:
        super().__init__(reduction)
        check_form("MultiClassHingeLoss", form)
        self.form, self.margin = form, margin

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_indices("MultiClassHingeLoss", shape, target)
