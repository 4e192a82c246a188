"""``vmap`` over functions of SciPy's: as a loop over SciPy's own, and at once but for solvers."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.batching import batched
from autograd_core.docs.looping import REASONS
from autograd_core.scipy import integrate, linalg, optimize, signal, special, stats

RNG = np.random.default_rng(4)
LOOPED = {name for names in REASONS.values() for name in names}


def near_one(n=3):
    return 0.2 * RNG.normal(size=(n, n)) + np.eye(n)


def definite(n=3):
    a = RNG.normal(size=(n, n))
    return a @ a.T + n * np.eye(n)


def normal(*shape):
    return RNG.normal(size=shape)


def above(low, *shape):
    return low + RNG.uniform(0.1, 1.0, size=shape)


BAND = np.array([[0.0, 0.3, 0.2], [3.0, 3.5, 4.0], [0.1, 0.2, 0.0]])
cubic = lambda x, a: x**3 - a

CASES = {
    **{
        f"scipy.linalg.{name}": (getattr(linalg, name), near_one())
        for name in """expm logm sqrtm cosm sinm tanm coshm sinhm tanhm det inv eigvals norm pinv
        svdvals polar qr""".split()
    },
    "scipy.linalg.block_diag": (linalg.block_diag, near_one(2), near_one(3)),
    "scipy.linalg.cho_solve": (
        lambda a, b: linalg.cho_solve(linalg.cho_factor(a), b),
        definite(),
        normal(3),
    ),
    "scipy.linalg.cholesky": (linalg.cholesky, definite()),
    "scipy.linalg.circulant": (linalg.circulant, normal(3)),
    "scipy.linalg.eigvalsh": (linalg.eigvalsh, definite()),
    "scipy.linalg.hankel": (linalg.hankel, normal(3)),
    "scipy.linalg.lstsq": (lambda a, b: linalg.lstsq(a, b)[0], normal(4, 2), normal(4)),
    "scipy.linalg.lu": (lambda a: linalg.lu(a)[1:], near_one()),
    "scipy.linalg.pinv, atol": (lambda a: linalg.pinv(a, atol=1e-9), near_one()),
    "scipy.linalg.solve": (linalg.solve, near_one(), normal(3)),
    "scipy.linalg.solve, sym": (
        lambda a, b: linalg.solve(a, b, assume_a="sym"),
        definite(),
        normal(3),
    ),
    "scipy.linalg.solve_banded": (lambda a, b: linalg.solve_banded((1, 1), a, b), BAND, normal(3)),
    "scipy.linalg.solveh_banded": (linalg.solveh_banded, BAND[:2], normal(3)),
    "scipy.linalg.solve_sylvester": (linalg.solve_sylvester, near_one(), near_one(), near_one()),
    "scipy.linalg.solve_continuous_lyapunov": (
        linalg.solve_continuous_lyapunov,
        near_one(),
        near_one(),
    ),
    "scipy.linalg.solve_discrete_lyapunov": (
        linalg.solve_discrete_lyapunov,
        near_one() / 2,
        near_one(),
    ),
    "scipy.linalg.solve_triangular": (
        lambda a, b: linalg.solve_triangular(a, b, trans="T", lower=True),
        near_one(),
        normal(3),
    ),
    "scipy.linalg.toeplitz": (linalg.toeplitz, normal(3), normal(2)),
    "scipy.signal.convolve": (signal.convolve, normal(3, 4), normal(2, 2)),
    "scipy.signal.convolve, valid": (
        lambda a, b: signal.convolve(a, b, "valid", "direct"),
        normal(3, 4),
        normal(2, 2),
    ),
    "scipy.signal.convolve, same": (
        lambda a, b: signal.convolve(a, b, "same", "fft"),
        normal(6),
        normal(3),
    ),
    "scipy.signal.correlate": (signal.correlate, normal(5), normal(3)),
    "scipy.signal.fftconvolve": (
        lambda a, b: signal.fftconvolve(a, b, axes=-1),
        normal(2, 4),
        normal(1, 2),
    ),
    "scipy.special.logsumexp": (special.logsumexp, normal(3)),
    "scipy.special.log_softmax": (special.log_softmax, normal(3)),
    "scipy.special.multigammaln": (lambda a: special.multigammaln(a, 2), above(2, 3)),
    "scipy.special.polygamma": (lambda x: special.polygamma(1, x), above(1, 3)),
    "scipy.special.comb": (special.comb, above(4, 3), above(1, 3)),
    "scipy.integrate.trapezoid": (integrate.trapezoid, normal(5)),
    "scipy.integrate.simpson": (integrate.simpson, normal(5)),
    "scipy.integrate.fixed_quad": (
        lambda a: integrate.fixed_quad(lambda x: np.sin(x * a), 0, 1)[0],
        above(1),
    ),
    "scipy.integrate.quad": (
        lambda a: integrate.quad(lambda x, a: np.sin(x * a), 0, 1, args=(a,))[0],
        above(1),
    ),
    "scipy.integrate.odeint": (
        lambda y, a: integrate.odeint(
            lambda y, t, a: -a * y, y, [0.0, 0.5, 1.0], args=(a,), rtol=1e-10, atol=1e-10
        ),
        normal(2),
        above(1),
    ),
    "scipy.optimize.brentq": (lambda a: optimize.brentq(cubic, 0, 3, args=(a,)), above(2)),
    "scipy.optimize.newton": (lambda a: optimize.newton(cubic, 1.0, args=(a,)), above(2)),
    "scipy.optimize.root": (lambda a: optimize.root(cubic, np.ones(2), args=(a,)).x, above(2, 2)),
    "scipy.optimize.fsolve": (lambda a: optimize.fsolve(cubic, np.ones(2), args=(a,)), above(2, 2)),
    **{
        f"scipy.stats.{name}.{method}": (
            getattr(getattr(stats, name), method),
            above(0, 3),
            *shapes,
        )
        for name, *shapes in (
            ("norm", above(0), above(1)),
            ("beta", above(2), above(3)),
            ("gamma", above(2)),
            ("t", above(4)),
            ("weibull_min", above(1)),
        )
        for method in ("logpdf", "cdf", "ppf")
    },
    "scipy.stats.binom.logpmf": (lambda p: stats.binom.logpmf(2, 5, p), above(0)),
    "scipy.stats.dirichlet.logpdf": (
        lambda a: stats.dirichlet.logpdf(np.array([0.2, 0.3, 0.5]), a),
        above(1, 3),
    ),
    "scipy.stats.multivariate_normal.logpdf": (
        stats.multivariate_normal.logpdf,
        normal(3),
        normal(3),
        definite(),
    ),
}


def leaves(out):
    return list(out) if isinstance(out, tuple) else [out]


@pytest.mark.parametrize("name", CASES)
def test_as_the_loop(name):
    f, *one = CASES[name]
    xs = [np.stack([x, 1.01 * x, 1.02 * x]) for x in one]
    with mock.patch.object(batched, "stacked", wraps=batched.stacked) as loop:
        ours = leaves(ag.vmap(f)(*xs))
    assert loop.called == (name in LOOPED)
    each = [leaves(f(*x)) for x in zip(*xs, strict=True)]
    for out, parts in zip(ours, zip(*each, strict=True), strict=True):
        wanted = np.stack(parts)
        assert (out.shape, out.dtype) == (wanted.shape, wanted.dtype)
        np.testing.assert_allclose(out, wanted, rtol=1e-9, atol=1e-11)

    total = lambda *xs: sum(np.sum(np.abs(out) ** 2) for out in leaves(f(*xs)))
    gradient = ag.grad(total, tuple(range(len(xs))))
    each = [gradient(*x) for x in zip(*xs, strict=True)]
    for out, parts in zip(ag.vmap(gradient)(*xs), zip(*each, strict=True), strict=True):
        np.testing.assert_allclose(out, np.stack(parts), rtol=1e-6, atol=1e-8)


def test_a_kernel_that_all_examples_share():
    x, kernel = normal(4, 2, 5), normal(1, 3)
    for convolve in (lambda x, k: signal.convolve(x, k, "full", "direct"), signal.fftconvolve):
        ours, pullback = ag.vjp(ag.vmap(convolve, (0, None)), x, kernel)
        np.testing.assert_allclose(ours, [convolve(each, kernel) for each in x], atol=1e-12)
        slopes = [ag.vjp(convolve, each, kernel)[1](g) for each, g in zip(x, ours, strict=True)]
        by_x, by_kernel = pullback(ours)
        np.testing.assert_allclose(by_x, [s[0] for s in slopes], atol=1e-12)
        np.testing.assert_allclose(by_kernel, sum(s[1] for s in slopes), atol=1e-12)


def test_integers_are_convolved_exactly():
    x = np.array([[2**40, 1, 3], [2**41, 5, 7]])
    ours = ag.vmap(lambda x: signal.convolve(x, np.array([2**12, 1])))(x)
    np.testing.assert_array_equal(ours, [np.convolve(each, [2**12, 1]) for each in x])
