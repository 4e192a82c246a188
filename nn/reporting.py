"""A classifier's results in words: the confusion table, and the classes it confuses most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
WIDEST = 24
"""Classes up to which the whole table is shown."""


def confusion_table(matrix: Array, classes: Sequence[str]) -> str:
    r"""A confusion matrix as text, zeros as dots, with the share of each class that was recognised.

    Parameters
    ----------
    matrix : ndarray of int, shape (k, k)
        As from ``confusion_matrix``.
    classes : sequence of str
        Their names.

    Examples
    --------
    >>> print(confusion_table(np.array([[3, 1], [0, 4]]), ["cat", "dog"]))
    true \ predicted  cat  dog   recognised
                 cat    3    1       75.0 %
                 dog    ·    4      100.0 %
    """
    names = [shortened(name) for name in classes]
    head = "true \\ predicted"
    first = max(len(head), *map(len, names))
    width = max(3, len(str(matrix.max())), *map(len, names)) + 2
    lines = [head.rjust(first) + "".join(name.rjust(width) for name in names) + "   recognised"]
    for name, row, share in zip(names, matrix, recognised(matrix), strict=True):
        counts = "".join((str(n) if n else "·").rjust(width) for n in row.tolist())
        known = f"{100 * share:11.1f} %" if share == share else "–".rjust(13)
        lines.append(f"{name.rjust(first)}{counts}{known}")
    return "\n".join(lines)


def recognised(matrix: Array) -> Array:
    """The share of each class that was predicted right; NaN for a class without samples."""
    totals = matrix.sum(axis=1)
    return np.where(totals > 0, np.diag(matrix) / np.maximum(totals, 1), np.nan)


def most_confused(
    matrix: Array, classes: Sequence[str], limit: int = 5
) -> list[tuple[str, str, int]]:
    """The most frequent mistakes: true class, predicted class and how often, most frequent first.

    Examples
    --------
    >>> most_confused(np.array([[3, 1], [0, 4]]), ["cat", "dog"])
    [('cat', 'dog', 1)]
    """
    mistakes = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:limit]
    pairs = [(int(i) // len(classes), int(i) % len(classes)) for i in order]
    return [(classes[i], classes[j], int(mistakes[i, j])) for i, j in pairs if mistakes[i, j]]


def confusion_summary(matrix: Array, classes: Sequence[str]) -> str:
    """The table, unless it is too wide, and the most frequent mistakes."""
    pairs = most_confused(matrix, classes)
    listed = ", ".join(f"{true} taken for {guess} ({count}×)" for true, guess, count in pairs)
    words = f"most confused: {listed}" if pairs else "no mistakes"
    return words if len(classes) > WIDEST else f"{confusion_table(matrix, classes)}\n\n{words}"


def shortened(name: str) -> str:
    """A class's name, cut where it would make the table too wide."""
    return name if len(name) <= 12 else f"{name[:11]}…"
