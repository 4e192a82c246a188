"""train_test_split: sizes, shares of the classes, what raises."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nn.datasets import train_test_split
from nn.errors import DataError


@given(
    counts=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 5),
)
def test_every_row_is_in_one_part_and_every_class_has_its_share(
    counts: list[int], fraction: float, seed: int
) -> None:
    y = np.repeat(np.arange(len(counts)), counts)
    held_out = round(fraction * len(y))
    assume(0 < held_out <= len(y) - len(counts))
    train, test, y_train, y_test = train_test_split(np.arange(len(y)), y, fraction, seed)
    assert sorted([*train, *test]) == list(range(len(y)))
    assert len(test) == held_out
    np.testing.assert_array_equal(y[train], y_train)
    np.testing.assert_array_equal(y[test], y_test)
    assert set(y_train) == set(range(len(counts)))


def test_shares_worked_out_by_hand() -> None:
    # 4 of 10 rows: 0.4 x (5, 3, 2) = (2.0, 1.2, 0.8); the whole parts are 2, 1, 0, and the row left
    # over goes to the largest fraction, the third.
    y = np.repeat([0, 1, 2], [5, 3, 2])
    *_, y_test = train_test_split(y, y, test_size=4)
    assert np.bincount(y_test).tolist() == [2, 1, 1]


def test_a_class_of_one_row_stays_to_train_on() -> None:
    *_, y_train, y_test = train_test_split(np.zeros(4), ["a", "a", "a", "b"], test_size=2)
    assert sorted(y_train) == ["a", "b"]
    assert sorted(y_test) == ["a", "a"]


def test_rows_are_shuffled_and_keep_dtype_and_shape() -> None:
    X = np.arange(200, dtype=np.float32).reshape(50, 2, 2)
    y = np.arange(50) % 2
    train, test, y_train, _ = train_test_split(X, y)
    assert train.shape == (40, 2, 2)
    assert test.dtype == np.float32
    assert (np.diff(train[:, 0, 0]) < 0).any()
    assert (np.diff(y_train) != 0).any()


def test_the_seed_decides() -> None:
    X, y = np.arange(40), np.arange(40) % 4
    first, second, other = (train_test_split(X, y, seed=s)[1] for s in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert first.tolist() != other.tolist()
    np.testing.assert_array_equal(train_test_split(X, y, seed=np.random.default_rng(1))[1], first)


def test_without_classes() -> None:
    X = np.arange(10)
    train, test, _, y_test = train_test_split(X, X / 3, test_size=3, stratify=False)
    assert (len(train), len(test)) == (7, 3)
    np.testing.assert_array_equal(y_test, test / 3)


@pytest.mark.parametrize("size", [0, 1.0, -1, -0.2, 10, 1.5, 0.01, True, float("nan")])
def test_sizes_that_leave_a_part_empty(size: float) -> None:
    with pytest.raises(
        DataError, match=r"test_size, a fraction or a number of rows, .*, got test_size="
    ):
        train_test_split(np.arange(10), np.arange(10) % 2, test_size=size)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (
            np.zeros((3, 2)),
            [0, 1],
            r"equally many rows, got shapes \(3, 2\) and \(2,\)\. Pass one target",
        ),
        (1.0, 2.0, r"got shapes \(\) and \(\)"),
        (
            np.zeros(4),
            [0.5, 1.5, 0.5, 1.5],
            r"y of class labels, .* got float64 of shape \(4,\)\. .*stratify=False",
        ),
        (np.zeros(4), np.eye(4, dtype=int), r"got int64 of shape \(4, 4\)"),
    ],
)
def test_what_cannot_be_split(X: Any, y: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        train_test_split(X, y, test_size=2)


def test_too_many_classes_for_what_is_left() -> None:
    with pytest.raises(
        DataError, match=r"each of the 3 classes, got a test set of 2 of 4 rows\. Pass a smaller"
    ):
        train_test_split(np.zeros(4), [0, 1, 2, 2], test_size=2)
