"""Keywords of a ufunc's call: NumPy's values, dtypes and gradients, or an error saying why."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, ArgumentTypeError, OperationTypeError

MASK = np.array([True, False, True])


def test_where_leaves_zeros_without_influence():
    x = np.array([2.0, 0.0, 4.0])
    f = lambda x: np.log(x, where=MASK)
    value, slope = ag.value_and_grad(lambda x: np.sum(f(x)))(x)
    assert value == pytest.approx(np.log(8.0))
    np.testing.assert_array_equal(f(ag.Node(x)).value, [np.log(2.0), 0.0, np.log(4.0)])
    np.testing.assert_array_equal(slope, [0.5, 0.0, 0.25])
    np.testing.assert_array_equal(ag.jvp(f, (x,), (np.ones(3),))[1], [0.5, 0.0, 0.25])
    curvature = ag.hessian(lambda x: np.sum(f(x)))(x)
    np.testing.assert_array_equal(curvature, np.diag([-0.25, 0.0, -1 / 16]))


def test_where_hides_what_lies_upstream():
    f = lambda x: np.sum(np.exp(np.sqrt(x), where=MASK))
    np.testing.assert_allclose(
        ag.grad(f)(np.array([1.0, 0.0, 4.0])), [np.e / 2, 0.0, np.exp(2.0) / 4]
    )


def test_where_still_warns_of_what_it_lets_in():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        np.log(ag.Node(np.array([0.0, 1.0, 2.0])), where=MASK)


def test_where_broadcasts_and_keeps_the_dtype():
    x, y = ag.Node(np.ones((2, 1), np.float32)), ag.Node(np.ones(3, np.float32))
    out = np.divide(x, y, where=MASK)
    assert (out.shape, out.dtype) == ((2, 3), np.float32)
    np.testing.assert_array_equal(out.value, [[1, 0, 1]] * 2)
    out.backward(np.ones((2, 3), np.float32))
    np.testing.assert_array_equal(x.grad, [[2], [2]])
    np.testing.assert_array_equal(y.grad, [-2, 0, -2])
    assert np.exp(ag.Node(2.0), where=MASK).shape == (3,)


def test_where_that_lets_nothing_in():
    x = ag.Node(np.array([0.0, -1.0]))
    out = np.log(x, where=np.zeros(2, bool))
    out.backward(np.ones(2))
    np.testing.assert_array_equal(out.value, [0, 0])
    np.testing.assert_array_equal(x.grad, [0, 0])


def test_where_of_a_query_and_of_booleans():
    x = ag.Node(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(np.greater(x, 0, where=MASK), MASK)
    np.testing.assert_array_equal(np.add(x, x, where=True).value, [2, 4, 6])


def test_where_with_an_array_to_write_to_names_the_choice():
    with pytest.raises(ArgumentTypeError, match=r"np\.where\(mask, f\(x\), out\)"):
        np.exp(ag.Node(np.ones(3)), where=MASK, out=np.zeros(3))


DTYPES = {
    "dtype": ({"dtype": np.float32}, np.float32),
    "dtype as a name": ({"dtype": "f4"}, np.float32),
    "signature": ({"signature": "ff->f"}, np.float32),
    "types": ({"signature": (None, None, np.float32)}, np.float32),
    "wider": ({"dtype": np.complex128}, np.complex128),
    "casting": ({"dtype": np.float16, "casting": "unsafe"}, np.float16),
    "defaults": ({"casting": "same_kind", "order": "K", "subok": True}, np.float64),
}


@pytest.mark.parametrize("name", DTYPES)
def test_the_dtype_it_is_computed_in(name):
    params, dtype = DTYPES[name]
    x, y = np.array([0.1, 0.7]), np.array([3.0, 5.0])
    nodes = ag.Node(x), ag.Node(y)
    out = np.multiply(*nodes, **params)
    expected = np.multiply(x, y, **params)
    assert out.dtype == dtype
    np.testing.assert_array_equal(out.value, expected)
    out.backward(np.ones(2, dtype))
    assert nodes[0].grad.dtype == np.float64
    np.testing.assert_allclose(nodes[0].grad, y)


def test_dtypes_that_numpy_refuses_and_those_that_hold_no_gradient():
    node = ag.Node(np.ones(2))
    with pytest.raises(OperationTypeError, match=r"np\.multiply.*same_kind"):
        np.multiply(node, 2, dtype=np.int64)
    with pytest.raises(OperationTypeError, match="safe"):
        np.multiply(node, 2, dtype=np.float32, casting="safe")
    with pytest.raises(ag.NotDifferentiableError, match=r"node\.value\.astype"):
        np.multiply(node, 2, dtype=np.int64, casting="unsafe")
    with pytest.raises(ArgumentTypeError, match="dtype="):
        np.multiply(node, 2, dtype=object)
    with pytest.raises(ArgumentTypeError, match="order="):
        np.multiply(node, 2, order="F")


A = np.arange(24.0).reshape(2, 3, 4) / 7
B = np.cos(np.arange(24.0)).reshape(4, 2, 3)

AXES = {
    "matmul": (np.matmul, A, B, {"axes": [(0, 1), (2, 1), (-1, -2)]}),
    "matmul of a vector": (np.matmul, A, B[:, 0, 0], {"axes": [(1, 2), 0, 0]}),
    "vecdot axis": (np.vecdot, A, A[:1] ** 2, {"axis": 1}),
    "vecdot keepdims": (np.vecdot, A, B.transpose(1, 2, 0), {"axis": 1, "keepdims": True}),
    "vecdot keepdims alone": (np.vecdot, A, A, {"keepdims": True}),
    "vecdot axes": (np.vecdot, A, B, {"axes": [2, 0]}),
    "vecdot axes, keepdims": (
        np.vecdot,
        A,
        B.transpose(1, 2, 0),
        {"axes": [1, 1, 0], "keepdims": True},
    ),
    "dtype": (np.matmul, A, B.transpose(1, 0, 2)[:, :, :2], {"dtype": np.complex64}),
}

if hasattr(np, "matvec"):  # from NumPy 2.2 on
    AXES["matvec"] = (np.matvec, A, B, {"axes": [(0, 2), 0, 1]})
    AXES["vecmat"] = (np.vecmat, A, A, {"axes": [1, (1, 0), -1]})


@pytest.mark.parametrize("name", AXES)
def test_axes_of_generalised_ufuncs(name):
    function, x, y, params = AXES[name]
    f = lambda x, y: function(x, y, **params)
    out = f(ag.Node(x), ag.Node(y))
    np.testing.assert_allclose(out.value, f(x, y), rtol=1e-6)
    assert (out.shape, out.dtype) == (f(x, y).shape, f(x, y).dtype)
    if "dtype" not in params:
        assert ag.check_grads(f, (x, y)) < 1e-6


def test_axes_that_do_not_fit():
    node = ag.Node(A)
    with pytest.raises(ArgumentError, match="axes expected"):
        np.matmul(node, B, axes=[0, 1, 2])
    with pytest.raises(TypeError, match="axis, keepdims="):
        np.matmul(node, B, axis=0)


def test_a_mask_of_numbers_is_refused():
    x = ag.Node(np.ones(3))
    with pytest.raises(TypeError, match="where expected booleans, got float64"):
        np.sin(x, where=np.array([1.0, 0.0, 1.0]))
