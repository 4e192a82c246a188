"""What the readers of data files share: the ``Dataset`` they return, its classes, and errors.

The readers themselves are ``tables.py`` (CSV) and ``archives.py`` (npz).
"""

from __future__ import annotations

import csv
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import DataError, DataFileError, expected

Array = npt.NDArray[Any]
FilePath = str | os.PathLike[str]

UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    SyntaxError,
    EOFError,
    RuntimeError,
    OverflowError,
    MemoryError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
    csv.Error,
)
"""What the standard library and NumPy raise on a file that is broken or of another kind."""
SMALL, TIMES = 2**28, 200
"""A compressed file may unfold to 256 MiB, and beyond that to 200 times its size."""


class _Pair(NamedTuple):
    X: Array
    y: Array


class Dataset(_Pair):
    """The pair ``(X, y)`` of inputs and targets, with the names that go with them.

    It is a tuple of two: ``X, y = dataset``.

    Parameters
    ----------
    X : ndarray, shape (n, ...)
        Inputs, one row a sample.
    y : ndarray of int64, shape (n,), or of float, shape (n, k)
        Class indices, ``0`` to ``len(classes) - 1``; or numbers to predict.
    classes : sequence of str
        What each index stands for; empty for numbers.
    features : sequence of str
        Names of the columns of ``X``, or empty where they have none.

    Examples
    --------
    >>> data = nn.datasets.Dataset(np.zeros((2, 3)), np.array([0, 1]), classes=["cat", "dog"])
    >>> X, y = data
    >>> X.shape, data.classes[data.y[1]]
    ((2, 3), 'dog')
    """

    classes: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    def __new__(
        cls, X: Array, y: Array, classes: Sequence[str] = (), features: Sequence[str] = ()
    ) -> Dataset:
        """Join arrays and names."""
        self = super().__new__(cls, X, y)
        self.classes = tuple(classes)
        self.features = tuple(features)
        return self


@contextmanager
def reading(path: str, wanted: str) -> Iterator[None]:
    """Say which file could not be read, and why."""
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError:
        got, cure = "no such file", "Check the path and the folder it starts from."
        raise DataFileError(expected(path, wanted, got, cure)) from None
    except IsADirectoryError:
        raise DataFileError(expected(path, wanted, "a folder", "Name a file in it.")) from None
    except OSError as error:
        cure = "Check that the file may be read."
        raise DataFileError(expected(path, wanted, error.strerror or str(error), cure)) from None
    except UNREADABLE as error:
        cure = "Check that it is the right file and that it is whole."
        raise DataFileError(expected(path, wanted, f"something else ({error})", cure)) from None


def check_unfolded(path: str, size: int) -> None:
    """Refuse a compressed file that unfolds out of all proportion."""
    if size > max(SMALL, TIMES * os.path.getsize(path)):
        wanted = f"at most {TIMES} times as much unpacked as packed"
        cure = "If you trust the file, unpack it first."
        raise DataFileError(expected(path, wanted, f"{size:,} bytes or more", cure))


def floating(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """``dtype``, if numbers to learn from can have it."""
    cure = "Pass for instance np.float32."
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):
        raise DataError(expected("dtype", "a floating dtype", repr(dtype), cure)) from None
    if kind.kind != "f":
        raise DataError(expected("dtype", "a floating dtype", str(kind), cure))
    return kind


def encode(labels: Sequence[str], place: str) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Class indices for ``labels``, and the classes in order."""
    keys = _class_keys(set(labels), place)
    classes = sorted(set(keys.values()))
    if len(classes) < 2:
        got = f"only {str(classes[0])!r} in all {len(labels)} rows"
        cure = "Choose another target, or check the file."
        raise DataError(expected(place, "at least 2 classes", got, cure))
    index = {key: i for i, key in enumerate(classes)}
    return np.array([index[keys[label]] for label in labels], np.int64), tuple(map(str, classes))


def _class_keys(labels: set[str], place: str) -> dict[str, Any]:
    """What tells classes apart and orders them: integers if all are whole, else text."""
    if not all(is_number(label) for label in labels):
        return {label: label for label in labels}
    try:
        return {label: _whole(label) for label in labels}
    except ValueError as error:
        cure = "Choose another target, or pass regression=True for numbers to predict."
        raise DataError(
            expected(place, "classes: whole numbers or names", str(error), cure)
        ) from None


def _whole(text: str) -> int:
    """The integer that ``text`` writes, be it as 3 or as 3.0."""
    try:
        return int(text)
    except ValueError:
        value = float(text)
        if not value.is_integer():
            raise ValueError(repr(text)) from None
        return int(value)


def is_number(text: str) -> bool:
    """Whether ``text`` writes a number, NaN and infinity included."""
    try:
        float(text)
    except ValueError:
        return False
    return True
