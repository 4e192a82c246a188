"""Kinks and removable singularities: the one documented rule, each value worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.scipy.special import logsumexp


def both_modes(f, x):
    """The gradient, after checking that forward mode gives the same along every axis."""
    gradient = ag.grad(f)(x)
    for i in np.ndindex(np.shape(x)):
        e = np.zeros(np.shape(x))
        e[i] = 1.0
        np.testing.assert_allclose(ag.jvp(f, (x,), (e,))[1], np.asarray(gradient)[i], atol=1e-12)
    return gradient


# The minimum-norm subgradient: the shortest vector among all slopes that support the kink


@pytest.mark.parametrize(
    "function", [np.abs, np.fabs, np.sign, np.floor, np.ceil, np.trunc, np.rint]
)
def test_slope_is_zero_where_the_function_jumps_or_bends_symmetrically(function):
    assert both_modes(function, 0.0) == 0.0
    np.testing.assert_array_equal(
        both_modes(lambda x: np.sum(function(x)), np.zeros(2)), [0.0, 0.0]
    )


@pytest.mark.parametrize("function", [np.maximum, np.minimum, np.fmax, np.fmin])
def test_binary_extremes_split_a_tie_in_halves(function):
    assert ag.grad(function, argnums=(0, 1))(2.0, 2.0) == (0.5, 0.5)
    first, second = ag.grad(lambda x, y: np.sum(function(x, y)), (0, 1))(
        np.ones(2), np.array([1.0, 1.0])
    )
    np.testing.assert_array_equal(first, [0.5, 0.5])
    np.testing.assert_array_equal(second, [0.5, 0.5])


def test_maximum_with_a_constant_tie_is_a_half():
    assert both_modes(lambda x: np.maximum(x, 0.0), 0.0) == 0.5


def test_maximum_away_from_ties_gives_all_to_the_larger():
    assert ag.grad(np.maximum, (0, 1))(3.0, 2.0) == (1.0, 0.0)
    assert ag.grad(np.minimum, (0, 1))(3.0, 2.0) == (0.0, 1.0)


@pytest.mark.parametrize(("function", "x"), [(np.max, [3.0, 1.0, 3.0]), (np.min, [1.0, 3.0, 1.0])])
def test_extreme_reductions_split_evenly_among_ties(function, x):
    np.testing.assert_array_equal(both_modes(function, np.array(x)), [0.5, 0.0, 0.5])


def test_extreme_reductions_split_ties_per_axis():
    x = np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 2.0]])
    third = 1 / 3
    expected = [[0.5, 0.5, 0.0], [third, third, third]]
    np.testing.assert_allclose(both_modes(lambda x: np.sum(np.max(x, axis=1)), x), expected)
    # over both axes only the three 2s tie
    np.testing.assert_allclose(both_modes(np.max, x), [[0, 0, 0], [third, third, third]])
    # down the columns the second row wins everywhere
    np.testing.assert_array_equal(
        both_modes(lambda x: np.sum(np.max(x, 0, keepdims=True)), x), [[0] * 3, [1] * 3]
    )


def test_ptp_of_a_constant_is_flat():
    np.testing.assert_array_equal(both_modes(np.ptp, np.ones(3)), np.zeros(3))


def test_clip_has_slope_zero_at_its_bounds_and_beyond():
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    np.testing.assert_array_equal(
        both_modes(lambda x: np.sum(np.clip(x, 0.0, 1.0)), x), [0, 0, 1, 0, 0]
    )
    assert both_modes(lambda x: np.clip(x, 0.0, None), 0.0) == 0.0
    assert both_modes(lambda x: np.clip(x, None, 0.0), 0.0) == 0.0


def test_clip_with_respect_to_its_bounds():
    x = np.array([-1.0, 0.5, 2.0, 3.0])
    low, high = ag.grad(lambda low, high: np.sum(np.clip(x, low, high)), (0, 1))(0.0, 1.0)
    assert (low, high) == (1.0, 2.0)  # one entry lies at the low bound, two at the high one
    # bounds the wrong way round: NumPy answers the upper one
    assert ag.grad(lambda low, high: np.clip(0.5, low, high), (0, 1))(2.0, 1.0) == (0.0, 1.0)


def test_standard_deviation_of_a_constant_has_slope_zero():
    np.testing.assert_array_equal(both_modes(np.std, np.full(3, 2.0)), np.zeros(3))
    x = np.array([[1.0, 1.0], [0.0, 2.0]])
    # second row: mean 1, std 1, slope (x - mean) / (n std) = -1/2, 1/2
    np.testing.assert_allclose(
        both_modes(lambda x: np.sum(np.std(x, axis=1)), x), [[0, 0], [-0.5, 0.5]]
    )


def test_hypot_and_arctan2_have_slope_zero_at_the_origin():
    assert ag.grad(np.hypot, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert ag.grad(np.arctan2, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert ag.jvp(np.hypot, (0.0, 0.0), (1.0, 1.0))[1] == 0.0
    assert ag.grad(np.hypot, (0, 1))(3.0, 4.0) == pytest.approx((0.6, 0.8))
    assert ag.grad(np.arctan2, (0, 1))(3.0, 4.0) == pytest.approx((4 / 25, -3 / 25))


def test_slopes_of_hypot_and_arctan2_at_infinity_are_limits():
    inf = np.inf
    assert ag.grad(np.hypot, (0, 1))(inf, 1.0) == (1.0, 0.0)
    assert ag.grad(np.hypot, (0, 1))(2.0, -inf) == (0.0, -1.0)
    assert np.isnan(ag.grad(np.hypot, (0, 1))(inf, inf)).all()  # between 0 and 1, by the way there
    for x, y in ((inf, 1.0), (2.0, -inf), (inf, inf)):
        assert ag.grad(np.arctan2, (0, 1))(x, y) == (0.0, 0.0)
    x = np.array([inf, 3.0])
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(np.hypot(x, 4.0)))(x), [1.0, 0.6])


def test_complex_absolute_value_has_slope_zero_at_zero():
    assert ag.grad(np.abs)(0j) == 0j


# Exact where a formula would give 0/0 or 0 * inf


def test_prod_with_one_zero():
    x = np.array([2.0, 0.0, 3.0])
    np.testing.assert_array_equal(both_modes(np.prod, x), [0.0, 6.0, 0.0])
    # d2/dx_i dx_j is the product of the third entry
    np.testing.assert_array_equal(ag.hessian(np.prod)(x), [[0, 3, 0], [3, 0, 2], [0, 2, 0]])


def test_prod_with_two_zeros():
    x = np.array([0.0, 5.0, 0.0])
    np.testing.assert_array_equal(both_modes(np.prod, x), np.zeros(3))
    np.testing.assert_array_equal(ag.hessian(np.prod)(x), [[0, 0, 5], [0, 0, 0], [5, 0, 0]])
    third = ag.jacobian(ag.hessian(np.prod))(x)
    assert third[0, 1, 2] == 1.0  # d3 (x0 x1 x2)
    assert np.count_nonzero(third) == 6


def test_prod_per_axis_with_zeros():
    x = np.array([[0.0, 2.0], [3.0, 0.0], [4.0, 0.0]])
    np.testing.assert_array_equal(
        both_modes(lambda x: np.sum(np.prod(x, axis=0)), x), [[12.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    )


def test_cumprod_with_one_and_two_zeros():
    # out = (a, ab, abc); sum has slopes 1 + b + bc, a + ac, ab
    assert both_modes(lambda x: np.sum(np.cumprod(x)), np.array([2.0, 0.0, 3.0])).tolist() == [
        1.0,
        8.0,
        0.0,
    ]
    assert both_modes(lambda x: np.sum(np.cumprod(x)), np.array([0.0, 0.0, 3.0])).tolist() == [
        1.0,
        0.0,
        0.0,
    ]
    # second derivatives: ab: 1 + c, ac: b, bc: a
    hessian = ag.hessian(lambda x: np.sum(np.cumprod(x)))(np.array([0.0, 0.0, 3.0]))
    np.testing.assert_array_equal(hessian, [[0, 4, 0], [4, 0, 0], [0, 0, 0]])


def test_cumprod_has_numpys_values():
    """Entries whose products overflow only in another order than NumPy's."""
    x = np.array([1e-100, 1e-100, 1e200, 1e200])
    np.testing.assert_array_equal(np.cumprod(ag.Node(x)).value, np.cumprod(x))


@pytest.mark.parametrize(
    ("exponent", "derivatives"),
    [
        (0, [1.0, 0.0, 0.0, 0.0]),
        (1, [0.0, 1.0, 0.0, 0.0]),
        (2, [0.0, 0.0, 2.0, 0.0]),
        (3, [0.0, 0.0, 0.0, 6.0]),
        (2.5, [0.0, 0.0, 0.0, math.inf]),
        (1.5, [0.0, 0.0, math.inf, -math.inf]),
    ],
)
@pytest.mark.parametrize("kind", ["python", "float", "node", "array", "node array"])
def test_powers_at_zero_to_third_order(exponent, derivatives, kind):
    make = {
        "python": lambda p: p,
        "float": float,
        "node": lambda p: ag.Node(float(p)),
        "array": lambda p: np.array([p, p]),
        "node array": lambda p: ag.Node(np.array([p, p], float)),
    }[kind]
    p = make(exponent)
    x = np.zeros(2) if "array" in kind else 0.0
    f = lambda x: x**p
    for expected in derivatives:
        result = f(x)
        np.testing.assert_array_equal(
            getattr(result, "value", result), np.full(np.shape(x), expected)
        )
        f = ag.elementwise_grad(f)


def test_zero_to_the_zero_with_respect_to_the_exponent():
    assert ag.grad(lambda y: 0.0**y)(0.0) == 0.0
    assert ag.grad(np.power, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert ag.grad(np.power, (0, 1))(0.0, 2.0) == (0.0, 0.0)


def test_anything_to_the_zero_is_flat():
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_array_equal(both_modes(lambda x: np.sum(x**0), x), np.zeros(3))
    np.testing.assert_array_equal(ag.hessian(lambda x: np.sum(x**0))(x), np.zeros((3, 3)))


def test_integer_powers_of_negative_numbers():
    x = np.array([-2.0, -1.0])
    np.testing.assert_array_equal(both_modes(lambda x: np.sum(x**3), x), [12.0, 3.0])
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x ** np.array([2, 3])))(x), [-4.0, 3.0])
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x**-1))(x), [-0.25, -1.0])


def test_gradient_by_the_exponent_of_a_negative_base_is_nan():
    with np.errstate(invalid="ignore"):
        assert math.isnan(ag.grad(lambda y: (-2.0) ** y)(0.5))


def test_sinc_at_zero_to_second_order():
    assert both_modes(np.sinc, 0.0) == 0.0
    # sin(pi x)/(pi x) = 1 - (pi x)^2/6 + ...
    assert ag.grad(ag.grad(np.sinc))(0.0) == pytest.approx(-(math.pi**2) / 3)
    assert ag.grad(ag.grad(ag.grad(np.sinc)))(0.0) == pytest.approx(0.0)
    # near zero the closed form loses digits: -pi^2 x/3 + pi^4 x^3/30
    assert ag.grad(np.sinc)(1e-6) == pytest.approx(-(math.pi**2) / 3e6, rel=1e-11)


def test_sinc_slope_is_smooth_where_its_formula_changes():
    x = np.nextafter(0.25, [0.0, 1.0])
    first = ag.elementwise_grad(np.sinc)
    assert np.ptp(first(x)) < 1e-13
    assert np.ptp(ag.elementwise_grad(first)(x)) < 1e-11


def test_logsumexp_of_infinite_entries():
    inf = math.inf
    np.testing.assert_array_equal(ag.grad(logsumexp)(np.array([0.0, inf])), [0.0, 1.0])
    np.testing.assert_array_equal(ag.grad(logsumexp)(np.array([inf, inf])), [0.5, 0.5])
    np.testing.assert_array_equal(ag.grad(logsumexp)(np.array([-inf, 0.0])), [0.0, 1.0])
    np.testing.assert_allclose(
        ag.grad(logsumexp)(np.array([1000.0, 1000.0])), [0.5, 0.5], rtol=1e-12
    )
    assert ag.grad(np.logaddexp, (0, 1))(-inf, 0.0) == (0.0, 1.0)
