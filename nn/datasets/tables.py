"""Reading a table of numbers and classes from a CSV file, checked cell by cell.

One pass, row by row, so that a large file costs little more memory than its numbers.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import DataError, expected
from .files import Array, Dataset, FilePath, encode, floating, is_number, reading

DELIMITERS = ",;\t"
NO_TARGET = -1
Numbered = tuple[int, list[str]]
"""The cells of a row, and the line of the file where it ends."""


def read_csv(
    path: FilePath,
    target: str | int = -1,
    *,
    delimiter: str | None = None,
    header: bool | None = None,
    regression: bool = False,
    dtype: npt.DTypeLike = np.float32,
) -> Dataset:
    r"""Read a table of numbers with one column of targets from a text file (UTF-8).

    Parameters
    ----------
    path : str or path-like
    target : str or int
        The column of targets: its name, or its position counted from 0, negative from the end. The
        last by default.
    delimiter : str, optional
        What separates cells. By default the one of comma, semicolon and tab that is most frequent
        in the first line.
    header : bool, optional
        Whether the first line holds names. By default it does when none of its cells is a number,
        or when ``target`` is one of them.
    regression : bool
        Whether targets are numbers to predict rather than classes.
    dtype : dtype
        The floating dtype of ``X``, and of ``y`` for regression.

    Returns
    -------
    Dataset
        ``X`` of shape (rows, columns - 1), in the order of the file; ``y``, class indices as int64,
        or for regression numbers of shape (rows, 1). Classes that are whole numbers are in the
        order of their value, others in the order of their text.

    Raises
    ------
    DataFileError
        The file is not there or cannot be read.
    DataError
        A cell is not a finite number, a row has more or fewer cells than the first, a class is
        missing, the target column does not exist or holds fewer than two classes. The message names
        the line, the column and the text.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("pets.csv").write_text("weight,height,kind\n4.1,25,cat\n30,60,dog\n3.9,23,cat\n")
    >>> data = nn.datasets.read_csv("pets.csv", target="kind")
    >>> data.X.shape, data.y.tolist(), data.classes, data.features
    ((3, 2), [0, 1, 0], ('cat', 'dog'), ('weight', 'height'))
    """
    kind, path = floating(dtype), os.fspath(path)
    with (
        reading(path, "a text file in UTF-8"),
        open(path, newline="", encoding="utf-8-sig") as text,
    ):
        rows = _rows(text, delimiter)
        first = next(rows, None)
        if first is None:
            raise DataError(expected(path, "rows of cells", "an empty file", "Check the path."))
        columns = _columns(path, first[1], target, header)
        if regression:  # the target is a number like any other, and the last
            columns = columns._replace(target=NO_TARGET, inputs=(*columns.inputs, columns.target))
        X, labels = _parse(rows if columns.names else chain([first], rows), columns, kind)
    if regression:
        return Dataset(X[:, :-1].copy(), X[:, -1:].copy(), features=columns.features[:-1])
    y, classes = encode(labels, columns.place(columns.target))
    return Dataset(X, y, classes, columns.features)


def read_inputs(
    path: FilePath,
    columns: Sequence[str] = (),
    *,
    delimiter: str | None = None,
    header: bool | None = None,
    dtype: npt.DTypeLike = np.float32,
) -> tuple[Array, tuple[str, ...]]:
    r"""Read a table of numbers without classes, to predict them.

    Parameters
    ----------
    path : str or path-like
    columns : sequence of str, optional
        The names of the columns to read, in this order; others may be there. A file without names
        has to have exactly these columns. All columns by default.
    delimiter, header, dtype
        As for ``read_csv``.

    Returns
    -------
    X : ndarray, shape (rows, columns)
    names : tuple of str
        Of the columns; empty where they have none.

    Raises
    ------
    DataFileError, DataError
        As ``read_csv``, or a column is not there.

    Examples
    --------
    >>> from pathlib import Path
    >>> _ = Path("new.csv").write_text("height,weight,note\n25,4.1,wild\n60,30,tame\n")
    >>> nn.datasets.read_inputs("new.csv", ["weight", "height"])[0].tolist()
    [[4.099999904632568, 25.0], [30.0, 60.0]]
    """
    kind, path = floating(dtype), os.fspath(path)
    with (
        reading(path, "a text file in UTF-8"),
        open(path, newline="", encoding="utf-8-sig") as text,
    ):
        rows = _rows(text, delimiter)
        first = next(rows, None)
        if first is None:
            raise DataError(expected(path, "rows of cells", "an empty file", "Check the path."))
        found = _named_columns(path, first[1], tuple(columns), header)
        X, _ = _parse(rows if found.names else chain([first], rows), found, kind)
    return X, found.features


class _Columns(NamedTuple):
    """What is known of a table before its rows are read."""

    path: str
    width: int
    target: int
    names: tuple[str, ...]
    inputs: tuple[int, ...]

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(self.names[i] for i in self.inputs) if self.names else ()

    def place(self, column: int, line: int | None = None) -> str:
        """Where in the file something is, for a message."""
        called = repr(self.names[column]) if self.names else f"{column} (counted from 0)"
        return f"{self.path}, {'' if line is None else f'line {line}, '}column {called}"


def _columns(path: str, first: list[str], target: str | int, header: bool | None) -> _Columns:
    """The columns of a table, as its first row tells."""
    cells = tuple(cell.strip() for cell in first)
    if len(cells) < 2:
        wanted, cure = "at least 2 columns, inputs and a target", "Pass delimiter=..., or add one."
        raise DataError(expected(path, wanted, "1", cure))
    if header is None:
        header = target in cells or not any(is_number(cell) for cell in cells)
    names = cells if header else ()
    place = _position(path, target, len(cells), names)
    inputs = tuple(i for i in range(len(cells)) if i != place)
    return _Columns(path, len(cells), place, names, inputs)


def _named_columns(
    path: str, first: list[str], wanted: tuple[str, ...], header: bool | None
) -> _Columns:
    """The columns of a table without a target."""
    cells = tuple(cell.strip() for cell in first)
    if header is None:
        header = not any(is_number(cell) for cell in cells) or any(n in cells for n in wanted)
    if not header or not wanted:
        if wanted and len(cells) != len(wanted):
            cure = f"They are {', '.join(map(repr, wanted))}."
            raise DataError(expected(path, f"{len(wanted)} columns", str(len(cells)), cure))
        return _Columns(path, len(cells), NO_TARGET, cells if header else (), (*range(len(cells)),))
    for name in wanted:
        if cells.count(name) != 1:
            there = f"the columns {', '.join(map(repr, cells))}"
            cure = "Give every column the name it had."
            raise DataError(expected(path, f"one column {name!r}", there, cure))
    return _Columns(path, len(cells), NO_TARGET, cells, tuple(map(cells.index, wanted)))


def _position(path: str, target: str | int, width: int, names: tuple[str, ...]) -> int:
    """The target column's place, from 0."""
    if isinstance(target, str) and names.count(target) == 1:
        return names.index(target)
    try:
        return range(width)[int(target)]
    except (ValueError, IndexError):
        named = f"the columns {', '.join(map(repr, names))}"
        there = named if names else f"{width} columns without names"
        cure = "Pass the name of one column, or its position counted from 0."
        raise DataError(expected(path, f"a column {target!r}", there, cure)) from None


def _rows(text: Iterable[str], delimiter: str | None) -> Iterator[Numbered]:
    """The rows that are not blank, each with its line number."""
    lines, head = iter(text), []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    likely = max(DELIMITERS, key=head[-1].count) if head else ","
    reader = csv.reader(chain(head, lines), delimiter=delimiter or likely)
    return ((reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells))


def _parse(
    rows: Iterable[Numbered], columns: _Columns, dtype: np.dtype[Any]
) -> tuple[Array, list[str]]:
    """Numbers of every column but the target, and the target's texts."""
    numbers, labels = [], []
    with np.errstate(over="ignore"):
        for line, cells in rows:
            if len(cells) != columns.width:
                raise _ragged(cells, columns, line)
            if columns.target != NO_TARGET:
                labels.append(_label(cells, columns, line))
            numbers.append(_numbers(cells, columns, line, dtype))
    if not numbers:
        got, cure = "a header and no row", "If it is no header, pass header=False."
        raise DataError(expected(columns.path, "rows of data", got, cure))
    return np.array(numbers, dtype), labels


def _ragged(cells: list[str], columns: _Columns, line: int) -> DataError:
    cure = "Check for a missing or an extra delimiter."
    place = f"{columns.path}, line {line}"
    return DataError(expected(place, f"{columns.width} cells", str(len(cells)), cure))


def _label(cells: list[str], columns: _Columns, line: int) -> str:
    label = cells[columns.target].strip()
    if not label:
        place = columns.place(columns.target, line)
        raise DataError(expected(place, "a class", "''", "Name the class, or drop the row."))
    return label


def _numbers(cells: list[str], columns: _Columns, line: int, dtype: np.dtype[Any]) -> Array:
    """A row's inputs."""
    inputs = [cells[i] for i in columns.inputs]
    try:
        row = np.array(list(map(float, inputs)), dtype)
    except ValueError:
        i = next(i for i, cell in enumerate(inputs) if not is_number(cell))
        wanted, cure = "a number", "Correct the cell, or leave out its column or row."
        if not columns.names:
            cure += " If the first line holds names, pass header=True."
    else:
        if np.isfinite(row).all():
            return row
        i = int(np.argmin(np.isfinite(row)))
        wanted = f"a finite number that {dtype} can hold"
        cure = "Fill the gap, or leave out its column or row."
    raise DataError(
        expected(columns.place(columns.inputs[i], line), wanted, repr(inputs[i].strip()), cure)
    )
