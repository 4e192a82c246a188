"""Sequential and MLP: order, indexing, names, recipes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.layers import ACTIVATIONS

X = np.ones((2, 3), np.float32)


def test_layers_are_applied_in_order() -> None:
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.ReLU())
    assert np.array_equal(model(X).value, np.maximum(model[0](X).value, 0))
    assert nn.Sequential()(X) is X


def test_it_is_a_sequence() -> None:
    layers = [nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)]
    model = nn.Sequential(*layers)
    assert list(model) == layers
    assert (len(model), model[-1], list(model[1:])) == (3, layers[2], layers[1:])
    assert type(model[1:]) is nn.Sequential
    with pytest.raises(IndexError):
        model[3]


def test_layers_can_be_added_and_replaced() -> None:
    model = nn.Sequential(nn.Linear(3, 4)).append(nn.Tanh())
    model[-1] = nn.Sigmoid()
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    assert model(X).scope == ("Sequential", "1 · Sigmoid")
    assert isinstance(model[1], nn.Sigmoid)


@pytest.mark.parametrize("wrong", [[nn.ReLU()], np.tanh, "relu"])
def test_only_modules_are_layers(wrong: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="Sequential expected layers, got"):
        nn.Sequential(wrong)
    with pytest.raises(nn.ArgumentError, match="Sequential expected layers, got"):
        nn.Sequential(nn.ReLU())[0] = wrong


def test_an_mlp_alternates_linear_layers_and_activations() -> None:
    model = nn.MLP([3, 5, 4, 2], "sigmoid", bias=False)
    assert [type(layer) for layer in model] == [
        nn.Linear,
        nn.Sigmoid,
        nn.Linear,
        nn.Sigmoid,
        nn.Linear,
    ]
    assert model.num_parameters == 15 + 20 + 8
    assert len(nn.MLP([3, 2])) == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_initialiser_goes_with_the_activation(activation: str) -> None:
    model = nn.MLP([200, 300, 2], activation)
    weight: Any = model[0].weight  # type: ignore[attr-defined]
    variance = 2 / 200 if activation == "relu" else 2 / 500
    assert weight.value.var() == pytest.approx(variance, rel=0.05)


def test_the_same_seed_gives_the_same_mlp() -> None:
    first, again, other = (nn.MLP([3, 4, 2], seed=s).state_dict() for s in (5, 5, 6))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["0.weight"], other["0.weight"])
    layers = nn.MLP([4, 4, 4]).state_dict()
    assert not np.array_equal(layers["0.weight"], layers["2.weight"])


WRONG = {
    "an unknown activation": (
        lambda: nn.MLP([2, 3, 1], "rleu"),
        "activation expected one of 'relu', 'tanh', 'sigmoid', 'identity', got 'rleu'",
    ),
    "one size": (lambda: nn.MLP([2]), r"sizes of at least two layers, got \[2\]"),
    "a number": (lambda: nn.MLP(2), "sizes of at least two layers, got 2"),
    "text": (lambda: nn.MLP("64"), "each of sizes, expected a positive whole number, got '6'"),
    "no unit": (
        lambda: nn.MLP([2, 0, 1]),
        "each of sizes, expected a positive whole number, got 0",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_recipes_are_refused(make: Any, message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        make()


def test_standardize_brings_columns_to_mean_zero_and_deviation_one(
    rng: np.random.Generator,
) -> None:
    rows = rng.normal(size=(50, 3)) * [1, 100, 0] + [5, -3, 7]
    out = nn.Standardize.to(rows, dtype=np.float64)(rows).value
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(0), [1, 1, 0], atol=1e-12)


def test_standardize_wants_a_table() -> None:
    with pytest.raises(nn.ShapeError, match=r"X of shape \(n, features\), got \(3,\)"):
        nn.Standardize.to(np.ones(3))
