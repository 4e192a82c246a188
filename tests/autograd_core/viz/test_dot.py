"""The DOT: its structure, the same in every process."""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.viz.palette import DARK, LIGHT

PROGRAM = """
import numpy as np, autograd_core as ag
with ag.scope("layer"):
    y = np.sum(np.tanh(ag.Node(np.ones((2, 3)), name="x") @ ag.Node(np.ones((3, 2)), name="W")) * 2)
print(ag.draw(y, legend=True).source)
"""


def test_every_box_group_and_arrow_is_there(network):
    source = ag.draw(network).source
    assert re.findall(r"^\s*(n\d+) \[label", source, re.M) != []
    assert len(set(re.findall(r"^\s*(n\d+) \[label", source, re.M))) == 12
    assert source.count("subgraph cluster_") == 3
    assert source.count(" -> ") == 11
    assert source.count("dir=back") == 4  # parameters stand right of their operation
    assert source.count("8 ⇒ 5×8") == 1


def test_roles_differ_in_shape_and_colour(network):
    lines = {m[1]: m[0] for m in re.finditer(r"^.* class=(\w+) .*$", ag.draw(network).source, re.M)}
    assert "style=filled" in lines["parameter"]
    assert 'style="rounded,filled"' in lines["input"]
    fills = {re.search(r'fillcolor="(#\w+)"', line)[1] for line in lines.values()}
    assert len(fills) == len(lines)


def test_the_source_is_the_same_in_every_process():
    def run(seed):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True
        ).stdout

    assert run("1") == run("2") != b""


def test_layout_follows_the_graph(network, neuron):
    assert "rankdir=TB" in ag.draw(network).source
    assert "rankdir=LR" in ag.draw(neuron).source
    assert "rankdir=LR" in ag.draw(network, direction="LR").source


@pytest.mark.parametrize(("style", "palette"), [("light", LIGHT), ("dark", DARK), ("auto", LIGHT)])
def test_palettes(network, style, palette):
    used = set(re.findall(r"#[0-9a-f]{6}", ag.draw(network, style=style, legend=True).source))
    assert used <= set(palette.values())


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_text_and_lines_stand_out(palette):
    def contrast(a, b):
        a, b = sorted((luminance(palette[a]), luminance(palette[b])))
        return (b + 0.05) / (a + 0.05)

    for ground in ("op", "group", "group2", "inputfill", "parameterfill", "constantfill", "ground"):
        assert contrast("muted", ground) >= 4.5
        assert contrast("grad", ground) >= 4.5
    for role in ("input", "parameter", "constant", "result"):
        assert contrast(role, f"{role}fill") >= 4.5
    for shade in ("resultmuted", "resultgrad"):
        assert contrast(shade, "resultfill") >= 4.5
    assert contrast("alarm", "op") >= 4.5
    assert contrast("alarmink", "alarm") >= 4.5
    assert contrast("grad", "backward") >= 4.5
    for line in ("line", "inputline", "parameterline"):
        for ground in ("ground", "group", "group2"):
            assert contrast(line, ground) >= 3.1
    assert len(set(palette.values())) == len(palette)


def test_grads_and_legend_can_be_left_out(network):
    assert "∇" not in ag.draw(network, grads=False, legend=True).source
    assert "2-norm" in ag.draw(network, legend=True).source
    assert "2-norm" not in ag.draw(network).source
