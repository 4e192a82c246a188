"""What would drop or falsify a derivative raises: what was expected, what came, what to do."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, ArgumentTypeError
from autograd_core.registry import similar_names

X = np.array([1.0, 2.0])


@pytest.fixture
def node():
    return ag.Node(X)


@pytest.fixture
def scalar():
    return ag.Node(2.0)


def set_entry(x, into=None):
    into = np.zeros(2) if into is None else into
    into[0] = x


def add_in_place(x):
    total = np.zeros(2)
    total += x


@pytest.mark.parametrize(
    "call",
    [
        np.asarray,
        np.array,
        lambda x: np.asarray(x, dtype=object),
        lambda x: np.array([x, x]),
        lambda x: np.array([x, x], dtype=object),
        lambda x: np.array([[x, 1.0], [0.0, x]]),
        lambda x: np.zeros(2).__setitem__(slice(None), x),
    ],
)
@pytest.mark.parametrize("value", [2.0, X], ids=["number", "array"])
def test_conversion_to_an_array(call, value):
    with pytest.raises(
        (ag.NotDifferentiableError, ValueError), match=r"drop the derivative|inhomogeneous"
    ):
        call(ag.Node(value))


def test_conversion_names_the_cure(node):
    with pytest.raises(
        ag.NotDifferentiableError, match=r"node\.value.*ag\.array.*\.at\[.*ag\.buffer"
    ):
        np.asarray(node)


def test_storing_a_scalar_node_into_an_array(scalar):
    with pytest.raises((TypeError, ValueError)) as caught:
        set_entry(scalar)
    # NumPy words the error itself and chains ours to it
    chain = (
        caught.value
        if isinstance(caught.value, ag.NotDifferentiableError)
        else caught.value.__cause__
    )
    assert isinstance(chain, ag.NotDifferentiableError)


@pytest.mark.parametrize(
    "call",
    [float, int, complex, math.sin, math.sqrt, math.exp, math.floor],
    ids=lambda f: f.__name__,
)
def test_pythons_own_numbers(call, scalar):
    with pytest.raises(ag.NotDifferentiableError, match=r"\.item\(\)"):
        call(scalar)
    with pytest.raises(ag.NotDifferentiableError, match=r"\.item\(\)"):
        ag.grad(lambda x: call(x) * x)(2.0)
    with ag.no_grad():
        call(scalar)
    call(scalar.detach())


@pytest.mark.parametrize(
    ("call", "keyword"),
    [
        (lambda x: np.add(x, x, out=np.zeros(2)), "out"),
        (lambda x: np.exp(x, out=np.zeros(2)), "out"),
        (lambda x: np.exp(np.ones(2), out=(x,)), "out"),
        (lambda x: np.sum(x, out=np.zeros(())), "out"),
        (lambda x: np.clip(x, 0, 1, out=np.zeros(2)), "out"),
        (lambda x: np.matmul(x, x, out=np.zeros(())), "out"),
        (lambda x: np.dot(x, x, out=np.zeros(())), "out"),
        (lambda x: np.max(x, out=np.zeros(())), "out"),
        (lambda x: np.cumsum(x, out=np.zeros(2)), "out"),
        (lambda x: np.stack([x, x], out=np.zeros((2, 2))), "out"),
        (lambda x: np.take(x, [0], out=np.zeros(1)), "out"),
        (lambda x: np.einsum("i->", x, out=np.zeros(())), "out"),
        (lambda x: np.add.reduce(x, out=np.zeros(())), "out"),
        (add_in_place, "out"),
        (lambda x: np.exp(x, where=np.array([True, False]), out=np.zeros(2)), "out"),
        (lambda x: np.exp(x, order="F"), "order"),
        (lambda x: np.concatenate([x, x], dtype=float, casting="unsafe"), "casting"),
        (lambda x: np.stack([x, x], casting="no"), "casting"),
        (lambda x: np.vstack([x, x], casting="safe"), "casting"),
        (lambda x: np.hstack([x, x], casting="equiv"), "casting"),
    ],
)
def test_keywords_that_cannot_be_honoured(call, keyword, node):
    with pytest.raises(TypeError, match=f"{keyword}="):
        call(node)


@pytest.mark.parametrize("join", [np.concatenate, np.stack, np.vstack, np.hstack])
def test_the_default_casting_is_honoured(join, node):
    assert join([node, node], dtype=np.float32, casting="same_kind").dtype == np.float32
    assert node.astype(np.float32, casting="unsafe").dtype == np.float32
    with pytest.raises(TypeError, match="same_kind"):
        join([X, X], dtype=int)
    with pytest.raises(ArgumentTypeError, match="same kind as float64, got int64"):
        join([node.detach(), X], dtype=np.int64)


def test_casting_to_an_integer(node):
    for dtype in (int, np.int32, bool):
        with pytest.raises(ag.NotDifferentiableError, match=r"node\.value\.astype"):
            node.astype(dtype)
    with pytest.raises(ag.NotDifferentiableError, match=r"node\.real"):
        ag.Node(np.ones(2, complex)).astype(float)
    with pytest.raises(ag.NotDifferentiableError):
        np.add(node, 1, dtype=int, casting="unsafe")
    np.testing.assert_array_equal(node.detach().astype(int), [1, 2])


@pytest.mark.parametrize(
    "call",
    [
        np.packbits,
        lambda x: np.random.default_rng(0).normal(x),
    ],
)
def test_functions_without_a_rule(call, node):
    with pytest.raises(ag.NotDifferentiableError, match=r"no derivative rule|drop the derivative"):
        call(node)


def test_a_function_without_a_rule_names_itself_and_its_neighbours(node):
    with pytest.raises(
        ag.NotDifferentiableError, match=r"numpy\.packbits has no derivative rule.*ag\.primitive"
    ):
        np.packbits(node)
    with pytest.raises(ag.NotDifferentiableError, match=r"similar names: .*isnan"):
        np.isnat(node)


def test_neighbours_are_near_and_have_names():
    ag.ops.every_row()
    assert similar_names("cumprodd")[0] == "cumprod"
    assert similar_names("tklmbda") == similar_names("fresnel") == []  # not <lambda>, not resize


def test_functions_without_a_rule_compute_where_no_gradient_is_at_stake(node):
    np.testing.assert_array_equal(np.spacing(node.detach()), np.spacing(X))
    with ag.no_grad():
        np.testing.assert_array_equal(np.spacing(node), np.spacing(X))


IN_PLACE = {
    "copyto": lambda x: np.copyto(x, 0.0),
    "put": lambda x: np.put(x, [0], 0.0),
    "place": lambda x: np.place(x, [True, False], [0.0]),
    "putmask": lambda x: np.putmask(x, [True, False], 0.0),
    "put_along_axis": lambda x: np.put_along_axis(x, np.array([0]), 0.0, 0),
    "add.at": lambda x: np.add.at(x, [0], 5.0),
    "setitem": lambda x: set_entry(0.0, x),
    "fill": lambda x: x.fill(0.0),
    "sort": lambda x: x.sort(),
    "method put": lambda x: x.put([0], 0.0),
    "out": lambda x: np.add(X, X, out=x),
    "shuffle": lambda x: np.random.default_rng(0).shuffle(x),
}


@pytest.mark.parametrize("name", IN_PLACE)
@pytest.mark.filterwarnings("ignore:you are shuffling:UserWarning")
def test_writing_in_place_raises_with_the_functional_cure(name, node):
    with pytest.raises(ag.AutogradError, match=r"\.at\[|returned result"):
        IN_PLACE[name](node)
    np.testing.assert_array_equal(node.value, [1.0, 2.0])


@pytest.mark.parametrize("name", IN_PLACE)
@pytest.mark.filterwarnings("ignore:you are shuffling:UserWarning")
def test_a_node_is_not_written_in_place_while_nothing_is_recorded_either(name):
    """It would change a value that a recorded graph has read, unseen by the check of ``assign``."""
    x = ag.Node(X.copy())
    with ag.no_grad(), pytest.raises(ag.AutogradError):
        IN_PLACE[name](x)
    np.testing.assert_array_equal(x.value, [1.0, 2.0])


def test_fill_diagonal_is_refused():
    with pytest.raises(ag.AutogradError):
        np.fill_diagonal(ag.Node(np.ones((2, 2))), 0.0)


def test_object_arrays_are_refused(node, scalar):
    objects = np.array([1.0, 2.0], dtype=object)
    for x in (node, scalar):
        with pytest.raises(TypeError, match="numbers or arrays"):
            x * objects
        with pytest.raises(TypeError, match="numbers or arrays"):
            objects * x


@pytest.mark.parametrize(
    "other",
    ["a", ["a", "b"], np.array(["a", "b"]), None, {"a": 1}, object()],
    ids=lambda x: type(x).__name__,
)
def test_operands_that_are_no_numbers(other, node):
    with pytest.raises(TypeError):
        node * other


def test_masked_arrays_are_refused_not_unmasked(node):
    with pytest.raises(TypeError, match="plain arrays"):
        np.multiply(node, np.ma.array([1.0, 2.0], mask=[True, False]))


@pytest.mark.parametrize("operand", [(3.0, 4.0), [3.0, 4.0]], ids=["tuple", "list"])
@pytest.mark.parametrize(
    ("f", "gradient"),
    [
        (lambda x, y: x * y, [3.0, 4.0]),
        (lambda x, y: x / y, [1 / 3, 1 / 4]),
        (lambda x, y: y / x, [-3.0, -1.0]),
        (lambda x, y: x**y, [3.0, 32.0]),
        (np.maximum, [0.0, 0.0]),
        (np.hypot, [1 / math.sqrt(10), 2 / math.sqrt(20)]),
        (np.dot, [3.0, 4.0]),
        (np.vdot, [3.0, 4.0]),
        (np.inner, [3.0, 4.0]),
        (lambda x, y: np.einsum("i,i", x, y), [3.0, 4.0]),
        (lambda x, y: np.where([True, False], x, y), [1.0, 0.0]),
        (lambda x, y: np.concatenate([y, x]), [1.0, 1.0]),
    ],
)
def test_lists_and_tuples_as_operands_are_arrays(f, operand, gradient):
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(f(x, operand)))(X), gradient)


def test_scalar_arguments_beside_arrays_broadcast():
    """The path for Python numbers must not be taken when the argument in the middle is an array."""
    x = np.array([1.0, -2.0])
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(np.where(True, x, 0.0)))(x), [1.0, 1.0])
    np.testing.assert_array_equal(np.where(True, ag.Node(x), 0.0).value, x)
    one = np.where(True, ag.Node(np.array([1.0])), 0.0)
    assert one.shape == (1,)
    assert np.clip(ag.Node(0.5), np.array([0.0]), 2.0).shape == (1,)
    np.testing.assert_array_equal(
        np.clip(ag.Node(0.5), np.array([0.0, 1.0]), 2.0).value, [0.5, 1.0]
    )
    np.testing.assert_array_equal(
        np.clip(0.5, ag.Node(np.array([0.0, 1.0])), 2.0).value, [0.5, 1.0]
    )


def test_shapes_that_do_not_fit_name_the_operation_and_the_shapes(node):
    with pytest.raises(ValueError, match=r"add\(float64\[2\], float64\[3\]\) failed"):
        node + np.ones(3)
    with pytest.raises(ValueError, match=r"matmul\(float64\[2\], float64\[3\]\) failed"):
        node @ np.ones(3)
    with pytest.raises(IndexError, match=r"getitem\(float64\[2\]\) failed"):
        node[5]
    with pytest.raises(ArgumentTypeError, match="integers or booleans"):
        node[1.0]
    with pytest.raises((TypeError, IndexError)):
        node[ag.Node(1.0)]


def test_gradient_of_what_is_not_a_scalar():
    with pytest.raises(
        TypeError, match=r"grad of square expected a real scalar result, got float64\[2\].*jacobian"
    ):
        ag.grad(np.square)(X)
    with pytest.raises(TypeError, match="seed"):
        (ag.Node(X) * 2).backward()
    with pytest.raises(TypeError, match="real scalar"):
        ag.grad(lambda x: (x, x))(1.0)
    with pytest.raises(TypeError, match="real scalar"):
        ag.grad(lambda x: None)(1.0)


def test_wrong_seeds_and_argnums():
    with pytest.raises(ArgumentError, match=r"shape \(2,\)"):
        (ag.Node(X) * 2).backward(np.ones(3))
    with pytest.raises(ArgumentError, match="argnums"):
        ag.grad(np.sum, argnums=1)(X)
    with pytest.raises(ArgumentError, match="1 tangents"):
        ag.jvp(np.sin, (1.0,), (1.0, 2.0))
    with pytest.raises(ArgumentError, match="shape"):
        ag.jvp(np.sin, (X,), (1.0,))


def test_an_argument_differentiated_twice():
    """(0, 0) must give the gradient twice or raise; a silent zero would be wrong."""
    try:
        first, second = ag.grad(lambda x, y: x * y, argnums=(0, 0))(2.0, 3.0)
    except ArgumentError:
        return
    assert (first, second) == (3.0, 3.0)


def test_backward_of_a_constant():
    with pytest.raises(ArgumentError, match="carries a gradient"):
        ag.Node(1.0, requires_grad=False).backward()


def test_a_live_node_as_a_keyword_of_a_primitive():
    """Only positional arguments have rules: a Node by keyword would lose its derivative."""
    scaled = ag.primitive(lambda x, *, k: np.multiply(x, k))
    scaled.defvjp(lambda g, out, x, k: g * k)
    with pytest.raises(ag.AutogradError):
        scaled(ag.Node(3.0), k=ag.Node(2.0))


def test_assigning_an_integer_array_or_another_shape(node):
    with pytest.raises(ArgumentError, match="shape"):
        node.assign(np.ones(3))
    with pytest.raises(ArgumentError, match="leaf"):
        (node * 2).assign(X)


def test_stray_attributes_of_a_node_are_refused(node):
    with pytest.raises(AttributeError):
        node.gradient = 1.0


@pytest.mark.parametrize("kind", [ValueError, IndexError])
def test_an_axis_that_does_not_exist_is_both_kinds_of_error(kind):
    with pytest.raises(kind, match="axis 5 is out of bounds"):
        np.sin(ag.Node(np.ones((2, 3)))).cumsum(axis=5)
    with pytest.raises(kind):
        np.fft.fft(ag.Node(np.ones((2, 3))), axis=5)
