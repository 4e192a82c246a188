"""Arrays made ready to learn from: columns of mean 0 and deviation 1, classes as vectors.

The same as a layer, saved with its model, is ``nn.Standardize``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import DataError, expected
from .files import Array


def standardize(X: npt.ArrayLike, *others: npt.ArrayLike) -> Any:
    """Bring each column to mean 0 and standard deviation 1, other sets in the same way.

    Parameters
    ----------
    X : array_like, shape (n, ...)
        Rows whose columns' mean and deviation count; usually what one trains on.
    *others : array_like, shapes (m, ...)
        More rows to move and scale by the same numbers, such as a test set.

    Returns
    -------
    ndarray, or a tuple of them if there are others
        Of the floating dtype of each; float64 for whole numbers. Columns that are constant in
        ``X`` are only centred.

    Raises
    ------
    DataError
        There is no row, or the columns differ.

    Examples
    --------
    >>> X, X_test = nn.datasets.standardize(np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[2, 6]]))
    >>> X.tolist(), X_test.tolist()
    ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0]])
    """
    arrays = [np.asarray(array) for array in (X, *others)]
    first = arrays[0]
    if any(a.shape[1:] != first.shape[1:] or a.ndim < 1 for a in arrays) or not first.size:
        got = f"shapes {', '.join(str(a.shape) for a in arrays)}"
        wanted, cure = "rows with the same columns", "Pass one row per sample."
        raise DataError(expected("standardize", wanted, got, cure))
    mean, deviation = first.mean(axis=0, dtype=float), first.std(axis=0, dtype=float)
    scale = np.where(deviation > 0, deviation, 1.0)
    scaled = [
        ((a - mean) / scale).astype(a.dtype if a.dtype.kind == "f" else float) for a in arrays
    ]
    return tuple(scaled) if others else scaled[0]


def one_hot(
    y: npt.ArrayLike, classes: int | None = None, dtype: npt.DTypeLike = np.float32
) -> Array:
    """Class indices as vectors: 1 at the class, 0 elsewhere.

    Parameters
    ----------
    y : array_like of int, shape (...)
    classes : int, optional
        How many there are; by default one more than the largest index.
    dtype : dtype

    Returns
    -------
    ndarray, shape (..., classes)

    Raises
    ------
    DataError
        ``y`` holds something else than indices from 0 to ``classes - 1``.

    Examples
    --------
    >>> nn.datasets.one_hot([0, 2], dtype=int)
    array([[1, 0, 0],
           [0, 0, 1]])
    """
    indices = np.asarray(y)
    if indices.dtype.kind not in "iu":
        cure = "Convert them with .astype(int)."
        raise DataError(expected("one_hot", "class indices", f"{indices.dtype}", cure))
    largest = int(indices.max()) if indices.size else -1
    count = largest + 1 if classes is None else classes
    if largest >= count or (indices.size and indices.min() < 0):
        got = f"indices from {indices.min()} to {largest}"
        cure = "Number the classes from 0, or pass a larger number of them."
        raise DataError(expected("one_hot", f"indices from 0 to {count - 1}", got, cure))
    vectors: Array = np.eye(count, dtype=dtype)[indices]
    return vectors
