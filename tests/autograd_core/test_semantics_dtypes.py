"""dtypes and kinds of number: NumPy's for results, the variable's own for gradients."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag

FLOATS = [np.float16, np.float32, np.float64]
each_float = pytest.mark.parametrize("kind", FLOATS, ids=lambda kind: kind.__name__)


# Results and gradients


@each_float
def test_gradient_has_the_dtype_and_shape_of_its_variable(kind):
    x, w = np.ones((2, 3), kind), np.ones(3)
    gx, gw = ag.grad(lambda x, w: np.sum(np.tanh(x * w)), (0, 1))(x, w)
    assert (gx.dtype, gx.shape) == (kind, (2, 3))
    assert (gw.dtype, gw.shape) == (np.float64, (3,))


@each_float
def test_python_numbers_are_weak(kind):
    x = ag.Node(np.ones(3, kind))
    for y in (
        2 * x,
        x + 1.5,
        1 / x,
        x**2,
        x**0.5,
        np.maximum(x, 0),
        np.where(x > 0, x, 0.0),
        np.clip(x, 0, 0.5),
    ):
        assert y.dtype == kind, y.op


@each_float
@pytest.mark.parametrize(
    "reduce",
    [np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.ptp, np.cumsum, np.cumprod],
    ids=lambda f: f.__name__,
)
def test_reductions_keep_the_dtype(reduce, kind):
    value = np.array([[1.0, 2.0], [0.5, 4.0]], kind)
    for axis in (None, 0, 1):
        y = reduce(ag.Node(value), axis=axis)
        assert y.dtype == reduce(value, axis=axis).dtype == kind
        np.testing.assert_allclose(
            y.value, reduce(value, axis=axis), rtol=5e-3 if kind is np.float16 else 1e-6
        )
        assert ag.grad(lambda x, axis=axis: np.sum(reduce(x, axis=axis)))(value).dtype == kind


@each_float
def test_spreads_with_where_and_ddof_keep_the_dtype(kind):
    value = np.array([[1.0, 2.0], [0.5, 4.0], [3.0, 0.0]], kind)
    mask = np.array([[True], [True], [False]])
    for f in (np.var, np.std):
        assert f(ag.Node(value), ddof=1).dtype == kind
        assert f(ag.Node(value), axis=0, where=mask).dtype == kind
    assert np.mean(ag.Node(value), where=mask).dtype == kind


def test_a_node_of_a_python_number_is_weak_like_the_number():
    w = ag.Node(2.0)
    y = w * np.ones(3, np.float32)
    assert y.dtype == np.float32
    np.sum(y).backward()
    assert type(w.grad) is float
    assert w.grad == 3.0


def test_results_of_python_numbers_stay_weak():
    w = ag.Node(2.0)
    for y in (
        w * w,
        np.exp(w),
        np.sin(w) + 1,
        w**3,
        np.maximum(w, 0.0),
        np.where(w > 0, w, 0.0),
        abs(w),
    ):
        assert type(y.value) is float, y.op
        assert (y * np.ones(2, np.float16)).dtype == np.float16


def test_a_numpy_scalar_is_not_weak():
    assert (ag.Node(np.float64(2.0)) * np.ones(3, np.float32)).dtype == np.float64
    assert (ag.Node(np.float32(2.0)) * np.ones(3, np.float16)).dtype == np.float32


def test_mixed_precision_gradients_come_back_in_each_ones_dtype():
    a, b = ag.Node(np.ones(2, np.float32)), ag.Node(np.ones(2))
    y = np.sum(a * b)
    assert y.dtype == np.float64
    y.backward()
    assert (a.grad.dtype, b.grad.dtype) == (np.float32, np.float64)


def test_astype_gives_the_gradient_back_in_the_variables_dtype():
    x = np.ones(3, np.float32)
    assert ag.Node(x).astype(np.float64).dtype == np.float64
    assert ag.grad(lambda x: np.sum(x.astype(np.float64) ** 2))(x).dtype == np.float32
    assert ag.grad(lambda x: np.sum(np.add(x, 1, dtype=np.float64)))(x).dtype == np.float32
    assert ag.grad(lambda x: np.sum(x, dtype=np.float64))(x).dtype == np.float32


def test_float16_mean_of_many_entries_has_a_gradient():
    """1/n for n = 70 000 is a float16, although n is not: the largest is 65 504."""
    g = ag.grad(np.mean)(np.ones(70_000, np.float16))
    assert g.dtype == np.float16
    assert g[0] == np.float16(1 / 70_000)


def test_jacobian_and_hessian_have_the_variables_dtype():
    x = np.ones(2, np.float32)
    for mode in ("reverse", "forward"):
        assert ag.jacobian(lambda x: x**2, mode=mode)(x).dtype == np.float32
        assert ag.jacobian(lambda x: x * np.ones(2), mode=mode)(x).dtype == np.float32, mode
    assert ag.hessian(lambda x: np.sum(x**3))(x).dtype == np.float32
    assert ag.hvp(lambda x: np.sum(x**3))(x, x).dtype == np.float32


# Integers and booleans


@pytest.mark.parametrize("value", [2, [1, 2], (1, 2), [[1], [2]]], ids=str)
def test_python_ints_become_float64(value):
    assert ag.Node(value).dtype == np.float64
    np.testing.assert_array_equal(ag.Node(value).value, value)


def test_transforms_take_python_ints():
    assert ag.grad(lambda x: x**2)(3) == 6.0
    assert ag.jvp(lambda x: x**2, (3,), (1,)) == (9.0, 6.0)
    assert ag.hessian(lambda x: x**3)(2) == 12.0
    assert ag.grad(lambda p: p[0] * p[1])([2, 3]) == [3.0, 2.0]


@pytest.mark.parametrize(
    "value", [np.array([1, 2]), np.array([True, False]), np.int64(3), np.bool_(True)], ids=repr
)
def test_integer_and_boolean_arrays_cannot_carry_a_gradient(value):
    with pytest.raises(TypeError, match=r"x\.astype\(float\).*requires_grad=False"):
        ag.Node(value)
    with pytest.raises(TypeError, match=r"expected a floating or complex dtype, got (int64|bool)"):
        ag.grad(np.sum)(value)


def test_integer_constants_are_welcome():
    k = ag.Node(np.array([1, 2]), requires_grad=False)
    assert k.dtype == np.int64
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(x * k))(np.ones(2)), [1.0, 2.0])
    np.testing.assert_array_equal(
        ag.grad(lambda x: np.sum(x ** np.array([2, 3])))(np.full(2, 2.0)), [4.0, 12.0]
    )
    np.testing.assert_array_equal(
        ag.grad(lambda x: np.array([[1, 2], [3, 4]]) @ x @ np.array([1, 1]))(np.ones(2)), [4, 6]
    )


def test_other_dtypes_are_refused():
    for value in ("abc", ["a"], np.array([object()]), np.array(["2020"], "M8[Y]"), None):
        with pytest.raises(TypeError, match="Node expected"):
            ag.Node(value, requires_grad=False)


# Complex: the gradient of a real result is dL/d Re + i dL/d Im


@pytest.mark.parametrize(
    ("f", "gradient"),
    [
        (lambda z: np.real(z), 1),
        (lambda z: np.imag(z), 1j),
        (lambda z: np.abs(z) ** 2, 2 * (3 - 4j)),
        (lambda z: np.abs(z), (3 - 4j) / 5),
        (lambda z: np.real(z * z), 2 * (3 + 4j)),  # conj(2 z)
        (lambda z: np.imag(z * z), 2j * (3 + 4j)),  # i conj(2 z)
        (lambda z: np.real(np.conj(z) * (1 + 2j)), 1 + 2j),
        (lambda z: np.real(np.exp(z)), np.conj(np.exp(3 - 4j))),
        (lambda z: np.real(z * np.conj(z)), 2 * (3 - 4j)),
        (lambda z: z.real * z.imag, -4 + 3j),
    ],
)
def test_complex_gradient(f, gradient):
    z = 3 - 4j
    assert ag.grad(f)(z) == pytest.approx(gradient)
    g = ag.grad(lambda z: np.sum(f(z)))(np.array([z], np.complex64))
    assert g.dtype == np.complex64
    np.testing.assert_allclose(g, [gradient], rtol=1e-6)


def test_complex_jvp_is_the_directional_derivative():
    value, tangent = ag.jvp(lambda z: z * z, (1 + 2j,), (1j,))
    assert value == -3 + 4j
    assert tangent == 2 * (1 + 2j) * 1j
    assert ag.jvp(np.abs, (3 - 4j,), (1.0,))[1] == pytest.approx(0.6)
    assert ag.jvp(np.abs, (3 - 4j,), (1j,))[1] == pytest.approx(-0.8)


def test_real_variable_in_a_complex_computation_has_a_real_gradient():
    g = ag.grad(lambda x: np.abs(x * (1 + 2j)) ** 2)(3.0)
    assert (type(g), g) == (float, pytest.approx(2 * 3 * 5))
    g = ag.grad(lambda x: np.sum(np.real(np.exp(1j * x))))(np.array([0.5], np.float32))
    assert g.dtype == np.float32
    np.testing.assert_allclose(g, [-math.sin(0.5)], rtol=1e-6)


def test_complex_matrix_products():
    a, b = np.array([[1 + 1j, 2.0]]), np.array([[1j], [1 - 1j]])
    f = lambda a, b: np.real(np.sum(a @ b))
    ga, gb = ag.grad(f, (0, 1))(a, b)
    np.testing.assert_allclose(ga, np.conj(b.T))
    np.testing.assert_allclose(gb, np.conj(a.T))


def test_a_complex_result_needs_a_seed():
    with pytest.raises(TypeError, match="real scalar"):
        ag.grad(lambda z: z * z)(1j)
    with pytest.raises(TypeError, match="real scalar"):
        (ag.Node(1j) * 2).backward()


def test_holomorphic_jacobian():
    z = np.array([1 + 1j, 2.0])
    np.testing.assert_allclose(ag.jacobian(lambda z: z**2)(z), np.diag(2 * z))


# NumPy's results, never Python's exceptions or complex numbers


@pytest.mark.parametrize(
    ("f", "x", "expected", "warning"),
    [
        (lambda x: 1 / x, 0.0, math.inf, "divide by zero"),
        (lambda x: x / 0, 1.0, math.inf, "divide by zero"),
        (lambda x: x**-1, 0.0, math.inf, "divide by zero"),
        (lambda x: x**0.5, -8.0, math.nan, "invalid value"),
        (np.log, 0.0, -math.inf, "divide by zero"),
        (np.log, -1.0, math.nan, "invalid value"),
        (np.sqrt, -1.0, math.nan, "invalid value"),
        (np.arcsin, 2.0, math.nan, "invalid value"),
        (np.sin, math.inf, math.nan, "invalid value"),
        (np.exp, 1e4, math.inf, "overflow"),
        (lambda x: x**500, 1e4, math.inf, "overflow"),
        (lambda x: x // 0, 1.0, math.inf, "divide by zero"),
        (lambda x: x % 0, 1.0, math.nan, "invalid value"),
    ],
)
def test_python_numbers_compute_with_numpys_results(f, x, expected, warning):
    with pytest.warns(RuntimeWarning, match=warning):
        y = f(ag.Node(x))
    assert isinstance(y.value, float)
    assert y.value == expected or (math.isnan(expected) and math.isnan(y.value))


def test_infinite_slopes_of_python_numbers_do_not_raise():
    assert ag.grad(np.sqrt)(0.0) == math.inf
    assert ag.grad(lambda x: x**0.5)(0.0) == math.inf
    assert ag.jvp(np.sqrt, (0.0,), (1.0,))[1] == math.inf
    with np.errstate(divide="ignore"):
        assert ag.grad(lambda x: 1 / x)(0.0) == -math.inf
        assert ag.grad(ag.grad(np.log))(0.0) == -math.inf
