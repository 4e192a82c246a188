"""Values and gradients against JAX and PyTorch.

Away from kinks all agree; where conventions differ (ties, kinks, singular points) the hand-worked
tests decide.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.scipy.special import logsumexp

OPS = ag.ops.every_row()


@pytest.fixture(scope="module")
def jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_disable_most_optimizations", True)  # each function runs once
    return jax


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


def entries(shape, seed=0, low=-2.0, high=2.0):
    """Distinct numbers in a random order: no ties."""
    size = int(np.prod(shape))
    spaced = np.linspace(low, high, size + 2)[1:-1] + 0.013
    return np.random.default_rng(seed).permutation(spaced).reshape(shape)


# Every elementwise row that JAX has by name

JAX_NAMES = [
    op
    for op in OPS
    if op.scalar is not None
    and hasattr(np, op.name)
    and op.name
    not in {
        "clip",
        "where",
        "fabs",
        "float_power",
        "floor",
        "ceil",
        "trunc",
        "rint",
        "sign",
        "floor_divide",
        "ldexp",
        "nextafter",
        "spacing",
        "real",
        "imag",
        "conjugate",
    }
]


@pytest.mark.oracle
@pytest.mark.parametrize("op", JAX_NAMES, ids=lambda op: op.name)
def test_elementwise_rows_against_jax(op, jax):
    theirs = getattr(jax.numpy, op.name)
    args, _ = op.samples[0](np.random.default_rng(3))
    weights = entries(np.broadcast_shapes(*map(np.shape, args)), 5)
    f = lambda np_, *xs: np_.sum(weights * (op if np_ is np else theirs)(*xs))
    which = tuple(range(len(args)))
    value, grads = ag.value_and_grad(lambda *xs: f(np, *xs), which)(*args)
    their_value, their_grads = jax.jit(jax.value_and_grad(lambda *xs: f(jax.numpy, *xs), which))(
        *args
    )
    np.testing.assert_allclose(value, their_value, rtol=1e-12)
    for ours, expected in zip(grads, their_grads, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-11, atol=1e-12)


M = entries((3, 4), 1)
Q = entries((4, 4), 2)
B = entries((2, 3, 4), 3)
V = entries((4,), 4)

COMPOSITIONS = {
    "softmax cross-entropy": (
        lambda np, w: np.mean(np.log(np.sum(np.exp(w), axis=1)) - w[:, 1]),
        M,
    ),
    "network": (lambda np, w: np.sum(np.tanh(np.tanh(w @ Q) @ w.T) ** 2), M),
    "layer norm": (
        lambda np, x: np.sum(
            ((x - np.mean(x, 1, keepdims=True)) / np.std(x, 1, keepdims=True)) ** 3
        ),
        M,
    ),
    "variance": (lambda np, x: np.sum(np.var(x, axis=0, ddof=1) * np.var(x)), M),
    "extremes": (lambda np, x: np.sum(np.max(x, axis=1) * np.min(x, axis=(0, 1))) + np.ptp(x), M),
    "products": (lambda np, x: np.sum(np.prod(x, axis=1)) + np.sum(np.cumprod(x, axis=0)), M),
    "cumulative sums": (
        lambda np, x: np.sum(np.cumsum(x) ** 2) + np.sum(np.cumsum(x, axis=1)[:, 2]),
        M,
    ),
    "clip and where": (
        lambda np, x: np.sum(np.where(x > 0.1, np.clip(x, -0.5, 0.9) ** 2, np.sin(x))),
        M,
    ),
    "joins": (
        lambda np, x: (
            np.sum(np.concatenate([x, x**2], axis=1)[:, ::3]) + np.sum(np.stack([x, x * 2], 1) ** 2)
        ),
        M,
    ),
    "stacks": (
        lambda np, x: (
            np.sum(np.vstack([x, x[0]]) @ np.hstack([V, V[:0]])) + np.sum(np.dstack([x, x]) ** 2)
        ),
        M,
    ),
    "splits": (lambda np, x: sum(np.sum(p**k) for k, p in enumerate(np.split(x, 2, axis=1), 1)), M),
    "uneven split": (
        lambda np, x: sum(np.sum(p**k) for k, p in enumerate(np.array_split(x, 3, axis=1), 1)),
        M,
    ),
    "axes": (lambda np, x: np.sum(np.moveaxis(x, 0, -1)[1] * np.swapaxes(x, 0, 2)[:, 1] * 2), B),
    "reshapes": (lambda np, x: np.sum(np.reshape(x, (4, -1))[1] * np.ravel(x)[::4]), B),
    "fortran order": (
        lambda np, x: np.sum(np.reshape(x, (4, 6), order="F")[1] * np.ravel(x, order="F")[:6]),
        B,
    ),
    "flips": (lambda np, x: np.sum(np.flip(x, 1) * x) + np.sum(np.flip(x)[0] ** 2), B),
    "dot": (lambda np, x: np.sum(np.dot(x, Q) ** 2) + np.sum(np.dot(B, x.T)), M),
    "inner and outer": (lambda np, x: np.sum(np.inner(x, Q) ** 2) + np.sum(np.outer(x, V) ** 2), M),
    "tensordot": (
        lambda np, x: (
            np.sum(np.tensordot(B, x, axes=([1, 2], [0, 1])) ** 2) + np.sum(np.tensordot(x, Q, 1))
        ),
        M,
    ),
    "vdot and trace": (
        lambda np, x: np.vdot(x, x) * np.trace(x, offset=1) + np.sum(np.diagonal(x, -1) ** 2),
        M,
    ),
    "batched matmul": (lambda np, x: np.sum((B @ x @ B.transpose(0, 2, 1)) ** 2), Q),
    "matmul of vectors": (lambda np, x: (V @ x) @ (x @ V) + np.sum(B @ (x @ V)), Q),
    "indexing": (
        lambda np, x: np.sum(x[1:, ::2] ** 2) + np.sum(x[[0, 2, 2], [1, 3, 3]] ** 3) + x[-1, -2],
        M,
    ),
    "take": (lambda np, x: np.sum(np.take(x, np.array([0, 3, 3]), axis=1) ** 2), M),
    "powers": (lambda np, x: np.sum((x**2 + 1) ** x) + np.sum(2.0**x) + np.sum(x**3), M),
    "logaddexp": (lambda np, x: np.sum(np.logaddexp(x, x.T) * np.logaddexp2(x, 0.3)), Q),
    "broadcasts": (
        lambda np, x: np.sum(np.broadcast_to(x, (2, 3, 4)) * B) + np.sum(x * V + x[:, :1] * V),
        M,
    ),
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", COMPOSITIONS)
def test_compositions_against_jax(name, jax):
    f, x = COMPOSITIONS[name]
    t = entries(x.shape, 9)
    both = jax.value_and_grad(lambda x: f(jax.numpy, x))
    (their_value, theirs), (_, hvp) = jax.jit(lambda x, t: jax.jvp(both, (x,), (t,)))(x, t)
    value, g = ag.value_and_grad(lambda x: f(np, x))(x)
    np.testing.assert_allclose(value, their_value, rtol=1e-11)
    np.testing.assert_allclose(g, theirs, rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(ag.hvp(lambda x: f(np, x))(x, t), hvp, rtol=1e-9, atol=1e-9)


@pytest.mark.oracle
def test_hessian_against_jax(jax):
    f = lambda np, x: np.sum(np.tanh(x @ Q) * np.exp(x[::-1])) + np.prod(x)
    ours = ag.hessian(lambda x: f(np, x))(V)
    np.testing.assert_allclose(ours, jax.jit(jax.hessian(lambda x: f(jax.numpy, x)))(V), rtol=1e-10)
    np.testing.assert_allclose(ours, ours.T, rtol=1e-12)


@pytest.mark.oracle
def test_logsumexp_against_jax(jax):
    for axis in (None, 0, 1):
        g = ag.grad(lambda x, axis=axis: np.sum(logsumexp(x, axis) ** 2))(M)
        theirs = jax.jit(
            jax.grad(lambda x, axis=axis: jax.numpy.sum(jax.scipy.special.logsumexp(x, axis) ** 2))
        )(M)
        np.testing.assert_allclose(g, theirs, rtol=1e-11)


COMPLEX = {
    "abs": (lambda np, z: np.sum(np.abs(z) ** 3)),
    "holomorphic": (lambda np, z: np.sum(np.real(np.exp(z) * np.sin(z) / (z + 3)))),
    "products": (lambda np, z: np.abs(np.sum(z @ z.T))),
    "parts": (lambda np, z: np.sum(np.real(z) * np.imag(z) ** 2)),
    "conjugate": (lambda np, z: np.sum(np.real(np.conj(z) * z**2))),
    "powers": (lambda np, z: np.sum(np.abs(z ** (1.5 + 0.5j)))),
    "roots and logarithms": (lambda np, z: np.sum(np.imag(np.sqrt(z) * np.log(z)))),
    "hyperbolic": (lambda np, z: np.sum(np.real(np.tanh(z) + np.cosh(z) * 1j))),
    "product": (lambda np, z: np.abs(np.prod(z[0]))),
    "mixed with real": (
        lambda np, z: np.sum(np.abs(z * np.real(z)) ** 2) + np.sum(np.real(z[:, 0]) * 2)
    ),
    "variance": (lambda np, z: np.var(z) + np.sum(np.abs(np.mean(z, axis=0)))),
    "einsum": (lambda np, z: np.abs(np.einsum("ij,kj->", z, np.conj(z)))),
}


@pytest.mark.oracle
@pytest.mark.parametrize("name", COMPLEX)
def test_complex_convention_against_torch(name, torch):
    """PyTorch gives dL/d Re z + i dL/d Im z; JAX its conjugate."""
    f = COMPLEX[name]
    z = M + 1j * entries((3, 4), 7)
    theirs = torch.tensor(z, requires_grad=True)
    f(Torch(torch), theirs).backward()
    value, g = ag.value_and_grad(lambda z: f(np, z))(z)
    np.testing.assert_allclose(value, f(Torch(torch), theirs).detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(g, theirs.grad.resolve_conj().numpy(), rtol=1e-11, atol=1e-12)


@pytest.mark.oracle
@pytest.mark.parametrize("name", COMPLEX)
def test_complex_convention_against_the_conjugate_of_jax(name, jax):
    f = COMPLEX[name]
    z = M + 1j * entries((3, 4), 7)
    g = ag.grad(lambda z: f(np, z))(z)
    np.testing.assert_allclose(
        g, np.conj(jax.jit(jax.grad(lambda z: f(jax.numpy, z)))(z)), rtol=1e-11, atol=1e-12
    )


class Torch:
    """torch under NumPy's names, as far as the functions above use them."""

    def __init__(self, torch):
        self.torch = torch

    def __getattr__(self, name):
        return getattr(self.torch, name)

    def mean(self, x, axis=None):
        return self.torch.mean(x) if axis is None else self.torch.mean(x, dim=axis)

    def var(self, x):
        return self.torch.var(x, correction=0)
