"""cov, corrcoef, histograms and bincount: NumPy's values, derivatives in data and weights."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[3.0, -1.0, 2.0, 0.3], [0.5, 4.0, -2.0, 1.1], [1.0, 0.2, 0.7, -0.6]])
W = np.array([0.5, 1.5, 2.0, 0.7])
F = np.array([1, 3, 0, 2])

COVARIANCES = {
    "rows": lambda x: np.cov(x),
    "columns": lambda x: np.cov(x, rowvar=False),
    "one variable": lambda x: np.cov(x[0]),
    "two": lambda x: np.cov(x[0], x[1] ** 2),
    "two by columns": lambda x: np.cov(x, x * x, rowvar=False),
    "biased": lambda x: np.cov(x, bias=True),
    "more degrees": lambda x: np.cov(x, ddof=2),
    "frequencies": lambda x: np.cov(x, fweights=F),
    "frequencies, biased": lambda x: np.cov(x, fweights=F, ddof=0),
    "importance": lambda x: np.cov(x, aweights=W),
    "both": lambda x: np.cov(x, fweights=F, aweights=W),
    "both, biased": lambda x: np.cov(x, fweights=F, aweights=W, bias=True),
    "correlations": lambda x: np.corrcoef(x),
    "correlations of columns": lambda x: np.corrcoef(x, x**2, rowvar=False),
    "correlation of one": lambda x: np.corrcoef(x[0]),
}


@pytest.mark.parametrize("name", COVARIANCES)
def test_covariances(name, agrees):
    agrees(COVARIANCES[name], X)


def test_covariance_wrt_its_weights(agrees):
    agrees(lambda x, w: np.cov(x, aweights=w, fweights=F), X, W)
    agrees(lambda w: np.cov(X, aweights=w, ddof=0), W)


def test_complex_covariances(agrees):
    agrees(np.cov, X + 1j * X[::-1] ** 2, narrow=False)
    agrees(np.corrcoef, X + 1j * X[::-1] ** 2, narrow=False)


def test_covariance_in_a_dtype_and_of_too_few():
    assert np.cov(ag.Node(X), dtype=np.float32).dtype == np.float32
    with pytest.warns(RuntimeWarning, match="Degrees of freedom"), np.errstate(all="ignore"):
        result = np.cov(ag.Node(X[:, :1]))
    assert np.all(np.isnan(result.value))


def test_correlation_does_not_change_where_it_is_perfect():
    grad = ag.grad(lambda x: np.corrcoef(x, 2 * x)[0, 1])(np.array([1.0, 2.0, 4.0]))
    np.testing.assert_allclose(grad, 0, atol=1e-15)


A = np.array([0.1, 0.9, 0.4, 0.95, 0.45, 0.15])
V = np.array([1.0, 2.0, 0.5, -1.0, 3.0, 0.25])

HISTOGRAMS = {
    "weights": lambda w: np.histogram(A, 4, weights=w)[0],
    "a range": lambda w: np.histogram(A, 4, (0.2, 0.9), weights=w)[0],
    "own bins": lambda w: np.histogram(A, [0.0, 0.15, 0.4, 0.9], weights=w)[0],
    "a density": lambda w: np.histogram(A, [0.0, 0.2, 1.0], weights=w, density=True)[0],
    "in any shape": lambda w: np.histogram(A.reshape(2, 3), 3, weights=w.reshape(2, 3))[0],
    "bincount": lambda w: np.bincount([0, 2, 2, 1, 0, 5], w, minlength=8),
    "in two dimensions": lambda w: np.histogram2d(A, A[::-1], 3, weights=w)[0],
    "in the plane": lambda w: np.histogram2d(A, V, [2, [0.0, 1.0, 3.0]], density=True, weights=w)[
        0
    ],
    "in three dimensions": lambda w: np.histogramdd(
        (A, V, A * V), (2, 3, 2), range=[(0, 1), None, None], weights=w
    )[0],
}


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histograms_of_weights(name, agrees):
    agrees(HISTOGRAMS[name], V)


def test_complex_weights(agrees):
    agrees(lambda w: np.histogram(A, 3, weights=w)[0], V * (1 + 1j), narrow=False)


def test_edges_follow_the_data(agrees):
    agrees(lambda a: np.histogram(a, 3)[1], A)
    agrees(lambda a: np.histogram_bin_edges(a, "sturges"), A)
    agrees(lambda a: np.histogram(a, 3, density=True)[0], A)
    agrees(lambda a: np.histogram2d(a, V, 2)[1], A)
    agrees(
        lambda a, w: np.histogramdd(np.stack([a, a * a], 1), 2, weights=w, density=True)[0], A, V
    )
    agrees(lambda b: np.histogram(A, b, density=True)[0], np.array([0.0, 0.2, 0.5, 1.0]))


def test_counts_are_plain():
    counts, edges = np.histogram(ag.Node(A), 3)
    assert type(counts) is np.ndarray
    np.testing.assert_array_equal(counts, np.histogram(A, 3)[0])
    assert isinstance(edges, ag.Node)
    counts, edges = np.histogram(ag.Node(A), 3, range=(0, 1))
    assert type(edges) is np.ndarray


def test_every_edge_belongs_to_the_bin_on_its_right_and_the_last_to_the_last():
    a = np.array([0.0, 1.0, 2.0, 3.0, -1.0, 4.0])
    grads = ag.jacobian(lambda w: np.histogram(a, 3, (0, 3), weights=w)[0])(np.ones(6))
    np.testing.assert_array_equal(
        grads, [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0]]
    )


def test_samples_in_every_form(agrees):
    agrees(lambda a: np.histogramdd(a, 2, weights=a)[0], A)
    agrees(lambda a: np.histogramdd([a], 2, density=True)[0], A)
    assert ag.grad(lambda a: np.sum(np.histogram(a, 2)[1]))(2.0) == 3.0  # three edges move along
    assert np.bincount([], ag.Node(np.zeros(0)), 2).tolist() == [0, 0]


def test_a_single_value_gets_a_bin_of_width_one():
    ours, theirs = np.histogram(ag.Node(np.full(3, 2.0)), 2), np.histogram(np.full(3, 2.0), 2)
    np.testing.assert_array_equal(ours[0], theirs[0])
    np.testing.assert_array_equal(ours[1].value, theirs[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.cov(x, ddof=0.5), "ddof expected an integer"),
        (lambda x: np.cov(x, fweights=[0.5] * 4), "fweights expected integers"),
        (lambda x: np.cov(x, fweights=x[0]), "expected plain integers, got Node"),
        (lambda x: np.cov(x, aweights=[1.0, 2.0]), "expected 4 numbers not negative"),
        (lambda x: np.cov(np.stack([x, x])), "expected at most two axes"),
        (lambda x: np.histogram(A, 3, weights=x[0]), r"expected shape \(6,\)"),
        (lambda x: np.bincount([0, 1], x[0]), r"expected shape \(2,\)"),
        (lambda x: np.histogramdd(x, (2, 2)), "expected 4 entries, got 2"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(X))
