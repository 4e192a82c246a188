"""History: arrays by name, words, pictures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import nn

NAMES = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"]


def history(epochs: int = 3, names: list[str] = NAMES) -> nn.History:
    result = nn.History(names)
    for i in range(1, epochs + 1):
        result.add(dict.fromkeys(names, 1 / i) | {"epoch": i})
    return result


def test_columns_are_arrays() -> None:
    h = history()
    assert list(h) == NAMES
    assert h["epoch"].tolist() == [1, 2, 3]
    assert h["epoch"].dtype.kind == "i"
    assert h["loss"].tolist() == [1, 1 / 2, 1 / 3]
    assert dict(h)["val_loss"].shape == (h.epochs,)


def test_nothing_yet() -> None:
    h = history(0)
    assert h["loss"].shape == (0,)
    assert repr(h) == "History(0 epochs)"
    h.interrupted = True
    assert repr(h) == "History(0 epochs, interrupted)"


def test_words_are_those_of_the_last_epoch() -> None:
    assert repr(history(2, ["epoch", "loss", "seconds"])) == (
        "History(2 epochs, loss 0.5, seconds 0.5)"
    )


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(KeyError, match="'los': there are epoch, loss"):
        history()["los"]


@pytest.mark.parametrize("epochs", [0, 1, 30])
@pytest.mark.parametrize("ending", ["svg", "png"])
def test_plots_are_files(epochs: int, ending: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    axes = history(epochs).plot(tmp_path / f"training.{ending}")
    assert [ax.get_ylabel() for ax in axes] == ["loss", "accuracy"]
    assert (tmp_path / f"training.{ending}").stat().st_size > 1000


def test_plots_go_into_axes_or_a_new_figure() -> None:
    pyplot = pytest.importorskip("matplotlib.pyplot")
    _, ax = pyplot.subplots()
    assert history().plot(ax)[0] is ax
    assert [line.get_label() for line in ax.get_lines()] == ["training", "validation"]
    np.testing.assert_allclose(ax.get_lines()[0].get_ydata(), history()["loss"])
    assert len(history().plot()) == 2
    pyplot.close("all")


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(nn.MissingPackageError, match=r"pip install 'autograd-core\[plot\]'"):
        history().plot("x.svg")


def test_as_a_table() -> None:
    pytest.importorskip("pandas")
    table = history(2).to_dataframe()
    assert table.index.tolist() == [1, 2]
    assert list(table) == NAMES[1:]


def test_the_rate_has_a_panel_if_it_changed() -> None:
    h = nn.History(["epoch", "loss", "lr"])
    for epoch, lr in enumerate((0.1, 0.1), 1):
        h.add({"epoch": epoch, "loss": 1.0, "lr": lr})
    assert [ax.get_ylabel() for ax in h.plot()] == ["loss"]
    h.add({"epoch": 3, "loss": 1.0, "lr": 0.01})
    assert [ax.get_ylabel() for ax in h.plot()] == ["loss", "lr"]
