"""The package's documents: the table of functions is fresh, what the others say is so."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import autograd_core.scipy
from autograd_core.docs import functions, scipys

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "autograd_core" / "docs"


def rows_of(name):
    """The rows of every table with a column of tests: words, expression, result, test."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in re.split(r"(?<!\\) \| ", line.strip("| "))] for line in lines]
    return [[cell.strip("`") for cell in row] for row in rows if "::" in row[-1]]


SEMANTICS = rows_of("semantics.md")


@pytest.mark.parametrize("row", SEMANTICS, ids=lambda row: row[1])
def test_the_semantics_are_these(row):
    _, expression, result, _ = row
    space = {"np": np, "ag": ag}
    if result.endswith("Error"):
        with pytest.raises((TypeError, ValueError)) as caught:
            eval(expression, space)
        chain = (caught.value, caught.value.__cause__)  # NumPy words some itself and chains ours
        assert any(isinstance(error, getattr(ag.errors, result)) for error in chain)
        return
    with np.errstate(all="ignore"):
        value, wanted = eval(expression, space), eval(result, space)
    assert np.shape(value) == np.shape(wanted)
    np.testing.assert_allclose(value, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("row", SEMANTICS, ids=lambda row: row[1])
def test_the_tests_that_are_named_exist(row):
    path, name = row[-1].split("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in defined, f"semantics.md names {name}, which {path} does not have"


def test_reliability_names_tests_that_exist():
    text = (DOCS / "reliability.md").read_text(encoding="utf-8")
    paths = re.findall(r"`([\w/]+\.py)`", text)
    named = [p for p in paths if "/" in p]
    assert len(named) > 10
    assert all((ROOT / "tests" / path).is_file() for path in named)


def test_adding_an_op_is_one_row():
    before = len(ag.ops.every_row())
    text = (DOCS / "contributing.md").read_text(encoding="utf-8")
    example = doctest.DocTestParser().get_doctest(text, {}, "contributing.md", None, 0)
    report = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.attempted > 5
    assert not result.failed, "".join(report)
    assert len(ag.ops.every_row()) == before


def test_the_table_has_a_row_for_every_function_of_scipys():
    named = {*scipys.CALLS, *(f"stats.{name}" for name in scipys.distributions())}
    own = {
        f"{part}.{name}"
        for part in autograd_core.scipy.__all__
        for name in functions.own_names(getattr(autograd_core.scipy, part))
    }
    assert {name for name in named if not name.startswith("fft.")} == own
    text = functions.FILE.read_text(encoding="utf-8")
    assert all(re.search(rf"^\| scipy\.{name}[ .]", text, re.MULTILINE) for name in named)


def test_the_table_of_fourier_transforms_is_whole():
    both = set(np.fft.__all__) & set(autograd_core.scipy.fft.__all__) - {"fftfreq", "rfftfreq"}
    assert both == {n.removeprefix("fft.") for n in scipys.CALLS if n.startswith("fft.")}


@pytest.mark.slow
def test_the_table_of_functions_is_fresh():
    text = functions.FILE.read_text(encoding="utf-8")
    if functions.versions() not in text:
        pytest.skip(f"the table is of other versions than {functions.versions()}")
    assert text == functions.markdown(), f"functions.md is stale: run {functions.COMMAND}"
