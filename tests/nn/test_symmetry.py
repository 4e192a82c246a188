"""Weight-space symmetries: the function stays, the gradient moves along; others are refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from nn.layers import LAYERS
from nn.symmetry import FLIPPED, PERMUTED, flip, permute


def between(name: str) -> nn.Module:
    """A layer for four units, its numbers at random."""
    rng = np.random.default_rng(1)
    sized = ("PReLU", "Standardize", "BatchNorm", "LayerNorm")
    layer = LAYERS[name](4, dtype=float) if name in sized else LAYERS[name]()  # type: ignore[call-arg]
    for kept in PERMUTED[name]:
        node = getattr(layer, kept)
        node.assign(rng.uniform(0.5, 1.5, node.shape))
    return layer


def network(*middle: nn.Module) -> nn.Module:
    layers = nn.Linear(3, 4, dtype=float, seed=1), nn.Linear(4, 2, dtype=float, seed=2)
    layers[0].bias.assign(np.arange(4.0))  # type: ignore[union-attr]
    return nn.Sequential(nn.Sequential(layers[0], *middle), nn.Sequential(layers[1])).eval()


def gradients(model: nn.Module, X: Any) -> dict[str, Any]:
    model.zero_grad()
    nn.cross_entropy(model(X), np.array([0, 1, 1, 0, 1])).backward()
    return {name: np.array(node.grad) for name, node in model.named_parameters()}


def check(model: nn.Module, act: Callable[[nn.Module], None], rng: np.random.Generator) -> None:
    """``act`` changes the weights, not the function, and takes the gradient along."""
    X = rng.normal(size=(5, 3))
    moved = copy.deepcopy(model)
    gradients(moved, X)
    act(moved)
    np.testing.assert_allclose(moved.predict(X), model.predict(X), rtol=1e-12, atol=1e-14)
    weights = [m.state_dict()["0.0.weight"] for m in (model, moved)]
    assert not np.allclose(*weights)
    carried = {name: np.array(node.grad) for name, node in moved.named_parameters()}
    for name, gradient in gradients(moved, X).items():
        np.testing.assert_allclose(carried[name], gradient, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", [name for name in PERMUTED if name in LAYERS])
def test_units_change_places(name: str, rng: np.random.Generator) -> None:
    check(network(between(name)), lambda m: permute(m, 1, [2, 0, 3, 1]), rng)


@pytest.mark.parametrize("name", [name for name in FLIPPED if name in LAYERS])
def test_units_change_sign(name: str, rng: np.random.Generator) -> None:
    for units in ([0, 3], [True, False, False, True]):
        check(network(between(name), nn.Tanh()), lambda m, u=units: flip(m, 1, u), rng)  # type: ignore[misc]


def test_the_arrays_by_hand() -> None:
    model = nn.MLP([1, 2, 1], "tanh", dtype=float)
    for node, value in zip(model.parameters(), ([[1], [2]], [3, 4], [[5, 6]], [7]), strict=True):
        node.assign(np.array(value, float))
    permute(model, 1, [1, 0])
    assert [p.value.tolist() for p in model.parameters()] == [[[2], [1]], [4, 3], [[6, 5]], [7]]
    flip(model, 1, 0)
    assert [p.value.tolist() for p in model.parameters()] == [[[-2], [1]], [-4, 3], [[-6, 5]], [7]]
    before = model.state_dict()
    flip(model, 1, [])
    assert all(np.array_equal(before[name], a) for name, a in model.state_dict().items())


def test_in_training_through_the_batch_statistics(rng: np.random.Generator) -> None:
    if "BatchNorm" not in LAYERS:
        pytest.skip("no batch normalisation")
    X = rng.normal(size=(5, 3))
    model = network(between("BatchNorm"), nn.Tanh())
    moved = copy.deepcopy(model)
    permute(moved, 1, [3, 2, 1, 0])
    flip(moved, 1, [1])
    with_statistics = [m.train()(X).value for m in (model, moved)]
    np.testing.assert_allclose(*with_statistics, rtol=1e-10, atol=1e-12)


def refused(act: Callable[[nn.Module], None], model: nn.Module, message: str) -> None:
    before = model.state_dict()
    with pytest.raises(nn.ArgumentError, match=message):
        act(model)
    assert all(np.array_equal(before[name], a) for name, a in model.state_dict().items())


@pytest.mark.parametrize(
    ("order", "layer", "message"),
    [
        ([0, 1, 2], 1, "a permutation of 0 to 3"),
        ([0, 1, 2, 2], 1, "a permutation of 0 to 3"),
        ([0.0, 1, 2, 3], 1, "a permutation of 0 to 3"),
        ([0, 1, 2, 3], 0, "a hidden layer from 1 to 1, got 0"),
        ([0, 1, 2, 3], 2, "a hidden layer from 1 to 1, got 2"),
    ],
)
def test_no_permutation(order: Any, layer: Any, message: str) -> None:
    refused(lambda m: permute(m, layer, order), network(nn.ReLU()), message)


def test_no_symmetry() -> None:
    refused(lambda m: flip(m, 1, [0]), network(nn.ReLU()), r"odd in each unit, got ReLU\(\)")
    refused(lambda m: flip(m, 1, [4]), network(nn.Tanh()), "places of units, 0 to 3")
    refused(lambda m: flip(m, 1, [0.5]), network(nn.Tanh()), "places of units, 0 to 3")
    refused(lambda m: permute(m, 1, [0]), nn.Linear(2, 2), "a hidden layer from 1 to 0")
    layer = nn.Linear(4, 4)
    refused(lambda m: permute(m, 1, [0]), nn.Sequential(layer, layer), "one used twice")

    class Own(nn.Module):
        def forward(self, x: Any) -> Any:
            return x * np.arange(4.0)

    refused(lambda m: permute(m, 1, [3, 2, 1, 0]), network(Own()), "treats all units alike")
