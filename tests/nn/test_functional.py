"""The functions of layers: values by hand, derivatives to second order, dtypes, extremes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import functional
from nn.functional import sigmoids

ARRAY = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]])
SLOPE = np.array([0.2, 0.3, 0.4])
ACTIVATIONS: dict[str, Callable[[Any], Any]] = functional.ACTIVATIONS | {
    "prelu": lambda x: functional.prelu(x, SLOPE.astype(x.dtype)),
    "leaky_relu, steep": lambda x: functional.leaky_relu(x, 0.5),
    "elu, 0.5": lambda x: functional.elu(x, 0.5),
    "gelu, tanh": lambda x: functional.gelu(x, "tanh"),
}
each_activation = pytest.mark.parametrize("function", ACTIVATIONS.values(), ids=ACTIVATIONS)


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


@each_activation
def test_activations_are_differentiable_twice(function: Callable[[Any], Any]) -> None:
    ag.check_grads(function, (ARRAY + 0.05,), order=2)
    ag.check_grads(function, (3 * ARRAY + 0.05,), order=2)


def test_the_slope_of_prelu_is_differentiable_twice() -> None:
    ag.check_grads(functional.prelu, (ARRAY, SLOPE), order=2)
    ag.check_grads(functional.prelu, (ARRAY, SLOPE[:1]), order=2)


@each_activation
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_activations_keep_the_dtype(function: Callable[[Any], Any], dtype: Any) -> None:
    x = ag.Node(ARRAY.astype(dtype))
    y = function(x)
    np.sum(y * y).backward()
    assert (y.dtype, x.grad.dtype) == (dtype, dtype)
    np.testing.assert_allclose(y.value, function(ARRAY), rtol=np.finfo(dtype).eps * 8, atol=2e-3)


@each_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_are_right_at_extremes(function: Callable[[Any], Any], dtype: Any) -> None:
    x = np.array([-1e4, 0.0, 1e4], dtype)
    y, pullback = ag.vjp(function, x)
    slope = pullback(np.array([1.0, 2.0, 3.0], dtype))[0]
    assert np.isfinite(y).all()
    assert np.isfinite(slope).all()
    assert np.isfinite(ag.vjp(lambda z: ag.vjp(function, z)[1](np.ones(3, dtype))[0], x)[0]).all()


LIMITS: dict[str, tuple[Any, Any]] = {
    "relu": ([0, 0, 1e4], [0, 0, 1]),
    "leaky_relu": ([-100, 0, 1e4], [0.01, 0.01, 1]),
    "elu": ([-1, 0, 1e4], [0, 1, 1]),
    "selu": ([-1.7580993, 0, 10507.01], [0, 1.050701, 1.050701]),
    "gelu": ([0, 0, 1e4], [0, 0.5, 1]),
    "gelu, tanh": ([0, 0, 1e4], [0, 0.5, 1]),
    "silu": ([0, 0, 1e4], [0, 0.5, 1]),
    "mish": ([0, 0, 1e4], [0, 0.6, 1]),
    "softplus": ([0, 0.6931472, 1e4], [0, 0.5, 1]),
    "sigmoid": ([0, 0.5, 1], [0, 0.25, 0]),
    "hard_sigmoid": ([0, 0.5, 1], [0, 1 / 6, 0]),
    "tanh": ([-1, 0, 1], [0, 1, 0]),
    "hard_tanh": ([-1, 0, 1], [0, 1, 0]),
    "softsign": ([-0.9999, 0, 0.9999], [1e-8, 1, 1e-8]),
    "identity": ([-1e4, 0, 1e4], [1, 1, 1]),
    "elu, 0.5": ([-0.5, 0, 1e4], [0, 0.5, 1]),
}


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_slopes_at_zero_and_far_from_it(name: str, dtype: Any) -> None:
    values, slopes = LIMITS[name]
    x = np.array([-1e4, 0.0, 1e4], dtype)
    y, pullback = ag.vjp(ACTIVATIONS[name], x)
    np.testing.assert_allclose(y, values, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(pullback(np.ones(3, dtype))[0], slopes, rtol=2e-4, atol=1e-12)


@pytest.mark.parametrize("slope", [-0.5, 0.3, 1.0, 2.0])
def test_the_slope_at_a_kink_is_the_least_between_the_sides(slope: float) -> None:
    wanted = min(max(slope, 0.0), 1.0)
    for function in (functional.leaky_relu, functional.elu):
        assert ag.grad(lambda x, f=function: f(x, slope))(0.0) == wanted  # type: ignore[misc]
        assert ag.grad(lambda x, f=function: np.sum(f(x, slope)))(np.zeros(1)) == wanted  # type: ignore[misc]
    assert ag.grad(lambda x: functional.prelu(x, slope))(0.0) == wanted
    for bound in (-3.0, 3.0):
        assert ag.grad(functional.hard_sigmoid)(bound) == 0.0
        assert ag.grad(functional.hard_tanh)(bound / 3) == 0.0


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "softsign", "silu", "mish"])
def test_functions_of_real_numbers_refuse_complex_ones(name: str) -> None:
    for z in (1j, np.array([1j]), ag.Node(np.array([1j]))):
        with pytest.raises(ag.AutogradError, match="expected real numbers, got complex"):
            functional.ACTIVATIONS[name](z)


def test_activations_of_python_numbers_are_python_numbers() -> None:
    for name, function in functional.ACTIVATIONS.items():
        if "softmax" not in name and name != "prelu":
            assert type(ag.grad(function)(0.5)) is float


def test_gelu_is_exact_without_scipy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    special = pytest.importorskip("scipy.special")
    x = np.array([-30.0, -5.0, -0.1, 0.0, 1.0, 9.0])
    with_scipy = functional.gelu(x)
    np.testing.assert_allclose(with_scipy, x * special.ndtr(x), rtol=1e-15)
    sigmoids._normal_cdf.cache_clear()
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    try:
        np.testing.assert_allclose(functional.gelu(x), with_scipy, rtol=1e-12)
        assert functional.gelu(x.astype(np.float32)).dtype == np.float32
        assert functional.gelu(1.0) == pytest.approx(special.ndtr(1.0))
    finally:
        sigmoids._normal_cdf.cache_clear()


def test_gelu_is_exact_or_nearly_so() -> None:
    with pytest.raises(nn.ArgumentError, match="approximate 'none' or 'tanh', got 'fast'"):
        functional.gelu(1.0, "fast")


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


TORCH: dict[str, tuple[str, dict[str, Any]]] = {
    "leaky_relu, steep": ("leaky_relu", {"negative_slope": 0.5}),
    "elu, 0.5": ("elu", {"alpha": 0.5}),
    "gelu, tanh": ("gelu", {"approximate": "tanh"}),
    "hard_sigmoid": ("hardsigmoid", {}),
    "hard_tanh": ("hardtanh", {}),
    "softmax": ("softmax", {"dim": -1}),
    "log_softmax": ("log_softmax", {"dim": -1}),
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "identity"])
def test_activations_agree_with_pytorch(name: str, rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    x = ag.Node(3 * rng.normal(size=(4, 3)))
    t = torch.tensor(x.value, requires_grad=True)
    g = rng.normal(size=(4, 3))
    ours = ACTIVATIONS[name](x)
    function, options = TORCH.get(name, (name, {}))
    if name == "prelu":
        theirs = torch.where(t > 0, t, t * torch.tensor(SLOPE))
    else:
        theirs = getattr(torch.nn.functional, function)(t, **options)
    np.testing.assert_allclose(ours.value, theirs.detach().numpy(), rtol=1e-12, atol=1e-15)
    ours.backward(g)
    theirs.backward(torch.tensor(g))
    rtol = 1e-7 if name == "hard_sigmoid" else 1e-12  # there PyTorch's 1/6 is a float32
    np.testing.assert_allclose(x.grad, t.grad.numpy(), rtol=rtol, atol=1e-14)


def test_gelu_of_float32_is_exact_to_its_precision() -> None:
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-9, 9, 20001, dtype=np.float32)
    wanted = x * special.ndtr(x.astype(float))
    np.testing.assert_allclose(functional.gelu(x), wanted, rtol=2e-6, atol=4e-7)
    tail = (x < 0) & (x > -5)
    np.testing.assert_allclose(functional.gelu(x)[tail], wanted[tail], rtol=2e-6)
    assert functional.gelu(np.array([np.inf, 1e30, -1e30], np.float32)).tolist() == [
        np.inf,
        np.float32(1e30),
        0.0,
    ]


@each_activation
def test_activations_of_large_arrays_are_those_of_small_ones(
    function: Callable[[Any], Any], rng: np.random.Generator
) -> None:
    x = rng.normal(size=(4000, 3))
    (few, back), (many, all_back) = (ag.vjp(function, rows) for rows in (x[:50], x))
    np.testing.assert_allclose(many[:50], few, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(
        all_back(np.ones_like(x))[0][:50], back(np.ones((50, 3)))[0], rtol=1e-13, atol=1e-15
    )
