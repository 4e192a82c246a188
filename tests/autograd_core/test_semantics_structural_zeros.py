"""Structural zeros: what nothing selected has no influence, at any order, in both modes."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag

X = np.array([0.0, 1.0, 2.0])
L = math.log(2.0)
R = math.sqrt(2.0)

pytestmark = pytest.mark.filterwarnings(
    "ignore:divide by zero:RuntimeWarning", "ignore:invalid value:RuntimeWarning"
)


def summed(f):
    return lambda x: np.sum(f(x))


# f, then the first, second and third derivative of each entry (f acts entry by entry) at 0, 1 and 2
BRANCHES = {
    "log": (lambda x: np.where(x > 0, np.log(x), 0), [0, 1, 0.5], [0, -1, -0.25], [0, 2, 0.25]),
    "sqrt": (
        lambda x: np.where(x > 0, np.sqrt(x), 0),
        [0, 0.5, 0.5 / R],
        [0, -0.25, -0.125 / R],
        [0, 0.375, 0.375 / 4 / R],
    ),
    "division": (
        lambda x: np.where(x > 0, 1 / x, 0),
        [0, -1, -0.25],
        [0, 2, 0.25],
        [0, -6, -6 / 16],
    ),
    "power": (
        lambda x: np.where(x > 0, x**1.5, 0),
        [0, 1.5, 1.5 * R],
        [0, 0.75, 0.75 / R],
        [0, -0.375, -0.1875 / R],
    ),
    "negative power": (
        lambda x: np.where(x > 0, x**-2.0, 0),
        [0, -2, -0.25],
        [0, 6, 6 / 16],
        [0, -24, -24 / 32],
    ),
    "square of a square root": (
        lambda x: np.where(x > 0, np.sqrt(x), 0) ** 2,
        [0, 1, 1],
        [0, 0, 0],
        [0, 0, 0],
    ),
    # d: x^3; the selected branch's own zero is exact at every order
    "square of x**1.5": (
        lambda x: np.where(x > 0, x**1.5, 0) ** 2,
        [0, 3, 12],
        [0, 6, 12],
        [0, 6, 6],
    ),
    # 2x log x + x + 3x^2, then 2 log x + 3 + 6x, then 2/x + 6; at 0 only x^3 counts
    "masked part beside another": (
        lambda x: np.where(x > 0, x**2 * np.log(x), 0) + x**3,
        [0, 4, 4 * L + 14],
        [0, 9, 2 * L + 15],
        [6, 8, 7],
    ),
    "constant zero factor": (
        lambda x: np.array([0.0, 1.0, 1.0]) * np.log(x) + x**3,
        [0, 4, 12.5],
        [0, 5, 11.75],
        [6, 8, 6.25],
    ),
    "clip below": (
        lambda x: np.clip(np.log(x), -1.0, 0.5) ** 2,
        [0, 0, 0],
        [0, 2, 0],
        [0, -6, 0],
    ),
    # log(x)^2 at 2: L; (2 - 2L)/4; (4L - 6)/8
    "maximum": (
        lambda x: np.maximum(np.log(x), -1.0) ** 2,
        [0, 0, L],
        [0, 2, (1 - L) / 2],
        [0, -6, (2 * L - 3) / 4],
    ),
    # sqrt(max(x - 1.5, 0)): infinite slope downstream of the selection
    "slope infinite after the selection": (
        lambda x: np.sqrt(np.maximum(x - 1.5, 0.0)),
        [0, 0, 0.5 / math.sqrt(0.5)],
        [0, 0, -0.25 / 0.5**1.5],
        [0, 0, 0.375 / 0.5**2.5],
    ),
    "nested where": (
        lambda x: np.where(x > 0, np.where(x > 1, np.log(x - 1) + x, x), x**2),
        [0, 1, 2],
        [2, 0, -1],
        [0, 0, 2],
    ),
}
each_branch = pytest.mark.parametrize("name", BRANCHES)


@each_branch
def test_reverse_mode_to_third_order(name):
    f, *expected = BRANCHES[name]
    for derivative in expected:
        f = ag.elementwise_grad(f)
        np.testing.assert_allclose(f(X), derivative, rtol=1e-12, atol=1e-12)


@each_branch
def test_forward_mode_to_third_order(name):
    f, *expected = BRANCHES[name]
    for derivative in expected:
        f = lambda x, f=f: ag.jvp(f, (x,), (np.ones(3),))[1]
        np.testing.assert_allclose(f(X), derivative, rtol=1e-12, atol=1e-12)


@each_branch
def test_hessian(name):
    f, _, second, _ = BRANCHES[name]
    np.testing.assert_allclose(ag.hessian(summed(f))(X), np.diag(second), rtol=1e-12, atol=1e-12)


@each_branch
def test_reverse_over_forward(name):
    f, _, second, _ = BRANCHES[name]
    moved = lambda x: np.sum(ag.jvp(f, (x,), (np.ones(3),))[1])
    np.testing.assert_allclose(ag.grad(moved)(X), second, rtol=1e-12, atol=1e-12)


@each_branch
def test_backward_and_detect_anomaly_give_the_same(name):
    f, first, _, _ = BRANCHES[name]
    x = ag.Node(X)
    np.sum(f(x)).backward()
    np.testing.assert_allclose(x.grad, first, rtol=1e-12, atol=1e-12)


# Selections that do not act entry by entry


@pytest.mark.parametrize(
    ("f", "gradient", "second"),
    [
        (lambda x: np.sum(np.log(x)[1:]), [0, 1, 0.5], [0, -1, -0.25]),
        (lambda x: np.sum((x**1.5)[1:] ** 2), [0, 3, 12], [0, 6, 12]),
        (lambda x: np.sum(np.log(x)[np.array([1, 2, 2])]), [0, 1, 1], [0, -1, -0.5]),
        (lambda x: np.sum(np.log(x)[x.value > 0]), [0, 1, 0.5], [0, -1, -0.25]),
        (lambda x: np.max(np.log(x)) ** 2, [0, 0, L], [0, 0, (1 - L) / 2]),
        (lambda x: np.max(x**1.5) ** 2, [0, 0, 12], [0, 0, 12]),
        (lambda x: np.min(-(x**1.5)) ** 2, [0, 0, 12], [0, 0, 12]),
        (lambda x: np.sum(np.concatenate([np.log(x), x**2])[1:]), [0, 3, 4.5], [2, 1, 1.75]),
        (lambda x: np.sum(np.stack([np.log(x), x])[:, 1:]), [0, 2, 1.5], [0, -1, -0.25]),
        (lambda x: np.sum(np.log(x).reshape(3, 1).T[:, 1:]), [0, 1, 0.5], [0, -1, -0.25]),
        (lambda x: np.sum(np.log(x), where=x.value > 0), [0, 1, 0.5], [0, -1, -0.25]),
        (
            lambda x: np.sum(ag.Node(X, requires_grad=False).value * 0 * np.log(x)),
            [0, 0, 0],
            [0, 0, 0],
        ),
        (lambda x: np.sum(np.log(x).at[0].set(0.0)), [0, 1, 0.5], [0, -1, -0.25]),
    ],
    ids=[
        "slice",
        "slice squared",
        "repeated entries",
        "boolean mask",
        "max",
        "max of a power",
        "min of a power",
        "concatenate",
        "stack",
        "reshape",
        "sum where",
        "constant zero",
        "overwritten",
    ],
)
def test_selections_across_entries(f, gradient, second):
    np.testing.assert_allclose(ag.grad(ignoring(f))(X), gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ag.hessian(ignoring(f))(X), np.diag(second), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        ag.jacobian(ag.grad(ignoring(f)), mode="reverse")(X),
        np.diag(second),
        rtol=1e-12,
        atol=1e-12,
    )
    moved = [ag.jvp(ignoring(f), (X,), (e,))[1] for e in np.eye(3)]
    np.testing.assert_allclose(moved, gradient, rtol=1e-12, atol=1e-12)


def ignoring(f):
    def quiet(x):
        with np.errstate(all="ignore"):
            return f(x)

    return quiet


def test_masked_product_of_two_selections_keeps_mixed_derivatives():
    """sum(where(x>0, log x, 0)) * sum(where(x>0, sqrt x, x)), whose second factor has slope 1 at 0.

    The factors A = log 2 and B = 1 + sqrt 2 have slopes a and b and diagonal second derivatives:
    H = a b' + b a' + diag(B A'' + A B'').
    """

    def f(x):
        return np.sum(np.where(x > 0, np.log(x), 0)) * np.sum(np.where(x > 0, np.sqrt(x), x))

    a, b = [0, 1, 0.5], [1, 0.5, 0.5 / R]
    A, B = L, 1 + R
    expected = (
        np.outer(a, b) + np.outer(b, a) + np.diag([0, -B + A * -0.25, -B / 4 - A * 0.125 / R])
    )
    np.testing.assert_allclose(ag.hessian(f)(X), expected, rtol=1e-12, atol=1e-12)


def test_where_with_broadcast_scalar_branch():
    f = lambda x: np.sum(np.where(np.array([False, False]), np.log(x), 1.0))
    assert ag.grad(f)(0.0) == 0.0
    assert ag.jvp(f, (0.0,), (1.0,))[1] == 0.0


def test_where_under_float32_and_complex():
    x = X.astype(np.float32)
    g = ag.grad(lambda x: np.sum(np.where(x > 0, np.log(x), 0)))(x)
    assert g.dtype == np.float32
    np.testing.assert_array_equal(g, np.float32([0, 1, 0.5]))
    z = X.astype(complex)
    g = ag.grad(lambda z: np.real(np.sum(np.where(X > 0, np.log(z), 0))))(z)
    np.testing.assert_allclose(g, [0, 1, 0.5])


# Zeros that came out of arithmetic are not structural


def test_square_of_a_square_root_at_zero_stays_nan():
    """The slope is 1 there, so 0 would be wrong."""
    assert math.isnan(ag.grad(lambda x: np.sqrt(x) ** 2)(0.0))
    assert math.isnan(ag.grad(lambda x: np.sum(np.sqrt(x) ** 2))(np.zeros(1))[0])


def test_an_arithmetic_nan_survives_beside_a_selection():
    g = ag.grad(lambda x: np.sum(np.sqrt(x) ** 2) + np.sum(np.log(x)[1:]))(X)
    np.testing.assert_array_equal(np.isnan(g), [True, False, False])


def test_a_variable_zero_factor_is_not_structural():
    """y * log(x) at y = 0, x = 0: y is a variable, so its zero says nothing about its influence."""
    gx, gy = ag.grad(lambda x, y: y * np.log(x), (0, 1))(0.0, 0.0)
    assert math.isnan(gx)
    assert gy == -math.inf


def test_a_nan_that_was_selected_stays():
    g = ag.grad(lambda x: np.sum(np.where(x >= 0, np.sqrt(x) ** 2, 0)))(X)
    np.testing.assert_array_equal(np.isnan(g), [True, False, False])


def test_an_einsum_of_one_operand_moves_and_adds():
    x, v = np.array([0.0, 4.0, 1.0]), np.ones(3)
    for f in (
        lambda x: np.sum(np.einsum("i->i", np.sqrt(x))[1:]),
        lambda x: np.sum(np.einsum("ij->ji", np.sqrt(x)[:, None])[0, 1:]),
        lambda x: np.sum(np.einsum("ij->i", np.sqrt(x)[:, None])[1:]),
    ):
        np.testing.assert_allclose(ag.grad(f)(x), [0, 0.25, 0.5])
        assert ag.jvp(f, (x,), (v,))[1] == 0.75
        np.testing.assert_allclose(ag.hvp(f)(x, v), [0, -1 / 32, -0.25])
