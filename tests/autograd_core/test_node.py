"""Node: what it answers as if it were an ndarray, and what it is besides."""

from __future__ import annotations

import copy
import operator
import pickle

import numpy as np
import pytest

import autograd_core as ag

X = np.array([1.5, -2.0, 3.0])
BINARY = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]
OTHERS = {
    "float": 2.5,
    "int": 2,
    "np.float64": np.float64(2.5),
    "np.int64": np.int64(2),
    "0-d": np.array(2.5),
    "array": np.array([2.0, 3.0, 1.0]),
    "ints": np.array([2, 3, 1]),
    "column": np.array([[2.0], [1.0]]),
    "list": [2.0, 3.0, 1.0],
    "node": ag.Node(np.array([2.0, 3.0, 1.0])),
    "bool": True,
}


def value_of(x):
    return x.value if isinstance(x, ag.Node) else np.asarray(x) if isinstance(x, list) else x


# operators


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("op", BINARY, ids=lambda f: f.__name__)
@pytest.mark.parametrize("other", OTHERS)
def test_binary_operators_from_both_sides(op, other):
    y = OTHERS[other]
    node = ag.Node(X)
    for result, expected in ((op(node, y), op(X, value_of(y))), (op(y, node), op(value_of(y), X))):
        assert isinstance(result, ag.Node)
        assert result.requires_grad
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result.value, expected)


@pytest.mark.parametrize("op", BINARY, ids=lambda f: f.__name__)
def test_binary_operators_on_scalars_from_both_sides(op):
    for y in (3.0, 3, np.float64(3.0), np.array(3.0)):
        node = ag.Node(2.0)
        assert op(node, y).value == pytest.approx(op(2.0, 3.0))
        assert op(y, node).value == pytest.approx(op(3.0, 2.0))


def test_matmul_from_both_sides():
    m = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal((m @ ag.Node(X)).value, m @ X)
    np.testing.assert_array_equal((ag.Node(m) @ X).value, m @ X)
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(m @ x))(X), m.sum(0))


def test_augmented_assignment_makes_a_new_node():
    x = ag.Node(X.copy())
    y = x
    y += 1.0
    y *= 2.0
    assert y is not x
    np.testing.assert_array_equal(x.value, X)
    np.testing.assert_array_equal(y.value, (X + 1) * 2)


def test_unary_operators():
    x = ag.Node(X)
    np.testing.assert_array_equal((-x).value, -X)
    np.testing.assert_array_equal((+x).value, X)
    np.testing.assert_array_equal(abs(x).value, abs(X))
    q, r = divmod(x, 2.0)
    np.testing.assert_array_equal([q.value, r.value], divmod(X, 2.0))
    q, r = divmod(7.0, x)
    np.testing.assert_array_equal([q.value, r.value], divmod(7.0, X))


def test_round():
    assert round(ag.Node(2.567), 2).value == pytest.approx(2.57)
    assert round(ag.Node(2.5)).value == 2.0
    np.testing.assert_array_equal(np.round(ag.Node(X * 1.111), 1).value, np.round(X * 1.111, 1))
    np.testing.assert_array_equal(ag.Node(X).round().value, np.round(X))
    assert ag.grad(lambda x: np.round(x, 1))(0.33) == 0.0


@pytest.mark.parametrize(
    "op",
    [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne],
    ids=lambda f: f.__name__,
)
def test_comparisons_answer_with_plain_arrays(op):
    x = ag.Node(X)
    for y in (1.5, np.array([1.5, 0.0, 4.0]), ag.Node(np.array([1.5, 0.0, 4.0]))):
        for result, expected in ((op(x, y), op(X, value_of(y))), (op(y, x), op(value_of(y), X))):
            assert type(result) is np.ndarray
            assert result.dtype == bool
            np.testing.assert_array_equal(result, expected)
    assert not isinstance(op(ag.Node(1.0), 2.0), ag.Node)


def test_truth_and_membership():
    assert ag.Node(1.0)
    assert not ag.Node(0.0)
    assert 3.0 in ag.Node(X)
    assert 9.0 not in ag.Node(X)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(ag.Node(X))
    x, y = ag.Node(1.0), ag.Node(1.0)
    assert len({x, y, x}) == 2


# a sequence


def test_length_iteration_and_unpacking():
    x = ag.Node(np.arange(6.0).reshape(3, 2))
    assert len(x) == 3
    rows = list(x)
    assert [row.shape for row in rows] == [(2,)] * 3
    a, b, c = x
    np.sum(a * b * c).backward()
    np.testing.assert_array_equal(x.grad, [[8, 15], [0, 5], [0, 3]])
    assert list(reversed([1, 2])) == [2, 1]
    np.testing.assert_array_equal([row.value for row in reversed(x)], x.value[::-1])


def test_a_scalar_has_no_length_and_no_entries():
    for x in (ag.Node(1.0), ag.Node(np.array(1.0))):
        with pytest.raises(TypeError):
            len(x)
        with pytest.raises(TypeError, match="0-d"):
            iter(x)
        with pytest.raises((IndexError, TypeError)):
            x[0]


def test_indexing_with_nodes_of_integers():
    x, i = ag.Node(X), ag.Node(np.array([2, 0]), requires_grad=False)
    np.testing.assert_array_equal(x[i].value, X[[2, 0]])
    assert x[...].shape == (3,)
    assert x[None].shape == (1, 3)
    assert x[()].shape == (3,)
    assert x[[0, 1]].shape == (2,)
    assert x[[True, False, True]].shape == (2,)
    assert x[[]].shape == (0,)


# methods and attributes


METHODS = {
    "sum": lambda x: x.sum(axis=1),
    "prod": lambda x: x.prod(),
    "mean": lambda x: x.mean(0),
    "std": lambda x: x.std(ddof=1),
    "var": lambda x: x.var(axis=0, keepdims=True),
    "max": lambda x: x.max(axis=1),
    "min": lambda x: x.min(),
    "cumsum": lambda x: x.cumsum(axis=1),
    "cumprod": lambda x: x.cumprod(),
    "clip": lambda x: x.clip(0.0, 1.0),
    "dot": lambda x: x.dot(np.ones(3)),
    "trace": lambda x: x[:, :2].trace(),
    "diagonal": lambda x: x.diagonal(1),
    "take": lambda x: x.take([0, 2], axis=1),
    "ravel": lambda x: x.ravel(),
    "ravel F": lambda x: x.ravel(order="F"),
    "flatten": lambda x: x.flatten("F"),
    "squeeze": lambda x: x[None].squeeze(),
    "swapaxes": lambda x: x.swapaxes(0, 1),
    "reshape": lambda x: x.reshape(3, 2),
    "reshape tuple": lambda x: x.reshape((3, -1)),
    "reshape F": lambda x: x.reshape((3, 2), order="F"),
    "transpose": lambda x: x.transpose(),
    "transpose axes": lambda x: x.transpose(1, 0),
    "T": lambda x: x.T,
    "mT": lambda x: x.mT,
    "real": lambda x: x.real,
    "imag": lambda x: x.imag,
    "conj": lambda x: x.conj(),
    "copy": lambda x: x.copy(),
    "astype": lambda x: x.astype(np.float32),
    "argmax": lambda x: x.argmax(axis=1),
    "argsort": lambda x: x.argsort(),
    "any": lambda x: x.any(),
    "all": lambda x: x.all(axis=0),
    "nonzero": lambda x: np.array(x.nonzero()),
    "tolist": lambda x: np.array(x.tolist()),
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_are_ndarrays(name):
    value = np.array([[1.5, -2.0, 3.0], [0.5, 2.0, -1.0]])
    result, expected = METHODS[name](ag.Node(value)), METHODS[name](value)
    assert np.shape(result) == np.shape(expected)
    np.testing.assert_allclose(value_of(result), expected)
    differentiable = np.asarray(expected).dtype.kind == "f" and name not in ("tolist",)
    assert isinstance(result, ag.Node) == differentiable


@pytest.mark.parametrize("f", [np.multiply, np.subtract, np.power], ids=lambda f: f.__name__)
def test_outer_of_a_ufunc(f):
    x, y = np.array([1.0, 2.0]), np.array([[2.0, 3.0]])
    np.testing.assert_allclose(f.outer(ag.Node(x), y).value, f.outer(x, y))
    assert ag.check_grads(f.outer, (x, y)) < 1e-6


def test_reduce_and_accumulate_of_ufuncs():
    m = np.array([[1.5, 2.0, 3.0], [0.5, 2.5, 1.0]])
    for f in (np.add, np.multiply, np.maximum, np.minimum, np.logaddexp):
        for axis in (0, 1, None):
            np.testing.assert_allclose(
                f.reduce(ag.Node(m), axis=axis).value, f.reduce(m, axis=axis)
            )
        np.testing.assert_allclose(
            f.reduce(ag.Node(m), keepdims=True).value, f.reduce(m, keepdims=True)
        )
    for f in (np.add, np.multiply):
        np.testing.assert_allclose(f.accumulate(ag.Node(m), axis=1).value, f.accumulate(m, axis=1))
        assert ag.check_grads(lambda m, f=f: f.accumulate(m, axis=1), (m,)) < 1e-6


def test_reduceat_of_add():
    x, at = np.arange(1.0, 6.0), [0, 2, 3]
    np.testing.assert_array_equal(np.add.reduceat(ag.Node(x), at).value, np.add.reduceat(x, at))
    assert ag.check_grads(lambda x: np.add.reduceat(x, at), (x,)) < 1e-6


def test_attributes():
    x = ag.Node(np.ones((2, 3), np.float32), name="x")
    assert (x.shape, x.ndim, x.size, x.dtype, x.name) == ((2, 3), 2, 6, np.float32, "x")
    assert x.is_leaf
    assert (x.op, x.parents, x.params) == (None, (), {})
    y = np.sum(x, axis=0)
    assert (y.op.name, y.parents[0] is x, y.is_leaf) == ("sum", True, False)
    s = ag.Node(2.0)
    assert (s.shape, s.ndim, s.size, s.dtype) == ((), 0, 1, np.float64)


def test_node_of_a_node_is_refused():
    with pytest.raises(TypeError, match="Use it as it is"):
        ag.Node(ag.Node(1.0))


def test_node_keeps_the_array_and_its_dtype():
    assert ag.Node(X).value is X
    assert ag.Node(X, dtype=np.float32).dtype == np.float32
    assert ag.Node(2, dtype=np.float32).dtype == np.float32


def test_item_and_detach():
    x = ag.Node(X)
    assert (x.item(1), type(x.item(1))) == (-2.0, float)
    assert ag.Node(2.5).item() == 2.5
    assert not (x * 2).detach().requires_grad
    assert (x * 2).detach().is_leaf
    with pytest.raises(ValueError, match="size 1"):
        x.item()


# repr and format


def test_repr():
    assert repr(ag.Node(2.0, name="x")) == "Node(2., shape=(), dtype=float64, name='x')"
    assert repr(ag.Node(X)) == "Node([ 1.5, -2. ,  3. ], shape=(3,), dtype=float64)"
    assert "op='sin'" in repr(np.sin(ag.Node(1.0)))
    assert "constant" in repr(ag.Node(1.0, requires_grad=False))
    assert len(repr(ag.Node(np.zeros((100, 100))))) < 300
    assert str(ag.Node(2.0)) == repr(ag.Node(2.0))


def test_format():
    x = ag.Node(2.0)
    assert f"{x:.3f}" == "2.000"
    assert f"{x * x:8.1e}" == " 4.0e+00"
    assert f"{x}" == repr(x)
    assert f"{ag.Node(np.float32(2.5)):.1f}" == "2.5"
    assert f"{ag.Node(np.array(2.5)):.1f}" == "2.5"


# copies


@pytest.mark.parametrize("value", [2.0, X, np.float32(3.0), 1 + 2j], ids=repr)
@pytest.mark.parametrize(
    "make", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_leaves_can_be_copied_and_pickled(make, value):
    x = ag.Node(value, name="x")
    x.grad = value * 2
    y = make(x)
    assert y is not x
    assert (y.name, y.requires_grad, y.dtype, y.is_leaf) == ("x", True, x.dtype, True)
    np.testing.assert_array_equal(y.value, x.value)
    np.testing.assert_array_equal(y.grad, x.grad)
    assert type(y.value) is type(x.value)
    (y * y).backward(np.ones(y.shape))
    assert make(ag.Node(1, requires_grad=False)).requires_grad is False


def test_a_deep_copy_has_an_array_of_its_own():
    x = ag.Node(X.copy())
    y = copy.deepcopy({"w": [x, x]})
    assert y["w"][0] is y["w"][1]
    y["w"][0].value[0] = 9.0
    assert x.value[0] == 1.5


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, pickle.dumps])
def test_results_are_not_copied(make):
    with pytest.raises(ag.AutogradError, match=r"node\.value, or node\.detach"):
        make(ag.Node(1.0) * 2)


def test_assign_takes_no_node():
    x = ag.Node([1.0])
    with pytest.raises(ag.AutogradError, match=r"or its \.value"):
        x.assign(x + 1)
    assert x.value == [1.0]


def test_assign_keeps_the_kind_of_a_scalar():
    x = ag.Node(np.float32(2.0))
    x.assign(3)
    assert type(x.value) is np.float32
    y = ag.Node(2.0)
    y.assign(3)
    assert type(y.value) is float
