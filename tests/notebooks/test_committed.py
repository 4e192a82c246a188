"""The form of every committed notebook, without running it, and the comparison of two runs."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.committed import (
    FOLDER,
    KERNEL,
    code_cells,
    differences,
    notebooks,
    read,
    same_text,
    source_hash,
    tidy,
)

LARGEST, LARGEST_PICTURE = 1_000_000, 150_000
"""Bytes of a notebook, and of one PNG or SVG in it."""
OF_A_MACHINE = re.compile(
    r"(?<![\w.])/(?:tmp|home|root|Users|work|usr|opt|var)/|\b[A-Z]:\\\\"
    r"|\bat 0x[0-9a-f]{4,}|ipykernel_"
)

every = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


@every
def test_it_is_a_valid_notebook_without_what_a_run_leaves(path: Path) -> None:
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec == KERNEL
    assert tidy(read(path)) == notebook, "run python -m tests.notebooks --write"


@every
def test_outputs_are_those_of_the_code(path: Path) -> None:
    notebook = read(path)
    assert notebook.metadata.get("source_hash") == source_hash(notebook), (
        f"code changed since it was run: python -m tests.notebooks --write {path.stem}"
    )
    assert any(cell.outputs for cell in code_cells(notebook))
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@every
def test_it_asks_a_question_and_answers_it(path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    number = path.stem.split("_")[0]
    assert re.match(rf"# {number} · \S", cells[0]), "begin with '# NN · Title'"
    assert re.search(r"\*\*Question\.\*\*.*\?", cells[0], re.S), "ask a **Question.** below it"
    assert any("**Answer.**" in cell for cell in cells)


@every
def test_it_ends_with_two_exercises_that_have_checked_solutions(path: Path) -> None:
    cells = read(path).cells
    titles = [i for i, cell in enumerate(cells) if cell.source.startswith("## Exercise")]
    assert len(titles) == 2
    for start, end in zip(titles, [*titles[1:], len(cells)], strict=True):
        inside = cells[start:end]
        assert any("def check" in cell.source for cell in inside), "define a check function"
        solved = [cell for cell in inside if "solution" in cell.metadata.get("tags", [])]
        assert [cell.metadata.jupyter.source_hidden for cell in solved] == [True]
        assert "check" in solved[0].source
        assert solved[0].outputs, "a check says that it passed"


@every
def test_pictures_show_in_the_answer_and_are_light(path: Path) -> None:
    assert path.stat().st_size <= LARGEST
    sizes = [size for cell in code_cells(read(path)) for size in picture_sizes(cell)]
    assert sizes, "show a picture"
    assert max(sizes) <= LARGEST_PICTURE


def picture_sizes(cell: Any) -> list[int]:
    """Bytes of the pictures of a cell."""
    data = [output.get("data", {}) for output in cell.outputs]
    drawn = [len(d["image/svg+xml"].encode()) for d in data if "image/svg+xml" in d]
    return drawn + [len(base64.b64decode(d["image/png"])) for d in data if "image/png" in d]


@every
def test_it_names_no_place_of_a_machine(path: Path) -> None:
    for cell in read(path).cells:
        for text in [cell.source, *(json.dumps(o) for o in cell.get("outputs", []))]:
            named = OF_A_MACHINE.search(re.sub(r"[\w+/=\\]{400,}", "", text))  # not in a PNG
            assert not named, text[max(0, named.start() - 60) : named.end() + 60]


def test_the_index_names_them_all() -> None:
    listed = re.findall(r"\]\((\d\d_\w+\.ipynb)\)", (FOLDER / "README.md").read_text())
    assert listed == [path.name for path in notebooks()]


@pytest.mark.parametrize(
    ("was", "now", "same"),
    [
        ("loss 0.1234", "loss 0.1235", True),
        ("loss 0.1234", "loss 0.1236", False),
        ("loss 0.1234", "gain 0.1234", False),
        ("error 1.2e-13", "error 1.3e-13", True),
        ("error 1.2e-13", "error 1.2e-12", False),
        ("12 of 20 steps", "13 of 20 steps", False),
        ("−0.50 and 3", "−0.50  and 3", True),
        ("−0.50", "0.50", False),
        ("v2 = 3.0", "v3 = 3.0", False),
        ("one", "one 1", False),
    ],
)
def test_printed_numbers_agree_to_one_in_the_last_place(was: str, now: str, same: bool) -> None:
    assert same_text(was, now) is same


def test_measured_numbers_may_be_any() -> None:
    assert same_text("took 3.2 s", "took 5 s", measured=True)
    assert not same_text("took 3.2 s", "needed 5 s", measured=True)


def shown(*outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> Any:
    """A notebook of one cell."""
    cell = nbformat.v4.new_code_cell("f()", outputs=[nbformat.from_dict(o) for o in outputs])
    cell.metadata.tags = list(tags)
    return tidy(nbformat.v4.new_notebook(cells=[cell]))


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def picture(text: str, kind: str = "image/svg+xml") -> dict[str, Any]:
    data = {"text/plain": text, kind: "<svg><metadata>today</metadata></svg>"}
    return {"output_type": "display_data", "data": data, "metadata": {"needs_background": "light"}}


def test_runs_differ_by_text_and_by_kind_of_output_not_by_how_a_stream_is_cut() -> None:
    assert not list(differences(shown(stream("a b")), shown(stream("a "), stream("b"))))
    assert list(differences(shown(stream("a")), shown(stream("b"))))
    assert list(differences(shown(stream("a")), shown()))
    assert list(differences(shown(picture("fig")), shown(picture("fig", "image/png"))))
    timed = [shown(stream(text), tags=("measured",)) for text in ("1 s", "2 s")]
    assert not list(differences(*timed))
    assert list(differences(shown(stream("1 s")), shown(stream("2 s"))))


def test_tidying_leaves_nothing_of_the_run() -> None:
    output = code_cells(shown(picture("fig")))[0].outputs[0]
    assert output.metadata == {}
    assert output.data["image/svg+xml"] == "<svg></svg>"


def test_a_changed_line_changes_the_hash() -> None:
    notebook = shown(stream("a"))
    notebook.cells[0].source += "  # more"
    assert notebook.metadata.source_hash != source_hash(notebook)
