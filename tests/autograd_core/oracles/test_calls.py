"""Every call of a long list, with its keywords, against JAX: value, gradient and tangent.

JAX's numbers are stored beside this file, so that it need not be installed; where it is, a part of
them is computed again. Kinks and ties, where conventions differ, are tested by hand elsewhere.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import scipy as ag_scipy

spec = importlib.util.spec_from_file_location("calls", Path(__file__).with_name("calls.py"))
calls = importlib.util.module_from_spec(spec)
spec.loader.exec_module(calls)

STORED = calls.stored()
PENDING = set(
    """
    sp.linalg.block_diag sp.linalg.cho_solve sp.linalg.cholesky sp.linalg.expm sp.linalg.solve
    sp.linalg.solve_triangular sp.signal.convolve sp.signal.correlate sp.signal.fftconvolve
    sp.special.beta sp.special.betainc sp.special.betaln sp.special.digamma sp.special.entr
    sp.special.erf sp.special.erfc sp.special.erfinv sp.special.expit sp.special.gamma
    sp.special.gammainc sp.special.gammaincc sp.special.gammaln sp.special.i0 sp.special.i0e
    sp.special.i1 sp.special.i1e sp.special.kl_div sp.special.log_ndtr sp.special.log_softmax
    sp.special.logit sp.special.multigammaln sp.special.ndtr sp.special.ndtri
    sp.special.polygamma sp.special.rel_entr sp.special.softmax sp.special.xlog1py
    sp.special.xlogy sp.special.zeta sp.stats.bernoulli.logpmf sp.stats.beta.logpdf
    sp.stats.chi2.logpdf sp.stats.dirichlet.logpdf sp.stats.expon.logpdf sp.stats.gamma.logpdf
    sp.stats.laplace.cdf sp.stats.laplace.logpdf sp.stats.logistic.cdf
    sp.stats.logistic.logpdf sp.stats.multivariate_normal.logpdf sp.stats.norm.cdf
    sp.stats.norm.logcdf sp.stats.norm.logpdf sp.stats.norm.pdf sp.stats.norm.sf
    sp.stats.poisson.logpmf sp.stats.t.logpdf sp.stats.uniform.logpdf
    """.split()
)
"""Functions that will have a rule, and have none yet."""


def close(ours, theirs, what):
    np.testing.assert_allclose(calls.vector(ours), theirs, rtol=2e-8, atol=1e-9, err_msg=what)


@pytest.mark.parametrize("call", calls.CASES)
def test_value_gradient_and_tangent_are_those_of_jax(call):
    assert call in STORED, "compute the file anew: python tests/autograd_core/oracles/calls.py"
    names = calls.names_of(call)
    xs = [calls.ARGUMENTS[name] for name in names]
    f = calls.function(call, names, np, ag_scipy)
    value, gradient, tangent = STORED[call]
    try:
        ours, pullback = ag.vjp(f, *xs)
    except (ag.NotDifferentiableError, AttributeError) as error:
        if not any(f"{name}(" in call for name in PENDING):
            raise
        pytest.skip(f"waits for its rule: {error}")
    close(ours, value, "value")
    close(pullback(calls.directions(ours, 2)), gradient, "gradient")
    close(ag.jvp(f, xs, calls.directions(xs, 1))[1], tangent, "tangent")


def test_the_file_is_of_this_list():
    assert list(STORED) == calls.CASES
    assert len(set(calls.CASES)) > 400


@pytest.mark.oracle
def test_jax_still_gives_these_numbers():
    pytest.importorskip("jax")
    some = calls.CASES[::40]
    for call, ours in zip(some, calls.by_jax(some), strict=True):
        for stored, now in zip(STORED[call], ours, strict=True):
            np.testing.assert_allclose(stored, now, rtol=1e-9, atol=1e-12)
