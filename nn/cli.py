"""``python -m nn``: train an MLP on the digits or on a file of one's own, results in a folder.

Everything that can be wrong with the input is looked for before training starts and said in one
line.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from .datasets import Dataset, digits, read_csv, read_npz, train_test_split
from .errors import ArgumentError, NNError, expected, missing
from .job import INTERRUPTED, RESULTS, Job
from .layers import ACTIVATIONS, MLP, Sequential, Standardize
from .module import Module

FAILED, BAD_INPUT = 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status: 0, 2 for bad input, 130 after Ctrl-C.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows ``python -m nn``; the process's own arguments by default.

    Examples
    --------
    >>> nn.cli.main(["--epochs", "1", "--hidden", "16", "--output", "first", "--quiet"])
    test accuracy ... % after 1 epoch; results in first
    0
    """
    failure = BAD_INPUT
    try:
        job = prepared(options(arguments))
        failure = FAILED
        return job.run()
    except (NNError, OSError, MemoryError) as error:
        print(f"nn: {' '.join(str(error).split())}", file=sys.stderr)
        return failure
    except KeyboardInterrupt:
        print("nn: interrupted before training; nothing was written.", file=sys.stderr)
        return INTERRUPTED


# What is asked for


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise it like any other bad input."""
        raise ArgumentError(f"{message}. Run python -m nn --help for the options.")


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options as given, checked one by one."""
    parser = Parser(
        prog="python -m nn",
        description="Train a multi-layer perceptron to classify, and write "
        f"{', '.join(RESULTS)} to a new folder.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--data", default="digits", help="digits, a .csv file or an .npz archive")
    add(
        "--target",
        help="column of the classes in a .csv file (name or position), or their array in an .npz",
    )
    add("--hidden", type=sizes, default="128,64", help="units of the hidden layers, or none")
    add("--activation", type=activation, default="relu", help=", ".join(ACTIVATIONS))
    add("--epochs", type=whole, default=40, help="passes over the training data")
    add("--lr", type=rate, default=0.1, help="learning rate")
    add("--momentum", type=fraction, default=0.9, help="part of the last step that is kept")
    add("--batch-size", type=whole, default=32, help="samples per step")
    add("--seed", type=seed, default=0, help="the same seed gives the same run")
    add("--test-size", type=part, default=0.2, help="share of the samples held out to test on")
    add(
        "--output",
        type=Path,
        help="new or empty folder for the results (default: runs/<data>-001 or next)",
    )
    add("--quiet", action="store_true", help="print one line only")
    return parser.parse_args(arguments)


def number(text: str, kind: type, wanted: str, fits: Callable[[Any], bool]) -> Any:
    """The number that an option's text writes."""
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not fits(value):
        raise argparse.ArgumentTypeError(f"expected {wanted}, got {text!r}")
    return value


def whole(text: str) -> int:
    """A positive whole number."""
    value: int = number(text, int, "a positive whole number", lambda v: v > 0)
    return value


def seed(text: str) -> int:
    """A seed."""
    value: int = number(text, int, "a whole number of at least 0", lambda v: v >= 0)
    return value


def rate(text: str) -> float:
    """A learning rate."""
    value: float = number(text, float, "a positive number", lambda v: 0 < v < math.inf)
    return value


def fraction(text: str) -> float:
    """A momentum."""
    value: float = number(text, float, "a number of at least 0 and below 1", lambda v: 0 <= v < 1)
    return value


def part(text: str) -> float:
    """A share of the samples."""
    value: float = number(text, float, "a number between 0 and 1", lambda v: 0 < v < 1)
    return value


def sizes(text: str) -> list[int]:
    """Units of hidden layers."""
    return [] if text.strip().lower() in ("", "none") else [whole(size) for size in text.split(",")]


def activation(text: str) -> str:
    """The name of an activation."""
    if text not in ACTIVATIONS:
        raise argparse.ArgumentTypeError(f"expected one of {', '.join(ACTIVATIONS)}, got {text!r}")
    return text


# Before training


def prepared(asked: argparse.Namespace) -> Job:
    """Data, model and folder; the folder is made last, when nothing else can go wrong."""
    if importlib.util.find_spec("matplotlib") is None:
        raise missing("matplotlib", "plot", f"Drawing {RESULTS[2]}")
    data = read(asked.data, asked.target)
    X, X_test, y, y_test = train_test_split(data.X, data.y, asked.test_size, asked.seed)
    train, test = (
        Dataset(*pair, data.classes, data.features) for pair in ((X, y), (X_test, y_test))
    )
    model = network(asked, train)
    folder = new_folder(asked)
    return Job({**vars(asked), "output": str(folder)}, train, test, model, folder)


def network(asked: argparse.Namespace, train: Dataset) -> Module:
    """The model asked for; one for a file standardises its inputs first."""
    units = [train.X.shape[1], *asked.hidden, len(train.classes)]
    model = MLP(units, asked.activation, seed=asked.seed, dtype=train.X.dtype)
    return model if asked.data == "digits" else Sequential(Standardize.to(train.X), model)


def read(source: str, target: str | None) -> Dataset:
    """The data asked for."""
    ending = Path(source).suffix.lower()
    if source == "digits":
        if target is not None:
            raise ArgumentError(
                expected("--target", "a file as --data", "digits", "Leave --target out.")
            )
        return digits()
    if ending in (".csv", ".tsv", ".txt"):
        return read_csv(source, -1 if target is None else target)
    if ending == ".npz":
        return read_npz(source, target=target)
    cure = "Save a table as .csv, or arrays X and y with np.savez."
    raise ArgumentError(
        expected("--data", "digits, a .csv file or an .npz archive", repr(source), cure)
    )


def new_folder(asked: argparse.Namespace) -> Path:
    """An empty folder that can be written."""
    folder = asked.output
    try:
        folder = folder or next_folder(Path("runs"), Path(asked.data).stem)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            cure = "Name a new folder, or leave --output out."
            raise ArgumentError(
                expected("--output", "a new or empty folder", f"{folder} with files in it", cure)
            )
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        got = f"{folder or 'runs'} ({error.strerror or error})"
        cure = "Choose another folder."
        raise ArgumentError(
            expected("--output", "a folder that can be written", got, cure)
        ) from None
    return folder


def next_folder(parent: Path, name: str) -> Path:
    """The first of name-001, name-002, … that does not exist, made."""
    for i in range(1, 1_000_000):
        folder = parent / f"{name}-{i:03}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if parent.is_dir():
                continue
            raise
        return folder
    raise FileExistsError(f"{parent} holds a million runs")
