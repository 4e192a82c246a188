"""Every row of the tables at every sample, mapped: as a loop over the examples, values and slopes.

A row that is added to a table is tested here without a line of its own, with its batching rule or
without one.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

SIZE = 3
ROWS = [
    pytest.param(op, sample, id=f"{op.name}-{k}")
    for op in ag.ops.every_row()
    for k, sample in enumerate(op.samples)
]


class Case:
    """A row as a function of its floating arguments, of which there are several examples."""

    def __init__(self, op, sample):
        drawn = [sample(np.random.default_rng(seed))[0] for seed in range(SIZE)]
        self.op, self.params = op, sample(np.random.default_rng(0))[1]
        self.args = [np.asarray(x) for x in drawn[0]]
        self.free = [i for i, x in enumerate(self.args) if x.dtype.kind in "fc"]
        self.examples = [[np.asarray(xs[i]) for xs in drawn] for i in self.free]

    def __call__(self, *xs):
        full = list(self.args)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        out = self.op(*full, **self.params)
        return np.concatenate([np.ravel(x) for x in out]) if isinstance(out, tuple) else out

    def arguments(self, mapped, axis):
        """Those at ``mapped`` with all examples along ``axis``, the others shared; and the axes."""
        xs = [np.stack(x, axis=axis) if i in mapped else x[0] for i, x in enumerate(self.examples)]
        return xs, tuple(axis if i in mapped else None for i in range(len(xs)))


def looped(f, xs, axes):
    """What ``f`` answers for one example after the other."""
    return [
        f(*(x if k is None else np.take(x, i, k) for x, k in zip(xs, axes, strict=True)))
        for i in range(SIZE)
    ]


def assert_as_the_loop(op, sample, mapped, axis):
    case = Case(op, sample)
    xs, axes = case.arguments(mapped, axis)
    out, pullback = ag.vjp(ag.vmap(case, axes), *xs)
    wanted = np.stack(looped(case, xs, axes))
    close = {"rtol": 1e-9, "atol": 1e-9}
    assert (out.shape, out.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_allclose(out, wanted, **close)

    g = np.random.default_rng(1).normal(size=out.shape).astype(out.dtype)
    loop = iter(range(SIZE))
    each = looped(lambda *ys: ag.vjp(case, *ys)[1](g[next(loop)]), xs, axes)
    for i, (c, k) in enumerate(zip(pullback(g), axes, strict=True)):
        parts = [row[i] for row in each]
        np.testing.assert_allclose(c, sum(parts) if k is None else np.stack(parts, k), **close)

    # gradients inside, of shared arguments, too
    inside = ag.vmap(lambda g, *ys: ag.vjp(case, *ys)[1](g), (0, *axes))(g, *xs)
    for i, c in enumerate(inside):
        np.testing.assert_allclose(c, np.stack([row[i] for row in each]), **close)


def choices(case):
    """Which arguments to map: all, and each alone."""
    n = len(case.examples)
    return list(dict.fromkeys([tuple(range(n)), *((i,) for i in range(n))]))


@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_all_arguments_mapped(op, sample):
    assert_as_the_loop(op, sample, choices(Case(op, sample))[0], 0)


SEVERAL = [row for row in ROWS if len(Case(*row.values).examples) > 1]


@pytest.mark.parametrize(("op", "sample"), SEVERAL)
def test_one_argument_mapped_along_another_axis(op, sample):
    alone = choices(Case(op, sample))[1:]
    assert_as_the_loop(op, sample, alone[len(op.name) % len(alone)], -1)


@pytest.mark.slow
@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize(("op", "sample"), ROWS)
def test_every_choice_of_arguments(op, sample, axis):
    for mapped in choices(Case(op, sample)):
        assert_as_the_loop(op, sample, mapped, axis)


def test_every_row_has_a_rule():
    assert not [op.name for op in ag.ops.every_row() if op.batch is None]
