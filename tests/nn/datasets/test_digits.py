"""The digits that come with the package."""

from __future__ import annotations

import numpy as np
import pytest

from nn.datasets import digits
from nn.errors import DataError


def test_all_of_them() -> None:
    X, y = digits()
    assert X.shape == (1797, 64)
    assert X.dtype == np.float32
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert y.shape == (1797,)
    assert y.dtype == np.int64
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_first_image_by_eye() -> None:
    data = digits(flatten=False, normalize=False)
    assert data.X.dtype == np.uint8
    assert data.classes[data.y[0]] == "0"
    zero = [
        [0, 0, 5, 13, 9, 1, 0, 0],
        [0, 0, 13, 15, 10, 15, 5, 0],
        [0, 3, 15, 2, 0, 11, 8, 0],
        [0, 4, 12, 0, 0, 8, 8, 0],
        [0, 5, 8, 0, 0, 9, 8, 0],
        [0, 4, 11, 0, 1, 12, 7, 0],
        [0, 2, 14, 5, 10, 12, 0, 0],
        [0, 0, 6, 13, 10, 0, 0, 0],
    ]
    assert data.X[0].tolist() == zero


def test_normalized_pixels_are_sixteenths() -> None:
    np.testing.assert_array_equal(digits().X * 16, digits(normalize=False).X)


def test_the_split_is_fixed_stratified_and_whole() -> None:
    train, test = digits("train"), digits("test")
    assert (len(train.X), len(test.X)) == (1437, 360)
    np.testing.assert_array_equal(digits("test").X, test.X)
    assert np.abs(np.bincount(test.y) - np.bincount(digits().y) / 5).max() <= 1
    parts = np.concatenate([np.c_[train.X, train.y], np.c_[test.X, test.y]])
    everything = np.c_[digits().X, digits().y]
    np.testing.assert_array_equal(parts[np.lexsort(parts.T)], everything[np.lexsort(everything.T)])


def test_arrays_are_the_callers_own() -> None:
    digits(normalize=False).X[:] = 0
    assert digits(normalize=False).X.any()


def test_unknown_split() -> None:
    with pytest.raises(
        DataError, match="digits expected split 'train', 'test' or None, got 'valid'"
    ):
        digits("valid")  # type: ignore[arg-type]


@pytest.mark.oracle
def test_same_as_scikit_learn() -> None:
    theirs = pytest.importorskip("sklearn.datasets").load_digits()
    ours = digits(normalize=False)
    np.testing.assert_array_equal(ours.X, theirs.data)
    np.testing.assert_array_equal(ours.y, theirs.target)
