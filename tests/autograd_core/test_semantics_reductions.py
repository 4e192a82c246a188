"""Reductions at their edges, with values worked out by hand; ``max`` is in the file on kinks."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

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
