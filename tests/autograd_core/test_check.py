"""check_grads: a planted wrong rule is caught, the argument and the entry are named."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import ArgumentError, CheckError

X = np.array([0.5, -1.0, 2.0])


def product(vjp_x, vjp_y, *jvps):
    op = ag.primitive(lambda x, y: x * y)
    op.defvjp(vjp_x, vjp_y)
    if jvps:
        op.defjvp(*jvps)
    return op


right_x, right_y = (lambda g, out, x, y: g * y), (lambda g, out, x, y: g * x)


def test_right_rules_pass():
    assert ag.check_grads(product(right_x, right_y), (X, X + 1)) < 1e-7
    assert (
        ag.check_grads(lambda p: {"a": p["x"] ** 2, "b": [np.sin(p["y"])]}, ({"x": X, "y": 2.0},))
        < 1e-7
    )
    assert ag.check_grads(lambda x: x**2, (3,)) < 1e-7


@pytest.mark.parametrize("factor", [1.01, -1.0, 0.0, 2.0])
def test_a_wrong_factor_is_caught_and_the_argument_named(factor):
    op = product(right_x, lambda g, out, x, y: factor * g * x)
    with pytest.raises(
        CheckError, match=r"first order, .* mode expected .* argument 1, entry \(2,\)"
    ):
        ag.check_grads(op, (X, X + 1))


def test_a_wrong_entry_is_named():
    def vjp(g, out, x, y):
        return g * y * np.array([1.0, 1.0, 1.0]) + np.array([0.0, 0.1, 0.0])

    with pytest.raises(CheckError, match=r"argument 0, entry \(1,\)"):
        ag.check_grads(product(vjp, right_y), (X, X + 1), modes=("reverse",))


def test_a_nan_is_caught():
    with pytest.raises(CheckError):
        ag.check_grads(product(lambda g, out, x, y: g * np.nan, right_y), (X, X + 1))


def test_disagreeing_modes_are_caught():
    t_x, t_y = (lambda t, out, x, y: t * y), (lambda t, out, x, y: t * x * (1 + 3e-9))
    with pytest.raises(CheckError, match="vjp and jvp rules disagree"):
        ag.check_grads(product(right_x, right_y, t_x, t_y), (X, X + 1))


def test_a_wrong_jvp_is_caught_in_forward_mode_only():
    op = product(right_x, right_y, lambda t, out, x, y: t * y, lambda t, out, x, y: 2 * t * x)
    assert ag.check_grads(op, (X, X + 1), modes=("reverse",)) < 1e-7
    with pytest.raises(CheckError, match=r"forward mode.*argument 1"):
        ag.check_grads(op, (X, X + 1), modes=("forward",))


def test_a_rule_wrong_at_second_order_is_caught():
    """The first derivative is right at every point, but part of it is hidden from the second."""
    op = ag.primitive(lambda x: x**3)
    op.defvjp(lambda g, out, x: g * 3 * x * ag.stop_gradient(x))
    assert ag.check_grads(op, (X,), order=1) < 1e-7
    with pytest.raises(CheckError, match="second order"):
        ag.check_grads(op, (X,), order=2)


@pytest.mark.parametrize(
    "kind", [np.float32, np.float64, np.complex64, np.complex128], ids=lambda k: k.__name__
)
def test_dtypes(kind):
    x = X.astype(kind) * (1 + 0.5j if np.dtype(kind).kind == "c" else 1)
    small = np.finfo(kind).eps ** 0.5
    assert ag.check_grads(lambda x: np.sin(x) * x, (x,)) < small
    wrong = ag.primitive(lambda z: z * z)
    wrong.defvjp(lambda g, out, z: g * 2 * np.conj(z) * 1.05)
    with pytest.raises(CheckError, match="argument 0"):
        ag.check_grads(wrong, (x,))


def test_a_missing_conjugate_is_caught():
    wrong = ag.primitive(lambda z: z * z)
    wrong.defvjp(lambda g, out, z: g * 2 * z)
    with pytest.raises(CheckError):
        ag.check_grads(wrong, (np.array([1 + 2j]),))


def test_tolerances_can_be_given():
    wrong = product(right_x, lambda g, out, x, y: 1.001 * g * x)
    assert ag.check_grads(wrong, (X, X + 1), rtol=0.1, atol=0.1) > 1e-5
    with pytest.raises(CheckError):
        ag.check_grads(wrong, (X, X + 1), rtol=1e-6, atol=1e-6)


def test_it_is_deterministic():
    f = lambda x: np.sin(x) * x
    assert ag.check_grads(f, (X,)) == ag.check_grads(f, (X,))


@pytest.mark.parametrize("options", [{"modes": ("sideways",)}, {"order": 0}], ids=str)
def test_unknown_options(options):
    with pytest.raises(ArgumentError, match="modes 'reverse' and 'forward' and order >= 1"):
        ag.check_grads(np.sin, (1.0,), **options)


def test_no_modes_check_nothing_and_say_so():
    with pytest.raises(ArgumentError):
        ag.check_grads(np.sin, (1.0,), modes=())


def test_a_check_error_is_an_assertion_error():
    assert issubclass(CheckError, AssertionError)


def test_nodes_that_the_function_closes_over_are_constants():
    w = ag.Node(np.array([2.0, 3.0]), name="w")
    assert ag.check_grads(lambda x: np.sin(x * w), (np.array([0.5, -1.0]),)) < 1e-7
