"""The 10,000 digits of MNIST that come with the package."""

from __future__ import annotations

import numpy as np
import pytest

from nn.datasets import mnist10k
from nn.errors import DataError


def test_all_of_them() -> None:
    X, y = mnist10k()
    assert X.shape == (10000, 784)
    assert X.dtype == np.float32
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert y.dtype == np.int64
    assert y[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(y).tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]


def test_the_split_is_fixed_stratified_and_whole() -> None:
    everything, train, test = (mnist10k(split) for split in (None, "train", "test"))
    assert (len(train.X), len(test.X)) == (8000, 2000)
    assert np.abs(np.bincount(test.y) - np.bincount(everything.y) / 5).max() <= 1
    sums = np.sort(np.concatenate([train.X, test.X]).sum(axis=1))
    np.testing.assert_array_equal(sums, np.sort(everything.X.sum(axis=1)))


def test_images_as_they_are_stored() -> None:
    images = mnist10k("test", flatten=False, normalize=False)
    assert images.X.shape == (2000, 28, 28)
    assert images.X.dtype == np.uint8
    assert images.classes == tuple("0123456789")


def test_unknown_split() -> None:
    with pytest.raises(DataError, match="mnist10k expected split 'train', 'test' or None"):
        mnist10k("all")  # type: ignore[arg-type]
