"""What the systematic tests are made of: a row as a function, arrays in every layout, every mode.

Loaded by its path, as ``oracles/calls.py`` is: folders of tests are no packages.
"""

from __future__ import annotations

import numpy as np

import autograd_core as ag


class Case:
    """A row at a sample, in a dtype, as a function of the arguments that have a derivative."""

    def __init__(self, op, sample, kind):
        rng = np.random.default_rng(20)
        args, self.params = sample(rng)
        self.op, self.args = op, [cast(x, kind, rng) for x in args]
        self.free = [i for i, x in enumerate(self.args) if x.dtype.kind in "fc"]
        self.xs = [self.args[i] for i in self.free]
        self.value = np.asarray(joined(op.forward(*self.args, **self.params)))
        self.g = cast(rng.normal(size=self.value.shape), self.value.dtype, rng)
        self.ts = [cast(rng.normal(size=x.shape), x.dtype, rng) for x in self.xs]

    def __call__(self, *xs):
        full = list(self.args)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        return joined(self.op(*full, **self.params))

    def plain(self, *xs):
        """By NumPy or SciPy alone."""
        full = list(self.args)
        for i, x in zip(self.free, xs, strict=True):
            full[i] = x
        return np.asarray(joined(self.op.forward(*full, **self.params)))


def cast(x, kind, rng):
    """A floating array in a dtype; where that is complex, with an imaginary part."""
    x, kind = np.asarray(x), np.dtype(kind)
    if x.dtype.kind not in "fc":
        return x
    if kind.kind == "c" and x.dtype.kind == "f":
        x = x + 0.3j * rng.normal(size=x.shape)
    if x.dtype.kind == "c" and kind.kind == "f":
        kind = np.result_type(kind, np.complex64)
    return np.asarray(x).astype(kind)


def joined(out):
    """Several results as one."""
    return np.concatenate([np.ravel(x) for x in out]) if isinstance(out, tuple) else out


# layouts: the same numbers, elsewhere in memory


def strided(x):
    """Every second entry of a larger array."""
    large = np.full(tuple(2 * n for n in x.shape), 7.7, x.dtype)
    view = large[(slice(None, None, 2),) * x.ndim + (...,)]
    view[...] = x
    return view


def backward(x):
    """From the last entry to the first."""
    index = (slice(None, None, -1),) * x.ndim + (...,)
    return np.array(x[index])[index]


def fortran(x):
    """Column after column."""
    return np.array(x, order="F")


def read_only(x):
    """Not to be written to."""
    x = np.array(x)
    x.flags.writeable = False
    return x


def misaligned(x):
    """At an odd address."""
    memory = np.zeros(x.nbytes + 1, np.uint8)
    view = memory[1:].view(x.dtype).reshape(x.shape)
    view[...] = x
    return view


def last_first(x):
    """Its last axis the outermost in memory."""
    return np.moveaxis(np.array(np.moveaxis(x, -1, 0), order="C"), 0, -1) if x.ndim > 1 else x


LAYOUTS = (strided, backward, fortran, read_only, misaligned, last_first)


# modes


def first_order(f, xs, g, ts):
    """Value, cotangents and tangent."""
    value, pullback = ag.vjp(f, *xs)
    return [value, *pullback(g), ag.jvp(f, xs, ts)[1]]


def second_order(f, xs, g, ts):
    """Reverse over reverse and forward over reverse."""
    gradient = lambda *ys: list(ag.vjp(f, *ys)[1](g))
    return [*ag.vjp(gradient, *xs)[1](list(ts)), *ag.jvp(gradient, xs, ts)[1]]


MODES = (first_order, second_order)
TOLERANCE = {np.float32: 2e-4, np.float64: 1e-8, np.complex128: 1e-8}


def same(got, wanted, tolerance, what):
    """Shapes and dtypes are the same, entries nearly; how many arrays were compared."""
    for x, y in zip(got, wanted, strict=True):
        x, y = (np.asarray(getattr(z, "value", z)) for z in (x, y))
        assert (x.shape, x.dtype) == (y.shape, y.dtype), what
        size = 1 + np.abs(y[np.isfinite(y)]).max(initial=0)
        np.testing.assert_allclose(x, y, rtol=tolerance, atol=tolerance * size, err_msg=str(what))
    return len(got)


def inner(xs, ys):
    """The real inner product of lists of arrays."""
    return sum(float(np.sum(np.conj(x) * y).real) for x, y in zip(xs, ys, strict=True))
