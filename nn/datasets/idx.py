"""Reading IDX files, the format MNIST and its relatives come in, plain or gzipped.

A file is four bytes (0, 0, kind of numbers, axes), the length of each axis, and the numbers, all
big-endian.
"""

from __future__ import annotations

import gzip
import math
import os
from typing import IO, Any, cast

import numpy as np
import numpy.typing as npt

from ..errors import DataError, DataFileError, expected
from .files import Array, Dataset, FilePath, check_unfolded, encode, floating, reading

KINDS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The numbers that the third byte names."""
PART = 2**20
"""Bytes that are read at a time."""
CURE = "Check that it is the right file and that it is whole."


def read_idx(
    inputs: FilePath,
    target: FilePath,
    *,
    flatten: bool = True,
    normalize: bool = True,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    """Read inputs and classes from a pair of IDX files, such as those of MNIST.

    Parameters
    ----------
    inputs : str or path-like
        The file of inputs, shape (n, ...); gzipped if it starts like such a file.
    target : str or path-like
        The file of classes, whole numbers, shape (n,).
    flatten : bool
        Make each sample a row, so that ``X`` has shape (n, k).
    normalize : bool
        Scale inputs that are unsigned bytes to 0 to 1.
    dtype : dtype
        The floating dtype of ``X``.

    Returns
    -------
    Dataset
        As from ``read_csv``.

    Raises
    ------
    DataFileError
        A file is not there, is no IDX file, or is longer or shorter than it says.
    DataError
        Shapes do not fit, or there are fewer than two classes.

    Examples
    --------
    >>> from pathlib import Path
    >>> images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 51, 0])
    >>> _ = Path("images.idx").write_bytes(images)
    >>> _ = Path("labels.idx").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))
    >>> data = nn.datasets.read_idx("images.idx", "labels.idx")
    >>> data.X.tolist(), data.y.tolist(), data.classes
    ([[0.0, 1.0], [0.20000000298023224, 0.0]], [0, 1], ('7', '9'))
    """
    kind = floating(dtype)
    X, y = read_idx_array(inputs), read_idx_array(target)
    if X.ndim < 2 or y.shape != X.shape[:1] or X.size == 0 or y.dtype.kind == "f":
        got = f"shapes {X.shape} and {y.shape} with {y.dtype} classes"
        cure = "Pass the file of images first and that of their labels second."
        wanted = "inputs of shape (n, ...) and whole numbers of shape (n,)"
        raise DataError(expected(f"{os.fspath(inputs)} and {os.fspath(target)}", wanted, got, cure))
    codes, classes = encode([str(label) for label in y.tolist()], os.fspath(target))
    scaled = X.astype(kind) / kind.type(255 if normalize and X.dtype == np.uint8 else 1)
    return Dataset(scaled.reshape(len(X), -1) if flatten else scaled, codes, classes)


def read_idx_array(path: FilePath) -> Array:
    """Read the array of an IDX file, gzipped or not.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    ndarray
        In the machine's byte order.

    Raises
    ------
    DataFileError
        The file is not there, is no IDX file, or is longer or shorter than it says.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("labels.idx").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    >>> nn.datasets.read_idx_array("labels.idx")
    array([5, 0, 4], dtype=uint8)
    """
    name = os.fspath(path)
    with reading(name, "an IDX file"), _opened(name) as file:
        shape, kind = _header(name, file.read(4), file)
        size = math.prod(shape) * kind.itemsize
        content = _read(name, file, size + 1)
        if len(content) != size:
            got = "more" if len(content) > size else f"{len(content):,}"
            wanted = f"{size:,} bytes of numbers for shape {shape}"
            raise DataFileError(expected(name, wanted, got, CURE))
        return np.ndarray(shape, kind, content).astype(kind.newbyteorder("="))


def _read(name: str, file: IO[bytes], size: int) -> bytearray:
    """So many bytes, or fewer if the file ends before: never room for what is not there."""
    content = bytearray()
    while part := file.read(min(PART, size - len(content))):
        content += part
        check_unfolded(name, len(content))
    return content


def _opened(name: str) -> IO[bytes]:
    """The file, through gzip if it starts like a gzipped one."""
    with open(name, "rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(name)) if zipped else open(name, "rb")


def _header(name: str, magic: bytes, file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """The shape and the dtype that a file says it has."""
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in KINDS or not magic[3]:
        wanted = "an IDX file, which starts with 0, 0, the kind of numbers and how many axes"
        raise DataFileError(expected(name, wanted, f"the bytes {list(magic)}", CURE))
    lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataFileError(expected(name, f"lengths of {magic[3]} axes", "fewer", CURE))
    return tuple(np.frombuffer(lengths, ">u4").tolist()), np.dtype(KINDS[magic[2]])
