"""numpy.linalg on Nodes: every function and keyword, stacks, errors, matrices read by triangle.

Values where others give NaN are worked out by hand in ``test_linalg_edges.py``.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

la = np.linalg


def matrix(*shape, seed=0):
    """Well-conditioned matrices."""
    x = np.random.default_rng(seed).normal(size=shape)
    return 0.4 * x + np.eye(shape[-2], shape[-1]) * (1 + np.arange(shape[-1]))


def definite(*shape, seed=0):
    x = matrix(*shape, seed=seed)
    return x @ np.swapaxes(x, -1, -2)


A, B, V = matrix(3, 3), matrix(3, 3, seed=1), np.array([0.3, -1.2, 0.7])
STACK, WIDE, TALL = matrix(2, 3, 3), matrix(2, 2, 3), matrix(2, 3, 2)
CUBE = np.random.default_rng(3).normal(size=(2, 3, 4))

CALLS = {
    "solve with a vector": (la.solve, A, V),
    "solve a stack with a vector": (la.solve, STACK, V),
    "solve a stack with matrices": (la.solve, STACK, TALL),
    "solve broadcast": (la.solve, A, TALL),
    "inv": (la.inv, STACK),
    "pinv wide": (la.pinv, WIDE),
    "pinv tall, rtol": (lambda x: la.pinv(x, rtol=None), TALL),
    "pinv cut": (lambda x: la.pinv(x, 0.6), np.diag([3.0, 1.0]) + 0.1),
    "pinv cut, hermitian": (
        lambda x: la.pinv(symmetric(x), 0.6, hermitian=True),
        np.diag([3.0, 1.0, -2.9]) + 0.1,
    ),
    "lstsq cut": (lambda a, b: la.lstsq(a, b, 0.7)[0], TALL[0], V),
    "det": (la.det, STACK),
    "slogdet": (lambda x: la.slogdet(x)[1], STACK),
    "cholesky upper": (
        lambda x: la.cholesky(symmetric(x), upper=True),
        definite(2, 3, 3),
    ),
    "qr r": (lambda x: la.qr(x, "r"), TALL),
    "qr wide": (lambda x: tuple(la.qr(x)), WIDE),
    "qr complete, wide": (lambda x: tuple(la.qr(x, "complete")), WIDE),
    "qr complete, tall": (lambda x: la.qr(x, "complete").R, TALL),
    "svd values": (lambda x: la.svd(x, compute_uv=False), WIDE),
    "svd thin": (lambda x: tuple(la.svd(x, False)), WIDE),
    "svd square": (lambda x: tuple(la.svd(x)), STACK),
    "svd hermitian": (lambda x: tuple(la.svd(symmetric(x), hermitian=True)), STACK),
    "svd hermitian values": (lambda x: la.svd(symmetric(x), True, False, True), STACK),
    "svdvals": (la.svdvals, TALL),
    "eigh": (lambda x: tuple(la.eigh(symmetric(x))), STACK),
    "eigh U": (lambda x: tuple(la.eigh(symmetric(x), "U")), STACK),
    "eigvalsh": (lambda x: la.eigvalsh(symmetric(x)), STACK),
    "eig": (lambda x: tuple(la.eig(x)), A),
    "eigvals": (la.eigvals, A),
    "lstsq": (lambda a, b: (*la.lstsq(a, b)[:2], la.lstsq(a, b)[3]), TALL[0], matrix(3, 2)),
    "lstsq vector": (lambda a, b: la.lstsq(a, b)[:2], TALL[0], V),
    "lstsq wide": (lambda a, b: la.lstsq(a, b)[0], WIDE[0], V[:2]),
    "lstsq machine precision": (lambda a, b: la.lstsq(a, b, -1)[0], TALL[0], V),
    "matrix_power 5": (lambda x: la.matrix_power(x, 5), STACK),
    "matrix_power 1": (lambda x: la.matrix_power(x, 1) * 2, A),
    "matrix_power -2": (lambda x: la.matrix_power(x, -2), STACK),
    "multi_dot 2": (lambda *xs: la.multi_dot(xs), A, B),
    "multi_dot 4": (lambda *xs: la.multi_dot(xs), WIDE[0], A, B, TALL[0]),
    "multi_dot vectors": (lambda *xs: la.multi_dot(xs), V, A, B, V),
    "multi_dot vector first": (lambda *xs: la.multi_dot(xs), V, A, B),
    "multi_dot vector last": (lambda *xs: la.multi_dot(xs), A, B, V),
    "tensorsolve": (la.tensorsolve, matrix(6, 6).reshape(2, 3, 6), CUBE[:, :, 0]),
    "tensorinv": (la.tensorinv, matrix(6, 6).reshape(2, 3, 6)),
    "tensorinv 1": (lambda x: la.tensorinv(x, 1), matrix(6, 6).reshape(6, 3, 2)),
    "trace": (lambda x: la.trace(x, offset=1), CUBE),
    "diagonal": (lambda x: la.diagonal(x, offset=-1), CUBE),
    "matrix_transpose": (la.matrix_transpose, CUBE),
    "outer": (la.outer, V, V + 1),
    "cross": (la.cross, A, B),
    "cross axis": (lambda x, y: la.cross(x, y, axis=0), A, B),
    "vecdot": (la.vecdot, A, B),
    "vecdot axis": (lambda x, y: la.vecdot(x, y, axis=0), A, B),
    "matmul": (la.matmul, STACK, TALL),
    "tensordot": (lambda x, y: la.tensordot(x, y, axes=((1, 2), (0, 1))), STACK, A),
    "cond": (la.cond, STACK),
    "cond -2": (lambda x: la.cond(x, -2), TALL),
    **{
        f"cond {p}": ((lambda x, p=p: la.cond(x, p)), STACK)
        for p in (1, -1, np.inf, -np.inf, "fro", "nuc")
    },
    **{
        f"vector norm {p}": (
            (lambda x, p=p: (la.norm(x, p, 1), la.vector_norm(x, ord=p, axis=(0, 2)))),
            CUBE,
        )
        for p in (None, 2, 1, np.inf, -np.inf, 3, 0.5, -1, -2.5)
        if p is not None
    },
    "vector norm keepdims": (lambda x: la.norm(x, 3, -1, True), CUBE),
    "vector_norm of all": (lambda x: la.vector_norm(x, keepdims=True, ord=1), CUBE),
    **{
        f"matrix norm {p}": (
            (lambda x, p=p: (la.norm(x, p, (2, 0), True), la.matrix_norm(x, ord=p))),
            CUBE,
        )
        for p in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)
    },
    "norm of a matrix": (la.norm, A),
    "norm of everything": (lambda x: la.norm(x, keepdims=True), CUBE),
    "norm inf of a vector": (lambda x: la.norm(x, np.inf), V),
}


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


@pytest.mark.parametrize("name", CALLS)
def test_values_dtypes_and_derivatives(name, agrees):
    f, *args = CALLS[name]
    agrees(f, *args, tolerance=1e-12)


def test_tensorsolve_takes_its_axes(agrees):
    a = np.moveaxis(matrix(6, 6).reshape(6, 2, 3), 0, 1)  # the axis of length 6 is b's
    agrees(lambda a, b: la.tensorsolve(a, b, axes=(0, 2)), a, CUBE.ravel()[:6])


COMPLEX = {
    "eigenvectors' projections": lambda x: projections(*la.eigh(hermitian(x))),
    "eigenvalues": lambda x: la.eigvalsh(hermitian(x)),
    "singular values": la.svdvals,
    "polar factor": lambda x: (lambda u, s, vh: u @ vh)(*la.svd(x, False)),
    "truncated svd": lambda x: (lambda u, s, vh: (u[:, :1] * s[:1]) @ vh[:1])(*la.svd(x)),
    "complement of the range": lambda x: complement(la.svd(x).U),
    "complement by qr": lambda x: complement(la.qr(x, "complete").Q),
    "q and r": lambda x: tuple(la.qr(x)),
    "eig": lambda x: tuple(la.eig(x[:2])),
    "slogdet": lambda x: tuple(la.slogdet(x[:2])),
    "lstsq": lambda x: la.lstsq(x, x[:, 0] * 1j + 1)[:2],
    "norms": lambda x: (la.norm(x, 3, 0), la.norm(x, "nuc"), la.norm(x), la.norm(x, 1)),
    "vecdot": lambda x: la.vecdot(x, x[::-1] * 2j),
    "cholesky": lambda x: la.cholesky(hermitian(x) + 4 * np.eye(2)),
}


def hermitian(x):
    return x[:2] + np.conj(x[:2]).T


def projections(w, v):
    return np.einsum("ij,kj->jik", v, np.conj(v)) * np.array([[[1.0]], [[2.0]]])


def complement(u):
    return u[:, 2:] @ np.conj(u[:, 2:]).T


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_functions_that_no_phase_changes(name):
    x = matrix(3, 2) + 0.5j * np.random.default_rng(5).normal(size=(3, 2))
    assert ag.check_grads(COMPLEX[name], (x,), order=2) < 1e-6


def test_results_are_numpys_named_tuples():
    x = ag.Node(definite(2, 2))
    for f, names in (
        (la.eigh, ["eigenvalues", "eigenvectors"]),
        (la.eig, ["eigenvalues", "eigenvectors"]),
        (la.svd, ["U", "S", "Vh"]),
        (la.qr, ["Q", "R"]),
        (la.slogdet, ["sign", "logabsdet"]),
    ):
        out = f(x)
        assert type(out) is type(f(x.value))
        assert all(isinstance(getattr(out, name), ag.Node) for name in names)
    assert la.matrix_rank(x) == 2
    assert type(la.lstsq(x, np.ones(2))[2]) is type(la.lstsq(x.value, np.ones(2))[2])


SINGULAR = np.ones((2, 2))


@pytest.mark.parametrize("f", [la.inv, lambda x: la.solve(x, x), lambda x: la.matrix_power(x, -1)])
def test_a_singular_matrix_raises_numpys_error(f):
    with pytest.raises(la.LinAlgError, match="Singular matrix") as raised:
        f(ag.Node(SINGULAR))
    assert isinstance(raised.value, ag.AutogradError)


@pytest.mark.parametrize("f", [la.inv, la.det, la.eigh, la.eig, la.cholesky, la.slogdet])
def test_a_matrix_that_is_not_square_raises_numpys_error(f):
    with pytest.raises(la.LinAlgError, match="must be square"):
        f(ag.Node(np.ones((2, 3))))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: la.qr(x, "raw"), "mode"),
        (lambda x: la.qr(x, "thin"), "mode"),
        (lambda x: la.multi_dot([x, x], out=np.ones((2, 2))), "out"),
        (lambda x: la.multi_dot([x]), "at least two"),
        (lambda x: la.multi_dot([x, x[None], x]), "matrices"),
        (lambda x: la.matrix_power(x, 0.5), "whole number"),
        (lambda x: la.matrix_power(x[:1], 2), "square"),
        (lambda x: la.norm(x, 3), "order of matrices"),
        (lambda x: la.norm(x[0], "nuc"), "order of vectors"),
        (lambda x: la.norm(x[None], 1), "one or two axes"),
        (lambda x: la.pinv(x, 0.1, rtol=0.1), "rcond or rtol"),
        (lambda x: la.outer(x, x), "two vectors"),
        (lambda x: la.cross(x, x), "three components"),
        (lambda x: la.tensorinv(x, 0), "positive"),
        (lambda x: la.tensorsolve(x[:1], x[0]), "square system"),
    ],
)
def test_what_is_not_supported_says_so(call, message):
    with pytest.raises(ag.AutogradError, match=message):
        call(ag.Node(np.eye(2) + 1))


def test_a_triangle_that_is_read_alone_has_the_gradient_alone():
    x = np.array([[2.0, 99.0], [1.0, 3.0]])  # NumPy reads the lower triangle
    f = lambda x: np.sum(la.cholesky(x) * np.array([[1.0, 0.0], [2.0, 3.0]]))
    assert ag.Node(x).value is x
    np.testing.assert_array_equal(la.cholesky(ag.Node(x)).value, la.cholesky(x))
    g = ag.grad(f)(x)
    assert g[0, 1] == 0
    assert ag.check_grads(f, (x,), order=2) < 1e-6
    upper = lambda x: la.eigvalsh(x, "U")[0]
    assert ag.grad(upper)(x.T @ np.diag([1.0, 1.0]))[1, 0] == 0
    assert ag.check_grads(upper, (np.array([[2.0, 0.7], [99.0, 3.0]]),), order=2) < 1e-6


def test_a_symmetric_matrix_has_a_symmetric_gradient():
    x = definite(3, 3)
    for f in (la.cholesky, la.eigvalsh, lambda x: la.eigh(x, "U").eigenvectors):
        g = ag.grad(lambda x, f=f: np.sum(np.sin(f(x))))(x)
        np.testing.assert_allclose(g, g.T, rtol=1e-14)


def test_empty_matrices():
    x = np.zeros((0, 0))
    assert ag.grad(la.det)(x).shape == (0, 0)
    assert ag.grad(lambda x: np.sum(la.inv(x)))(np.zeros((0, 2, 2))).shape == (0, 2, 2)
    assert ag.grad(lambda x: np.sum(la.eigvalsh(x)))(np.zeros((0, 2, 2))).shape == (0, 2, 2)
    assert ag.grad(lambda x: np.sum(la.svdvals(x)))(np.zeros((3, 0))).shape == (3, 0)
