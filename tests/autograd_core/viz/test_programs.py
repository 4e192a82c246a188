"""Compiled programs drawn: a card for each line, frames for what shares a loop."""

from __future__ import annotations

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.compiler.native import available


def program(backend):
    w = ag.Node(np.array([[0.5, -1.0], [2.0, 0.25]]), name="w")
    total = np.zeros(2)

    def step(x):
        w.zero_grad()
        y = np.tanh(x @ w) * 2 + 1
        np.sum(y[0]).backward()
        kept = ag.mutable(total)
        kept += w.grad[0]
        return y

    compiled = ag.compile(step, backend=backend, strict=True)
    for _ in range(3):
        y = compiled(np.array([[1.0, 2.0]]))
    return compiled.program, y


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_every_line_is_a_card_with_its_value(backend):
    if backend == "native" and not available():
        pytest.skip("llvmlite is not installed")
    drawn, y = program(backend)
    text = str(ag.draw(drawn))
    assert "□ w" in text
    assert "argument" in text
    assert "state" in text
    assert text.count("tanh") == 1
    assert ("loop" in text) == available()
    assert f"{y.value.mean():.1f} ± {y.value.std():.1f}" in text


def test_all_formats_are_written(tmp_path):
    drawn, _ = program("numpy")
    for suffix in ("svg", "html", "dot", "txt"):
        ag.draw(drawn).save(tmp_path / f"p.{suffix}")
        assert (tmp_path / f"p.{suffix}").stat().st_size > 100


def test_the_page_says_why_there_is_no_replay():
    drawn, _ = program("numpy")
    assert "with its backward pass among its lines" in ag.draw(drawn).html()
