"""Eigen- and singular values that repeat: right where the function is smooth, NaN where not."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

la = np.linalg
EYE = np.eye(2)
C = np.array([[0.0, 1.0], [2.0, 3.0]])
HALF = (C + C.T) / 2
D = np.diag([1.0, 1.0, 3.0])
S = np.array([[1.0, 2.0, -1.0], [2.0, 0.5, 3.0], [-1.0, 3.0, -2.0]])
G = np.arange(9.0).reshape(3, 3) ** 1.5
Q = la.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))[0]


def of_hermitian(f, weights):
    """The sum of the entries of f(x), weighted: V f(w) V^T."""
    return lambda x: (lambda w, v: np.sum((v * f(w)) @ v.T * weights))(*la.eigh(x))


def both(f, x, t):
    """The slope along t, by both modes."""
    return np.sum(ag.grad(f)(x) * t), ag.jvp(f, (x,), (t,))[1]


def test_matrix_functions_at_a_multiple_of_one():
    """At c I the slope of f is f'(c) times the identity: sqrt has 1/4 at 4, exp e at 1."""
    np.testing.assert_allclose(ag.grad(of_hermitian(np.sqrt, C))(4 * EYE), HALF / 4, atol=1e-15)
    np.testing.assert_allclose(ag.grad(of_hermitian(np.exp, C))(EYE), np.e * HALF, atol=1e-14)
    np.testing.assert_allclose(ag.grad(of_hermitian(lambda w: w, C))(EYE), HALF, atol=1e-15)
    assert both(of_hermitian(np.sqrt, C), 4 * EYE, HALF) == pytest.approx([np.sum(HALF**2) / 4] * 2)


@pytest.mark.parametrize("turn", [np.eye(3), Q], ids=["diagonal", "turned"])
def test_matrix_functions_where_two_of_three_repeat(turn):
    """x**2 + x of A by its spectrum: A S + S A + S."""
    x = turn @ D @ turn.T
    f = of_hermitian(lambda w: w * w + w, G)
    expected = np.sum(G * (x @ S + S @ x + S))
    assert both(f, x, S) == pytest.approx([expected] * 2)


def test_stacks_complex_and_float32():
    x = np.stack([D, np.diag([1.0, 2.0, 3.0]), 2 * np.eye(3)])

    def f(x):
        w, v = la.eigh(x)
        return np.sum((v * (w * w)[:, None, :]) @ np.swapaxes(v, -1, -2) * G)

    sym = (G + G.T) / 2
    np.testing.assert_allclose(ag.grad(f)(x), x @ sym + sym @ x, atol=1e-13)
    np.testing.assert_allclose(ag.grad(f)(x.astype(np.float32)), x @ sym + sym @ x, rtol=1e-5)
    h = np.array([[1.0, 2 + 1j], [2 - 1j, -1.0]])
    g = lambda x: (lambda w, v: np.real(np.sum((v * np.exp(w)) @ np.conj(v.T) * np.conj(h))))(
        *la.eigh(x)
    )
    np.testing.assert_allclose(ag.grad(g)(np.eye(2) + 0j), np.e * h, atol=1e-14)
    np.testing.assert_allclose(
        ag.vmap(ag.grad(of_hermitian(np.square, G)))(x)[0], D @ sym + sym @ D
    )


def test_backward_is_told_too():
    x = ag.Node(4 * EYE)
    of_hermitian(np.sqrt, C)(x).backward()
    np.testing.assert_allclose(x.grad, HALF / 4, atol=1e-15)


@pytest.mark.parametrize("x", [2 * np.eye(3), 2 * Q, D, D @ Q], ids=["cI", "cQ", "D", "DQ"])
def test_singular_vectors_and_values_together(x):
    """U s V^H is x itself, and U s**3 V^H is x x^T x."""
    t = G - 5
    f = lambda power: lambda x: (lambda u, s, vh: np.sum((u * s**power) @ vh * G))(*la.svd(x))
    assert both(f(1), x, t) == pytest.approx([np.sum(G * t)] * 2)
    cubic = np.sum(G * (t @ x.T @ x + x @ t.T @ x + x @ x.T @ t))
    assert both(f(3), x, t) == pytest.approx([cubic] * 2)


SECOND = {
    "forward over reverse": lambda f, x, t: ag.hvp(f)(x, t),
    "reverse over reverse": lambda f, x, t: ag.grad(lambda x: np.sum(t * ag.grad(f)(x)))(x),
    "reverse over forward": lambda f, x, t: ag.grad(lambda x: ag.jvp(f, (x,), (t,))[1])(x),
}


@pytest.mark.parametrize("second", SECOND.values(), ids=SECOND)
@pytest.mark.parametrize("x", [2 * np.eye(3), D, Q @ D @ Q.T], ids=["cI", "D", "turned"])
def test_second_derivatives_of_functions_of_values_alone(x, second):
    """Of the trace of x**3: 3 (x S + S x); of x^T x squared: 4 (S x x + x S x + x x S)."""
    for values in (la.eigvalsh, lambda x: la.eigh(x)[0]):
        cubes = second(lambda x, values=values: np.sum(values(x) ** 3), x, S)
        np.testing.assert_allclose(cubes, 3 * (x @ S + S @ x), atol=1e-12)
    for values in (la.svdvals, lambda x: la.svd(x)[1]):
        fourth = second(lambda x, values=values: np.sum(values(x) ** 4), x, S)
        np.testing.assert_allclose(fourth, 4 * (S @ x @ x + x @ S @ x + x @ x @ S), atol=1e-12)


UNDEFINED = {
    "an entry of a vector": (lambda x: la.eigh(x)[1][0, 0], D),
    "another": (lambda x: la.eigh(x)[1][1, 0], D),
    "its square": (lambda x: la.eigh(x)[1][0, 0] ** 2, D),
    "all entries": (lambda x: np.sum(la.eigh(x)[1] * G), D),
    "singular vectors": (lambda x: np.sum(la.svd(x)[0] * G), D),
    "one of eigvals": (lambda x: np.real(la.eigvals(x)[0]), EYE),
    "vectors of eig": (lambda x: np.sum(np.real(la.eig(x)[1]) * C), np.diag([2.0, 2.0])),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_depends_on_the_choice_of_vectors_is_nan(name):
    f, x = UNDEFINED[name]
    assert np.all(np.isnan(ag.grad(f)(x)))
    assert np.isnan(ag.jvp(f, (x,), (S[: len(x), : len(x)],))[1])


def test_what_does_not_is_not():
    """The vector of the single value at 3 moves by S over the gap, 2."""
    slope = S[0, 2] / 2
    assert both(lambda x: la.eigh(x)[1][0, 2] * np.sign(la.eigh(D)[1][2, 2]), D, S) == (
        pytest.approx([slope] * 2)
    )
    assert both(lambda x: np.sum(np.real(la.eigvals(x))), EYE, C) == pytest.approx([3.0] * 2)


def test_second_derivatives_of_values_and_vectors_together_are_not_known():
    assert np.all(np.isnan(ag.hvp(of_hermitian(np.sqrt, C))(4 * EYE, HALF)))
    span = lambda x: (lambda v: np.sum(v @ v.T * G))(la.eigh(x)[1][:, :2])
    # the projector on what is not at 3: minus that on the vector there, which bends by S
    f = lambda t: span(D + t * S)
    h = 1e-3
    differences = (f(h) - 2 * f(0.0) + f(-h)) / h**2
    assert ag.grad(ag.grad(f))(0.0) == pytest.approx(differences, rel=1e-4)
