"""The picture as text."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.viz.formatting import (
    constant_text,
    number_text,
    plain,
    statistics,
    value_text,
)


def test_a_network_as_text(network):
    lines = str(ag.draw(network)).splitlines()
    assert lines[0].endswith("12 nodes · 67 parameters")
    assert [line for line in lines if "▾" in line] == ["▾ mlp", "  ▾ fc1", "  ▾ fc2"]
    assert sum("□" in line for line in lines) == 4
    assert lines[-1].startswith("● n11 mean loss (n10)")
    assert lines[-1].endswith("∇ 1.00")
    assert all(len(line) < 100 for line in lines)


def test_leaves_stand_before_their_first_use_however_old_they_are():
    b, W, x = (ag.Node(1.0, name=name) for name in "bWx")
    lines = str(ag.draw(np.sin(x * W) + b)).splitlines()[1:]
    assert [line.strip("○● ").split()[0] for line in lines] == ["W", "x", "n2", "n3", "b", "n5"]


def test_unknown_gradients_are_dashes():
    assert "∇ –" in str(ag.draw(np.sin(ag.Node(np.ones(3)))))
    assert "∇ 0" not in str(ag.draw(np.sin(ag.Node(np.ones(3)))))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.5, "−0.500"),
        (1234.5678, "1235"),
        (9999.6, "1.00e4"),
        (0.00012345, "1.23e−4"),
        (1e-300, "1.00e−300"),
        (np.inf, "∞"),
        (-np.inf, "−∞"),
        (np.nan, "NaN"),
        (7, "7"),
        (-7, "−7"),
        (10**12, "1.00e12"),
        (True, "True"),
        (1 + 2j, "1.00 + 2.00i"),
        (-2j, "−2.00i"),
    ],
)
def test_numbers(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.zeros(3), "all 0"),
        (np.full(3, 0.1), "all 0.1"),
        (np.array([True, False]), "50% true"),
        (np.array([-3, 9]), "−3…9"),
        (np.array([1.0, 3.0]), "2.0 ± 1.0"),
        (np.array([1.0, np.nan, np.inf]), "1 NaN 1 ∞ of 3"),
        (np.zeros((0, 3)), "empty"),
        (np.array([[2.5]]), "2.50"),
        (np.array([6e4, 5e4], dtype=np.float16), "5.5e4 ± 5008"),
    ],
)
def test_values(value, text):
    assert value_text(statistics(value)) == text


def test_constants_are_written_as_they_were_typed():
    values = (0.5, 2, 2.0, -1.5, 1e-5, 1 / 3)
    assert [constant_text(x) for x in values] == ["0.5", "2", "2", "−1.5", "1e−05", "0.333"]


def test_names_are_cut_to_one_short_line():
    assert plain("a\n\n b\t c") == "a b c"
    assert len(plain("x" * 10**6)) == 28
    assert plain("\u202e\x00") == "\ufffd\ufffd"
