"""Sorting, sets and sequences: NumPy's values, derivatives that go along with their entries."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.0]])
TIES = np.array([2.0, 1.0, 2.0, 1.0])

CALLS = {
    "sort": lambda x: np.sort(x),
    "sort down": lambda x: np.sort(x, axis=0),
    "sort all": lambda x: np.sort(x, axis=None),
    "sort by a kind": lambda x: np.sort(x, axis=-2, kind="heapsort"),
    "sort stable": lambda x: np.sort(x, stable=True),
    "unique": lambda x: np.unique(np.append(x, x)),
    "unique rows": lambda x: np.unique(np.concatenate([x, x]), axis=0),
    "unique columns": lambda x: np.unique(np.concatenate([x, x[:, :1]], axis=1), axis=1),
    "union1d": lambda x: np.union1d(x[0], x[1, :2]),
    "setdiff1d": lambda x: np.setdiff1d(np.append(x, [9.0, 8.0]), [9.0, 7.0]),
    "setdiff1d of unique": lambda x: np.setdiff1d(x, x[0], assume_unique=True),
    "setxor1d": lambda x: np.setxor1d(x, x[0]),
    "linspace": lambda x: np.linspace(x[0], x[1], 4),
    "linspace, open": lambda x: np.linspace(x[0, 0], 7.0, 4, endpoint=False),
    "linspace along an axis": lambda x: np.linspace(x, 1.0, 3, axis=-1),
    "linspace and its step": lambda x: np.linspace(x[0], x[1], 5, retstep=True),
    "linspace of one": lambda x: np.linspace(x[0], x[1], 1),
    "logspace": lambda x: np.logspace(x[0], x[1], 3, base=1.5, axis=1),
    "logspace to bases": lambda x: np.logspace(0.0, x[:, 0], 3, base=x[:, 0] ** 2, axis=-1),
    "geomspace": lambda x: np.geomspace(x**2, 2.0, 4, axis=1),
    "geomspace of negative": lambda x: np.geomspace(-(x**2), -3.0, 3, endpoint=False),
    "full_like": lambda x: np.full_like(x, x[1, 1]),
    "full_like in a shape": lambda x: np.full_like(x, x[0], shape=(2, 2, 3)),
    "meshgrid": lambda x: np.meshgrid(x[0], x[1, :2], x[0, :1]),
    "meshgrid by matrix indices": lambda x: np.meshgrid(x[0], x[1, :2], indexing="ij", copy=False),
    "sparse meshgrid": lambda x: np.meshgrid(x[0], 1.0, sparse=True),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls(name, agrees):
    narrow = name != "logspace to bases"  # powers lose too much in float32
    agrees(CALLS[name], X, narrow=narrow)


def test_geomspace_through_complex_numbers(agrees):
    agrees(lambda z: np.geomspace(z[0], z[1], 3), np.array([1 + 1j, -2 + 0.5j]), narrow=False)


@pytest.mark.parametrize("kth", [0, 1, -1, (0, 2)])
@pytest.mark.parametrize("axis", [-1, 0, None])
def test_partition_puts_the_kth_in_place(kth, axis):
    if axis == 0 and kth == (0, 2):
        kth = (0, 1)
    result = np.partition(ag.Node(X), kth, axis=axis)
    expected = np.sort(X, axis=axis)
    k = list(np.atleast_1d(kth))
    np.testing.assert_array_equal(
        np.take(result.value, k, axis or 0 if axis != -1 else 1),
        np.take(expected, k, axis or 0 if axis != -1 else 1),
    )
    weights = np.arange(result.size, dtype=float).reshape(result.shape)
    grad = ag.grad(lambda x: np.sum(weights * np.partition(x, kth, axis=axis)))(X)
    where = np.argpartition(X, kth, axis=axis)
    back = np.empty(result.shape)
    np.put_along_axis(back, where, weights, axis or 0 if axis != -1 else 1)
    np.testing.assert_array_equal(grad, back.reshape(X.shape))


def test_ties_are_sorted_stably():
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    grad = ag.grad(lambda x: np.sum(weights * np.sort(x)))(TIES)
    np.testing.assert_array_equal(grad, [3.0, 1.0, 4.0, 2.0])
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(np.unique(x)))(TIES), [1, 1, 0, 0])


def test_an_entry_sorted_away_has_no_influence_although_its_slope_is_infinite():
    f = lambda x: np.sum(np.sort(np.sqrt(x))[1:])
    np.testing.assert_array_equal(ag.grad(f)(np.array([4.0, 0.0, 1.0])), [0.25, 0.0, 0.5])
    assert ag.jvp(f, (np.array([4.0, 0.0, 1.0]),), (np.ones(3),))[1] == 0.75


def test_complex_numbers_sort_by_their_real_parts_first(agrees):
    z = np.array([1 + 2j, 1.5 - 1j, -3 + 0j])
    agrees(np.sort, z, narrow=False)
    agrees(np.sort_complex, z, narrow=False)
    result = np.sort_complex(ag.Node(X[0]))
    np.testing.assert_array_equal(result.value, np.sort_complex(X[0]))
    assert result.dtype == np.complex128
    assert ag.check_grads(lambda x: np.sort_complex(x) * (1 + 2j), (X[0],)) < 1e-6


def test_unique_answers_its_questions_plainly():
    x = ag.Node(TIES)
    values, index, inverse, counts = np.unique(x, True, True, True)
    assert isinstance(values, ag.Node)
    for ours, theirs in zip(
        (index, inverse, counts), np.unique(TIES, True, True, True)[1:], strict=True
    ):
        assert type(ours) is np.ndarray
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["unique_all", "unique_counts", "unique_inverse"])
def test_unique_of_the_array_api(name):
    function = getattr(np, name)
    ours, theirs = function(ag.Node(TIES)), function(TIES)
    assert ours._fields == theirs._fields
    np.testing.assert_array_equal(ours.values.value, theirs.values)
    for x, y in zip(ours[1:], theirs[1:], strict=True):
        np.testing.assert_array_equal(x, y)
    np.testing.assert_array_equal(np.unique_values(ag.Node(TIES)).value, [1.0, 2.0])


def test_unique_and_nan():
    x = ag.Node(np.array([np.nan, 1.0, np.nan]))
    for equal in (True, False):
        np.testing.assert_array_equal(
            np.unique(x, equal_nan=equal).value, np.unique(x.value, equal_nan=equal)
        )


def test_what_is_in_both_carries_half_of_either():
    x, y = np.array([3.0, 1.0]), np.array([2.0, 3.0])
    both, i, j = np.intersect1d(ag.Node(x), y, return_indices=True)
    assert (both.value, i, j) == ([3.0], [0], [1])
    for grad in ag.grad(lambda x, y: np.sum(np.intersect1d(x, y)), (0, 1))(x, y):
        np.testing.assert_array_equal(np.sort(grad), [0.0, 0.5])


def test_meshgrid_keeps_every_dtype():
    for grids in (
        np.meshgrid(ag.Node(X[0]), np.arange(2)),
        np.meshgrid(np.arange(2), ag.Node(X[0])),
    ):
        assert {np.asarray(getattr(g, "value", g)).dtype.kind for g in grids} == {"f", "i"}


def test_sequences_between_numbers():
    x = ag.Node(2.0)
    np.testing.assert_array_equal(np.linspace(x, 4, 3).value, [2.0, 3.0, 4.0])
    y = np.sum(np.linspace(0, x, 3))
    y.backward()
    assert x.grad == 1.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.sort(x, order="f"), "does not support order="),
        (lambda x: np.sort(x, kind="bogo"), "sort kind"),
        (lambda x: np.linspace(x, 1.0, -1), "expected a number not negative, got -1"),
        (lambda x: np.linspace(x, 1.0, 3, dtype=int), "dtype that keeps its derivative"),
        (lambda x: np.meshgrid(x, indexing="no"), "expected 'xy' or 'ij'"),
        (lambda x: np.geomspace(x * 0, 1.0), "cannot include zero"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(X[0]))
