"""The README's second table: what draws graphs, asked of each that is installed.

The graph is x * x at x = 1.625: its value has 2.64 in it, its gradient 3.25.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import graphviz
import pytest

import autograd_core as ag

README = Path(__file__).resolve().parents[1] / "README.md"
Function = Callable[[Any], Any]


def square(x: Any) -> Any:
    return x * x


def chain(x: Any) -> Any:
    for _ in range(5000):
        x = x + 1.0
    return x


def drawn(f: Function) -> Any:
    return ag.draw(f(ag.Node(1.625, name="x")))


def by_torchviz(f: Function) -> Any:
    torch, torchviz = pytest.importorskip("torch"), pytest.importorskip("torchviz")
    x = torch.tensor(1.625, requires_grad=True)
    y = f(x)
    y.backward(retain_graph=True)
    return torchviz.make_dot(y, {"x": x}, show_attrs=True, show_saved=True)


def by_torchview(f: Function) -> Any:
    torch, torchview = pytest.importorskip("torch"), pytest.importorskip("torchview")

    class Model(torch.nn.Module):  # type: ignore[name-defined, misc]
        def forward(self, x: Any) -> Any:
            return f(x)

    x = torch.tensor([1.625], requires_grad=True)
    return torchview.draw_graph(Model(), input_data=x).visual_graph


WAYS = {"`ag.draw`": drawn, "torchviz": by_torchviz, "torchview": by_torchview}


def without_dot(draw: Function, patch: pytest.MonkeyPatch) -> bool:
    picture = draw(square)
    patch.setenv("PATH", "/nowhere")
    try:
        svg = picture._repr_svg_() if draw is drawn else picture.pipe(format="svg")
    except graphviz.ExecutableNotFound:
        return False
    return len(svg) > 500


def a_chain(draw: Function, patch: pytest.MonkeyPatch) -> bool:
    try:
        return len(draw(chain).source) > 500
    except RecursionError:
        return False


QUESTIONS: dict[str, Callable[[Function, pytest.MonkeyPatch], bool]] = {
    "values are shown": lambda draw, patch: "2.64" in draw(square).source,
    "gradients are shown": lambda draw, patch: "3.25" in draw(square).source,
    "drawn without the program `dot`": without_dot,
    "a chain of 5,000 operations": a_chain,
}


def answers() -> dict[str, dict[str, str]]:
    text = README.read_text(encoding="utf-8").partition("| | `ag.draw` |")[2].partition("\n\n")[0]
    rows = [re.split(r" \| ", line.strip("| ")) for line in text.splitlines()[2:]]
    return {row[0]: dict(zip(WAYS, row[1:], strict=True)) for row in rows}


ANSWERS = answers()


def test_the_table_asks_these_questions() -> None:
    assert list(ANSWERS) == list(QUESTIONS)
    assert all(row["`ag.draw`"] == "yes" for row in ANSWERS.values())


def ask(question: str, way: str, patch: pytest.MonkeyPatch) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer = QUESTIONS[question](WAYS[way], patch)
    assert ANSWERS[question][way] == ("yes" if answer else "no")


@pytest.mark.parametrize("question", QUESTIONS)
def test_here(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if "dot" in question:
        pytest.importorskip("pygraphviz", reason="the layout engine is in the extra viz")
    ask(question, "`ag.draw`", monkeypatch)


@pytest.mark.oracle
@pytest.mark.parametrize("way", list(WAYS)[1:])
@pytest.mark.parametrize("question", QUESTIONS)
def test_of_others(question: str, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(question, way, monkeypatch)
