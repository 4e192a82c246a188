"""Every call of a long list, with its keywords, against JAX: value, gradient and tangent.

JAX's numbers are stored beside this file, so that it need not be installed; where it is, a part of
them is computed again. Kinks and ties, where conventions differ, are tested by hand elsewhere.
"""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import scipy as ag_scipy

spec = importlib.util.spec_from_file_location("calls", Path(__file__).with_name("calls.py"))
calls = importlib.util.module_from_spec(spec)
spec.loader.exec_module(calls)

STORED = calls.stored()


def close(ours, theirs, what):
    np.testing.assert_allclose(calls.vector(ours), theirs, rtol=2e-8, atol=1e-9, err_msg=what)


@pytest.mark.parametrize("call", calls.CASES)
def test_value_gradient_and_tangent_are_those_of_jax(call):
    missing = [name for name in re.findall(r"np\.(\w+)", call) if not hasattr(np, name)]
    if missing:
        pytest.skip(f"NumPy {np.__version__} has no {missing[0]}")
    assert call in STORED, "compute the file anew: python tests/autograd_core/oracles/calls.py"
    names = calls.names_of(call)
    xs = [calls.ARGUMENTS[name] for name in names]
    f = calls.function(call, names, np, ag_scipy)
    value, gradient, tangent = STORED[call]
    ours, pullback = ag.vjp(f, *xs)
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
