"""IDX files: every kind of number, gzip, and files that are broken or of another kind."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from nn.datasets import read_idx, read_idx_array
from nn.datasets.idx import KINDS
from nn.errors import DataError, DataFileError


def idx(array: np.ndarray) -> bytes:
    """An array as an IDX file's bytes."""
    code = next(c for c, kind in KINDS.items() if np.dtype(kind).newbyteorder("=") == array.dtype)
    head = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(KINDS[code]).tobytes()


@pytest.mark.parametrize("kind", KINDS.values())
@pytest.mark.parametrize("zipped", [False, True])
def test_every_kind_of_number(kind: str, zipped: bool, tmp_path: Path) -> None:
    array = np.arange(24).reshape(2, 3, 4).astype(np.dtype(kind).newbyteorder("="))
    path = tmp_path / "array"
    path.write_bytes(gzip.compress(idx(array)) if zipped else idx(array))
    found = read_idx_array(path)
    np.testing.assert_array_equal(found, array)
    assert found.dtype == array.dtype
    assert found.dtype.isnative


def pair(folder: Path, X: np.ndarray, y: np.ndarray) -> tuple[Path, Path]:
    paths = folder / "images.gz", folder / "labels"
    paths[0].write_bytes(gzip.compress(idx(X)))
    paths[1].write_bytes(idx(y))
    return paths


def test_images_and_labels(tmp_path: Path) -> None:
    X = np.array([0, 51, 102, 255], np.uint8).reshape(2, 1, 2)
    paths = pair(tmp_path, X, np.array([9, 3], np.uint8))
    data = read_idx(*paths)
    np.testing.assert_allclose(data.X, [[0, 0.2], [0.4, 1]], rtol=1e-6)
    assert (data.y.tolist(), data.classes) == ([1, 0], ("3", "9"))
    stored = read_idx(*paths, flatten=False, normalize=False, dtype=float)
    np.testing.assert_array_equal(stored.X, X)
    assert stored.X.dtype == float


WHOLE = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))
BROKEN = {
    "empty": (b"", r"an IDX file, .* got the bytes \[\]"),
    "another format": (b"PK\x03\x04 and more", "an IDX file, which starts with 0, 0"),
    "an unknown kind": (b"\0\0\x07\x01\0\0\0\x01x", "an IDX file, which starts with"),
    "no axes": (b"\0\0\x08\0", "an IDX file, which starts with"),
    "no lengths": (WHOLE[:6], "lengths of 2 axes, got fewer"),
    "cut off": (WHOLE[:-1], r"6 bytes of numbers for shape \(2, 3\), got 5"),
    "too long": (WHOLE + b"x", "6 bytes of numbers .* got more"),
    "cut gzip": (gzip.compress(WHOLE)[:-9], "an IDX file, got something else"),
    "broken gzip": (b"\x1f\x8bnothing of the kind", "an IDX file, got "),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_files(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=message):
        read_idx_array(path)


def test_missing_file() -> None:
    with pytest.raises(DataFileError, match="an IDX file, got no such file"):
        read_idx_array("nothing")


def test_files_in_the_wrong_order(tmp_path: Path) -> None:
    paths = pair(tmp_path, np.zeros((3, 2), np.uint8), np.arange(3, dtype=np.uint8))
    with pytest.raises(DataError, match="Pass the file of images first"):
        read_idx(*reversed(paths))


def test_labels_that_are_no_classes(tmp_path: Path) -> None:
    paths = pair(tmp_path, np.zeros((2, 2), np.uint8), np.array([0.5, 1], np.float32))
    with pytest.raises(DataError, match="float32 classes"):
        read_idx(*paths)
