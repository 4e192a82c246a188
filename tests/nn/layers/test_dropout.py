"""Dropout: both forms, gradients, its random state."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn


@pytest.mark.parametrize("inverted", [True, False])
def test_both_forms_have_the_expectation_of_what_is_used(inverted: bool) -> None:
    layer, x = nn.Dropout(0.25, inverted=inverted, seed=0), np.full(100_000, 2.0)
    used = layer.eval()(x)
    trained = layer.train()(x)
    assert set(np.unique(trained)) == {0.0, 2.0 / 0.75 if inverted else 2.0}
    assert np.mean(trained == 0) == pytest.approx(0.25, abs=0.01)
    assert trained.mean() == pytest.approx(used.mean(), rel=0.01)
    assert np.all(used == (2.0 if inverted else 1.5))


def test_the_gradient_passes_where_a_unit_was_kept() -> None:
    layer, x = nn.Dropout(0.5, seed=3), ag.Node(np.array([-1.0, 0.0, 4.0, 9.0]))
    kept = nn.Dropout(0.5, seed=3)(np.ones(4)) > 0
    assert set(kept) == {True, False}
    np.sum(layer(x * x)).backward()
    np.testing.assert_array_equal(x.grad, np.where(kept, 2 * 2 * x.value, 0))


@pytest.mark.parametrize("seed", range(4))
def test_a_unit_that_was_dropped_passes_on_no_infinite_slope(seed: int) -> None:
    kept = nn.Dropout(0.5, seed=seed)(np.ones(2)) > 0
    x = ag.Node(np.array([0.0, 4.0]))
    np.sum(nn.Dropout(0.5, seed=seed)(np.sqrt(x))).backward()
    np.testing.assert_array_equal(x.grad, np.where(kept, [np.inf, 2 * 0.25], 0))


def test_the_random_state_can_be_kept_and_put_back() -> None:
    layer, x = nn.Dropout(0.5, seed=1), np.ones(50)
    layer(x)
    state = layer.rng.bit_generator.state
    first = layer(x)
    assert not np.array_equal(first, layer(x))
    layer.rng.bit_generator.state = state
    assert np.array_equal(first, layer(x))


def test_nothing_is_drawn_where_nothing_is_dropped() -> None:
    x = np.ones(3)
    assert nn.Dropout(0.0)(x) is x
    layer = nn.Dropout(0.5, seed=1).eval()
    state = layer.rng.bit_generator.state
    assert layer(x) is x
    assert layer.rng.bit_generator.state == state


@pytest.mark.parametrize("p", [1.0, -0.1, np.nan, "half", None, True])
def test_p_is_a_probability_below_one(p: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="Dropout expected p of at least 0 and below 1"):
        nn.Dropout(p)
