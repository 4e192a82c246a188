"""Dropout in both forms, residual blocks, functions as layers."""

from __future__ import annotations

from pathlib import Path
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


def test_a_residual_block_adds_its_input() -> None:
    block = nn.Residual(nn.Lambda(lambda x: 2 * x), nn.Lambda("negative"))
    assert block(np.array([1.0, 2.0])).tolist() == [-1.0, -2.0]
    projected = nn.Residual(nn.Linear(3, 2, seed=0), shortcut=nn.Linear(3, 2, seed=1))
    assert [name for name, _ in projected.named_parameters()] == [
        "body.0.weight",
        "body.0.bias",
        "shortcut.weight",
        "shortcut.bias",
    ]
    with pytest.raises(nn.ShapeError, match=r"a body that gives shape \(1, 3\), got \(1, 2\)"):
        nn.Residual(nn.Linear(3, 2))(np.zeros((1, 3), np.float32))


def test_flatten_makes_rows_of_samples() -> None:
    x = ag.Node(np.arange(12.0).reshape(2, 3, 2))
    y = nn.Flatten()(x)
    assert y.value.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert nn.Flatten()(np.zeros(3)).shape == (3, 1)
    assert nn.Flatten()(np.zeros((0, 3, 2))).shape == (0, 6)
    with pytest.raises(nn.ShapeError, match=r"x of shape \(n, ...\), got \(\)"):
        nn.Flatten()(1.0)


@pytest.mark.parametrize("function", ["square", "gelu", np.tanh, nn.functional.softmax], ids=str)
def test_functions_with_a_name_are_saved(function: Any, tmp_path: Path) -> None:
    layer = nn.Lambda(function)
    nn.save(nn.Sequential(layer), tmp_path / "m.safetensors")
    loaded: Any = nn.load(tmp_path / "m.safetensors")
    x = np.array([-1.0, 0.5])
    assert isinstance(loaded[0], nn.Lambda)
    np.testing.assert_array_equal(loaded(x), layer(x))


def test_functions_of_ones_own_are_not(tmp_path: Path) -> None:
    def square(x: Any) -> Any:  # named like NumPy's, and another
        return x * x * 1.0

    model = nn.Sequential(nn.Lambda(square))
    assert repr(model[0]) == "Lambda(square)"
    nn.save(model, tmp_path / "m.safetensors")
    with pytest.raises(nn.ModelFileError, match="layers that nn knows"):
        nn.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("wrong", ["add", "nothing", "load", "sum", 3])
def test_lambda_takes_functions_of_one_argument(wrong: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="Lambda expected"):
        nn.Lambda(wrong)
