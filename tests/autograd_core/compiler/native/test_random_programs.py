"""Random programs: whatever lines meet, the native result is NumPy's."""

from __future__ import annotations

import importlib.util
import operator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograd_core.compiler.program import put, put_add

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="needs the extra jit"
)
UNARY = [np.tanh, np.exp, np.negative, np.square, np.absolute, np.sin, np.log1p]
BINARY = [np.add, np.multiply, np.subtract, np.maximum, np.minimum]


def line(draw, write, pool):
    """One more line, of what is there."""
    x = draw(st.sampled_from(pool))
    kind = draw(st.integers(0, 9))
    same = [y for y in pool if y.shape == x.shape]
    if kind <= 1:
        return write(draw(st.sampled_from(UNARY)), x)
    if kind <= 3:
        fits = [y for y in pool if broadcasts(x.shape, y.shape)]
        return write(draw(st.sampled_from(BINARY)), x, draw(st.sampled_from(fits)))
    if kind == 4 and x.shape:
        axes = draw(st.sets(st.integers(0, len(x.shape) - 1)))
        fold = draw(st.sampled_from([np.add, np.maximum])).reduce
        return write(fold, x, axis=tuple(sorted(axes)), keepdims=draw(st.booleans()))
    if kind == 5 and x.shape:
        cuts = [slice(None), slice(None, None, -1), slice(0, 2), slice(1, None), 0]
        index = tuple(draw(st.sampled_from(cuts)) for _ in x.shape)
        return write(operator.getitem, x, index)
    if kind == 6 and x.shape:
        order = draw(st.permutations(range(len(x.shape))))
        turned = write(np.transpose, x, tuple(order))
        return write(np.reshape, turned, (x.size,)) if draw(st.booleans()) else turned
    if kind == 7 and len(x.shape) == 2:
        return write(np.dot, x, write(np.transpose, draw(st.sampled_from(same)), (1, 0)))
    if kind == 8 and x.shape:
        index = np.array(draw(st.lists(st.integers(-x.shape[0], x.shape[0] - 1), max_size=5)), int)
        if draw(st.booleans()):
            return write(operator.getitem, x, (index,))
        return write(put_add, x, index, 1.5)
    if kind == 9 and x.shape:
        if draw(st.booleans()):
            return write(np.concatenate, (x, draw(st.sampled_from(same))), axis=0)
        y = draw(st.sampled_from(same))
        return write(put, x, write(operator.getitem, y, 0), ((operator.getitem, (-1,)),))
    return write(np.where, write(np.greater, x, 0.1), x, 0.25)


def broadcasts(a, b):
    try:
        return len(np.broadcast_shapes(a, b)) <= 3
    except ValueError:
        return False


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.data())
def test_random_programs_agree(data):
    from autograd_core.compiler import native

    write = WRITER()
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    shapes = [(3, 4), (4,), (3, 1), (), (2, 3, 4)]
    pool = [write.input(np.asarray(rng.normal(size=s).astype(dtype))) for s in shapes]
    for _ in range(data.draw(st.integers(1, 25))):
        new = line(data.draw, write, pool)
        if new.size and new.size <= 400:
            pool.append(new)
    results = data.draw(st.lists(st.sampled_from(pool), min_size=1, max_size=4))
    program = write.program(*results, *pool[-2:])
    run = native.runner(program)
    assert not native.report(program)["left"]
    for var, got in zip(program.results, write.run(program, run), strict=True):
        want = write.values[var]
        finite = np.isfinite(want) & (np.abs(want) < 1e4)
        assert np.array_equal(np.isnan(want), np.isnan(got)) or dtype == np.float32
        tight = 2e-3 if dtype == np.float32 else 1e-8  # sin of a large sum amplifies rounding
        close = np.isclose(got, want, rtol=tight, atol=tight)
        assert np.mean(np.where(finite, close, True)) > 0.99


@pytest.fixture(autouse=True)
def _writer(write):
    global WRITER
    WRITER = type(write)
