"""Initialisers: the variances they are named for, names, and functions of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.init import INITIALIZERS, Initializer, initializer

VARIANCES = {"he": 2 / 300, "glorot": 2 / (200 + 300)}


@pytest.mark.parametrize("name", INITIALIZERS)
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
    with pytest.raises(nn.ArgumentError, match="init expected one of 'he', 'glorot', got 'hee'"):
        nn.Linear(2, 1, init="hee")


def test_a_function_that_returns_another_shape_is_refused() -> None:
    wrong: Any = lambda shape, rng: np.zeros(shape[::-1])
    with pytest.raises(nn.ShapeError, match=r"\(n_out, n_in\) = \(1, 2\), got \(2, 1\)"):
        nn.Linear(2, 1, init=wrong)
