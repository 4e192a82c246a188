"""``scipy.fft`` of Nodes."""

import numpy as np
import pytest
import scipy.fft

import autograd_core as ag
from autograd_core.scipy import fft

X = np.array([[1.0, -0.4, 2.0, 0.3], [0.2, 0.9, -1.1, 0.5]])


@pytest.mark.parametrize(
    "name", "fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn".split()
)
def test_transforms(name):
    ours, theirs = getattr(fft, name), getattr(scipy.fft, name)
    for more in ({}, {"norm": "ortho", "workers": 1}):
        np.testing.assert_allclose(ours(ag.Node(X), **more).value, theirs(X, **more), atol=1e-13)
        np.testing.assert_array_equal(ours(X, **more), theirs(X, **more))
    assert ag.check_grads(ours, (X,)) < 1e-6


def test_lengths_and_refusals():
    got = fft.fftn(ag.Node(X), s=(3,)).value
    np.testing.assert_allclose(got, scipy.fft.fftn(X, s=(3,)), atol=1e-13)
    got = fft.fft(ag.Node(X), 3, 0).value
    np.testing.assert_allclose(got, scipy.fft.fft(X, 3, 0), atol=1e-13)
    with pytest.raises(TypeError, match=r"scipy\.fft\.fft of a Node does not support plan"):
        fft.fft(ag.Node(X), plan=1)
    with pytest.raises(ag.NotDifferentiableError, match=r"scipy\.fft\.dct"):
        fft.dct(ag.Node(X))
