"""reduce, accumulate, reduceat and outer of every ufunc: NumPy's values and keywords, gradients."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

import autograd_core as ag
from autograd_core.errors import ArgumentError, ArgumentTypeError, OperationIndexError

BINARY = [
    *(np.add, np.subtract, np.multiply, np.divide, np.power, np.float_power, np.remainder),
    *(np.fmod, np.hypot, np.arctan2, np.logaddexp, np.logaddexp2, np.maximum, np.minimum),
    *(np.fmax, np.fmin, np.copysign, np.heaviside, np.floor_divide, np.nextafter),
    scipy.special.xlogy,
]
"""SciPy's own masked reductions write beyond their memory: the last is not compared with them."""
each = pytest.mark.parametrize("ufunc", BINARY, ids=lambda f: f.__name__)
REORDERABLE = {"add", "multiply", "hypot", "logaddexp", "logaddexp2", "maximum", "minimum"} | {
    "fmax",
    "fmin",
}


@pytest.fixture
def x(rng):
    return rng.permutation(np.linspace(1.1, 2.9, 12)).reshape(3, 2, 2)


def same(f, x):
    """Whether a Node gives what NumPy gives, and its gradient is right."""
    expected, out = f(x), f(ag.Node(x))
    assert (out.shape, out.dtype) == (expected.shape, expected.dtype)
    np.testing.assert_allclose(out.value, expected, rtol=1e-14)
    assert ag.check_grads(f, (x,), order=1) < 1e-6


@each
@pytest.mark.parametrize(
    "params",
    [{}, {"axis": -1, "keepdims": True}, {"axis": 1, "initial": 1.5}, {"axis": ()}],
    ids=str,
)
def test_reduce(ufunc, params, x):
    same(lambda x: ufunc.reduce(x, **params), x)


@pytest.mark.parametrize("ufunc", BINARY[:-1], ids=lambda f: f.__name__)
def test_reduce_with_where(ufunc, x):
    mask = np.arange(12).reshape(3, 2, 2) % 3 > 0
    same(lambda x: ufunc.reduce(x, axis=0, initial=1.25, where=mask), x)
    if ufunc.identity is None:
        with pytest.raises(ArgumentError, match="initial= beside where="):
            ufunc.reduce(ag.Node(x), where=mask)


@each
def test_accumulate_and_reduceat(ufunc, x):
    same(lambda x: ufunc.accumulate(x), x)
    same(lambda x: ufunc.accumulate(x, axis=-2), x)
    same(lambda x: ufunc.reduceat(x, [0, 2, 1]), x)
    same(lambda x: ufunc.reduceat(x, [1, 0], axis=2), x)


@each
def test_outer(ufunc, x):
    y = np.array([[1.3], [2.2]])
    expected = ufunc.outer(x[0], y)
    out = ufunc.outer(ag.Node(x[0]), ag.Node(y))
    np.testing.assert_array_equal(out.value, expected)
    assert ag.check_grads(ufunc.outer, (x[0], y), order=1) < 1e-6


@each
def test_axes_and_dtypes_of_reduce(ufunc, x):
    if ufunc.__name__ in REORDERABLE:
        same(lambda x: ufunc.reduce(x, axis=(0, 2)), x)
        same(lambda x: ufunc.reduce(x, axis=None), x)
    else:
        with pytest.raises(ArgumentError, match="one axis"):
            ufunc.reduce(ag.Node(x), axis=None)
    dtype = np.float64 if ufunc is np.float_power else np.float32  # the only one it has
    out = ufunc.reduce(ag.Node(x), dtype=dtype)
    assert out.dtype == ufunc.reduce(x, dtype=dtype).dtype == dtype


def test_second_order_of_what_is_composed(x):
    for ufunc in (np.divide, np.power, np.logaddexp, np.maximum):
        assert ag.check_grads(ufunc.accumulate, (x[:, 0, 0],), order=2) < 1e-5


def test_running_extremes_share_evenly_among_ties_so_far():
    x = np.array([1.0, 1.0, 0.0, 1.0, 2.0, 2.0])
    third = 1 / 3
    rows = [
        [1],
        [0.5, 0.5],
        [0.5, 0.5],
        [third, third, 0, third],
        [0] * 4 + [1],
        [0] * 4 + [0.5] * 2,
    ]
    expected = [row + [0] * (6 - len(row)) for row in rows]
    for ufunc, sign in ((np.maximum, 1), (np.minimum, -1), (np.fmax, 1), (np.fmin, -1)):
        np.testing.assert_allclose(ag.jacobian(ufunc.accumulate)(sign * x), expected)
        np.testing.assert_allclose(
            ag.jacobian(ufunc.accumulate, mode="forward")(sign * x), expected
        )


def test_running_extremes_and_nan():
    x = np.array([1.0, np.nan, 2.0])
    np.testing.assert_array_equal(
        ag.jacobian(np.fmax.accumulate)(x), [[1, 0, 0], [1, 0, 0], [0, 0, 1]]
    )
    np.testing.assert_array_equal(
        ag.jacobian(np.maximum.accumulate)(x), [[1, 0, 0], [0, 1, 0], [0, 1, 0]]
    )


def test_what_an_extreme_leaves_out_has_no_influence():
    x = np.array([4.0, 0.0, 1.0])
    f = lambda x: np.sum(np.maximum.accumulate(np.sqrt(x)))
    np.testing.assert_array_equal(ag.grad(f)(x), [0.75, 0, 0])
    assert ag.jvp(f, (x,), (np.ones(3),))[1] == 0.75


def test_log_sums_of_infinite_entries():
    inf = np.inf
    x = np.array([-inf, -inf, 0.0, 0.0])
    expected = [[0] * 4, [0] * 4, [0, 0, 1, 0], [0, 0, 0.5, 0.5]]
    for ufunc in (np.logaddexp, np.logaddexp2):
        np.testing.assert_allclose(ag.jacobian(ufunc.accumulate)(x), expected)
        np.testing.assert_allclose(ag.jacobian(ufunc.reduce)(x), expected[-1])
        y = np.array([0.0, inf, 1.0, inf])
        half = [0, 0.5, 0, 0.5]  # infinite entries share what they make infinite
        rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], half]
        for mode in ("reverse", "forward"):
            np.testing.assert_allclose(ag.jacobian(ufunc.accumulate, mode=mode)(y), rows)
            np.testing.assert_allclose(ag.jacobian(ufunc.reduce, mode=mode)(y), half)


def test_hypot_of_nothing_but_zeros():
    np.testing.assert_array_equal(ag.grad(np.hypot.reduce)(np.zeros(3)), np.zeros(3))
    np.testing.assert_allclose(ag.grad(np.hypot.reduce)(np.array([3.0, 0.0, 4.0])), [0.6, 0, 0.8])


def test_logical_methods_answer_plainly(x):
    node = ag.Node(x)
    assert type(np.logical_and.reduce(node, axis=None)) is np.bool_
    np.testing.assert_array_equal(np.greater.outer(node, [2.0]), np.greater.outer(x, [2.0]))
    np.testing.assert_array_equal(np.logical_or.accumulate(node), np.ones(x.shape, bool))


def test_what_the_methods_refuse():
    node = ag.Node(np.ones(3))
    with pytest.raises(ArgumentError, match="at least one entry"):
        np.divide.reduce(node[:0])
    with pytest.raises(OperationIndexError, match="indices"):
        np.divide.reduceat(node, [3])
    with pytest.raises(ArgumentTypeError, match="out="):
        np.divide.accumulate(node, out=np.ones(3))
    with pytest.raises(ag.NotDifferentiableError, match="gcd"):
        np.gcd.reduce(node)
    assert np.divide.accumulate(node[:0]).shape == (0,)
    assert np.divide.reduce(node[:0], initial=2.0).item() == 2.0
    assert np.divide.reduceat(node, []).shape == (0,)


def test_outer_hands_its_keywords_on(x):
    out = np.multiply.outer(ag.Node(x), np.ones(2), where=np.array([True, False]), dtype="f4")
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out.value[..., 1], 0)


def test_every_entry_counts_where_numpys_vector_loops_skip_some():
    x = np.array([0.31, 0.73, 0.58, 0.4])
    for ufunc in (np.power, np.arctan2):
        expected = ufunc(ufunc(ufunc(x[0], x[1]), x[2]), x[3])
        assert ufunc.reduce(ag.Node(x)).item() == pytest.approx(expected, rel=1e-15)


@pytest.mark.oracle
def test_scans_against_jax(x):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    weights = np.cos(np.arange(12.0)).reshape(x.shape)
    theirs = {
        np.logaddexp: jax.lax.cumlogsumexp,
        np.maximum: jax.lax.cummax,
        np.minimum: jax.lax.cummin,
    }
    for ufunc, scan in theirs.items():
        ours = ag.grad(lambda x, f=ufunc: np.sum(weights * f.accumulate(x, axis=0)))(x)
        other = jax.grad(lambda x, f=scan: (weights * f(x, axis=0)).sum())(x)
        np.testing.assert_allclose(ours, other, rtol=1e-12, atol=1e-14)
