"""Reductions at their edges, with values worked out by hand; ``max`` is in the file on kinks."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.scipy.special import logsumexp

NAN = np.nan


def total(f, **params):
    return lambda x: np.sum(f(x, **params))


@pytest.mark.parametrize("f", [np.nanmax, np.nanmin], ids=lambda f: f.__name__)
def test_ties_among_numbers_share_and_nan_has_no_part(f):
    x = np.array([[2.0, NAN, 2.0], [NAN, 5.0, NAN]])
    assert ag.grad(total(f, axis=1))(x).tolist() == [[0.5, 0.0, 0.5], [0.0, 1.0, 0.0]]


def test_an_infinite_extreme_does_not_share_with_nan():
    assert ag.grad(np.nanmax)(np.array([-np.inf, NAN])).tolist() == [1.0, 0.0]
    assert ag.grad(np.nanmin)(np.array([NAN, np.inf])).tolist() == [0.0, 1.0]


@pytest.mark.filterwarnings("ignore:All-NaN|Mean of empty|Degrees of freedom")
@pytest.mark.parametrize(
    ("f", "value"),
    [
        (np.nansum, 0.0),
        (np.nanprod, 1.0),
        (np.nanmean, NAN),
        (np.nanvar, NAN),
        (np.nanstd, NAN),
        (np.nanmax, NAN),
        (np.nanmin, NAN),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_where_all_are_nan_the_slope_is_zero(f, value):
    x = np.array([[NAN, NAN], [3.0, 3.0]])
    out, pullback = ag.vjp(lambda x: f(x, axis=1), x)
    assert out[0] == pytest.approx(value, nan_ok=True)
    (g,) = pullback(np.array([1.0, 1.0]))
    assert g[0].tolist() == [0.0, 0.0]
    assert np.all(np.isfinite(g[1]))
    moved = ag.jvp(lambda x: f(x, axis=1), (x,), (np.ones_like(x),))[1]
    assert np.isfinite(moved[1])


def test_where_all_are_nan_numpy_warns():
    x = ag.Node(np.array([NAN, NAN]))
    for f, words in (
        (np.nanmax, "All-NaN slice"),
        (np.nanmean, "Mean of empty slice"),
        (np.nanvar, "Degrees of freedom"),
    ):
        with pytest.warns(RuntimeWarning, match=words):
            f(x)


@pytest.mark.filterwarnings("ignore:Degrees of freedom")
def test_one_number_has_no_variance():
    """Its slope is undefined, too; that of the NaN beside it is 0."""
    g = ag.grad(lambda x: np.nanvar(x, ddof=1))(np.array([2.0, NAN]))
    np.testing.assert_array_equal(g, [NAN, 0.0])


def test_running_nan_functions():
    x = np.array([2.0, NAN, 3.0])
    assert ag.grad(total(np.nancumsum))(x).tolist() == [3.0, 0.0, 1.0]
    assert ag.grad(total(np.nancumprod))(x).tolist() == [1.0 + 1.0 + 3.0, 0.0, 2.0]


def test_average_by_hand():
    """The mean of 1 and 4 weighted 3 to 1: 7/4; d/dw_i is (x_i - mean) / sum of w."""
    x, w = np.array([1.0, 4.0]), np.array([3.0, 1.0])
    gx, gw = ag.grad(lambda x, w: np.average(x, weights=w), (0, 1))(x, w)
    assert gx.tolist() == [0.75, 0.25]
    assert gw.tolist() == [(1 - 1.75) / 4, (4 - 1.75) / 4]


def test_median_of_an_even_number_shares_halves():
    assert ag.grad(np.median)(np.array([3.0, 1.0, 2.0, 9.0])).tolist() == [0.5, 0.0, 0.5, 0.0]
    g = ag.grad(total(np.median, axis=1))(np.array([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0]]))
    assert g.tolist() == [[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]


def test_medians_and_quantiles_of_ties_are_stable():
    """Of equal entries the earlier one stands first, as in a stable sort."""
    x = np.array([5.0, 2.0, 5.0, 5.0])  # sorted: 1, 0, 2, 3
    assert ag.grad(np.median)(x).tolist() == [0.5, 0.0, 0.5, 0.0]
    assert ag.grad(lambda x: np.quantile(x, 0.5, method="lower"))(x).tolist() == [1, 0, 0, 0]
    assert ag.grad(lambda x: np.quantile(x, 1.0))(x).tolist() == [0, 0, 0, 1]


def test_quantile_by_hand():
    """The place of 0.4 among 1, 2, 4 is 0.8: 1.8; the slope wrt q is 2 places times a step of 1."""
    x = np.array([4.0, 1.0, 2.0])
    gx, gq = ag.grad(np.quantile, (0, 1))(x, 0.4)
    np.testing.assert_allclose(gx, [0.0, 0.2, 0.8], rtol=1e-14)
    assert gq == pytest.approx(2.0)
    assert ag.grad(np.percentile, 1)(x, 60.0) == pytest.approx(2 * 2 / 100)


def test_a_quantile_reads_nothing_else():
    """What is not read has no influence, however steep it is."""
    x = np.array([0.0, 1.0, 4.0])
    assert ag.grad(lambda x: np.median(np.sqrt(x)))(x).tolist() == [0.0, 0.5, 0.0]
    assert ag.jvp(lambda x: np.median(np.sqrt(x)), (x,), (np.ones(3),))[1] == 0.5


@pytest.mark.filterwarnings("ignore:All-NaN")
@pytest.mark.parametrize("f", [np.nanmedian, lambda x, axis: np.nanquantile(x, 0.5, axis)])
def test_medians_of_slices_that_are_all_nan(f):
    x = np.array([[NAN, NAN, NAN], [3.0, NAN, 1.0]])
    out, pullback = ag.vjp(lambda x: f(x, axis=1), x)
    np.testing.assert_array_equal(out, [NAN, 2.0])
    assert pullback(np.ones(2))[0].tolist() == [[0.0, 0.0, 0.0], [0.5, 0.0, 0.5]]


# Spreads of one entry


@pytest.mark.parametrize("f", [np.var, np.std], ids=lambda f: f.__name__)
def test_the_spread_of_one_entry_is_zero_and_flat(f):
    value, pullback = ag.vjp(f, np.array([3.0]))
    assert value == 0.0
    assert pullback(1.0)[0].tolist() == [0.0]
    assert ag.jvp(f, (np.array([3.0]),), (np.ones(1),))[1] == 0.0


@pytest.mark.parametrize("f", [np.var, np.std], ids=lambda f: f.__name__)
def test_the_unbiased_spread_of_one_entry_is_undefined(f):
    """NumPy's value and warning; the slope is NaN, no silent zero."""
    x = np.array([[3.0], [1.0]])
    with np.errstate(all="ignore"):
        with pytest.warns(RuntimeWarning, match="Degrees of freedom <= 0"):
            value, pullback = ag.vjp(lambda x: f(x, axis=1, ddof=1), x)
        g = pullback(np.ones(2))[0]
    assert np.all(np.isnan(value))
    assert np.all(np.isnan(g))


# logsumexp


@pytest.mark.parametrize(
    ("x", "value", "slopes"),
    [
        ([-np.inf, -np.inf], -np.inf, [0.0, 0.0]),
        ([np.inf, -np.inf], np.inf, [1.0, 0.0]),
        ([np.inf, np.inf, 1.0], np.inf, [0.5, 0.5, 0.0]),
        ([-np.inf, 0.0], 0.0, [0.0, 1.0]),
    ],
)
def test_logsumexp_of_infinite_entries_to_second_order(x, value, slopes):
    x = np.array(x)
    out, pullback = ag.vjp(logsumexp, x)
    assert out == value
    assert pullback(1.0)[0].tolist() == slopes
    assert ag.jvp(logsumexp, (x,), (np.ones(x.size),))[1] == sum(slopes)
    assert not np.any(ag.hessian(logsumexp)(x))


def test_logsumexp_of_weights_that_are_zero_or_negative():
    """log|3 - 1| with the sign; a weight of 0 silences an infinite entry."""
    x, b = np.zeros(3), np.array([3.0, -1.0, 0.0])
    log, sign = logsumexp(ag.Node(x), b=b, return_sign=True)
    assert (log.item(), float(sign)) == (pytest.approx(np.log(2.0)), 1.0)
    g = ag.grad(lambda x: logsumexp(x, b=b, return_sign=True)[0])
    np.testing.assert_allclose(g(x), [1.5, -0.5, 0.0], rtol=1e-15)
    np.testing.assert_allclose(g(np.array([0.0, 0.0, np.inf])), [1.5, -0.5, 0.0], rtol=1e-15)


# Products with zeros, along an axis, to second order


@pytest.mark.parametrize("axis", [0, 1])
def test_products_with_zeros_along_an_axis_to_second_order(axis):
    """d2 (abc) / da db = c, of a slice with one zero and of one with two."""
    x = np.array([[0.0, 2.0, 5.0], [0.0, 0.0, 7.0]])
    x = x if axis else x.T
    h = ag.hessian(total(np.prod, axis=axis))(x)
    h = h if axis else np.transpose(h, (1, 0, 3, 2))
    assert h[0, :, 0].tolist() == [[0, 5, 2], [5, 0, 0], [2, 0, 0]]
    assert h[1, :, 1].tolist() == [[0, 7, 0], [7, 0, 0], [0, 0, 0]]
    assert not np.any(h[0, :, 1])


def test_running_products_with_zeros_along_an_axis_to_second_order():
    """The sum of a, ab, abc: d2/da db = 1 + c, d2/da dc = b, d2/db dc = a."""
    x = np.array([[0.0, 2.0, 5.0], [0.0, 0.0, 7.0]])
    h = ag.hessian(total(np.cumprod, axis=1))(x)
    assert h[0, :, 0].tolist() == [[0, 6, 2], [6, 0, 0], [2, 0, 0]]
    assert h[1, :, 1].tolist() == [[0, 8, 0], [8, 0, 0], [0, 0, 0]]


@pytest.mark.parametrize("f", [np.max, np.min, np.ptp], ids=lambda f: f.__name__)
def test_ties_over_several_axes_share_evenly(f):
    x = np.array([[[1.0, 1.0]], [[1.0, 1.0]]])
    share = 0.0 if f is np.ptp else 0.25
    assert ag.grad(total(f, axis=(0, -1)))(x).tolist() == [[[share] * 2]] * 2
