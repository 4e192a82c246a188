"""diff, ediff1d, gradient, unwrap, interp: NumPy's values, derivatives in every argument."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[3.0, -1.0, 2.0, 0.3], [0.5, 4.0, -2.0, 1.1], [1.0, 0.2, 0.7, -0.6]])
T = np.array([0.0, 1.0, 1.5, 4.0])

CALLS = {
    "diff": lambda x: np.diff(x),
    "diff twice": lambda x: np.diff(x, 2, axis=0),
    "diff never": lambda x: np.diff(x, 0),
    "diff too often": lambda x: np.diff(x, 5),
    "diff between": lambda x: np.diff(x, prepend=0.0, append=x[:, :1]),
    "diff down": lambda x: np.diff(x, axis=-2, prepend=x[:1] * 2),
    "ediff1d": lambda x: np.ediff1d(x),
    "ediff1d between": lambda x: np.ediff1d(x, to_end=[9.0, 8.0], to_begin=x[0, 0]),
    "gradient": lambda x: np.gradient(x),
    "gradient with a distance": lambda x: np.gradient(x, 0.5, axis=-1),
    "gradient with two": lambda x: np.gradient(x, 0.5, 2.0, edge_order=2),
    "gradient with coordinates": lambda x: np.gradient(x, T, axis=1),
    "gradient with coordinates, second order": lambda x: np.gradient(x, T, axis=1, edge_order=2),
    "gradient with even coordinates": lambda x: np.gradient(x, [0, 2, 4, 6], axis=(1,)),
    "gradient over axes": lambda x: np.gradient(x, 1.0, T, axis=(0, 1)),
    "unwrap": lambda x: np.unwrap(3 * x),
    "unwrap down": lambda x: np.unwrap(3 * x, axis=0, discont=5.0, period=4.0),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name, agrees):
    agrees(CALLS[name], X)


@pytest.mark.parametrize("edge_order", [1, 2])
def test_gradient_wrt_its_coordinates(edge_order, agrees):
    agrees(lambda f, t: np.gradient(f, t, axis=1, edge_order=edge_order), X, T)
    agrees(lambda f, h: np.gradient(f, h, 2.0, edge_order=edge_order), X, np.array(0.7))


def test_gradient_wrt_coordinates_that_happen_to_be_even(agrees):
    agrees(lambda t: np.gradient(X[0], t), np.array([1.0, 2.0, 3.0, 4.0]))


PLAIN_FIRST = {
    "gradient of a list": lambda t: np.gradient([1.0, 4.0, 2.0, 0.5], t),
    "gradient of integers": lambda t: np.gradient(np.array([1, 4, 2, 7]), t, edge_order=2),
    "diff of a list": lambda t: np.diff([1.0, 4.0], prepend=t[0], append=t),
    "ediff1d of a list": lambda t: np.ediff1d([1.0, 4.0], to_end=t, to_begin=t[1:]),
    "interp in a list": lambda t: np.interp([0.2, 1.1], [0.0, 1.0, 2.0, 3.0], t),
    "interp with an outer value": lambda t: np.interp([-1.0, 1.1], [0, 1], t[:2], left=t[3]),
    "insert into a list": lambda t: np.insert([1.0, 4.0], 1, t),
    "append to a list": lambda t: np.append([1.0, 4.0], t),
    "convolve a list": lambda t: np.convolve([1, 4], t),
    "cross of a list": lambda t: np.cross([1, 4, 2], t[:3]),
    "kron of a list": lambda t: np.kron([1, 4], t),
    "weights of a list": lambda t: np.cov([1.0, 4.0, 2.0, 0.5], aweights=t + 1),
    "bins of a list": lambda t: np.histogram([0.1, 1.2, 1.3], t, density=True)[0],
    "polyval of a list": lambda t: np.polyval([1, 4, 2], t),
    "linspace from a list": lambda t: np.linspace([1, 4, 2, 0], t, 3),
    "choose by a list": lambda t: np.choose([0, 1, 0, 1], [t, [1.0, 2.0, 3.0, 4.0]]),
    "select by lists": lambda t: np.select([[True, False, False, True]], [t], 2),
    "union1d with a list": lambda t: np.union1d([5.0, 6.0], t),
}


@pytest.mark.parametrize("name", PLAIN_FIRST)
def test_a_node_behind_a_plain_argument(name, agrees):
    agrees(PLAIN_FIRST[name], T + 0.25 * np.array([0.0, 1.0, -0.5, 2.0]))


def test_gradient_of_a_parabola_is_exact_at_uneven_points():
    np.testing.assert_allclose(np.gradient(ag.Node(T**2), T, edge_order=2).value, 2 * T)


def test_gradient_keeps_the_dtype_of_the_function():
    f = ag.Node(np.ones(4, np.float32))
    assert np.gradient(f, T).dtype == np.gradient(f.value, T).dtype == np.float32


def test_diff_of_complex_numbers(agrees):
    agrees(np.diff, X + 1j * X[::-1], narrow=False)


def test_unwrap_wrt_its_period():
    """The turns added are -1, 0 and 1: to 3.5, to 0.6 and to -2.4."""
    p = np.array([0.0, 3.5, 0.6, -2.4])
    jacobian = ag.jacobian(lambda q: np.unwrap(p + 0 * q, period=q))(4.0)
    np.testing.assert_array_equal(jacobian, [0.0, -1.0, 0.0, 1.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.diff(x, -1), "expected a number not negative, got -1"),
        (lambda x: np.gradient(x, 1.0, 2.0, 3.0), "expected none, one or 2 spacings, got 3"),
        (lambda x: np.gradient(x, edge_order=3), "expected 1 or 2, got 3"),
        (lambda x: np.gradient(x, [1.0], axis=0), r"expected shape \(3,\)"),
        (lambda x: np.gradient(x[:1]), "at least 2 entries along axis 0, got 1"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(X))
