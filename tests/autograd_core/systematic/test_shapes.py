"""Every differentiable function of NumPy and SciPy × unusual shapes × mode, with differences.

Empty along each axis, numbers, one entry, an axis more in front or behind, for all arguments and
for each alone: whatever NumPy takes has its value, dtype and derivatives of two orders, and what
it refuses is refused. By default every 60th function; all of them with ``-m nightly``, 21,000
comparisons in half a minute.
"""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.catalogue import catalogue
from autograd_core.probes import is_real_array, probe
from autograd_core.tree import flatten

spec = importlib.util.spec_from_file_location("cases", Path(__file__).with_name("cases.py"))
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)

PROBED = [(e, probe(e)) for e in catalogue() if e.kind == "differentiable"]
ENTRIES = [
    pytest.param(e, call, id=e.name, marks=() if i % 60 == 0 else pytest.mark.nightly)
    for i, (e, call) in enumerate(PROBED)
    if call is not None
]
SYMMETRISED = {"np.linalg.cholesky", "np.linalg.eigh", "np.linalg.eigvalsh"}
UNDETERMINED = {"np.linalg.svd"}
"""Vectors that complete a basis are known up to a rotation: LAPACK's turn with rounding."""
LENIENT = {
    *("np.histogram2d", "np.polyder", "np.linalg.tensorinv", "np.fft.rfftn"),
    *("np.add.accumulate", "np.multiply.accumulate"),
}
"""Functions that also take shapes which NumPy refuses, with the result that they suggest."""
STRICT = {"np.histogramdd"}
"""Functions that refuse weights for entries that are not there, which NumPy does not read."""
STEP = 1e-6


def variants(flat):
    """Names of shapes, and the arguments of these shapes."""
    arrays = [i for i, x in enumerate(flat) if is_real_array(x)]
    for chosen in dict.fromkeys([tuple(arrays), *((i,) for i in arrays)]):
        most = max((flat[i].ndim for i in chosen), default=0)
        shapes = {
            "number": lambda x: np.asarray(x.reshape(-1)[0]),
            "one entry": lambda x: np.array(x.reshape(-1)[:1]),
            "axis in front": lambda x: (
                np.stack([x, x]) + 0.01 * np.arange(2).reshape((2,) + (1,) * x.ndim)
            ),
            "axis behind": lambda x: x[..., None],
        }
        for axis in range(most):
            shapes[f"empty along {axis}"] = lambda x, axis=axis: (
                np.take(x, [], axis=axis) if axis < x.ndim else x
            )
        for name, shape in shapes.items():
            yield name, [shape(x) if i in chosen else x for i, x in enumerate(flat)]


class Call:
    """A call as a function of its floating arrays."""

    def __init__(self, entry, flat, rebuild):
        self.function, self.flat, self.rebuild = entry.function, flat, rebuild
        self.places = [i for i, x in enumerate(flat) if is_real_array(x)]
        self.xs = [flat[i] for i in self.places]
        self.symmetric = entry.name in SYMMETRISED

    def __call__(self, *xs):
        full = list(self.flat)
        for i, x in zip(self.places, xs, strict=True):
            full[i] = (x + np.swapaxes(x, -1, -2)) / 2 if self.symmetric else x
        args, params = self.rebuild(full)
        return flatten(self.function(*args, **params))[0]

    def smooth(self, *xs):
        """The results that can depend smoothly on the arguments."""
        outs = self(*xs)
        return [x for x in outs if np.asarray(getattr(x, "value", x)).dtype.kind in "fc"]


def checked(entry, call):
    """How many comparisons were made for one call."""
    try:
        plain = [np.asarray(x) for x in call(*call.xs)]
    except Exception:
        if entry.name not in LENIENT:
            with pytest.raises(Exception, match=""):  # noqa: PT011 (any error will do)
                call(*map(ag.Node, call.xs))
        return 1
    count = cases.same(call(*map(ag.Node, call.xs)), plain, 1e-12, entry.name)
    outs = [x for x in plain if x.dtype.kind in "fc"]
    if not all(np.isfinite(x).all() for x in outs):
        return count
    rng = np.random.default_rng(0)
    gs, ts = (
        [cases.cast(rng.normal(size=x.shape), x.dtype, rng) for x in xs] for xs in (outs, call.xs)
    )
    flatly = lambda f: lambda *xs: f.smooth(*xs)
    f = flatly(call)
    pulled, pushed = ag.vjp(f, *call.xs)[1](gs), ag.jvp(f, call.xs, ts)[1]
    for x, c in zip([*call.xs, *outs], [*pulled, *pushed], strict=True):
        assert (np.shape(c), np.asarray(c).dtype) == (x.shape, x.dtype)
    forward = cases.inner(gs, pushed)
    assert cases.inner(pulled, ts) == pytest.approx(forward, rel=1e-9, abs=1e-9)
    second = cases.second_order(lambda *xs: f(*xs), call.xs, gs, ts)
    if entry.name in UNDETERMINED:
        return count + len(pulled) + len(pushed) + 1
    there = [[x + h * t for x, t in zip(call.xs, ts, strict=True)] for h in (STEP, -STEP)]
    ends = [f(*xs) for xs in there]
    numeric = cases.inner(gs, [np.subtract(a, b) / (2 * STEP) for a, b in zip(*ends, strict=True)])
    assert forward == pytest.approx(numeric, rel=1e-4, abs=1e-4)
    n = len(call.xs)
    cases.same(second[:n], second[n:], 1e-6, entry.name)
    return count + len(pulled) + len(pushed) + 2 + n


@pytest.mark.parametrize(("entry", "arguments"), ENTRIES)
def test_unusual_shapes(entry, arguments, record_property):
    if entry.name in STRICT:
        pytest.skip("refuses weights that NumPy does not read")
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    count = 0
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, new in variants(flat):
            try:
                count += checked(entry, Call(entry, new, rebuild))
            except BaseException as error:
                error.add_note(f"{entry.name}, {name}: {[np.shape(x) for x in new]}")
                raise
    record_property("cases", count)
