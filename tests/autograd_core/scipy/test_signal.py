"""autograd_core.scipy.signal: convolutions in any dimension, every mode and method."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

pytest.importorskip("scipy")
import scipy.signal

import autograd_core.scipy.signal as ours

rng = np.random.default_rng(0)
PAIRS = {
    "lines": (rng.normal(size=5), rng.normal(size=3)),
    "short first": (rng.normal(size=2), rng.normal(size=5)),
    "images": (rng.normal(size=(4, 3)), rng.normal(size=(2, 3))),
    "smaller image first": (rng.normal(size=(2, 2)), rng.normal(size=(3, 4))),
    "complex": (rng.normal(size=(3, 3)) + 1j, rng.normal(size=(2, 2)) * (1 - 2j)),
    "volumes": (rng.normal(size=(3, 2, 2)), rng.normal(size=(2, 2, 1))),
}


def checked(name, x, y, agrees, *args, **params):
    theirs = getattr(scipy.signal, name)(x, y, *args, **params)
    out = getattr(ours, name)(ag.Node(x), ag.Node(y), *args, **params)
    np.testing.assert_allclose(out.value, theirs, rtol=1e-12, atol=1e-12)
    narrow = x.dtype.kind == "f"
    f = lambda x, y: getattr(ours, name)(x, y, *args, **params)
    agrees(f, x, y, narrow=narrow, tolerance=1e-12)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
@pytest.mark.parametrize("method", ["direct", "fft", "auto"])
def test_modes_and_methods(pair, mode, name, method, agrees):
    checked(name, *PAIRS[pair], agrees, mode, method)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("axes", [None, -1, (0, 2)])
def test_fftconvolve_broadcasts_the_axes_it_is_not_over(mode, axes, agrees):
    x, y = rng.normal(size=(3, 2, 4)), rng.normal(size=(2, 2, 3))
    if axes == -1:
        y = y[:1]
    checked("fftconvolve", x, y, agrees, mode, axes)


def test_plain_arguments_are_scipys_business():
    x, y = PAIRS["images"]
    np.testing.assert_array_equal(ours.convolve(x, y), scipy.signal.convolve(x, y))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: ours.convolve(x, x, "some"), "mode"),
        (lambda x: ours.convolve(x, x, method="quick"), "method"),
        (lambda x: ours.convolve(x, x[0]), "as many axes"),
        (lambda x: ours.convolve(x[:1], x[:, :1], "valid"), "one array larger"),
        (lambda x: ours.lfilter([1.0], [1.0], x), "lfilter"),
    ],
)
def test_what_is_not_supported_says_so(call, message):
    with pytest.raises(ag.AutogradError, match=message):
        call(ag.Node(np.ones((2, 3))))


@pytest.mark.parametrize("shapes", [((0,), (3,)), ((3,), (0,)), ((0, 2), (2, 2))])
def test_fftconvolve_of_nothing_is_empty(shapes):
    x, y = map(np.ones, shapes)
    value, pullback = ag.vjp(ours.fftconvolve, x, y)
    assert value.shape == scipy.signal.fftconvolve(x, y).shape == (0,)
    for c, shape in zip(pullback(value), shapes, strict=True):
        np.testing.assert_array_equal(c, np.zeros(shape))
