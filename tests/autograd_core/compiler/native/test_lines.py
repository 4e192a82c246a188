"""Every form of line, against NumPy: dtypes, broadcasting, axes, chains of views."""

from __future__ import annotations

import numpy as np
import pytest

from autograd_core.compiler.program import convert, put, put_add

FLOATS = [np.float32, np.float64]


def ufuncs():
    from autograd_core.compiler.native.functions import ROWS

    return sorted(ROWS, key=lambda ufunc: ufunc.__name__)


def entries(rng, ufunc, dtype):
    """Arguments where a ufunc is defined, edge cases included."""
    inside = ufunc in (np.arcsin, np.arccos, np.arctanh)
    edges = [0.0, -0.0, 1.0, -1.0, 0.5, np.nan] + [np.inf, -np.inf] * (not inside)
    x = np.concatenate([edges, rng.uniform(-1, 1, 40) if inside else rng.normal(0, 3, 40)])
    if ufunc in (np.power, np.float_power, np.arccosh):
        x = np.abs(x) + (ufunc is np.arccosh)
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_ufunc_of_floats_is_native(write, check, rng, dtype):
    results = []
    for ufunc in ufuncs():
        kinds = {np.dtype(t[0]).kind for t in ufunc.types}
        if "f" not in kinds:
            continue
        args = [write.input(entries(rng, ufunc, dtype)) for _ in range(ufunc.nin)]
        results.append(write(ufunc, *args))
        if ufunc.nin == 2:
            turned = write.input(np.roll(write.values[args[1]], 5)[::-1].copy())
            results.append(write(ufunc, args[0], turned))
    check(*results, rtol=2e-6 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_ufuncs_of_whole_numbers_and_bools_are_native(write, check, rng, dtype):
    from autograd_core.compiler.native.functions import ROWS

    kind = np.dtype(dtype).kind
    x, y = (write.input(rng.integers(0, 2 if kind == "b" else 100, 37).astype(dtype)) for _ in "xy")
    results = []
    for ufunc in ufuncs():
        same = np.dtype(dtype).char * ufunc.nin
        if kind in ROWS[ufunc][0] and any(t.startswith(same + "->") for t in ufunc.types):
            results.append(write(ufunc, *(x, y)[: ufunc.nin]))
    assert len(results) > 5
    check(*results)


def test_dtypes_mix_as_numpy_has_it(write, check, rng):
    whole = write.input(rng.integers(-9, 9, (3, 4)))
    small = write.input(rng.integers(-9, 9, (3, 4)).astype(np.int32))
    single = write.input(rng.normal(size=(3, 4)).astype(np.float32))
    double = write.input(rng.normal(size=4))
    truth = write.input(rng.integers(0, 2, (3, 1)).astype(bool))
    number, strong = write.input(0.3), write.input(np.float64(0.7))
    pairs = [(whole, single), (small, single), (single, double), (single, number), (single, 2)]
    pairs += [(truth, single), (truth, whole), (whole, 2.5), (single, strong), (number, number)]
    results = [write(f, x, y) for x, y in pairs for f in (np.add, np.multiply, np.maximum)]
    results += [write(np.true_divide, whole, small), write(np.sqrt, whole), write(np.exp, number)]
    check(*results)


def test_converting(write, check, rng):
    x = write.input(rng.normal(size=(5, 3)))
    i = write.input(rng.integers(0, 3, 7))
    kinds = [(x, np.float32), (x, bool), (i, np.float32), (i, np.int8), (i, bool), (i, np.uint16)]
    check(*(write(convert, a, np.dtype(t)) for a, t in kinds))


def test_shapes_broadcast(write, check, rng):
    shapes = [(4, 3, 5), (3, 5), (5,), (), (1, 5), (3, 1), (4, 1, 1), (1, 1, 1), (4, 1, 5)]
    xs = [write.input(np.asarray(rng.normal(size=s))) for s in shapes]
    results = [write(np.multiply, write(np.add, x, y), xs[3]) for x in xs for y in xs]
    check(*results)


def test_powers(write, check, rng):
    x = write.input(rng.uniform(0.5, 2, (4, 5)))
    check(*(write(np.power, x, e) for e in (0, 1, -1, 2, 3, 7, -3, 0.5, 1.5, 2.0)))


def test_where_takes_one_of_two(write, check, rng):
    x, y = (write.input(rng.normal(size=(4, 6)).astype(np.float32)) for _ in "xy")
    row = write.input(rng.normal(size=6).astype(np.float32))
    condition = write(np.greater, x, y)
    results = [write(np.where, condition, x, row), write(np.where, condition, 0.0, y)]
    check(*results, write(np.where, x, y, 1.0), write(np.where, np.arange(6) > 2, x, y))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32, bool])
def test_reductions_over_any_axes(write, check, rng, dtype):
    x = write.input(rng.integers(-4, 5, (3, 4, 5, 2)).astype(dtype))
    flat = write.input(rng.integers(-4, 5, 1000).astype(dtype))
    turned = write(np.transpose, x, (2, 0, 3, 1))
    folds = [np.logical_and, np.logical_or, *[np.add, np.maximum, np.minimum] * (dtype is not bool)]
    results = [write(f.reduce, flat, axis=(0,), keepdims=False) for f in folds]
    for axes in [(0,), (3,), (1, 2), (0, 2), (0, 1, 2, 3), (1, 3), (0, 3), ()]:
        for f in folds:
            results.append(write(f.reduce, x, axis=axes, keepdims=True))
            results.append(write(f.reduce, turned, axis=axes, keepdims=False))
    check(*results)


def test_products_of_entries(write, check, rng):
    x = write.input(rng.uniform(0.5, 1.5, (6, 7)))
    check(*(write(np.multiply.reduce, x, axis=a, keepdims=False) for a in [(0,), (1,), (0, 1)]))


def test_reductions_of_nothing_and_of_one(write, check):
    nothing, one = write.input(np.zeros((0, 3))), write.input(np.full((1, 1), 7.0))
    results = [write(np.add.reduce, nothing, axis=a, keepdims=False) for a in [(0,), (1,), (0, 1)]]
    results += [write(np.maximum.reduce, one, axis=a, keepdims=False) for a in [(0,), (0, 1)]]
    check(*results, write(np.add, nothing, 1.0))


@pytest.mark.parametrize("dtype", FLOATS)
def test_extremes_meet_nan_and_infinities(write, check, rng, dtype):
    x = rng.normal(size=(6, 40)).astype(dtype)
    x[1, 3], x[2, 39], x[3, 0], x[4] = np.nan, np.nan, np.inf, -np.inf
    x = write.input(x)
    results = [
        write(f.reduce, x, axis=a, keepdims=False)
        for f in (np.maximum, np.minimum, np.add)
        for a in [(0,), (1,), (0, 1)]
    ]
    check(*results, *(write(f, x, axis=a) for f in (np.argmax, np.argmin) for a in (0, 1, None)))


def test_views_of_views(write, check, rng):
    x = write.input(rng.normal(size=(4, 6, 2)))
    y = write(np.add, x, 1.0)
    a = write.item(y, slice(None, None, -1), slice(1, 5, 2))
    b = write(np.transpose, a, (2, 0, 1))
    c = write(np.reshape, b, (2, 8))
    d = write.item(c, 1, None, Ellipsis)
    e = write(np.broadcast_to, d, (3, 2, 8))
    f = write.item(write(np.reshape, y, (24, 2)), slice(3, 20, 4), -1)
    g = write(np.reshape, write.item(y, Ellipsis, 0), (2, 2, 6))
    results = [write(np.exp, v) for v in (a, b, c, d, e, f, g)]
    check(a, b, c, d, e, f, g, *results, write.item(y, 1, 2, 1), write(np.copy, b))


@pytest.mark.parametrize("dtype", FLOATS)
def test_products_of_matrices_and_vectors(write, check, rng, dtype):
    a, b = (write.input(rng.normal(size=(5, 4)).astype(dtype)) for _ in "ab")
    v, w = (write.input(rng.normal(size=n).astype(dtype)) for n in (4, 5))
    tall = write.input(rng.normal(size=(5, 1)).astype(dtype))
    bt, at = write(np.transpose, b, (1, 0)), write(np.transpose, a, (1, 0))
    steps = write.item(a, slice(None, None, 2), slice(None, None, 2))
    pairs = [(a, bt), (at, b), (at, tall), (a, v), (w, b), (v, v), (bt, w), (v, at), (steps, steps)]
    pairs[-1] = steps, write(np.transpose, steps, (1, 0))
    pairs.append((write.item(a, slice(1, 4), slice(1, 3)), write.item(at, slice(1, 3))))
    pairs.append((write(np.broadcast_to, v, (3, 4)), at))
    stack = write.input(rng.normal(size=(2, 1, 3, 5)).astype(dtype))
    other = write.input(rng.normal(size=(3, 5, 2)).astype(dtype))
    turned = write(np.transpose, other, (0, 2, 1))
    results = [write(np.dot, x, y) for x, y in pairs]
    results += [write(np.matmul, stack, other), write(np.matmul, turned, other)]
    nothing = write.input(np.zeros((5, 0), dtype))
    empty = write(np.dot, nothing, write(np.transpose, nothing, (1, 0)))
    check(*results, empty)


def test_entries_by_number(write, check, rng):
    x = write.input(rng.normal(size=(6, 5, 4)))
    rows, columns = write.input(rng.integers(-6, 6, 7)), write.input(rng.integers(0, 5, 7))
    grid = write.input(rng.integers(0, 6, (2, 3)).astype(np.int32))
    every = slice(None)
    one = write.input(np.int64(3))
    check(
        write.item(x, rows),
        write.item(x, rows, columns),
        write.item(x, every, columns),
        write.item(x, slice(1, 3), columns, slice(None, None, -1)),
        write.item(x, grid, 2),
        write.item(x, np.arange(6)[:, None], np.arange(5)),
        write.item(x, Ellipsis, np.array([0, 3, 3])),
        write.item(x, one),
        write.item(write(np.transpose, x, (2, 1, 0)), np.array([[3], [0]]), 1, grid),
    )


def test_entries_set_and_added_to(write, check, rng):
    import operator

    x = write(np.add, write.input(rng.normal(size=(6, 5))), 0.0)
    kept = write(np.exp, x)
    rows = write.input(np.array([0, 2, 2, -1]))
    value = write.input(rng.normal(size=4))
    at = lambda *index: ((operator.getitem, (index,)),)
    a = write(put, x, 3.0, at(slice(1, 3)))
    b = write(put, a, write.item(value, slice(0, 2)), at(slice(None, None, 3), 4))
    c = write(put_add, b, (rows, np.array([1, 1, 1, 2])), value)
    d = write(put, c, 7.0, at(rows, 3))
    e = write(put, np.zeros((5, 6)), x, ((np.transpose, ((1, 0),)), *at(slice(None))))
    f = write(put_add, np.zeros((6, 5)), rows, write.item(value, slice(None), None))
    g = write(put, x, 1.0, ((np.reshape, ((30,),)), *at(slice(4, 9))))
    check(a, kept, d, e, f, g)
    check(d, e, write(np.add, d, f))


def test_pieces_joined(write, check, rng):
    x, y = (write.input(rng.normal(size=(3, 4))) for _ in "xy")
    z = write(np.multiply, x, y)
    flat = write(np.reshape, write(np.add, x, y), (12,))
    long = write(np.concatenate, (flat, write(np.reshape, z, (12,)), np.arange(3.0)), axis=0)
    wide = write(np.concatenate, (x, z, y), axis=1)
    twice = write(np.concatenate, (z, z), axis=0)
    check(long, wide, twice, z, write(np.exp, long), write(np.sin, z))


def test_constants_of_all_kinds(write, check, rng):
    x = write.input(rng.normal(size=(3, 4)).astype(np.float32))
    table = rng.normal(size=(3, 4)).astype(np.float32)
    ones, number = np.ones((3, 4), np.float32), np.float32(2)
    results = [write(np.multiply, x, c) for c in (table, ones, number, 2, 0.5, table.T.copy().T)]
    check(*results, write(np.add, table, 1.0), write(np.dot, x, np.asfortranarray(table.T)))
