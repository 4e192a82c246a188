"""Graphs too large to be drawn whole: an answer in seconds, without recursion."""

from __future__ import annotations

import time
from contextlib import ExitStack

import numpy as np

import autograd_core as ag


def test_a_chain_of_100000_operations_is_summed_up():
    y = ag.Node(0.5, name="x")
    for _ in range(100_000):
        y = np.sin(y)
    start = time.perf_counter()
    drawing = ag.draw(y)
    text, source = str(drawing), drawing.source
    assert time.perf_counter() - start < 10
    assert "100,001 nodes" in text
    assert "99,984 operations not drawn" in text
    assert "too large to draw whole: 17 of 100,001 nodes shown" in source
    assert text.count("sin (") == 16


def test_doubling_40_times_is_drawn_with_80_arrows():
    y = ag.Node(1.0)
    for _ in range(40):
        y = y + y
    drawing = ag.draw(y)
    assert len(drawing.picture.boxes) == 41
    assert len(drawing.picture.arrows) == 80
    assert drawing.picture.boxes[0].gradient.number == 2.0**40


def test_modules_fold_when_there_are_too_many(rng):
    h = rng.normal(size=(2, 3))
    for i in range(120):
        with ag.scope(f"block {i}"):
            h = h + np.tanh(h @ ag.Node(rng.normal(size=(3, 3)), name="W"))
    drawing = ag.draw(np.sum(h))
    assert len(drawing.picture.boxes) == 122
    assert "folded to 122 boxes" in str(drawing)
    assert "⊞ block 7" in str(drawing)


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
