"""exp, log and their kin against the long double functions of the C library: at most 3 units."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(
    np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps, reason="long double is no longer"
)
FUNCTIONS = [np.exp, np.expm1, np.log, np.log1p, np.tanh]


def arguments(rng, dtype):
    """Numbers of all sizes, where each function does something else."""
    info = np.finfo(dtype)
    top = float(np.log(info.max))
    sizes = 10.0 ** rng.uniform(np.log10(float(info.tiny)) / 2, 2.0, 20_000)
    signed = sizes * rng.choice([-1, 1], 20_000)
    ends = np.concatenate([rng.uniform(-top, top, 20_000), rng.uniform(-1, 1, 20_000)])
    subnormal = np.array([info.smallest_subnormal, info.tiny / 3, info.tiny, info.max])
    near = np.concatenate([1 + rng.uniform(-1, 1, 5000) * 1e-3, signed, ends])
    special = [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, top, -top, 2 * top, -2 * top]
    return np.concatenate([near.astype(dtype), subnormal.astype(dtype), np.array(special, dtype)])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_within_three_units_in_the_last_place(write, native, rng, dtype):
    x = arguments(rng, dtype)
    var = write.input(x)
    results = [write(f, var) for f in FUNCTIONS]
    for f, got in zip(FUNCTIONS, native.runner(write.program(*results))(x), strict=True):
        exact = f(x.astype(np.longdouble))
        want = exact.astype(dtype)
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want), err_msg=f.__name__)
        np.testing.assert_array_equal(got[np.isinf(want)], want[np.isinf(want)])
        finite = np.isfinite(want)
        unit = np.spacing(np.abs(want[finite])).astype(np.longdouble)
        off = np.abs(got[finite] - exact[finite]) / unit
        assert off.max() <= 3, (f.__name__, x[finite][off.argmax()])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_sigmoid_written_out_keeps_its_tails(write, native):
    x = np.array([-1000.0, -700.0, -40.0, 0.0, 40.0, 1000.0, np.nan, np.inf, -np.inf])
    y = write(
        np.true_divide, 1.0, write(np.add, 1.0, write(np.exp, write(np.negative, write.input(x))))
    )
    got = native.runner(write.program(y))(x)[0]
    np.testing.assert_allclose(got, write.values[y], rtol=1e-14)
