"""Corners of optimisers, clipping and norms: limits of zero, nothing to clip, what stays."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
import nn


def test_rows_of_zeros_under_a_limit_of_zero() -> None:
    w = ag.Node(np.array([[0.0, 0.0], [3.0, 4.0]]))
    nn.max_norm([w], 0.0)
    assert w.value.tolist() == [[0.0, 0.0], [0.0, 0.0]]


@pytest.mark.parametrize("compile", [lambda f: f, ag.compile(backend="numpy", check=False)])
def test_gradients_of_zero_under_a_limit_of_zero(compile: object) -> None:
    w = ag.Node(np.ones(2))

    @compile  # type: ignore[operator, untyped-decorator]
    def step(x: object) -> None:
        w.zero_grad()
        np.sum(w * x).backward()
        nn.clip_grad_norm([w], 0.0)

    for x in (0.0, 0.0, 2.0):
        step(np.full(2, x))
        assert w.grad.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_norms_whose_squares_do_not_fit(size: float) -> None:
    w = ag.Node(np.ones(2, np.float32))
    w.grad = np.array([3 * size, 4 * size], np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert nn.clip_grad_norm([w], 1e38) == pytest.approx(5 * size)


def test_the_norm_of_no_entries() -> None:
    w = ag.Node(np.ones((0, 3)))
    w.grad = np.ones((0, 3))
    assert nn.clip_grad_norm([w], 1.0) == 0.0


def test_a_group_of_its_own_rate_moves_though_a_gradient_is_missing() -> None:
    a, b = ag.Node(np.ones(2)), ag.Node(np.ones(2))
    optimizer = nn.SGD([{"params": [a, b], "lr": 0.5}], lr=0.1)
    np.sum(a * 2.0).backward()
    optimizer.step()
    assert (a.value.tolist(), b.value.tolist()) == ([0.0, 0.0], [1.0, 1.0])


def test_numbers_in_a_group_of_their_own_rate() -> None:
    a = ag.Node(1.0)
    optimizer = nn.SGD([{"params": [a], "lr": 0.5}], lr=0.1)
    (a * 2.0).backward()
    optimizer.step()
    assert a.value == 0.0


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("compile", [lambda f: f, ag.compile(backend="numpy", check=False)])
def test_a_step_leaves_gradients_as_they_are(compile: object, count: int) -> None:
    params = [ag.Node(np.ones(3)) for _ in range(count)]
    optimizer = nn.SGD(params, lr=0.1, weight_decay=0.5)

    @compile  # type: ignore[operator, untyped-decorator]
    def step(x: object) -> None:
        optimizer.zero_grad()
        sum(np.sum(p * x) for p in params).backward()
        optimizer.step()

    for _ in range(3):
        step(np.arange(3.0))
        assert [p.grad.tolist() for p in params] == [[0.0, 1.0, 2.0]] * count
