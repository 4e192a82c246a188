"""How often predicted classes are true ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, ShapeError, expected
from .outputs import same_shape, value_of

Array = npt.NDArray[Any]


def accuracy(output: Any, target: Any) -> float:
    """The fraction of samples whose class is the one predicted.

    Parameters
    ----------
    output : array_like or Node, shape (..., classes) or (...)
        Logits or probabilities, of which the largest counts, or predicted classes.
    target : array_like of int, shape (...)

    Examples
    --------
    >>> nn.accuracy(np.array([[0.1, 0.9], [0.8, 0.2]]), np.array([1, 1]))
    0.5
    """
    true = value_of(target)
    right = predicted(output, true, "accuracy") == true
    return float(np.count_nonzero(right) / right.size) if right.size else float("nan")


def binary_accuracy(output: Any, target: Any, threshold: float = 0.0) -> float:
    """The fraction of yes-or-no outputs that are on the right side of a threshold.

    Parameters
    ----------
    output : array_like or Node
        Logits (for probabilities pass ``threshold=0.5``).
    target : array_like, of the shape of ``output``
        1 for yes, 0 (or −1) for no.
    threshold : float
        Yes is what lies above it.

    Examples
    --------
    >>> nn.binary_accuracy(np.array([-2.0, 3.0, 1.0, 1.0]), np.array([0, 1, 0, 1]))
    0.75
    """
    scores, true = same_shape("binary_accuracy", output, target)
    return float(np.mean((scores > threshold) == (true > 0)))


def top_k_accuracy(output: Any, target: Any, k: int = 5) -> float:
    """The fraction of samples whose class is among the k with the largest outputs.

    Parameters
    ----------
    output : array_like or Node, shape (..., classes)
        Logits or probabilities. Of equal ones the class with the smaller index comes first.
    target : array_like of int, shape (...)
    k : int
        At least 1.

    Examples
    --------
    >>> scores = np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])
    >>> nn.top_k_accuracy(scores, np.array([1, 2]), k=2)
    0.5
    """
    scores, true = value_of(output), value_of(target)
    if scores.shape[:-1] != true.shape or scores.ndim == 0 or true.dtype.kind not in "iu" or k < 1:
        got = f"outputs {scores.shape}, {true.dtype} targets {true.shape} and k={k!r}"
        wanted = "outputs (..., classes), integer targets (...) and k >= 1"
        cure = "Pass one class index per sample."
        raise ShapeError(expected("top_k_accuracy", wanted, got, cure))
    order = np.argsort(-scores, axis=-1, kind="stable")[..., :k]
    return float(np.mean(np.any(order == true[..., None], axis=-1)))


def precision(output: Any, target: Any, average: str | None = "macro") -> Any:
    """The share of true ones among the samples predicted to be of a class.

    Parameters
    ----------
    output : array_like or Node, shape (n, classes) or (n,)
        Logits or probabilities, or predicted classes.
    target : array_like of int, shape (n,)
    average : {"macro", None}
        The mean over the classes that occur, in outputs or targets; or an array, one for each.

    Returns
    -------
    float, or ndarray of shape (classes,)
        0 for a class that is never predicted.

    Examples
    --------
    >>> nn.precision(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), average=None).round(2)
    array([1.  , 0.67])
    """
    matrix = confusion_matrix(output, target)
    return _averaged("precision", np.diag(matrix), matrix.sum(axis=0), matrix, average)


def recall(output: Any, target: Any, average: str | None = "macro") -> Any:
    """The share of a class's samples that are predicted to be of it.

    Parameters
    ----------
    output, target, average
        As for ``precision``.

    Returns
    -------
    float, or ndarray of shape (classes,)
        0 for a class without samples.

    Examples
    --------
    >>> nn.recall(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]))
    0.75
    """
    matrix = confusion_matrix(output, target)
    return _averaged("recall", np.diag(matrix), matrix.sum(axis=1), matrix, average)


def f1(output: Any, target: Any, average: str | None = "macro") -> Any:
    """The harmonic mean of precision and recall of each class.

    Parameters
    ----------
    output, target, average
        As for ``precision``.

    Returns
    -------
    float, or ndarray of shape (classes,)

    Examples
    --------
    >>> nn.f1(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), average=None).round(2)
    array([0.67, 0.8 ])
    """
    matrix = confusion_matrix(output, target)
    both = matrix.sum(axis=0) + matrix.sum(axis=1)
    return _averaged("f1", 2 * np.diag(matrix), both, matrix, average)


def _averaged(what: str, part: Array, whole: Array, matrix: Array, average: str | None) -> Any:
    """Shares of each class, or their mean over the classes that occur."""
    if average not in ("macro", None):
        cure = "Pass one of these."
        raise ArgumentError(expected(what, "average 'macro' or None", repr(average), cure))
    shares = np.where(whole > 0, part / np.maximum(whole, 1), 0.0)
    occurs = matrix.sum(axis=0) + matrix.sum(axis=1) > 0
    return shares if average is None else float(np.mean(shares[occurs])) if occurs.any() else 0.0


def predicted(output: Any, target: Array, what: str = "accuracy") -> Array:
    """The classes that outputs stand for."""
    scores = value_of(output)
    if scores.ndim == target.ndim + 1:
        scores = scores.argmax(axis=-1)
    elif scores.dtype.kind == "f" and np.any(scores != np.floor(scores)):
        cure = "Pass one column per class, or nn.binary_accuracy for yes-or-no outputs."
        got = f"{scores.dtype} numbers of shape {scores.shape}"
        raise ShapeError(expected(what, "predicted classes, or a score for each", got, cure))
    if scores.shape != target.shape or target.dtype.kind not in "iu":
        got = f"outputs {np.shape(value_of(output))} and {target.dtype} targets {target.shape}"
        cure = "Pass one class index per sample."
        raise ShapeError(
            expected(what, "outputs (..., classes) and integer targets (...)", got, cure)
        )
    return scores


def confusion_matrix(output: Any, target: Any, classes: int | None = None) -> npt.NDArray[np.int64]:
    """How often each class was taken for each.

    Parameters
    ----------
    output : array_like or Node, shape (n, classes) or (n,)
        Logits or probabilities, or predicted classes.
    target : array_like of int, shape (n,)
    classes : int, optional
        How many there are; by default as many columns as ``output`` has, or as many as occur.

    Returns
    -------
    ndarray of int64, shape (classes, classes)
        Rows are true classes, columns predicted ones.

    Examples
    --------
    >>> nn.confusion_matrix([0, 1, 1, 1], [0, 0, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    true = value_of(target)
    guess = predicted(output, true, "confusion_matrix").astype(np.int64, copy=False)
    columns = np.shape(value_of(output))[-1] if np.ndim(value_of(output)) == true.ndim + 1 else 0
    highest = int(max(true.max(initial=-1), guess.max(initial=-1))) + 1
    count = classes if classes is not None else max(columns, highest)
    if highest > count or min(true.min(initial=0), guess.min(initial=0)) < 0:
        wanted = f"classes from 0 to {count - 1}"
        cure = "Pass a larger number of classes, or number them from 0."
        raise ArgumentError(expected("confusion_matrix", wanted, f"up to {highest - 1}", cure))
    flat = np.bincount(true.ravel() * count + guess.ravel(), minlength=count * count)
    return flat.reshape(count, count).astype(np.int64)
