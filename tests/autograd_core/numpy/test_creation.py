"""Arrays made of Nodes by NumPy's own names."""

import numpy
import pytest

import autograd_core as ag
from autograd_core import numpy as np


def test_array_joins_nodes_and_numbers():
    x = ag.Node(2.0)
    joined = np.array([[x, 1], [0, x * x]])
    numpy.testing.assert_array_equal(joined.value, [[2, 1], [0, 4]])
    assert ag.grad(lambda x: np.sum(np.array([x, 3 * x, 1.0]) ** 2))(2.0) == 2 * 2 * 10


@pytest.mark.parametrize("ndmin", [0, 1, 2, 3])
def test_array_puts_axes_in_front(ndmin):
    x = ag.Node(numpy.ones((2, 3)))
    assert np.array(x, ndmin=ndmin).shape == numpy.array(x.value, ndmin=ndmin).shape


def test_array_of_plain_numbers_is_numpys():
    assert np.array([1, 2]).dtype == numpy.array([1, 2]).dtype
    assert type(np.array([1.0])) is numpy.ndarray
    assert np.array([1, 2], dtype="f4", copy=True, order="F").dtype == numpy.float32


def test_dtypes():
    x = ag.Node(numpy.ones(2, numpy.float32))
    assert np.asarray(x) is x
    assert np.asarray(x, numpy.float64).dtype == numpy.float64
    assert np.array([x, x], dtype=numpy.float16).dtype == numpy.float16
    assert np.full(3, x[0]).dtype == numpy.float32
    with pytest.raises(ag.NotDifferentiableError, match="astype of a Node expected a dtype"):
        np.asarray(x, int)


@pytest.mark.parametrize("name", ["asanyarray", "ascontiguousarray", "asfortranarray"])
def test_relatives_of_asarray(name):
    function = getattr(np, name)
    assert function(ag.Node([1.0, 2.0])).shape == (2,)
    assert function([ag.Node(1.0), 2.0]).shape == (2,)
    assert type(function([1.0])) is numpy.ndarray


def test_asarray_chkfinite():
    assert np.asarray_chkfinite(ag.Node([1.0])).shape == (1,)
    with pytest.raises(ValueError, match="finite"):
        np.asarray_chkfinite(ag.Node([numpy.inf]))


@pytest.mark.parametrize("shape", [(), 3, (2, 3), (0, 2)])
def test_full_spreads_a_node(shape):
    filled = np.full(shape, ag.Node(2.0))
    assert filled.shape == numpy.full(shape, 2.0).shape
    assert ag.grad(lambda x: np.sum(np.full(shape, x)))(1.0) == filled.size


def test_full_with_an_array():
    x = ag.Node([1.0, 2.0])
    np.sum(np.full((3, 2), x)).backward()
    numpy.testing.assert_array_equal(x.grad, [3, 3])


def test_keywords_are_honoured_or_refused():
    x = ag.Node(1.0)
    with pytest.raises(TypeError, match="copy=False"):
        np.array([x], copy=False)
    with pytest.raises(TypeError, match="device='gpu'"):
        np.asarray(x, device="gpu")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        np.array([x], colour=1)


def test_questions_about_nodes():
    assert np.isscalar(ag.Node(2.0))
    assert not np.isscalar(ag.Node([2.0]))
    assert np.iterable(ag.Node([2.0]))
    assert not np.iterable(ag.Node(2.0))


def test_names_of_the_array_api():
    names = """asarray astype concat permute_dims matrix_transpose isdtype unique_values unique_all
        unique_counts unique_inverse vecdot acos pow bitwise_invert broadcast_arrays expand_dims
        result_type take_along_axis __array_api_version__"""
    names += " __array_namespace_info__" * hasattr(numpy, "__array_namespace_info__")  # 2.1
    assert [name for name in names.split() if not hasattr(np, name)] == []


def test_a_program_runs_whole():
    def energy(q):
        x = np.linspace(0.0, 1.0, 5)
        basis = np.array([np.sin(q[0] * x), np.full(5, q[1]), np.ones(5)])
        return np.trace(basis @ basis.T) + np.einsum("ij->", basis)

    assert ag.check_grads(energy, (numpy.array([0.7, 1.3]),)) < 1e-6
