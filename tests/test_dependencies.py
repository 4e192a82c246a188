"""What pyproject.toml allows is what is tested: each lower bound is pinned in oldest.txt."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

EXTRAS = "viz,plot,scipy,jit,sklearn,pandas,onnx"
"""What the gate installs in its oldest version. Tools and notebooks run on the newest only."""
WITH_THEM = {"hypothesis", "nbformat", "pytest", "pytest-xdist", "selenium"}
"""What the tests need besides."""


def parts(requirement: str) -> tuple[str, str]:
    """The name of a package and its lowest version."""
    found = re.fullmatch(r"([\w-]+)>=([\d.]+)(?:,<[\d.]+)?", requirement)
    assert found, f"{requirement} has no lower bound"
    return found[1], found[2]


def bounds() -> dict[str, set[str]]:
    """The packages that are tested in their oldest version, each with its lower bounds."""
    optional = PROJECT["optional-dependencies"]
    needed = [r for r in optional["test"] if re.split("[<>]", r)[0] in WITH_THEM]
    extras = chain.from_iterable(optional[name] for name in EXTRAS.split(","))
    found: dict[str, set[str]] = {}
    for name, version in map(parts, chain(PROJECT["dependencies"], extras, needed)):
        found.setdefault(name, set()).add(version)
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "tests" / "oldest.txt").read_text().splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def numbers(version: str) -> list[int]:
    """A version without the zeros at its end."""
    return [int(n) for n in re.sub(r"(\.0)+$", "", version).split(".")]


@pytest.mark.parametrize("name", sorted(bounds()))
def test_the_lower_bound_is_what_is_tested(name: str) -> None:
    (lowest,) = bounds()[name]
    assert numbers(pins()[name]) == numbers(lowest)


def test_the_gate_installs_them_all_on_the_oldest_python() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    assert f"[{EXTRAS}]" in text
    assert " ".join(sorted(WITH_THEM - {"selenium"})) in text
    assert f"python{PROJECT['requires-python'].removeprefix('>=')}" in text
