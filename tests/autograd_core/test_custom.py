"""Your own functions: primitive, Function, and elementwise/linear rows of your own."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError

X = np.array([0.5, -1.0, 2.0])


def cube():
    op = ag.primitive(lambda x: x**3)
    op.defvjp(lambda g, out, x: g * 3 * x**2)
    return op


def test_a_primitive_is_differentiable_to_any_order_in_both_modes():
    f = cube()
    np.testing.assert_array_equal(f(X), X**3)
    assert ag.grad(f)(2.0) == 12.0
    assert ag.grad(ag.grad(f))(2.0) == 12.0
    assert ag.grad(ag.grad(ag.grad(f)))(2.0) == 6.0
    assert ag.jvp(f, (2.0,), (1.0,)) == (8.0, 12.0)
    assert ag.hessian(f)(2.0) == 12.0
    assert ag.grad(lambda x: ag.jvp(f, (x,), (1.0,))[1])(2.0) == 12.0
    assert ag.check_grads(f, (X,)) < 1e-7


def test_a_jvp_of_its_own_is_used():
    calls = []
    f = cube()

    def jvp(t, out, x):
        calls.append(t)
        return t * 3 * x**2

    f.defjvp(jvp)
    assert ag.jvp(f, (2.0,), (1.0,))[1] == 12.0
    assert calls == [1.0]


def test_the_primitive_sees_plain_arrays_and_may_do_anything():
    @ag.primitive
    def running_maximum(x):
        assert type(x) is np.ndarray
        out = np.empty_like(x)
        best = -math.inf
        for i, entry in enumerate(x):
            best = max(best, float(entry))
            out[i] = best
        return out

    where = np.array([0, 0, 2])
    running_maximum.defvjp(lambda g, out, x: sum(np.eye(3)[where[i]] * g[i] for i in range(3)))
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(running_maximum(x)))(X), [2.0, 0.0, 1.0])
    np.testing.assert_array_equal(
        ag.jvp(running_maximum, (X,), (np.array([1.0, 10.0, 100.0]),))[1], [1, 1, 100]
    )


def test_several_arguments_constants_and_keywords():
    op = ag.primitive(lambda x, k, y, *, scale=1.0: scale * x * k * y)
    op.defvjp(
        lambda g, out, x, k, y, scale=1.0: g * scale * k * y,
        None,
        lambda g, out, x, k, y, scale=1.0: g * scale * k * x,
    )
    assert ag.grad(op, (0, 2))(2.0, 5, 3.0, scale=10.0) == (150.0, 100.0)
    assert ag.grad(op, (0, 2))(2.0, 5, 3.0) == (15.0, 10.0)
    # None says that k is a constant, although it is a Node here
    assert ag.grad(op, 1)(2.0, 5.0, 3.0) == 0.0
    assert ag.jvp(op, (2.0, 5.0, 3.0), (1.0, 1.0, 0.0))[1] == 15.0


def test_broadcast_cotangents_are_summed():
    op = ag.primitive(lambda x, y: x * y)
    op.defvjp(lambda g, out, x, y: g * y, lambda g, out, x, y: g * x)
    gx, gy = ag.grad(lambda x, y: np.sum(op(x, y)), (0, 1))(X, 2.0)
    np.testing.assert_array_equal(gx, [2.0] * 3)
    assert gy == np.sum(X)


def test_several_results():
    op = ag.primitive(lambda x: (np.sin(x), np.cos(x)))
    op.defvjp(lambda g, out, x: g[0] * out[1] - g[1] * out[0])
    s, c = ag.grad(lambda x: op(x)[0])(0.3), ag.grad(lambda x: op(x)[1])(0.3)
    assert (s, c) == pytest.approx((math.cos(0.3), -math.sin(0.3)))
    # sin^2 cos: 2 s c^2 - s^3
    f = lambda x: op(x)[0] ** 2 * op(x)[1]
    s, c = math.sin(0.3), math.cos(0.3)
    assert ag.grad(f)(0.3) == pytest.approx(2 * s * c * c - s**3)
    assert ag.check_grads(lambda x: list(op(x)), (X,)) < 1e-7
    a, b = op(ag.Node(X))
    assert (a.shape, b.shape) == ((3,), (3,))


def test_several_results_of_different_shapes_with_one_unused():
    op = ag.primitive(lambda x: (np.sum(x), x * 2))
    op.defvjp(lambda g, out, x: g[0] + 2 * g[1])
    np.testing.assert_array_equal(ag.grad(lambda x: op(x)[0])(X), [1.0] * 3)
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(op(x)[1]))(X), [2.0] * 3)
    np.testing.assert_array_equal(
        ag.grad(lambda x: np.sum(op(x)[1]) * op(x)[0])(np.ones(3)), [12.0] * 3
    )


def test_a_list_of_results_is_refused_or_several_results():
    """It must not become one array of which the rule knows nothing."""
    op = ag.primitive(lambda x: [x, 2 * x])
    op.defvjp(lambda g, out, x: g[0] + 2 * g[1])
    x = ag.Node(3.0)
    try:
        first, second = op(x)
    except ag.AutogradError:
        return
    (first + 10 * second).backward()
    assert x.grad == 21.0  # 1 + 10 · 2


def test_a_result_of_integers_keeps_the_cotangent_whole():
    """A straight-through rule: the cotangent 0.5 must not be truncated to 0."""
    op = ag.primitive(lambda x: np.floor(x).astype(int))
    op.defvjp(lambda g, out, x: g)
    try:
        g = ag.grad(lambda x: np.sum(op(x) * 0.5))(X)
    except TypeError:
        return  # refusing is as good
    np.testing.assert_array_equal(g, [0.5] * 3)


def test_missing_and_wrong_rules_say_so():
    op = ag.primitive(lambda x, y: x * y)
    op.defvjp(lambda g, out, x, y: g * y)
    with pytest.raises(ag.NotDifferentiableError, match=r"no vjp rule for argument 1.*defvjp"):
        ag.grad(op, 1)(2.0, 3.0)
    nothing = ag.primitive(np.tanh)
    with pytest.raises(ag.NotDifferentiableError, match="no vjp rule for argument 0"):
        ag.grad(nothing)(2.0)
    with pytest.raises(ag.AutogradError):
        ag.jvp(nothing, (2.0,), (1.0,))


def test_a_cotangent_of_a_wrong_shape_says_so():
    op = ag.primitive(np.sin)
    op.defvjp(lambda g, out, x: np.ones(5))
    with pytest.raises(ArgumentError, match=r"shape \(3,\), got \(5,\)") as caught:
        ag.grad(lambda x: np.sum(op(x)))(X)
    assert any("sin" in note for note in caught.value.__notes__)


def test_a_rule_that_needs_plain_arrays_works_once():
    op = ag.primitive(np.sin)
    op.defvjp(lambda g, out, x: np.asarray(g) * np.array([math.cos(v) for v in x]))
    np.testing.assert_allclose(ag.grad(lambda x: np.sum(op(x)))(X), np.cos(X))
    with pytest.raises(TypeError):
        ag.hessian(lambda x: np.sum(op(x)))(X)


def test_float32_and_complex_primitives():
    g = ag.grad(lambda x: np.sum(cube()(x)))(X.astype(np.float32))
    assert g.dtype == np.float32
    op = ag.primitive(lambda z: z * z)
    op.defvjp(lambda g, out, z: g * np.conj(2 * z))
    assert ag.check_grads(op, (np.array([1 + 2j, -1j]),)) < 1e-7


# Function


class Clip(ag.Function):
    @staticmethod
    def forward(ctx, x, *, limit):
        ctx.inside = np.abs(x) < limit
        return np.clip(x, -limit, limit)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.inside


class Product(ag.Function):
    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x


class SinCos(ag.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.s, ctx.c = np.sin(x), np.cos(x)
        return ctx.s, ctx.c

    @staticmethod
    def backward(ctx, g, h):
        return g * ctx.c - h * ctx.s


def test_function():
    f = lambda x: np.sum(Clip.apply(x, limit=1.0))
    np.testing.assert_array_equal(ag.grad(f)(X), [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(Clip.apply(X, limit=1.0), [0.5, -1.0, 1.0])
    assert ag.grad(Product.apply, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert ag.jvp(Product.apply, (2.0, 3.0), (1.0, 10.0))[1] == 23.0


def test_function_twice_differentiated():
    assert ag.grad(ag.grad(lambda x: Product.apply(x, x) * x))(2.0) == 12.0
    np.testing.assert_allclose(
        ag.hessian(lambda v: Product.apply(v[0], v[1]))(np.array([2.0, 3.0])), [[0, 1], [1, 0]]
    )
    assert ag.check_grads(Product.apply, (X, X + 1)) < 1e-7


def test_function_with_several_results():
    f = lambda x: SinCos.apply(x)[0] * SinCos.apply(x)[1]
    assert ag.grad(f)(0.3) == pytest.approx(math.cos(0.6))
    assert ag.grad(ag.grad(f))(0.3) == pytest.approx(-2 * math.sin(0.6))


def test_two_calls_of_a_function_do_not_share_their_context():
    x, y = ag.Node(2.0), ag.Node(5.0)
    a, b = Product.apply(x, x), Product.apply(y, y)
    (a + b).backward()
    assert (x.grad, y.grad) == (4.0, 10.0)


def test_a_second_derivative_of_a_forward_that_needs_plain_arrays_says_so():
    class Sine(ag.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.x = np.asarray(x)
            return np.sin(ctx.x)

        @staticmethod
        def backward(ctx, g):
            return g * np.cos(ctx.x)

    assert ag.grad(Sine.apply)(np.float64(0.3)) == pytest.approx(math.cos(0.3))
    with pytest.raises(ag.NotDifferentiableError) as caught:
        ag.grad(ag.grad(Sine.apply))(0.3)
    assert any("second derivative of Sine" in note for note in caught.value.__notes__)


def test_forward_mode_through_a_backward_that_needs_plain_arrays_says_so():
    class Solved(ag.Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def backward(ctx, g):
            if type(g) is not np.ndarray:
                raise TypeError("argument 1 must be numpy.ndarray")  # as SciPy's factors do
            return 2 * g

    x = np.ones(2)
    ag.check_grads(Solved.apply, (x,), modes=("reverse",), order=1)
    with pytest.raises(TypeError, match=r"numpy\.ndarray") as caught:
        ag.jvp(Solved.apply, (x,), (x,))
    assert any("use defjvp, or reverse mode alone" in note for note in caught.value.__notes__)


def test_a_function_with_too_few_cotangents():
    class Broken(Product):
        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(ag.AutogradError, match="expected 2 cotangents, got 1"):
        ag.grad(Broken.apply)(2.0, 3.0)


def test_an_unfinished_function_says_what_is_missing():
    class Empty(ag.Function):
        pass

    with pytest.raises(ag.AutogradError, match="forward"):
        Empty.apply(ag.Node(1.0))


# Rows of your own


def test_elementwise_and_linear_rows():
    from autograd_core.primitive import OPS

    before = list(OPS)
    try:
        double = ag.linear(
            lambda x: 2 * x, lambda g, x: 2 * g, sample=lambda rng: ((X,), {}), name="double"
        )
        third = ag.elementwise(lambda x: x**3, lambda out, x: 3 * x**2)
        assert ag.grad(lambda x: double(third(x)))(2.0) == 24.0
        assert ag.grad(ag.grad(lambda x: double(third(x))))(2.0) == 24.0
        assert OPS[len(before) :] == [double, third]
    finally:
        OPS[:] = before


def test_an_elementwise_row_takes_arrays_by_position_only():
    before = list(ag.ops.every_row())
    try:
        scaled = ag.elementwise(lambda x, factor=1.0: factor * x, lambda out, x: 1.0)
        with pytest.raises(TypeError, match="expected arrays by position only, got factor"):
            scaled(ag.Node(2.0), factor=3.0)
    finally:
        ag.ops.every_row()[:] = before


def test_a_name_or_gradient_given_to_one_result_is_its_own():
    x = ag.Node(2.0)
    y, z = x * 3, x * 4
    y.name, y.grad = "y", 1.0
    assert (y.name, y.grad, z.name, z.grad) == ("y", 1.0, None, None)
    c, d = y.detach(), z.detach()
    c.name = "c"
    assert (c.name, c.requires_grad, d.name) == ("c", False, None)
