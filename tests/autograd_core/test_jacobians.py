"""Jacobians by one sweep of many cotangents are those of one sweep for each."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import jacobians
from autograd_core.recording import Recording


def real(op, sample):
    """Whether a row at a sample has one real result of real arguments."""
    args, params = sample(np.random.default_rng(20))
    out = op.forward(*args, **params)
    return not isinstance(out, tuple) and not any(map(np.iscomplexobj, [out, *args]))


ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in ag.ops.every_row()
    for k, sample in enumerate(op.samples)
    if real(op, sample)
]
A, B = np.random.default_rng(0).normal(size=(2, 4, 4))
X, I = np.array([0.5, -1.0, 2.0, 0.3]), np.array([0, 2, 2, 1])


def one_by_one(f, *args):
    """The Jacobians by a sweep for each entry of the result."""
    value, pullback = ag.vjp(f, *args)
    basis = np.eye(np.size(value), dtype=np.asarray(value).dtype).reshape(-1, *np.shape(value))
    rows = [pullback(row[()]) for row in basis]
    return [
        np.reshape([row[i] for row in rows], np.shape(value) + np.shape(x))
        for i, x in enumerate(args)
    ]


def assert_the_loops(f, *args):
    ours = ag.jacobian(f, tuple(range(len(args))), mode="reverse")(*args)
    for a, b in zip(ours, one_by_one(f, *args), strict=True):
        assert (np.shape(a), np.asarray(a).dtype) == (np.shape(b), np.asarray(b).dtype)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", [np.float64, np.float32])
@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_every_row(op, sample, kind):
    args, params = sample(np.random.default_rng(20))
    args = [np.asarray(x, kind) if np.asarray(x).dtype.kind == "f" else x for x in args]
    free = [i for i, x in enumerate(args) if np.asarray(x).dtype.kind == "f"]

    def f(*xs):
        full = list(args)
        for i, x in zip(free, xs, strict=True):
            full[i] = x
        # two ops before and after, so that cotangents differ and broadcast
        return np.sum(op(*full, **params) * 2.0, keepdims=True) + op(*full, **params)

    ours = ag.jacobian(f, tuple(range(len(free))), mode="reverse")(*(args[i] for i in free))
    tolerance = 1e-12 if kind is np.float64 else 1e-4
    for a, b in zip(ours, one_by_one(f, *(args[i] for i in free)), strict=True):
        assert (np.shape(a), np.asarray(a).dtype) == (np.shape(b), np.asarray(b).dtype)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance)


FUNCTIONS = {
    "a network": lambda x: np.tanh(A @ np.tanh(B @ x + 1.0)),
    "products": lambda x: np.stack([x @ A, A @ x, x * (x @ x)]),
    "matrices": lambda x: (A * x) @ (B.T * x[:, None]),
    "batches": lambda x: np.stack([A * x, B]) @ (B * x),
    "a batch of vectors": lambda x: np.stack([A * x, B * x]) @ x,
    "a vector and a batch": lambda x: x @ np.stack([A * x, B * x]),
    "broadcasting": lambda x: np.sum(x) * x[:, None] + x,
    "means": lambda x: np.mean(x * A, axis=1) - np.mean(x, keepdims=True),
    "reads": lambda x: x[1:] * x[:-1] + np.sum(x[I] * x[None, ::-1], axis=1)[0],
    "takes": lambda x: np.take(x, I) ** 2 * np.concatenate([x[:1], x[2:], x[:1]]),
    "shapes": lambda x: np.transpose(np.reshape(x, (2, 2))) * np.broadcast_to(x[:2], (3, 2))[:2],
    "sums of products": lambda x: np.einsum("ij,j,kk->i", A, x, B * x),
    "not everything": lambda x: np.concatenate([x, np.ones(2)]),
    "rows of their own rule": lambda x: np.cumsum(x**2) * np.max(x),
    "copies": lambda x: np.copy(x) * x.astype(float),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_both_directions_agree(name):
    f = FUNCTIONS[name]
    ours = ag.jacobian(f, mode="reverse")(X)
    np.testing.assert_allclose(ours, ag.jacobian(f, mode="forward")(X), rtol=1e-12, atol=1e-13)


def test_several_arguments_and_numbers():
    assert_the_loops(lambda x, y, a: np.outer(x, y) * a, X, X[:3] + 1.0, 2.0)
    jacobians = ag.jacobian(lambda p: p["w"] @ p["b"])({"w": A, "b": X})
    np.testing.assert_allclose(jacobians["b"], A)
    np.testing.assert_allclose(jacobians["w"], np.einsum("ik,j->ikj", np.eye(4), X))


def test_real_results_of_complex_arguments():
    z = X + 1j * X[::-1]
    assert_the_loops(lambda z: np.abs(A @ z) * np.real(z), z)
    assert_the_loops(lambda x: np.real(np.exp(1j * x) * x), X)


def test_constants_and_leaves_of_the_functions_own():
    w = ag.Node(X)
    assert_the_loops(lambda x: np.sin(x) * ag.Node(X) + 2.0, X)
    with ag.no_grad():
        assert_the_loops(lambda x: np.sin(x) * w, X)


def test_an_argument_without_influence_has_zeros():
    zero = ag.jacobian(lambda x, y: x * 2.0, 1, mode="reverse")(X, A)
    np.testing.assert_array_equal(zero, np.zeros((4, 4, 4)))


def test_structural_zeros_are_kept():
    f = lambda x: np.where(x > 0, np.log(x), 0.0) * 2.0
    x = np.array([0.0, 1.0, 2.0, 0.0])
    with np.errstate(divide="ignore"):
        np.testing.assert_array_equal(ag.jacobian(f)(x), np.diag([0.0, 2.0, 1.0, 0.0]))


def test_large_graphs_are_swept_in_parts(monkeypatch):
    monkeypatch.setattr(jacobians, "at_once", counted := Counted(jacobians.at_once))
    f = lambda x: np.concatenate([np.sin(x), x, x]) * 2.0
    monkeypatch.setattr(jacobians, "CHUNK", 5 * 12)
    ours = ag.jacobian(f, mode="reverse")(X)
    assert counted.calls == 3
    np.testing.assert_allclose(ours, one_by_one(f, X)[0], atol=1e-15)


class Counted:
    def __init__(self, function):
        self.function, self.calls = function, 0

    def __call__(self, *args):
        self.calls += 1
        return self.function(*args)

    def __get__(self, instance, owner):
        return lambda *args: self(instance, *args)


def test_hessians_take_one_sweep_more_than_the_gradient(monkeypatch):
    monkeypatch.setattr(Recording, "pull", counted := Counted(Recording.pull))
    f = lambda x: np.sum(np.tanh(A @ x) ** 2)
    h = ag.hessian(f)(X)
    assert counted.calls == 2
    np.testing.assert_allclose(h, ag.jacobian(ag.grad(f), mode="forward")(X), atol=1e-14)


def test_a_failing_rule_is_reported_by_name():
    @ag.primitive
    def broken(x):
        return x * 1.0

    broken.defvjp(lambda g, out, x: g @ np.ones((7, 7)))
    with pytest.raises(ValueError, match="matmul") as error:
        ag.jacobian(lambda x: broken(x))(X)
    assert "in the vjp of broken" in "".join(error.value.__notes__)


def test_second_order_and_anomalies_take_the_loop():
    f = lambda x: np.sin(x) * x
    second = ag.jacobian(ag.jacobian(f))(X)
    np.testing.assert_allclose(np.einsum("iii->i", second), 2 * np.cos(X) - X * np.sin(X))
    with pytest.raises(ag.AutogradError, match="sqrt"), ag.detect_anomaly():
        ag.jacobian(lambda x: np.sqrt(x) * 2.0)(np.array([0.0, 1.0]))
