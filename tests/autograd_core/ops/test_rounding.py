"""Steps, parts, signs, angles and what replaces entries that are no numbers: values by hand."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

INF, NAN = np.inf, np.nan


def slopes(f, *xs):
    """The gradients of the summed result, after checking forward mode against their sum."""
    gradients = ag.grad(lambda *a: np.sum(f(*a)), tuple(range(len(xs))))(*xs)
    moved = ag.jvp(f, xs, [np.ones(np.shape(x)) for x in xs])[1]
    np.testing.assert_allclose(np.sum(moved), sum(map(np.sum, gradients)))
    return gradients


@pytest.mark.parametrize("f", [np.divmod, np.modf, np.frexp], ids=lambda f: f.__name__)
def test_several_results_are_numpys(f):
    xs = (np.array([5.3, -7.7, 0.0, -3.0, INF]), np.array([2.0, 3.0, 1.5, 2.0, 2.0]))[: f.nin]
    with np.errstate(invalid="ignore"):
        for ours, theirs in zip(f(*map(ag.Node, xs)), f(*xs), strict=True):
            ours = getattr(ours, "value", ours)
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours, theirs)


def test_parts_have_slope_one_and_zero():
    x = np.array([1.25, -2.5, 0.0])
    np.testing.assert_array_equal(slopes(lambda x: np.modf(x)[0], x)[0], [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(slopes(lambda x: np.modf(x)[1], x)[0], [0.0, 0.0, 0.0])
    np.testing.assert_array_equal(slopes(lambda x: np.frexp(x)[0], x)[0], [0.5, 0.25, 1.0])
    assert type(np.frexp(ag.Node(x))[1]) is np.ndarray


def test_remainders_by_the_divisor():
    # -7.7 = -2 * 3 - 1.7 truncated, -3 * 3 + 1.3 rounded down
    assert slopes(np.fmod, -7.7, 3.0) == (1.0, 2.0)
    assert slopes(np.remainder, -7.7, 3.0) == (1.0, 3.0)
    assert slopes(lambda x, y: np.divmod(x, y)[1], -7.7, 3.0) == (1.0, 3.0)
    assert slopes(np.fmod, 0.3, 0.1) == (1.0, -2.0)  # 0.1 is a little more than a tenth


def test_copysign_follows_the_sign_that_a_zero_has():
    x, y = np.array([2.0, -2.0, 3.0, 0.0]), np.array([-0.0, 1.0, 0.0, -1.0])
    by_x, by_y = slopes(np.copysign, x, y)
    np.testing.assert_array_equal(by_x, [-1.0, -1.0, 1.0, 0.0])
    np.testing.assert_array_equal(by_y, np.zeros(4))


def test_heaviside_passes_on_only_the_value_at_zero():
    by_x, by_h = slopes(np.heaviside, np.array([-1.0, 0.0, 2.0]), np.array([5.0, 6.0, 7.0]))
    np.testing.assert_array_equal(by_x, np.zeros(3))
    np.testing.assert_array_equal(by_h, [0.0, 1.0, 0.0])
    with np.errstate(divide="ignore"):
        assert ag.grad(lambda h: np.heaviside(1.0, np.log(h)))(0.0) == 0.0


def test_nextafter_is_a_step_away_and_has_slope_one():
    assert slopes(np.nextafter, 1.0, 2.0) == (1.0, 0.0)
    assert slopes(np.spacing, 1.0) == (0.0,)


def test_fix_is_trunc():
    assert np.fix(ag.Node(-2.7)).value == -2.0
    with pytest.raises(TypeError, match=r"np\.fix .* out"):
        np.fix(ag.Node([1.0]), np.zeros(1))


def test_angle_of_complex_and_real_numbers():
    # the angle grows along i z / |z|^2
    assert ag.grad(np.angle)(3 + 4j) == pytest.approx((-4 + 3j) / 25)
    assert ag.grad(lambda z: np.angle(z, deg=True))(2j) == pytest.approx(-0.5 * 180 / np.pi)
    assert ag.grad(np.angle)(0j) == 0
    assert ag.grad(np.angle)(-2.0) == 0.0
    assert np.angle(ag.Node(-2.0)).value == np.pi


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_angles_of_very_small_and_large_numbers(scale):
    by_y, by_x = slopes(np.arctan2, 3 * scale, 4 * scale)
    assert by_y == pytest.approx(0.16 / scale)
    assert by_x == pytest.approx(-0.12 / scale)


def test_nan_to_num_replaces_entry_by_entry():
    x = np.array([1.0, NAN, INF, -INF])
    np.testing.assert_array_equal(slopes(np.nan_to_num, x)[0], [1.0, 0.0, 0.0, 0.0])
    assert np.nan_to_num(ag.Node(np.float32([INF]))).value[0] == np.finfo(np.float32).max

    def filled(x, nan, low):
        return np.nan_to_num(x, nan=nan, posinf=9.0, neginf=low)

    np.testing.assert_array_equal(filled(*map(ag.Node, (x, 7.0, 8.0))).value, [1.0, 7.0, 9.0, 8.0])
    by_x, by_nan, by_low = slopes(filled, x, 7.0, 8.0)
    np.testing.assert_array_equal(by_x, [1.0, 0.0, 0.0, 0.0])
    assert (by_nan, by_low) == (1.0, 1.0)
    with np.errstate(divide="ignore"):
        assert ag.grad(lambda x: np.nan_to_num(np.sqrt(x) / 0.0, posinf=0.0))(4.0) == 0.0


def test_nan_to_num_of_complex_numbers_treats_their_parts_apart():
    z = np.array([complex(INF, 2.0), complex(NAN, -INF), 1 + 2j])
    np.testing.assert_array_equal(np.nan_to_num(ag.Node(z)).value, np.nan_to_num(z))

    def weighted(z):  # Re z + 3 Im z
        return np.sum((np.nan_to_num(z, posinf=1.0, neginf=1.0) * (1 - 3j)).real)

    slope = ag.grad(weighted)(z)
    np.testing.assert_array_equal(slope, [3j, 0, 1 + 3j])


def test_nan_to_num_in_place_is_refused():
    with pytest.raises(TypeError, match="copy=False"):
        np.nan_to_num(ag.Node([1.0]), copy=False)


def test_real_if_close_decides_by_all_imaginary_parts():
    near, far = np.array([1 + 1e-15j, 2.0]), np.array([1 + 1e-15j, 2 + 1j])
    assert np.real_if_close(ag.Node(near)).dtype == np.float64
    assert np.real_if_close(ag.Node(far)).dtype == np.complex128
    assert np.real_if_close(ag.Node(far), tol=1e99).dtype == np.float64
    np.testing.assert_array_equal(ag.grad(lambda z: np.sum(np.real_if_close(z)))(near), [1, 1])


def test_i0_is_derived_any_number_of_times():
    special = pytest.importorskip("scipy.special")
    x = np.array([0.0, -0.3, 5.0, 40.0, 700.0])
    i0, i1 = special.i0(x), special.i1(x)
    np.testing.assert_allclose(slopes(np.i0, x)[0], i1, rtol=1e-13, atol=1e-300)
    ratio = np.divide(special.i1(x), x, out=np.full(5, 0.5), where=x != 0)
    second = ag.grad(lambda x: np.sum(ag.grad(lambda x: np.sum(np.i0(x)))(x)))(x)
    np.testing.assert_allclose(second, i0 - ratio, rtol=1e-13)
