"""Medians and quantiles: NumPy's values for every method, axis and dtype, and their derivatives."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag

NUMPY = np.lib.NumpyVersion(np.__version__)

CONTINUOUS = """interpolated_inverted_cdf hazen weibull linear median_unbiased
    normal_unbiased""".split()
JUMPING = """inverted_cdf averaged_inverted_cdf closest_observation lower higher midpoint
    nearest""".split()
AXES = [None, 0, -1, (0, 2), (1, -3), ()]
QS = [0.0, 0.3, 0.5, 1, np.float32(0.4), np.array([0.1, 0.25, 0.9]), np.array([[0.7, 1.0]]), [1, 0]]
each_method = pytest.mark.parametrize("method", CONTINUOUS + JUMPING)


@pytest.fixture
def x(rng):
    return (rng.permutation(24).reshape(2, 3, 4) - 10.3) / 7


@pytest.fixture
def holes(x):
    x[0, 1, 2] = x[1, 0, 0] = x[1, 2, 3] = x[0, 0, 0] = np.nan
    return x


def quietly(f, *args, **params):
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        out = f(*args, **params)
    return out, {str(w.message).rstrip(".") for w in caught}


def equal(f, x, *args, **params):
    """A call of a Node is NumPy's to the last bit, warnings included."""
    wanted, warned = quietly(f, x, *args, **params)
    ours, said = quietly(f, ag.Node(x), *args, **params)
    assert isinstance(ours, ag.Node)
    if NUMPY >= "2.4.0":
        np.testing.assert_array_equal(ours.value, wanted, strict=False)
    else:  # which interpolates with a rounding more
        eps = np.finfo(ours.dtype).eps
        np.testing.assert_allclose(ours.value, wanted, rtol=4 * eps, atol=4 * eps)
    assert (ours.dtype, ours.shape) == (np.asarray(wanted).dtype, np.shape(wanted))
    assert said == warned


@each_method
def test_quantiles_are_numpys(method, x):
    if NUMPY < "2.1.0" and method == "closest_observation":
        pytest.skip("before NumPy 2.1 its nearest even order statistic is another")
    for axis in AXES:
        for q in QS:
            equal(np.quantile, x, q, axis=axis, method=method)
    equal(np.quantile, x, 0.35, axis=(2, 0), method=method, keepdims=True)
    equal(np.percentile, x.astype(np.float32), 37.5, axis=1, method=method)
    equal(np.percentile, x.astype(np.float16), [12.5, 80], axis=1, method=method)


@each_method
def test_nan_quantiles_are_numpys(method, holes):
    for axis in (None, 0, -1, (0, 2)):
        for q in (0.3, np.array([0.1, 0.9])):
            equal(np.nanquantile, holes, q, axis=axis, method=method)
            equal(np.quantile, holes, q, axis=axis, method=method)
    equal(np.nanpercentile, holes.astype(np.float32), 35.0, axis=1, method=method, keepdims=True)


@pytest.mark.parametrize("f", [np.median, np.nanmedian], ids=lambda f: f.__name__)
def test_medians_are_numpys(f, x):
    for make in (lambda x: x, lambda x: x.astype(np.float16), lambda x: x[:, :, :3]):
        for axis in AXES[:-1]:
            equal(f, make(x), axis=axis)
    x[0, 1, 2] = x[:, 0, 0] = np.nan
    for axis in AXES[:-1]:
        equal(f, x, axis=axis, keepdims=True)
    equal(f, np.array(2.0))
    equal(f, np.zeros((2, 0)), axis=0)
    equal(f, np.zeros((2, 0)), axis=1)


@pytest.mark.skipif(NUMPY < "2.4.0", reason="before NumPy 2.4 some weighted quantiles are wrong")
@pytest.mark.parametrize("f", [np.quantile, np.nanquantile], ids=lambda f: f.__name__)
def test_weighted_quantiles_are_numpys(f, x, rng):
    inverted = {"method": "inverted_cdf"}
    full = rng.integers(0, 3, x.shape) + (rng.random(x.shape) > 0.8) + 0.5
    for q in (0.0, 0.45, np.array([0.2, 1.0])):
        for axis in (None, 1, (0, 2)):
            equal(f, x, q, axis=axis, weights=full, **inverted)
        x[0, 1, 2] = np.nan
        equal(f, x, q, axis=2, weights=full, **inverted)


@pytest.mark.parametrize("f", [np.quantile, np.nanquantile], ids=lambda f: f.__name__)
@each_method
def test_derivatives(f, method, x):
    x = x[:, :, :2]
    for axis, q in ((1, 0.37), ((0, 2), np.array([0.21, 0.83]))):

        def g(v, q=q, axis=axis):
            return f(v, q, axis=axis, method=method)

        assert ag.check_grads(g, (x,), order=2) < 1e-6
        if method in CONTINUOUS:
            assert ag.check_grads(g, (x, np.asarray(q)), order=2) < 1e-6


@pytest.mark.parametrize("f", [np.quantile, np.nanquantile], ids=lambda f: f.__name__)
def test_weights_along_an_axis(f, x):
    """NumPy's own nanquantile takes them of the whole shape alone."""
    weights = np.array([0, 2, 1])
    ours = f(ag.Node(x), 0.5, axis=1, weights=weights, method="inverted_cdf")
    full = np.broadcast_to(weights[:, None], x.shape)
    wanted = np.quantile(x, 0.5, axis=1, weights=full, method="inverted_cdf")
    np.testing.assert_array_equal(ours.value, wanted)


def test_derivatives_of_medians(agrees, x):
    for axis in AXES[:-1]:
        agrees(lambda v, a=axis: np.median(v, axis=a, overwrite_input=True), x)
    agrees(lambda v: np.median(v, axis=0), x[:, :, 0])
    agrees(lambda v, q: np.percentile(v, q), x, np.array([31.0, 62.0]), narrow=False)


def test_weights_choose_where_the_gradient_goes():
    g = ag.grad(lambda x: np.quantile(x, 0.5, method="inverted_cdf", weights=[1, 1, 8]))
    assert g(np.array([3.0, 1.0, 2.0])).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: np.quantile(x, 1.2), "q expected numbers from 0 to 1"),
        (lambda x: np.percentile(x, -1), "q expected numbers from 0 to 100"),
        (lambda x: np.quantile(x, 0.5, method="newest"), "method"),
        (lambda x: np.quantile(x, 0.5, weights=np.ones(24)), "inverted_cdf"),
        (lambda x: np.quantile(x * 1j, 0.5), "expected real numbers"),
        (lambda x: np.quantile(x, 0.5, out=np.zeros(())), "out"),
        (lambda x: np.median(x, out=np.zeros(())), "out"),
        (lambda x: np.quantile([1.0], ag.Node(0.5), method="lower"), "plain numbers"),
        (lambda x: np.quantile(x.value, ag.Node(0.5), method="midpoint"), "plain numbers"),
        (
            lambda x: np.quantile(x.value, 0.5, method="inverted_cdf", weights=x * x),
            "weights expected plain numbers",
        ),
        (
            lambda x: np.quantile(x, 0.5, method="inverted_cdf", weights=-np.ones((2, 3, 4))),
            "none negative",
        ),
    ],
)
def test_what_is_refused(call, words, x):
    with pytest.raises(ag.AutogradError, match=words):
        call(ag.Node(x))
