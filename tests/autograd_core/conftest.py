"""What the tests of NumPy's functions share: a call agrees with NumPy, and its derivatives hold."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag


def parts_of(result):
    return list(result) if isinstance(result, tuple | list) else [result]


def same(ours, theirs, tolerance):
    for x, y in zip(parts_of(ours), parts_of(theirs), strict=True):
        x = getattr(x, "value", x)
        assert np.shape(x) == np.shape(y)
        assert np.asarray(x).dtype == np.asarray(y).dtype
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance)


@pytest.fixture
def agrees():
    """Check a function at arrays: values and dtypes are NumPy's, derivatives right to an order."""

    def check(f, *args, order=2, narrow=True, tolerance=1e-13):
        result = f(*map(ag.Node, args))
        assert any(isinstance(x, ag.Node) for x in parts_of(result))
        same(result, f(*args), tolerance)
        if narrow:
            thin = [np.asarray(x).astype(np.float32) for x in args]
            same(f(*map(ag.Node, thin)), f(*thin), 1e-5)
        assert ag.check_grads(f, args, order=order) < 1e-6

    return check
