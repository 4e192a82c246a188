"""Graphs too large to be drawn whole: an answer in seconds, without recursion."""

from __future__ import annotations

import time
from contextlib import ExitStack

import numpy as np
import pytest

import autograd_core as ag


@pytest.mark.slow
def test_a_chain_of_100000_operations_is_summed_up():
    y = ag.Node(0.5, name="x")
    for _ in range(100_000):
        y = np.sin(y)
    start = time.process_time()
    drawing = ag.draw(y)
    text, source = str(drawing), drawing.source
    assert time.process_time() - start < 10
    assert "100,001 nodes" in text
    assert "⋮ × 99998 more (n1)" in text
    assert "too large to draw whole: folded to 4 boxes" in source


def test_a_large_graph_without_repetition_keeps_its_ends():
    x = ag.Node(np.linspace(0.1, 0.9, 500), name="x")
    total = 0.0
    for i in range(500):
        total = total + x[i] * float(i * i)
    text = str(ag.draw(total, fold=False))
    assert "nodes shown" in text
    assert "operations not drawn" in text


def test_doubling_40_times_is_drawn_with_80_arrows():
    y = ag.Node(1.0)
    for _ in range(40):
        y = y + y
    drawing = ag.draw(y)
    assert len(drawing.picture.boxes) == 41
    assert len(drawing.picture.arrows) == 80
    assert drawing.picture.boxes[0].gradient.number == 2.0**40


def blocks(rng, count):
    h = rng.normal(size=(2, 3))
    for i in range(count):
        with ag.scope(f"block {i}"):
            h = h + np.tanh(h @ ag.Node(rng.normal(size=(3, 3)) / 3, name="W"))
    return np.sum(h)


def test_modules_fold_when_there_are_too_many(rng):
    drawing = ag.draw(blocks(rng, 120), fold=False)
    assert len(drawing.picture.boxes) == 122
    assert "folded to 122 boxes" in str(drawing)
    assert "⊞ block 7" in str(drawing)


def test_blocks_that_repeat_become_one_and_a_count(rng):
    drawing = ag.draw(blocks(rng, 120))
    assert "too large to draw whole: folded to 7 boxes" in str(drawing)
    repeat = next(box for box in drawing.picture.boxes if box.role == "repeat")
    assert repeat.word == "× 119 more"
    assert repeat.note == "block 1 … block 119 · 1,071 parameters · same operations and shapes"
    assert repeat.trend.startswith("∇ ")
    assert " → " in repeat.trend
    assert len(drawing.picture.groups) == 1  # the first block is drawn open


def test_blocks_are_folded_on_request_and_left_alone_by_default(rng):
    loss = blocks(rng, 5)
    assert len(ag.draw(loss).picture.boxes) == 22
    drawing = ag.draw(loss, fold=True)
    assert "× 4 more" in str(drawing)
    assert not any("too large" in note for note in drawing.picture.notes)
    closed = ag.draw(loss, fold=True, depth=0)
    assert [box.sign for box in closed.picture.boxes] == ["", "⊞", "⋮", "Σ"]


def test_blocks_of_different_shapes_do_not_fold(rng):
    h = rng.normal(size=(2, 9))
    for n in range(9, 1, -1):
        h = np.tanh(h @ ag.Node(rng.normal(size=(n, n - 1))))
    assert not any(box.role == "repeat" for box in ag.draw(np.sum(h), fold=True).picture.boxes)


def recurrence(rng, steps):
    Wx, Wh = (ag.Node(rng.normal(size=(n, 4)) / 2, name=m) for n, m in ((3, "Wx"), (4, "Wh")))
    h = np.zeros((1, 4))
    for t in range(steps):
        x = ag.Node(rng.normal(size=(1, 3)), requires_grad=False, name=f"x{t}")
        with ag.scope("cell"):
            h = np.tanh(x @ Wx + h @ Wh)
    return np.sum(h)


def test_an_unrolled_recurrence_is_rolled_up(rng):
    picture = ag.draw(recurrence(rng, 50), roll=True).picture
    words = {box.word: box for box in picture.boxes}
    assert words["x0 … x49"].note == "× 50 steps"
    assert len([box for box in picture.boxes if box.word in ("Wx", "Wh")]) == 2
    back = [arrow for arrow in picture.arrows if arrow.back]
    assert [arrow.count for arrow in back] == [49]
    assert next(box for box in picture.boxes if box.sign == "tanh").trend.startswith("∇ ")
    source = ag.draw(recurrence(rng, 50), roll=True).source
    assert "from step to step × 49" in source
    assert len(picture.boxes) < 12


def test_shared_parameters_are_drawn_once_and_quickly(rng):
    picture = ag.draw(recurrence(rng, 300)).picture
    assert [box.word for box in picture.boxes].count("Wh") == 1
    assert len(picture.boxes) < 20


def test_nothing_to_roll_up_is_said():
    assert "no steps repeat" in str(ag.draw(ag.Node(1.0) * 2, roll=True))


def test_a_thousand_operands():
    drawing = ag.draw(np.sum(np.stack([ag.Node(float(i)) for i in range(1000)])))
    assert len(drawing.picture.boxes) == 7
    assert "996 leaves not drawn" in str(drawing)


def test_a_thousand_nested_modules():
    with ExitStack() as stack:
        for i in range(1000):
            stack.enter_context(ag.scope(f"level {i}"))
        y = np.sin(ag.Node(1.0, name="x")) * 2
    assert "level 11" in str(ag.draw(y))
    assert ag.draw(y).source
