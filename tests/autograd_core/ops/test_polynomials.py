"""Polynomials: NumPy's values, derivatives in coefficients, points and roots."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

P = np.array([2.0, -1.0, 0.5, 3.0])
Q = np.array([0.7, -1.2])
X = np.array([[0.3, -1.1], [2.0, 0.0]])

CALLS = {
    "polyval": (lambda p, x: np.polyval(p, x), P, X),
    "polyadd": (np.polyadd, P, Q),
    "polyadd longer": (np.polyadd, Q, P),
    "polysub": (np.polysub, Q, P),
    "polymul": (np.polymul, P, Q),
    "polymul with zeros in front": (
        lambda p, q: np.polymul(np.append([0.0, 0.0], p), q),
        P,
        Q,
    ),
    "polydiv": (np.polydiv, P, Q),
    "polydiv by a longer": (lambda p, q: np.polydiv(q, p)[1], P, Q),
    "polyder": (lambda p: np.polyder(p), P),
    "polyder twice": (lambda p: np.polyder(p, 2), P),
    "polyder never": (lambda p: np.polyder(p, 0) * p, P),
    "polyint": (lambda p: np.polyint(p), P),
    "polyint twice": (lambda p, k: np.polyint(p, 2, k), P, Q),
    "polyint with a constant": (lambda p, k: np.polyint(p, 2, k[0]), P, Q),
    "vander": (lambda p: np.vander(p), P),
    "vander of three": (lambda p: np.vander(p, 3, increasing=True), P),
    "vander of none": (lambda p: np.vander(p, 0), P),
    "roots": (lambda p: np.roots(p), np.array([2.0, -1.0, -4.0, 0.5])),
    "complex roots": (lambda p: np.roots(p), P),
    "a root at zero": (lambda p: np.roots(np.append(p, 0.0)), P),
    "zeros in front": (lambda p: np.roots(np.append([0.0, 0.0], p)), P),
    "poly": (lambda p: np.poly(p), P),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name, agrees):
    f, *args = CALLS[name]
    agrees(f, *args)


def test_complex_polynomials(agrees):
    p, q = P + 1j * P[::-1], Q * (1 - 2j)
    agrees(np.polyval, p, X * 1j, narrow=False)
    agrees(np.polydiv, p, q, narrow=False)
    agrees(np.polyint, p, narrow=False)
    agrees(np.roots, p, narrow=False)
    agrees(np.poly, p, narrow=False)


def test_roots_in_conjugate_pairs_make_real_coefficients():
    pair = lambda x: np.poly(np.stack([x[0] + 1j * x[1], x[0] - 1j * x[1]]))
    x = np.array([1.0, 2.0])
    result = pair(ag.Node(x))
    assert result.dtype == np.float64
    np.testing.assert_allclose(result.value, [1.0, -2.0, 5.0])  # |x - (1 + 2i)|**2
    np.testing.assert_allclose(ag.jacobian(pair)(x), [[0, 0], [-2, 0], [2, 4]], atol=1e-15)


def test_the_derivative_of_a_root():
    """X² - p₁ x + p₀ with roots 1 and 2: dr/dp = -r**k / p'(r), p'(2) = 1, p'(1) = -1."""
    jacobian = ag.jacobian(np.roots)(np.array([1.0, -3.0, 2.0]))
    np.testing.assert_allclose(jacobian, [[-4.0, -2.0, -1.0], [1.0, 1.0, 1.0]], rtol=1e-12)


def test_roots_there_and_back(agrees):
    f = lambda r: np.sort(np.real(np.roots(np.poly(r))))
    np.testing.assert_allclose(ag.jacobian(f)(np.array([1.0, 2.0, 4.0])), np.eye(3), atol=1e-12)


def test_no_roots():
    assert np.roots(ag.Node(np.array([2.0]))).shape == (0,)
    assert ag.grad(lambda p: np.sum(np.abs(np.roots(p))))(np.array([2.0])) == [0.0]


def test_poly1d_holds_a_node():
    x = ag.Node(np.array([1.0, -2.0, 3.0]))
    p = np.poly1d(x)
    assert isinstance(p.coeffs, ag.Node)
    value = p(2.0) + p.deriv()(2.0)  # p2 4 + p1 2 + p0 and p2 4 + p1
    value.backward()
    np.testing.assert_array_equal(x.grad, [8.0, 3.0, 1.0])
    for result in (p + p, p * p, p - [1.0], p.integ(), p**2):
        parts = result if isinstance(result, tuple) else (result,)
        assert all(isinstance(part, np.poly1d) for part in parts)
        assert all(isinstance(part.coeffs, ag.Node) for part in parts)


def test_polyval_at_poly1d():
    assert isinstance(np.polyval(ag.Node(P), np.poly1d([1.0, 2.0])), np.poly1d)


def test_horner_is_linear_in_the_graph():
    p = ag.Node(np.ones(3000))
    np.polyval(p, 0.99).backward()
    np.testing.assert_allclose(p.grad[-3:], [0.99**2, 0.99, 1.0])


POINTS = np.array([0.1, 0.5, 1.2, 2.0, 2.2])
VALUES = np.array([1.0, 2.0, 0.5, -1.0, 0.3])
TWO = np.stack([VALUES, VALUES**2], axis=1)
WEIGHTS = np.array([1.0, 2.0, 1.5, 0.5, 1.0])

FITS = {
    "a parabola": (lambda x, y: np.polyfit(x, y, 2), POINTS, VALUES),
    "two at once": (lambda x, y: np.polyfit(x, y, 2), POINTS, TWO),
    "weights": (lambda x, y, w: np.polyfit(x, y, 1, w=w), POINTS, VALUES, WEIGHTS),
    "weights of two": (lambda x, y, w: np.polyfit(x, y, 2, w=w), POINTS, TWO, WEIGHTS),
    "covariance": (lambda x, y: np.polyfit(x, y, 1, cov=True), POINTS, VALUES),
    "covariance of two": (lambda x, y: np.polyfit(x, y, 1, cov=True), POINTS, TWO),
    "unscaled": (lambda x, y: np.polyfit(x, y, 1, cov="unscaled"), POINTS, VALUES),
    "unscaled of two": (lambda x, y: np.polyfit(x, y, 1, cov="unscaled"), POINTS, TWO),
    "residuals": (lambda x, y: np.polyfit(x, y, 1, full=True)[:2], POINTS, VALUES),
}


@pytest.mark.parametrize("name", FITS)
def test_fits(name, agrees):
    f, *args = FITS[name]
    agrees(f, *args, narrow=False, tolerance=1e-9)


def test_a_fit_through_its_points_moves_with_them():
    """A line through two points: slope (y1 - y0)/(x1 - x0), by hand."""
    slope = ag.grad(lambda x, y: np.polyfit(x, y, 1)[0], (0, 1))
    by_x, by_y = slope(np.array([1.0, 3.0]), np.array([2.0, 8.0]))
    np.testing.assert_allclose(by_x, [1.5, -1.5], rtol=1e-10)
    np.testing.assert_allclose(by_y, [-0.5, 0.5], rtol=1e-10)


def test_a_fit_that_is_not_determined_warns():
    with pytest.warns(np.exceptions.RankWarning, match="poorly conditioned"):
        np.polyfit(ag.Node(np.ones(3)), np.arange(3.0), 1)


def test_the_characteristic_polynomial(agrees):
    agrees(np.poly, np.array([[1.0, 2.0], [3.0, 5.0]]))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: np.polyder(p, -1), "expected a number not negative"),
        (lambda p: np.polyint(p, 3, [1.0, 2.0]), "expected 3 constants"),
        (lambda p: np.polyfit(p, p, -1), "expected a number not negative"),
        (lambda p: np.polyfit(p, p[1:], 1), "expected points x and values y"),
        (lambda p: np.polyfit(p, p, 1, w=p[1:]), r"w expected shape \(4,\)"),
        (lambda p: np.polyfit(p, p, 3, cov=True), "expected more than 4 points"),
        (lambda p: np.vander(p[None]), "expected an array of one axis"),
        (lambda p: np.poly(p[None]), "expected one axis or a square"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(P))
