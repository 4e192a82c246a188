"""Powers at zero and of negative numbers, log-sums at infinity: both modes, values worked by hand.

Of the derivatives by the base alone, ``test_semantics_kinks.py`` has more.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag

INF, NAN = math.inf, math.nan


def forward(f):
    """The derivative of a function of a number, by a forward sweep."""
    return lambda x: ag.jvp(f, (x,), (1.0,))[1]


def series(derivative, f, x):
    """The first three derivatives at x."""
    values = []
    with np.errstate(all="ignore"):
        for _ in range(3):
            f = derivative(f)
            values.append(float(getattr(f(x), "value", f(x))))
    return values


both = pytest.mark.parametrize("derivative", [ag.grad, forward], ids=["reverse", "forward"])


@both
@pytest.mark.parametrize(
    ("exponent", "derivatives"),
    [
        (0, [0.0, 0.0, 0.0]),
        (1, [1.0, 0.0, 0.0]),
        (2, [0.0, 2.0, 0.0]),
        (3, [0.0, 0.0, 6.0]),
        (4, [0.0, 0.0, 0.0]),
        (2.5, [0.0, 0.0, INF]),
        (0.5, [INF, -INF, INF]),
        (-1, [-INF, INF, -INF]),
    ],
)
@pytest.mark.parametrize("kind", ["python", "float", "numpy", "integer", "node"])
def test_base_zero(derivative, exponent, derivatives, kind):
    make = {
        "python": lambda p: p,
        "float": float,
        "numpy": np.float64,
        "integer": np.array,
        "node": lambda p: ag.Node(float(p)),
    }[kind]
    y = make(exponent)
    assert series(derivative, lambda x: x**y, 0.0) == derivatives
    assert series(derivative, lambda x: np.float_power(x, y), 0.0) == derivatives


@both
@pytest.mark.parametrize(
    ("exponent", "derivatives"),
    [
        (0, [0.0, 0.0, 0.0]),
        (2, [-4.0, 2.0, 0.0]),
        (3, [12.0, -12.0, 6.0]),
        (-1, [-0.25, -0.25, -0.375]),
    ],
)
def test_negative_base(derivative, exponent, derivatives):
    for y in (exponent, float(exponent), np.float64(exponent), ag.Node(float(exponent))):
        assert series(derivative, lambda x, y=y: x**y, -2.0) == derivatives


def test_powers_of_an_array_to_an_array_of_integers():
    x, n = np.array([0.0, 0.0, 0.0, -2.0, 3.0]), np.array([0, 1, 2, 3, -1])
    f = lambda x: np.sum(np.power(x, n * 1.0) + np.power(x[:4], n[:4]).sum() / 5)
    np.testing.assert_allclose(ag.grad(f)(x), [0.0, 2.0, 0.0, 24.0, -1 / 9])
    np.testing.assert_allclose(np.diag(ag.hessian(f)(x)), [0.0, 0.0, 4.0, -24.0, 2 / 27])


@both
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 2.5])
def test_base_zero_by_the_exponent(derivative, exponent):
    # 0**y is 0 for every y > 0; at y = 0, where it jumps, the slope is 0 by convention
    assert series(derivative, lambda y: 0.0**y, exponent) == [0.0, 0.0, 0.0]
    assert series(derivative, lambda y: ag.Node(0.0) ** y, exponent) == [0.0, 0.0, 0.0]


def slopes(x, y):
    """The mixed second derivative, by the base first and by the exponent first."""
    with np.errstate(all="ignore"):
        first = ag.grad(lambda y: ag.grad(np.power, 0)(x, y))(y)
        second = ag.grad(lambda x: ag.grad(np.power, 1)(x, y))(x)
    return first, second


@pytest.mark.parametrize(
    ("x", "y", "mixed"),
    [
        (0.0, 0.0, 0.0),
        (0.0, 1.0, -INF),  # 1 + log x, to the right of 0
        (0.0, 2.0, 0.0),  # x + 2 x log x
        (0.0, 1.5, 0.0),
        (2.0, 3.0, 4 + 12 * math.log(2.0)),
    ],
)
def test_mixed_derivative_does_not_depend_on_the_order(x, y, mixed):
    assert slopes(x, y) == pytest.approx((mixed, mixed), rel=1e-14)
    arrays = slopes(np.array(x), np.array(y))
    assert arrays == pytest.approx((mixed, mixed), rel=1e-14)


def test_third_derivatives_by_base_and_exponent():
    by_base = lambda x, y: ag.grad(np.power, 0)(x, y)
    f = lambda x, y: ag.grad(by_base, 0)(x, y)  # y (y-1) x**(y-2)
    assert ag.grad(f, 1)(0.0, 3.0) == 0.0  # (2y-1) x + y (y-1) x log x
    with np.errstate(all="ignore"):
        assert ag.grad(f, 1)(0.0, 2.0) == -INF
    assert ag.grad(f, 1)(2.0, 3.0) == pytest.approx(10 + 12 * math.log(2.0))


@pytest.mark.parametrize("function", [np.hypot, np.arctan2])
def test_origin(function):
    assert ag.grad(function, (0, 1))(0.0, 0.0) == (0.0, 0.0)
    assert ag.jvp(function, (0.0, 0.0), (1.0, 1.0))[1] == 0.0
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(function(x, x)))(np.array([0.0])), [0.0])


@pytest.mark.parametrize("function", [np.logaddexp, np.logaddexp2])
@pytest.mark.parametrize(
    ("x", "y", "gradient"),
    [
        (INF, 1.0, (1.0, 0.0)),
        (1.0, INF, (0.0, 1.0)),
        (-INF, 1.0, (0.0, 1.0)),
        (INF, INF, (0.5, 0.5)),  # as logsumexp shares it
        (INF, -INF, (1.0, 0.0)),
        (-INF, -INF, (0.0, 0.0)),
    ],
)
def test_log_sums_of_infinite_numbers(function, x, y, gradient):
    assert ag.grad(function, (0, 1))(x, y) == gradient
    for direction, slope in zip(((1.0, 0.0), (0.0, 1.0)), gradient, strict=True):
        assert ag.jvp(function, (x, y), direction)[1] == slope
    xs = np.array([x], np.float32), np.array([y], np.float32)
    assert ag.grad(lambda x: np.sum(function(x, xs[1])))(xs[0]).dtype == np.float32
    assert ag.grad(lambda x: ag.grad(function)(x, y))(x) == 0.0


def test_sinc_to_fourth_order_at_zero():
    # 1 - (pi x)**2 / 6 + (pi x)**4 / 120
    f, values = np.sinc, []
    for _ in range(4):
        f = ag.grad(f)
        values.append(f(0.0))
    assert values == pytest.approx([0.0, -(math.pi**2) / 3, 0.0, math.pi**4 / 5], rel=1e-13)


@both
def test_small_arguments_lose_no_digits(derivative):
    h = 1e-12
    assert series(derivative, np.expm1, h) == pytest.approx([1 + h] * 3, rel=1e-15)
    assert series(derivative, np.log1p, h) == pytest.approx(
        [1 - h, -1 + 2 * h, 2 - 6 * h], rel=1e-15
    )


@pytest.mark.parametrize(
    ("f", "slope"),
    [
        (lambda z: z**2, lambda z: 2 * z),
        (lambda z: z**-1, lambda z: -1 / z**2),
        (lambda z: z**2.5, lambda z: 2.5 * z**1.5),
        (lambda z: z ** (1 + 2j), lambda z: (1 + 2j) * z**2j),
        (lambda z: 2.0**z, lambda z: math.log(2) * 2.0**z),
        (np.sqrt, lambda z: 0.5 / np.sqrt(z)),
        (np.log, lambda z: 1 / z),
    ],
)
def test_complex_functions_have_the_conjugate_of_their_derivative(f, slope):
    z = 0.3 - 0.4j
    # of Re(w f(z)) the gradient is conj(w f'(z))
    w = 1 - 2j
    assert ag.grad(lambda z: np.real(w * f(z)))(z) == pytest.approx(np.conj(w * slope(z)))
    assert ag.jvp(f, (z,), (w,))[1] == pytest.approx(w * slope(z))


@pytest.mark.parametrize(("exponent", "slope"), [(0, 0), (1, 1), (2, 0), (2.0, 0), (3, 0)])
def test_complex_powers_at_zero(exponent, slope):
    assert ag.grad(lambda z: np.real(z**exponent))(0j) == slope
    z = np.zeros(2, complex)
    np.testing.assert_array_equal(ag.grad(lambda z: np.sum(np.real(z**exponent)))(z), [slope] * 2)


def test_modulus_at_the_origin():
    assert ag.grad(np.abs)(0j) == 0
    assert ag.grad(lambda z: np.abs(z) ** 2)(0j) == 0
    assert ag.grad(np.abs)(3 - 4j) == pytest.approx(0.6 - 0.8j)


def test_the_mixed_second_derivative_of_a_fractional_power_at_zero_is_undefined():
    """By the base the slope is infinite there for every exponent below 1, so it has no change."""
    of_both = lambda x, y: x**y
    assert ag.grad(of_both)(0.0, 0.5) == np.inf
    assert np.isnan(ag.grad(lambda y: ag.grad(of_both)(0.0, y))(0.5))
    assert np.isnan(ag.grad(lambda x: ag.grad(of_both, 1)(x, 0.5))(0.0))
    assert np.isnan(ag.jvp(lambda y: ag.jvp(lambda x: x**y, (0.0,), (1.0,))[1], (0.5,), (1.0,))[1])
    assert ag.grad(lambda y: ag.grad(of_both)(0.0, y))(1.5) == 0.0
