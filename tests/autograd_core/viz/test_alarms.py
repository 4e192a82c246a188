"""NaN and infinity in a picture: the first operation, why, what it spoilt; idle units; heat."""

from __future__ import annotations

import re

import numpy as np
import pytest

import autograd_core as ag
import nn


def boxes(*targets, **options):
    return {box.word: box for box in ag.draw(*targets, **options).picture.boxes}


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


def test_the_first_infinity_is_found_with_its_reason():
    x = ag.Node(np.array([0.0, -1.0, 4.0]), name="x")
    drawn = boxes(np.sum(np.log(x) * 2))
    assert (drawn["log"].alarm, drawn["log"].warning) == (
        "first",
        "first: 1 NaN and 1 Inf, log of 1 zero and 1 negative number",
    )
    assert (drawn["multiply"].alarm, drawn["sum"].alarm) == ("spread", "spread")
    assert drawn["x"].alarm == "first gradient"


@pytest.mark.parametrize(
    ("function", "value", "reason"),
    [
        (np.sqrt, [-1.0, 4.0], "root of 1 negative number"),
        (lambda x: 1 / x, [0.0, 2.0], "division by 1 zero"),
        (np.exp, [1000.0, 0.0], "exp of numbers up to 1e+03"),
        (np.arcsin, [2.0, 3.0], "arcsin of 2 numbers beyond ±1"),
        (lambda x: x**-1.0, [0.0, 1.0], "power of 1 zero"),
        (np.tan, [np.inf, 0.0], ""),
    ],
)
def test_reasons(function, value, reason):
    x = ag.Node(np.array(value), name="x")
    box = ag.draw(np.sum(function(x))).picture.boxes[0 if np.inf in value else 1]
    assert box.alarm == "first"
    assert box.warning.removeprefix("first: ").partition(", ")[2] == reason


def test_a_gradient_that_first_becomes_infinite():
    x = ag.Node(np.array([0.0, 4.0]), name="x")
    drawn = boxes(np.sum(np.sqrt(x * 1.0)))
    assert drawn["multiply"].warning == "gradient first not finite here"
    assert drawn["x"].warning == "gradient not finite"
    assert drawn["sqrt"].alarm == ""


def test_a_gradient_behind_a_bad_value_is_not_the_first():
    x = ag.Node(np.array([900.0, 1.0]), name="x")
    e = np.exp(x)
    drawn = boxes(np.sum(np.log(e / np.sum(e))))
    assert drawn["exp"].alarm == "first"
    assert drawn["x"].warning == "gradient not finite"


def test_a_healthy_graph_has_no_alarm():
    x = ag.Node(np.array([1.0, 4.0]), name="x")
    assert not any(box.alarm for box in boxes(np.sum(np.sqrt(x))).values())


def test_a_folded_module_shows_the_worst_of_what_is_inside():
    x = ag.Node(np.array([0.0, 1.0]), name="x")
    with ag.scope("block"):
        y = np.log(x) + 1
    assert boxes(np.sum(y), depth=0)["block"].warning == "first: 1 Inf, log of 1 zero"


def test_alarms_are_drawn_and_written_and_said():
    x = ag.Node(np.array([0.0, 1.0]), name="x")
    drawing = ag.draw(np.sum(np.log(x)))
    assert "⚠ first: 1 Inf, log of 1 zero" in str(drawing)
    card = next(line for line in drawing.source.splitlines() if "log of 1 zero" in line)
    assert 'fillcolor="#b8102e"' in card
    pytest.importorskip("pygraphviz")
    assert "warning: first: 1 Inf, log of 1 zero" in drawing.svg()


def test_dead_and_saturated_units_get_a_line(rng):
    dead = ag.Node(np.array([[-1.0, 2.0, -3.0], [-2.0, 1.0, -1.0]]), name="z")
    assert boxes(np.sum(nn.relu(dead)))[""].note == "67% dead"
    wide = ag.Node(np.array([-9.0, 9.0, 0.1, 0.2]), name="z")
    notes = [box.note for box in ag.draw(np.sum(np.tanh(wide))).picture.boxes]
    assert "50% saturated" in notes


def test_heat_runs_from_the_smallest_to_the_largest_gradient():
    x = ag.Node(1.0, name="x")
    y = x * 0.001
    z = y * 1000.0
    drawing = ag.draw(z * 1.0, heat=True)
    heats = [arrow.heat for arrow in drawing.picture.arrows]
    assert heats == pytest.approx([0.0, 1.0, 0.0], abs=1e-12)
    assert any("‖∇‖ from 1.0 (thin, dark) to 1000" in note for note in drawing.picture.notes)
    assert re.search(r'color="#e3c63a".*penwidth=4.5', drawing.source)


def test_a_function_and_a_model_are_called_with_their_arguments(rng):
    drawn = boxes(lambda height, n: np.sum(height * n), rng.normal(size=3), 2.0)
    assert drawn["height"].role == drawn["n"].role == "input"
    assert drawn["height"].gradient is not None
    model = nn.MLP([4, 3, 2], seed=0)
    picture = ag.draw(model, rng.normal(size=(5, 4)).astype(np.float32)).picture
    roles = [box.role for box in picture.boxes]
    assert roles.count("parameter") == 4
    assert roles.count("input") == 1
    assert next(box for box in picture.boxes if box.role == "input").word == "x"


def test_arguments_for_what_is_no_function():
    with pytest.raises(TypeError, match="draw expected arguments for a function only"):
        ag.draw(ag.Node(1.0) * 2, 3.0)


def test_dtypes_are_shown_where_they_are_mixed_or_wanted():
    a, b = ag.Node(np.ones(2), name="a"), ag.Node(np.ones(2, np.float32), name="b")
    assert "2 float32" in str(ag.draw(np.sum(a * b)))
    assert "float" not in str(ag.draw(np.sum(a * 2)))
    assert "2 float64" in str(ag.draw(np.sum(a * 2), dtypes=True))


def test_the_graph_of_a_derivative_frames_its_backward_pass():
    w = ag.Node(2.0, name="w")
    picture = ag.draw(ag.grad(lambda w: np.sin(w**3))(w)).picture
    assert [group.title for group in picture.groups] == ["∇ backward"]
    inside = [box.sign for box in picture.boxes if box.group]
    assert "cos" in inside
    result = next(box for box in picture.boxes if box.word == "w")
    assert result.gradient.number == pytest.approx(12 * np.cos(8) - 144 * np.sin(8))
