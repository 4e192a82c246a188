"""numpy.fft on Nodes: every function, odd and even, cut and continued, scaled each way."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

REAL = np.random.default_rng(1).normal(size=(4, 3, 5))
COMPLEX = REAL + 1j * np.random.default_rng(2).normal(size=(4, 3, 5))
TAKES = {"rfft": REAL, "ihfft": REAL, "rfft2": REAL, "rfftn": REAL}
SINGLE = ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"]
SEVERAL = ["fft2", "ifft2", "fftn", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn"]


def checked(f, x, agrees):
    """First derivatives suffice: the transforms are linear, and the table tests the rows."""
    agrees(f, x, order=1, narrow=False)
    thin = x.astype(np.complex64 if x.dtype.kind == "c" else np.float32)
    node = ag.Node(thin)
    out = f(node)
    assert out.dtype == f(thin).dtype
    seed = np.ones(out.shape, out.dtype)
    out.backward(seed)
    assert node.grad.dtype == thin.dtype


@pytest.mark.parametrize("name", SINGLE)
@pytest.mark.parametrize("norm", [None, "backward", "ortho", "forward"])
@pytest.mark.parametrize("n", [None, 1, 2, 5, 6, 9])
def test_one_axis(name, norm, n, agrees):
    x = TAKES.get(name, COMPLEX)
    checked(lambda x: getattr(np.fft, name)(x, n, -1, norm), x[0, :2], agrees)


@pytest.mark.parametrize("name", SINGLE)
def test_any_axis(name, agrees):
    checked(lambda x: getattr(np.fft, name)(x, axis=0, n=3), TAKES.get(name, COMPLEX), agrees)


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"axes": (0, 2), "norm": "ortho"},
        {"s": (3, 6), "axes": (-1, 0)},
        {"s": (-1, 4), "axes": (1, 2), "norm": "forward"},
        {"axes": (1, 1)},
        {"axes": (2,)},
    ],
)
def test_several_axes(name, params, agrees):
    checked(lambda x: getattr(np.fft, name)(x, **params), TAKES.get(name, COMPLEX), agrees)


@pytest.mark.parametrize("name", ["fftshift", "ifftshift"])
@pytest.mark.parametrize("axes", [None, 1, (0, -1)])
def test_shifts(name, axes, agrees):
    checked(lambda x: getattr(np.fft, name)(x, axes), COMPLEX, agrees)


def test_a_real_variable_has_a_real_gradient():
    x = np.arange(6.0)
    for f in (np.fft.fft, np.fft.rfft, np.fft.ihfft):
        g = ag.grad(lambda x, f=f: np.sum(np.abs(f(x)) ** 2))(x)
        assert g.dtype == np.float64
    power = ag.grad(lambda x: np.sum(np.abs(np.fft.fft(x)) ** 2))(x)
    np.testing.assert_allclose(power, 2 * 6 * x, atol=1e-12)  # Parseval


def test_the_gradient_of_a_complex_variable_is_that_of_its_parts():
    z = COMPLEX[0, 0]
    f = lambda z: np.sum(np.real(np.fft.fft(z)) ** 2)
    by_parts = ag.grad(lambda re, im: f(re + 1j * im), (0, 1))(z.real, z.imag)
    np.testing.assert_allclose(ag.grad(f)(z), by_parts[0] + 1j * by_parts[1], atol=1e-12)


def test_plain_queries_and_what_is_refused():
    x = ag.Node(REAL[0])
    assert type(np.fft.fftfreq(4)) is np.ndarray
    for call, message in [
        (lambda: np.fft.fft(x, out=np.zeros((3, 5), complex)), "out"),
        (lambda: np.fft.rfftn(x, out=np.zeros((3, 3), complex)), "out"),
        (lambda: np.fft.fft(x, norm="unit"), "norm"),
        (lambda: np.fft.fft(x, 0), "data points"),
        (lambda: np.fft.fftn(x, s=(2, 2)), "axes with s"),
        (lambda: np.fft.fftn(x, s=(2, 2), axes=(0,)), "equal numbers"),
        (lambda: np.fft.rfft(x + 1j), "rfft"),
    ]:
        with pytest.raises(ag.AutogradError, match=message):
            call()
    with pytest.raises(np.exceptions.AxisError):
        np.fft.fft(x, axis=2)
