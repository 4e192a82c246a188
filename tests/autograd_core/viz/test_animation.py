"""Moving pictures of both passes: their steps, the SVG that plays by itself, the GIF."""

from __future__ import annotations

import io
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_core as ag

pytest.importorskip("pygraphviz")


def test_values_appear_in_order_and_then_gradients(neuron):
    drawing = ag.draw(neuron)
    steps = drawing.moments()
    boxes = {box.id: box for box in drawing.picture.boxes}
    made = {box.id for box in boxes.values() if box.sign}
    assert steps[0].future == made
    assert steps[0].unknown == set(boxes)
    forward = [step for step in steps if step.now and not step.arrow]
    assert [len(step.future) for step in forward] == [4, 3, 2, 1, 0]
    assert all(step.unknown == set(boxes) for step in forward)
    backward = [step for step in steps if step.arrow]
    assert len(backward) == 9  # every use of a value that carries a gradient
    assert [len(step.unknown) for step in backward][-1] == 0
    assert (steps[-1].future, steps[-1].unknown) == (set(), set())


def test_an_svg_plays_by_itself_and_is_whole_without_style(neuron, tmp_path):
    path = ag.draw(neuron).save(tmp_path / "n.svg", animate=True)
    tree = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    texts = ["".join(e.itertext()) for e in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert any("tanh" in text for text in texts)
    lines = [e for e in tree.iter() if e.get("class", "").startswith("said")]
    assert [line.get("opacity") for line in lines] == ["0"] * (len(lines) - 1) + ["1"]
    assert "prefers-reduced-motion" in path.read_text(encoding="utf-8")
    assert "<script" not in path.read_text(encoding="utf-8")


def test_a_gif_has_a_frame_for_every_step(tmp_path):
    image = pytest.importorskip("PIL.Image")
    y = ag.Node(2.0, name="x") ** 2
    drawing = ag.draw(y)
    path = drawing.save(tmp_path / "y.gif")
    with image.open(io.BytesIO(path.read_bytes())) as gif:
        assert gif.n_frames == len(drawing.moments()) == 4
        frames = []
        for k in range(gif.n_frames):
            gif.seek(k)
            frames.append(np.asarray(gif.convert("RGB")).astype(int))
    assert all(np.abs(a - b).max() > 50 for a, b in pairwise(frames))


def test_what_cannot_be_animated(tmp_path):
    x = ag.Node(1.0)
    with pytest.raises(ValueError, match=r"save expected an animated \.svg or \.gif, got \.png"):
        ag.draw(x * 2).save(tmp_path / "x.png", animate=True)
    for _ in range(200):
        x = np.sin(x)
    with pytest.raises(ValueError, match="animate expected 1 to 150 steps"):
        ag.draw(x).save(tmp_path / "x.gif")
    assert list(tmp_path.iterdir()) == []


def test_whatever_a_user_names_stays_text(tmp_path):
    y = ag.Node(1.0, name="<script>&") * 2
    text = ag.draw(y).save(tmp_path / "y.svg", animate=True).read_text(encoding="utf-8")
    assert "<script" not in text
    ElementTree.fromstring(text)
