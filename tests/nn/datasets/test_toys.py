"""Toy sets: where their points lie, that a seed decides everything, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.datasets import CURVES, make_blobs, make_circles, make_curve, make_moons, make_spirals
from nn.errors import DataError

MAKERS = [make_moons, make_circles, make_spirals, make_blobs, make_curve]


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_decides_everything(make: Any) -> None:
    one, same, other = make(seed=3), make(seed=3), make(seed=4)
    np.testing.assert_array_equal(one.X, same.X)
    np.testing.assert_array_equal(one.y, same.y)
    assert not np.array_equal(one.X, other.X)
    assert len(one.X) == len(one.y) == 100
    assert one.X.dtype == np.float32
    assert make(seed=3, dtype=np.float64).X.dtype == np.float64


@pytest.mark.parametrize("make", [make_moons, make_circles, make_spirals, make_blobs])
def test_classes_are_shared_out_and_shuffled(make: Any) -> None:
    data = make(n_samples=101)
    counts = np.bincount(data.y)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == len(data.classes)
    assert np.any(np.diff(data.y) < 0)


def test_moons_without_noise_lie_on_half_circles() -> None:
    X, y = make_moons(40, noise=0.0, dtype=float)
    upper, lower = X[y == 0], X[y == 1]
    np.testing.assert_allclose(np.hypot(*upper.T), 1)
    np.testing.assert_allclose(np.hypot(*(lower - [1, 0.5]).T), 1)
    assert upper[:, 1].min() > -1e-12
    assert lower[:, 1].max() < 0.5 + 1e-12


@pytest.mark.oracle
def test_moons_and_circles_are_scikit_learns() -> None:
    theirs = pytest.importorskip("sklearn.datasets")
    for make, reference, options in [
        (make_moons, theirs.make_moons, {}),
        (make_circles, theirs.make_circles, {"factor": 0.3}),
    ]:
        X, y = make(20, noise=0.0, dtype=float, **options)
        X_theirs, y_theirs = reference(20, shuffle=False, **options)
        ours = np.round(np.c_[y, X], 9) + 0.0
        other = np.round(np.c_[y_theirs, X_theirs], 9) + 0.0
        np.testing.assert_allclose(ours[np.lexsort(ours.T)], other[np.lexsort(other.T)], atol=1e-8)


def test_spirals_turn_and_do_not_touch() -> None:
    X, y = make_spirals(300, noise=0.0, turns=2, classes=3, dtype=float)
    angle = np.arctan2(X[:, 1], X[:, 0]) / (2 * np.pi)
    np.testing.assert_allclose((angle - 2 * np.hypot(*X.T) - y / 3 + 0.5) % 1, 0.5, atol=1e-9)


def test_blobs_have_their_centres_and_spread() -> None:
    X, y = make_blobs(4000, centers=[[0, 0, 5], [9, 0, 0]], cluster_std=2.0, seed=1)
    np.testing.assert_allclose(X[y == 1].mean(axis=0), [9, 0, 0], atol=0.2)
    np.testing.assert_allclose(X[y == 0].std(axis=0), 2, rtol=0.06)
    assert make_blobs(20, centers=4, n_features=5).X.shape == (20, 5)


@pytest.mark.parametrize("curve", CURVES)
def test_curves_are_what_a_network_fits(curve: str) -> None:
    function, low, high = CURVES[curve]
    X, y = make_curve(curve, 50, noise=0.0, dtype=float)
    np.testing.assert_allclose(y, function(X))
    assert low <= X.min() <= X.max() <= high
    nn.MSELoss().check((50, 1), make_curve(curve, 50).y)


BAD = {
    "no samples": (lambda: make_moons(0), "make_moons, n_samples, expected a whole number"),
    "one for two": (lambda: make_circles(1), "a whole number of at least 2, got 1"),
    "negative noise": (lambda: make_moons(noise=-1), "noise, expected at least 0, got -1"),
    "noise nan": (lambda: make_curve(noise=float("nan")), "noise, expected at least 0, got nan"),
    "factor": (lambda: make_circles(factor=1.0), "factor, expected above 0 and below 1, got 1.0"),
    "classes": (lambda: make_spirals(classes=1), "number of classes, expected a whole number"),
    "turns": (lambda: make_spirals(turns=0), "turns, expected above 0, got 0"),
    "centres": (lambda: make_blobs(centers=[1.0, 2.0]), r"make_blobs expected centers, .*\(2,\)"),
    "curve": (lambda: make_curve("line"), "one of 'sine', 'cubic'.*got 'line'"),
    "dtype": (lambda: make_moons(dtype=int), "dtype expected a floating dtype, got int64"),
}


@pytest.mark.parametrize(("make", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_made_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make()
