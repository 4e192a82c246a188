"""``autograd_core.scipy.stats``: values are SciPy's, slopes those of differences, edges by hand."""

import numpy as np
import pytest
import scipy.stats

import autograd_core as ag
from autograd_core.docs.scipys import BOUNDED
from autograd_core.scipy import stats

SCIPY = np.lib.NumpyVersion(scipy.__version__)

CONTINUOUS = {
    "norm": (),
    "t": (3.5,),
    "cauchy": (),
    "logistic": (),
    "laplace": (),
    "gumbel_r": (),
    "gumbel_l": (),
    "expon": (),
    "gamma": (2.3,),
    "invgamma": (2.3,),
    "chi2": (3.7,),
    "lognorm": (0.8,),
    "halfnorm": (),
    "rayleigh": (),
    "weibull_min": (1.7,),
    "pareto": (2.4,),
    "uniform": (),
    "beta": (1.6, 2.7),
}
DISCRETE = {
    "poisson": (2.4,),
    "binom": (5, 0.3),
    "bernoulli": (0.3,),
    "geom": (0.3,),
    "nbinom": (2.5, 0.4),
}
X = np.array([-3.0, -1.2, 0.0, 0.37, 0.81, 1.0, 1.9, 4.4, np.inf, -np.inf, np.nan])
Q = np.array([-0.1, 0.0, 1e-9, 0.02, 0.3, 0.5, 0.77, 1.0, 1.2, np.nan])
METHODS = ("logpdf", "pdf", "cdf", "logcdf", "sf", "logsf")


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", METHODS)
def test_values_are_scipys(name, method):
    shapes = CONTINUOUS[name]
    for loc, scale in ((0.0, 1.0), (-0.5, 1.7)):
        ours = getattr(getattr(stats, name), method)
        with np.errstate(all="ignore"):
            wanted = getattr(getattr(scipy.stats, name), method)(X, *shapes, loc, scale)
            got = ours(ag.Node(X), *shapes, loc, scale).value
        if method in ("pdf", "logpdf"):  # of some SciPy has inf - inf there
            wanted[np.isinf(X)] = 0 if method == "pdf" else -np.inf
        np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-13)
        plain = getattr(getattr(scipy.stats, name), method)(0.4, *shapes, loc, scale)
        assert ours(0.4, *shapes, loc, scale) == plain


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", ["ppf", "isf"])
def test_quantiles_are_scipys(name, method):
    shapes = CONTINUOUS[name]
    wanted = getattr(getattr(scipy.stats, name), method)(Q, *shapes, 0.5, 2.0)
    got = getattr(getattr(stats, name), method)(ag.Node(Q), *shapes, 0.5, 2.0).value
    exact = name != "cauchy" or SCIPY >= "1.15.0"  # whose tail was right to half the digits before
    np.testing.assert_allclose(got, wanted, rtol=1e-9 if exact else 1e-7, atol=1e-12)
    at = np.array([0.2, 0.6, 0.9])
    f = lambda q, *params: getattr(getattr(stats, name), method)(q, *params)
    assert ag.check_grads(f, (at, *shapes, 0.5, 2.0), order=1) < 1e-6


@pytest.mark.parametrize("name", CONTINUOUS)
@pytest.mark.parametrize("method", METHODS)
def test_slopes_by_every_parameter(name, method):
    inside = getattr(scipy.stats, name).ppf([0.15, 0.45, 0.85], *CONTINUOUS[name], -0.5, 1.7)
    f = lambda x, *params: getattr(getattr(stats, name), method)(x, *params)
    assert ag.check_grads(f, (inside, *CONTINUOUS[name], -0.5, 1.7), order=1) < 1e-6


@pytest.mark.parametrize("name", ["norm", "t", "gamma", "beta"])
def test_second_order(name):
    inside = getattr(scipy.stats, name).ppf([0.15, 0.85], *CONTINUOUS[name], -0.5, 1.7)
    for method in ("logpdf", "cdf"):
        f = lambda x, *params, m=method: getattr(getattr(stats, name), m)(x, *params)
        assert ag.check_grads(f, (inside, *CONTINUOUS[name], -0.5, 1.7), order=2) < 1e-5


@pytest.mark.parametrize("name", BOUNDED.split())
@pytest.mark.parametrize("method", METHODS)
def test_outside_the_support_every_slope_is_zero(name, method):
    f = lambda *params: getattr(getattr(stats, name), method)(-2.0, *params, 0.0, 1.0)
    if CONTINUOUS[name]:
        which = tuple(range(len(CONTINUOUS[name])))
        assert all(g == 0 for g in ag.grad(f, which)(*CONTINUOUS[name]))
    by_x = ag.grad(lambda x: getattr(getattr(stats, name), method)(x, *CONTINUOUS[name]))
    assert by_x(-2.0) == 0


def test_the_peak_of_the_laplace_distribution():
    for method in ("logpdf", "pdf"):
        f = getattr(stats.laplace, method)
        assert ag.grad(f)(0.5, 0.5, 2.0) == 0


def test_bad_parameters_give_nan():
    assert np.isnan(stats.norm.logpdf(ag.Node(0.0), 0.0, -1.0).value)
    assert np.isnan(stats.gamma.cdf(ag.Node(1.0), -1.0).value)
    assert np.isnan(stats.binom.pmf(2, 5, ag.Node(1.5)).value)


def test_the_far_tail_keeps_its_digits():
    assert ag.grad(stats.norm.logcdf)(-1e3) == pytest.approx(1000.000999998, rel=1e-12)
    assert ag.grad(stats.norm.logsf)(1e3) == pytest.approx(-1000.000999998, rel=1e-12)
    assert ag.grad(stats.norm.logcdf)(40.0) == 0
    assert stats.logistic.logcdf(ag.Node(-1e4)).value == -1e4


def test_student_at_zero_and_at_infinite_degrees_of_freedom():
    by_df = ag.grad(lambda x, df: stats.t.cdf(x, df), 1)
    assert by_df(0.0, 3.0) == 0
    mixed = ag.grad(lambda x: by_df(x, 3.0))(0.0)
    assert mixed == pytest.approx(ag.grad(lambda df: stats.t.pdf(0.0, df))(3.0), rel=1e-10)
    assert stats.t.logpdf(ag.Node(0.7), np.inf).value == pytest.approx(stats.norm.logpdf(0.7))


def test_keywords_are_scipys():
    x = ag.Node(0.4)
    assert stats.beta.pdf(x, b=2.0, a=3.0).value == pytest.approx(scipy.stats.beta.pdf(0.4, 3, 2))
    assert stats.norm.pdf(x, scale=2.0).value == pytest.approx(scipy.stats.norm.pdf(0.4, scale=2))
    frozen = stats.norm(loc=ag.Node(0.5), scale=2.0)
    assert frozen.cdf(0.4).value == pytest.approx(scipy.stats.norm.cdf(0.4, 0.5, 2))
    with pytest.raises(TypeError, match="norm takes loc, scale"):
        stats.norm.pdf(x, size=2)
    with pytest.raises(TypeError, match="gamma is missing a"):
        stats.gamma.pdf(x)


def test_what_has_no_rule_is_scipys_and_refuses_nodes():
    assert stats.norm.mean(2.0) == 2.0
    assert stats.norm.rvs(size=3, random_state=1).shape == (3,)
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.stats\.norm\.entropy"):
        stats.norm.entropy(ag.Node(1.0))
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.stats\.skewnorm\.pdf"):
        stats.skewnorm.pdf(ag.Node(1.0), 2.0)
    assert stats.skewnorm(2.0).pdf(1.0) == stats.skewnorm.pdf(1.0, 2.0)
    assert stats.skewnorm.pdf(1.0, 2.0) == scipy.stats.skewnorm.pdf(1.0, 2.0)
    assert stats.wishart.rvs(3, np.eye(2), random_state=1).shape == (2, 2)
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.stats\.zscore"):
        stats.zscore(ag.Node(np.ones(3)))


K = np.array([-1.0, 0.0, 1.0, 2.0, 2.5, 5.0, 6.0, np.nan])


@pytest.mark.parametrize("name", DISCRETE)
@pytest.mark.parametrize("method", ["logpmf", "pmf", "cdf", "sf", "logcdf", "logsf"])
def test_discrete_values_and_slopes(name, method):
    *fixed, p = DISCRETE[name]
    f = lambda p: getattr(getattr(stats, name), method)(K, *fixed, p)
    with np.errstate(divide="ignore"):
        wanted = getattr(getattr(scipy.stats, name), method)(K, *fixed, p)
    np.testing.assert_allclose(f(ag.Node(p)).value, wanted, rtol=1e-11, atol=1e-13)
    finite = lambda p: np.where(np.isfinite(wanted), f(p), 0)
    assert ag.check_grads(finite, (p,), order=1) < 1e-6


def test_discrete_locations_and_edges():
    mu = ag.Node(2.0)
    assert stats.poisson.pmf(3, mu, 1).value == pytest.approx(scipy.stats.poisson.pmf(3, 2.0, 1))
    assert ag.grad(lambda mu: stats.poisson.logpmf(0, mu))(0.0) == -1
    assert ag.grad(lambda p: stats.bernoulli.logpmf(1, p))(1.0) == 1
    with pytest.raises(ag.NotDifferentiableError, match=r"poisson\.logpmf: k expected a constant"):
        stats.poisson.pmf(ag.Node(3.0), 2.0)
    with pytest.raises(ag.NotDifferentiableError, match=r"binom\.cdf: n expected a constant"):
        stats.binom.cdf(1, ag.Node(3.0), 0.5)


def test_the_slope_of_nbinom_by_its_number():
    assert ag.check_grads(lambda n: stats.nbinom.logpmf(3, n, 0.4), (2.5,), order=1) < 1e-6


COV = np.array([[2.0, 0.3, -0.1], [0.3, 1.0, 0.2], [-0.1, 0.2, 0.8]])
MEAN = np.array([0.1, -0.4, 0.3])


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 4, 3)])
@pytest.mark.parametrize("method", ["logpdf", "pdf"])
def test_multivariate_normal(shape, method, rng):
    x = rng.normal(size=shape)
    wanted = getattr(scipy.stats.multivariate_normal, method)(x, MEAN, COV)
    f = getattr(stats.multivariate_normal, method)
    np.testing.assert_allclose(f(ag.Node(x), MEAN, COV).value, wanted, rtol=1e-12)
    symmetric = lambda x, m, c: f(x, m, (c + c.T) / 2)
    assert ag.check_grads(symmetric, (x, MEAN, COV), order=1) < 1e-6


@pytest.mark.parametrize("cov", [2.0, np.array([1.0, 2.0, 0.5]), COV])
def test_forms_of_the_covariance(cov):
    mean = MEAN if np.ndim(cov) < 2 else None
    x = MEAN + 0.3
    got = stats.multivariate_normal.logpdf(ag.Node(x), mean, cov).value
    assert got == pytest.approx(scipy.stats.multivariate_normal.logpdf(x, mean, cov))


def test_one_dimension_and_refusals():
    x = np.array([0.1, 0.5])
    got = stats.multivariate_normal.logpdf(ag.Node(x), 0.2, 1.5).value
    np.testing.assert_allclose(got, scipy.stats.multivariate_normal.logpdf(x, 0.2, 1.5))
    with pytest.raises(TypeError, match="allow_singular=True"):
        stats.multivariate_normal.logpdf(ag.Node(MEAN), MEAN, COV, allow_singular=True)
    with pytest.raises(ag.NotDifferentiableError, match=r"multivariate_normal\.cdf"):
        stats.multivariate_normal.cdf(ag.Node(MEAN), MEAN, COV)


def test_dirichlet():
    alpha = np.array([0.7, 2.0, 1.3])
    for x in (np.array([0.2, 0.3, 0.5]), np.array([0.2, 0.3]), np.array([[0.2, 0.1], [0.3, 0.6]])):
        got = stats.dirichlet.logpdf(x, ag.Node(alpha)).value
        np.testing.assert_allclose(got, scipy.stats.dirichlet.logpdf(x, alpha), rtol=1e-12)
    assert ag.check_grads(lambda x, a: stats.dirichlet.pdf(x, a), (x, alpha), order=1) < 1e-6
    with pytest.raises(ValueError, match="simplex"):
        stats.dirichlet.logpdf(ag.Node([0.2, 0.3, 0.9]), alpha)
