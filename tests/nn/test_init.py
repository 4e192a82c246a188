"""Initialisers: the variances they are named for, names, and functions of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.init import INITIALIZERS, Initializer, initializer

VARIANCES = {
    "he": 2 / 300,
    "he_uniform": 2 / 300,
    "glorot": 2 / (200 + 300),
    "glorot_in": 1 / 300,
    "glorot_uniform": 2 / (200 + 300),
    "lecun": 1 / 300,
    "lecun_uniform": 1 / 300,
    "orthogonal": 1 / 300,
    "normal": 0.01**2,
    "uniform": 0.05**2 / 3,
}


def test_every_initializer_has_its_variance_here_or_has_none() -> None:
    assert set(INITIALIZERS) - set(VARIANCES) == {"zeros", "constant"}
    assert all(getattr(nn.init, name) is function for name, function in INITIALIZERS.items())
    rng = np.random.default_rng(0)
    assert np.all(nn.init.zeros((2, 3), rng) == np.zeros((2, 3)))
    assert np.all(nn.init.constant((2, 3), rng, 0.5) == np.full((2, 3), 0.5))


@pytest.mark.parametrize("name", VARIANCES)
def test_weights_have_mean_zero_and_the_variance_of_the_formula(
    name: str, rng: np.random.Generator
) -> None:
    W = INITIALIZERS[name]((200, 300), rng)
    assert W.shape == (200, 300)
    assert abs(W.mean()) < 5 * np.sqrt(VARIANCES[name] / W.size)
    assert W.var() == pytest.approx(VARIANCES[name], rel=5 * np.sqrt(2 / W.size))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_the_same_seed_gives_the_same_weights_in_any_dtype(name: str) -> None:
    first, again = (nn.Linear(3, 4, init=name, seed=7).weight.value for _ in range(2))
    assert np.array_equal(first, again)
    wide = nn.Linear(3, 4, init=name, seed=7, dtype=np.float64).weight.value
    assert np.array_equal(first, wide.astype(np.float32))


def test_a_function_is_taken_as_it_is() -> None:
    constant: Initializer = lambda shape, rng: np.full(shape, 0.5)
    assert initializer(constant) is constant
    assert nn.Linear(2, 1, init=constant).weight.value.tolist() == [[0.5, 0.5]]


def test_an_unknown_name_lists_those_known() -> None:
    with pytest.raises(nn.ArgumentError, match=r"init expected one of 'he', .*, got 'hee'"):
        nn.Linear(2, 1, init="hee")


def test_a_function_that_returns_another_shape_is_refused() -> None:
    wrong: Any = lambda shape, rng: np.zeros(shape[::-1])
    with pytest.raises(nn.ShapeError, match=r"\(n_out, n_in\) = \(1, 2\), got \(2, 1\)"):
        nn.Linear(2, 1, init=wrong)


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (1, 3)], ids=str)
def test_orthogonal_weights_keep_lengths(shape: tuple[int, int], rng: np.random.Generator) -> None:
    W = nn.init.orthogonal(shape, rng, gain=2.0)
    assert W.shape == shape
    small = W @ W.T if shape[0] <= shape[1] else W.T @ W
    np.testing.assert_allclose(small, 4 * np.eye(min(shape)), atol=1e-12)


@pytest.mark.parametrize("name", ["he_uniform", "glorot_uniform", "lecun_uniform"])
def test_uniform_weights_stay_within_their_bound(name: str, rng: np.random.Generator) -> None:
    W = INITIALIZERS[name]((200, 300), rng)
    bound = np.sqrt(3 * VARIANCES[name])
    assert 0.99 * bound < np.abs(W).max() <= bound


def test_gains_keep_the_mean_square(rng: np.random.Generator) -> None:
    assert nn.init.gain("relu") == pytest.approx(np.sqrt(2), rel=1e-7)
    assert nn.init.gain("identity") == pytest.approx(1, rel=1e-7)
    assert nn.init.gain(lambda z: 3 * z) == pytest.approx(1 / 3, rel=1e-7)
    x = rng.normal(size=(2000, 300))
    for name in ("tanh", "gelu", "softsign", "selu"):
        W = nn.init.lecun((300, 300), rng, gain=nn.init.gain(name))
        z = nn.functional.ACTIVATIONS[name](x) @ W.T
        assert np.mean(z**2) == pytest.approx(1, rel=0.05)
    with pytest.raises(nn.ArgumentError, match=r"gain expected one of 'relu', .*, got 'softmax'"):
        nn.init.gain("softmax")
