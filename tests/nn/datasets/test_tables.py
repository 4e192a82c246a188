"""read_csv: what it reads, and what it says of every kind of bad file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.datasets import read_csv, read_inputs
from nn.errors import DataError, DataFileError, NNError

IRIS = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n6.3,3.3,virginica\n4.9,3.0,setosa\n"


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_names_and_numbers(tmp_path: Path) -> None:
    data = read_csv(write(tmp_path, IRIS))
    X, y = data
    np.testing.assert_array_equal(
        X, np.array([[5.1, 3.5], [7, 3.2], [6.3, 3.3], [4.9, 3]], np.float32)
    )
    assert X.dtype == np.float32
    assert y.tolist() == [0, 1, 2, 0]
    assert y.dtype == np.int64
    assert data.classes == ("setosa", "versicolor", "virginica")
    assert data.features == ("length", "width")


@pytest.mark.parametrize("target", ["kind", 0, "0", -3])
def test_the_target_by_name_or_position(tmp_path: Path, target: str | int) -> None:
    data = read_csv(write(tmp_path, "kind,a,b\nx,1,2\ny,3,4\n"), target)
    assert data.X.tolist() == [[1, 2], [3, 4]]
    assert data.classes == ("x", "y")
    assert data.features == ("a", "b")


def test_a_name_that_looks_like_a_position_is_a_name(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path, "2,1,0\n5,6,7\n5,8,9\n"), "0", header=True).classes == (
        "7",
        "9",
    )


@pytest.mark.parametrize(
    ("text", "header", "rows", "features"),
    [
        ("1,2,a\n3,4,b\n", None, 2, ()),
        ("1,2,a\n3,4,b\n5,6,a\n", True, 2, ("1", "2")),
        ("p,q,a\n3,4,b\n5,6,a\n", None, 2, ("p", "q")),
        ("label,7\n1,2\n3,4\n", None, 2, ("7",)),
    ],
)
def test_the_header_is_found(
    tmp_path: Path, text: str, header: bool | None, rows: int, features: tuple[str, ...]
) -> None:
    data = read_csv(write(tmp_path, text), "label" if "label" in text else -1, header=header)
    assert len(data.X) == rows
    assert data.features == features


@pytest.mark.parametrize(
    ("labels", "classes", "indices"),
    [
        (["10", "9", "10"], ("9", "10"), [1, 0, 1]),
        (["2.0", "1.0", "2"], ("1", "2"), [1, 0, 1]),
        (["-1", "1", "-1"], ("-1", "1"), [0, 1, 0]),
        (["10", "9", "no"], ("10", "9", "no"), [0, 1, 2]),
        (["True", "False", "True"], ("False", "True"), [1, 0, 1]),
        (["1.5", "v2", "1.5"], ("1.5", "v2"), [0, 1, 0]),
    ],
)
def test_classes_in_order(
    tmp_path: Path, labels: list[str], classes: tuple[str, ...], indices: list[int]
) -> None:
    data = read_csv(write(tmp_path, "".join(f"0,{label}\n" for label in labels)))
    assert data.classes == classes
    assert data.y.tolist() == indices


@pytest.mark.parametrize(
    "text",
    [
        "a;b;k\n1;2;x\n3;4;y\n",
        "a\tb\tk\r\n1\t2\tx\r\n3\t4\ty\r\n",
        "\ufeffa,b,k\n1,2,x\n3,4,y\n",
        '"a","b","k"\n"1","2","x"\n"3","4","y"',
        " a , b , k \n 1 , 2 , x \n 3 , 4 , y \n",
        "\n\na,b,k\n\n1,2,x\n,,\n3,4,y\n\n",
    ],
    ids=[
        "semicolons",
        "tabs, Windows",
        "byte order mark",
        "quotes, no last newline",
        "spaces",
        "blank lines",
    ],
)
def test_dialects(tmp_path: Path, text: str) -> None:
    data = read_csv(write(tmp_path, text), "k")
    assert data.X.tolist() == [[1, 2], [3, 4]]
    assert data.classes == ("x", "y")
    assert data.features == ("a", "b")


def test_a_delimiter_of_ones_own(tmp_path: Path) -> None:
    assert read_csv(write(tmp_path, "1|2\n3|4\n"), delimiter="|").X.tolist() == [[1], [3]]


def test_double_precision(tmp_path: Path) -> None:
    data = read_csv(write(tmp_path, "0.1,a\n1e300,b\n"), dtype=np.float64)
    assert data.X.tolist() == [[0.1], [1e300]]


BAD = {
    "empty": ("", {}, r"data\.csv expected rows of cells, got an empty file\. Check the path"),
    "blank": ("\n \n,,\n", {}, r"expected rows of cells, got an empty file"),
    "header only": (
        "a,b\n",
        {},
        r"expected rows of data, got a header and no row\. If it is no header",
    ),
    "not a number": (
        "a,b,k\n1,2,x\n3,n/a,y\n",
        {},
        r"data\.csv, line 3, column 'b' expected a number, got 'n/a'\. Correct the cell",
    ),
    "not a number, no names": (
        "1,2,x\n\nred,4,y\n",
        {},
        r"line 3, column 0 \(counted from 0\) expected a number, got 'red'\. .*pass header=True",
    ),
    "not a number, after the target": (
        "k,a\nx,1\ny,?\n",
        {"target": "k"},
        r"column 'a' .* got '\?'",
    ),
    "gap": ("a,k\n1,x\n,y\n", {}, r"line 3, column 'a' expected a number, got ''"),
    "nan": (
        "a,k\n1,x\nNaN,y\n",
        {},
        r"line 3, column 'a' expected a finite number that float32 .* got 'NaN'",
    ),
    "inf": ("a,k\n1,x\n-inf,y\n", {}, r"line 3, column 'a' expected a finite number .* got '-inf'"),
    "too large": ("a,k\n1,x\n1e39,y\n", {}, r"finite number that float32 can hold, got '1e39'"),
    "short row": (
        "a,b,k\n1,2,x\n3,y\n",
        {},
        r"data\.csv, line 3 expected 3 cells, got 2\. Check for a missing",
    ),
    "long row": ("1,2,x\n3,4,5,y\n", {}, r"line 2 expected 3 cells, got 4"),
    "one column": (
        "a\n1\n2\n",
        {},
        r"expected at least 2 columns, inputs and a target, got 1\. Pass delimiter",
    ),
    "no such name": (
        IRIS,
        {"target": "species"},
        r"expected a column 'species', got the columns 'length', 'width', 'kind'\. Pass the name",
    ),
    "no such position": (IRIS, {"target": 3}, r"expected a column 3, got the columns 'length'"),
    "no such position from the end": (
        "1,2\n",
        {"target": -3},
        r"a column -3, got 2 columns without names",
    ),
    "a name, no header": (
        "1,2\n3,4\n",
        {"target": "k"},
        r"a column 'k', got 2 columns without names",
    ),
    "a name twice": (
        "a,k,k\n1,2,3\n",
        {"target": "k"},
        r"a column 'k', got the columns 'a', 'k', 'k'",
    ),
    "one class": (
        "a,k\n1,x\n2,x\n",
        {},
        r"data\.csv, column 'k' expected at least 2 classes, got only 'x' in all 2 rows\. Choose",
    ),
    "no class": (
        "a,k\n1,x\n2, \n",
        {},
        r"line 3, column 'k' expected a class, got ''\. Name the class",
    ),
    "measurements": (
        "1,2.5\n2,3\n",
        {},
        r"column 1 .* whole numbers or names, got '2\.5'\. Choose .*regression=True",
    ),
    "a class that is nan": ("1,2\n2,nan\n", {}, r"whole numbers or names, got 'nan'"),
    "a class that is infinite": ("1,2\n2,inf\n", {}, r"whole numbers or names, got 'inf'"),
    "integers": (
        "1,2\n",
        {"dtype": np.int64},
        r"dtype expected a floating dtype, got int64\. Pass",
    ),
}


@pytest.mark.parametrize(("text", "options", "message"), BAD.values(), ids=BAD)
def test_bad_tables(tmp_path: Path, text: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_csv(write(tmp_path, text), **options)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(
        DataFileError, match=r"none\.csv expected a text file in UTF-8, got no such file\. Check"
    ):
        read_csv(tmp_path / "none.csv")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"got a folder\. Name a file in it"):
        read_csv(tmp_path)


def test_a_path_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(
        DataFileError, match=r"got Not a directory\. Check that the file may be read"
    ):
        read_csv(write(tmp_path, IRIS) / "data.csv")


def test_an_impossible_path() -> None:
    with pytest.raises(DataFileError, match="null"):
        read_csv("a\0b")


@pytest.mark.parametrize("text", [b"\xff\xfe1\x00,\x00", b"1,2,\xe9\n"])
def test_other_encodings(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(DataFileError, match=r"text file in UTF-8, got something else .*decode"):
        read_csv(write(tmp_path, text))


def test_a_quote_that_never_ends(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="field larger than field limit"):
        read_csv(write(tmp_path, 'a,k\n1,"' + "x" * 200_000))


def test_errors_are_what_a_caller_would_catch(tmp_path: Path) -> None:
    for kind in (NNError, ValueError, OSError):
        with pytest.raises(kind):
            read_csv(os.fspath(tmp_path / "none.csv"))


# Without a target


@pytest.mark.parametrize(
    ("text", "columns", "rows", "names"),
    [
        ("a,b\n1,2\n3,4\n", (), [[1, 2], [3, 4]], ("a", "b")),
        ("1,2\n3,4\n", (), [[1, 2], [3, 4]], ()),
        ("a,note,b\n1,x,2\n", ("b", "a"), [[2, 1]], ("b", "a")),
        ("1,2\n", ("b", "a"), [[1, 2]], ()),
        ("1,2\n3,4\n", ("2", "1"), [[4, 3]], ("2", "1")),
        ("a\n5\n", (), [[5]], ("a",)),
    ],
)
def test_inputs_alone(text: str, columns: Any, rows: Any, names: Any, tmp_path: Path) -> None:
    X, found = read_inputs(write(tmp_path, text), columns)
    assert (X.tolist(), found, X.dtype) == (rows, names, np.float32)


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("", (), "rows of cells, got an empty file"),
        ("a,b\n", (), "rows of data, got a header and no row"),
        ("a,b\n1,x\n", (), "line 2, column 'b' expected a number, got 'x'"),
        ("a,b\n1,2,3\n", (), "line 2 expected 2 cells, got 3"),
        ("a,b\n1,2\n", ("a", "c"), "one column 'c', got the columns 'a', 'b'"),
        ("a,a\n1,2\n", ("a",), "one column 'a', got the columns 'a', 'a'"),
        ("1,2,3\n", ("a", "b"), "expected 2 columns, got 3. They are 'a', 'b'"),
        ("a,b\n1,nan\n", ("b",), "line 2, column 'b' expected a finite number"),
    ],
)
def test_bad_inputs(text: str, columns: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        read_inputs(write(tmp_path, text), columns)


# Numbers to predict


def test_numbers_to_predict(tmp_path: Path) -> None:
    data = read_csv(write(tmp_path, "a,price,b\n1,2.5,3\n4,-1,6\n"), "price", regression=True)
    assert data.X.tolist() == [[1, 3], [4, 6]]
    assert data.y.tolist() == [[2.5], [-1]]
    assert (data.y.dtype, data.features, data.classes) == (np.float32, ("a", "b"), ())
    with pytest.raises(DataError, match="line 2, column 'b' expected a number, got 'x'"):
        read_csv(write(tmp_path, "a,b\n1,x\n"), regression=True)
    with pytest.raises(DataError, match="pass regression=True for numbers to predict"):
        read_csv(write(tmp_path, "a,b\n1,2.5\n"))
