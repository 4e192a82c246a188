"""Random programs of random arrays in containers, under nested transforms.

Each is a chain of NumPy calls (broadcasting, products, reductions, indexing, shapes) on arrays of
random shapes. Derivatives under 20 transforms are compared with differences of the plain program,
and with JAX. By default a few; with ``-m nightly`` 1,500 programs by differences, 3,000 in float32
and 200 with JAX, in a quarter of an hour on one core.
"""

from __future__ import annotations

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.errors import CompileWarning

OURS = SimpleNamespace(
    np=np,
    grad=ag.grad,
    value_and_grad=ag.value_and_grad,
    jvp=ag.jvp,
    vjp=ag.vjp,
    vmap=ag.vmap,
    hessian=ag.hessian,
    jacobian=ag.jacobian,
    checkpoint=ag.checkpoint,
    compile=lambda f: ag.compile(f, backend="numpy"),
)
NATIVE = SimpleNamespace(**{**vars(OURS), "compile": ag.compile})

# one step of a program: xp is NumPy or JAX's, x an array, k a number that chooses


def axis_of(x, k):
    return k % x.ndim if x.ndim else None


def taken(xp, x, k):
    if not x.ndim:
        return x
    n = x.shape[0]
    indices = [0, -1, slice(None, None, -1), slice(0, n, 2), np.array([0, n - 1, 0]), None, ...]
    return x[indices[k % len(indices)]]


def masked(xp, x, k):
    mask = np.arange(x.size).reshape(x.shape) % (k % 3 + 2) == 0
    return xp.where(mask, x, 0.5 * x * x)


def reduced(xp, x, k):
    fold = (xp.sum, xp.mean, xp.prod, xp.var)[k % 4]
    return fold(x, axis=axis_of(x, k // 4), keepdims=bool(k % 2))


def product(xp, x, k):
    if x.ndim < 2:
        return xp.outer(x, x) if x.ndim else x
    return xp.matmul(x, xp.swapaxes(x, -1, -2)) if k % 2 else xp.einsum("...ij,...kj->...i", x, x)


def joined(xp, x, k):
    axis = axis_of(x, k)
    if axis is None:
        return xp.stack([x, 2 * x])
    return xp.concatenate([x, xp.flip(x, axis)], axis) if k % 2 else xp.stack([x, x * x], axis)


UNARY = [
    lambda xp, x, k: xp.sin(x),
    lambda xp, x, k: xp.exp(-x * x),
    lambda xp, x, k: xp.log1p(x * x),
    lambda xp, x, k: xp.sqrt(1 + x * x),
    lambda xp, x, k: x ** (k % 4),
    lambda xp, x, k: xp.arctan2(x, 2 + x * x),
    lambda xp, x, k: 1 / (1 + xp.exp(-x)),
    lambda xp, x, k: xp.transpose(x),
    lambda xp, x, k: xp.reshape(x, -1),
    lambda xp, x, k: xp.expand_dims(x, k % (x.ndim + 1)),
    lambda xp, x, k: xp.roll(x, k % 3, axis_of(x, k)) if x.ndim else x,
    lambda xp, x, k: xp.cumsum(x, axis=axis_of(x, k)),
    lambda xp, x, k: xp.tile(x, 2) if x.ndim else x,
    lambda xp, x, k: xp.broadcast_to(x, (2, *x.shape)),
    lambda xp, x, k: x - xp.log(xp.sum(xp.exp(x), axis=axis_of(x, k), keepdims=True)),
    lambda xp, x, k: xp.pad(x, 1) if x.ndim else x,
    taken,
    masked,
    reduced,
    product,
    joined,
]
BINARY = [
    lambda xp, x, y: x + y,
    lambda xp, x, y: x * y,
    lambda xp, x, y: x - 2 * y,
    lambda xp, x, y: x / (1 + y * y),
    lambda xp, x, y: xp.hypot(x, 1 + y),
    lambda xp, x, y: xp.logaddexp(x, y),
    lambda xp, x, y: xp.tensordot(x, y, 0),
    lambda xp, x, y: xp.dot(xp.reshape(x, (-1, 1)), xp.reshape(y, (1, -1))),
]


def fits(x, y):
    try:
        return np.broadcast_shapes(x.shape, y.shape)
    except ValueError:
        return None


def program(steps, xp):
    """A function of a container of arrays; ``whole`` says whether it gives an array or a number."""

    def f(tree, whole=True):
        pool = [tree["a"][0], tree["a"][1][0], tree["b"]]
        for which, i, j, k in steps:
            x, y = pool[i % len(pool)], pool[j % len(pool)]
            if which % 2 and fits(x, y) is not None:
                new = BINARY[which // 2 % len(BINARY)](xp, x, y)
            else:
                new = UNARY[which // 2 % len(UNARY)](xp, x, k)
            if new.ndim <= 4 and 0 < new.size <= 60:
                pool.append(xp.tanh(new))
        if whole:
            return sum(xp.sum(x) * (n + 1) for n, x in enumerate(pool[-3:]))
        return xp.reshape(pool[-1], -1)[:4]

    return f


# transforms: of an api (ours or JAX's), a program, a point, a direction and a batch of points


def along(api, tree, v):
    return sum(api.np.sum(x * t) for x, t in zip(arrays(tree), arrays(v), strict=True))


TRANSFORMS = {
    "grad": lambda api, f, p, v, b: api.grad(f)(p),
    "value_and_grad": lambda api, f, p, v, b: api.value_and_grad(f)(p),
    "jvp": lambda api, f, p, v, b: api.jvp(f, (p,), (v,)),
    "jacobian": lambda api, f, p, v, b: api.jacobian(lambda q: f(q, whole=False))(p),
    "hessian": lambda api, f, p, v, b: api.hessian(f)(p),
    "grad of grad": lambda api, f, p, v, b: api.grad(lambda q: along(api, api.grad(f)(q), v))(p),
    "jvp of grad": lambda api, f, p, v, b: api.jvp(api.grad(f), (p,), (v,)),
    "grad of jvp": lambda api, f, p, v, b: api.grad(lambda q: api.jvp(f, (q,), (v,))[1])(p),
    "jvp of jvp": lambda api, f, p, v, b: api.jvp(lambda q: api.jvp(f, (q,), (v,))[1], (p,), (v,)),
    "grad of checkpoint": lambda api, f, p, v, b: api.grad(api.checkpoint(f))(p),
    "jvp of grad of checkpoint": lambda api, f, p, v, b: api.jvp(
        api.grad(api.checkpoint(f)), (p,), (v,)
    ),
    "vmap": lambda api, f, p, v, b: api.vmap(f)(b),
    "vmap of grad": lambda api, f, p, v, b: api.vmap(api.grad(f))(b),
    "vmap of jvp of grad": lambda api, f, p, v, b: api.vmap(
        lambda q: api.jvp(api.grad(f), (q,), (v,))[1]
    )(b),
    "grad of vmap": lambda api, f, p, v, b: api.grad(lambda q: api.np.sum(api.vmap(f)(q)))(b),
    "grad of vmap of grad": lambda api, f, p, v, b: api.grad(
        lambda q: sum(api.np.sum(x * x) for x in arrays(api.vmap(api.grad(f))(q)))
    )(b),
    "compile of grad": lambda api, f, p, v, b: repeated(api.compile(api.grad(f)), p),
    "compile of jvp of grad": lambda api, f, p, v, b: repeated(
        api.compile(lambda p, v: api.jvp(api.grad(f), (p,), (v,))), p, v
    ),
    "compile of vmap of grad": lambda api, f, p, v, b: repeated(
        api.compile(api.vmap(api.grad(f))), b
    ),
    "vjp of grad": lambda api, f, p, v, b: api.vjp(api.grad(f), p)[1](v),
}


def repeated(f, *args):
    """What a compiled function gives once its program runs."""
    for _ in range(3):
        out = f(*args)
    return out


def arrays(tree):
    """The arrays in containers, always in one order."""
    if isinstance(tree, dict):
        return [x for key in sorted(tree) for x in arrays(tree[key])]
    if isinstance(tree, tuple | list):
        return [x for entry in tree for x in arrays(entry)]
    return [tree]


def container(xs):
    return {"a": [xs[0], (xs[1],)], "b": xs[2]}


def drawn(shapes, seed, kind=float):
    rng = np.random.default_rng(seed)
    draw = lambda *lead: container(
        [np.asarray(rng.normal(size=(*lead, *s))).astype(kind) for s in shapes]
    )
    return draw(), draw(), draw(2)


SHAPES = st.lists(
    st.sampled_from([(), (1,), (3,), (2, 1), (1, 3), (2, 3), (3, 2), (3, 3), (2, 1, 3), (2, 2, 2)]),
    min_size=3,
    max_size=3,
)
NUMBER = st.integers(0, 83)
STEPS = st.lists(st.tuples(NUMBER, NUMBER, NUMBER, NUMBER), min_size=1, max_size=12)
SEED = st.integers(0, 999)
several = lambda count: settings(
    max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def moved(p, v, h):
    return container([x + h * t for x, t in zip(ordered(p), ordered(v), strict=True)])


def ordered(p):
    return [p["a"][0], p["a"][1][0], p["b"]]


def differences_agree(steps, shapes, seed):
    """Every transform against the plain program and its differences."""
    f, (p, v, b) = program(steps, np), drawn(shapes, seed)
    value, h = f(p), 1e-4
    first = (
        8 * (f(moved(p, v, h)) - f(moved(p, v, -h)))
        - f(moved(p, v, 2 * h))
        + f(moved(p, v, -2 * h))
    ) / (12 * h)
    second = (f(moved(p, v, 1e-3)) - 2 * value + f(moved(p, v, -1e-3))) / 1e-6
    got = {name: run(OURS, f, p, v, b) for name, run in TRANSFORMS.items()}
    gradient = got["grad"]
    size = 1 + max(np.abs(x).max() for x in arrays(gradient))
    close = {"rel": 1e-6, "abs": 1e-6 * size}
    assert [x.shape for x in arrays(gradient)] == [np.shape(x) for x in arrays(p)]
    assert along(OURS, gradient, v) == pytest.approx(first, **close)
    assert got["jvp"][0] == pytest.approx(value)
    assert got["jvp"][1] == pytest.approx(first, **close)
    hv = got["jvp of grad"][1]
    size = 1 + max(np.abs(x).max() for x in arrays(hv))
    assert along(OURS, hv, v) == pytest.approx(second, rel=1e-3, abs=1e-3 * size**2)
    for name in ("value_and_grad", "grad of checkpoint", "compile of grad"):
        alike(got[name][1] if name == "value_and_grad" else got[name], gradient, name)
    for name in ("grad of grad", "grad of jvp", "vjp of grad"):
        alike(got[name][0] if name == "vjp of grad" else got[name], hv, name)
    alike(got["jvp of grad of checkpoint"], got["jvp of grad"], "checkpoint")
    alike(got["compile of jvp of grad"], got["jvp of grad"], "compile")
    assert got["jvp of jvp"][1] == pytest.approx(along(OURS, hv, v), **close)
    each = [container([x[i] for x in ordered(b)]) for i in range(2)]
    alike(got["vmap"], np.stack([f(q) for q in each]), "vmap")
    rows = [arrays(ag.grad(f)(q)) for q in each]
    stacked = [np.stack(x) for x in zip(*rows, strict=True)]
    for name in ("vmap of grad", "grad of vmap", "compile of vmap of grad"):
        alike(got[name], stacked, name)
    products = [arrays(ag.jvp(ag.grad(f), (q,), (v,))[1]) for q in each]
    alike(
        got["vmap of jvp of grad"], [np.stack(x) for x in zip(*products, strict=True)], "vmap jvp"
    )


def alike(x, y, what, tolerance=1e-9):
    for a, b in zip(arrays(x), arrays(y), strict=True):
        assert np.shape(a) == np.shape(b), what
        size = 1 + np.abs(np.asarray(b)).max(initial=0)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * size, err_msg=what)


def jax_agrees(steps, shapes, seed, name):
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_disable_most_optimizations", True)
    theirs = SimpleNamespace(
        np=jax.numpy,
        compile=jax.jit,
        jacobian=jax.jacrev,
        **{
            n: getattr(jax, n)
            for n in "grad value_and_grad jvp vjp vmap hessian checkpoint".split()
        },
    )
    p, v, b = drawn(shapes, seed)
    run = TRANSFORMS[name]
    ours = run(NATIVE, program(steps, np), p, v, b)
    wanted = jax.jit(lambda p, v, b: run(theirs, program(steps, jax.numpy), p, v, b))(p, v, b)
    alike(ours, wanted, name, 1e-7)


def narrow_agrees(steps, shapes, seed):
    """float32 in, float32 out, near what float64 gives."""
    f = program(steps, np)
    wide, narrow = (drawn(shapes, seed, kind)[0] for kind in (np.float64, np.float32))
    for x, y in zip(arrays(ag.grad(f)(narrow)), arrays(ag.grad(f)(wide)), strict=True):
        assert x.dtype == np.float32
        np.testing.assert_allclose(x, y, rtol=1e-3, atol=1e-3 * (1 + np.abs(y).max()))


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CompileWarning)
        yield


@several(4)
@given(STEPS, SHAPES, SEED)
def test_some_programs_by_differences(steps, shapes, seed):
    differences_agree(steps, shapes, seed)


@several(30)
@given(STEPS, SHAPES, SEED)
def test_some_programs_in_float32(steps, shapes, seed):
    narrow_agrees(steps, shapes, seed)


@pytest.mark.nightly
@several(1500)
@given(STEPS, SHAPES, SEED)
def test_many_programs_by_differences(steps, shapes, seed):
    differences_agree(steps, shapes, seed)


@pytest.mark.nightly
@several(3000)
@given(STEPS, SHAPES, SEED)
def test_many_programs_in_float32(steps, shapes, seed):
    narrow_agrees(steps, shapes, seed)


@pytest.mark.nightly
@pytest.mark.oracle
@several(200)
@given(STEPS, SHAPES, SEED, st.sampled_from(sorted(TRANSFORMS)))
def test_many_programs_by_jax(steps, shapes, seed, name):
    pytest.importorskip("jax")
    jax_agrees(steps, shapes, seed, name)
