"""Gradients of linear algebra and Fourier transforms against PyTorch, both modes' against JAX's.

Only functions that no sign, phase or order of vectors changes, where both are defined.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

pytestmark = pytest.mark.oracle

rng = np.random.default_rng(7)
STACK = 0.4 * rng.normal(size=(2, 3, 3)) + np.diag([1.0, 2.0, 3.5])
TALL, WIDE = STACK[..., :2], STACK[..., :2, :]
PHASED = STACK + 0.3j * rng.normal(size=(2, 3, 3))
LONG = rng.normal(size=(4, 5)) + 1j * rng.normal(size=(4, 5))


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch")


@pytest.fixture(scope="module")
def jax():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_disable_most_optimizations", True)  # each function runs once
    return jax


def hermitian(x):
    return x + x.conj().swapaxes(-1, -2)


def definite(x):
    return x @ x.conj().swapaxes(-1, -2)


LINALG = {
    "solve": lambda m, x: m.linalg.solve(x, hermitian(x)),
    "inv": lambda m, x: m.linalg.inv(x),
    "pinv": lambda m, x: m.linalg.pinv(x[..., :2]),
    "pinv wide": lambda m, x: m.linalg.pinv(x[..., :2, :]),
    "det": lambda m, x: m.linalg.det(x),
    "slogdet": lambda m, x: m.linalg.slogdet(x)[1],
    "cholesky": lambda m, x: m.linalg.cholesky(definite(x)),
    "qr": lambda m, x: m.linalg.qr(x)[0] @ hermitian(m.linalg.qr(x)[1]),
    "qr tall": lambda m, x: m.linalg.qr(x[..., :2])[1],
    "eigvalsh": lambda m, x: m.linalg.eigvalsh(hermitian(x)),
    "eigenprojections": lambda m, x: abs(m.linalg.eigh(hermitian(x))[1]) ** 2,
    "eigvals": lambda m, x: m.linalg.eigvals(x).sum() ** 2 + (m.linalg.eigvals(x) ** 3).sum(),
    "eigenvectors of any matrix": lambda m, x: abs(m.linalg.eig(x)[1]) ** 2,
    "singular values": lambda m, x: m.linalg.svd(x[..., :2], False)[1],
    "singular vectors": lambda m, x: abs(m.linalg.svd(x, False)[0]) ** 2,
    "low rank": lambda m, x: low_rank(*m.linalg.svd(x, False)),
    "polar": lambda m, x: (lambda u, s, vh: u @ vh)(*m.linalg.svd(x, False)),
    "matrix_power": lambda m, x: m.linalg.matrix_power(x, -3),
    "norm 1": lambda m, x: m.linalg.norm(x[0], 1),
    "norm nuc": lambda m, x: m.linalg.norm(x[0], "nuc"),
    "norm 2": lambda m, x: m.linalg.norm(x[0], 2),
    "norm -2": lambda m, x: m.linalg.norm(x[0], -2),
    "cond": lambda m, x: m.linalg.cond(x),
    "multi_dot": lambda m, x: m.linalg.multi_dot([x[0], x[1], x[0]]),
}


def low_rank(u, s, vh):
    return (u[..., :, :2] * s[..., None, :2]) @ vh[..., :2, :]


def scalar(m, f, x):
    """A real number that every entry of the result moves, in its own measure."""
    out = f(m, x)
    parts = [out.real, out.imag] if "complex" in str(out.dtype) else [out]
    total = 0.0
    for k, part in enumerate(parts):
        flat = part.reshape(-1)
        weights = np.linspace(-1.0 + k, 2.0, int(np.prod(flat.shape)))
        total = total + (flat * type_of(m)(weights)).sum()
    return total


def type_of(m):
    return m.from_numpy if m.__name__ == "torch" else np.asarray


@pytest.mark.parametrize("name", LINALG)
@pytest.mark.parametrize("x", [STACK, PHASED], ids=["real", "complex"])
def test_linalg_against_torch(name, x, torch):
    f = LINALG[name]
    leaf = torch.tensor(x, requires_grad=True)
    value = scalar(torch, f, leaf)
    value.backward()
    ours, g = ag.value_and_grad(lambda x: scalar(np, f, x))(x)
    np.testing.assert_allclose(ours, value.item(), rtol=1e-10)
    np.testing.assert_allclose(g, leaf.grad.numpy(), rtol=1e-8, atol=1e-9)


FFT = [
    ("fft", {}),
    ("ifft", {"n": 7, "norm": "ortho"}),
    ("rfft", {"n": 4, "norm": "forward"}),
    ("rfft", {"n": 7}),
    ("irfft", {}),
    ("irfft", {"n": 5, "norm": "ortho"}),
    ("hfft", {"n": 6}),
    ("ihfft", {"norm": "ortho"}),
    ("fft2", {"norm": "forward"}),
    ("ifftn", {}),
    ("rfftn", {}),
    ("irfft2", {}),
    ("irfftn", {"norm": "ortho"}),
    ("fftshift", {}),
]


@pytest.mark.parametrize(("name", "params"), FFT)
def test_fft_against_torch(name, params, torch):
    x = LONG.real if name in ("rfft", "ihfft", "rfftn") else LONG
    f = lambda m, x: getattr(m.fft, name)(x, **params)
    leaf = torch.tensor(x, requires_grad=True)
    scalar(torch, f, leaf).backward()
    g = ag.grad(lambda x: scalar(np, f, x))(x)
    np.testing.assert_allclose(g, leaf.grad.numpy(), rtol=1e-10, atol=1e-11)


BY_JAX = ["qr", "low rank"]


@pytest.mark.parametrize("name", BY_JAX)
def test_linalg_of_both_modes_against_jax(name, jax):
    f, t = LINALG[name], np.cos(np.arange(18.0)).reshape(2, 3, 3)
    theirs = lambda x: scalar(jax.numpy, f, x)
    ours = lambda x: scalar(np, f, x)
    moved = jax.jit(lambda x, t: jax.jvp(theirs, (x,), (t,))[1])(STACK, t)
    np.testing.assert_allclose(ag.jvp(ours, (STACK,), (t,))[1], moved, rtol=1e-8, atol=1e-9)
    second = jax.jit(lambda x, t: jax.jvp(jax.grad(theirs), (x,), (t,))[1])(STACK, t)
    np.testing.assert_allclose(ag.hvp(ours)(STACK, t), second, rtol=1e-6, atol=1e-7)
