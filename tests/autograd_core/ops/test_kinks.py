"""Second derivatives where a length is 0: by hand, and alike in all four combinations of modes."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

la = np.linalg
ZERO, FLAT = np.zeros(3), np.ones(3)
S, T = np.array([1.0, 2.0, 3.0]), np.array([1.0, -1.0, 2.0])
ST = 5.0  # their inner product
M, MS, MT = (
    np.zeros((2, 2)),
    np.array([[1.0, 2.0], [3.0, 4.0]]),
    np.array([[1.0, -1.0], [2.0, 1.0]]),
)
MST = 9.0
Z, W = np.array([1 + 2j]), np.array([3 - 1j])


def inner(x, y):
    return np.sum(np.real(np.conj(x) * y))


MODES = {
    "reverse over reverse": lambda f, x, s, t: inner(
        ag.grad(lambda x: np.sum(np.real(np.conj(s) * ag.grad(f)(x))))(x), t
    ),
    "forward over reverse": lambda f, x, s, t: inner(ag.jvp(ag.grad(f), (x,), (t,))[1], s),
    "reverse over forward": lambda f, x, s, t: inner(
        ag.grad(lambda x: ag.jvp(f, (x,), (s,))[1])(x), t
    ),
    "forward over forward": lambda f, x, s, t: ag.jvp(
        lambda x: ag.jvp(f, (x,), (s,))[1], (x,), (t,)
    )[1],
}
each_mode = pytest.mark.parametrize("second", MODES.values(), ids=MODES)

SMOOTH = {
    "norm**2": (lambda x: la.norm(x) ** 2, 2 * ST),
    "two norms": (lambda x: la.norm(x) * la.norm(x), 2 * ST),
    "cos of norm": (lambda x: np.cos(la.norm(x)), -ST),
    "exp": (lambda x: np.exp(-0.5 * la.norm(x) ** 2), -ST),
    "norm**3": (lambda x: la.norm(x) ** 3, 0.0),
    "kink and square": (lambda x: (lambda n: n + n * n)(la.norm(x)), 2 * ST),
    "vector_norm": (lambda x: la.vector_norm(x) ** 2, 2 * ST),
    "norm of norms": (lambda x: la.norm(ag.array([la.norm(x), la.norm(x)])) ** 2, 4 * ST),
    "keepdims": (lambda x: np.sum(la.norm(x, keepdims=True) ** 2), 2 * ST),
    "p-norm cubed": (lambda x: la.norm(x, 3) ** 3, 0.0),
    "abs**2": (lambda x: np.sum(np.abs(x) ** 2), 2 * ST),
    "two abs": (lambda x: np.sum(np.abs(x) * np.abs(x)), 2 * ST),
    "fabs**2": (lambda x: np.sum(np.fabs(x) ** 2), 2 * ST),
    "hypot.reduce**2": (lambda x: np.hypot.reduce(x) ** 2, 2 * ST),
    "hypot**2": (lambda x: np.hypot(x[0], x[1]) ** 2, -2.0),  # 2 (1 * 1 - 2 * 1)
    "nearly 1-norm": (lambda x: np.sum(np.sqrt(1 + np.abs(x) ** 2)), ST),
}
"""Functions of lengths with a second derivative at 0: multiples of the inner product."""


@each_mode
@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_functions_of_a_length_at_0(name, second):
    f, expected = SMOOTH[name]
    assert second(f, ZERO, S, T) == pytest.approx(expected, abs=1e-14)


@each_mode
def test_matrices_axes_and_batches(second):
    assert second(lambda x: la.norm(x) ** 2, M, MS, MT) == 2 * MST
    assert second(lambda x: la.norm(x, "fro", axis=(0, 1)) ** 2, M, MS, MT) == 2 * MST
    assert second(lambda x: np.sum(la.norm(x, axis=-1) ** 2), M, MS, MT) == 2 * MST
    assert second(lambda x: np.sum(la.norm(x, axis=0, keepdims=True) ** 2), M, MS, MT) == 2 * MST
    half = np.array(
        [[0.0, 0.0], [3.0, 4.0]]
    )  # one row at the kink; the other's square has 2 I, too
    rows = second(lambda x: np.sum(la.norm(x, axis=1) ** 2), half, MS, MT)
    assert rows == pytest.approx(2 * MST)


@each_mode
def test_std_and_var_of_a_constant(second):
    """2 (mean(s t) - mean(s) mean(t)) = 2 (5/3 - 4/3)."""
    for square in (lambda x: np.std(x) ** 2, lambda x: np.nanstd(x) ** 2, np.var):
        assert second(square, FLAT, S, T) == pytest.approx(2 / 3)
    assert second(np.std, FLAT, S, T) == 0
    rows = second(lambda x: np.sum(np.std(x, axis=1) ** 2), M, MS, MT)
    assert rows == pytest.approx(-1.0 - 0.5)


@each_mode
def test_complex_and_python_numbers(second):
    assert second(lambda z: np.abs(z) ** 2, 0j, 1 + 2j, 3 - 1j) == 2.0  # 2 Re(conj(s) t)
    assert second(lambda z: la.norm(z) ** 2, np.zeros(1, complex), Z, W) == 2.0
    assert second(lambda x: abs(x) ** 2, 0.0, 1.0, 1.0) == 2.0
    assert second(lambda x: np.hypot(x, 2 * x) ** 2, 0.0, 1.0, 1.0) == 10.0


KINKS = {
    "norm": lambda x: la.norm(x),
    "1-norm": lambda x: la.norm(x, 1),
    "largest": lambda x: la.norm(x, np.inf),
    "3-norm": lambda x: la.norm(x, 3),
    "abs times x": lambda x: np.sum(x * np.abs(x)),  # its second derivative jumps from -2 to 2
    "hypot": lambda x: np.hypot(x[0], x[1]),
}


@each_mode
@pytest.mark.parametrize("name", KINKS)
def test_a_kink_itself_is_flat(name, second):
    assert second(KINKS[name], ZERO, S, T) == 0


UNDEFINED = {
    "1-norm squared": lambda x: la.norm(x, 1) ** 2,
    "largest squared": lambda x: la.norm(x, np.inf) ** 2,
    "smallest squared": lambda x: la.norm(x, -np.inf) ** 2,
    "3-norm squared": lambda x: la.norm(x, 3) ** 2,
    "harmonic squared": lambda x: la.norm(x, -1) ** 2,
    "two lengths": lambda x: la.norm(x) * np.abs(x[0]),
    "two spreads": lambda x: np.std(x) * np.std(x),
}


@pytest.mark.filterwarnings("ignore:divide by zero")
@each_mode
@pytest.mark.parametrize("name", UNDEFINED)
def test_what_has_no_second_derivative_or_none_that_is_known_is_nan(name, second):
    assert np.isnan(second(UNDEFINED[name], ZERO, S, T))
    assert np.all(ag.grad(UNDEFINED[name])(ZERO) == 0)


@each_mode
@pytest.mark.parametrize("order", [1, -1, 2, -2, np.inf, -np.inf, "nuc"])
def test_squares_of_the_other_norms_of_a_zero_matrix_are_undefined(order, second):
    assert np.isnan(second(lambda x: la.norm(x, order) ** 2, M, MS, MT))
    assert np.isnan(second(lambda x: np.sum(la.norm(x, axis=1)) ** 2, M, MS, MT))


@each_mode
def test_a_norm_is_infinitely_bent_where_an_entry_is_0(second):
    x = np.array([2.0, 0.0])  # |x1|**1.5 has an infinite second derivative
    across, along = np.array([0.0, 1.0]), np.array([1.0, 0.0])
    assert np.isnan(second(lambda x: la.norm(x, 1.5), x, across, across))
    assert second(lambda x: la.norm(x, 3), x, across, along) == 0
    one = np.array([0.0])  # of one entry every norm is its size
    assert second(lambda x: la.norm(x, 1) ** 2, one, np.ones(1), np.ones(1)) == 2
    assert second(lambda x: la.norm(x, np.inf) ** 2, one, np.ones(1), np.ones(1)) == 2


@each_mode
def test_lengths_of_other_variables_are_constants(second):
    """|y| x.x has the second derivative 2 |y| by x."""
    y = ag.Node(0.0)
    assert second(lambda x: abs(y) * la.norm(x) ** 2, ZERO, S, T) == 0
    y = ag.Node(-3.0)
    assert second(lambda x: abs(y) * la.norm(x) ** 2, ZERO, S, T) == 6 * ST


def test_third_order_is_right_or_nan():
    third = lambda f: ag.grad(ag.grad(ag.grad(f)))(0.0)
    assert third(lambda x: np.abs(x) ** 2 * (1 + x)) == 6  # x**2 + x**3
    assert np.isnan(third(lambda x: np.cos(np.abs(x))))


def test_a_norm_at_0_keeps_its_types():
    for kind in (np.float16, np.float32):
        x = np.zeros(2, kind)
        for f in (
            lambda x: la.norm(x) ** 2,
            lambda x: np.std(x) ** 2,
            lambda x: np.sum(abs(x) ** 2),
        ):
            assert ag.hvp(f)(x, np.ones(2, kind)).dtype == kind


SQUARES = {"norm": lambda x: la.norm(x) ** 2, "abs": lambda x: np.sum(np.abs(x) ** 2)}


@pytest.mark.parametrize("name", SQUARES)
def test_many_examples_at_once(name):
    x = np.array([[0.0, 0.0], [3.0, 4.0]])
    np.testing.assert_allclose(ag.vmap(ag.hessian(SQUARES[name]))(x), 2 * np.stack([np.eye(2)] * 2))


@pytest.mark.parametrize("name", SQUARES)
def test_a_program_is_left_where_a_length_is_0(name):
    step = ag.compile(lambda x: ag.hvp(SQUARES[name])(x, np.array([1.0, 0.0])))
    for x in ([3.0, 4.0], [3.0, 4.0], [0.0, 0.0], [1.0, 2.0]):
        np.testing.assert_allclose(step(np.array(x)), [2, 0], atol=1e-15)
