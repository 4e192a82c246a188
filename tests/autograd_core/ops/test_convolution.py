"""convolve, correlate, kron, cross, and functions applied along axes."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

NUMPY = np.lib.NumpyVersion(np.__version__)
A = np.array([0.5, -1.0, 2.0, 3.0, 0.1])
X = np.arange(1.0, 7.0).reshape(2, 3)
Y = np.array([[0.5, -1.0, 4.0], [2.0, 0.25, -3.0]])


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_every_length_and_mode(function, mode, length, agrees):
    v = np.linspace(-1.0, 2.0, length) ** 2
    agrees(lambda a, v: function(a, v, mode), A, v)


@pytest.mark.parametrize("function", [np.convolve, np.correlate])
def test_complex_lines(function, agrees):
    a, v = A + 1j * A[::-1], A[:2] * (1 - 2j)
    agrees(function, a, v, narrow=False)
    agrees(lambda a, v: function(v, a, "same"), a, v, narrow=False)
    agrees(lambda a: function(a, a), a, narrow=False)


def test_numbers_are_lines_of_one(agrees):
    agrees(lambda a: np.convolve(a, 3.0), A)
    agrees(lambda a: np.convolve(a[0], a, "same"), A)


@pytest.mark.parametrize(
    "shapes", [((2, 3), (2, 2)), ((3,), (2, 1, 2)), ((), (2,)), ((2, 2), (3,))]
)
def test_kron(shapes, agrees, rng):
    agrees(np.kron, *(np.asarray(rng.normal(size=shape)) for shape in shapes))


def test_cross(agrees):
    agrees(np.cross, X, Y)
    agrees(lambda x, y: np.cross(x, y, axis=0), X.T, Y.T)
    agrees(lambda x, y: np.cross(x, y, axisa=0, axisb=-1, axisc=0), X.T, Y)
    agrees(lambda x, y: np.cross(x, y[0]), X, Y)


@pytest.mark.filterwarnings("ignore:Arrays of 2-dimensional vectors:DeprecationWarning")
def test_cross_of_vectors_in_the_plane(agrees):
    if NUMPY >= "2.5.0":
        with pytest.raises(ValueError, match="3-dimensional vectors"):
            np.cross(ag.Node(X[:, :2]), Y)
        return
    agrees(lambda x, y: np.cross(x[:, :2], y[:, :2]), X, Y)
    agrees(lambda x, y: np.cross(x[:, :2], y), X, Y)
    agrees(lambda x, y: np.cross(x, y[:, :2]), X, Y)


CALLS = {
    "a number per line": lambda x: np.apply_along_axis(lambda v: np.sum(v * v), 0, x),
    "a line per line": lambda x: np.apply_along_axis(np.cumsum, -1, x),
    "more axes": lambda x: np.apply_along_axis(np.diag, -1, x),
    "more axes in front": lambda x: np.apply_along_axis(np.diag, 0, x),
    "a list per line": lambda x: np.apply_along_axis(lambda v, k: [v[0] * k, v[1]], 1, x, 3.0),
    "over axes": lambda x: np.apply_over_axes(np.sum, x, (0, -1)),
    "over one axis, kept": lambda x: np.apply_over_axes(lambda v, i: np.cumsum(v, i), x * x, 1),
}


@pytest.mark.parametrize("name", CALLS)
def test_functions_along_axes(name, agrees):
    agrees(CALLS[name], X)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.convolve(x, x[0]), "expected two arrays of one axis"),
        (lambda x: np.convolve(x[0], x[0, :0]), "expected two arrays of one axis"),
        (lambda x: np.correlate(x[0], x[0, 0]), "expected two arrays of one axis"),
        (lambda x: np.convolve(x[0], x[0], "most"), "expected 'full', 'same' or 'valid'"),
        (lambda x: np.cross(x.T, x.T[:, :1]), "incompatible|dimension"),
        (lambda x: np.apply_along_axis(np.sum, 0, x[:, :0]), "other axes not empty"),
        (lambda x: np.apply_over_axes(lambda v, i: np.sum(v), x, 0), "expected 2 axes"),
        (lambda x: np.vectorize(lambda v: v * v)(x), "would drop the derivative"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(X))
