"""Integrals against closed forms and SciPy."""

import numpy as np
import pytest
import scipy.integrate

import autograd_core as ag
from autograd_core.scipy import integrate


def gaussian(a, b, parameters):
    f = lambda x, p: p["height"] * np.exp(-p["rate"] * x * x)
    return integrate.quad(f, a, b, (parameters,), epsabs=1e-12)[0]


def test_quad_by_bounds_and_parameters():
    args = (-0.4, 1.3, {"height": 1.7, "rate": 0.8})
    assert ag.check_grads(gaussian, args, order=2) < 1e-6
    value, _ = integrate.quad(lambda x: x**2, 0, ag.Node(3.0))
    assert value.item() == pytest.approx(9)


def test_quad_over_the_whole_line():
    f = lambda rate: gaussian(-np.inf, np.inf, {"height": 1.0, "rate": rate})
    assert f(2.0) == pytest.approx(np.sqrt(np.pi / 2))
    assert ag.grad(f)(2.0) == pytest.approx(-np.sqrt(np.pi) / 2 * 2**-1.5, rel=1e-8)
    assert ag.grad(ag.grad(f))(2.0) == pytest.approx(np.sqrt(np.pi) * 0.75 * 2**-2.5, rel=1e-8)


def test_quad_refusals_and_plain_calls():
    assert integrate.quad(np.cos, 0, 1) == scipy.integrate.quad(np.cos, 0, 1)
    with pytest.raises(TypeError, match="weight='cos'"):
        integrate.quad(np.exp, 0, ag.Node(1.0), weight="cos", wvar=1.0)
    k = ag.Node(2.0)
    with pytest.raises(ag.NotDifferentiableError, match="a Node from outside"):
        integrate.quad(lambda x: k * x, 0, 1)


Y = np.array([[1.0, 0.3, -0.8, 2.0, 1.1], [0.2, 0.9, 1.4, -1.0, 0.6]])
PLACES = np.array([0.0, 0.3, 1.1, 1.5, 2.2])


@pytest.mark.parametrize("name", ["trapezoid", "simpson", "cumulative_trapezoid"])
@pytest.mark.parametrize("x", [None, PLACES])
@pytest.mark.parametrize("axis", [0, -1])
def test_rules_for_samples(name, x, axis):
    y = Y.T if axis == 0 else Y
    ours, theirs = getattr(integrate, name), getattr(scipy.integrate, name)
    np.testing.assert_allclose(ours(ag.Node(y), x=x, axis=axis).value, theirs(y, x=x, axis=axis))
    assert ag.check_grads(lambda y: ours(y, x=x, axis=axis), (y,)) < 1e-6
    if name != "simpson" and x is not None:
        assert ag.check_grads(lambda y, x: ours(y, x=x, axis=axis), (y, x)) < 1e-6


def test_the_rest():
    y = ag.Node(Y)
    np.testing.assert_allclose(
        integrate.cumulative_trapezoid(y, initial=0).value,
        scipy.integrate.cumulative_trapezoid(Y, initial=0),
    )
    with pytest.raises(ValueError, match="initial"):
        integrate.cumulative_trapezoid(y, initial=1)
    with pytest.raises(TypeError, match="simpson of a Node does not support x='a Node'"):
        integrate.simpson(y, x=ag.Node(PLACES))
    f = lambda b: integrate.fixed_quad(np.cos, 0.0, b, n=6)[0]
    assert ag.check_grads(f, (1.2,)) < 1e-6
    assert f(1.2) == pytest.approx(scipy.integrate.fixed_quad(np.cos, 0.0, 1.2, n=6)[0])
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.integrate\.romb"):
        integrate.romb(ag.Node(np.ones(5)))


def test_simpson_with_places_for_every_row():
    y = np.array([[1.0, 2.0, 4.0], [0.5, -1.0, 3.0]])
    places = np.array([[0.0, 1.0, 2.0], [0.0, 0.5, 2.0]])
    for axis, x, samples in ((-1, places, y), (0, places.T, y.T)):
        f = lambda y, x=x, axis=axis: integrate.simpson(y, x=x, axis=axis)
        np.testing.assert_allclose(
            f(ag.Node(samples)).value, scipy.integrate.simpson(samples, x=x, axis=axis)
        )
        assert ag.check_grads(f, (samples,)) < 1e-6
