"""Parting data in two: some to train on, the rest to test on.

Whole rows move, nothing is scaled or changed; NumPy only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import DataError, expected
from ..seeding import generator

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.intp]


def train_test_split(
    X: npt.ArrayLike,
    y: npt.ArrayLike,
    test_size: float = 0.2,
    seed: int | np.random.Generator = 0,
    stratify: bool = True,
) -> tuple[Array, Array, Array, Array]:
    """Part rows at random into a training and a test set.

    Parameters
    ----------
    X : array_like, shape (n, ...)
        Inputs, one row a sample.
    y : array_like, shape (n,) or (n, ...)
        Targets. With ``stratify``, class labels of shape (n,).
    test_size : float or int
        A fraction between 0 and 1 of the rows, rounded to a whole number of them, or a number of
        rows.
    seed : int or numpy.random.Generator
        The same seed gives the same parts.
    stratify : bool
        Give each class the same share of both parts, as nearly as whole rows allow; every class
        keeps at least one row to train on. Pass False for targets that are not classes.

    Returns
    -------
    X_train, X_test, y_train, y_test : ndarray
        Copies, in shuffled order, with the dtypes of ``X`` and ``y``.

    Raises
    ------
    DataError
        ``X`` and ``y`` differ in length, a part would be empty, or ``stratify`` meets something
        else than classes.

    Notes
    -----
    Rows left over when each class has got the whole part of its share go, one each, to the classes
    with the largest fractions left: the method of largest remainders.

    Examples
    --------
    >>> X, y = np.arange(10), np.array([0, 1] * 5)
    >>> X_train, X_test, y_train, y_test = nn.datasets.train_test_split(X, y, test_size=0.4)
    >>> np.bincount(y_train).tolist(), np.bincount(y_test).tolist()
    ([3, 3], [2, 2])
    """
    inputs, targets = np.asarray(X), np.asarray(y)
    _check_lengths(inputs, targets)
    held_out = _row_count(test_size, len(inputs))
    order = generator(seed).permutation(len(inputs))
    chosen = _stratified(targets, order, held_out) if stratify else order[:held_out]
    in_test = np.isin(order, chosen)
    train, test = order[~in_test], order[in_test]
    return inputs[train], inputs[test], targets[train], targets[test]


def _check_lengths(X: Array, y: Array) -> None:
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        got = f"shapes {X.shape} and {y.shape}"
        cure = "Pass one target for each row of X."
        raise DataError(expected("train_test_split", "X and y with equally many rows", got, cure))


def _row_count(test_size: float, rows: int) -> int:
    """How many rows ``test_size`` stands for, at least one of them and not all."""
    whole = isinstance(test_size, int | np.integer) and not isinstance(test_size, bool)
    count = int(test_size) if whole else round(test_size * rows) if 0 < test_size < 1 else 0
    if not 0 < count < rows:
        wanted = f"test_size, a fraction or a number of rows, that parts {rows} rows in two"
        cure = "Pass for instance test_size=0.2." if rows > 4 else "Use more data."
        raise DataError(expected("train_test_split", wanted, f"test_size={test_size!r}", cure))
    return count


def _stratified(y: Array, order: Indices, held_out: int) -> Indices:
    """The rows of the test set, ``held_out`` of them, shared out among the classes."""
    if y.ndim != 1 or y.dtype.kind in "fc":
        got = f"{y.dtype} of shape {y.shape}"
        cure = "Pass class labels, or stratify=False for other targets."
        wanted = "y of class labels, shape (n,)"
        raise DataError(expected("train_test_split with stratify=True", wanted, got, cure))
    _, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    shares = _shares(counts, held_out)
    shuffled = codes[order]
    return np.concatenate([order[shuffled == c][:share] for c, share in enumerate(shares)])


def _shares(counts: Indices, held_out: int) -> Indices:
    """``held_out`` split in proportion to ``counts``, leaving at least one of each."""
    if held_out > counts.sum() - len(counts):
        got = f"a test set of {held_out} of {counts.sum()} rows"
        cure = "Pass a smaller test_size, or stratify=False."
        wanted = f"a row to train on for each of the {len(counts)} classes"
        raise DataError(expected("train_test_split with stratify=True", wanted, got, cure))
    shares, remainders = np.divmod(counts * held_out, counts.sum())
    for _ in range(held_out - shares.sum()):
        largest = np.argmax(np.where(shares < counts - 1, remainders, -np.inf))
        shares[largest] += 1
        remainders[largest] -= counts.sum()
    return shares
