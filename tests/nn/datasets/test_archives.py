"""read_npz: what it reads, and what it says of every kind of bad archive."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.datasets import Dataset, read_npz
from nn.errors import DataError, DataFileError

GOOD: dict[str, Any] = {"X": np.eye(3), "y": [0, 1, 0]}


def save(folder: Path, **arrays: Any) -> Path:
    path = folder / "data.npz"
    np.savez_compressed(path, **arrays)
    return path


def test_numbers_and_classes(tmp_path: Path) -> None:
    X, y = read_npz(save(tmp_path, X=np.arange(6).reshape(3, 2), y=[3, 1, 3]))
    assert X.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert X.dtype == np.float32
    assert y.tolist() == [1, 0, 1]
    assert y.dtype == np.int64


def test_images_become_rows_unless_told_otherwise(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        images=np.arange(12, dtype=np.uint8).reshape(2, 2, 3),
        labels=np.array([4, 7], np.uint8),
    )
    assert read_npz(path).X.tolist() == np.arange(12).reshape(2, 6).tolist()
    assert read_npz(path, flatten=False).X.shape == (2, 2, 3)
    assert read_npz(path).classes == ("4", "7")


def test_arrays_by_name(tmp_path: Path) -> None:
    path = save(tmp_path, **GOOD, pixels=np.ones((3, 4)), kinds=["b", "a", "b"])
    data = read_npz(path, inputs="pixels", target="kinds")
    assert data.X.tolist() == np.ones((3, 4)).tolist()
    assert data.classes == ("a", "b")
    assert data.y.tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([1.0, 2.0, 1.0], ("1", "2")),
        ([True, False, True], ("False", "True")),
        (["10", "9", "9"], ("9", "10")),
        (np.array([2**63, 1, 1], np.uint64), ("1", str(2**63))),
    ],
)
def test_kinds_of_classes(tmp_path: Path, labels: Any, classes: tuple[str, ...]) -> None:
    assert read_npz(save(tmp_path, X=np.eye(3), y=labels)).classes == classes


def test_double_precision(tmp_path: Path) -> None:
    assert read_npz(save(tmp_path, X=[[0.1], [1e300]], y=[0, 1]), dtype=float).X.tolist() == [
        [0.1],
        [1e300],
    ]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no inputs": (
        {"a": [1], "y": [1]},
        r"data\.npz expected an array named 'X' or 'x' or .*, got the arrays 'a', 'y'\. Name it",
    ),
    "no classes": (
        {"X": np.eye(2), "b": [1]},
        r"an array named 'y' or 'labels' .* got the arrays 'X', 'b'",
    ),
    "nothing": ({}, r"an array named 'X' .* got no array"),
    "objects": (
        {**GOOD, "y": np.array([{}, 1, 2], dtype=object)},
        r"array 'y' expected a plain array, .* cannot be read .*pickled objects are never loaded",
    ),
    "complex": (
        {**GOOD, "X": np.eye(3) * 1j},
        r"data\.npz, array 'X' expected numbers, got complex128\. Convert",
    ),
    "text for numbers": ({**GOOD, "X": [["a"]] * 3}, r"array 'X' expected numbers, got <U1"),
    "bytes for classes": (
        {**GOOD, "y": [b"a", b"b", b"a"]},
        r"expected whole numbers or text, got \|S1",
    ),
    "more classes than rows": (
        {"X": np.eye(3), "y": [0, 1]},
        r"and classes of shape \(n,\), got shapes \(3, 3\) and \(2,\)\. Save one row",
    ),
    "one-hot": ({"X": np.eye(3), "y": np.eye(3)}, r"got shapes \(3, 3\) and \(3, 3\)"),
    "flat": ({"X": [1.0, 2.0], "y": [0, 1]}, r"got shapes \(2,\) and \(2,\)"),
    "no rows": ({"X": np.zeros((0, 2)), "y": np.zeros(0)}, r"got shapes \(0, 2\) and \(0,\)"),
    "no columns": ({"X": np.zeros((2, 0)), "y": [0, 1]}, r"got shapes \(2, 0\) and \(2,\)"),
    "nan": (
        {"X": [[1, 2], [3, np.nan]], "y": [0, 1]},
        r"finite numbers that float32 .*, got nan at \[1, 1\]\.",
    ),
    "inf": ({"X": [[1, -np.inf], [3, 4]], "y": [0, 1]}, r"got -inf at \[0, 1\]"),
    "too large": (
        {"X": [[1.0], [1e39]], "y": [0, 1]},
        r"numbers that float32 can hold, got 1e\+39 at \[1, 0\]",
    ),
    "one class": (
        {"X": np.eye(3), "y": [2, 2, 2]},
        r"at least 2 classes, got only '2' in all 3 rows",
    ),
    "measurements": ({"X": np.eye(2), "y": [0.5, 1]}, r"whole numbers or names, got '0\.5'"),
}


@pytest.mark.parametrize(("arrays", "message"), BAD.values(), ids=BAD)
def test_bad_archives(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_npz(save(tmp_path, **arrays))


def test_no_array_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"expected an array named 'z', got the arrays 'X', 'y'\. Name it"
    ):
        read_npz(save(tmp_path, **GOOD), target="z")


def test_an_integer_dtype(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="dtype expected a floating dtype, got int32"):
        read_npz(save(tmp_path, **GOOD), dtype=np.int32)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(
        DataFileError, match=r"expected an \.npz archive, got no such file\. Check the path"
    ):
        read_npz(tmp_path / "none.npz")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"expected an \.npz archive, got a folder"):
        read_npz(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\x80\x04]\x94.", b"PK\x03\x04 and no more"]
)
def test_other_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(DataFileError, match=r"expected an \.npz archive, got something else"):
        read_npz(path)


def test_a_single_array(tmp_path: Path) -> None:
    np.save(tmp_path / "data.npy", np.eye(2))
    with pytest.raises(
        DataError, match=r"got a single \.npy array\. Save both arrays with np\.savez"
    ):
        read_npz(tmp_path / "data.npy")


def test_a_member_that_is_no_array(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X", "text")
    with pytest.raises(DataError, match="array 'X' expected numbers, got a file that is no array"):
        read_npz(path)


def test_every_truncation_is_noticed(tmp_path: Path) -> None:
    path = save(tmp_path, **GOOD)
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            read_npz(path)


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = save(tmp_path, X=np.linspace(0, 1, 300).reshape(100, 3), y=np.arange(100) % 2)
    broken = bytearray(path.read_bytes())
    broken[200] ^= 16
    path.write_bytes(broken)
    with pytest.raises(DataError, match=r"got something else|cannot be read"):
        read_npz(path)


def test_a_dataset_is_a_pair_with_names() -> None:
    data = Dataset(np.zeros((2, 1)), np.array([0, 1]), ["a", "b"], ["length"])
    assert isinstance(data, tuple)
    assert len(data) == 2
    assert data.classes == ("a", "b")
    assert data.features == ("length",)
    assert data._replace(y=np.array([1, 0])).y.tolist() == [1, 0]


def test_numbers_to_predict(tmp_path: Path) -> None:
    y = read_npz(save(tmp_path, X=np.eye(2), y=[0.5, 2]), regression=True).y
    assert (y.tolist(), y.dtype) == ([[0.5], [2]], np.float32)
    several = read_npz(save(tmp_path, X=np.eye(2), y=np.arange(6).reshape(2, 3)), regression=True)
    assert several.y.shape == (2, 3)
    for bad, message in [
        (["a", "b"], "array 'y' expected numbers, got <U1"),
        ([1.0, np.nan], "array of targets expected finite numbers"),
        ([1.0], r"numbers of shape \(n,\), got shapes \(2, 2\) and \(1,\)"),
    ]:
        with pytest.raises(DataError, match=message):
            read_npz(save(tmp_path, X=np.eye(2), y=bad), regression=True)
