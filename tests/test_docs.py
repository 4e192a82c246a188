"""Every example of the documentation runs: docstrings by module, the README from top to bottom.

Docstrings see ``np``, ``ag``, ``nn`` and their own module. What examples write goes to an empty
folder.
"""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
CONTRIBUTING = ROOT / "autograd_core" / "docs" / "contributing.md"
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules_with_examples() -> list[str]:
    files = [*(ROOT / "autograd_core").rglob("*.py"), *(ROOT / "nn").rglob("*.py")]
    found = [f.relative_to(ROOT) for f in files if EXAMPLE.search(f.read_text(encoding="utf-8"))]
    return sorted(".".join(f.with_suffix("").parts).removesuffix(".__init__") for f in found)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", modules_with_examples())
def test_docstring_examples(name: str) -> None:
    module = importlib.import_module(name)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    names = {**vars(module), "np": np, "ag": ag, "nn": nn}
    for case in doctest.DocTestFinder().find(module, globs=names):
        runner.run(case, out=report.append)
    assert runner.failures == 0, "".join(report)
    assert runner.tries > 0, f"doctest finds none of the examples of {name}"


def readme_blocks(language: str) -> list[tuple[int, str]]:
    """The fenced blocks in a language, each with the number of lines above it."""
    text = README.read_text(encoding="utf-8")
    blocks = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text[: block.start(1)].count("\n"), block[1]) for block in blocks]


def test_readme_examples() -> None:
    namespace: dict[str, Any] = {"__name__": "readme"}
    blocks = readme_blocks("python")
    assert blocks
    for lines_above, code in blocks:
        # Blank lines in front, so that a traceback shows the README's own line numbers.
        exec(compile("\n" * lines_above + code, str(README), "exec"), namespace)


def test_readme_commands_are_one_line_each() -> None:
    # .ci/run takes the first two from here: the main job and the tests.
    commands = [code for _, code in readme_blocks("sh")][:2]
    assert [code.count("\n") for code in commands] == [1, 1]
    assert "-m nn" in commands[0]
    assert "-m pytest" in commands[1]


def contributors_table(file: Path, title: str) -> list[str]:
    """The rows of the table that answers "where do I add ...?", of the README or of the guide."""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if title in line.lower())
    table = next(i for i in range(start, len(lines)) if lines[i].startswith("|"))
    end = next((i for i in range(table, len(lines)) if not lines[i].startswith("|")), len(lines))
    return lines[table + 2 : end]


@pytest.mark.parametrize(
    ("file", "title"), [(README, "where do i add"), (CONTRIBUTING, "## everything else")]
)
def test_the_contributors_tables_name_files_that_exist(file: Path, title: str) -> None:
    rows = contributors_table(file, title)
    assert len(rows) > 15
    for row in rows:
        paths = [word for word in re.findall(r"`([^`\s]+)`", row) if "/" in word]
        assert paths, f"no path in {row}"
        assert all(any(ROOT.glob(path)) for path in paths), f"no such file: {row}"
