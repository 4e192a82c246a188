"""Margins between classes: the multi-class hinge loss in its two published forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..functional import relu
from .reduction import Array, Loss, check_classes, scores, value_of, weighted

FORMS = ("crammer_singer", "weston_watkins")


def check_indices(what: str, shape: tuple[int, ...], target: Any) -> Array:
    """Class indices that fit scores of this shape."""
    y = np.asarray(target)
    check_classes(shape, y, what, probabilities=False)
    return y


def is_own(x: Any, y: Array) -> Array:
    """Which scores are those of the samples' own classes."""
    mask: Array = np.arange(x.shape[-1]) == y[..., None]
    return mask


def own_score(x: Any, y: Array) -> Any:
    """The score of each sample's own class."""
    return np.sum(np.where(is_own(x, y), x, 0), axis=-1)


def best_other(x: Any, y: Array) -> Any:
    """The best score of another class than the sample's own; ties share the slope."""
    return np.max(np.where(is_own(x, y), -np.inf, x), axis=-1)


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
