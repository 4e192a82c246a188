"""The derivatives of a row at a sample, on arrays of whatever library, for the tests beside it."""

from __future__ import annotations

import numpy as np

import autograd_core as ag

ROWS = [(op, k) for op in ag.ops.every_row() for k in range(len(op.samples))]


def names(row):
    op, k = row
    return f"{op.name}-{k}"


class Call:
    """A row at a sample: its value and first derivatives, with ``wrap`` making every array."""

    def __init__(self, row, wrap=lambda x: x):
        op, k = row
        args, self.params = op.samples[k](np.random.default_rng(20))
        self.op, self.wrap, self.rng = op, wrap, np.random.default_rng(21)
        arrays = [isinstance(x, np.ndarray | np.floating | np.complexfloating) for x in args]
        self.args = [wrap(x) if own else x for x, own in zip(args, arrays, strict=True)]
        self.free = [
            i for i, x in enumerate(args) if arrays[i] and np.asarray(x).dtype.kind in "fc"
        ]
        self.xs = [self.args[i] for i in self.free]

    def __call__(self, *xs):
        full = list(self.args)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        return self.op(*full, **self.params)

    def normal(self, x):
        """Random numbers of the shape and dtype of ``x``."""
        if isinstance(x, tuple):
            made = map(self.normal, x)
            return type(x)._make(made) if hasattr(x, "_make") else tuple(made)
        return self.wrap(np.asarray(self.rng.normal(size=x.shape)).astype(x.dtype)[()])

    def derivatives(self):
        """Value, cotangents for a random one of the value, and tangent for random ones, in one."""
        value, pullback = ag.vjp(self, *self.xs)
        pulled = pullback(self.normal(value))
        return flat([value, pulled, ag.jvp(self, self.xs, [*map(self.normal, self.xs)])[1]])

    def recorded(self):
        """The cotangents again, by rules that are handed Nodes, with masks."""
        nodes = [ag.Node(x) for x in self.xs]
        value, pullback = ag.vjp(self, *nodes)
        return [bare(x) for x in flat([pullback(self.normal(bare(value)))])]


def bare(x):
    """``x`` with the values of Nodes."""
    if isinstance(x, tuple):
        made = map(bare, x)
        return type(x)._make(made) if hasattr(x, "_make") else tuple(made)
    return x.value if type(x) is ag.Node else x


def flat(x):
    """All entries of nested lists and tuples."""
    return [y for part in x for y in flat(part)] if isinstance(x, list | tuple) else [x]
