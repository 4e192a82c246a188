"""Gradient clipping, the max-norm constraint and penalties: by hand, against PyTorch, extremes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn


def with_gradients(*gradients: Any) -> list[ag.Node]:
    nodes = [ag.Node(np.zeros(np.shape(g), np.asarray(g).dtype)) for g in gradients]
    for node, g in zip(nodes, gradients, strict=True):
        node.grad = g
    return nodes


def test_the_norm_is_that_of_all_gradients_together() -> None:
    a, b, c = with_gradients(np.array([3.0, 0.0]), np.array([[4.0]]), np.zeros(2))
    c.grad = None
    assert nn.clip_grad_norm([a, b, c, a], 10.0) == 5.0
    assert (a.grad.tolist(), b.grad.tolist()) == ([3.0, 0.0], [[4.0]])
    assert nn.clip_grad_norm([a, b, c], 2.5) == 5.0
    assert (a.grad.tolist(), b.grad.tolist(), c.grad) == ([1.5, 0.0], [[2.0]], None)


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_the_norm_neither_overflows_nor_underflows_in_float32(size: float) -> None:
    (w,) = with_gradients(np.full(4, size, np.float32))
    assert nn.clip_grad_norm([w], size) == pytest.approx(2 * size, rel=1e-6)
    np.testing.assert_allclose(w.grad, np.full(4, size / 2, np.float32), rtol=1e-6)
    assert w.grad.dtype == np.float32


@pytest.mark.parametrize("wild", [np.inf, np.nan])
def test_gradients_without_a_norm_are_left_as_they_are(wild: float) -> None:
    (w,) = with_gradients(np.array([1.0, wild]))
    assert not np.isfinite(nn.clip_grad_norm([w], 1.0))
    np.testing.assert_array_equal(w.grad, [1.0, wild])


def test_no_gradient_at_all_has_norm_zero() -> None:
    model = nn.Linear(2, 2)
    assert nn.clip_grad_norm(model, 1.0) == 0.0
    nn.clip_grad_value(model, 1.0)
    assert model.weight.grad is None


def test_values_are_clipped_one_by_one() -> None:
    w, z, n = with_gradients(np.array([-3.0, 0.5]), np.array([2 - 0.5j]), 1.0)
    n = ag.Node(1.0)
    n.grad = 7.0
    nn.clip_grad_value([w, z, n], 1.0)
    assert (w.grad.tolist(), z.grad.tolist(), n.grad) == ([-1.0, 0.5], [1 - 0.5j], 1.0)
    assert type(n.grad) is float


@pytest.mark.parametrize("limit", [-1.0, np.nan, "a", None])
def test_limits_are_numbers(limit: Any) -> None:
    for function in (nn.clip_grad_norm, nn.clip_grad_value, nn.max_norm):
        with pytest.raises(nn.ArgumentError, match=f"{function.__name__} expected .* >= 0, got"):
            function([ag.Node(np.ones((1, 1)))], limit)


@pytest.mark.oracle
def test_clipping_agrees_with_pytorch(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    gradients = [rng.normal(size=shape) for shape in [(3, 2), (2,)]]
    ours = with_gradients(*(g.copy() for g in gradients))
    theirs = [torch.zeros(g.shape, dtype=torch.float64) for g in gradients]
    for t, g in zip(theirs, gradients, strict=True):
        t.grad = torch.tensor(g)
    norm = torch.nn.utils.clip_grad_norm_(theirs, 0.7).item()
    assert nn.clip_grad_norm(ours, 0.7) == pytest.approx(norm)
    for p, t in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(p.grad, t.grad.numpy(), rtol=1e-5)  # PyTorch adds 1e-6


def test_max_norm_shortens_only_rows_that_are_too_long() -> None:
    W, b = ag.Node(np.array([[3.0, 4.0], [0.0, 0.0], [0.1, 0.0]], np.float32)), ag.Node([9.0])
    short = W.value[1:].copy()
    nn.max_norm([W, b], 2.5)
    np.testing.assert_allclose(W.value[0], [1.5, 2.0])
    np.testing.assert_array_equal(W.value[1:], short)
    assert (W.dtype, b.value.tolist()) == (np.float32, [9.0])
    before = W.value
    nn.max_norm([W], 2.5 + 1e-6)
    assert W.value is before


def test_penalties_by_hand() -> None:
    model = nn.Linear(2, 1, dtype=np.float64)
    model.weight.assign(np.array([[3.0, -4.0]]))
    model.bias.assign(np.array([100.0]))  # type: ignore[union-attr]
    assert nn.penalties.l2(model, 0.5).item() == 12.5
    assert nn.penalties.l1(model, 0.5).item() == 3.5
    assert nn.penalties.elastic(model, 1.0, 0.25).item() == 0.25 * 7 + 0.75 * 25
    assert nn.penalties.l1(model.parameters()).item() == 107.0
    with pytest.raises(nn.ArgumentError, match="l2 expected at least one parameter, got none"):
        nn.penalties.l2(nn.ReLU())


def test_penalties_are_differentiable_twice_and_keep_the_dtype(rng: np.random.Generator) -> None:
    W = rng.normal(size=(3, 2))
    for penalty in (nn.penalties.l1, nn.penalties.l2, nn.penalties.elastic):
        ag.check_grads(lambda w, penalty=penalty: penalty([w], 0.3), (W,), order=2)
        assert penalty([ag.Node(W.astype(np.float32))], 0.3).dtype == np.float32


def test_weight_decay_is_the_penalty_of_twice_its_strength(rng: np.random.Generator) -> None:
    W = rng.normal(size=(3, 2))
    first, second = ag.Node(W.copy()), ag.Node(W.copy())
    decaying, plain = nn.SGD([first], lr=0.1, weight_decay=0.2), nn.SGD([second], lr=0.1)
    for _ in range(3):
        decaying.zero_grad(), plain.zero_grad()
        np.sum(np.sin(first)).backward()
        (np.sum(np.sin(second)) + nn.penalties.l2([second], 0.1)).backward()
        decaying.step(), plain.step()
    np.testing.assert_allclose(first.value, second.value, rtol=1e-14)
