"""detect_anomaly and scope: where the first NaN came from, and where an operation belongs."""

from __future__ import annotations

import inspect
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import AnomalyError

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def line():
    """The line after the caller's."""
    return f"{__file__}:{inspect.currentframe().f_back.f_lineno + 1}"


def test_a_line_of_a_notebook_is_named_by_its_cell(monkeypatch):
    cells = {__file__: ("Cell", "In[3]")}
    shell = SimpleNamespace(compile=SimpleNamespace(format_code_name=cells.get))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    x = ag.Node(0.0)
    number = inspect.currentframe().f_lineno + 1
    message = caught_in(lambda: np.log(x))
    assert f"at Cell In[3], line {number} in <lambda>" in message
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert f"{__file__}:" in caught_in(lambda: np.log(x))


def caught_in(f):
    with pytest.raises(AnomalyError) as caught, ag.detect_anomaly():
        f()
    return str(caught.value)


def test_the_first_infinity_of_the_forward_pass():
    x = ag.Node(np.array([0.0, 1.0]))

    def forward():
        nonlocal where
        where = line()
        y = np.log(x)
        return np.sum(y) * 0

    where = ""
    message = caught_in(forward)
    assert message.startswith("log(float64[2]) expected a finite result, got 1 inf at ")
    assert f"at {where} in forward" in message


def test_nan_counts_and_operands():
    message = caught_in(lambda: ag.Node(np.array([-1.0, 1.0, -2.0])) ** 0.5)
    assert "power(float64[3], float)" in message
    assert "got 2 NaN" in message


def test_an_infinite_gradient():
    x = ag.Node(np.array([0.0, 4.0]))

    def both():
        nonlocal where
        where = line()
        y = np.sqrt(x)
        np.sum(y).backward()

    where = ""
    message = caught_in(both)
    assert "gradient of sqrt(float64[2]) with respect to argument 0" in message
    assert f"{where} in both" in message
    assert x.grad is None


def test_it_points_into_user_code_through_methods_operators_and_transforms():
    def loss(x):
        nonlocal where
        where = line()
        return (x / 0.0).sum()

    where = ""
    message = caught_in(lambda: ag.grad(loss)(np.ones(2)))
    assert "divide" in message
    assert f"{where} in loss" in message


def test_nan_that_came_in_is_not_blamed_on_an_operation():
    x = ag.Node(np.array([math.nan, 1.0]))
    with ag.detect_anomaly():
        np.sum(x * 2).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 2.0])


def test_structural_zeros_are_no_anomaly():
    x = ag.Node(np.array([0.0, 1.0]))
    with ag.detect_anomaly():
        y = np.sum(np.where(x > 0, np.sqrt(x), 0))
        y.backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.5])


def test_a_constant_changed_in_place():
    x, c = ag.Node(np.ones(2)), np.ones(2)

    def changed():
        nonlocal where
        where = line()
        y = np.sum(x * c)
        c[0] = 5.0
        y.backward()

    where = ""
    message = caught_in(changed)
    assert "multiply(float64[2], float64[2]) expected its operands unchanged" in message
    assert where in message
    assert "Copy the array" in message


def test_a_value_changed_in_place():
    x = ag.Node(np.ones(2))

    def changed():
        y = np.exp(x)
        z = np.sum(y * y)
        y.value[0] = 7.0
        z.backward()

    assert "changed in place" in caught_in(changed)


def test_a_leafs_array_changed_in_place():
    x = ag.Node(np.ones(2))

    def changed():
        z = np.sum(x * x)
        x.value[0] = 7.0
        z.backward()

    assert "changed in place" in caught_in(changed)


def test_forward_mode_is_watched_too():
    def tangent():
        return ag.jvp(np.sqrt, (np.array([0.0, 1.0]),), (np.ones(2),))

    assert "sqrt" in caught_in(tangent)


def test_gradients_are_the_same_inside():
    f = lambda x: np.sum(np.tanh(x[1:] * x[:-1]) ** 2) + np.max(x)
    x = np.linspace(-1.0, 1.0, 5)
    with ag.detect_anomaly():
        watched, hessian = ag.grad(f)(x), ag.hessian(f)(x)
    np.testing.assert_array_equal(watched, ag.grad(f)(x))
    np.testing.assert_array_equal(hessian, ag.hessian(f)(x))


def test_it_ends_with_its_block_and_after_an_exception():
    x = ag.Node(0.0)
    caught_in(lambda: np.log(x))
    assert np.log(x).value == -math.inf


def test_as_a_decorator():
    @ag.detect_anomaly()
    def f(x):
        return np.log(x)

    with pytest.raises(AnomalyError):
        f(ag.Node(0.0))


def test_scope_names_where_a_node_was_computed():
    x = ag.Node(2.0)
    with ag.scope("encoder"):
        with ag.scope("layer 1"):
            y = x * 3
        z = y + 1
    assert (x.scope, y.scope, z.scope, (z * 2).scope) == (
        (),
        ("encoder", "layer 1"),
        ("encoder",),
        (),
    )


def test_scope_inside_a_transform_and_no_grad():
    scopes = []

    def f(x):
        with ag.scope("inner"):
            y = x * 2
        scopes.append(y.scope)
        return y

    with ag.scope("outer"):
        ag.grad(f)(1.0)
    with ag.no_grad(), ag.scope("unseen"):
        assert not (ag.Node(1.0) * 2).requires_grad
    assert scopes == [("outer", "inner")]
