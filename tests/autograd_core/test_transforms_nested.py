"""Transforms of transforms: any order, no confusion, no Node left behind, closures that depend."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag

X = np.array([0.5, -1.0, 2.0])


# Nesting and perturbation confusion


def test_derivatives_to_fourth_order():
    f = np.sin
    for expected in (math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x), math.sin):
        f = ag.grad(f)
        assert f(0.7) == pytest.approx(expected(0.7), rel=1e-14)


@pytest.mark.parametrize("modes", ["ffff", "rrrr", "rfrf", "frfr", "ffrr", "rrff"])
def test_any_mixture_of_modes_to_fourth_order(modes):
    f = lambda x: np.exp(2 * x) * x
    for mode in modes:
        f = ag.grad(f) if mode == "r" else (lambda x, f=f: ag.jvp(f, (x,), (1.0,))[1])
    # (x e^2x)'''' = 16 x e^2x + 32 e^2x
    assert f(0.3) == pytest.approx((16 * 0.3 + 32) * math.exp(0.6), rel=1e-13)


@pytest.mark.parametrize("inner", ["grad", "jvp"])
@pytest.mark.parametrize("outer", ["grad", "jvp"])
def test_perturbations_are_not_confused(inner, outer):
    def d(f, mode):
        return ag.grad(f) if mode == "grad" else lambda x: ag.jvp(f, (x,), (1.0,))[1]

    # d/dx x * d/dy (x + y) = d/dx x * 1 = 1, not 2
    assert d(lambda x: x * d(lambda y: x + y, inner)(1.0), outer)(1.0) == 1.0
    # d/dx x * d/dy (x * y) = d/dx x * x = 2x
    assert d(lambda x: x * d(lambda y: x * y, inner)(2.0), outer)(3.0) == 6.0
    # the inner point depends on x: d/dx (d/dy y^3 at y = x) = 6x
    assert d(lambda x: d(lambda y: y**3, inner)(x), outer)(2.0) == 12.0
    # and both: d/dx (d/dy x y^3 at y = x) = d/dx 3x^3 = 9x^2
    assert d(lambda x: d(lambda y: x * y**3, inner)(x), outer)(2.0) == 36.0


def test_an_inner_transform_over_a_constant_function_of_the_outer_variable():
    # d/dy of x (constant in y) is 0 whatever x is being differentiated for
    assert ag.grad(lambda x: x + ag.grad(lambda y: x)(1.0))(2.0) == 1.0
    assert ag.grad(lambda x: ag.jvp(lambda y: x * 1.0, (1.0,), (1.0,))[1] + x)(2.0) == 1.0


def test_a_tangent_that_is_being_differentiated():
    # d/dv of (J(x) v) = J(x)
    assert ag.grad(lambda v: ag.jvp(np.sin, (0.5,), (v,))[1])(1.0) == pytest.approx(math.cos(0.5))
    assert ag.grad(lambda g: ag.vjp(np.sin, 0.5)[1](g)[0])(1.0) == pytest.approx(math.cos(0.5))
    assert ag.grad(lambda x: ag.jvp(np.sin, (x,), (x,))[1])(0.5) == pytest.approx(
        math.cos(0.5) - 0.5 * math.sin(0.5)
    )


# What leaves a transform


def plain(tree):
    """Whether no Node is anywhere in a result."""
    if isinstance(tree, dict):
        return all(map(plain, tree.values()))
    if isinstance(tree, list | tuple):
        return all(map(plain, tree))
    return not isinstance(tree, ag.Node)


def with_inner_grad(x):
    return np.sum(ag.grad(lambda y: np.sum(y**2 * x))(x))


def with_inner_jvp(x):
    return ag.jvp(lambda y: np.sum(y * x), (x,), (x,))[1]


def with_own_leaf(x):
    w = ag.Node(np.ones(3))
    return np.sum(x * w * w)


def with_own_backward(x):
    w = ag.Node(np.ones(3))
    np.sum(w * w).backward()
    return np.sum(x * w.grad)


def constant(x):
    return 1.0


def constant_node(x):
    return np.sum(ag.Node(np.ones(3)) * 2)


FUNCTIONS = [
    np.sum,
    with_inner_grad,
    with_inner_jvp,
    with_own_leaf,
    with_own_backward,
    constant,
    constant_node,
]
TRANSFORMS = {
    "grad": lambda f: ag.grad(f)(X),
    "value_and_grad": lambda f: ag.value_and_grad(f)(X),
    "grad aux": lambda f: ag.grad(lambda x: (f(x), (f(x), x, [ag.Node(1.0)])), has_aux=True)(X),
    "value_and_grad aux": lambda f: ag.value_and_grad(
        lambda x: (f(x), {"a": f(x) * 2}), has_aux=True
    )(X),
    "elementwise_grad": lambda f: ag.elementwise_grad(lambda x: f(x) * x)(X),
    "jacobian": lambda f: ag.jacobian(lambda x: f(x) * x)(X),
    "jacobian reverse": lambda f: ag.jacobian(lambda x: f(x) * x, mode="reverse")(X),
    "jacobian forward": lambda f: ag.jacobian(lambda x: (f(x) * x, f(x)), mode="forward")(X),
    "hessian": lambda f: ag.hessian(f)(X),
    "hvp": lambda f: ag.hvp(f)(X, X),
    "jvp": lambda f: ag.jvp(lambda x: (f(x), x), (X,), (X,)),
    "vjp value": lambda f: ag.vjp(lambda x: (f(x), x), X)[0],
    "vjp pullback": lambda f: ag.vjp(lambda x: f(x) * x, X)[1](X),
    "grad of grad": lambda f: ag.grad(lambda x: np.sum(ag.grad(f)(x)))(X),
    "stop_gradient": lambda f: ag.grad(lambda x: f(ag.stop_gradient(x)))(X),
    "checkpoint": lambda f: ag.grad(ag.checkpoint(f))(X),
    "no_grad": lambda f: ag.no_grad()(ag.grad(f))(X),
    "check_grads": lambda f: ag.check_grads(f, (X,)),
}


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_no_node_leaves_a_transform_of_plain_arrays(f, transform):
    assert plain(TRANSFORMS[transform](f))


@pytest.mark.parametrize("f", FUNCTIONS[:5], ids=lambda f: f.__name__)
def test_functions_with_graphs_of_their_own_are_differentiated_right(f):
    # sum; 2x^2 summed; sum of x^2 (d/dv sum(v x) along x); sum x; 2 sum x
    expected = {
        np.sum: X * 0 + 1,
        with_inner_grad: 4 * X,
        with_inner_jvp: 2 * X,
        with_own_leaf: X * 0 + 1,
    }
    np.testing.assert_allclose(ag.grad(f)(X), expected.get(f, X * 0 + 2))


# Closures over Nodes of the caller


def test_a_gradient_keeps_its_dependence_on_an_outer_variable():
    # grad_y (x y^2) = 2 x y, whose derivative by x is 2 y
    assert ag.grad(lambda x: ag.grad(lambda y: x * y**2)(3.0))(5.0) == 6.0
    assert ag.grad(lambda x: ag.value_and_grad(lambda y: x * y**2)(3.0)[0])(5.0) == 9.0
    assert ag.grad(lambda x: ag.jvp(lambda y: x * y**2, (3.0,), (1.0,))[1])(5.0) == 6.0
    assert (
        ag.grad(lambda x: np.sum(ag.jacobian(lambda y: x * y**2)(np.array([3.0, 1.0]))))(5.0) == 8.0
    )
    assert ag.grad(lambda x: ag.hessian(lambda y: x * y**3)(2.0))(5.0) == 12.0
    assert ag.grad(lambda x: ag.hvp(lambda y: x * y**3)(2.0, 1.0))(5.0) == 12.0


def test_backward_through_a_gradient():
    x = ag.Node(5.0)
    penalty = ag.grad(lambda y: x * y**2)(3.0) ** 2  # (2 x y)^2, by x: 8 x y^2
    assert isinstance(penalty, ag.Node)
    penalty.backward()
    assert x.grad == 8 * 5.0 * 9.0


def test_backward_through_a_gradient_at_a_node():
    x = ag.Node(np.array([1.0, 2.0]))
    g = ag.grad(lambda y: np.sum(y**3))(x)
    np.sum(g * g).backward()  # 9 y^4 -> 36 y^3
    np.testing.assert_allclose(x.grad, [36.0, 288.0])


def test_aux_keeps_its_dependence():
    def outer(x):
        _, aux = ag.grad(lambda y: (y * x, x * y**2), has_aux=True)(3.0)
        return aux

    assert ag.grad(outer)(5.0) == 9.0


def test_newtons_method_is_differentiable():
    def root(a):
        y = 1.0
        for _ in range(8):
            y = y - (y * y - a) / ag.grad(lambda y: y * y - a)(y)
        return y

    assert ag.grad(root)(2.0) == pytest.approx(0.5 / math.sqrt(2))
    assert ag.grad(ag.grad(root))(2.0) == pytest.approx(-0.25 / 2**1.5)
