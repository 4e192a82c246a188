"""Functions that move, choose and difference entries, in forms the stored calls of JAX have not.

Away from kinks and ties; what happens there is worked out by hand in the files beside this one.
(JAX gives ``unique`` a zero gradient without a word, so it is not among these.)
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[3.0, -1.0, 2.0, 0.4], [0.5, 4.0, -2.0, 1.7], [1.2, 0.2, 0.7, -0.6]])
T = np.array([0.0, 1.0, 1.5, 4.0])
W = np.array([0.5, 1.5, 2.0, 0.7])
I = np.array([[2, 0, 3, 3], [1, 1, 0, 2], [0, 3, 2, 1]])
MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, False]])

CALLS = {
    "rot90": lambda np, x: np.rot90(x, 3),
    "resize": lambda np, x: np.resize(x, (2, 9)),
    "insert": lambda np, x: np.insert(x, np.array([1, 3]), x[:, :2] * 2, axis=1),
    "ravel": lambda np, x: np.ravel(x, order="F") * np.reshape(x, 12, order="C"),
    "pad wrap": lambda np, x: np.pad(x, 2, "wrap"),
    "pad reflect odd": lambda np, x: np.pad(x, 2, "reflect", reflect_type="odd"),
    "pad mean": lambda np, x: np.pad(x, 1, "mean", stat_length=2),
    "choose": lambda np, x: np.choose(I % 2, [x, x**2], mode="wrap"),
    "select": lambda np, x: np.select([x > 1.5, MASK], [np.exp(x), x], x**2),
    "partition": lambda np, x: np.partition(x, 1, axis=1)[:, :2].sum(axis=1),
    "linspace": lambda np, x: np.linspace(x[0], x[1], 5, axis=-1),
    "logspace": lambda np, x: np.logspace(x[0], x[1], 3, base=1.4),
    "ediff1d": lambda np, x: np.ediff1d(x, to_begin=x[0, :1]),
    "interp": lambda np, x: np.interp(np.sin(x), T - 2, x[0], left=1.0),
    "interp by its knots": lambda np, x: np.interp(T + 0.1, np.cumsum(x[0] ** 2), x[1]),
    "correlate": lambda np, x: np.correlate(x[0], x[1, :3], "full"),
    "apply_over_axes": lambda np, x: np.apply_over_axes(np.sum, x**2, [0, 1]),
    "cov": lambda np, x: np.cov(x, aweights=W, fweights=np.array([1, 2, 3, 1])),
    "histogram": lambda np, x: np.histogram(T, 3, weights=x[0], density=True)[0],
    "histogram2d": lambda np, x: np.histogram2d(T, W, 2, weights=x[0])[0],
    "polyder": lambda np, x: np.polyder(x[0], 2),
    "poly": lambda np, x: np.poly(x[0]),
    "roots": lambda np, x: (
        np.abs(np.roots(x[1], strip_zeros=False))
        if np.__name__ == "jax.numpy"
        else np.abs(np.roots(x[1]))
    ),
}


@pytest.fixture(scope="module")
def jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_disable_most_optimizations", True)  # each function runs once
    return jax


@pytest.mark.oracle
@pytest.mark.parametrize("name", CALLS)
def test_gradients_against_jax(name, jax):
    f = CALLS[name]
    shape = np.shape(f(np, X))
    weights = np.cos(np.arange(float(np.prod(shape)))).reshape(shape)
    value, pullback = ag.vjp(lambda x: f(np, x), X)

    def both(x):
        out, pull = jax.vjp(lambda x: f(jax.numpy, x), x)
        return out, pull(jax.numpy.asarray(weights))[0]

    theirs, their_gradient = jax.jit(both)(X)
    np.testing.assert_allclose(value, theirs, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(pullback(weights)[0], their_gradient, rtol=1e-9, atol=1e-12)
