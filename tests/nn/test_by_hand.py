"""Backpropagation by hand: the numbers of the lecture, and the engine's for many networks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.by_hand import ELEMENTWISE
from nn.layers import ACTIVATIONS

NAMES = [name for name, kind in ACTIVATIONS.items() if kind.__name__ in ELEMENTWISE]
SIZES = [[3, 2], [2, 5, 3], [4, 3, 5, 2], [3, 6, 1, 4, 2]]


def linear_layers(model: nn.Module) -> list[nn.Linear]:
    return [module for module in model.modules() if isinstance(module, nn.Linear)]


def agrees(model: nn.Module, X: Any, y: Any, loss: str) -> None:
    """Loss, δ and all gradients are the engine's to 1e-12."""
    hand = nn.backprop_by_hand(model, X, y, loss)
    function = {"cross_entropy": nn.cross_entropy, "mse": nn.mse_loss}[loss]
    model.zero_grad()
    value = function(model(X), y)
    value.backward()
    assert abs(hand.loss - value.item()) < 1e-12
    for layer, W, b, delta in zip(
        linear_layers(model), hand.weights, hand.biases, hand.delta, strict=True
    ):
        np.testing.assert_allclose(W, layer.weight.grad, rtol=0, atol=1e-12)
        assert delta.shape == (layer.out_features, len(X))
        if layer.bias is None:
            assert b is None
        else:
            np.testing.assert_allclose(b, layer.bias.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("loss", ["cross_entropy", "mse"])
def test_it_agrees_with_the_engine(name: str, loss: str, rng: np.random.Generator) -> None:
    for seed, sizes in enumerate(SIZES):
        model = nn.MLP(sizes, name, bias=seed % 2 == 0, init="glorot", seed=seed, dtype=float)
        for node in model.parameters():
            node.assign(rng.normal(size=node.shape))
        X = rng.normal(size=(7, sizes[0]))
        indices = rng.integers(0, sizes[-1], 7)
        y = indices if loss == "cross_entropy" else rng.normal(size=(7, sizes[-1]))
        agrees(model, X, y, loss)


def test_probabilities_and_an_activation_at_the_end(rng: np.random.Generator) -> None:
    layers = [nn.Linear(3, 4, dtype=float), nn.Linear(4, 2, dtype=float), nn.Sigmoid()]
    model = nn.Sequential(layers[0], nn.Sequential(nn.Tanh(), *layers[1:]))
    X = rng.normal(size=(5, 3))
    agrees(model, X, rng.dirichlet([1, 1], size=5), "cross_entropy")
    agrees(model, X, rng.normal(size=(5, 2)), "mse")
    agrees(layers[0], X, rng.normal(size=(5, 4)), "cross_entropy")


def test_a_network_worked_out_by_hand() -> None:
    # f = 2 tanh(z) + 1, z = 3x - 1, at x = 1/3: z = 0, f = 1, loss (f - 3)² = 4, ℓ′ = -4.
    model = nn.MLP([1, 1, 1], "tanh", dtype=float)
    for node, value in zip(model.parameters(), ([[3.0]], [-1.0], [[2.0]], [1.0]), strict=True):
        node.assign(np.array(value))
    hand = nn.backprop_by_hand(model, [[1 / 3]], [[3.0]], "mse")
    assert hand.loss == 4.0
    assert [z.tolist() for z in hand.z] == [[[0.0]], [[1.0]]]
    assert [v.item() for v in hand.v] == [1 / 3, 0.0, 1.0]
    assert [d.item() for d in hand.delta] == [-8.0, -4.0]
    assert [W.item() for W in hand.weights] == [-8 / 3, 0.0]
    assert [b.tolist() for b in hand.biases if b is not None] == [[-8.0], [-4.0]]


def test_large_logits_stay_finite() -> None:
    model = nn.Linear(1, 2, bias=False, dtype=float)
    model.weight.assign(np.array([[1e4], [-1e4]]))
    agrees(model, np.array([[1.0], [-1.0]]), np.array([0, 0]), "cross_entropy")


BAD = {
    "no layer": (nn.Sequential(), "a Linear layer, got none"),
    "two activations": (nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Tanh()), r"got Tanh\(\)"),
    "none first": (nn.Sequential(nn.Standardize(2), nn.Linear(2, 2)), r"got Standardize\(2\)"),
}


@pytest.mark.parametrize(("model", "message"), BAD.values(), ids=BAD)
def test_other_models_are_refused(model: nn.Module, message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        nn.backprop_by_hand(model, np.ones((1, 2)), np.array([0]))


def test_what_does_not_fit_is_refused() -> None:
    model = nn.MLP([2, 3])
    with pytest.raises(nn.ShapeError, match=r"X of shape \(batch, 2\), got \(1, 3\)"):
        nn.backprop_by_hand(model, np.ones((1, 3)), np.array([0]))
    with pytest.raises(nn.ArgumentError, match="class indices from 0 to 2, got 3"):
        nn.backprop_by_hand(model, np.ones((1, 2)), np.array([3]))
    with pytest.raises(nn.ShapeError, match=r"targets of shape \(1, 3\)"):
        nn.backprop_by_hand(model, np.ones((1, 2)), np.ones(3), "mse")
    with pytest.raises(nn.ArgumentError, match="'cross_entropy' or 'mse', got 'hinge'"):
        nn.backprop_by_hand(model, np.ones((1, 2)), np.array([0]), "hinge")
