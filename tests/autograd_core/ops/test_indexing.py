"""Gradients of reads that name entries twice: every form of index adds up as ``np.add.at`` does."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.ops.scattering import flat_places

SHAPE = (3, 4, 2)
X = np.cos(np.arange(24.0)).reshape(SHAPE)
I = np.array([2, 0, -1, 2])
J = np.array([[0], [3], [0]])
EMPTY = np.zeros(0, int)

FLAT = {
    "rows": I,
    "rows in a tuple": (I,),
    "many rows": I.reshape(2, 2),
    "columns": (slice(None), I),
    "entries": (slice(None), slice(None), np.array([1, 1, -2])),
    "pairs": (I, np.array([1, 1, 3, 1])),
    "crossed": (I, J),
    "later pairs": (slice(None), I, np.array([1, 1, 0, 1])),
    "all axes": (I, I, np.array([0, 1, 1, 0])),
    "none": EMPTY,
    "unsigned": I.astype(np.uint8) % 3,
}
OTHERS = {
    "beside a slice": (I, slice(1, 3)),
    "beside a number": (I, 1),
    "apart": (I, slice(None), np.array([0, 1, 1, 1])),
    "with a new axis": (None, I),
    "with a mask": (I[:2], np.array([True, False, True, False])),
    "with an ellipsis": (..., np.array([1, 1])),
}


@pytest.mark.parametrize("name", FLAT | OTHERS)
def test_reads_add_up(name):
    index = (FLAT | OTHERS)[name]
    weights = np.sin(np.arange(float(X[index].size))).reshape(X[index].shape)
    expected = np.zeros(SHAPE)
    np.add.at(expected, index, weights)
    grad = ag.grad(lambda x: np.sum(weights * x[index]))(X)
    np.testing.assert_allclose(grad, expected, atol=1e-15)
    assert ag.check_grads(lambda x: x[index] ** 2, (X,)) < 1e-6


@pytest.mark.parametrize("name", FLAT)
def test_flat_places_are_those_that_are_read(name):
    places = flat_places(FLAT[name], SHAPE)
    np.testing.assert_array_equal(places, np.arange(24).reshape(SHAPE)[FLAT[name]])


@pytest.mark.parametrize("name", OTHERS)
def test_other_indices_have_no_flat_places(name):
    assert flat_places(OTHERS[name], SHAPE) is None


ENTRIES = {
    "a number": 1,
    "a slice": slice(None, None, 2),
    "a mask": np.array([True, False, True]),
    "an entry twice": np.array([0, 2, 0]),
    "pairs": (np.array([0, 2, 0]), np.array([1, 1, 1])),
    "with a new axis": (None, slice(1, 3), 0),
    "a mask of entries": np.arange(24).reshape(SHAPE) % 5 == 0,
    "nothing": EMPTY,
}


@pytest.mark.parametrize("name", ENTRIES)
def test_updates_of_entries(name):
    """Each against what NumPy does in place, and against differences."""
    index = ENTRIES[name]
    count = np.arange(float(X[index].size)).reshape(X[index].shape)
    v = np.where(count % 2, 3.0, -3.0) + np.cos(count)  # no entry near one of X
    in_place = {"add": np.add, "multiply": np.multiply, "minimum": np.minimum}
    for method, function in in_place.items():
        expected = X.copy()
        function.at(expected, index, v)
        result = getattr(ag.Node(X).at[index], method)(v)
        np.testing.assert_allclose(result.value, expected, rtol=1e-15)
        f = lambda x, v, m=method: getattr(as_node(x).at[index], m)(v)
        assert ag.check_grads(f, (X, v)) < 1e-6
    expected = X.copy()
    expected[index] = v
    np.testing.assert_array_equal(ag.Node(X).at[index].set(v).value, expected)


def as_node(x):
    return x if isinstance(x, ag.Node) else ag.Node(x, requires_grad=False)
