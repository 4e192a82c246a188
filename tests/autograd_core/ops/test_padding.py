"""``np.pad``: every mode has NumPy's values and right derivatives, in one and two dimensions."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.registry import rule_for

X = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -2.0]])

MODES = {
    "constant": {},
    "constant of numbers": {"constant_values": ((1.0, 2.0), (3.0, 4.0))},
    "edge": {},
    "linear_ramp": {},
    "linear_ramp to numbers": {"end_values": (5.0, -5.0)},
    "maximum": {},
    "maximum of two": {"stat_length": 2},
    "mean": {},
    "mean of some": {"stat_length": ((1, 2), (2, 9))},
    "minimum": {"stat_length": (2, 1)},
    "reflect": {},
    "reflect odd": {"reflect_type": "odd"},
    "symmetric": {},
    "symmetric odd": {"reflect_type": "odd"},
    "wrap": {},
}
WIDTHS = {"one": 1, "pair": (2, 0), "each": ((0, 1), (7, 5))}


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
def test_modes(mode, widths, agrees):
    agrees(lambda x: np.pad(x, WIDTHS[widths], mode.split()[0], **MODES[mode]), X)
    agrees(lambda x: np.pad(x, 2, mode.split()[0], **unpaired(MODES[mode])), X[0])


def unpaired(options):
    return {k: v[0] if np.ndim(v) == 2 else v for k, v in options.items()}


@pytest.mark.skipif(rule_for(np.median) is None, reason="np.median has no rule")
@pytest.mark.parametrize("length", [None, 2, ((1, 3), (2, 9))])
def test_padding_with_medians(length, agrees):
    agrees(lambda x: np.pad(x, ((0, 1), (7, 5)), "median", stat_length=length), X)


@pytest.mark.skipif(
    np.lib.NumpyVersion(np.__version__) < "2.4.0", reason="before NumPy 2.4 pad takes no dictionary"
)
def test_padding_by_a_dictionary(agrees):
    agrees(lambda x: np.pad(x, {-1: (1, 2)}, "wrap"), X)


def test_padding_with_nodes(agrees):
    agrees(lambda x, v: np.pad(x, 1, constant_values=v), X, np.array([7.0, 8.0]))
    agrees(lambda x, v: np.pad(x, (1, 2), "linear_ramp", end_values=v), X, np.array([[7.0, 8.0]]))
    x = ag.Node(2.0)
    result = np.pad(ag.Node(np.ones(2)), 1, constant_values=(x, 3.0))
    np.testing.assert_array_equal(result.value, [2.0, 1.0, 1.0, 3.0])
    np.sum(result * 5.0).backward()
    assert x.grad == 5.0


def test_padding_leaves_room():
    result = np.pad(ag.Node(X), 1, "empty")
    assert result.shape == (4, 5)
    np.testing.assert_array_equal(result.value[1:-1, 1:-1], X)


def test_padding_by_a_function(agrees):
    def with_ten(vector, width, axis, options):
        vector[: width[0]] = options.get("number", 10) * vector[width[0]]
        vector[vector.shape[0] - width[1] :] = axis

    agrees(lambda x: np.pad(x, (2, 1), with_ten, number=3.0), X)


def test_gradient_counts_the_copies():
    count = lambda *how: ag.grad(lambda x: np.sum(np.pad(x, *how)))(np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(count((2, 1), "edge"), [3, 1, 2])
    np.testing.assert_array_equal(count((2, 1), "reflect"), [1, 3, 2])
    np.testing.assert_array_equal(count((2, 1), "symmetric"), [2, 2, 2])
    np.testing.assert_array_equal(count((2, 1), "wrap"), [2, 2, 2])
    np.testing.assert_array_equal(count((2, 1), "constant"), [1, 1, 1])
    np.testing.assert_array_equal(count((2, 1), "maximum"), [1, 1, 4])
    np.testing.assert_array_equal(count((0, 3), "mean"), [2, 2, 2])


def test_empty_axes():
    for mode in ("constant", "empty"):
        assert np.pad(ag.Node(np.zeros((0, 2))), ((1, 0), (0, 0)), mode).shape == (1, 2)
    assert np.pad(ag.Node(np.zeros((0, 2))), ((0, 0), (1, 1)), "mean").shape == (0, 4)
    with pytest.raises(ValueError, match="can't extend empty axis 0"):
        np.pad(ag.Node(np.zeros((0, 2))), 1, "mean")


def test_one_entry_is_reflected_as_its_edge(agrees):
    for kind in ("even", "odd"):
        agrees(lambda x, kind=kind: np.pad(x, 2, "reflect", reflect_type=kind), X[:1, :1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: np.pad(x, 1, "nearest"), "expected one that NumPy has, got 'nearest'"),
        (lambda x: np.pad(x, 1, "edge", stat_length=2), "does not support stat_length=2"),
        (lambda x: np.pad(x, -1), "expected integers not negative"),
        (lambda x: np.pad(x, 1.5), "expected integers not negative"),
    ],
)
def test_refusals(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call(ag.Node(X))
