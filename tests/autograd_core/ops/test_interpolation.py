"""``np.interp``: NumPy's values, derivatives in points, knots and values, the slope at knots."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[0.3, 1.7, -2.0], [2.4, 8.6, 0.9]])
XP = np.array([0.0, 1.0, 2.0, 4.0])
FP = np.array([1.0, 3.0, -1.0, 0.5])


def test_wrt_points_knots_and_values(agrees):
    agrees(np.interp, X, XP, FP)
    agrees(lambda x, xp, fp: np.interp(x, xp, fp, left=fp[1] ** 2, right=-7.0), X, XP, FP)
    agrees(lambda x, xp, fp: np.interp(x, xp[:1], fp[:1], left=2.0), X, XP, FP)
    agrees(lambda x: np.interp(x, XP, FP), np.array(0.3))


def test_periodic(agrees):
    agrees(lambda x, xp, fp: np.interp(x, xp, fp, period=5.0), X, XP[[2, 0, 3, 1]], FP)
    agrees(lambda x, q: np.interp(x, XP, FP, period=-q), X, np.array(5.5), narrow=False)


def test_complex_values(agrees):
    agrees(lambda x, fp: np.interp(x, XP, fp), X, FP * (1 + 2j), narrow=False)


def test_the_slope_at_a_knot_is_the_gentler_side_or_zero():
    fp = np.array([0.0, 1.0, 3.0, 3.5, 0.0])  # slopes 1, 2, 1/2, -7/2
    grad = ag.grad(lambda x: np.sum(np.interp(x, np.arange(5.0), fp)))
    np.testing.assert_array_equal(grad(np.arange(5.0)), [0.0, 1.0, 0.5, 0.0, 0.0])
    np.testing.assert_array_equal(grad(np.arange(5.0) + 1e-9), [1.0, 2.0, 0.5, -3.5, 0.0])


def test_knots_and_values_at_a_knot():
    """At a knot the value is the knot's own; moving the knot moves it against the slope."""
    f = lambda x, xp, fp: np.interp(x, xp, fp)
    x, xp, fp = ag.grad(f, (0, 1, 2))(1.0, np.arange(3.0), np.array([0.0, 1.0, 3.0]))
    assert x == 1.0
    np.testing.assert_array_equal(xp, [0.0, -1.0, 0.0])
    np.testing.assert_array_equal(fp, [0.0, 1.0, 0.0])


def test_beyond_the_ends_only_the_outer_value_counts():
    fp = ag.grad(lambda fp: np.sum(np.interp([-1.0, 9.0, 9.0], XP, fp)))(FP)
    np.testing.assert_array_equal(fp, [1.0, 0.0, 0.0, 2.0])


def test_nan_and_float32():
    result = np.interp(ag.Node(np.array([np.nan, 1.0], np.float32)), XP, FP)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result.value, [np.nan, 3.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.interp(x, XP, FP[1:]), "not of the same length"),
        (lambda x: np.interp(x, [], []), "empty"),
        (lambda x: np.interp(x, XP, FP, period=0), "a number other than zero"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call(ag.Node(X))
