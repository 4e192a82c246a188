"""Reductions with NumPy's every keyword: its values and warnings; derivatives in both modes."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag

AXES = [None, 0, -1, (0, 2), (-1, 1), ()]
MASK = np.array([[[True, False, True, True]], [[True, True, False, True]]])


@pytest.fixture
def x(rng):
    return (rng.permutation(24).reshape(2, 3, 4) - 10.3) / 7  # no two are near


@pytest.fixture
def holes(x):
    x[0, 1, 2] = x[1, 0, 0] = x[1, 2, 3] = np.nan
    return x


def quietly(f, *args, **params):
    """What a call returns, and the texts of the warnings of NumPy's own."""
    with warnings.catch_warnings(record=True) as caught, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        out = f(*args, **params)
    return out, sorted({str(w.message).rstrip(".") for w in caught})


def place(x, known, v):
    """``x`` with its numbers replaced by ``v``."""
    where = np.zeros(x.shape, int)
    where[known] = np.arange(known.sum())
    return np.where(known, v[where], x)


def same(f, x, *args, **params):
    """A call of a Node is NumPy's: value, dtype, shape, warnings; its derivatives are right."""
    wanted, warned = quietly(f, x, *args, **params)
    ours, said = quietly(f, ag.Node(x), *args, **params)
    assert isinstance(ours, ag.Node)
    np.testing.assert_allclose(ours.value, wanted, rtol=1e-14 if x.itemsize >= 8 else 2e-3)
    assert (ours.dtype, ours.shape) == (wanted.dtype, np.shape(wanted))
    assert said == warned
    kink = f in (np.std, np.nanstd) and not np.all(wanted)
    if x.dtype == np.float64 and np.all(np.isfinite(wanted)) and not kink:
        known = ~np.isnan(x)

        def g(v):
            return f(place(x, known, v), *args, **params)

        assert ag.check_grads(g, (x[known],), order=2) < 1e-6


PLAIN = [np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min]


@pytest.mark.parametrize("f", PLAIN, ids=lambda f: f.__name__)
def test_plain_reductions(f, x):
    extreme, spread = f in (np.max, np.min), f in (np.var, np.std)
    for axis in AXES[: -1 if spread else None]:
        same(f, x, axis=axis)
        same(f, x.astype(np.float32), axis=axis, keepdims=True)
    for kind in (np.float64, np.float16):
        same(f, x.astype(kind), axis=1, where=MASK, **({"initial": -0.4} if extreme else {}))
    if not extreme:
        same(f, x + 1j * x[::-1], axis=2, where=MASK, keepdims=True)
        same(f, x, axis=0, dtype=np.complex128)
    if f in (np.sum, np.prod, np.max, np.min):
        same(f, x, axis=(0, 1), initial=0.3)
        same(f, np.zeros((0, 2)), axis=0, initial=2.0)
        same(f, np.array(2.0), axis=0)
        same(f, np.array(2.0), axis=-1, keepdims=True)
    if f in (np.sum, np.prod):
        same(f, np.zeros((2, 0)), axis=1)


@pytest.mark.parametrize("f", [np.var, np.std], ids=lambda f: f.__name__)
def test_spreads(f, x):
    same(f, x, axis=1, ddof=1)
    same(f, x, axis=(0, 2), correction=2.5, keepdims=True)
    same(f, x, axis=2, ddof=1, where=MASK)
    same(f, x, axis=2, mean=np.full((2, 3, 1), 0.2))
    same(f, x, axis=0, ddof=2)
    with pytest.raises(ag.AutogradError, match="ddof or correction"):
        f(ag.Node(x), ddof=1, correction=1)


def test_a_mean_of_nothing_warns_as_numpys(x):
    same(np.mean, x, axis=0, where=np.arange(4) > 0)
    same(np.var, x, axis=0, where=np.arange(4) > 0)


@pytest.mark.parametrize("f", [np.max, np.min, np.nanmax], ids=lambda f: f.__name__)
def test_extremes_of_some_need_an_initial(f, x):
    with pytest.raises(ValueError, match="initial"):
        f(x, where=MASK)
    with pytest.raises(ag.AutogradError, match="expected initial=") as caught:
        f(ag.Node(x), where=MASK)
    assert isinstance(caught.value, ValueError)


def test_ptp(x):
    for axis in AXES:
        same(np.ptp, x, axis=axis)
        same(np.ptp, x.astype(np.float16), axis=axis, keepdims=True)


FUNCTIONS = [np.nansum, np.nanprod, np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin]


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.__name__)
def test_nan_functions(f, holes):
    axes = AXES[:-1] if f in (np.nanvar, np.nanstd) else AXES
    for axis in axes:
        same(f, holes, axis=axis)
        same(f, holes.astype(np.float32), axis=axis, keepdims=True)
    same(f, holes.astype(np.float16), axis=1)
    extreme = f in (np.nanmax, np.nanmin)
    same(f, holes, axis=1, where=MASK, **({"initial": 0.1} if extreme else {}))
    if f in (np.nansum, np.nanprod, np.nanmax):
        same(f, holes, axis=(0, 1), initial=0.3)
    if not extreme:
        same(f, holes.astype(np.float32), axis=0, dtype=np.float64)
    same(f, np.array([[np.nan, np.nan], [1.0, np.nan]], np.float64), axis=1)


def test_nan_functions_of_whole_numbers():
    x = ag.Node(np.arange(4), requires_grad=False)
    assert np.nanmean(x).item() == 1.5
    assert np.nanvar(x).item() == 1.25


@pytest.mark.parametrize("f", [np.nanvar, np.nanstd], ids=lambda f: f.__name__)
def test_nan_spreads(f, holes):
    same(f, holes, axis=1, ddof=1)
    same(f, holes, axis=0, correction=1, keepdims=True)
    same(f, holes, axis=2, mean=np.full((2, 3, 1), 0.2))
    with pytest.raises(ag.AutogradError, match="ddof or correction"):
        f(ag.Node(holes), ddof=1, correction=1)
    with pytest.raises(ag.AutogradError, match="dtype expected a floating one"):
        f(ag.Node(holes), dtype=int)


@pytest.mark.parametrize("f", [np.nancumsum, np.nancumprod, np.cumsum, np.cumprod])
def test_running_ones(f, holes):
    if not f.__name__.startswith("nan"):
        holes = np.nan_to_num(holes)
    for axis in (None, 0, -1):
        same(f, holes, axis=axis)
    same(f, holes.astype(np.float16), axis=1, dtype=np.float32)
    same(f, np.array(2.0), axis=0)
    same(f, np.zeros((0, 2)), axis=-1)


@pytest.mark.parametrize(
    "f", [getattr(np, name) for name in dir(np) if name.startswith("cumulative_")]
)
def test_cumulative(f, x):
    for include in (False, True):
        same(f, x, axis=-2, include_initial=include)
        same(f, x[0, 0], include_initial=include)
        same(f, x[0].astype(np.float32), axis=1, dtype=np.float64, include_initial=include)
    same(f, np.array(2.0), include_initial=True)
    with pytest.raises(ag.AutogradError, match="expected an axis"):
        f(ag.Node(x))


def test_average(x, agrees, rng):
    full, three, two = (rng.uniform(1, 2, size=s) for s in [x.shape, 3, (4, 2)])
    for axis in AXES:
        agrees(lambda v, a=axis: np.average(v, axis=a, returned=True), x)
        agrees(lambda v, w, a=axis: np.average(v, a, w, returned=True), x, full)
        agrees(lambda v, w, a=axis: np.average(v, a, w, keepdims=True), x, full)
    agrees(lambda v, w: np.average(v, 1, w, returned=True), x, three)
    agrees(lambda v, w: np.average(v, (2, 0), w), x, two)
    agrees(lambda w: np.average(np.arange(3), weights=w), three)
    same(np.average, x, axis=1, weights=[1, 2, 0])


@pytest.mark.parametrize(
    ("params", "words", "kind"),
    [
        ({"weights": np.ones(3)}, "axis expected an axis", TypeError),
        ({"weights": np.ones(4), "axis": 1}, "weights expected shape", ValueError),
        ({"weights": np.array([1, -1, 0]), "axis": 1}, "can be normalized", ZeroDivisionError),
    ],
)
def test_average_refuses_what_numpy_refuses(x, params, words, kind):
    with pytest.raises(kind):
        np.average(x, **params)
    with pytest.raises(ag.AutogradError, match=words) as caught:
        np.average(ag.Node(x), **params)
    assert isinstance(caught.value, kind)


def test_trapezoid(x, agrees):
    for axis in (0, 1, -1):
        agrees(lambda v, a=axis: np.trapezoid(v, dx=0.3, axis=a), x)
        agrees(lambda v, p, a=axis: np.trapezoid(v, p, axis=a), x, x**2)
    agrees(lambda v, p: np.trapezoid(v, p, axis=1), x, x[0, :, 0])
    agrees(lambda v, h: np.trapezoid(v, dx=h), x, np.array(0.4))
    agrees(lambda p: np.trapezoid([1, 2, 4], p), x[0, :, 0])
    agrees(lambda v: np.trapezoid(v, [0, 1, 4], axis=1), x)


@pytest.mark.parametrize("f", [np.sum, np.prod, np.cumsum, np.cumprod])
@pytest.mark.parametrize("dtype", [np.int32, np.int8, bool, np.float32])
def test_dtypes_of_totals_of_integers(f, dtype):
    x = np.array([100, 3, 0, 2])
    ours, wanted = f(ag.Node(x, requires_grad=False), dtype=dtype), f(x, dtype=dtype)
    assert ours.dtype == wanted.dtype
    np.testing.assert_array_equal(getattr(ours, "value", ours), wanted)
