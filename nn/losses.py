"""Losses: how far outputs are from targets. Each is a function, and a class with its options.

Each is one op with a hand-derived rule, stable for large outputs; targets that do not fit are
refused in words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .errors import ArgumentError, ShapeError, expected
from .functional.softmax import below_top, log_softmax, softmax, softmax_of
from .functional.sums import row_starts, row_sums, total

Array = npt.NDArray[Any]
REDUCTIONS = ("mean", "sum", "none")


def _reduced(losses: Any, reduction: str) -> Any:
    """The losses of the samples as the loss of the batch."""
    if reduction == "mean":
        return total(losses) / losses.size
    if reduction == "sum":
        return total(losses)
    if reduction != "none":
        raise ValueError(f"unknown reduction {reduction!r}")
    return losses


def _reduced_tangent(tangents: Any, reduction: str) -> Any:
    """``_reduced`` for Nodes too."""
    if reduction == "none":
        return tangents
    return np.mean(tangents) if reduction == "mean" else np.sum(tangents)


def _each(g: Any, count: int, reduction: str) -> Any:
    """The cotangent of each sample's loss, from that of the batch's."""
    return g / count if reduction == "mean" else g


# cross-entropy with the index of each sample's class

UNSIGNED = {np.dtype(f"i{n}"): np.dtype(f"u{n}") for n in (1, 2, 4, 8)}


def _places(logits: Any, target: Array) -> Array:
    """Where in the flattened logits each sample's own class is."""
    places: Array = target.reshape(-1) + row_starts(logits.size, logits.shape[-1])
    return places


def _index_loss(logits: Any, target: Array, *, reduction: str) -> Any:
    unsigned = UNSIGNED.get(target.dtype)  # as which negative indices are too large
    natural = target.astype(np.uint64) if unsigned is None else target.view(unsigned)
    if logits.shape[:-1] != target.shape or natural.item(natural.argmax()) >= logits.shape[-1]:
        raise ValueError("targets do not fit")
    shifted = below_top(logits)
    own = shifted.reshape(-1)[_places(logits, target)].reshape(target.shape)
    return _reduced(np.log(row_sums(np.exp(shifted))) - own, reduction)


def _index_pull(g: Any, out: Any, logits: Any, target: Array, *, reduction: str) -> Any:
    share = _each(g, target.size, reduction)
    if reduction == "none":
        share = share[..., None]
    if type(logits) is not np.ndarray:
        return (softmax(logits) - _one_hot(logits, target)) * share
    slope = softmax_of(logits)
    slope.reshape(-1)[_places(logits, target)] -= 1
    slope *= share
    return slope


def _index_push(t: Any, out: Any, logits: Any, target: Array, *, reduction: str) -> Any:
    slope = softmax(logits) - _one_hot(logits, target)
    return _reduced_tangent(np.sum(slope * t, axis=-1), reduction)


def _one_hot(logits: Any, target: Array) -> Array:
    array = np.zeros(logits.shape, logits.dtype)
    array.reshape(-1)[_places(logits, target)] = 1
    return array


_index_op = ag.Primitive(
    _index_loss, [_index_pull, None], [_index_push, None], name="cross_entropy"
)

# cross-entropy with the probability of every class


def _probability_loss(logits: Any, target: Any, *, reduction: str) -> Any:
    if logits.shape != target.shape:
        raise ValueError("targets do not fit")
    return _reduced(-np.add.reduce(target * log_softmax(logits), axis=-1), reduction)


def _slope(logits: Any, target: Any) -> Any:
    """The derivative of each sample's loss by its logits; softmax - target if that sums to 1."""
    return softmax(logits) * np.sum(target, axis=-1, keepdims=True) - target


def _each_row(g: Any, logits: Any, reduction: str) -> Any:
    """The cotangent of each sample's loss, with an axis for the classes."""
    return (
        g[..., None]
        if reduction == "none"
        else _each(g, logits.size // logits.shape[-1], reduction)
    )


_probability_op = ag.Primitive(
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
        lambda t, out, logits, target, *, reduction: _reduced_tangent(
            np.sum(_slope(logits, target) * t, axis=-1), reduction
        ),
        lambda t, out, logits, target, *, reduction: _reduced_tangent(
            np.sum(-log_softmax(logits) * t, axis=-1), reduction
        ),
    ],
    name="cross_entropy",
)


def cross_entropy(logits: Any, target: Any, reduction: str = "mean") -> Any:
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

    Returns
    -------
    Node or array
        A scalar; of shape (...) with "none".

    Raises
    ------
    ShapeError
        The targets' shape does not fit the logits'.
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
    if type(target) is not np.ndarray and type(target) is not ag.Node:
        target = np.asarray(target)
    kind = target.dtype.kind
    if kind == "u":
        target = target.astype(np.int64)
    try:
        op = _index_op if kind in "iu" else _probability_op
        return op(logits, target, reduction=reduction)
    except (ag.AutogradError, AttributeError):
        check_reduction("cross_entropy", reduction)
        check_classes(np.shape(getattr(logits, "value", logits)), getattr(target, "value", target))
        raise


def check_reduction(what: str, reduction: str) -> None:
    """Refuse a reduction that is none."""
    if reduction not in REDUCTIONS:
        wanted = f"reduction {', '.join(map(repr, REDUCTIONS))}"
        raise ArgumentError(expected(what, wanted, repr(reduction), "Pass one of these."))


def check_classes(shape: tuple[int, ...], target: Any, what: str = "cross_entropy") -> None:
    """Say what is wrong with targets for logits of this shape, if anything is."""
    got = f"{target.dtype} targets of shape {target.shape} for logits of shape {shape}"
    if target.dtype.kind not in "iu" and target.shape != shape:
        cure = "Pass class indices with y.astype(int), or one probability per class."
        raise ArgumentError(expected(what, "targets that are whole numbers", got, cure))
    if not shape or target.shape not in (shape, shape[:-1]):
        cure = "Pass one class index per sample, or one probability per class."
        raise ShapeError(expected(what, f"targets of shape {shape[:-1]}", got, cure))
    if target.shape == shape[:-1] and target.size:
        low, high = target.min(), target.max()
        if low < 0 or high >= shape[-1]:
            cure = f"Number the classes from 0, or give the model {high + 1} outputs."
            wanted = f"class indices from 0 to {shape[-1] - 1}"
            raise ArgumentError(expected(what, wanted, f"{low if low < 0 else high}", cure))


# squared error


def _squared_loss(x: Any, y: Any, *, reduction: str) -> Any:
    if x.shape != y.shape:
        raise ValueError("targets do not fit")
    difference = x - y
    return _reduced(difference * difference, reduction)


_squared_op = ag.Primitive(
    _squared_loss,
    [
        lambda g, out, x, y, *, reduction: (x - y) * _each(2 * g, x.size, reduction),
        lambda g, out, x, y, *, reduction: (y - x) * _each(2 * g, x.size, reduction),
    ],
    [
        lambda t, out, x, y, *, reduction: _reduced_tangent(2 * (x - y) * t, reduction),
        lambda t, out, x, y, *, reduction: _reduced_tangent(2 * (y - x) * t, reduction),
    ],
    name="mse_loss",
)


def mse_loss(output: Any, target: Any, reduction: str = "mean") -> Any:
    """The squared error, averaged over all entries.

    Parameters
    ----------
    output, target : array_like or Node
        Of one shape: nothing is broadcast.
    reduction : {"mean", "sum", "none"}
        Over entries.

    Returns
    -------
    Node or array
        A scalar; of the shape of ``output`` with "none".

    Raises
    ------
    ShapeError
        The shapes differ.

    Examples
    --------
    >>> x = ag.Node([1.0, 2.0])
    >>> loss = nn.mse_loss(x, np.array([1.0, 4.0]))
    >>> loss.backward()
    >>> loss.item(), x.grad.tolist()
    (2.0, [0.0, -2.0])
    """
    x, y = (v if isinstance(v, ag.Node) else np.asarray(v) for v in (output, target))
    try:
        return _squared_op(x, y, reduction=reduction)
    except ag.AutogradError:
        check_reduction("mse_loss", reduction)
        check_same("mse_loss", x.shape, y.shape)
        raise


def check_same(what: str, shape: tuple[int, ...], target: tuple[int, ...]) -> None:
    """Refuse targets of another shape than the outputs'."""
    if shape != target:
        cure = "Reshape the targets, for instance with y[:, None]."
        raise ShapeError(expected(what, f"targets of shape {shape}", str(target), cure))


class Loss:
    """A loss with its options; call it with outputs and targets.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}
    """

    def __init__(self, reduction: str = "mean") -> None:
        check_reduction(type(self).__name__, reduction)
        self.reduction = reduction

    def __call__(self, output: Any, target: Any) -> Any:
        """The loss."""
        raise NotImplementedError

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(reduction={self.reduction!r})"


class CrossEntropyLoss(Loss):
    """``cross_entropy`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> loss = nn.CrossEntropyLoss()
    >>> print(f"{loss(np.zeros((2, 4)), np.array([0, 3])):.4f}")
    1.3863
    """

    def __call__(self, output: Any, target: Any) -> Any:
        """The loss of logits."""
        return cross_entropy(output, target, self.reduction)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with logits of this shape and these targets would."""
        check_classes(shape, target, "CrossEntropyLoss")


class MSELoss(Loss):
    """``mse_loss`` with its options.

    Parameters
    ----------
    reduction : {"mean", "sum", "none"}

    Examples
    --------
    >>> float(nn.MSELoss()(np.array([1.0, 2.0]), np.array([0.0, 0.0])))
    2.5
    """

    def __call__(self, output: Any, target: Any) -> Any:
        """The loss of outputs."""
        return mse_loss(output, target, self.reduction)

    def check(self, shape: tuple[int, ...], target: Array) -> None:
        """Raise what calling it with outputs of this shape and these targets would."""
        check_same("MSELoss", shape, target.shape)
