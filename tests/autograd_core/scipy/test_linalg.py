"""autograd_core.scipy.linalg: SciPy's values, derivatives, keywords honoured or refused."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

pytest.importorskip("scipy")
import scipy.linalg

import autograd_core.scipy.linalg as sla

SCIPY = np.lib.NumpyVersion(scipy.__version__)


def matrix(*shape, seed=0):
    x = np.random.default_rng(seed).normal(size=shape)
    return 0.3 * x + np.eye(shape[-2], shape[-1]) * (1 + 0.5 * np.arange(shape[-1]))


def symmetric(x):
    return (x + np.swapaxes(x, -1, -2)) / 2


A, B, STACK, TALL = matrix(3, 3), matrix(3, 3, seed=1), matrix(2, 3, 3), matrix(3, 2)
V = np.array([0.3, -1.2, 0.7])
S = A @ A.T
BAND = np.random.default_rng(4).normal(size=(3, 4)) + np.eye(3)[:, [1]] * 5
HALF = np.stack([BAND[1] + 3, BAND[0]])

CALLS = {
    "solve": (lambda m, a, b: m.solve(a, b), A, V),
    "solve stack": (lambda m, a, b: m.solve(a, b), STACK, TALL),
    "solve transposed": (lambda m, a, b: m.solve(a, b, transposed=True), A, V),
    **{
        f"solve {kind}": (
            lambda m, a, b, kind=kind: m.solve(symmetric(a), b, assume_a=kind, lower=True),
            S,
            TALL,
        )
        for kind in ("sym", "her", "pos", "gen")
    },
    **{
        f"solve {kind}": (lambda m, a, b, kind=kind: m.solve(a, b, assume_a=kind), A, TALL)
        for kind in ("diagonal", "tridiagonal", "upper triangular", "lower triangular", "sym")
    },
    "solve reading the lower triangle": (
        lambda m, a, b: m.solve(a, b, assume_a="pos", lower=True),
        A + 2 * np.eye(3),
        V,
    ),
    "solve_triangular": (lambda m, a, b: m.solve_triangular(a, b), A, V),
    **{
        f"solve_triangular {trans} {lower} {unit}": (
            lambda m, a, b, keys=(trans, lower, unit): m.solve_triangular(a, b, *keys),
            A,
            TALL,
        )
        for trans in (0, "T", 2)
        for lower in (True, False)
        for unit in (True, False)
    },
    "cholesky": (lambda m, a: m.cholesky(symmetric(a)), S),
    "cholesky lower": (lambda m, a: m.cholesky(symmetric(a), lower=True), S),
    "cho_solve": (lambda m, a, b: m.cho_solve(m.cho_factor(symmetric(a)), b), S, V),
    "cho_solve lower": (
        lambda m, a, b: m.cho_solve(m.cho_factor(symmetric(a), lower=True), b),
        S,
        TALL,
    ),
    "inv": (lambda m, a: m.inv(a), A),
    "inv pos": (lambda m, a: m.inv(symmetric(a), assume_a="pos"), S),
    "det": (lambda m, a: m.det(a), STACK),
    "pinv": (lambda m, a: m.pinv(a), TALL),
    "pinv cut": (lambda m, a: m.pinv(a, atol=0.2, rtol=0.1), A),
    "lstsq": (lambda m, a, b: m.lstsq(a, b)[:2], TALL, V),
    "lstsq values": (lambda m, a, b: m.lstsq(a, b)[3], TALL, B),
    "norm": (lambda m, a: m.norm(a, 1), A),
    "solve_sylvester": (lambda m, a, b, q: m.solve_sylvester(a, b, q), A, B, S),
    "solve_sylvester wide": (lambda m, a, b, q: m.solve_sylvester(a, b, q), A, A[:2, :2], TALL),
    "solve_continuous_lyapunov": (lambda m, a, q: m.solve_continuous_lyapunov(a, q), A, B),
    "solve_discrete_lyapunov": (lambda m, a, q: m.solve_discrete_lyapunov(a / 5, q), A, B),
    "solve_discrete_lyapunov bilinear": (
        lambda m, a, q: m.solve_discrete_lyapunov(a / 5, q, method="bilinear"),
        A,
        B,
    ),
    "solve_banded": (lambda m, ab, b: m.solve_banded((1, 1), ab, b), BAND, np.arange(4.0)),
    "solve_banded uneven": (
        lambda m, ab, b: m.solve_banded((0, 2), ab[::-1], b),
        BAND[[1, 0, 2]] + np.array([[5.0], [0], [0]]),
        np.arange(8.0).reshape(4, 2),
    ),
    "solveh_banded": (lambda m, ab, b: m.solveh_banded(ab[::-1], b), HALF, np.arange(4.0)),
    "solveh_banded lower": (
        lambda m, ab, b: m.solveh_banded(ab, b, lower=True),
        HALF,
        np.arange(8.0).reshape(4, 2),
    ),
    "block_diag": (lambda m, a, v: m.block_diag(a, v, 2.0, a[:1]), A, V),
    "toeplitz": (lambda m, c: m.toeplitz(c), V),
    "toeplitz with a row": (lambda m, c, r: m.toeplitz(c, r), V, A[:2, 0]),
    "circulant": (lambda m, c: m.circulant(c), V),
    "hankel": (lambda m, c: m.hankel(c), V),
    "hankel with a row": (lambda m, c, r: m.hankel(c, r), V, A[:2, 0]),
    "eigh": (lambda m, a: tuple(x * x for x in m.eigh(symmetric(a))), A),
    "eigh values": (lambda m, a: m.eigh(symmetric(a), eigvals_only=True), A),
    "eigh generalized": (
        lambda m, a, b: tuple(x * x for x in m.eigh(symmetric(a), symmetric(b))),
        A,
        S,
    ),
    "eigh by index": (lambda m, a: m.eigh(symmetric(a), subset_by_index=(1, 2))[0], A),
    "eigh by value": (
        lambda m, a: m.eigh(symmetric(a), eigvals_only=True, subset_by_value=(1.2, 9)),
        A,
    ),
    "eigvalsh": (lambda m, a, b: m.eigvalsh(symmetric(a), symmetric(b)), A, S),
    "eigvals": (lambda m, a: m.eigvals(a), A),
    "svd": (lambda m, a: m.svd(a), A),
    "svd values": (lambda m, a: m.svd(a, compute_uv=False), TALL),
    "svdvals": (lambda m, a: m.svdvals(a), TALL),
    "qr": (lambda m, a: m.qr(a), A),
    "qr economic": (lambda m, a: m.qr(a, mode="economic"), TALL),
    "qr pivoting": (lambda m, a: m.qr(a, mode="economic", pivoting=True)[:2], TALL),
    "qr r": (lambda m, a: m.qr(a, mode="r")[0], TALL),
    "polar": (lambda m, a: m.polar(a), A),
    "polar left": (lambda m, a: m.polar(a, side="left"), A),
    "lu": (lambda m, a: m.lu(a)[1:], A[[2, 0, 1]]),
    "tanm": (lambda m, a: m.tanm(a), A * 0.3),
    "lu permuted": (lambda m, a: m.lu(a, permute_l=True), A[[2, 0, 1]]),
    **{
        name: (lambda m, a, name=name: getattr(m, name)(a), matrix(2, 3, 3, seed=6))
        for name in "expm sqrtm cosm sinm coshm sinhm tanhm logm".split()
    },
}
NARROW = {
    name for name in CALLS if name not in ("logm", "tanm")
}  # whose float32 SciPy itself warns of

LATER = {
    **dict.fromkeys((f"solve {kind} triangular" for kind in ("upper", "lower")), "1.16.0"),
    **dict.fromkeys(["solve stack", "solve diagonal", "solve tridiagonal"], "1.16.0"),
    **dict.fromkeys("sqrtm cosm sinm coshm sinhm tanhm logm".split(), "1.16.0"),
    "inv pos": "1.17.0",
}
"""What SciPy itself takes only in later versions than the oldest: structures, stacks."""


@pytest.mark.parametrize("name", CALLS)
def test_values_dtypes_and_derivatives(name, agrees):
    f, *args = CALLS[name]
    scipys, since = SCIPY, LATER.get(name)
    if name in LATER and scipys < since:
        pytest.skip(f"SciPy {scipy.__version__} does not compute {name} itself")
    for x, y in zip(listed(f(sla, *args)), listed(f(scipy.linalg, *args)), strict=True):
        np.testing.assert_array_equal(x, y)  # plain arguments are SciPy's own business
    theirs = f(scipy.linalg, *args)
    ours = f(sla, *map(ag.Node, args))
    for x, y in zip(listed(ours), listed(theirs), strict=True):
        assert isinstance(x, ag.Node)
        np.testing.assert_allclose(x.value, y, rtol=1e-10, atol=1e-12)
    agrees(lambda *xs: f(sla, *xs), *args, narrow=name in NARROW, tolerance=1e-10)


def listed(x):
    return list(x) if isinstance(x, tuple) else [x]


COMPLEX = {
    "expm": lambda a: sla.expm(a),
    "sqrtm": lambda a: sla.sqrtm(a),
    "solve_sylvester": lambda a: sla.solve_sylvester(a, a @ a, a[::-1]),
    "solve_discrete_lyapunov": lambda a: sla.solve_discrete_lyapunov(a / 5, a[::-1]),
    "solve_triangular C": lambda a: sla.solve_triangular(a, a, trans="C", lower=True),
    "solve_banded": lambda a: sla.solve_banded((1, 1), a + 4 * np.eye(3)[:, [1]], a * 1j),
    "solveh_banded": lambda a: sla.solveh_banded(a[:2] + 5 * np.eye(2)[:, [1]], a[:, :1]),
    "toeplitz": lambda a: sla.toeplitz(a[0] * 1j),
    "sym": lambda a: sla.solve(a, a, assume_a="sym"),
    "her": lambda a: sla.solve(a, a, assume_a="her", lower=True),
    "polar": lambda a: sla.polar(a),
    "lu": lambda a: sla.lu(a)[1:],
    "eigh generalized": lambda a: sla.eigh(
        a + np.conj(a).T, a @ np.conj(a).T + np.eye(3), eigvals_only=True
    ),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_derivatives(name):
    a = A + 0.3j * B
    assert ag.check_grads(COMPLEX[name], (a,), order=2) < 1e-6


def test_the_derivative_of_expm_along_something_large():
    """The exponential of t [[0, c], [0, 0]] is 1 + that, however large c is."""
    nilpotent = np.array([[0.0, 1e6], [0.0, 0.0]])
    assert ag.jvp(sla.expm, (np.zeros((2, 2)),), (nilpotent,))[1][0, 1] == pytest.approx(1e6)
    square = ag.grad(lambda t: sla.expm(t * np.eye(2))[0, 0])(1.0)
    assert square == pytest.approx(np.e)


def test_what_scipy_checks_is_checked():
    x = ag.Node(np.array([[np.nan, 1.0], [0.0, 1.0]]))
    with pytest.raises(ag.AutogradError, match="finite numbers"):
        sla.inv(x)
    assert np.isnan(sla.inv(x, check_finite=False).value).any()
    assert sla.cholesky(ag.Node(S), overwrite_a=True).shape == (3, 3)
    with pytest.raises(np.linalg.LinAlgError):
        sla.cholesky(ag.Node(-S))
    with pytest.raises(np.linalg.LinAlgError):
        sla.solve_triangular(ag.Node(np.zeros((2, 2))), np.ones(2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: sla.eigh(x, x, type=2), "type"),
        (lambda x: sla.eigh(x, subset_by_index=(0, 1), subset_by_value=(0, 1)), "one subset"),
        (lambda x: sla.eigvals(x, x), "'b'|b="),
        (lambda x: sla.qr(x, mode="raw"), "mode"),
        (lambda x: sla.solve(x, x, assume_a="nice"), "structure"),
        (lambda x: sla.solve_triangular(x, x, trans="H"), "trans"),
        (lambda x: sla.solve_banded((1, 2), x, x), "rows"),
        (lambda x: sla.polar(x, side="up"), "side"),
        (lambda x: sla.lu(x[:2]), "square"),
        (lambda x: sla.schur(x), "schur"),
        (lambda x: sla.null_space(x), "null_space"),
        (lambda x: sla.lu_factor(x), "lu_factor"),
    ],
)
def test_what_has_no_derivative_says_so(call, message):
    with pytest.raises(ag.AutogradError, match=message):
        call(ag.Node(S))


def test_everything_of_scipys_is_here():
    missing = [name for name in scipy.linalg.__all__ if not hasattr(sla, name)]
    assert not missing


@pytest.mark.parametrize("name", "expm logm sqrtm cosm sinm tanm coshm sinhm tanhm".split())
@pytest.mark.parametrize("shape", [(), (1,), (2, 3)])
def test_matrix_functions_take_square_matrices(name, shape):
    """SciPy's sqrtm of a number is the exponential."""
    with pytest.raises(ag.errors.ArgumentError, match="square matrices"):
        getattr(sla, name)(ag.Node(np.ones(shape)))


def test_the_right_side_of_a_matrix_equation_is_a_matrix():
    with pytest.raises(ag.errors.ArgumentError, match="a matrix"):
        sla.solve_sylvester(np.eye(2), np.eye(2), ag.Node(1.0))
