"""One run of ``python -m nn``: train a classifier, measure it, and write the results to a folder.

What to run is decided, and checked, in ``cli/train.py``.
"""

from __future__ import annotations

import json
import platform
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .datasets import Dataset
from .files import write_file
from .history import History
from .losses import CrossEntropyLoss
from .metrics import confusion_matrix
from .module import Module
from .reporting import confusion_summary
from .saving import save
from .training import evaluate, fit
from .training.ranks import Ranks

Array = npt.NDArray[Any]
MODEL, METRICS, CURVES, GRAPH = RESULTS = (
    "model.safetensors",
    "metrics.json",
    "training.svg",
    "graph.svg",
)
DONE, INTERRUPTED = 0, 130


@dataclass
class Job:
    """Everything a run needs.

    Parameters
    ----------
    settings : dict
        The options, as they are written to metrics.json.
    train, test : Dataset
    model : Module
    folder : Path
        Empty; the results go there.
    recipe : dict
        Loss, optimiser, validation and what else ``fit`` is to be given.
    method : str
        What to say of the recipe.
    ranks : Ranks
        The processes that train together, of which the first writes and reports.
    """

    settings: dict[str, Any]
    train: Dataset
    test: Dataset
    model: Module
    folder: Path
    recipe: dict[str, Any]
    method: str
    ranks: Ranks = field(default_factory=Ranks)

    def run(self) -> int:
        """Train, write and report; the exit status."""
        quiet = self.settings["quiet"] or not self.ranks.first
        if not quiet:
            print(self.introduction(), flush=True)
        history = self.trained()
        if not self.ranks.first:
            return INTERRUPTED if history.interrupted else DONE
        with undisturbed():
            metrics = self.measured(history)
            self.write(history, metrics)
        if not quiet:
            print(
                "",
                confusion_summary(np.array(metrics["confusion"]), self.test.classes),
                "",
                sep="\n",
            )
        print(self.conclusion(history, metrics), flush=True)
        return INTERRUPTED if history.interrupted else DONE

    def trained(self) -> History:
        """Train; Ctrl-C leaves what was learned so far."""
        asked = self.settings
        try:
            with np.errstate(all="ignore"), one_line_warnings(self.ranks.first):
                return fit(
                    self.model,
                    self.train,
                    epochs=asked["epochs"],
                    batch_size=asked["batch_size"],
                    seed=asked["seed"],
                    progress=not asked["quiet"],
                    **self.recipe,
                )
        except KeyboardInterrupt:  # before the first batch
            nothing = History(["epoch", "loss"])
            nothing.interrupted = True
            return nothing

    def measured(self, history: History) -> dict[str, Any]:
        """The contents of metrics.json."""
        with np.errstate(all="ignore"):
            figures = evaluate(self.model, self.test, loss=CrossEntropyLoss())
            matrix = confusion_matrix(self.model.predict(self.test.X), self.test.y)
        return {
            "test_accuracy": figures["accuracy"],
            "test_loss": plain(figures["loss"]),
            "interrupted": history.interrupted,
            "epochs_completed": history.epochs,
            "best_epoch": history.best_epoch,
            "settings": self.settings,
            "samples": self.counts(),
            "processes": self.ranks.size,
            "parameters": self.model.num_parameters,
            "classes": list(self.test.classes),
            "confusion": matrix.tolist(),
            "history": {
                name: [plain(x) for x in column.tolist()] for name, column in history.items()
            },
            "versions": {"numpy": np.__version__, "python": platform.python_version()},
        }

    def counts(self) -> dict[str, int]:
        """How many samples there are for what."""
        kinds = {"train": self.train, "test": self.test}
        if self.settings["validation"]:
            kinds["validation"] = self.recipe["validation"]
        return {name: len(data.y) for name, data in kinds.items()}

    def write(self, history: History, metrics: dict[str, Any]) -> None:
        """All results; the model first."""
        names = {"classes": self.train.classes, "features": self.train.features}
        save(self.model, self.folder / MODEL, notes=names)
        write_file(
            self.folder / METRICS, (json.dumps(metrics, indent=1, allow_nan=False) + "\n").encode()
        )
        history.plot(self.folder / CURVES)
        X, y = (part[: self.settings["batch_size"]] for part in self.train)
        loss = CrossEntropyLoss()(self.model(ag.Node(X, name="x", requires_grad=False)), y)
        loss.name = "loss"
        ag.draw(loss).save(self.folder / GRAPH)

    def introduction(self) -> str:
        """What is about to be done."""
        asked, train = self.settings, self.train
        counts = self.counts()
        purposes = {"train": "to train on", "validation": "to validate on", "test": "held out"}
        parts = [f"{counts[name]:,} {words}" for name, words in purposes.items() if name in counts]
        return (
            f"{asked['data']}: {sum(counts.values()):,} samples "
            f"of {counted(train.X.shape[1], 'number')} in {len(train.classes)} classes; "
            f"{', '.join(parts)}\n"
            f"{self.model!r}\n"
            f"{self.method}; batches of {asked['batch_size']}, "
            f"{counted(asked['epochs'], 'epoch')}, seed {asked['seed']}"
            f"{'' if self.ranks.alone else f'; on {self.ranks.size} processes'}"
        )

    def conclusion(self, history: History, metrics: dict[str, Any]) -> str:
        """What came of it."""
        after = f"after {counted(history.epochs, 'epoch')}"
        if history.interrupted:
            after += f" of {self.settings['epochs']}, interrupted"
        elif history.stopped:
            after += f" of {self.settings['epochs']}, of which number {history.best_epoch} was best"
        files = "" if self.settings["quiet"] else f": {', '.join(RESULTS)}"
        score = f"{100 * metrics['test_accuracy']:.2f} %"
        return f"test accuracy {score} {after}; results in {self.folder}{files}"


def plain(x: float) -> float | None:
    """A number as JSON knows it: None for NaN and infinity."""
    return x if np.isfinite(x) else None


def counted(n: int, noun: str) -> str:
    """A number of things."""
    return f"{n} {noun}{'s' * (n != 1)}"


@contextmanager
def one_line_warnings(shown: bool = True) -> Iterator[None]:
    """Print each warning as one line on stderr, or none."""

    def show(message: Warning | str, *place: Any) -> None:
        print(f"nn: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("default" if shown else "ignore")
        warnings.showwarning = show  # type: ignore[assignment]
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C, so that results are written whole."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
