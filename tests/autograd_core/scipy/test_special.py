"""``autograd_core.scipy``: SciPy's names, against SciPy."""

import numpy as np
import pytest
import scipy.special

import autograd_core as ag
from autograd_core.scipy import special

X = np.array([[0.5, -1.0, 2.0], [3.0, 1000.0, 999.0]])


@pytest.mark.parametrize("axis", [None, 0, 1, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_logsumexp_is_scipys(axis, keepdims):
    wanted = scipy.special.logsumexp(X, axis=axis, keepdims=keepdims)
    np.testing.assert_allclose(
        special.logsumexp(ag.Node(X), axis=axis, keepdims=keepdims).value, wanted
    )
    np.testing.assert_allclose(special.logsumexp(X, axis=axis, keepdims=keepdims), wanted)


def test_the_gradient_of_logsumexp_is_the_softmax():
    gradient = ag.grad(special.logsumexp)(X)
    np.testing.assert_allclose(gradient, scipy.special.softmax(X), rtol=1e-12)


def test_weights():
    b = np.array([1.0, 2.0, 0.5])
    np.testing.assert_allclose(
        special.logsumexp(ag.Node(X), axis=1, b=b).value, scipy.special.logsumexp(X, axis=1, b=b)
    )
