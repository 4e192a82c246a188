"""BatchNorm and LayerNorm: statistics by hand and PyTorch's, derivatives, wrong inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.functional import batch_norm, layer_norm


def test_the_batch_is_brought_to_mean_zero_and_variance_one(rng: np.random.Generator) -> None:
    x = rng.normal(3.0, 5.0, size=(50, 4))
    out, mean, var = batch_norm(x, np.full(4, 2.0), np.full(4, 1.0), eps=0.0)
    np.testing.assert_allclose(out.mean(0), 1.0)
    np.testing.assert_allclose(out.std(0), 2.0)
    np.testing.assert_allclose(mean, x.mean(0))
    np.testing.assert_allclose(var, x.var(0))


def test_running_statistics_by_hand() -> None:
    layer = nn.BatchNorm(1, momentum=0.5, dtype=np.float64)
    for rows in ([0.0, 2.0], [4.0, 8.0]):  # means 1 and 6, unbiased variances 2 and 8
        layer(np.array(rows)[:, None])
    assert layer.running_mean.value.tolist() == [0.5 * 0.5 + 0.5 * 6]
    assert layer.running_var.value.tolist() == [0.5 * (0.5 * 1 + 0.5 * 2) + 0.5 * 8]
    assert layer.num_batches_tracked.value == 2


def test_without_momentum_they_are_the_papers_plain_average() -> None:
    layer = nn.BatchNorm(1, momentum=None, dtype=np.float64)
    for rows in ([0.0, 2.0], [4.0, 8.0]):
        layer(np.array(rows)[:, None])
    assert (layer.running_mean.value.tolist(), layer.running_var.value.tolist()) == ([3.5], [5.0])
    layer.reset()
    assert (layer.running_mean.value.tolist(), layer.running_var.value.tolist()) == ([0.0], [1.0])


def test_statistics_of_the_population_replace_the_running_ones(rng: np.random.Generator) -> None:
    X = rng.normal(size=(100, 3))
    model = nn.Sequential(
        nn.Linear(3, 4, seed=0, dtype=np.float64),
        nn.BatchNorm(4, dtype=np.float64),
        nn.Dropout(0.5, seed=0),
    ).eval()
    nn.population_statistics(model, X, batch_size=50)
    hidden: Any = model[0].predict(X)
    norm: Any = model[1]
    np.testing.assert_allclose(norm.running_mean.value, hidden.mean(0))
    halves = [hidden[:50].var(0, ddof=1), hidden[50:].var(0, ddof=1)]
    np.testing.assert_allclose(norm.running_var.value, np.mean(halves, axis=0))
    assert (norm.momentum, norm.training, model.training) == (0.1, False, False)
    with pytest.raises(nn.ShapeError, match=r"batch_size from 2 to n, got .* batch_size=101"):
        nn.population_statistics(model, X, batch_size=101)


@pytest.mark.oracle
@pytest.mark.parametrize("momentum", [0.1, 0.5, None])
@pytest.mark.parametrize("affine", [True, False])
def test_batchnorm_agrees_with_pytorch(
    momentum: float | None, affine: bool, rng: np.random.Generator
) -> None:
    torch = pytest.importorskip("torch")
    ours = nn.BatchNorm(4, momentum=momentum, affine=affine, dtype=np.float64)
    theirs = torch.nn.BatchNorm1d(4, momentum=momentum, affine=affine, dtype=torch.float64)
    for _ in range(3):
        x, g = rng.normal(2.0, 3.0, size=(2, 6, 4))
        node, t = ag.Node(x), torch.tensor(x, requires_grad=True)
        out, wanted = ours(node), theirs(t)
        np.testing.assert_allclose(out.value, wanted.detach().numpy(), atol=1e-12)
        out.backward(g)
        wanted.backward(torch.tensor(g))
        np.testing.assert_allclose(node.grad, t.grad.numpy(), atol=1e-12)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), atol=1e-12)
    state = {name: np.asarray(value) for name, value in theirs.state_dict().items()}
    assert state.keys() == ours.state_dict().keys()
    for name, value in ours.state_dict().items():
        np.testing.assert_allclose(value, state[name], atol=1e-12)
    ours.load_state_dict(state)
    x = rng.normal(size=(3, 4))
    wanted = theirs.eval()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.predict(x), wanted, atol=1e-12)


@pytest.mark.oracle
@pytest.mark.parametrize("affine", [True, False])
def test_layernorm_agrees_with_pytorch(affine: bool, rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    ours = nn.LayerNorm(4, affine=affine, dtype=np.float64)
    theirs = torch.nn.LayerNorm(4, elementwise_affine=affine, dtype=torch.float64)
    x, g = rng.normal(2.0, 3.0, size=(2, 5, 3, 4))
    node, t = ag.Node(x), torch.tensor(x, requires_grad=True)
    out, wanted = ours(node), theirs(t)
    np.testing.assert_allclose(out.value, wanted.detach().numpy(), atol=1e-12)
    out.backward(g)
    wanted.backward(torch.tensor(g))
    np.testing.assert_allclose(node.grad, t.grad.numpy(), atol=1e-12)
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(p.grad, q.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("shape", [(5, 3), (2, 4, 3), (2, 1, 2, 3)], ids=str)
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("function", [batch_norm, layer_norm])
def test_both_are_differentiable_twice_in_all_arguments(
    function: Any, affine: bool, shape: tuple[int, ...], rng: np.random.Generator
) -> None:
    args = [rng.normal(size=shape), *rng.normal(size=(2, 3))[: 2 * affine]]
    ag.check_grads(function, args, order=2)  # of batch_norm also the mean and the variance
    if function is batch_norm:
        ag.check_grads(lambda *xs: batch_norm(*xs)[0], args, order=2)
        ag.check_grads(lambda *xs: batch_norm(*xs)[2], args, order=2)


def test_a_feature_that_is_constant_gives_zeros_and_no_gradient() -> None:
    x = ag.Node(np.full((4, 2), 7.0))
    out = nn.BatchNorm(2, dtype=np.float64)(x)
    np.sum(out * np.arange(8.0).reshape(4, 2)).backward()
    assert not out.value.any()
    assert np.isfinite(x.grad).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_inputs_with_a_large_mean(dtype: Any, rng: np.random.Generator) -> None:
    x = ag.Node((rng.normal(size=(64, 3)) + 1e4).astype(dtype))
    out = nn.BatchNorm(3, dtype=dtype)(x)
    np.testing.assert_allclose(out.value.std(0), 1, atol=1e-2)
    np.sum(out * out * out).backward()
    assert np.isfinite(x.grad).all()


def test_a_batch_of_one_row_is_refused_in_training() -> None:
    layer = nn.BatchNorm(2)
    with pytest.raises(nn.ShapeError, match=r"BatchNorm\(2\) .*two rows in training, got 1\. Use"):
        layer(np.zeros((1, 2), np.float32))
    assert layer.num_batches_tracked.value == 0
    assert layer.eval()(np.zeros((1, 2), np.float32)).shape == (1, 2)
    assert nn.BatchNorm(2)(np.zeros((1, 3, 2), np.float32)).shape == (1, 3, 2)


WRONG: dict[str, tuple[Any, str]] = {
    "columns": (
        lambda: nn.BatchNorm(3)(np.zeros((2, 4))),
        r"x of shape \(batch, 3\), got \(2, 4\)",
    ),
    "one row": (lambda: nn.BatchNorm(3)(np.zeros(3)), r"x of shape \(batch, 3\), got \(3,\)"),
    "number": (lambda: nn.BatchNorm(3)(1.0), r"got \(\). Pass 3 columns"),
    "layer's columns": (
        lambda: nn.LayerNorm(3)(np.zeros((2, 4))),
        r"x of shape \(\.\.\., 3\), got",
    ),
    "momentum": (lambda: nn.BatchNorm(3, momentum=2), "momentum from 0 to 1, got 2"),
    "eps": (lambda: nn.LayerNorm(3, eps=-1), "eps >= 0, got -1"),
    "features": (lambda: nn.BatchNorm(0), "features expected a positive whole number, got 0"),
    "gamma alone": (
        lambda: batch_norm(np.zeros((2, 3)), np.ones(3)),
        r"gamma and beta of shape \(3,\), or neither, got only one",
    ),
    "gamma's shape": (
        lambda: layer_norm(np.zeros((2, 3)), np.ones(2), np.ones(3)),
        r"got \(2,\) and \(3,\)",
    ),
    "no rows": (lambda: batch_norm(np.zeros((0, 3))), r"not empty, got \(0, 3\)"),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(call: Any, message: str) -> None:
    with pytest.raises(nn.NNError, match=message):
        call()


def test_without_a_gain_the_dtype_is_that_of_the_statistics() -> None:
    assert nn.BatchNorm(2, affine=False, dtype=np.float64).dtype == np.float64
    assert nn.BatchNorm(2, affine=False).dtype == np.float32


@pytest.mark.parametrize("function", [batch_norm, layer_norm])
def test_mixed_dtypes_give_the_wider_one(function: Any, rng: np.random.Generator) -> None:
    x, gain = ag.Node(rng.normal(size=(4, 3)).astype("f4")), ag.Node(np.ones(3))
    out = function(x, gain, np.zeros(3))
    out = out[0] if isinstance(out, tuple) else out
    np.sum(out * out * out).backward()
    assert (out.dtype, x.grad.dtype, gain.grad.dtype) == (np.float64, np.float32, np.float64)


def test_a_model_with_batch_normalisation_can_be_drawn_and_explained() -> None:
    model = nn.MLP([3, 4, 2], batchnorm=True, seed=0)
    loss = nn.cross_entropy(model(np.eye(3, dtype=np.float32)), np.array([0, 1, 0]))
    assert "batch_norm" in ag.draw(loss).source
    assert "batch_norm" in str(ag.explain(loss))
