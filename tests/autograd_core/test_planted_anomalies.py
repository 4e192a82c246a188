"""Two and twenty planted faults: anomaly mode names the op and the line that made it, and no other.

Each fault is a function of one line; what surrounds it is sound.
"""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import autograd_core as ag

X = np.array([0.5, 0.0, -2.0])
BIG = np.float32(1e30)

IN_VALUES = {
    "log": lambda x: np.log(x + 2.0),
    "log1p": lambda x: np.log1p(x * 0.5),
    "sqrt": lambda x: np.sqrt(x + 1.0),
    "divide": lambda x: 1.0 / x,
    "exp": lambda x: np.exp(-400.0 * x),
    "power": lambda x: x**-1.5,
    "arcsin": lambda x: np.arcsin(x),
    "arccosh": lambda x: np.arccosh(x),
    "arctanh": lambda x: np.arctanh(x + 1.5),
    "multiply": lambda x: (x + 1e200) * 1e200,
    "square": lambda x: np.square(x * 1e200),
    "reciprocal": lambda x: np.reciprocal(x),
    "sinh": lambda x: np.sinh(x * 1e3),
    "prod": lambda x: np.prod(x + 1e200),
    "matmul": lambda x: np.full((1, 3), 1e300) @ (x + 1e10),
    "sum": lambda x: np.sum(x + 1e308),
}
IN_GRADIENTS = {
    "sqrt": lambda x: np.sqrt(x * x),
    "power": lambda x: (x + 2.0) ** 0.5,
    "arcsin": lambda x: np.arcsin(x * 0.5),
    "cbrt": lambda x: np.cbrt(x),
    "divide": lambda x: x / (x + 1e-320),
    "arccosh": lambda x: np.arccosh(x + 3.0),
}


def line_of(f):
    return f"{__file__}:{inspect.getsourcelines(f)[1]}"


def surrounded(fault, x):
    """Sound operations before and after it."""
    y = np.tanh(x) + x - np.tanh(x)
    z = fault(y)
    return np.sum(np.minimum(np.cos(z), 2.0))


@pytest.mark.parametrize(("op", "fault"), IN_VALUES.items(), ids=IN_VALUES)
def test_a_fault_in_a_value(op, fault):
    with (
        np.errstate(all="ignore"),
        ag.detect_anomaly(),
        pytest.raises(ag.errors.AnomalyError) as told,
    ):
        surrounded(fault, ag.Node(X))
    message = str(told.value)
    assert message.startswith(f"{op}(")
    assert "expected a finite result" in message
    assert f" at {line_of(fault)} in " in message


@pytest.mark.parametrize(("op", "fault"), IN_GRADIENTS.items(), ids=IN_GRADIENTS)
@pytest.mark.parametrize("reverse", [True, False], ids=["reverse", "forward"])
def test_a_fault_in_a_derivative(op, fault, reverse):
    whole = lambda x: surrounded(fault, x)
    call = (lambda: ag.grad(whole)(X)) if reverse else (lambda: ag.jvp(whole, (X,), (np.ones(3),)))
    with (
        np.errstate(all="ignore"),
        ag.detect_anomaly(),
        pytest.raises(ag.errors.AnomalyError) as told,
    ):
        call()
    message = str(told.value)
    assert f"{op}(" in message
    assert message.startswith("The gradient of" if reverse else "The tangent of")
    assert f" at {line_of(fault)} in " in message


@pytest.mark.parametrize("op", IN_VALUES)
def test_without_the_fault_nothing_is_reported(op):
    with ag.detect_anomaly():
        assert np.isfinite(ag.grad(lambda x: surrounded(lambda y: y * 0.5, x))(X)).all()
