"""Per-example gradients: ``ag.vmap`` over losses, functions and layers."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn

RNG = np.random.default_rng(5)
X = RNG.normal(size=(6, 3))
Z = RNG.normal(size=(6, 4))
W, B = RNG.normal(size=(4, 3)), RNG.normal(size=4)
LABELS = RNG.integers(0, 4, 6)


def loss_of(loss):
    return lambda w, b, x, y: loss(nn.tanh(nn.linear(x, w, b)), y)


CASES = {
    "cross_entropy": (loss_of(nn.cross_entropy), LABELS),
    "rows of one": (loss_of(lambda z, y: nn.cross_entropy(z[None], y[None], "sum")), LABELS),
    "probabilities": (loss_of(nn.cross_entropy), nn.softmax(Z)),
    "mse": (loss_of(nn.mse_loss), Z),
    "binary": (loss_of(nn.binary_cross_entropy_with_logits), (Z > 0) * 1.0),
    "none": (loss_of(lambda z, y: np.sum(nn.mse_loss(z, y, "none") ** 2)), Z),
    "softmax": (loss_of(lambda z, y: np.sum(y * nn.log_softmax(z))), Z),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("mapped", [False, True], ids=["shared weights", "own weights"])
def test_per_example_gradients(name, mapped):
    f, y = CASES[name]
    w, b = (np.stack([p * (1 + 0.1 * i) for i in range(6)]) if mapped else p for p in (W, B))
    axis = 0 if mapped else None
    gradient = ag.grad(f, argnums=(0, 1, 2))
    ours = ag.vmap(gradient, in_axes=(axis, axis, 0, 0))(w, b, X, y)
    own = lambda p, i: p[i] if mapped else p
    each = [gradient(own(w, i), own(b, i), X[i], y[i]) for i in range(6)]
    for a, parts in zip(ours, zip(*each, strict=True), strict=True):
        np.testing.assert_allclose(a, np.stack(parts), rtol=1e-10, atol=1e-12)


def test_layers():
    model = nn.Sequential(
        nn.Linear(3, 4, seed=0, dtype=float), nn.LayerNorm(4, dtype=float), nn.ReLU()
    )
    f = lambda x: np.sum(model(x[None]) ** 2)
    ours = ag.vmap(ag.grad(f))(X)  # a Node, because the model's parameters are
    each = [ag.grad(f)(x).value for x in X]
    np.testing.assert_allclose(ours.value, each, rtol=1e-10, atol=1e-12)


def test_dropout_draws_for_every_example():
    layer = nn.Dropout(0.5, seed=0)
    ours = ag.vmap(layer)(np.ones((6, 40)))
    np.testing.assert_array_equal(ours, nn.Dropout(0.5, seed=0)(np.ones((6, 40))))
    assert len(np.unique(ours, axis=0)) == 6


def test_statistics_of_one_example_are_refused():
    with pytest.raises(ag.AutogradError):
        ag.vmap(nn.BatchNorm(3))(np.ones((6, 2, 3)))
