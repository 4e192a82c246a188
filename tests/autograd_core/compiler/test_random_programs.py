"""Random programs of 1 to 60 operations, gradients included: compiled they are as they were."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.compiler.native import available

CONSTANT = np.random.default_rng(7).normal(size=(4, 4)) / 2

UNARY = [
    np.sin,
    np.tanh,
    np.negative,
    np.square,
    np.abs,
    lambda x: np.exp(-x * x),
    lambda x: np.sqrt(x * x + 1),
    lambda x: np.log1p(x * x),
    lambda x: 1 / (1 + np.exp(-x)),
    lambda x: x**3,
    lambda x: np.clip(x, -0.7, 0.9),
    lambda x: np.where(x > 0.1, x, 0.5 * x),
    lambda x: np.maximum(x, 0),
    lambda x: np.sum(x, axis=-1, keepdims=True),
    lambda x: np.mean(x, axis=0, keepdims=True),
    lambda x: np.max(x, axis=-1, keepdims=True),
    lambda x: x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True)),
    lambda x: np.cumsum(x, axis=-1) / 4,
    lambda x: x[..., ::-1],
    lambda x: x[:, np.array([0, 0, -1])] if x.shape[-1] > 1 else x,
    lambda x: np.concatenate([x, x * 2], axis=0)[1 : 1 + x.shape[0]],
    lambda x: np.reshape(np.ravel(x) + 1, x.shape),
    lambda x: np.einsum("ij,ij->i", x, x)[:, None] / 4,
    lambda x: np.broadcast_to(x, (3, 4)) @ CONSTANT if x.shape[-1] in (1, 4) else x,
    lambda x: x.T @ x / 4 if x.shape == (3, 3) else x,
    lambda x: x.at[0].multiply(0.5) if isinstance(x, ag.Node) else np.vstack([x[:1] / 2, x[1:]]),
]
BINARY = [
    np.add,
    np.subtract,
    np.multiply,
    np.maximum,
    np.minimum,
    np.hypot,
    np.arctan2,
    lambda x, y: x / (1 + y * y),
    lambda x, y: np.where(x > y, x, y * 2),
    lambda x, y: np.logaddexp(x, y),
]


def small(x):
    """Numbers that stay where differences of last digits do not grow."""
    return np.tanh(x) if np.ndim(x) else x


def program(choices):
    """A function of two arrays; each choice is an operation and what it is applied to."""

    def f(x, y):
        pool = [x, y]
        for kind, which, i, j in choices:
            a, b = pool[i % len(pool)], pool[j % len(pool)]
            fits = all(n == m or 1 in (n, m) for n, m in zip(a.shape, b.shape, strict=True))
            if kind == 0 or not fits:
                new = UNARY[which % len(UNARY)](a)
            else:
                new = BINARY[which % len(BINARY)](a, b)
            pool.append(small(new))
        return sum(np.sum(p * (k + 1)) for k, p in enumerate(pool[-3:]))

    return f


STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=60,
)


def check(choices, single, backend):
    f = ag.value_and_grad(program(choices), argnums=(0, 1))
    compiled = ag.compile(f, backend=backend, strict=True)
    kind = np.float32 if single else np.float64
    rng = np.random.default_rng(len(choices))
    for _ in range(4):
        x, y = (rng.normal(size=(3, n)).astype(kind) for n in (4, 1))
        (value, grads), (got, found) = f(x, y), compiled(x, y)
        # rounding is carried through up to 60 operations
        tolerance = {"rtol": 2e-3, "atol": 2e-3} if single else {"rtol": 1e-10, "atol": 1e-10}
        np.testing.assert_allclose(got, value, **tolerance)
        for g, h in zip(grads, found, strict=True):
            assert g.dtype == h.dtype == kind
            np.testing.assert_allclose(h, g, **tolerance)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(STEPS, st.booleans())
def test_numpy(choices, single):
    check(choices, single, "numpy")


@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@settings(max_examples=8, deadline=None, derandomize=True)
@given(STEPS, st.booleans())
def test_native(choices, single):
    check(choices, single, "native")


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, derandomize=True)
@given(STEPS, st.booleans())
def test_many_in_numpy(choices, single):
    check(choices, single, "numpy")


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="llvmlite is not installed")
@settings(max_examples=200, deadline=None, derandomize=True)
@given(STEPS, st.booleans())
def test_many_native(choices, single):
    check(choices, single, "native")
