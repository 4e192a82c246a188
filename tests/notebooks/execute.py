"""Runs notebooks from top to bottom, each in a kernel of its own, started in their folder."""

from __future__ import annotations

import os
import re
from typing import Any

import nbclient

from tests.notebooks.committed import FOLDER, ROOT

SECONDS = 300
"""A cell that takes longer fails."""
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
"""Sums are in the same order in every run, and notebooks that run side by side do not wait."""


def executed(notebook: Any) -> Any:
    """The notebook with the outputs of a fresh run; an error in a cell raises."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    environment |= ONE_THREAD | {"PYTHONPATH": path, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    client = nbclient.NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": FOLDER}},
    )
    try:
        client.execute(env=environment)
    except nbclient.exceptions.CellExecutionError as error:
        raise AssertionError(COLOUR.sub("", str(error))) from None
    return notebook
