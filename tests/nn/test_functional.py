"""The functions of layers: values by hand, derivatives to second order, dtypes, extremes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

ARRAY = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]])
ACTIVATIONS = [nn.relu, nn.tanh, nn.sigmoid, nn.softmax, nn.log_softmax]


def weights(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[Any]:
    return [rng.normal(size=shape) for shape in shapes]


def test_linear_by_hand() -> None:
    x, W, b = np.array([[1.0, 2.0]]), ag.Node([[3.0, 4.0], [5.0, 6.0]]), ag.Node([0.5, -0.5])
    y = nn.linear(x, W, b)
    assert y.value.tolist() == [[11.5, 16.5]]
    y.backward(np.array([[1.0, 10.0]]))
    assert W.grad.tolist() == [[1.0, 2.0], [10.0, 20.0]]
    assert b.grad.tolist() == [1.0, 10.0]


@pytest.mark.parametrize("shape", [(3,), (5, 3), (2, 4, 3), (2, 1, 2, 3)], ids=str)
@pytest.mark.parametrize("bias", [True, False])
def test_linear_is_differentiable_twice(
    shape: tuple[int, ...], bias: bool, rng: np.random.Generator
) -> None:
    args = weights(rng, shape, (4, 3), *([(4,)] if bias else []))
    ag.check_grads(nn.linear, args, order=2)
    np.testing.assert_allclose(
        nn.linear(*args), args[0] @ args[1].T + (args[2] if bias else 0), rtol=1e-13
    )


def test_linear_of_a_long_batch_adds_up_the_bias_gradient(rng: np.random.Generator) -> None:
    b = ag.Node(np.zeros(2))
    nn.linear(np.ones((5000, 1)), np.ones((2, 1)), b).sum().backward()
    assert b.grad.tolist() == [5000.0, 5000.0]


def test_linear_with_nothing_to_differentiate_gives_arrays(rng: np.random.Generator) -> None:
    assert isinstance(nn.linear(*weights(rng, (5, 3), (4, 3), (4,))), np.ndarray)


@pytest.mark.parametrize("kinds", [("f4", "f4", "f4"), ("f4", "f4", "f8"), ("f8", "f4", "f4")])
def test_linear_has_the_dtype_numpy_gives(kinds: tuple[str, ...]) -> None:
    x, W, b = (
        np.ones(shape, kind) for shape, kind in zip([(2, 3), (4, 3), (4,)], kinds, strict=True)
    )
    y = nn.linear(x, ag.Node(W), ag.Node(b))
    assert y.dtype == np.result_type(x, W, b)
    y.sum().backward()
    assert [p.grad.dtype == p.value.dtype for p in y.parents if isinstance(p, ag.Node)] == [
        True
    ] * 2


def test_linear_refuses_a_number() -> None:
    with pytest.raises(ag.AutogradError, match=r"linear\(float64\[\], float32\[4, 3\]\)"):
        nn.linear(np.array(2.0), ag.Node(np.ones((4, 3), np.float32)))


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations_are_differentiable_twice(function: Callable[[Any], Any]) -> None:
    ag.check_grads(function, (ARRAY,), order=2)


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations_keep_float32(function: Callable[[Any], Any]) -> None:
    x = ag.Node(ARRAY.astype(np.float32))
    y = function(x)
    np.sum(y * y).backward()
    assert (y.dtype, x.grad.dtype) == (np.float32, np.float32)


@pytest.mark.parametrize("function", ACTIVATIONS)
def test_activations_are_finite_at_extremes(function: Callable[[Any], Any]) -> None:
    x = ag.Node(np.array([-1e4, 0.0, 1e4]))
    y = function(x)
    np.sum(y * np.array([1.0, 2.0, 3.0])).backward()
    assert np.isfinite(y.value).all()
    assert np.isfinite(x.grad).all()


def test_relu_is_flat_at_zero_and_lets_no_nan_through_where_it_is_off() -> None:
    x = ag.Node([-1.0, 0.0, 2.0])
    np.sum(nn.relu(x)).backward()
    assert x.grad.tolist() == [0.0, 0.0, 1.0]
    x = ag.Node([0.0, 4.0])
    np.sum(nn.relu(np.sqrt(x) - 1)).backward()
    assert x.grad.tolist() == [0.0, 0.25]


def test_sigmoid_is_accurate_on_both_sides() -> None:
    assert nn.sigmoid(np.array([-40.0])) == pytest.approx(np.exp(-40.0), rel=1e-14)
    assert nn.sigmoid(np.array([np.log(3.0)])) == pytest.approx(0.75)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_sums_to_one_along_its_axis(axis: int) -> None:
    p = nn.softmax(ARRAY, axis)
    np.testing.assert_allclose(p.sum(axis), 1)
    np.testing.assert_allclose(np.log(p), nn.log_softmax(ARRAY, axis))
    ag.check_grads(lambda x: nn.log_softmax(x, axis), (ARRAY,), order=2)
    ag.check_grads(lambda x: nn.softmax(x, axis), (ARRAY,), order=2)


def test_softmax_of_long_rows(rng: np.random.Generator) -> None:
    x = rng.normal(size=(2, 5000))
    np.testing.assert_allclose(nn.softmax(x).sum(-1), 1)


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["relu", "tanh", "sigmoid", "softmax", "log_softmax"])
def test_activations_agree_with_pytorch(name: str, rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    x = ag.Node(3 * rng.normal(size=(4, 5)))
    t = torch.tensor(x.value, requires_grad=True)
    g = rng.normal(size=(4, 5))
    ours = getattr(nn, name)(x)
    theirs = getattr(torch, name)(t, *([-1] if "softmax" in name else []))
    np.testing.assert_allclose(ours.value, theirs.detach().numpy(), rtol=1e-13)
    ours.backward(g)
    theirs.backward(torch.tensor(g))
    np.testing.assert_allclose(x.grad, t.grad.numpy(), atol=1e-14)
