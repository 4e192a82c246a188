"""A classifier's results in words."""

from __future__ import annotations

import numpy as np

from nn.reporting import WIDEST, confusion_summary, confusion_table, most_confused

MATRIX = np.array([[3, 0, 1], [2, 10, 0], [0, 0, 0]])
NAMES = ["a", "b", "a very long name of a class"]


def test_the_table_has_counts_and_shares() -> None:
    assert confusion_table(MATRIX, NAMES).splitlines() == [
        "true \\ predicted             a             b  a very long…   recognised",
        "               a             3             ·             1       75.0 %",
        "               b             2            10             ·       83.3 %",
        "    a very long…             ·             ·             ·            –",
    ]


def test_mistakes_are_listed_most_frequent_first() -> None:
    assert most_confused(MATRIX, NAMES) == [("b", "a", 2), ("a", NAMES[2], 1)]
    assert most_confused(MATRIX, NAMES, limit=1) == [("b", "a", 2)]
    assert most_confused(np.eye(3, dtype=int), NAMES) == []


def test_the_summary_is_both_unless_the_table_is_too_wide() -> None:
    assert "recognised" in confusion_summary(MATRIX, NAMES)
    assert confusion_summary(MATRIX, NAMES).endswith(
        "most confused: b taken for a (2×), a taken for a very long name of a class (1×)"
    )
    k = WIDEST + 1
    assert confusion_summary(np.eye(k, dtype=int), [str(i) for i in range(k)]) == "no mistakes"
