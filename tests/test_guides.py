"""The guides for those who come from elsewhere: each row of their tables runs, here and there.

A row is an expression (or statements and one) of the other library's, one of ours, and what they
give: the same, or in tables of differences each its own. What is not installed is left out; theirs
are slow tests, since their libraries take seconds to import and to compile.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_core as ag

DOCS = Path(__file__).resolve().parents[1] / "autograd_core" / "docs"
GUIDES = {
    "from_pytorch": "torch",
    "from_jax": "jax",
    "from_autograd": "autograd",
    "from_micrograd": "micrograd",
}
CODE = re.compile(r"`([^`]+)`")
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ERRORS = (TypeError, ValueError, RuntimeError, IndexError, AssertionError, NotImplementedError)


class Row(NamedTuple):
    """What is done, there and here, and what each gives."""

    guide: str
    what: str
    theirs: str
    theirs_gives: str
    ours: str
    ours_gives: str


def text_of(guide: str) -> str:
    return (DOCS / f"{guide}.md").read_text(encoding="utf-8")


def rows(guide: str) -> list[Row]:
    found = []
    for line in text_of(guide).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        codes = [(CODE.fullmatch(cell) or [cell, cell])[1] for cell in cells]
        if not line.startswith("| ") or len(cells) not in (4, 6) or codes[3] == "gives":
            continue
        what, theirs, *rest = codes
        if len(cells) == 4:
            ours, gives = rest
            found.append(Row(guide, what, theirs, gives, ours, gives))
        elif rest[0] != "gives":
            found.append(Row(guide, what, theirs, rest[0], rest[1], rest[2]))
    return found


ROWS = [row for guide in GUIDES for row in rows(guide)]

DIFFERENCES = [
    row
    for row in rows("from_autograd")
    if row.ours_gives != row.theirs_gives
    and row.what not in ("complex gradients", "writing into an array")
]
"""Of autograd, those that ``compat`` shares: it keeps the convention for complex numbers."""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def theirs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Their library as it comes: other tests leave JAX in float64."""
    given = request.node.callspec.params
    name = GUIDES[given["row"].guide if "row" in given else given["guide"]]
    pytest.importorskip(name)
    if name != "jax":
        yield
        return
    config = importlib.import_module(name).config
    before = config.jax_enable_x64
    config.update("jax_enable_x64", False)
    yield
    config.update("jax_enable_x64", before)


def setup(guide: str, side: int) -> dict[str, Any]:
    """The names a row sees: those that the first two blocks of its guide make."""
    space: dict[str, Any] = {"np": np} if side == 0 else {}
    exec(BLOCK.findall(text_of(guide))[side], space)
    return space


def run(code: str, space: dict[str, Any]) -> Any:
    """Run statements, and return what the last, an expression, gives."""
    *before, last = ast.parse(code).body
    assert isinstance(last, ast.Expr), code
    exec(compile(ast.Module(before, []), "<row>", "exec"), space)
    return eval(compile(ast.Expression(last.value), "<row>", "eval"), space)


def plain(x: Any) -> Any:
    """A result of any library as plain numbers."""
    if isinstance(x, list | tuple):
        return [plain(entry) for entry in x]
    if type(x).__module__.startswith("torch"):
        return x.detach().resolve_conj().numpy() if hasattr(x, "detach") else x
    for attribute in ("value", "data"):
        if type(x).__name__ in ("Node", "Value"):
            x = getattr(x, attribute, x)
    return x if isinstance(x, str) else np.asarray(x)


def has_words(x: Any) -> bool:
    return isinstance(x, list) and any(isinstance(entry, str) for entry in x)


def compare(got: Any, wanted: Any) -> None:
    got, wanted = plain(got), plain(wanted)
    if isinstance(got, str) or (
        isinstance(wanted, list) and any(isinstance(x, str) for x in wanted)
    ):
        assert got == wanted
    else:
        wanted, got = (np.asarray(x) for x in (wanted, got))
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6, equal_nan=True)


def check(code: str, gives: str, guide: str, side: int) -> None:
    space = setup(guide, side)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if gives == "error" or gives.endswith("Error"):
            name = gives.rpartition(".")[2]
            named = [getattr(x, name) for x in (ag.errors, builtins, np.linalg) if hasattr(x, name)]
            with pytest.raises(tuple(named) or ERRORS):
                run(code, space)
            return
        compare(run(code, space), eval(gives, setup(guide, 1)))


def test_every_guide_has_rows() -> None:
    for guide in GUIDES:
        text = text_of(guide)
        assert len(rows(guide)) >= 20
        tables = text.count("\n|---")
        assert len(rows(guide)) + 2 * tables == text.count("\n|"), "a row is of no known form"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guide}-{row.what}")
def test_our_side(row: Row) -> None:
    check(row.ours, row.ours_gives, row.guide, 1)


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.usefixtures("theirs")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.guide}-{row.what}")
def test_their_side(row: Row) -> None:
    check(row.theirs, row.theirs_gives, row.guide, 0)


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: row.what)
def test_programs_for_autograd_gain_the_differences(row: Row) -> None:
    space: dict[str, Any] = {"ag": ag}
    setup = BLOCK.findall(text_of("from_autograd"))[0]
    for name in ("import autograd", "from autograd", ", autograd"):
        setup = setup.replace(name, name.replace("autograd", "autograd_core.compat.autograd"))
    exec(setup.replace("compat.autograd, ", "compat.autograd as autograd, "), space)
    with np.errstate(all="ignore"):
        if row.ours_gives.endswith("Error"):
            with pytest.raises(getattr(ag.errors, row.ours_gives)):
                run(row.theirs, space)
        else:
            compare(run(row.theirs, space), eval(row.ours_gives, {"np": np}))


@pytest.mark.parametrize("guide", GUIDES)
def test_blocks_of_ours(guide: str) -> None:
    blocks = BLOCK.findall(text_of(guide))
    space = setup(guide, 1)
    for code in blocks[3::2]:
        exec(code, space)


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.usefixtures("theirs")
@pytest.mark.parametrize("guide", GUIDES)
def test_blocks_of_theirs(guide: str) -> None:
    space = setup(guide, 0)
    for code in BLOCK.findall(text_of(guide))[2::2]:
        exec(code, space)
