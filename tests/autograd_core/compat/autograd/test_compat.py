"""What the compat package does by itself: conventions, boxes, rules, errors, modules."""

from __future__ import annotations

import importlib

import autograd_core.compat.autograd.scipy.stats.norm as norm
import numpy as onp
import pytest

import autograd_core as ag
import autograd_core.compat.autograd.numpy as np
from autograd_core.compat.autograd import (
    elementwise_grad,
    grad,
    holomorphic_grad,
    make_vjp,
    multigrad_dict,
    value_and_grad,
)
from autograd_core.compat.autograd.core import vspace
from autograd_core.compat.autograd.extend import (
    Box,
    SparseObject,
    VSpace,
    defjvp,
    defvjp,
    defvjp_argnum,
    primitive,
)
from autograd_core.compat.autograd.numpy.numpy_boxes import ArrayBox
from autograd_core.compat.autograd.numpy.numpy_vjps import unbroadcast_f
from autograd_core.compat.autograd.tracer import Node, getval, isbox, trace
from autograd_core.errors import ArgumentTypeError, AutogradError, NotDifferentiableError
from autograd_core.registry import RULES

ROOT = "autograd_core.compat.autograd"
MODULES = """
    core extend tracer builtins util wrap_util test_util differential_operators
    misc.flatten misc.optimizers misc.fixed_points misc.tracers
    numpy.random numpy.linalg numpy.fft numpy.numpy_boxes numpy.numpy_vspaces numpy.numpy_vjps
    numpy.numpy_wrapper
    scipy.special scipy.linalg scipy.integrate scipy.signal scipy.misc scipy.stats
    scipy.stats.norm scipy.stats.t scipy.stats.gamma scipy.stats.multivariate_normal
""".split()


@pytest.mark.parametrize("name", MODULES)
def test_autograds_modules_can_be_imported(name):
    assert importlib.import_module(f"{ROOT}.{name}").__name__ == f"{ROOT}.{name}"


@pytest.mark.oracle
def test_every_public_name_of_autograd_is_there():
    theirs = pytest.importorskip("autograd")
    ours = importlib.import_module(ROOT)
    public = {name for name, x in vars(theirs).items() if callable(x)}
    assert public - set(vars(ours)) == set()


def test_complex_gradients_are_the_conjugates_of_ours():
    z = onp.array([1 + 2j, -0.5j])
    f = lambda z: np.sum(np.abs(z) ** 2 + np.real(z * 1j))
    onp.testing.assert_array_equal(grad(f)(z), onp.conj(ag.grad(f)(z)))
    vjp, _ = make_vjp(np.sin)(z)
    onp.testing.assert_allclose(vjp(onp.ones(2, complex)), onp.cos(z))


def test_a_result_of_one_entry_in_any_shape_has_a_gradient():
    f = lambda x: np.reshape(x[0] * x[1], (1, 1))
    onp.testing.assert_array_equal(grad(f)(onp.array([2.0, 3.0])), [3.0, 2.0])
    value, _ = value_and_grad(f)(onp.array([2.0, 3.0]))
    assert value.shape == (1, 1)


def test_integer_arrays_are_differentiated_as_floats():
    onp.testing.assert_array_equal(grad(lambda x: np.sum(x**2))(onp.arange(3)), [0.0, 2.0, 4.0])


def test_results_of_the_wrong_kind_are_refused():
    with pytest.raises(
        TypeError, match=r"grad expected a function of one real number, got .*\[2\]"
    ):
        grad(np.sin)(onp.ones(2))
    with pytest.raises(TypeError, match="Use holomorphic_grad"):
        elementwise_grad(lambda x: x * 1j)(onp.ones(2))
    with pytest.warns(UserWarning, match="expected a complex argument, got a real one"):
        holomorphic_grad(lambda x: x**2)(3.0)
    with pytest.raises(TypeError, match="argnum expected an int, tuple or list"):
        grad(np.sum, "x")


def test_independence_is_warned_of():
    with pytest.warns(UserWarning, match="does not depend on the argument"):
        onp.testing.assert_array_equal(grad(lambda x: 2.0)(onp.ones(2)), [0.0, 0.0])


def test_boxes():
    seen = []

    def f(x):
        seen.append((isinstance(x, ArrayBox), isinstance(x, Box), isbox(x), getval(x), x._value))
        return x * 2.0

    grad(f)(3.0)
    assert seen == [(True, True, True, 3.0, 3.0)]
    assert not isinstance(3.0, Box)
    with pytest.raises(ArgumentTypeError, match=r"Box.register expected no new box types"):
        Box.register(complex)


def test_a_primitive_without_rules_says_so():
    square = primitive(lambda x: x**2)
    with pytest.raises(NotImplementedError, match="has no vjp rule"):
        grad(square)(3.0)
    defvjp(square, None, lambda ans, x: lambda g: g, argnums=(1, 2))
    with pytest.raises(AutogradError, match="has no vjp rule"):
        grad(square)(3.0)
    with pytest.raises(ArgumentTypeError, match="A rule expected a primitive"):
        defvjp(lambda x: x, None)


def test_a_primitive_without_nodes_is_the_function_itself():
    assert primitive(lambda x, y: (x, y))(1, "a") == (1, "a")


def test_constant_and_partly_defined_arguments():
    f = primitive(lambda x, n: x * n)
    defvjp(f, lambda ans, x, n: lambda g: g * n, None)
    assert grad(f, (0, 1))(2.0, 3.0) == (3.0, 0.0)


def test_forward_rules():
    product = primitive(lambda x, y: x * y)
    defvjp(product, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x)
    assert ag.jvp(product, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)  # derived from the vjp
    calls = []
    defjvp(product, lambda t, ans, x, y: calls.append(t) or t * y, "same")
    assert ag.jvp(product, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)
    assert calls == [1.0]
    defjvp(product, None, "same")
    assert ag.jvp(product, (2.0, 3.0), (1.0, 10.0)) == (6.0, 20.0)


def test_a_numpy_function_can_be_given_a_rule(monkeypatch):
    monkeypatch.setattr("autograd_core.registry.RULES", RULES)
    before = dict(RULES)
    try:
        defvjp(onp.nextafter, lambda ans, x, y: lambda g: g * 7.0, None)
        assert grad(lambda x: np.nextafter(x, 9.0))(2.0) == 7.0
    finally:
        RULES.clear()
        RULES.update(before)


def test_sparse_cotangents():
    take = primitive(lambda x, i: x[i])

    def vjp(ans, x, i):
        def add(total):
            onp.add.at(total, i, 1.0)
            return total

        return lambda g: SparseObject(vspace(x), add)

    defvjp(take, vjp, None)
    onp.testing.assert_array_equal(grad(lambda x: take(x, 1))(onp.ones(3)), [0.0, 1.0, 0.0])


def test_containers_of_results():
    split = primitive(lambda x: {"a": x[0], "b": [x[1], 2.0 * x[0]]})
    defvjp(split, lambda ans, x: lambda g: np.array([g["a"] + 2.0 * g["b"][1], g["b"][0]]))
    f = lambda x: split(x)["a"] * 3.0 + split(x)["b"][0] * split(x)["b"][1]
    onp.testing.assert_array_equal(grad(f)(onp.array([2.0, 5.0])), [3.0 + 10.0, 4.0])


def test_second_order_through_rules():
    cube = primitive(lambda x: x**3)
    defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    assert grad(grad(grad(cube)))(2.0) == pytest.approx(6.0)
    ag.check_grads(cube, (1.3,))


def test_rules_with_all_arguments():
    total = primitive(lambda *xs: sum(xs))
    defvjp_argnum(total, lambda argnum, ans, args, kwargs: lambda g: g * (argnum + 1))
    assert grad(lambda x: total(1.0, x, x))(2.0) == 5.0


def test_gradients_by_name():
    f = lambda x, *rest, scale=1.0, **more: x * rest[0] * scale * more["k"]
    grads = multigrad_dict(f)(2.0, 3.0, scale=5.0, k=7.0)
    assert grads == {"x": 105.0, "rest": (70.0,), "scale": 42.0, "more": {"k": 30.0}}


def test_unbroadcast():
    onp.testing.assert_array_equal(
        unbroadcast_f(onp.ones((1, 2)), lambda g: g)(onp.ones((3, 2))), [[3, 3]]
    )


def test_a_tracer_of_ones_own_sees_every_operation():
    lines = []

    class Line(Node):
        __slots__ = ["number", "text"]

        def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
            self.number = len(lines) + 1
            names = list(args)
            for i, parent in zip(parent_argnums, parents, strict=True):
                names[i] = f"v{parent.number}"
            self.text = f"v{self.number} = {fun.__name__}({', '.join(map(str, names))})"
            lines.append(self)

        def initialize_root(self):
            self.number, self.text = 0, "v0"

    value, end = trace(Line.new_root(), lambda x: np.sin(x) * 2.0, 0.5)
    assert value == onp.sin(0.5) * 2
    assert [line.text for line in lines] == ["v1 = sin(v0)", "v2 = multiply(v1, 2.0)"]
    assert end is lines[-1]
    assert trace(Line.new_root(), lambda x: 3.0, 0.5) == (3.0, None)


SPACES = [2.0, 1 + 2j, onp.ones((2, 3)), onp.ones(2, complex), [1.0, {"a": onp.ones(2)}], (1.0,)]


@pytest.mark.oracle
@pytest.mark.parametrize("value", SPACES, ids=repr)
def test_vector_spaces_are_autograds(value):
    theirs = pytest.importorskip("autograd.core").vspace(value)
    ours = vspace(value)
    assert ours.size == theirs.size
    assert ours == vspace(ours.randn())
    assert ours != vspace(onp.ones(7))
    assert "size" in repr(ours) or "VSpace" in repr(ours)
    flat = lambda tree: onp.concatenate([onp.ravel(x) for x in ag.tree.flatten(tree)[0]])
    for make in ("zeros", "ones"):
        onp.testing.assert_array_equal(flat(getattr(ours, make)()), flat(getattr(theirs, make)()))
    for a, b in zip(ours.standard_basis(), theirs.standard_basis(), strict=True):
        onp.testing.assert_array_equal(flat(a), flat(b))
    x, y = ours.randn(), ours.randn()
    assert ours.inner_prod(x, y) == pytest.approx(theirs.inner_prod(x, y))
    for name, args in (("add", (x, y)), ("scalar_mul", (x, 3.0)), ("covector", (x,))):
        a, b = getattr(ours, name)(*args), getattr(theirs, name)(*args)
        onp.testing.assert_array_equal(flat(a), flat(b))
    onp.testing.assert_array_equal(flat(ours.mut_add(None, y)), flat(y))


def test_a_vector_space_of_ones_own():
    class Interval:
        pass

    class IntervalSpace(VSpace):
        size = 2

    IntervalSpace.register(Interval)
    try:
        assert vspace(Interval()).size == 2
    finally:
        del VSpace.mappings[Interval]
    with pytest.raises(TypeError, match="vspace expected a number or an array, got Interval"):
        vspace(Interval())


def test_names_come_from_numpy_and_scipy():
    assert np.pi == onp.pi
    assert np.sin is onp.sin
    assert norm.pdf(0.0) == pytest.approx(1 / onp.sqrt(2 * onp.pi))
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = np.nonsense
    with pytest.raises(NotDifferentiableError):
        grad(lambda x: np.sum(np.random.normal(x)))(onp.ones(2))
