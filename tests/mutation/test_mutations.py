"""The tool that changes files: what it changes, and what it is told of them."""

from __future__ import annotations

import ast
import importlib.util
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"mutation_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


mutations = loaded("mutations").mutations
TARGETS = loaded("targets").TARGETS
SOURCE = '''
def f(x: int = 1) -> int:
    """Add 1."""
    if x > 0 and not x == 5:
        raise ValueError("below 3")
    return g(x, 2, loud=True) + [
        -x
    ][0]
'''


def test_every_kind_of_change() -> None:
    found = {(m.line, m.key[2]) for m in mutations(SOURCE)}
    call = "g(x, 2, loud=True)"
    assert found >= {
        (2, "1 -> (2)"),
        (4, "x > 0 -> (x >= 0)"),
        (4, "x > 0 -> (x <= 0)"),
        (4, "x > 0 and (not x == 5) -> (x > 0 or not x == 5)"),
        (4, "x > 0 and (not x == 5) -> (not (x > 0 and (not x == 5)))"),
        (4, "not x == 5 -> (x == 5)"),
        (4, "x == 5 -> (x != 5)"),
        (5, "raise ValueError('below 3') -> pass"),
        (6, f"{call} -> (g(2, x, loud=True))"),
        (6, f"{call} -> (g(x, 2))"),
        (6, f"{call} + [-x][0] -> ({call} - [-x][0])"),
        (6, f"return {call} + [-x][0] -> return"),
        (7, "-x -> (x)"),
        (8, "0 -> (1)"),
    }
    assert not [change for _, change in found if "int ->" in change or "Add" in change]


def test_a_change_keeps_the_number_of_lines_and_changes_the_program() -> None:
    before = ast.dump(ast.parse(SOURCE))
    for mutation in mutations(SOURCE):
        changed = mutation.applied(SOURCE)
        assert changed.count("\n") == SOURCE.count("\n")
        assert ast.dump(ast.parse(changed)) != before


@pytest.mark.parametrize("path", TARGETS)
def test_targets_and_their_tests_exist(path: str) -> None:
    assert (ROOT / path).is_file()
    assert all((ROOT / test.partition("::")[0]).exists() for test in TARGETS[path])


def test_what_is_called_equivalent_has_a_reason() -> None:
    entries = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8"))["equivalent"]
    assert all(e.keys() == {"file", "where", "line", "change", "reason"} for e in entries)
    assert {e["file"] for e in entries} <= set(TARGETS)
