"""Standardising and one-hot vectors: values by hand, dtypes, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nn.datasets import one_hot, standardize
from nn.errors import DataError


def test_columns_get_mean_0_and_deviation_1(rng: np.random.Generator) -> None:
    X = rng.normal(5, 3, (50, 4))
    scaled = standardize(X)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


def test_a_test_set_moves_as_the_training_set() -> None:
    X, X_test = standardize(np.array([[0.0], [4.0]]), np.array([[2], [6]]))
    assert X.tolist() == [[-1.0], [1.0]]
    assert X_test.tolist() == [[0.0], [2.0]]


def test_constant_columns_and_dtypes() -> None:
    X = np.array([[1, 7], [3, 7]], np.float32)
    scaled, whole = standardize(X, np.array([[1, 8]]))
    assert scaled.tolist() == [[-1, 0], [1, 0]]
    assert (scaled.dtype, whole.dtype, whole.tolist()) == (np.float32, np.float64, [[-1.0, 1.0]])


def test_large_numbers_keep_their_differences() -> None:
    X = np.array([[16777216.0], [16777218.0]], np.float32)
    assert standardize(X).tolist() == [[-1], [1]]


@pytest.mark.parametrize(
    "arrays", [[np.zeros((0, 2))], [np.zeros((2, 2)), np.zeros((2, 3))], [np.float64(1)]]
)
def test_what_cannot_be_standardised(arrays: list[Any]) -> None:
    with pytest.raises(DataError, match="standardize expected rows with the same columns"):
        standardize(*arrays)


def test_one_hot() -> None:
    assert one_hot(np.array([2, 0], np.uint8)).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert one_hot([[1], [0]], classes=3, dtype=bool).shape == (2, 1, 3)


@pytest.mark.parametrize(
    ("y", "classes", "message"),
    [
        ([0.0, 1.0], None, "class indices, got float64"),
        ([-1, 0], None, "indices from 0 to 0, got indices from -1 to 0"),
        ([0, 3], 3, "indices from 0 to 2, got indices from 0 to 3"),
    ],
)
def test_what_has_no_one_hot_vector(y: Any, classes: int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        one_hot(y, classes)
