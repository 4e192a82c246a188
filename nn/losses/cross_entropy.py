"""Cross-entropy of logits and class indices or probabilities.

One op for each kind of target, with the rule softmax − target; label smoothing, class weights and
sample weights are made around them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, ShapeError, expected
from ..functional.softmax import below_top, log_softmax, softmax, softmax_of
from ..functional.sums import row_starts, row_sums
from ..placement import is_foreign, near, to_numpy
from .reduction import (
    Array,
    Loss,
    check_classes,
    check_reduction,
    each,
    per_example,
    reduced,
    reduced_tangent,
    scores,
    spread,
    value_of,
    weighted,
)

# with the index of each sample's class

UNSIGNED = {np.dtype(f"i{n}"): np.dtype(f"u{n}") for n in (1, 2, 4, 8)}


def _places(logits: Any, target: Array) -> Array:
    """Where in the flattened logits each sample's own class is."""
    places: Array = target.reshape(-1) + row_starts(logits.size, logits.shape[-1])
    return places


def _check_fit(logits: Any, target: Array) -> None:
    """Raise if targets are not the indices of classes; the words are found afterwards."""
    if ag.is_compiling():
        ag.callback(_check_fit, np.broadcast_to(0, logits.shape), target)
        return
    unsigned = UNSIGNED.get(target.dtype)  # as which negative indices are too large
    natural = target.astype(np.uint64) if unsigned is None else target.view(unsigned)
    if logits.shape[:-1] != target.shape or natural.item(natural.argmax()) >= logits.shape[-1]:
        raise ValueError("targets do not fit")


def _index_loss(logits: Any, target: Array, *, reduction: str) -> Any:
    _check_fit(logits, target)
    shifted = below_top(logits)
    own = shifted.reshape(-1)[_places(logits, target)].reshape(target.shape)
    return reduced(np.log(row_sums(np.exp(shifted))) - own, reduction)


def _index_pull(g: Any, out: Any, logits: Any, target: Array, *, reduction: str) -> Any:
    share = each(g, target.size, reduction)
    if reduction == "none":
        share = share[..., None]
    if type(logits) is ag.Node or type(g) is ag.Node:
        return (softmax(logits) - _one_hot(logits, target)) * share
    slope = softmax_of(logits)
    slope.reshape(-1)[_places(logits, target)] -= 1
    slope *= share
    return slope


def _index_push(t: Any, out: Any, logits: Any, target: Array, *, reduction: str) -> Any:
    slope = softmax(logits) - _one_hot(logits, target)
    return reduced_tangent(np.sum(slope * t, axis=-1), reduction)


def _one_hot(logits: Any, target: Array) -> Array:
    array = np.zeros(logits.shape, logits.dtype)
    array.reshape(-1)[_places(logits, target)] = 1
    return array


_index_op = ag.Primitive(
    _index_loss,
    [_index_pull, None],
    [_index_push, None],
    batch=per_example,
    name="cross_entropy",
    finite=True,
)

# the same for large logits: what forward exponentiated is kept for backward

LARGE = 16384
"""Logits from which keeping exponentials costs less than computing them again."""


def _kept_loss(logits: Any, target: Array, *, reduction: str) -> Any:
    """The loss, and numbers in the proportion of the probabilities with the sums of their rows."""
    _check_fit(logits, target)
    weights = below_top(logits)
    own = weights.reshape(-1)[_places(logits, target)].reshape(target.shape)
    np.exp(weights, out=weights)
    sums = row_sums(weights)
    return reduced(np.log(sums) - own, reduction), weights, sums


def _kept_pull(gs: Any, outs: Any, logits: Any, target: Array, *, reduction: str) -> list[Any]:
    (g, *_), (out, weights, sums) = gs, outs
    if type(logits) is ag.Node or type(g) is ag.Node or type(sums) is ag.Node:
        return [_index_pull(g, out, logits, target, reduction=reduction), None]
    share = np.broadcast_to(each(g, target.size, reduction), target.shape)
    slope = weights * (share / sums)[..., None]
    slope.reshape(-1)[_places(logits, target)] -= share.reshape(-1)
    return [slope, None]


_kept_op = ag.Primitive(_kept_loss, _kept_pull, name="cross_entropy", finite=True)

# with the probability of every class


def _probability_loss(logits: Any, target: Any, *, reduction: str) -> Any:
    if logits.shape != target.shape:
        raise ValueError("targets do not fit")
    return reduced(-row_sums(target * log_softmax(logits)), reduction)


def _slope(logits: Any, target: Any) -> Any:
    """The derivative of each sample's loss by its logits; softmax - target if that sums to 1."""
    return softmax(logits) * np.sum(target, axis=-1, keepdims=True) - target


def _each_row(g: Any, logits: Any, reduction: str) -> Any:
    """The cotangent of each sample's loss, with an axis for the classes."""
    return (
        g[..., None] if reduction == "none" else each(g, logits.size // logits.shape[-1], reduction)
    )


probability_op = ag.Primitive(
    _probability_loss,
    [
        lambda g, out, logits, target, *, reduction: (
            _slope(logits, target) * _each_row(g, logits, reduction)
        ),
        lambda g, out, logits, target, *, reduction: (
            -log_softmax(logits) * _each_row(g, logits, reduction)
        ),
    ],
    [
        lambda t, out, logits, target, *, reduction: reduced_tangent(
            np.sum(_slope(logits, target) * t, axis=-1), reduction
        ),
        lambda t, out, logits, target, *, reduction: reduced_tangent(
            np.sum(-log_softmax(logits) * t, axis=-1), reduction
        ),
    ],
    batch=per_example,
    name="cross_entropy",
    finite=True,
)


def cross_entropy(
    logits: Any,
    target: Any,
    reduction: str = "mean",
    *,
    label_smoothing: float = 0.0,
    class_weight: Any = None,
    sample_weight: Any = None,
) -> Any:
    """How improbable the targets are: −log(softmax(logits)[target]).

    Parameters
    ----------
    logits : array_like or Node, shape (..., classes)
        Unnormalised log-probabilities: what the last linear layer gives.
    target : array_like of int, shape (...), or array_like or Node of float, shape (..., classes)
        The index of each sample's class, or the probabilities p of all classes, for −Σ p
        log(softmax(logits)).
    reduction : {"mean", "sum", "none"}
        Over samples.
    label_smoothing : float
        ε, from 0 to 1: the target is taken for (1 − ε) of itself and ε of all classes alike.
    class_weight : array_like, shape (classes,), optional
        How much each class counts. With class indices the mean is the weighted mean, as in PyTorch:
        the sum divided by that of the weights of the samples' classes.
    sample_weight : array_like, shape (...), optional
        How much each sample counts; the mean is the weighted mean.

    Returns
    -------
    Node or array
        A scalar; of shape (...) with "none".

    Raises
    ------
    ShapeError
        The targets' or the weights' shape does not fit the logits'.
    ArgumentError
        Indices out of range, or an unknown reduction.

    Notes
    -----
    The gradient is (softmax(logits) − onehot(target)) / n.

    Examples
    --------
    >>> logits = ag.Node(np.log([[1.0, 3.0], [1.0, 1.0]]))
    >>> loss = nn.cross_entropy(logits, np.array([1, 0]))
    >>> loss.backward()
    >>> round(loss.item(), 4), logits.grad.tolist()
    (0.4904, [[0.125, -0.125], [-0.25, 0.25]])
    """
    if not hasattr(target, "__array_function__"):
        target = np.asarray(target)
    kind = target.dtype.kind
    if type(target) is ag.Node and kind in "iub":
        target = target.value
    if kind == "u":
        target = target.astype(np.int64)
    try:
        if type(target) is not np.ndarray and kind in "iu" and is_foreign(target):
            target = to_numpy(target)
        if label_smoothing or class_weight is not None or sample_weight is not None:
            check_classes(np.shape(value_of(logits)), value_of(target))
            weights = class_weight, sample_weight
            return _modified(scores(logits), target, reduction, label_smoothing, *weights)
        if kind in "iu" and is_foreign(value_of(logits)):
            return _modified(scores(logits), target, reduction, 0.0, None, None)
        if kind not in "iu":
            return probability_op(logits, near(target, logits), reduction=reduction)
        if type(logits) is ag.Node and logits.size >= LARGE:
            return _kept_op(logits, target, reduction=reduction)[0]
        return _index_op(logits, target, reduction=reduction)
    except (ag.AutogradError, AttributeError):
        check_reduction("cross_entropy", reduction)
        check_classes(np.shape(value_of(logits)), value_of(target))
        raise


def _modified(
    logits: Any, target: Any, reduction: str, smoothing: float, class_weight: Any, weight: Any
) -> Any:
    """Cross-entropy with label smoothing, class weights and sample weights."""
    if not 0 <= smoothing <= 1:
        wanted = "label_smoothing from 0 to 1"
        raise ArgumentError(
            expected("cross_entropy", wanted, repr(smoothing), "Pass for instance 0.1.")
        )
    classes, indices = logits.shape[-1], target.dtype.kind in "iu"
    of_class = _class_weights(class_weight, classes, logits.dtype)
    if not indices:
        own = np.ones(logits.shape[:-1], logits.dtype)
    elif type(target) is ag.Batched:
        own = np.sum(np.where(_of_class(target, classes), of_class, 0), axis=-1)
    else:
        own = of_class[target]
    if indices and not smoothing:
        losses = _of_own(logits, target) * near(own, logits)
    else:
        p = _of_class(target, classes).astype(logits.dtype) if indices else target
        p = (near(p, logits) * (1 - smoothing) + smoothing / classes) * near(of_class, logits)
        losses = probability_op(logits, p, reduction="none")
    counted = own
    if weight is not None:
        counted = own * spread("cross_entropy", weight, own.shape, own.dtype)
    return weighted("cross_entropy", losses, reduction, weight, np.sum(counted))


def _of_own(logits: Any, target: Any) -> Any:
    """Each sample's loss by its class's index; made of NumPy's functions for other libraries."""
    if not is_foreign(value_of(logits)):
        return _index_op(logits, target, reduction="none")
    own = near(_of_class(target, logits.shape[-1]), logits)
    return -np.sum(np.where(own, log_softmax(logits), 0), axis=-1)


def _of_class(target: Any, classes: int) -> Any:
    """Which class each sample is of, as a mask of all classes."""
    return np.equal(target[..., None], np.arange(classes))


def _class_weights(class_weight: Any, classes: int, dtype: Any) -> Array:
    """One weight per class, checked."""
    if class_weight is None:
        return np.ones(classes, dtype)
    array = np.asarray(class_weight)
    if array.shape != (classes,):
        cure = "Pass one weight per class."
        wanted = f"class_weight of shape {(classes,)}"
        raise ShapeError(expected("cross_entropy", wanted, str(array.shape), cure))
    if array.dtype.kind not in "fiu" or not np.all((array >= 0) & np.isfinite(array)):
        cure = "Pass for instance n / (classes * np.bincount(y))."
        raise ArgumentError(expected("cross_entropy", "class weights >= 0", "others", cure))
    return array.astype(dtype)


class CrossEntropyLoss(Loss):
    """``cross_entropy`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    label_smoothing : float
    class_weight : array_like, optional

    Examples
    --------
    >>> loss = nn.CrossEntropyLoss()
    >>> print(f"{loss(np.zeros((2, 4)), np.array([0, 3])):.4f}")
    1.3863
    """

    function = staticmethod(cross_entropy)
    options = ("label_smoothing", "class_weight")

    def __init__(
        self, reduction: str = "mean", *, label_smoothing: float = 0.0, class_weight: Any = None
    ) -> None:
        super().__init__(reduction)
        self.label_smoothing, self.class_weight = label_smoothing, class_weight

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with logits of this shape and these targets would."""
        check_classes(shape, target, "CrossEntropyLoss")
