"""Every function of NumPy and SciPy that JAX or PyTorch has too, at random points near a usual one.

Found by their names: where a peer takes the same arguments and has the same value, its gradient,
tangent and a product with the Hessian must be ours. Kinks are left out: the points are random.
7,000 comparisons, with 291 functions of JAX and 182 of PyTorch, in 5 minutes on one core.
"""

from __future__ import annotations

import importlib
import warnings

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.catalogue import catalogue
from autograd_core.probes import is_real_array, probe
from autograd_core.tree import flatten

pytestmark = [pytest.mark.oracle, pytest.mark.nightly]
PROBED = [(e, probe(e)) for e in catalogue() if e.kind == "differentiable"]
ENTRIES = [pytest.param(e, call, id=e.name) for e, call in PROBED if call is not None]
SYMMETRISED = {"np.linalg.cholesky", "np.linalg.eigh", "np.linalg.eigvalsh"}
POINTS = 4
UP_TO_SIGNS = {"np.linalg.eig", "np.linalg.eigh", "np.linalg.svd", "np.linalg.qr"}
"""Functions that give vectors up to their signs or phases, which every library chooses."""
WITHOUT = {"np.setdiff1d", "np.setxor1d", "np.union1d", "np.unique", "np.unique_values"}
"""Functions of which JAX drops the derivative: its gradient is 0, which differences contradict."""
SUMMED = {"np.roots", "np.linalg.eigvals"}
"""Functions whose results have no order."""


class Point:
    """A call as a function of its floating arrays, near the usual arguments."""

    def __init__(self, entry, arguments, seed):
        rng = np.random.default_rng(seed)
        self.name = entry.name
        self.flat, self.rebuild = flatten((list(arguments.args), arguments.params))
        self.places = [i for i, x in enumerate(self.flat) if is_real_array(x)]
        self.xs = [
            x * (1 + 0.03 * (seed > 0) * rng.uniform(-1, 1, x.shape))
            for x in (self.flat[i] for i in self.places)
        ]
        draw = lambda x: rng.normal(size=np.shape(x)).astype(np.asarray(x).dtype)
        self.ts = list(map(draw, self.xs))
        outs = self.of(entry.function, np)(*self.xs)
        self.gs = list(map(draw, outs))

    def of(self, function, library, convert=lambda x: x):
        """The call of this function, with constants of its library."""

        def f(*xs):
            full = [convert(x) if isinstance(x, np.ndarray) else x for x in self.flat]
            for i, x in zip(self.places, xs, strict=True):
                full[i] = (x + library.swapaxes(x, -1, -2)) / 2 if self.name in SYMMETRISED else x
            args, params = self.rebuild(full)
            outs = leaves(function(*args, **params))
            return [library.sum(x) for x in outs] if self.name in SUMMED else outs

        return f


def leaves(out):
    """Results of any library as a list."""
    if isinstance(out, tuple | list):
        return [y for x in out for y in leaves(x)]
    return [out]


def ours(entry, point):
    """Value, gradient, tangent, and the Hessian's product with the tangents."""
    f = point.of(entry.function, np)
    value, pullback = ag.vjp(f, *point.xs)
    gradient = lambda *xs: list(ag.vjp(f, *xs)[1](point.gs))
    return (
        value,
        pullback(point.gs),
        ag.jvp(f, point.xs, point.ts)[1],
        ag.jvp(gradient, point.xs, point.ts)[1],
    )


def by_jax(function, point, jax):
    f = point.of(function, jax.numpy, jax.numpy.asarray)
    xs, ts = ([jax.numpy.asarray(x) for x in given] for given in (point.xs, point.ts))
    gs = [jax.numpy.conj(jax.numpy.asarray(g)) for g in point.gs]
    gradient = lambda *ys: [jax.numpy.conj(c) for c in jax.vjp(f, *ys)[1](gs)]
    return (
        f(*xs),
        gradient(*xs),
        jax.jvp(f, tuple(xs), tuple(ts))[1],
        jax.jvp(gradient, tuple(xs), tuple(ts))[1],
    )


def by_torch(function, point, torch):
    f = point.of(function, torch, torch.tensor)
    xs, ts, gs = ([torch.tensor(x) for x in given] for given in (point.xs, point.ts, point.gs))
    loss = lambda *ys: sum(
        torch.sum(torch.real(torch.conj(g) * out)) for g, out in zip(gs, f(*ys), strict=True)
    )
    tangents = torch.autograd.functional.jvp(lambda *ys: tuple(f(*ys)), tuple(xs), tuple(ts))[1]
    variables = [x.clone().requires_grad_() for x in xs]
    gradient = torch.autograd.grad(loss(*variables), variables)
    second = torch.autograd.functional.vhp(loss, tuple(xs), tuple(ts))[1]
    return f(*xs), gradient, tangents, second


def plain(x):
    """A peer's array as NumPy's."""
    return x.numpy(force=True) if hasattr(x, "numpy") else np.asarray(x)


def near(x, y, tolerance):
    """Whether lists of arrays are the same numbers."""
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(x, y, strict=True)]
    return all(
        a.shape == b.shape
        and np.allclose(
            a, b, rtol=tolerance, atol=tolerance * (1 + np.abs(a).max(initial=0)), equal_nan=True
        )
        for a, b in pairs
    )


def compared(entry, arguments, function, peer, library):
    """How many derivatives were compared; None if the peer's function is another one."""
    count = 0
    for seed in range(POINTS):
        point = Point(entry, arguments, seed)
        if not point.xs or any(np.asarray(g).dtype.kind not in "fc" for g in point.gs):
            return None
        try:
            theirs = peer(function, point, library)
            value = list(map(plain, theirs[0]))
        except Exception:
            return None  # other arguments, or no derivative of its own
        mine = ours(entry, point)
        if len(value) != len(mine[0]) or not near(mine[0], value, 1e-9):
            return None
        for what, x, y in zip(("gradient", "tangent", "second"), mine[1:], theirs[1:], strict=True):
            y = list(map(plain, y))
            assert near(x, y, 1e-6), f"{entry.name}, {what}, point {seed}: {x} is not {y}"
            count += len(y)
    return count


def named(entry, homes):
    """The peer's function of this name."""
    prefix, name = entry.name.rsplit(".", 1)
    return next((vars(h)[name] for h in homes.get(prefix, ()) if name in vars(h)), None)


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize(("entry", "arguments"), ENTRIES)
def test_jax(entry, arguments, record_property):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    special = importlib.import_module("jax.scipy.special")
    homes = {
        "np": [jax.numpy],
        "np.linalg": [jax.numpy.linalg],
        "np.fft": [jax.numpy.fft],
        "scipy.special": [special],
    }
    function = None if entry.name in UP_TO_SIGNS | WITHOUT else named(entry, homes)
    count = function and compared(entry, arguments, function, by_jax, jax)
    if count is None:
        pytest.skip("JAX has no such function, or another of this name")
    record_property("cases", count)


@pytest.mark.parametrize(("entry", "arguments"), ENTRIES)
def test_torch(entry, arguments, record_property):
    torch = pytest.importorskip("torch")
    homes = {
        "np": [torch],
        "np.linalg": [torch.linalg],
        "np.fft": [torch.fft],
        "scipy.special": [torch.special],
    }
    function = None if entry.name in UP_TO_SIGNS else named(entry, homes)
    count = function and compared(entry, arguments, function, by_torch, torch)
    if count is None:
        pytest.skip("PyTorch has no such function, or another of this name")
    record_property("cases", count)
