"""Every public name is documented: what it is, what it takes, how it is used.

Public is what a package or module lists in ``__all__`` and has made itself; NumPy's and SciPy's own
functions are theirs to document. ``test_docs.py`` runs the examples of functions and classes; those
of objects, such as distributions, run here.
"""

from __future__ import annotations

import doctest
import functools
import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.docstrings import sections

ROOT = Path(__file__).resolve().parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PACKAGES = ("autograd_core", "nn")

SHOWN_ELSEWHERE = {
    "autograd_core.compiler.compiled.Compiled": "autograd_core.compile returns one",
    "autograd_core.compiler.program.Program": "attribute of what autograd_core.compile returns",
    "autograd_core.compiler.native.available": "what autograd_core.compile asks",
    "autograd_core.compiler.native.loops": "what its report asks",
    "autograd_core.compiler.native.report": "what its report asks",
    "autograd_core.compiler.native.runner": "what autograd_core.compile calls",
    "nn.training.rates.Rates": "nn.find_rate returns one",
    "nn.training.run.Run": "what callbacks are handed",
}
"""Made and called by the packages only: no example of their own, but where they are at work."""

BY_PARTS = {"c_and_lower", "l_and_u"}
"""Pairs that SciPy documents as such: ``(l, u)``."""


def modules() -> dict[str, Any]:
    """Every module that lists public names."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*.py")]
    places = [file.relative_to(ROOT).with_suffix("").parts for file in sorted(files)]
    names = [".".join(place).removesuffix(".__init__") for place in places]
    found = {name: importlib.import_module(name) for name in names if "__main__" not in name}
    return {name: module for name, module in found.items() if hasattr(module, "__all__")}


def home(x: Any) -> str:
    """The module in which something was made."""
    return str(getattr(x, "__module__", "") or "")


@functools.cache
def public() -> dict[str, Any]:
    """Functions, classes and other callables of the packages' own, each by its first name."""
    found: dict[int, tuple[str, Any]] = {}
    for name, module in modules().items():
        for attribute in module.__all__:
            x = getattr(module, attribute)
            if callable(x) and home(x).partition(".")[0] in PACKAGES:
                found.setdefault(id(x), (f"{name}.{attribute}", x))
    return dict(found.values())


def full_name(x: Any) -> str:
    return f"{home(x)}.{getattr(x, '__qualname__', '')}"


def of(package: str) -> list[tuple[str, Any]]:
    return [(name, x) for name, x in public().items() if name.startswith(f"{package}.")]


def is_error(x: Any) -> bool:
    return isinstance(x, type) and issubclass(x, Exception)


def own_doc(x: Any) -> dict[str, str]:
    """The parts of its own docstring, not of one it inherits."""
    return sections(x.__doc__ if isinstance(x, type) else inspect.getdoc(x))


def named(text: str) -> set[str]:
    """The names that a section of parameters explains, without stars; ``**`` for all others."""
    lines = re.findall(r"^(\*{0,2}\w[\w, *]*?)(?: :.*)?$", text, re.MULTILINE)
    names = {name.strip() for line in lines for name in line.split(",")}
    return {"**" if name.startswith("**") else name.lstrip("*") for name in names}


def test_there_is_a_reference() -> None:
    assert len(public()) > 300
    assert {"autograd_core.grad", "autograd_core.scipy.stats.norm", "nn.fit"} <= set(public())
    assert {"autograd_core.compat.autograd.grad", "nn.datasets.digits"} <= set(public())
    assert ag.numpy.full in public().values()


@pytest.mark.parametrize("package", PACKAGES)
def test_each_has_a_summary_of_one_line(package: str) -> None:
    for name, x in of(package):
        summary = own_doc(x)[""].partition("\n\n")[0]
        assert summary.endswith((".", ":")), f"{name} is summed up by {summary!r}"
        assert "\n" not in summary, f"{name} is summed up by {summary!r}"


@pytest.mark.parametrize("package", PACKAGES)
def test_each_explains_its_parameters(package: str) -> None:
    for name, x in of(package):
        missing = unexplained(x)
        assert not missing, f"{name} does not explain {missing}"


def unexplained(x: Any) -> set[str]:
    """The parameters that a docstring leaves out; a class that is not made by users has none."""
    doc = own_doc(x)
    if is_error(x) or full_name(x) in SHOWN_ELSEWHERE:
        return set()
    if isinstance(x, type) and "Parameters" not in doc and "Attributes" in doc:
        return set()
    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    parameters = inspect.signature(x).parameters.values()
    explained = named(doc.get("Parameters", ""))
    wanted = {p.name for p in parameters if p.kind not in starred} - BY_PARTS
    return set() if "**" in explained else wanted - explained


@pytest.mark.parametrize("package", PACKAGES)
def test_each_has_an_example(package: str) -> None:
    for name, x in of(package):
        has = is_error(x) or ">>>" in own_doc(x).get("Examples", "")  # errors: docs/errors.md
        assert has != (full_name(x) in SHOWN_ELSEWHERE), f"an example of {name}: {has}"


def test_what_is_shown_elsewhere_is_public() -> None:
    assert set(SHOWN_ELSEWHERE) <= {full_name(x) for x in public().values()}


def test_examples_of_objects() -> None:
    objects = {name: x for name, x in public().items() if is_object(x)}
    assert "autograd_core.scipy.stats.norm" in objects
    for name, x in objects.items():
        space = {**vars(importlib.import_module(home(x))), "np": np, "ag": ag, "nn": nn}
        text = own_doc(x)["Examples"]
        case = doctest.DocTestParser().get_doctest(text, space, name, None, 0)
        report: list[str] = []
        result = doctest.DocTestRunner(optionflags=FLAGS).run(case, out=report.append)
        assert result.attempted > 0
        assert not result.failed, "".join(report)


def is_object(x: Any) -> bool:
    """Whether it is neither function nor class: doctest does not read its docstring."""
    return not (inspect.isroutine(inspect.unwrap(x)) or isinstance(x, type))
