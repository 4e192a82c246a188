"""What sweeps do beside the numbers: modes they restore, shapes they stretch, what they record.

Each was once changed in the code without a test that noticed.
"""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.primitive import Primitive


def test_forward_mode_through_ties_leaves_no_grad_as_it_was():
    with ag.no_grad():
        ag.jvp(lambda A: np.sum(np.linalg.eigh(A)[1] ** 2), (np.eye(2),), (np.ones((2, 2)),))
        assert not ag.is_recording()
        ag.vjp(lambda A: np.linalg.eigh(A)[1], np.eye(2))[1](np.ones((2, 2)))
        assert not ag.is_recording()


def test_a_tangent_has_the_shape_of_the_result_that_broadcasting_made():
    x, y = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0])
    _, t = ag.jvp(lambda y: x + y, (y,), (np.array([3.0, 4.0]),))
    np.testing.assert_array_equal(t, [[3.0, 4.0]] * 3)


def test_a_derivative_that_is_recorded_says_so():
    x = ag.Node(2.0)
    assert ag.grad(lambda x: x**3)(x).scope == ("∇ backward",)
    assert (x**3).scope == ()


@pytest.mark.parametrize("choose", [np.maximum, np.fmax, np.minimum, np.fmin])
def test_what_loses_has_no_influence_whatever_its_slope(choose):
    other = np.array([1.0 if choose in (np.maximum, np.fmax) else -1.0])
    for f in (lambda y: choose(other, np.sqrt(y)), lambda y: choose(np.sqrt(y), other)):
        with np.errstate(divide="ignore"):
            assert ag.grad(lambda y: np.sum(f(y)))(np.zeros(1)).tolist() == [0.0]  # noqa: B023


def test_in_forward_mode_what_was_not_selected_stays_without_influence():
    def f(x):
        return np.sqrt(np.reshape(np.where(x > 0, x, 0.0), (2, 1)))

    with np.errstate(divide="ignore"):
        _, t = ag.jvp(f, (np.array([-1.0, 4.0]),), (np.ones(2),))
    assert t.tolist() == [[0.0], [0.25]]


def test_a_jvp_that_needs_the_numbers_is_asked_for_each_direction():
    @ag.primitive
    def cube(x):
        return x**3

    cube.defvjp(lambda g, out, x: g * 3 * x**2)
    cube.defjvp(lambda t, out, x: np.array(t) * 3 * x**2)
    found = ag.jacobian(cube, mode="forward")(np.array([1.0, 2.0]))
    assert found.tolist() == [[3.0, 0.0], [0.0, 12.0]]


def test_a_rule_runs_once_also_where_an_argument_was_left_out():
    calls = []

    def pulled(g, out, *xs):
        calls.append(len(xs))
        return g

    op = Primitive(lambda *xs: np.sum(xs, axis=0), [pulled] * 4, name="total")
    for count in (1, 2, 3, 4):
        x, others = ag.Node(np.ones(2)), [np.ones(2)] * (count - 1)
        op(x, *others).backward(np.ones(2))
        np.testing.assert_array_equal(x.grad, np.ones(2))
    assert calls == [1, 2, 3, 4]
