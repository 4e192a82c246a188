"""grad, vjp, jvp, jacobian, hessian, hvp: arguments, containers and results."""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError

X = np.array([0.5, -1.0, 2.0])


class Pair(NamedTuple):
    w: Any
    b: Any


@dataclasses.dataclass
class Layer:
    w: Any
    b: Any


@dataclasses.dataclass(frozen=True)
class Frozen:
    w: Any
    b: Any = 0.0


def affine(w, b):
    return np.sum(w * w * 2.0) + 3.0 * b


# argnums


def test_argnums():
    f = lambda x, y, z: x * y**2 + z
    assert ag.grad(f)(2.0, 3.0, 4.0) == 9.0
    assert ag.grad(f, argnums=1)(2.0, 3.0, 4.0) == 12.0
    assert ag.grad(f, argnums=-1)(2.0, 3.0, 4.0) == 1.0
    assert ag.grad(f, argnums=(2, 0))(2.0, 3.0, 4.0) == (1.0, 9.0)
    assert ag.grad(f, argnums=[1])(2.0, 3.0, 4.0) == (12.0,)
    assert ag.value_and_grad(f, (0, 1))(2.0, 3.0, z=4.0) == (22.0, (9.0, 12.0))


def test_undifferentiated_arguments_may_be_anything():
    f = lambda x, mode, data, *, flag=False: x * len(mode) + np.sum(data) * flag
    assert ag.grad(f)(2.0, "abc", np.array([1, 2]), flag=True) == 3.0
    with pytest.raises(TypeError) as caught:
        ag.grad(f, argnums=2)(2.0, "abc", np.array([1, 2]))
    assert any("argnums" in note for note in caught.value.__notes__)


def test_an_argument_that_is_not_used_has_a_zero_gradient():
    _, gy = ag.grad(lambda x, y: np.sum(x), (0, 1))(np.ones(2), np.ones((2, 2), np.float32))
    np.testing.assert_array_equal(gy, np.zeros((2, 2)))
    assert gy.dtype == np.float32
    assert ag.grad(lambda x: 3.0)(2.0) == 0.0
    assert ag.jvp(lambda x: np.ones(2), (1.0,), (1.0,))[1].tolist() == [0.0, 0.0]
    assert ag.hessian(lambda x: np.sum(x))(np.ones(2)).tolist() == [[0.0, 0.0], [0.0, 0.0]]


# Containers in, the same containers out


@pytest.mark.parametrize(
    "make",
    [
        lambda w, b: {"w": w, "b": b},
        lambda w, b: [w, b],
        lambda w, b: (w, b),
        Pair,
        Layer,
        Frozen,
        lambda w, b: {"net": [Layer(w, (b,)), {"empty": []}]},
    ],
    ids=["dict", "list", "tuple", "namedtuple", "dataclass", "frozen dataclass", "nested"],
)
def test_containers(make):
    def read(p):
        if isinstance(p, dict) and "net" in p:
            assert p["net"][1] == {"empty": []}
            return p["net"][0].w, p["net"][0].b[0]
        if isinstance(p, dict):
            return p["w"], p["b"]
        return (p.w, p.b) if hasattr(p, "w") else tuple(p)

    f = lambda p: affine(*read(p))
    p = make(X, 2.0)
    g = ag.grad(f)(p)
    assert type(g) is type(p)
    gw, gb = read(g)
    np.testing.assert_array_equal(gw, 4 * X)
    assert gb == 3.0
    assert type(gb) is float
    t = make(np.ones(3), 1.0)
    assert ag.jvp(f, (p,), (t,))[1] == pytest.approx(np.sum(4 * X) + 3)
    value, pullback = ag.vjp(lambda p: make(*(2.0 * x for x in read(p))), p)
    assert type(value) is type(p)
    np.testing.assert_array_equal(read(value)[0], 2 * X)
    (c,) = pullback(make(np.ones(3), 5.0))
    np.testing.assert_array_equal(read(c)[0], [2.0] * 3)
    assert read(c)[1] == 10.0
    h = ag.hessian(lambda p: f(p) * 1.0)(p)
    assert type(h) is type(p)


def test_dicts_keep_their_order_and_keys_of_mixed_types():
    g = ag.grad(lambda p: p["w"] * p["b"])({"w": 2.0, "b": 3.0})
    assert list(g.items()) == [("w", 3.0), ("b", 2.0)]
    g = ag.grad(lambda p: p[1] * p["b"])({"b": 2.0, 1: 3.0})
    assert g == {"b": 3.0, 1: 2.0}


def test_containers_of_several_arguments():
    g = ag.grad(lambda p, q: p["a"] * q[0] * q[1], argnums=(0, 1))({"a": 2.0}, [3.0, 5.0])
    assert g == ({"a": 15.0}, [10.0, 6.0])


@pytest.mark.parametrize(
    ("primal", "tangent"),
    [
        ({"a": 2.0}, {"b": 1.0}),
        ({"a": 2.0}, 1.0),
        (2.0, [1.0]),
        ([2.0, 3.0], (1.0, 0.0)),
        ([[2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0]]),
        (Layer(2.0, 3.0), Pair(1.0, 0.0)),
        ((2.0, None), (1.0, 0.0, 0.0)),
    ],
)
def test_a_tangent_of_another_structure_raises(primal, tangent):
    with pytest.raises(ArgumentError, match="tangent 1 expected the structure"):
        ag.jvp(lambda x, p: x, (1.0, primal), (1.0, tangent))


def test_a_tangent_is_matched_to_its_primal_by_key():
    f = lambda p: p["a"] ** 2 * p["b"]
    assert ag.jvp(f, ({"a": 2.0, "b": 3.0},), ({"b": 1.0, "a": 10.0},)) == (12.0, 124.0)


def test_containers_without_optree_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "optree", None)
    with pytest.raises(ImportError, match="required dependency: reinstall with pip install"):
        ag.grad(lambda p: p["a"])({"a": 2.0})
    assert ag.grad(np.sin)(0.0) == 1.0


def test_tangents_and_cotangents_of_another_structure_raise():
    with pytest.raises(ArgumentError, match="structure"):
        ag.jvp(lambda p: p[0], ([1.0, 2.0],), ([1.0],))
    with pytest.raises(ArgumentError, match="structure"):
        ag.vjp(lambda x: (x, x), 1.0)[1](1.0)
    with pytest.raises(ArgumentError, match="shape"):
        ag.vjp(lambda x: (x, 2 * x), X)[1]((np.ones(3), np.ones(2)))


# vjp, jvp


def test_a_pullback_can_be_called_again():
    def f(x):
        return np.stack([x[0] * x[1], x[1] ** 2, x[0]])

    _, pullback = ag.vjp(f, np.array([2.0, 3.0]))
    for _ in range(2):
        np.testing.assert_array_equal(pullback(np.array([1.0, 0.0, 0.0]))[0], [3.0, 2.0])
        np.testing.assert_array_equal(pullback(np.array([0.0, 1.0, 1.0]))[0], [1.0, 6.0])


def test_a_result_returned_twice():
    def f(x):
        y = x * x
        return y, y, x

    value, pullback = ag.vjp(f, 3.0)
    assert value == (9.0, 9.0, 3.0)
    assert pullback((1.0, 10.0, 100.0)) == (166.0,)
    assert ag.jvp(f, (3.0,), (1.0,))[1] == (6.0, 6.0, 1.0)


def test_several_primals():
    value, pullback = ag.vjp(lambda x, y: x * y, 2.0, 3.0)
    assert (value, pullback(1.0)) == (6.0, (3.0, 2.0))
    assert ag.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)


def test_elementwise_grad():
    np.testing.assert_allclose(ag.elementwise_grad(np.tanh)(X), 1 - np.tanh(X) ** 2)
    np.testing.assert_allclose(
        ag.elementwise_grad(lambda x, y: x**y, argnums=1)(np.full(2, 2.0), np.ones(2)),
        2 * np.log(2),
    )


# jacobian, hessian, hvp


@pytest.mark.parametrize("mode", ["auto", "reverse", "forward"])
def test_jacobian_modes(mode):
    a = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(ag.jacobian(lambda x: a @ x, mode=mode)(X), a)
    j = ag.jacobian(lambda x: np.outer(x, x), mode=mode)(X)
    assert j.shape == (3, 3, 3)
    np.testing.assert_allclose(
        j, np.einsum("ik,j->ijk", np.eye(3), X) + np.einsum("jk,i->ijk", np.eye(3), X)
    )
    assert ag.jacobian(lambda x: x**3, mode=mode)(2.0) == 12.0
    assert ag.jacobian(lambda x: x**3, mode=mode)(np.ones((2, 0))).shape == (2, 0, 2, 0)
    by_x, by_y = ag.jacobian(lambda x, y: x * y, argnums=(0, 1), mode=mode)(X, 2.0)
    np.testing.assert_array_equal(by_x, 2 * np.eye(3))
    np.testing.assert_array_equal(by_y, X)


def test_jacobian_of_containers():
    j = ag.jacobian(lambda p: {"sum": p["a"] + p["b"], "product": p["a"] * p["b"]})(
        {"a": X, "b": 2.0}
    )
    np.testing.assert_array_equal(j["sum"]["a"], np.eye(3))
    np.testing.assert_array_equal(j["product"]["b"], X)


def test_jacobian_refuses_an_unknown_mode():
    with pytest.raises(ArgumentError, match="'auto', 'reverse' or 'forward'"):
        ag.jacobian(np.sin, mode="sideways")


def test_hessian_of_a_quadratic_form():
    a = np.array([[2.0, 1.0, 0.0], [3.0, 4.0, 1.0], [0.0, 0.0, 5.0]])
    f = lambda x: x @ a @ x
    np.testing.assert_allclose(ag.hessian(f)(X), a + a.T)
    np.testing.assert_allclose(ag.hvp(f)(X, np.ones(3)), (a + a.T) @ np.ones(3))
    m = np.arange(4.0).reshape(2, 2)
    assert ag.hessian(lambda m: np.sum(m**3))(m).shape == (2, 2, 2, 2)


def test_hvp_by_another_argument():
    f = lambda c, x: c * np.sum(x**3)
    np.testing.assert_allclose(ag.hvp(f, argnums=1)(2.0, X, np.ones(3)), 12 * X)


# stop_gradient


def test_stop_gradient():
    assert ag.grad(lambda x: x * ag.stop_gradient(x))(3.0) == 3.0
    assert ag.jvp(lambda x: x * ag.stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)
    tree = ag.stop_gradient({"a": ag.Node(1.0), "b": 2.0})
    assert not tree["a"].requires_grad
    assert tree["b"] == 2.0
    assert ag.grad(ag.grad(lambda x: x * x * ag.stop_gradient(x)))(3.0) == 6.0


def test_a_direction_of_none_is_refused():
    with pytest.raises(ArgumentError, match="Pass zeros"):
        ag.jvp(np.sin, (1.0,), (None,))
    with pytest.raises(ArgumentError, match="Pass zeros"):
        ag.vjp(np.sin, 1.0)[1](None)


def test_a_cotangent_of_another_structure_is_refused():
    _, pullback = ag.vjp(lambda x: {"a": x, "b": x * 2}, 1.0)
    with pytest.raises(ArgumentError, match="types, keys and lengths"):
        pullback({"a": 1.0, "c": 1.0})
    assert pullback({"a": 1.0, "b": 3.0}) == (7.0,)


def test_an_unused_number_does_not_hide_the_gradient_of_the_others():
    assert ag.grad(lambda x, y: x**2, (0, 1))(3.0, 2.0) == (6.0, 0.0)
    assert ag.grad(lambda p: p["a"] ** 2)({"a": 3.0, "b": 1.0}) == {"a": 6.0, "b": 0.0}
    assert ag.vjp(lambda x, y: y * 2.0, 1.0, 1.0)[1](1.0) == (0.0, 2.0)
