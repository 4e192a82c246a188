"""Every notebook runs from top to bottom and shows what is committed; with ``-m notebooks``."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.notebooks.committed import differences, notebooks, read


@pytest.mark.notebooks
@pytest.mark.filterwarnings("default")  # of the kernel's client, not of ours
@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_a_notebook_shows_what_is_committed(path: Path) -> None:
    pytest.importorskip("nbclient", reason="the extra notebook is not installed")
    from tests.notebooks.execute import executed

    committed = read(path)
    found = list(differences(committed, executed(copy.deepcopy(committed))))
    assert not found, "\n".join([*found, "Look at it, then: python -m tests.notebooks --write"])
