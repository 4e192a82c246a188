"""What a committed notebook holds: the cells, their outputs, and a hash of the code that made them.

``tidy`` takes out what differs from run to run or from machine to machine, ``differences`` compares
the outputs of two runs. Notebooks are run in ``execute.py``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
CELL_METADATA = ("tags", "jupyter")
MEASURED = "measured"
"""Tag of a cell whose printed numbers may differ from run to run: seconds, long trainings."""

NUMBER = re.compile(r"(?<![\w.])[-−+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
VOLATILE_SVG = re.compile(r"\s*<metadata>.*?</metadata>|<!-- Created with matplotlib .*?-->", re.S)


def notebooks() -> list[Path]:
    """All of them, in order."""
    return sorted(FOLDER.glob("*.ipynb"))


def read(path: Path) -> Any:
    """A notebook, its lists of lines joined to texts."""
    return nbformat.read(path, as_version=4)


def write(notebook: Any, path: Path) -> None:
    """Write it as Jupyter does, so that saving it there changes nothing."""
    nbformat.write(notebook, path)


def code_cells(notebook: Any) -> list[Any]:
    """The cells that run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def source_hash(notebook: Any) -> str:
    """What changes when the code does, or its order."""
    sources = "\0".join(cell.source for cell in code_cells(notebook))
    return hashlib.sha256(sources.encode()).hexdigest()[:16]


def tidy(notebook: Any) -> Any:
    """The notebook without what is of one run or one machine alone; changed in place."""
    made_from = source_hash(notebook)
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}, "source_hash": made_from}
    )
    for cell in notebook.cells:
        kept = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        cell.metadata = nbformat.from_dict(kept)
    for count, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = count
        cell.outputs = whole_streams(cell.outputs)
        for output in cell.outputs:
            tidy_output(output, count)
    return notebook


def whole_streams(outputs: list[Any]) -> list[Any]:
    """Outputs with what was printed in one piece: how it is cut up is chance."""
    joined: list[Any] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.output_type == last.get("output_type") == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def tidy_output(output: Any, count: int) -> None:
    """One output without metadata, and an SVG without the day it was drawn."""
    if "metadata" in output:
        output.metadata = nbformat.from_dict({})
    if "execution_count" in output:
        output.execution_count = count
    data = output.get("data", {})
    if "image/svg+xml" in data:
        data["image/svg+xml"] = VOLATILE_SVG.sub("", data["image/svg+xml"])


def told(cell: Any) -> list[tuple[str, str]]:
    """What a cell shows: kinds of outputs, with their text; of pictures and pages only the kind."""
    found: list[tuple[str, str]] = []
    for output in whole_streams(cell.outputs):
        if output.output_type == "stream":
            found.append((output.name, output.text))
        else:
            data = output.get("data", {})
            kinds = " ".join(sorted(set(data) - {"text/plain"}))
            found.append((kinds or "text", data.get("text/plain", "")))
    return found


def differences(committed: Any, run: Any) -> Iterator[str]:
    """Where two runs of a notebook show different things."""
    for before, now in zip(code_cells(committed), code_cells(run), strict=True):
        measured = MEASURED in now.metadata.get("tags", [])
        old, new = told(before), told(now)
        kinds = [kind for kind, _ in old], [kind for kind, _ in new]
        if kinds[0] != kinds[1]:
            yield f"In [{before.execution_count}] showed {kinds[0]}, shows {kinds[1]}"
            continue
        for (_, was), (_, is_) in zip(old, new, strict=True):
            if not same_text(was, is_, measured=measured):
                yield f"In [{before.execution_count}] showed\n{was}\nshows\n{is_}"


def same_text(was: str, now: str, *, measured: bool = False) -> bool:
    """Whether two texts have the same words, and numbers that agree in what is printed of them.

    Numbers may differ by one in their last printed place: BLAS libraries sum in different orders.
    Those of a cell that is tagged as measured may be any. White space does not count.
    """
    if words(was) != words(now):
        return False
    pairs = zip(NUMBER.findall(was), NUMBER.findall(now), strict=True)
    return measured or all(close(a, b) for a, b in pairs)


def words(text: str) -> list[str]:
    """A text with its numbers masked."""
    return NUMBER.sub(" # ", text).split()


def close(was: str, now: str) -> bool:
    """Whether two printed numbers differ by at most one in the last place of either."""
    unit = max(last_place(was), last_place(now))
    a, b = (float(x.replace("−", "-")) for x in (was, now))
    return abs(a - b) <= 1.001 * unit if unit < 1 else a == b


def last_place(number: str) -> float:
    """What one in the last printed place is worth; a whole number without exponent is exact."""
    mantissa, _, exponent = number.lower().partition("e")
    _, _, decimals = mantissa.partition(".")
    if not decimals and not exponent:
        return 1.0
    return float(10.0 ** (int(exponent or 0) - len(decimals)))
