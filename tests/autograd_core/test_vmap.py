"""``vmap``: axes in and out, what it composes with, and what it refuses."""

from __future__ import annotations

import dataclasses
from unittest import mock

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.batching import batched
from autograd_core.errors import ArgumentError, ArgumentTypeError, BatchedValueError

RNG = np.random.default_rng(3)
X, Y = RNG.normal(size=(2, 5, 3))
W = RNG.normal(size=(3, 4))


def assert_equal(ours, wanted):
    np.testing.assert_allclose(ours, wanted, rtol=1e-12, atol=1e-12)


# axes


def test_the_first_axis_by_default():
    assert_equal(ag.vmap(np.dot)(X, Y), np.sum(X * Y, axis=1))


def test_one_example_looks_like_one():
    seen = []

    def f(x):
        seen.append((x.shape, x.ndim, x.size, x.dtype, len(x), np.shape(x), np.ndim(x), np.size(x)))
        return x

    ag.vmap(f)(X.astype(np.float32))
    assert seen == [((3,), 1, 3, np.float32, 3, (3,), 1, 3)]


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_axes_in_and_out(axis):
    x = np.moveaxis(X, 0, axis)
    assert_equal(ag.vmap(lambda x: x * 2, axis, axis)(x), x * 2)
    assert_equal(ag.vmap(lambda x: x @ W, axis, 0)(x), X @ W)
    assert_equal(ag.vmap(lambda x: x @ W, axis, -1)(x), (X @ W).T)


def test_shared_arguments():
    assert_equal(ag.vmap(lambda w, x: x @ w, in_axes=(None, 0))(W, X), X @ W)
    assert_equal(ag.vmap(lambda x, y: np.outer(x, y), (0, None))(X, Y[0]), X[..., None] * Y[0])


def test_containers():
    points = {"x": X, "y": (Y, 2.0)}
    axes = {"x": 0, "y": (0, None)}
    ours = ag.vmap(
        lambda p: {"sum": p["x"] + p["y"][0], "b": p["y"][1]}, (axes,), {"sum": 1, "b": None}
    )
    out = ours(points)
    assert_equal(out["sum"], (X + Y).T)
    assert out["b"] == 2.0
    assert_equal(ag.vmap(lambda p: p[0] * p[1])([X, Y]), X * Y)


def test_dataclasses():
    @dataclasses.dataclass
    class Point:
        x: np.ndarray
        y: np.ndarray

    out = ag.vmap(lambda p: Point(p.x * p.y, p.y), in_axes=(Point(0, None),))(Point(X, Y[0]))
    assert_equal(out.x, X * Y[0])
    assert_equal(out.y, np.broadcast_to(Y[0], (5, 3)))


def test_keywords_are_mapped_along_their_first_axis():
    assert_equal(ag.vmap(lambda x, *, y: x * y)(X, y=Y), X * Y)


def test_results_that_do_not_depend_on_the_example():
    assert_equal(ag.vmap(lambda x: 1.5)(X), np.full(5, 1.5))
    assert ag.vmap(lambda x: (x, 1.5), out_axes=(0, None))(X)[1] == 1.5
    assert ag.vmap(lambda x: (x, None))(X)[1] is None
    w = ag.Node(W)
    assert_equal(ag.vmap(lambda x: w)(X).value, np.broadcast_to(W, (5, 3, 4)))


def test_nested():
    squares = ag.vmap(lambda x: ag.vmap(lambda y: np.sum((x - y) ** 2))(Y))(X)
    assert_equal(squares, np.sum((X[:, None] - Y) ** 2, axis=-1))
    both = ag.vmap(ag.vmap(np.multiply, (0, None)), (None, 0))(X[0], Y[:, 0])
    assert_equal(both, np.multiply.outer(Y[:, 0], X[0]))
    middle = ag.vmap(lambda m: ag.vmap(lambda row: m @ row, in_axes=1, out_axes=1)(m))(
        RNG.normal(size=(2, 3, 3))
    )
    assert middle.shape == (2, 3, 3)


def test_broadcasting_aligns_from_the_right():
    """An array of 3 for each of 3 examples is not a matrix of one example."""
    x, a = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3))
    assert_equal(ag.vmap(lambda x: x + a)(x), x[:, None, :] + a)
    assert_equal(ag.vmap(lambda s, x: s * x)(x[:, 0], a), x[:, :1] * a)
    assert_equal(ag.vmap(lambda s, x: np.where(x > 0, s, a))(x[:, 0], a).shape, (3, 3, 3))


def test_empty_batches():
    assert ag.vmap(lambda x: np.tanh(x) @ W)(X[:0]).shape == (0, 4)
    assert ag.vmap(ag.grad(lambda x: np.sum(x**2)))(X[:0]).shape == (0, 3)


def test_dtypes_stay():
    x = X.astype(np.float32)
    assert ag.vmap(lambda x: np.sum(2.0 * x) / 3)(x).dtype == np.float32
    assert ag.vmap(ag.grad(lambda x: np.sum(np.sin(x))))(x).dtype == np.float32
    assert ag.vmap(lambda i: i + 1)(np.arange(3)).dtype == np.arange(3).dtype


# transforms, in either order


def f(x):
    return np.sum(np.tanh(x @ W) ** 2) * x[0]


def loss(w, x, y):
    return np.sum((np.tanh(x @ w) - y) ** 2)


T = RNG.normal(size=(5, 4))


@pytest.mark.parametrize(
    "transform",
    [
        ag.grad,
        lambda f: ag.value_and_grad(f),
        ag.hessian,
        ag.jacobian,
        lambda f: ag.jacobian(ag.grad(f), mode="forward"),
        lambda f: lambda x: ag.hvp(f)(x, x + 1.0),
        lambda f: lambda x: ag.jvp(f, (x,), (x * 2,)),
        lambda f: lambda x: ag.vjp(f, x)[1](x[1]),
        lambda f: ag.grad(lambda x: np.sum(ag.grad(f)(x) ** 2)),
        lambda f: ag.grad(ag.checkpoint(f)),
        lambda f: ag.elementwise_grad(lambda x: np.sin(x) * ag.stop_gradient(x)),
    ],
    ids=lambda t: None,
)
def test_transforms_inside(transform):
    ours = ag.vmap(transform(f))(X)
    each = [transform(f)(x) for x in X]
    if isinstance(ours, tuple):
        for part, parts in zip(ours, zip(*each, strict=True), strict=True):
            assert_equal(part, np.stack(parts))
    else:
        assert_equal(ours, np.stack(each))


def test_gradients_by_shared_arguments_are_per_example():
    ours = ag.vmap(ag.grad(loss, argnums=(0, 1)), in_axes=(None, 0, 0))(W, X, T)
    each = [ag.grad(loss, argnums=(0, 1))(W, x, t) for x, t in zip(X, T, strict=True)]
    assert_equal(ours[0], np.stack([e[0] for e in each]))
    assert_equal(ours[1], np.stack([e[1] for e in each]))


def test_transforms_outside():
    total = lambda w: np.sum(ag.vmap(loss, (None, 0, 0))(w, X, T))
    plain = lambda w: np.sum((np.tanh(X @ w) - T) ** 2)
    assert_equal(ag.grad(total)(W), ag.grad(plain)(W))
    assert_equal(ag.hessian(total)(W), ag.hessian(plain)(W))
    assert_equal(ag.jvp(total, (W,), (W,))[1], ag.jvp(plain, (W,), (W,))[1])
    assert_equal(ag.hvp(total)(W, W), ag.hvp(plain)(W, W))
    assert ag.check_grads(ag.vmap(lambda x: np.sin(x) * x[::-1]), (X,), order=2) < 1e-6


def test_gradients_of_gradients_across():
    def penalty(w):
        per_example = ag.vmap(ag.grad(loss), in_axes=(None, 0, 0))(w, X, T)
        return np.sum(per_example**2)

    def looped(w):
        return sum(np.sum(ag.grad(loss)(w, x, t) ** 2) for x, t in zip(X, T, strict=True))

    assert_equal(ag.grad(penalty)(W), ag.grad(looped)(W))
    assert ag.check_grads(penalty, (W,), order=1) < 1e-5


def test_closed_over_nodes_get_their_gradients():
    w = ag.Node(W)
    np.sum(ag.vmap(lambda x: np.tanh(x @ w))(X)).backward()
    assert_equal(w.grad, ag.grad(lambda w: np.sum(np.tanh(X @ w)))(W))
    inner = lambda w: np.sum(
        ag.vmap(lambda x: ag.grad(lambda x: np.sum(np.tanh(x @ w)))(x))(X) ** 2
    )
    assert ag.check_grads(inner, (W,), order=1) < 1e-5


def test_mapped_pullbacks_and_directions():
    _, pullback = ag.vjp(lambda x: np.tanh(x @ W), X[0])
    rows = ag.vmap(pullback)(np.eye(4))[0]
    assert_equal(rows, ag.jacobian(lambda x: np.tanh(x @ W))(X[0]))
    push = lambda t: ag.jvp(lambda x: np.tanh(x @ W), (X[0],), (t,))[1]
    assert_equal(ag.vmap(push, out_axes=1)(np.eye(3)), rows)
    per = ag.vmap(lambda x: ag.vmap(ag.vjp(lambda x: np.tanh(x @ W), x)[1])(np.eye(4))[0])(X)
    assert_equal(per, np.stack([ag.jacobian(lambda x: np.tanh(x @ W))(x) for x in X]))


def test_structural_zeros_of_each_example():
    g = ag.vmap(ag.grad(lambda x: np.sum(np.where(x > 0, np.log(x), 0.0))))
    with np.errstate(divide="ignore"):
        assert_equal(g(np.array([[0.0, 2.0], [1.0, 0.0]])), [[0.0, 0.5], [1.0, 0.0]])


def test_jacobians_of_several_levels():
    h = ag.vmap(lambda x: ag.vmap(lambda y: ag.hessian(lambda z: np.sum(z**3 * x * y))(x))(Y))(X)
    for i in range(5):
        for j in range(5):
            assert_equal(h[i, j], np.diag(6 * X[i] ** 2 * Y[j]))


# indices, choices, draws


def test_an_index_of_each_examples_own():
    i = np.array([0, 2, 1, 1, 0])
    assert_equal(ag.vmap(lambda x, i: x[i])(X, i), X[np.arange(5), i])
    assert_equal(ag.vmap(lambda x, i: np.take(x, i), (None, 0))(ag.Node(X[0]), i).value, X[0][i])
    assert_equal(ag.vmap(lambda m, i: m[:, i], (None, 0))(ag.Node(W), i).value, W[:, i].T)
    assert_equal(
        ag.vmap(ag.grad(lambda x, i: x[i] ** 2))(X, i),
        2 * X * (np.arange(3) == i[:, None]),
    )
    pairs = np.array([[0, 1], [2, 2], [1, 0], [0, 0], [1, 2]])
    assert_equal(ag.vmap(lambda x, i: x[i])(X, pairs), np.take_along_axis(X, pairs, 1))


V = RNG.normal(size=(5, 3, 4, 2))
I, J, K = RNG.integers(0, 3, 5), RNG.integers(0, 4, (5, 2)), RNG.integers(0, 2, (5, 2))
READS = {
    "one": lambda x, i, j, k: x[i],
    "second axis": lambda x, i, j, k: x[:, j],
    "with a number behind": lambda x, i, j, k: x[:, j, 0],
    "with a slice behind": lambda x, i, j, k: x[0, j, 1:],
    "two": lambda x, i, j, k: x[i, j],
    "apart": lambda x, i, j, k: x[i, :, k],
    "ellipsis": lambda x, i, j, k: x[..., k],
    "ellipsis between": lambda x, i, j, k: x[i, ..., k],
    "new axes": lambda x, i, j, k: x[None, :, j, None],
    "beside a shared array": lambda x, i, j, k: x[:, j, np.array([0, 1])],
    "a mask of its own": lambda x, i, j, k: x[:, np.arange(4) != j[0]],
}


@pytest.mark.parametrize("name", READS)
def test_reads_at_each_examples_own_places(name):
    f = READS[name]
    rest = list(zip(I, J, K, strict=True))
    assert_equal(ag.vmap(f)(V, I, J, K), np.stack([f(x, *r) for x, r in zip(V, rest, strict=True)]))
    shared = ag.Node(V[0], requires_grad=False)
    ours = ag.vmap(lambda i, j, k: f(shared, i, j, k))(I, J, K)
    assert_equal(ours.value, np.stack([f(V[0], *r) for r in rest]))
    total = lambda x, *r: np.sum(f(x, *r) ** 2)
    each = [ag.grad(total)(x, *r) for x, r in zip(V, rest, strict=True)]
    assert_equal(ag.vmap(ag.grad(total))(V, I, J, K), np.stack(each))


def test_masks_are_combined():
    f = lambda x: np.sum(np.where((x > -1) & ~(x > 1) | (x == 2), x, 0.0))
    assert_equal(ag.vmap(f)(X), [f(x) for x in X])


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted_in_arrays_of_examples_own(side):
    f = lambda a, v: np.searchsorted(a, v, side)
    known = np.sort(RNG.integers(0, 4, (5, 6)), axis=1).astype(float)
    asked = RNG.integers(0, 4, (5, 2, 3)).astype(float)
    assert_equal(ag.vmap(f)(known, asked), [*map(f, known, asked)])
    assert_equal(ag.vmap(f, (0, None))(known, asked[0]), [f(a, asked[0]) for a in known])
    twice = ag.vmap(lambda a: ag.vmap(lambda v: f(a, v))(asked))(known)
    assert_equal(twice, [[f(a, v) for v in asked] for a in known])


def test_places_in_sorted_arrays():
    known = np.sort(RNG.integers(0, 4, (5, 6)), axis=1).astype(float)
    asked = RNG.integers(0, 4, (5, 2, 3)).astype(float)
    down = np.where(np.arange(5)[:, None] % 2, known, known[:, ::-1])
    assert_equal(ag.vmap(np.digitize)(asked, down), [*map(np.digitize, asked, down)])
    assert_equal(ag.vmap(np.isin)(asked, known[:, :2]), [*map(np.isin, asked, known[:, :2])])


def test_sets_of_one_size():
    x = np.array([[1.0, 0.0, 1.0, 2.0], [5.0, 5.0, 3.0, 4.0]])
    f = lambda x: np.unique(x, return_inverse=True, return_counts=True)
    for ours, *parts in zip(ag.vmap(f)(x), *map(f, x), strict=True):
        assert_equal(ours, np.stack(parts))
    with pytest.raises(BatchedValueError, match="one shape"):
        ag.vmap(np.unique)(np.array([[1.0, 1.0], [1.0, 2.0]]))


def test_a_decision_of_yours_is_refused_even_where_all_examples_agree():
    with pytest.raises(BatchedValueError, match="bool"):
        ag.vmap(lambda x: x if x[0] > -100 else -x)(X)


def test_a_rule_that_decides_takes_one_after_the_other_where_examples_differ():
    x = np.array([[1 + 1e-18j, 2.0], [1 + 1j, 2.0]])
    assert_equal(ag.vmap(np.real_if_close)(x), np.stack([*map(np.real_if_close, x)]))
    f = lambda x: np.piecewise(x, [x < 0, x > 1], [lambda x: -x, lambda x: x**2, 0.5])
    assert_equal(ag.vmap(f)(X), [f(x) for x in X])
    assert_equal(
        ag.vmap(ag.grad(lambda x: f(x).sum()))(X), [ag.grad(lambda x: f(x).sum())(x) for x in X]
    )


def test_plain_answers():
    assert_equal(ag.vmap(np.argmax)(X), X.argmax(1))
    assert_equal(ag.vmap(lambda x: x > 0)(X), X > 0)
    assert_equal(ag.vmap(lambda x: np.any(x > 1))(X), (X > 1).any(1))
    assert_equal(ag.vmap(lambda x: np.argsort(x))(X), np.argsort(X))
    assert_equal(
        ag.vmap(lambda x: np.searchsorted(np.sort(Y[0]), x))(X), np.searchsorted(np.sort(Y[0]), X)
    )
    assert_equal(ag.vmap(lambda x: x * np.ones_like(x))(X), X)


def test_functions_that_decide_on_values():
    assert_equal(ag.vmap(np.median)(X), np.median(X, axis=1))
    assert_equal(
        ag.vmap(ag.grad(lambda x: np.sum(np.interp(x / 2, [-3.0, 0.0, 3.0], [0.0, 1.0, 5.0]))))(X),
        np.where(X > 0, 4 / 6, 1 / 6),
    )
    assert_equal(
        ag.vmap(lambda x: np.apply_along_axis(lambda v: v if v[0] > 0 else -v, 0, x))(X),
        X * np.sign(X[:, :1]),
    )


def test_buffers_and_updates():
    def filled(x):
        out = ag.buffer(np.zeros(4))
        out[1:] = x
        out[0] = x[0] * 2
        return np.sum(out.node() ** 2) + np.sum(ag.array(x)[1:])

    assert_equal(ag.vmap(filled)(X), [filled(x) for x in X])
    assert_equal(ag.vmap(lambda x: x.at[0].set(x[1]))(X), X[:, [1, 1, 2]])
    assert_equal(ag.vmap(ag.grad(filled))(X), [ag.grad(filled)(x) for x in X])
    assert_equal(ag.vmap(lambda x: ag.array([x[0], 1.0, x[1]]))(X)[:, 2], X[:, 1])


def test_your_own_functions():
    @ag.primitive
    def softsign(x):
        return x / (1 + float(np.max(np.abs(x))) * 0 + np.abs(x))

    softsign.defvjp(lambda g, out, x: g / (1 + np.abs(x)) ** 2)

    class Clip(ag.Function):
        @staticmethod
        def forward(ctx, x, *, limit):
            ctx.inside = np.abs(x) < limit
            return np.clip(x, -limit, limit)

        @staticmethod
        def backward(ctx, g):
            return g * ctx.inside

    assert_equal(ag.vmap(softsign)(X), X / (1 + np.abs(X)))
    assert_equal(ag.vmap(ag.grad(lambda x: np.sum(softsign(x))))(X), 1 / (1 + np.abs(X)) ** 2)
    clip = lambda x: np.sum(Clip.apply(x, limit=1.0))
    assert_equal(ag.vmap(ag.grad(clip))(X), np.abs(X) < 1)
    assert_equal(ag.grad(lambda x: np.sum(ag.vmap(clip)(x)))(X), np.abs(X) < 1)


def test_a_generator_among_the_arguments_draws_for_each_example():
    draw = ag.vmap(lambda x, rng: x * 0 + rng.normal(size=3), in_axes=(0, None))
    one, two = draw(X, np.random.default_rng(0)), draw(X, np.random.default_rng(0))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, np.random.default_rng(0).normal(size=(5, 3)))
    rng = np.random.default_rng(0)
    shared = ag.vmap(lambda x: x * 0 + rng.normal(size=3))(X)
    assert_equal(shared, np.broadcast_to(np.random.default_rng(0).normal(size=3), (5, 3)))
    nested = ag.vmap(
        lambda x, rng: ag.vmap(lambda y, rng: rng.random(), (0, None))(x, rng), (0, None)
    )
    assert len(np.unique(nested(X, np.random.default_rng(0)))) == 15


def drawn(f, seed=0):
    """What ``f(rng)`` draws for each of five examples, and the generator of the same seed."""
    ours = ag.vmap(lambda x, rng: f(rng), (0, None))(X, np.random.default_rng(seed))
    return ours, np.random.default_rng(seed)


def test_draws_take_all_arguments():
    low = np.array([0.0, 10.0, 20.0])
    ours, rng = drawn(lambda rng: rng.uniform(low=low, high=low + 1))
    np.testing.assert_array_equal(ours, rng.uniform(low, low + 1, (5, 3)))
    five = np.arange(5.0)  # as many as there are examples, each of which gets all
    ours, rng = drawn(lambda rng: rng.normal(loc=five))
    np.testing.assert_array_equal(ours, rng.normal(five, size=(5, 5)))
    ours, rng = drawn(lambda rng: rng.integers(1, 2, 4, np.int8, True))
    wanted = rng.integers(1, 2, (5, 4), np.int8, True)
    np.testing.assert_array_equal(ours, wanted)
    assert ours.dtype == np.int8
    assert ours.max() == 2
    ours, rng = drawn(lambda rng: rng.random(2, np.float32))
    np.testing.assert_array_equal(ours, rng.random((5, 2), np.float32))


def test_orders_and_choices():
    orders, _ = drawn(lambda rng: rng.permutation(6))
    np.testing.assert_array_equal(np.sort(orders), np.broadcast_to(np.arange(6), (5, 6)))
    assert len(np.unique(orders, axis=0)) > 1
    names = np.arange(12.0).reshape(4, 3)
    mixed, _ = drawn(lambda rng: rng.permutation(names))
    np.testing.assert_array_equal(np.sort(mixed, axis=1), np.broadcast_to(names, (5, 4, 3)))
    some, _ = drawn(lambda rng: rng.choice(names, (2, 2)))
    assert some.shape == (5, 2, 2, 3)
    assert np.isin(some, names).all()
    few, _ = drawn(lambda rng: rng.choice(10, 9, replace=False))
    assert all(len(np.unique(row)) == 9 for row in few)
    one, _ = drawn(lambda rng: rng.choice(names[:, 0]))
    assert one.shape == (5,)


@pytest.mark.parametrize(
    "f",
    [
        lambda rng: rng.shuffle(np.arange(3)),
        lambda rng: rng.random(out=np.zeros(3)),
        lambda rng: rng.choice(3, 4, replace=False),
    ],
)
def test_other_draws_are_refused(f):
    with pytest.raises(ArgumentTypeError, match="inside vmap"):
        drawn(f)
    with pytest.raises(ArgumentTypeError, match="constant parameters"):
        ag.vmap(lambda x, rng: rng.normal(x), (0, None))(X, np.random.default_rng(0))


# refusals


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: ag.vmap(np.add)(X, X[:4]), ArgumentError, "one number of examples"),
        (lambda: ag.vmap(np.add, in_axes=(0, 2))(X, X), ArgumentError, "an axis of shape"),
        (lambda: ag.vmap(np.sin)(2.0), ArgumentError, "an axis of shape"),
        (lambda: ag.vmap(np.sin, None)(X), ArgumentError, "an axis to map over"),
        (lambda: ag.vmap(np.add, in_axes=(0,))(X, X), ArgumentError, "2 entries, got 1"),
        (lambda: ag.vmap(lambda x: x, in_axes=({"a": 0},))(X), ArgumentError, "matching structure"),
        (lambda: ag.vmap(np.sin, in_axes="x")(X), ArgumentTypeError, "ints or None"),
        (lambda: ag.vmap(lambda x, s: x)(X, "text"), ArgumentTypeError, "arrays to map over"),
        (lambda: ag.vmap(lambda x: x, out_axes=None)(X), ArgumentError, "same for all examples"),
        (lambda: ag.vmap(lambda x: x, out_axes=2)(X), ArgumentError, "an axis of a result"),
        (lambda: ag.vmap(lambda x: "text")(X), ArgumentTypeError, "arrays as results"),
        (lambda: ag.vmap(lambda x: x if x[0] > 0 else -x)(X), BatchedValueError, "bool()"),
        (lambda: ag.vmap(lambda x: float(x[0]))(X), BatchedValueError, "float()"),
        (lambda: ag.vmap(lambda x: x.item())(X[:, 0]), BatchedValueError, "item()"),
        (lambda: ag.vmap(lambda x: np.asarray(x))(X), BatchedValueError, "Converting"),
        (lambda: ag.vmap(lambda i: range(i))(np.arange(3)), BatchedValueError, "index"),
        (lambda: ag.vmap(lambda x: x[x > 0])(X), BatchedValueError, "one shape"),
        (lambda: ag.vmap(lambda x: np.sum(x).backward())(X), BatchedValueError, "backward"),
        (lambda: ag.vmap(lambda x: ag.Node(x))(X), ArgumentTypeError, "Node expected"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words.replace("(", r"\(").replace(")", r"\)")):
        call()


def test_a_value_that_leaves_is_refused():
    kept = []
    ag.vmap(lambda x: kept.append(x) or x)(X)
    with pytest.raises(BatchedValueError, match="is running"):
        kept[0] + 1


def test_an_exception_leaves_no_trace():
    def broken(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        ag.vmap(broken)(X)
    assert ag.grad(lambda x: np.sum(x**2))(X[0]).shape == (3,)


@pytest.mark.oracle
def test_as_jax():
    jax = pytest.importorskip("jax")
    jnp = jax.numpy

    def with_numpy(np):
        def f(w, x, y):
            h = np.tanh(x @ w)
            return np.sum((h - y) ** 2) + np.max(h) * np.linalg.norm(x)

        return f

    with jax.enable_x64():
        theirs = jax.vmap(jax.grad(with_numpy(jnp), (0, 1)), (None, 0, 0), 1)(W, X, T)
    ours = ag.vmap(ag.grad(with_numpy(np), (0, 1)), (None, 0, 0), 1)(W, X, T)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-6)


AT_ONCE = {
    "choose": lambda x: np.choose(np.array([0, 1, 0]), [x, 2 * x]),
    "histogram": lambda x: np.histogram(x, np.array([-1.0, 0.0, 1.0]))[0],
    "histogram of weights": lambda x: np.histogram(x, np.array([-1, 0, 1]), weights=np.ones(3))[0],
    "quantile": lambda x: np.quantile(x, np.array([0.2, 0.5])),
    "sorted": lambda x: x[np.argsort(x)],
    "take_along_axis": lambda x: np.take_along_axis(x, np.argsort(x), 0),
    "select": lambda x: np.select([x > 0.5, x < 0], [x, 2 * x], 0.0),
    "polyfit": lambda x: np.polyfit(np.arange(3.0), x, 1),
    "average": lambda x: np.average(x, weights=np.arange(1.0, 4)),
    "lstsq": lambda x: np.linalg.lstsq(np.vander([1.0, 2, 3], 2), x)[0],
    "digitize": lambda x: np.digitize(x, [0.3, 0.6]),
    "bincount": lambda x: np.bincount([0, 1, 1], x),
    "searchsorted": lambda x: np.searchsorted([0.3, 0.6], x),
    "interp": lambda x: np.interp(x, [-1.0, 0.0, 1.0], [0.0, 2.0, 1.0]),
    "values": lambda x: np.interp([0.2, 0.7], [0.0, 0.5, 1.0], x),
}


@pytest.mark.parametrize("name", AT_ONCE)
def test_beside_what_all_examples_share(name):
    f = AT_ONCE[name]
    with mock.patch.object(batched, "stacked", wraps=batched.stacked) as loop:
        ours = ag.vmap(f)(X)
    assert not loop.called
    wanted = np.stack([f(x) for x in X])
    assert ours.dtype == wanted.dtype
    assert_equal(ours, wanted)
