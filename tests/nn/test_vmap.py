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


def weighted_loss(loss):
    return lambda w, b, x, y: loss(
        np.stack([x @ w.T + b, x @ w.T]),
        np.stack([y, y]),
        sample_weight=np.array([1.0, x.shape[0]]),
    )


SIGNS = np.where(Z > 0, 1, -1)
P = nn.softmax(Z)

CASES = {
    "hinge": (loss_of(nn.hinge_loss), SIGNS),
    "hinge of 0 and 1": (loss_of(nn.hinge_loss), (Z > 0).astype(int)),
    "perceptron": (loss_of(nn.perceptron_loss), SIGNS),
    "perceptron of classes": (loss_of(nn.perceptron_loss), LABELS),
    "hinge of classes": (loss_of(nn.multi_class_hinge_loss), LABELS),
    "hinge of classes, summed": (
        loss_of(lambda z, y: nn.multi_class_hinge_loss(z, y, form="weston_watkins")),
        LABELS,
    ),
    "kl_div": (loss_of(nn.kl_div), P),
    "nll": (loss_of(lambda z, y: nn.nll_loss(nn.log_softmax(z), y)), LABELS),
    "nll of rows": (loss_of(lambda z, y: nn.nll_loss(z[None], y[None], "sum")), LABELS),
    "l1": (loss_of(nn.l1_loss), P),
    "huber": (loss_of(nn.huber_loss), P),
    "smooth_l1": (loss_of(nn.smooth_l1_loss), P),
    "smoothed": (loss_of(lambda z, y: nn.cross_entropy(z, y, label_smoothing=0.1)), LABELS),
    "class weights": (
        loss_of(lambda z, y: nn.cross_entropy(z, y, class_weight=np.arange(1.0, 5))),
        LABELS,
    ),
    "sample weights": (weighted_loss(nn.mse_loss), P),
    "sample weights of kl_div": (weighted_loss(nn.kl_div), P),
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


@pytest.mark.parametrize(
    ("loss", "y", "words"),
    [
        (nn.hinge_loss, np.full((6, 4), 3), "labels -1 and 1"),
        (nn.nll_loss, np.full(6, 4), "class indices from 0 to 3"),
        (nn.kl_div, -P, "at least 0"),
    ],
)
def test_targets_of_every_example_are_checked(loss, y, words):
    with pytest.raises(nn.errors.ArgumentError, match=words):
        ag.vmap(loss)(Z, y)


def test_statistics_of_one_example_are_refused():
    layer = nn.BatchNorm(3, dtype=float)
    with pytest.raises(nn.errors.ArgumentError, match="takes the statistics"):
        ag.vmap(layer)(np.ones((6, 2, 3)))
    layer.eval()
    assert ag.vmap(lambda x: layer(x[None]))(X).shape == (6, 1, 3)


@pytest.mark.parametrize("name", [name for name in nn.functional.ACTIVATIONS if name != "prelu"])
def test_activations(name):
    f = lambda z: np.sum(nn.functional.ACTIVATIONS[name](z) ** 2)
    ours = ag.vmap(ag.grad(f))(Z)
    np.testing.assert_allclose(ours, [ag.grad(f)(z) for z in Z], rtol=1e-10, atol=1e-12)


def test_dropout_inside_gradients_draws_for_every_example():
    one, same = nn.Dropout(0.5, seed=0), nn.Dropout(0.5, seed=0)
    ours = ag.vmap(ag.grad(lambda x: np.sum(one(x))))(np.ones((6, 40)))
    np.testing.assert_array_equal(ours, same(np.ones((6, 40))))
