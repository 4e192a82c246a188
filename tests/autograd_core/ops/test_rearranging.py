"""Functions that move, copy, choose and drop entries: NumPy's values, exact derivatives."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

NUMPY = np.lib.NumpyVersion(np.__version__)
trims_many_axes = pytest.mark.skipif(
    NUMPY < "2.2.0", reason="before NumPy 2.2 trim_zeros is of one axis"
)

X = np.arange(1.0, 7.0).reshape(2, 3)
Y = np.array([[0.5, -1.0, 4.0], [2.0, 0.25, -3.0]])
V = np.array([0.3, -0.7, 1.9])
S = np.arange(1.0, 10.0).reshape(3, 3)
MASK = np.array([[True, False, True], [False, False, True]])

CALLS = {
    "roll": lambda x: np.roll(x, 4),
    "roll along an axis": lambda x: np.roll(x, -1, axis=-1),
    "roll along several": lambda x: np.roll(x, (1, 2), axis=(0, 1)),
    "roll along one twice": lambda x: np.roll(x, (1, 1), axis=(1, 1)),
    "roll by an array": lambda x: np.roll(x, np.array([1, 2])),
    "rot90": lambda x: np.rot90(x),
    "rot90 twice": lambda x: np.rot90(x, 2),
    "rot90 back": lambda x: np.rot90(x, -1, axes=(1, 0)),
    "rot90 not at all": lambda x: np.rot90(x, 4),
    "fliplr": lambda x: np.fliplr(x),
    "flipud": lambda x: np.flipud(x),
    "repeat": lambda x: np.repeat(x, 2),
    "repeat an axis": lambda x: np.repeat(x, 3, axis=-1),
    "repeat by counts": lambda x: np.repeat(x, [2, 0, 1], axis=1),
    "repeat by one count": lambda x: np.repeat(x, [2], axis=0),
    "repeat all by counts": lambda x: np.repeat(x, np.arange(6)),
    "repeat often": lambda x: np.repeat(x, 11, axis=0),
    "repeat never": lambda x: np.repeat(x, 0, axis=0),
    "windows": lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)),
    "windows along an axis": lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=-1),
    "tile": lambda x: np.tile(x, 2),
    "tile to more axes": lambda x: np.tile(x, (2, 1, 2)),
    "tile fewer": lambda x: np.tile(x, (3,)),
    "resize": lambda x: np.resize(x, (2, 5)),
    "resize smaller": lambda x: np.resize(x, 4),
    "delete": lambda x: np.delete(x, 1, axis=1),
    "delete negative": lambda x: np.delete(x, [-1, 0]),
    "delete a slice": lambda x: np.delete(x, slice(None, None, 2), axis=-1),
    "delete a mask": lambda x: np.delete(x, np.array([True, False, True]), axis=1),
    "append": lambda x: np.append(x, x[:1], axis=0),
    "append flat": lambda x: np.append(x, 2.0),
    "insert a number": lambda x: np.insert(x, 1, 9.0, axis=1),
    "insert several": lambda x: np.insert(x, [0, 2, 2], [7.0, 8.0, 9.0], axis=1),
    "insert flat": lambda x: np.insert(x, -2, x[0]),
    "insert by a slice": lambda x: np.insert(x, slice(0, 3), x[:, :1] * x[0], axis=1),
    "block": lambda x: np.block([[x, x], [np.ones((1, 3)), x[:1] * 2]]),
    "block of one": lambda x: np.block(x),
    "block of numbers": lambda x: np.block([x[0, 0], 1.0, x[1, 2]]),
    "trim_zeros": lambda x: np.trim_zeros(np.append(np.append([0.0, 0.0], x), [0.0])),
    "trim_zeros in front": lambda x: np.trim_zeros(np.append([0.0], x[0]), "f"),
    "tril": lambda x: np.tril(x),
    "triu": lambda x: np.triu(x, 1),
    "tril of a stack": lambda x: np.tril(np.stack([x, x * x]), -1),
    "tril of one axis": lambda x: np.tril(x[0]),
    "diag": lambda x: np.diag(x),
    "diag above": lambda x: np.diag(x, 1),
    "diag of a line": lambda x: np.diag(x[0]),
    "diag of a line below": lambda x: np.diag(x[0], -2),
    "diagflat": lambda x: np.diagflat(x, 1),
    "diagonal": lambda x: np.diagonal(np.stack([x, x * x]), 1, 2, 1),
    "array_split": lambda x: np.array_split(x, 2, axis=-1),
    "hsplit": lambda x: np.hsplit(x, [1]),
    "ravel in Fortran's order": lambda x: np.ravel(x, order="F"),
    "ravel in memory's order": lambda x: np.ravel(np.transpose(x), order="K"),
    "ravel in the order of many axes": lambda x: np.ravel(
        np.transpose(np.stack([x, x * x, x]), (1, 2, 0)), order="K"
    ),
    "copy in Fortran's order": lambda x: np.copy(x, order="F"),
    "astype": lambda x: x.astype(np.float64, order="F", casting="safe"),
    "reshape in Fortran's order": lambda x: np.reshape(x, (3, -1), order="F"),
    "matrix_transpose": lambda x: np.matrix_transpose(x),
    "rollaxis": lambda x: np.rollaxis(np.stack([x, x * x]), 2),
    "expand_dims": lambda x: np.expand_dims(x, (0, -1)),
    "broadcast_arrays": lambda x: np.broadcast_arrays(x, x[:1]),
    "atleast": lambda x: np.atleast_3d(x, x[0]),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[2, 2], [0, 1]]), axis=1),
    "take_along_axis flat": lambda x: np.take_along_axis(x, np.array([5, 5, 0]), axis=None),
    "take": lambda x: np.take(x, [[0, 2], [1, 1]], axis=-1),
    "take flat, wrapped": lambda x: np.take(x, [-7, 8, 3], mode="wrap"),
    "take clipped": lambda x: np.take(x, [-7, 8, 1], axis=1, mode="clip"),
    "compress": lambda x: np.compress([True, False, True], x, axis=-1),
    "compress flat": lambda x: np.compress([True, False, True], x),
    "extract": lambda x: np.extract(MASK, x),
    "choose": lambda x: np.choose([[0, 1, 1], [1, 0, 0]], [x, x * x]),
    "choose wrapped": lambda x: np.choose([3, -1, 0], [x, 0.5], mode="wrap"),
    "choose clipped": lambda x: np.choose([3, -1, 0], x * x, mode="clip"),
    "select": lambda x: np.select([x > 4.5, x > 2.5], [x * x, np.sin(x)]),
    "select by default": lambda x: np.select([x > 4.5, MASK], [x[0], 2.0], x * 3),
    "where": lambda x: np.where(MASK, x, x[:, :1] ** 2),
    "piecewise": lambda x: np.piecewise(x, [x < 3.5, x > 4.5], [np.square, lambda v: 1 / v]),
    "piecewise otherwise": lambda x: np.piecewise(
        x[0], x[0] < 2.5, [lambda v, k: np.exp(v * k), lambda v, k: k * v], 0.5
    ),
    "piecewise of numbers": lambda x: np.piecewise(x, [x < 3.5], [-1.0, np.sqrt]),
}

if NUMPY >= "2.1.0":
    CALLS["unstack"] = lambda x: np.unstack(x, axis=1)
if NUMPY >= "2.2.0":  # before, booleans are numbers there
    CALLS["insert by a mask"] = lambda x: np.insert(x, np.array([True, False, True]), 0.5, axis=1)


@pytest.mark.parametrize("name", CALLS)
def test_calls(name, agrees):
    agrees(CALLS[name], X)


JOINT = {
    "insert": (lambda x, y: np.insert(x, [1, 2], y[:, :2], axis=1), X, Y),
    "insert rows": (lambda x, y: np.insert(x, 1, y, axis=0), X, Y),
    "append": (lambda x, y: np.append(x, y, axis=1), X, Y),
    "block": (lambda x, y: np.block([[x, y[:, :1]], [y, np.zeros((2, 1))]]), X, Y),
    "select": (lambda x, y: np.select([x > y, MASK], [x * y, y]), X, Y),
    "choose": (lambda x, y: np.choose(MASK.astype(int), [x, y]), X, Y),
    "column_stack": (lambda x, y: np.column_stack([x[:, 0], y]), X, Y),
    "concatenate all": (lambda x, y: np.concatenate([x, y[0]], axis=None), X, Y),
}


@pytest.mark.parametrize("name", JOINT)
def test_joint_calls(name, agrees):
    agrees(*JOINT[name])


def test_complex_entries_move_like_real_ones(agrees):
    z = X + 1j * Y
    agrees(lambda z: np.roll(np.rot90(np.tril(z)), 2), z, narrow=False)
    agrees(lambda z: np.insert(z, 1, 1j * z[:, 0], axis=1), z, narrow=False)


# The gradient counts how often an entry was copied, and is 0 where it was dropped.


def counts(f, x=X):
    return ag.grad(lambda x: np.sum(f(x)))(x)


def test_gradient_counts_the_copies():
    np.testing.assert_array_equal(counts(lambda x: np.repeat(x, [2, 0, 1], axis=1))[0], [2, 0, 1])
    np.testing.assert_array_equal(counts(lambda x: np.tile(x, (2, 3))), np.full((2, 3), 6))
    np.testing.assert_array_equal(counts(lambda x: np.resize(x, 8)), [[2, 2, 1], [1, 1, 1]])
    np.testing.assert_array_equal(
        counts(lambda x: np.delete(x, [1, 1], axis=1)), [[1, 0, 1], [1, 0, 1]]
    )
    np.testing.assert_array_equal(
        counts(lambda x: np.take_along_axis(x, np.array([[2, 2], [0, 1]]), 1)),
        [[0, 0, 2], [1, 1, 0]],
    )


@pytest.mark.parametrize(
    "drop",
    [
        lambda x: np.delete(x, 0),
        lambda x: np.triu(np.stack([x, x]), 1)[0],
        lambda x: np.compress([False, True, True], x),
        lambda x: np.extract([False, True, True], x),
        lambda x: np.select([[False, True, True]], [x]),
        lambda x: np.choose([1, 0, 0], [x, 2.0]),
        lambda x: np.take_along_axis(x, np.array([2, 1]), 0),
        lambda x: np.piecewise(x, [[True, False, False]], [3.0, lambda v: v]),
        lambda x: np.diag(np.diag(x)[1:, 1:], 1),
    ],
)
def test_what_is_dropped_has_no_influence_although_its_slope_is_infinite(drop):
    x = np.array([0.0, 1.0, 4.0])
    f = lambda x: np.sum(drop(np.sqrt(x)))
    for slope in (ag.grad(f)(x), ag.jvp(f, (x,), (np.array([1.0, 0.0, 0.0]),))[1]):
        assert np.all(np.isfinite(slope))
    assert ag.grad(f)(x)[0] == 0
    assert np.all(np.isfinite(ag.hessian(f)(x)))


def test_empty_arrays():
    empty = ag.Node(np.zeros((0, 3)))
    for f in (
        lambda x: np.roll(x, 1),
        lambda x: np.tile(x, (2, 2)),
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: np.resize(x, (2, 2)),
        lambda x: np.delete(x, [], axis=0),
        lambda x: np.insert(x, 0, 1.0, axis=0),
        lambda x: np.tril(x),
        lambda x: np.diag(x[:, 0]),
        lambda x: np.block([x, x]),
        lambda x: np.trim_zeros(x[:, 0]),
        lambda x: np.compress([], x, axis=0),
        lambda x: np.take_along_axis(x, np.zeros((0, 1), int), 1),
    ):
        result = f(empty)
        np.testing.assert_array_equal(result.value, f(empty.value))
        assert ag.grad(lambda x, f=f: np.sum(f(x)))(empty.value).shape == (0, 3)


def test_numbers_become_arrays_as_in_numpy():
    x = ag.Node(2.0)
    np.testing.assert_array_equal(np.tile(x, 2).value, [2.0, 2.0])
    np.testing.assert_array_equal(np.repeat(x, 3).value, [2.0, 2.0, 2.0])
    np.sum(np.repeat(x, 3)).backward()
    assert x.grad == 3.0


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: np.take(x, [0, 0], axis=-1),
        lambda x: np.take(x, 0, axis=0),
        lambda x: np.pad(x, 3, "edge"),
        lambda x: np.roll(x, 1),
        lambda x: np.resize(x, (2, 2)),
        pytest.param(lambda x: np.trim_zeros(x), marks=trims_many_axes),
        lambda x: np.diagflat(x, 1),
        lambda x: np.insert(x, 0, 5.0),
        lambda x: np.compress([True], x),
        lambda x: np.select([x > 0], [x]),
        lambda x: np.sort(x, axis=None),
        lambda x: np.linspace(x, 1, 3),
        lambda x: np.interp(x, [0.0, 3.0], [0.0, 3.0]),
    ],
)
def test_arrays_without_axes(call, agrees):
    agrees(call, np.array(2.0), narrow=False)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.repeat(x, 2, axis=2),
        lambda x: np.take(x, 0, axis=-3),
        lambda x: np.sort(x, axis=2),
        lambda x: np.roll(x, 1, axis=2),
        lambda x: np.delete(x, 0, axis=2),
        lambda x: np.diff(x, axis=2),
        lambda x: np.gradient(x, axis=-3),
        pytest.param(lambda x: np.trim_zeros(x, axis=2), marks=trims_many_axes),
        lambda x: np.apply_along_axis(np.sum, 2, x),
    ],
)
def test_axes_out_of_bounds(call):
    with pytest.raises((ValueError, IndexError), match="out of bounds"):
        call(ag.Node(X))


def test_trim_zeros_of_zeros_is_empty():
    assert np.trim_zeros(ag.Node(np.zeros(3))).shape == (0,)


@pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.2.0", reason="one axis only")
def test_trim_zeros_of_several_axes(agrees):
    agrees(lambda x: np.trim_zeros(np.block([[0.0, x[0], 0.0], [0.0, x[1], 0.0]]), axis=1), X)


def test_inserting_a_gradient_into_integers_is_refused():
    with pytest.raises(ag.NotDifferentiableError, match=r"array of int64 expected plain numbers"):
        np.insert(np.arange(3), 1, ag.Node(2.5))


def test_select_keeps_the_dtype_beside_python_numbers():
    x = ag.Node(np.ones(2, np.float32))
    assert np.select([[True, False]], [x], 0.5).dtype == np.float32
    assert np.choose([0, 1], [x, 0.5]).dtype == np.choose([0, 1], [x.value, 0.5]).dtype


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.compress([True], x, out=np.ones(1)), "does not support out="),
        (lambda x: np.choose([0], [x], out=np.ones(1)), "does not support out="),
        (lambda x: np.take(x, [0], out=np.ones(1)), "does not support out="),
        (lambda x: np.choose([0.5], [x]), "expected integers"),
        (lambda x: x.astype(np.float32, casting="safe"), "that casting='safe' allows"),
        (lambda x: np.piecewise(x, [x > 0], [1, 2, 3]), "expected 1 or 2 functions"),
        (lambda x: np.trim_zeros(x, "x"), "trim expected 'f', 'b' or 'fb'"),
        (lambda x: np.diag(np.reshape(x, (1, 3, 1))), "expected one or two axes"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(V))
