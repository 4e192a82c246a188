"""Hypothesis: broadcasting, einsum formulas, indices, reductions and reshaping of any shape.

The expected values come from NumPy alone: known formulas, ``ufunc.at`` and difference quotients.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import autograd_core as ag

quick = settings(max_examples=60, deadline=None, derandomize=True, database=None)


def entries(shape, seed=0, low=-2.0, high=2.0):
    """Distinct numbers in a random order: no ties."""
    size = int(np.prod(shape))
    spaced = np.linspace(low, high, size + 2)[1:-1] + 0.013
    return np.random.default_rng(seed).permutation(spaced).reshape(shape)


# Shapes


@quick
@given(hnp.mutually_broadcastable_shapes(num_shapes=3, max_dims=4, max_side=3))
def test_gradients_of_broadcast_operands_are_sums_over_what_was_copied(shapes):
    """For sum(w (x y + z)): each a product, summed over the axes that broadcasting added."""
    x, y, z = (entries(s, k) for k, s in enumerate(shapes.input_shapes))
    w = entries(shapes.result_shape, 9)
    grads = ag.grad(lambda *xs: np.sum(w * (xs[0] * xs[1] + xs[2])), (0, 1, 2))(x, y, z)
    whole = [w * np.broadcast_to(c, w.shape) for c in (y, x, 1.0)]
    for g, c, v in zip(grads, whole, (x, y, z), strict=True):
        np.testing.assert_allclose(g, folded(c, v.shape), atol=1e-12)
        assert np.shape(g) == v.shape
    ts = [entries(v.shape, k + 5) for k, v in enumerate((x, y, z))]
    tangent = ag.jvp(lambda *xs: w * (xs[0] * xs[1] + xs[2]), (x, y, z), ts)[1]
    np.testing.assert_allclose(tangent, w * (ts[0] * y + x * ts[1] + ts[2]), atol=1e-12)


def folded(x, shape):
    """Independent of the package: sum over leading axes, then over those of length 1."""
    while x.ndim > len(shape):
        x = x.sum(0)
    for axis, n in enumerate(shape):
        if n == 1:
            x = x.sum(axis, keepdims=True)
    return x


@st.composite
def formulas(draw):
    """An einsum formula with operands: repeated letters, an ellipsis, implicit results."""
    sizes = {c: draw(st.integers(1, 3)) for c in "abcd"}
    letters = st.lists(st.sampled_from("abcd"), min_size=0, max_size=3)
    terms = ["".join(draw(letters)) for _ in range(draw(st.integers(1, 3)))]
    dots = draw(st.booleans())
    spare = tuple(draw(st.lists(st.integers(1, 2), max_size=2))) if dots else ()
    shapes = [tuple(sizes[c] for c in term) for term in terms]
    if dots:
        place = draw(st.integers(0, len(terms) - 1))
        at = draw(st.integers(0, len(terms[place])))
        shapes[place] = shapes[place][:at] + spare + shapes[place][at:]
        terms[place] = terms[place][:at] + "..." + terms[place][at:]
    formula = ",".join(terms)
    if draw(st.booleans()):
        used = sorted({c for c in formula if c in "abcd"})
        result = "".join(draw(st.lists(st.sampled_from(used), unique=True))) if used else ""
        at = draw(st.integers(0, len(result)))
        formula += "->" + (result[:at] + "..." + result[at:] if dots else result)
    return formula, [entries(shape, k) for k, shape in enumerate(shapes)]


@quick
@given(formulas())
def test_einsum_formulas(case):
    formula, operands = case
    expected = np.einsum(formula, *operands)
    result = np.einsum(formula, *map(ag.Node, operands))
    np.testing.assert_allclose(result.value, expected, atol=1e-12)
    # multilinear: the gradient along an operand itself gives the result back, for every operand
    w = entries(np.shape(expected), 8)
    grads = ag.grad(lambda *xs: np.sum(w * np.einsum(formula, *xs)), tuple(range(len(operands))))(
        *operands
    )
    for g, x in zip(grads, operands, strict=True):
        np.testing.assert_allclose(np.sum(g * x), np.sum(w * expected), atol=1e-10)
    ts = [entries(x.shape, k + 5) for k, x in enumerate(operands)]
    tangent = ag.jvp(lambda *xs: np.einsum(formula, *xs), operands, ts)[1]
    inner = sum(np.sum(g * t) for g, t in zip(grads, ts, strict=True))
    np.testing.assert_allclose(inner, np.sum(w * tangent), atol=1e-10)
    bump = [x + 1e-6 * t for x, t in zip(operands, ts, strict=True)]
    dent = [x - 1e-6 * t for x, t in zip(operands, ts, strict=True)]
    slope = (np.einsum(formula, *bump) - np.einsum(formula, *dent)) / 2e-6
    np.testing.assert_allclose(tangent, slope, atol=1e-7)


@pytest.mark.parametrize(
    ("formula", "shapes"),
    [
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("iij->j", [(3, 3, 2)]),
        ("ijk->", [(2, 3, 2)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("ij...,jk->k...i", [(2, 3, 2), (3, 2)]),
        ("i,i,i", [(3,), (3,), (3,)]),
        ("ij,jk,kl->il", [(2, 3), (3, 2), (2, 4)]),
        ("ij->ji", [(2, 3)]),
        (",ij->ij", [(), (2, 3)]),
        ("...,...", [(2, 3), (3,)]),
        ("ij,ij->i", [(2, 3), (1, 3)]),
        (" ij , jk -> ik", [(2, 3), (3, 2)]),
    ],
)
@pytest.mark.parametrize("optimize", [False, True])
def test_named_einsum_formulas(formula, shapes, optimize):
    operands = [entries(s, k) for k, s in enumerate(shapes)]
    f = lambda *xs: np.einsum(formula, *xs, optimize=optimize)
    np.testing.assert_allclose(f(*map(ag.Node, operands)).value, f(*operands))
    assert ag.check_grads(f, operands) < 1e-6


def test_einsum_with_lists_of_axes():
    a, b = entries((2, 3), 0), entries((3, 4), 1)
    f = lambda a, b: np.einsum(a, [0, 1], b, [1, 27], [27, 0])
    np.testing.assert_allclose(f(ag.Node(a), ag.Node(b)).value, f(a, b))
    g = lambda a: np.einsum(a, [5, 5, Ellipsis])
    np.testing.assert_allclose(g(ag.Node(entries((3, 3, 2), 0))).value, g(entries((3, 3, 2), 0)))
    assert ag.check_grads(f, (a, b)) < 1e-6


# Indices


@st.composite
def indexed(draw):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=4))
    kind = draw(st.sampled_from(["basic", "advanced", "boolean", "mixed"]))
    if kind == "basic":
        return shape, draw(hnp.basic_indices(shape, allow_newaxis=True))
    if kind == "advanced":
        return shape, draw(
            hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3))
        )
    if kind == "boolean":
        axes = draw(st.integers(1, len(shape)))
        return shape, draw(hnp.arrays(bool, shape[:axes]))
    parts = []
    for n in shape:
        part = draw(st.sampled_from(["slice", "int", "array", "list"]))
        if part == "slice":
            parts.append(draw(st.slices(n)))
        elif part == "int":
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            rows = draw(st.lists(st.integers(-n, n - 1), min_size=2, max_size=2))
            parts.append(np.array(rows) if part == "array" else rows)
    return shape, tuple(parts[: draw(st.integers(1, len(parts)))])


@quick
@given(indexed())
def test_indexing(case):
    shape, index = case
    x = entries(shape, 0)
    expected = x[index]
    picked = ag.Node(x)[index]
    np.testing.assert_array_equal(picked.value, expected)
    w = entries(np.shape(expected), 1)
    # the gradient of sum(w x[index]^2): 2 w x[index] added back at the index
    gradient = np.zeros(shape)
    np.add.at(gradient, index, 2 * w * expected)
    np.testing.assert_allclose(
        ag.grad(lambda x: np.sum(w * x[index] ** 2))(x), gradient, atol=1e-12
    )
    t = entries(shape, 2)
    np.testing.assert_allclose(ag.jvp(lambda x: x[index], (x,), (t,))[1], t[index])
    hvp = np.zeros(shape)
    np.add.at(hvp, index, 2 * w * t[index])
    np.testing.assert_allclose(ag.hvp(lambda x: np.sum(w * x[index] ** 2))(x, t), hvp, atol=1e-12)


@quick
@given(indexed())
def test_writing_at_an_index(case):
    shape, index = case
    x = entries(shape, 0)
    v = entries(np.shape(x[index]), 1)
    added = x.copy()
    np.add.at(added, index, v)
    np.testing.assert_allclose(ag.Node(x).at[index].add(ag.Node(v)).value, added)
    w = entries(shape, 2)
    gx, gv = ag.grad(lambda x, v: np.sum(w * x.at[index].add(v)), (0, 1))(x, v)
    np.testing.assert_allclose(gx, w)
    np.testing.assert_allclose(gv, w[index])


# Reductions


@st.composite
def reductions(draw, **keywords):
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=3, max_side=3))
    axis = draw(
        st.one_of(
            st.none(),
            st.integers(-len(shape), len(shape) - 1),
            hnp.valid_tuple_axes(len(shape), min_size=0),
        )
    )
    params = {"axis": axis, "keepdims": draw(st.booleans())}
    if "where" in keywords and draw(st.booleans()):
        params["where"] = draw(hnp.arrays(bool, shape))
    if "initial" in keywords and draw(st.booleans()):
        params["initial"] = draw(st.sampled_from([-3.0, 0.37, 2.5]))
    if "ddof" in keywords:
        params["ddof"] = draw(st.sampled_from([0, 1]))
    return shape, params


def checked_reduction(f, shape, params):
    x = entries(shape, 0)
    with np.errstate(all="ignore"):
        expected = f(x, **params)
        result = f(ag.Node(x), **params)
        assert np.shape(result.value) == np.shape(expected)
        np.testing.assert_allclose(result.value, expected, rtol=1e-12, atol=1e-12)
        if np.all(np.isfinite(expected)):
            ag.check_grads(lambda x: f(x, **params), (x,), order=2)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", [np.sum, np.prod], ids=lambda f: f.__name__)
@quick
@given(case=reductions(where=True, initial=True))
def test_sums_and_products(f, case):
    checked_reduction(f, *case)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", [np.max, np.min], ids=lambda f: f.__name__)
@quick
@given(case=reductions(where=True, initial=True))
def test_extremes(f, case):
    shape, params = case
    if "where" in params:
        params = {"initial": -5.0 if f is np.max else 5.0} | params
    checked_reduction(f, shape, params)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@quick
@given(case=reductions(where=True))
def test_means(case):
    checked_reduction(np.mean, *case)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("f", [np.var, np.std], ids=lambda f: f.__name__)
@quick
@given(case=reductions(where=True, ddof=True))
def test_spreads(f, case):
    shape, params = case
    x = entries(shape, 0)
    with np.errstate(all="ignore"):
        expected = f(x, **params)
        np.testing.assert_allclose(f(ag.Node(x), **params).value, expected, rtol=1e-12, atol=1e-12)
    if np.all(np.isfinite(expected)) and np.all(expected > 1e-9):  # the root bends at 0
        ag.check_grads(lambda x: f(x, **params), (x,), order=2)


def test_spreads_with_a_given_mean():
    x = entries((3, 4), 0)
    mean = np.mean(x, axis=0, keepdims=True)
    for f in (np.var, np.std):
        np.testing.assert_allclose(f(ag.Node(x), axis=0, mean=mean).value, f(x, axis=0, mean=mean))
        np.testing.assert_allclose(
            f(ag.Node(x), axis=0, correction=1).value, f(x, axis=0, correction=1)
        )


@quick
@given(hnp.array_shapes(min_dims=1, max_dims=3, max_side=3), st.data())
def test_shape_functions(shape, data):
    x = entries(shape, 0)
    ndim = len(shape)
    axes = data.draw(st.permutations(range(ndim)))
    axis = data.draw(st.integers(-ndim, ndim - 1))
    other = data.draw(st.integers(-ndim, ndim - 1))
    order = data.draw(st.sampled_from("CFA"))
    for f in (
        lambda x: np.transpose(x, axes),
        lambda x: np.swapaxes(x, axis, other),
        lambda x: np.moveaxis(x, axis, other),
        lambda x: np.expand_dims(x, axis),
        lambda x: np.flip(x, axis),
        lambda x: np.ravel(np.transpose(x, axes), order),
        lambda x: np.reshape(np.transpose(x, axes), (-1,), order=order),
        lambda x: np.stack([x, 2 * x], axis=axis),
        lambda x: np.concatenate([x, x**2], axis=axis),
        lambda x: np.cumsum(x, axis=axis),
        lambda x: np.cumprod(x, axis=axis),
        lambda x: np.squeeze(x[None]),
        lambda x: np.append(x, 2 * x, axis=axis),
        np.atleast_3d,
        np.vstack,
        np.column_stack,
    ):
        expected = f(x)
        np.testing.assert_allclose(f(ag.Node(x)).value, expected, atol=1e-12)
        w, t = entries(np.shape(expected), 1), entries(shape, 2)
        g = ag.grad(lambda x, f=f, w=w: np.sum(w * f(x)))(x)
        numeric = np.sum(w * (f(x + 1e-6 * t) - f(x - 1e-6 * t))) / 2e-6
        np.testing.assert_allclose(np.sum(g * t), numeric, atol=1e-6)
        np.testing.assert_allclose(np.sum(w * ag.jvp(f, (x,), (t,))[1]), np.sum(g * t), atol=1e-10)
