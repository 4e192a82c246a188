"""The table of functions as Markdown, from the catalogue and from what calling them shows."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from ..catalogue import Entry, catalogue
from . import looping, scipys
from .measuring import row

FILE = Path(__file__).with_name("functions.md")
COMMAND = "python -m autograd_core.docs"


def versions() -> str:
    """The versions a table is of: what NumPy and SciPy have differs from one to the next."""

    def minor(package: str) -> str:
        return ".".join(metadata.version(package).split(".")[:2])

    return f"NumPy {minor('numpy')}, SciPy {minor('scipy')}"


def markdown() -> str:
    """The whole file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return "\n\n".join(sections(catalogue())) + "\n"


def sections(entries: list[Entry]) -> list[str]:
    """The parts of the file, titles first."""
    return [
        f"""# Every function and what it does on a Node

Written by `{COMMAND}`, of {versions()}; a test fails when it is stale. What a row says was found by
calling the function. Nothing here returns an array of objects or loses a derivative silently.

*vmap* says how `ag.vmap` computes its gradients for a batch, at once or one example after the
other; *compile*, whether `ag.compile` makes a program of value and gradient: where it says no, the
function decides by values and runs as it is, after one warning. *complex* says whether complex
arguments are differentiated, with a dash where NumPy takes none.""",
        differentiable([e for e in entries if e.kind == "differentiable"]),
        own_functions(),
        through_scipy(),
        looping.section(),
        listed(entries, "query", "Plain answers", "These see the values and answer plainly:"),
        reasons(entries, "refused", "Refused", "These raise on a Node that carries a gradient:"),
        reasons(
            entries, "not dispatched", "Not dispatched", "NumPy reads their arguments by itself:"
        ),
        listed(entries, "no arrays", "No arrays", "These take no arrays of numbers:"),
    ]


def differentiable(entries: list[Entry]) -> str:
    """The table of what has a derivative."""
    return f"## Differentiable: {len(entries)}\n\n{table(map(row, entries))}"


def table(rows: Iterable[list[str]]) -> str:
    """Rows of answers below their titles."""
    head = ["function", "derivatives by", "modes", "vmap", "compile", "complex"]
    head.append("at kinks and singular points")
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def own_functions() -> str:
    """What ``autograd_core.numpy`` has besides NumPy's."""
    names = own_names(import_module("autograd_core.numpy"))
    return f"## Through `autograd_core.numpy`\n\nThese take Nodes there: {words(names)}."


def through_scipy() -> str:
    """The table of the functions that SciPy does not dispatch."""
    found = scipys.rows()
    return f"""## Through `autograd_core.scipy`: {len(found)}

These are called from there, as `from autograd_core.scipy import linalg`; `scipy.linalg` itself does
not ask its arguments what they are, and reading a Node raises. Every other name of SciPy's is
there, too, and refuses a Node that carries a gradient: cosine and sine transforms and all of
`scipy.interpolate` among them. Of `scipy.special`, these are the functions that are no ufuncs.

{table(found)}"""


def own_names(module: Any) -> list[str]:
    """The public names that are this package's own."""
    names = getattr(module, "__all__", [])
    own = [
        n for n in names if "autograd_core" in str(getattr(getattr(module, n), "__module__", ""))
    ]
    return [n for n in own if not inspect.ismodule(getattr(module, n))]


def listed(entries: list[Entry], kind: str, title: str, words_before: str) -> str:
    """A section that names functions."""
    names = [entry.name for entry in entries if entry.kind == kind]
    return f"## {title}: {len(names)}\n\n{words_before} {words(names)}."


def reasons(entries: list[Entry], kind: str, title: str, words_before: str) -> str:
    """A section that names functions by the reason why."""
    chosen = [entry for entry in entries if entry.kind == kind]
    by_note: dict[str, list[str]] = {}
    for entry in chosen:
        by_note.setdefault(entry.note or "no rule for this method", []).append(entry.name)
    lines = [f"- {note}: {words(names)}" for note, names in by_note.items()]
    return "\n".join([f"## {title}: {len(chosen)}", "", words_before, "", *lines])


def words(names: Iterable[str]) -> str:
    """Names as code."""
    return ", ".join(f"`{name}`" for name in names)
