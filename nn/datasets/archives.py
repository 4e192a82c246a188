"""Reading inputs and classes from a NumPy archive. Nothing is ever unpickled."""

from __future__ import annotations

import math
import operator
import os
import zipfile
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from ..errors import DataError, DataFileError, expected
from .files import UNREADABLE, Array, Dataset, FilePath, check_unfolded, encode, floating, reading

INPUTS = ("X", "x", "images", "data")
TARGETS = ("y", "labels", "target", "targets")

HEADERS: dict[tuple[int, int], Any] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""What reads the header of a .npy file of each version; others have names of fields."""


def read_npz(
    path: FilePath,
    inputs: str | None = None,
    target: str | None = None,
    *,
    flatten: bool = True,
    regression: bool = False,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Read inputs and targets from an archive written by ``np.savez`` or ``np.savez_compressed``.

    Parameters
    ----------
    path : str or path-like
    inputs : str, optional
        The array of inputs, shape (n, ...). By default the first there is of X, x, images and data.
    target : str, optional
        The array of targets: classes, whole numbers or text, of shape (n,). By default the first
        there is of y, labels, target and targets.
    flatten : bool
        Make each sample a row, so that ``X`` has shape (n, k).
    regression : bool
        Whether targets are numbers to predict rather than classes, of shape (n,) or (n, k).
    dtype : dtype
        The floating dtype of ``X``, and of ``y`` for regression. Values are converted, not scaled.

    Returns
    -------
    Dataset
        As from ``read_csv``.

    Raises
    ------
    DataFileError
        The file is not there or is no such archive.
    DataError
        An array is missing (the message says which are there), holds Python objects, has the wrong
        dtype or shape or a number that is not finite, or there are fewer than two classes.

    Examples
    --------
    >>> np.savez("toy.npz", X=np.eye(3), y=np.array([7, 8, 7]))
    >>> data = nn.datasets.read_npz("toy.npz")
    >>> data.X.shape, data.y.tolist(), data.classes
    ((3, 3), [0, 1, 0], ('7', '8'))
    """
    kind, path = floating(dtype), os.fspath(path)
    X, y = _load(path, inputs, target, "biuf" if regression else "biufU")
    shape = y.shape[: 1 if regression and y.ndim == 2 else None]
    if X.ndim < 2 or shape != X.shape[:1] or X.size == 0:
        got = f"shapes {X.shape} and {y.shape}"
        cure = "Save one row of inputs and one target for each sample."
        kinds = "numbers" if regression else "classes"
        wanted = f"inputs of shape (n, ...) and {kinds} of shape (n,)"
        raise DataError(expected(path, wanted, got, cure))
    converted = _finite(X, f"{path}, array of inputs", kind)
    rows = converted.reshape(len(X), -1) if flatten else converted
    if regression:
        return Dataset(rows, _finite(y, f"{path}, array of targets", kind).reshape(len(y), -1))
    codes, classes = encode([str(label) for label in y.tolist()], f"{path}, array of classes")
    return Dataset(rows, codes, classes)


def _load(path: str, inputs: str | None, target: str | None, kinds: str) -> tuple[Array, Array]:
    """The two arrays of an archive, numbers and classes."""
    with reading(path, "an .npz archive"), open(path, "rb") as file:
        archive = np.load(file, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            cure = "Save both arrays with np.savez(path, X=..., y=...)."
            raise DataError(expected(path, "an .npz archive", "a single .npy array", cure))
        with archive:
            _check_members(path, archive)
            X = _array(path, archive, inputs, INPUTS, "biuf", "numbers")
            wanted = "whole numbers or text" if "U" in kinds else "numbers"
            y = _array(path, archive, target, TARGETS, kinds, wanted)
            return X, y


def _check_members(path: str, archive: Any) -> None:
    """Refuse what NumPy does not write: it would be a file made to do harm, or damaged."""
    members: list[zipfile.ZipInfo] = archive.zip.infolist()
    if any(m.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for m in members):
        wanted, cure = "arrays stored or deflated", "Save them with np.savez_compressed."
        raise DataFileError(expected(path, wanted, "another compression", cure))
    check_unfolded(path, sum(m.file_size for m in members))


def _array(
    path: str, archive: Any, name: str | None, usual: Sequence[str], kinds: str, wanted: str
) -> Array:
    names = [name] if name is not None else usual
    found = next((n for n in names if n in archive.files), None)
    if found is None:
        there = f"the arrays {', '.join(map(repr, archive.files))}" if archive.files else "no array"
        cure = "Name it: read_npz(path, inputs=..., target=...)."
        wanted = f"an array named {' or '.join(map(repr, names))}"
        raise DataError(expected(path, wanted, there, cure))
    place = f"{path}, array {found!r}"
    try:
        _check_header(archive.zip, found)
        array = archive[found]
    except UNREADABLE as error:
        cure = "Save a plain numeric array: pickled objects are never loaded."
        got = f"one that cannot be read ({error})"
        raise DataError(expected(place, "a plain array", got, cure)) from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in kinds:
        got = str(getattr(array, "dtype", "a file that is no array"))
        raise DataError(expected(place, wanted, got, "Convert the array before saving it."))
    return array


def _check_header(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an array that says that it is larger or smaller than what follows."""
    name = f"{name}.npy" if f"{name}.npy" in archive.namelist() else name
    with cast(zipfile.ZipExtFile, archive.open(name)) as file:
        if not file.peek(8).startswith(np.lib.format.MAGIC_PREFIX):
            return  # a file that is no array: NumPy hands out its bytes
        read = HEADERS[np.lib.format.read_magic(file)]
        shape, _, dtype = read(file)
        there = archive.getinfo(name).file_size - file.tell()
    asked = math.prod(map(operator.index, shape)) * dtype.itemsize
    if asked != there and not dtype.hasobject:
        raise ValueError(f"shape {shape} of {dtype} takes {asked:,} bytes, there are {there:,}")


def _finite(X: Array, place: str, dtype: np.dtype[Any]) -> Array:
    """``X`` as ``dtype``."""
    with np.errstate(over="ignore"):
        converted = X.astype(dtype)
    finite = np.isfinite(converted)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        got, cure = f"{X[where]} at {list(where)}", "Fill the gaps, or leave those rows out."
        raise DataError(expected(place, f"finite numbers that {dtype} can hold", got, cure))
    return converted
