"""Nothing that is read is run: no pickle, no shell, no code but what ``compile`` has written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    file for package in ("autograd_core", "nn") for file in (ROOT / package).rglob("*.py")
)

RUN = {
    ("autograd_core/compiler/numpy_source.py", "exec"): "the text of a program, names checked",
    ("autograd_core/compiler/numpy_source.py", "compile"): "the same",
    ("autograd_core/compiler/glue.py", "exec"): "names that it makes itself",
    ("autograd_core/compiler/glue.py", "compile"): "the same",
    ("autograd_core/compiler/variant.py", "eval"): "the same",
    ("autograd_core/docs/running.py", "compile"): "a function: it is the compile of this project",
}
"""Where text becomes code, and what text that is."""
NEVER = {"pickle", "cPickle", "dill", "joblib", "marshal", "shelve", "cloudpickle", "yaml", "pty"}
"""Modules that run what they read, or a shell."""
ALONE = {"subprocess": {"autograd_core/viz/layout.py"}}
"""Modules that one file may use."""
SHELLS = {"system", "popen", "execv", "execve", "spawnl", "spawnv"}


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def calls(file: Path) -> Iterator[ast.Call]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(str(node.module).partition(".")[0])
    return found


def test_text_becomes_code_only_where_it_was_written_here() -> None:
    found = {
        (place(file), call.func.id)
        for file in FILES
        for call in calls(file)
        if isinstance(call.func, ast.Name)
        and call.func.id in ("exec", "eval", "compile", "__import__")
    }
    assert found == RUN.keys()


@pytest.mark.parametrize("package", ["autograd_core", "nn"])
def test_nothing_that_runs_what_it_reads_is_imported(package: str) -> None:
    for file in FILES:
        if place(file).startswith(f"{package}/"):
            names = imported(file)
            assert not names & NEVER, file
            for name, allowed in ALONE.items():
                assert name not in names or place(file) in allowed, f"{name} in {file}"


def test_no_shell_is_asked_and_no_object_is_unpickled() -> None:
    for file in FILES:
        for call in calls(file):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            assert "shell" not in given, file
            owner = getattr(getattr(call.func, "value", None), "id", "")
            assert not (owner == "os" and name in SHELLS), file
            if owner == "np" and name == "load":
                assert ast.unparse(given["allow_pickle"]) == "False", file
