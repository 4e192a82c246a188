"""numpy.linalg where others give NaN: singular matrices, norms at 0, values that repeat.

Every number is worked out by hand.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

la = np.linalg
ZERO, EYE = np.zeros((2, 2)), np.eye(2)
C = np.array([[0.0, 1.0], [2.0, 3.0]])
quiet = pytest.mark.filterwarnings("ignore:divide by zero")


def hessian_product(f, x, v):
    """Reverse over reverse."""
    return ag.grad(lambda x: np.sum(ag.grad(f)(x) * v))(x)


both_hessians = pytest.mark.parametrize("hvp", [lambda f, x, v: ag.hvp(f)(x, v), hessian_product])


def test_det_at_rank_n_minus_1_is_the_adjugate():
    x = np.array([[1.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(ag.grad(la.det)(x), [[4, -2], [-2, 1]], atol=1e-14)
    np.testing.assert_allclose(ag.jvp(la.det, (x,), (np.diag([1.0, 0]),))[1], 4, atol=1e-14)
    x3 = np.diag([2.0, 3.0, 0.0])  # only the last cofactor is not 0
    np.testing.assert_allclose(ag.grad(la.det)(x3), np.diag([0, 0, 6.0]), atol=1e-14)


@both_hessians
def test_dets_second_derivative_at_rank_n_minus_1_and_2(hvp):
    v = np.array([[0.0, 1.0], [0.0, 0.0]])  # ad - bc: d2/db dc = -1
    np.testing.assert_allclose(hvp(la.det, ZERO, v), [[0, 0], [-1, 0]], atol=1e-14)
    x = np.diag([5.0, 0.0, 0.0])  # 5 (x11 x22 - x12 x21) to second order
    np.testing.assert_allclose(ag.grad(la.det)(x), np.zeros((3, 3)), atol=1e-14)
    v = np.zeros((3, 3))
    v[1, 1], v[1, 2] = 2.0, 3.0
    expected = np.zeros((3, 3))
    expected[2, 2], expected[2, 1] = 10.0, -15.0
    np.testing.assert_allclose(hvp(la.det, x, v), expected, atol=1e-13)


def test_dets_third_derivative_is_there_where_it_can_be_computed():
    f = lambda t: la.det(EYE + t * C)  # 1 + 3t - 2t^2
    assert ag.grad(ag.grad(ag.grad(f)))(0.3) == pytest.approx(0.0, abs=1e-12)
    third = ag.grad(ag.grad(ag.grad(lambda t: la.det(t * np.diag([1.0, 1.0, 0.0])))))
    with pytest.raises(ag.NotDifferentiableError, match="third derivative of det"):
        third(1.0)


def test_det_of_a_stack_with_a_singular_member_and_of_tiny_ones():
    x = np.stack([EYE * 2, np.ones((2, 2))])
    expected = [[[2, 0], [0, 2]], [[1, -1], [-1, 1]]]
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(la.det(x)))(x), expected, atol=1e-14)
    assert ag.grad(la.det)(np.array([[0.0]])) == [[1.0]]


@quiet
def test_slogdet_is_infinite_at_singular_matrices():
    g = ag.grad(lambda x: la.slogdet(x)[1])(np.ones((2, 2)))
    np.testing.assert_array_equal(g, [[np.inf, -np.inf], [-np.inf, np.inf]])
    x = np.diag([2.0, 4.0])
    np.testing.assert_allclose(ag.grad(lambda x: la.slogdet(x)[1])(x), np.diag([0.5, 0.25]))
    np.testing.assert_array_equal(ag.grad(lambda x: la.slogdet(x)[0])(x), ZERO)


@quiet
@pytest.mark.parametrize("order", [None, 2, 1, np.inf, -np.inf, 0, 3, 1.5, 0.5, -1])
def test_vector_norms_have_slope_0_at_0(order):
    np.testing.assert_array_equal(ag.grad(lambda x: la.norm(x, order))(np.zeros(3)), np.zeros(3))
    assert ag.jvp(lambda x: la.norm(x, order), (np.zeros(3),), (np.ones(3),))[1] == 0


@pytest.mark.parametrize("order", [None, "fro", "nuc", 2, -2, 1, -1, np.inf, -np.inf])
def test_matrix_norms_have_slope_0_at_0(order):
    np.testing.assert_array_equal(ag.grad(lambda x: la.norm(x, order))(ZERO), ZERO)


@both_hessians
def test_smooth_functions_of_a_norm_have_their_second_derivative_at_0(hvp):
    x, v = np.zeros(3), np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(hvp(lambda x: la.norm(x) ** 2, x, v), 2 * v)
    np.testing.assert_array_equal(hvp(lambda x: np.square(la.norm(x)), x, v), 2 * v)
    np.testing.assert_array_equal(hvp(lambda x: (lambda n: n * n)(la.norm(x)), x, v), 2 * v)
    np.testing.assert_array_equal(hvp(lambda x: np.cos(la.norm(x)), x, v), -v)
    np.testing.assert_array_equal(hvp(lambda x: la.norm(x) ** 3, x, v), 0 * v)
    np.testing.assert_array_equal(hvp(lambda x: la.norm(x), x, v), 0 * v)
    rows = lambda x: np.sum(la.norm(x, axis=1) ** 2)
    np.testing.assert_array_equal(hvp(rows, np.array([[0.0, 0], [1, 2]]), C), 2 * C)


def test_norms_share_the_slope_among_ties():
    x = np.array([2.0, -2.0, 1.0])
    np.testing.assert_array_equal(ag.grad(lambda x: la.norm(x, np.inf))(x), [0.5, -0.5, 0])
    np.testing.assert_allclose(ag.grad(lambda x: la.norm(x, 2))(EYE), EYE / 2)
    turned = np.array([[0.6, 0.8], [-0.8, 0.6]])  # singular values 1 and 1, up to rounding
    np.testing.assert_allclose(ag.grad(lambda x: la.norm(x, 2))(turned), turned / 2, atol=1e-15)
    np.testing.assert_array_equal(ag.grad(lambda x: la.norm(x, 1))(EYE), EYE / 2)


def test_the_nuclear_norm_of_repeated_and_zero_values():
    nuclear = lambda x: la.norm(x, "nuc")
    np.testing.assert_allclose(ag.grad(nuclear)(3 * EYE), EYE)
    np.testing.assert_allclose(ag.grad(nuclear)(np.ones((2, 2))), np.full((2, 2), 0.5))
    v = np.array([[0.0, 1.0], [0.0, 0.0]])  # the antisymmetric half, over twice the value
    np.testing.assert_allclose(ag.hvp(nuclear)(2 * EYE, v), [[0, 0.25], [-0.25, 0]], atol=1e-15)


SPECTRAL = {
    "sum": (lambda w: np.sum(w), np.eye(3)),
    "sum of squares": (lambda w: np.sum(w**2), 4 * np.eye(3)),
    "logdet": (lambda w: np.sum(np.log(w)), np.eye(3) / 2),
    "largest": (lambda w: w[-1], np.eye(3) / 3),
    "log of sum of exponentials": (lambda w: np.log(np.sum(np.exp(w))), np.eye(3) / 3),
}


@pytest.mark.parametrize("name", SPECTRAL)
@pytest.mark.parametrize(
    "values", [la.eigvalsh, lambda x: la.eigh(x)[0], la.svdvals, lambda x: la.svd(x)[1]]
)
def test_functions_of_values_that_repeat(name, values):
    f, expected = SPECTRAL[name]
    q = la.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))[0]
    for x in (2 * np.eye(3), q @ (2 * np.eye(3)) @ q.T):
        np.testing.assert_allclose(ag.grad(lambda x: f(values(x)))(x), expected, atol=1e-13)
        if name != "largest" or values is la.eigvalsh:
            moved = ag.jvp(lambda x: f(values(x)), (x,), (np.ones((3, 3)),))[1]
            assert moved == pytest.approx(np.sum(expected), abs=1e-13)


def test_what_repeated_vectors_span_is_differentiable():
    """The projector on a double eigenvalue at 1, the other at 3: (C off the blocks) / (1 - 3)."""
    weights = np.arange(9.0).reshape(3, 3)

    def f(x):
        v = la.eigh(x)[1][:, :2]
        return np.sum(v @ v.T * weights)

    x = np.diag([1.0, 1.0, 3.0])
    symmetric = (weights + weights.T) / 2
    expected = np.zeros((3, 3))
    expected[:2, 2] = expected[2, :2] = symmetric[:2, 2] / (1 - 3)
    np.testing.assert_allclose(ag.grad(f)(x), expected, atol=1e-14)
    moved = ag.jvp(f, (x,), (symmetric,))[1]
    assert moved == pytest.approx(np.sum(expected * symmetric))


def test_the_polar_factor_where_singular_values_repeat():
    """At s I its slope is the antisymmetric part over s."""

    def f(x):
        u, _, vh = la.svd(x)
        return np.sum(u @ vh * C)

    np.testing.assert_allclose(ag.grad(f)(2 * EYE), (C - C.T) / 4, atol=1e-15)


def test_singular_values_that_are_0():
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(la.svd(x)[1] ** 2))(ZERO), ZERO)
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(la.svdvals(x)))(ZERO), ZERO)
    x = np.diag([2.0, 0.0])
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(la.svdvals(x)))(x), np.diag([1.0, 0]))


def test_values_far_apart_are_not_taken_for_equal():
    x = np.diag([1.0, 1e-17, 3e-17])
    g = ag.grad(lambda x: np.sum(np.log(la.eigvalsh(x))))(x)
    np.testing.assert_allclose(np.diag(g), [1, 1e17, 1e17 / 3], rtol=1e-6)


def test_the_pseudo_inverse_at_constant_rank():
    """Of diag(2, 0) with the change E: -p E p + p p E^T (1 - a p) + (1 - p a) E^T p p."""
    x = np.diag([2.0, 0.0])
    expected = np.array([[-0.25, 0.25], [0.25, 0]])
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(la.pinv(x)))(x), expected, atol=1e-15)
    line = lambda t: la.pinv(np.outer(ag.array([1.0, t]), ag.array([1.0, 2 * t])))  # of rank 1
    assert ag.check_grads(line, (0.7,), order=2) < 1e-6


def test_hermitian_gradients_are_hermitian():
    x = np.array([[2.0, 1j], [-1j, 3.0]])
    for f in (lambda x: la.eigvalsh(x)[0], lambda x: np.real(la.cholesky(x)[1, 1])):
        g = ag.grad(f)(x)
        np.testing.assert_allclose(g, np.conj(g).T, atol=1e-15)


@quiet
def test_cond_of_a_singular_matrix_is_infinite():
    x = ag.Node(np.ones((2, 2)))
    assert la.cond(x, 1).value == np.inf == la.cond(x.value, 1)
    stack = np.stack([EYE, np.ones((2, 2))])
    np.testing.assert_array_equal(la.cond(ag.Node(stack), "fro").value, la.cond(stack, "fro"))
