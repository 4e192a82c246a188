"""Calls that NumPy takes though their shapes are unusual, and calls that look right and are not.

Each was found by ``systematic/``: numbers where arrays are usual, empty arrays, axes of length 1
that einsum broadcasts, coordinates with more axes than what is integrated.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag

EINSUMS = [
    ("ij,j->i", (2, 3), (1,)),
    ("ij,jk->ik", (2, 1), (3, 2)),
    ("ij,ij->ij", (1, 3), (2, 1)),
    ("ij,i->", (3, 0), (3,)),
    ("ij,j->", (3, 2), (1,)),
    ("...j,...j->...", (4, 1, 3), (2, 3)),
    ("iij,j->i", (2, 2, 1), (3,)),
]


@pytest.mark.parametrize(("formula", "a", "b"), EINSUMS)
def test_einsum_broadcasts_axes_of_length_one(formula, a, b, agrees, rng):
    agrees(lambda x, y: np.einsum(formula, x, y), rng.normal(size=a), rng.normal(size=b))


def test_einsum_adds_what_was_broadcast():
    gradient = ag.grad(lambda y: np.sum(np.einsum("ij,j->i", np.arange(6.0).reshape(2, 3), y)))
    np.testing.assert_array_equal(gradient(np.ones(1)), [15.0])


@pytest.mark.parametrize(
    "name", "subtract maximum minimum fmax logaddexp logaddexp2 hypot power arctan2".split()
)
@pytest.mark.parametrize("options", [{}, {"axis": -1}, {"axis": None}, {"keepdims": True}])
def test_a_reduction_of_a_number_is_the_number(name, options, agrees):
    agrees(lambda x: getattr(np, name).reduce(x, **options), np.array(1.3))


@pytest.mark.parametrize(
    ("y", "x", "axis"),
    [((3,), (2, 3), -1), ((2,), (2, 2), 0), ((2,), (2, 2), -1), ((3, 2), (3, 1), 0)],
)
def test_trapezoid_along_the_axis_of_the_places(y, x, axis, agrees, rng):
    places = np.cumsum(rng.uniform(0.5, 1.0, size=x), axis=-1)
    agrees(lambda y, x: np.trapezoid(y, x, axis=axis), rng.normal(size=y), places)


@pytest.mark.parametrize(
    ("a", "b", "axes"), [((3, 0), (3, 0), 1), ((2, 6), (3, 4), 2), ((2, 3), (2, 3), ((0,), (1,)))]
)
def test_tensordot_of_different_lengths_raises(a, b, axes):
    with pytest.raises(ValueError, match="shape-mismatch"):
        np.tensordot(np.ones(a), np.ones(b), axes)
    with pytest.raises(ag.errors.ArgumentError, match="as many entries"):
        np.tensordot(ag.Node(np.ones(a)), np.ones(b), axes)


@pytest.mark.parametrize("axes", [1, 2, ((0,), (0,)), ((2,), (0,))])
def test_tensordot_of_axes_that_are_not_there_raises(axes):
    with pytest.raises(IndexError):
        np.tensordot(ag.Node(1.0), np.ones(2), axes)


def test_tensorsolve_of_as_many_axes(agrees):
    agrees(np.linalg.tensorsolve, np.array([2.0]), np.array([3.0]))


def test_apply_over_axes_of_a_number(agrees):
    agrees(lambda x: np.apply_over_axes(np.sum, x, [0, -1]), np.array(1.3))


@pytest.mark.parametrize("kind", [">f2", ">f4", ">f8", ">c8", ">c16"])
def test_another_byte_order_is_the_machines(kind):
    x = np.array([1.5, -2.0], kind)
    native = x.dtype.newbyteorder("=")
    node = ag.Node(x)
    assert node.dtype == native
    np.sum(node * node * x).backward(native.type(1))
    assert node.grad.dtype == native
    np.testing.assert_allclose(node.grad, 2 * np.conj(x.astype(native) * x.astype(native)))
    value, pullback = ag.vjp(lambda x: x, x)
    assert value.dtype == pullback(x)[0].dtype == ag.jvp(np.sin, (x,), (x,))[1].dtype == native
    node.assign(x)
    assert node.dtype == native
