"""The index of errors names every class, and each example raises just the one it stands for."""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import warnings
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest

import autograd_core as ag
import nn

ROOT = Path(__file__).resolve().parents[1]
INDEX = ROOT / "autograd_core" / "docs" / "errors.md"
ROOTS = {"AutogradError", "OperationError", "nn.NNError"}
"""Raised only as one of their kinds."""
ELSEWHERE = {"nn.ProcessError": "tests/nn/training/test_parallel.py"}
"""What takes several processes, and the tests that raise it."""


def rows() -> list[list[str]]:
    """Name, built-in errors, example and cure of every row."""
    lines = INDEX.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r" \| ", line.strip("| ")) for line in lines if line.startswith("| `")]
    return [[row[0].strip("`"), row[1], row[3].split("` (")[0].strip("`"), row[4]] for row in cells]


def classes() -> dict[str, type[Exception]]:
    """Every error and warning that the packages define."""
    found: dict[str, type[Exception]] = {}
    for package, prefix in (("autograd_core", ""), ("nn", "nn.")):
        for file in (ROOT / package).rglob("*.py"):
            names = re.findall(r"^class (\w+(?:Error|Warning))\(", file.read_text("utf-8"), re.M)
            place = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for name in names:
                module = importlib.import_module(place.removesuffix(".__init__"))
                found[prefix + name] = getattr(module, name)
    return found


def builtin_bases(error: type) -> set[str]:
    """The nearest classes of Python's and NumPy's among its ancestors."""
    outside = [c for c in error.__mro__ if not c.__module__.startswith(("autograd_core", "nn"))]
    near = [c for c in outside if not any(c in d.__mro__[1:] for d in outside)]
    return {c.__name__ for c in near} - {"Exception"}


def test_it_names_every_class_once() -> None:
    named = [name for name, *_ in rows()]
    assert len(set(named)) == len(named)
    assert set(named) | ROOTS == set(classes())


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_an_example_raises_just_that(row: list[str], tmp_path: Path, monkeypatch: Any) -> None:
    name, bases, example, _ = row
    error = classes()[name]
    assert set(re.findall(r"`(\w+)`", bases)) == builtin_bases(error)
    if name in ELSEWHERE:
        assert name in (ROOT / ELSEWHERE[name]).read_text("utf-8")
        return
    if name == "LayoutError" and importlib.util.find_spec("pygraphviz") is None:
        pytest.skip("no layout engine is installed")
    monkeypatch.chdir(tmp_path)
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch.dict(sys.modules))
        stack.enter_context(np.errstate(all="ignore"))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("error", ag.errors.CompileWarning)
        caught = stack.enter_context(pytest.raises(error))
        exec(example, {"np": np, "ag": ag, "nn": nn, "sys": sys})
    assert type(caught.value) is error
