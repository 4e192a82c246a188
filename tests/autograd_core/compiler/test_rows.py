"""Every row of the tables, compiled: values and derivatives are those of an ordinary run.

A program is made at two points and run at a third, so that nothing of the first ones stays in it.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.compiler.native import available
from autograd_core.errors import CompileWarning

ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in ag.ops.every_row()
    for k, sample in enumerate(op.samples)
]


native = pytest.mark.skipif(not available(), reason="llvmlite is not installed")


def joined(out):
    return np.concatenate([np.ravel(x) for x in out]) if isinstance(out, tuple) else out


def points(args, free):
    """The sample and others near it."""
    return [[(args[i] * (1 + 0.003 * k)).astype(args[i].dtype) for i in free] for k in range(4)]


def agree(want, got):
    for x, y in zip(want, got, strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            assert np.shape(x) == np.shape(y)
            assert type(x) is type(y)
            assert np.asarray(x).dtype == np.asarray(y).dtype
            np.testing.assert_allclose(x, y, rtol=1e-10, atol=1e-11)


def prepared(op, sample):
    args, params = sample(np.random.default_rng(20))
    args = [np.array(x) for x in args]
    free = [i for i, x in enumerate(args) if x.dtype.kind in "fc"]

    def f(*xs):
        full = list(args)
        for i, x in zip(free, xs, strict=True):
            full[i] = x
        return joined(op(*full, **params))

    value = np.asarray(f(*(args[i] for i in free)))
    g = np.random.default_rng(1).normal(size=value.shape).astype(value.dtype)
    return f, g, points(args, free)


def first_derivatives(op, sample, backend):
    f, g, where = prepared(op, sample)

    def both(*xs):
        value, pull = ag.vjp(f, *xs)
        return value, *pull(g)

    compiled = ag.compile(both, backend=backend, strict=True)
    for xs in where:
        agree(both(*xs), compiled(*xs))


@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_first_derivatives_are_compiled_and_agree(op, sample):
    first_derivatives(op, sample, "numpy")


@native
@pytest.mark.parametrize(("op", "sample"), ROWS[::6])
def test_some_first_derivatives_native(op, sample):
    first_derivatives(op, sample, "native")


@native
@pytest.mark.slow
@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_all_first_derivatives_native(op, sample):
    first_derivatives(op, sample, "native")


@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_second_derivatives_agree_whether_compiled_or_not(op, sample):
    f, g, where = prepared(op, sample)

    def second(*xs):
        value, pull = ag.vjp(lambda *ys: ag.vjp(f, *ys)[1](g)[0], *xs)
        return value, *pull(np.ones_like(value))

    compiled = ag.compile(second, backend="numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompileWarning)
        for xs in where:
            agree(second(*xs), compiled(*xs))


NEIGHBOURS = np.array([[0, 2, 2], [1, 1, 3]])
READS = {
    "slices that overlap": lambda x: np.concatenate([x[1:] * x[:-1], x[:1] ** 2]),
    "one by one": lambda x: sum(x[i] * x[i + 1] for i in range(3)) * np.ones(2),
    "places that repeat": lambda x: x[NEIGHBOURS] ** 2,
    "behind a slice": lambda x: np.reshape(x, (2, 2))[:, np.array([1, 1, 0])] ** 2,
    "both": lambda x: np.sum(x[NEIGHBOURS] ** 2) * x[1:3] + x[-1],
}


@pytest.mark.parametrize("backend", ["numpy", pytest.param("native", marks=native)])
@pytest.mark.parametrize("name", READS)
def test_gradients_of_reads_are_lines_of_the_program(name, backend):
    """They are sums that a program knows, not a function it has to call."""
    x = np.arange(1.0, 5)
    for transform in (ag.jacobian, lambda f: ag.grad(lambda x: np.sum(f(x) ** 2))):
        wanted = transform(READS[name])(x)
        compiled = ag.compile(transform(READS[name]), backend=backend, strict=True)
        for _ in range(3):
            np.testing.assert_array_equal(compiled(x), wanted)
        assert "Whole" not in compiled.source
