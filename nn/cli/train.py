"""The options of training, and the job they describe."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..callbacks import EarlyStopping
from ..datasets import Dataset
from ..errors import ArgumentError, expected, missing
from ..init import INITIALIZERS
from ..job import RESULTS, Job
from ..layers import ACTIVATIONS, MLP, Sequential, Standardize
from ..losses import CrossEntropyLoss
from ..module import Module
from ..training import Checkpoint
from ..training.ranks import Ranks, launched_as, world
from . import method, sources
from .parsing import Parser, choice, fraction, fractions, part, sizes, whole

ABOUT = (
    f"train a multi-layer perceptron to classify, and write {', '.join(RESULTS)} to a new folder"
)


def add_options(parser: Parser) -> None:
    """Everything about training."""
    sources.add_options(parser, test_size=0.2)
    _add_network_options(parser)
    _add_training_options(parser)
    method.add_options(parser)
    add = parser.add_argument_group("run").add_argument
    add(
        "--output",
        type=Path,
        help="new or empty folder for the results; runs/<data>-001 or next if not given",
    )
    add(
        "--checkpoint",
        type=Path,
        help="file to write after every epoch; see --resume",
    )
    add("--resume", action="store_true", help="go on from the file of --checkpoint, if it is there")
    add("--quiet", action="store_true", help="print one line only")
    add(
        "--alone",
        action="store_true",
        help="train in each process by itself. Otherwise those that mpiexec -n N python -m nn "
        "starts train together, each on its share of every batch (extra mpi)",
    )
    add(
        "--local-batchnorm",
        action="store_true",
        help="normalise by each process's share of the batch, which saves messages",
    )


def _add_network_options(parser: Parser) -> None:
    add = parser.add_argument_group("network").add_argument
    add("--hidden", type=sizes, default="128,64", help="units of the hidden layers, or none")
    known = choice(ACTIVATIONS)
    add("--activation", type=known, default="relu", help=", ".join(ACTIVATIONS))
    add(
        "--dropout",
        type=fractions,
        default=0.0,
        help="probability of dropping a hidden unit, or one for each hidden layer",
    )
    add("--input-dropout", type=fraction, default=0.0, help="probability of dropping an input")
    add(
        "--batchnorm",
        type=choice(["none", "before", "after"]),
        default="none",
        help="batch normalisation of hidden layers before or after the activation",
    )
    add(
        "--init",
        type=choice(INITIALIZERS),
        help=f"how weights start: {', '.join(INITIALIZERS)}; as suits the activation if not given",
    )


def _add_training_options(parser: Parser) -> None:
    add = parser.add_argument_group("training").add_argument
    add(
        "--validation",
        type=part,
        help="share of the training samples to watch training by; the test samples if not given",
    )
    add("--epochs", type=whole, default=40, help="passes over the training data")
    add(
        "--patience",
        type=whole,
        help="epochs that the loss of the samples watched by may fail to fall; the best is kept. "
        "It needs --validation",
    )
    add("--batch-size", type=whole, default=32, help="samples per step")
    add(
        "--label-smoothing",
        type=fraction,
        default=0.0,
        help="part of each label that is shared out among all classes",
    )


# Before training


def prepared(asked: argparse.Namespace) -> Callable[[], int]:
    """Data, model and folder; the folder is made last, when nothing else can go wrong."""
    comm = world() if launched_as() is not None and not asked.alone else None
    with Ranks(comm) as ranks, ranks.together():
        return _job(asked, comm, ranks).run


def _job(asked: argparse.Namespace, comm: Any, ranks: Ranks) -> Job:
    """Everything, checked; the folder where there is one to write."""
    if importlib.util.find_spec("matplotlib") is None:
        raise missing("matplotlib", "plot", f"Drawing {RESULTS[2]}")
    mover, told = method.optimizer(asked)
    train, test = sources.parted(sources.read(asked), asked.test_size, asked.seed)
    watched = test
    if asked.validation is not None:
        train, watched = sources.parted(train, asked.validation, asked.seed)
    _check_batches(asked, len(train.y))
    model = network(asked, train)
    recipe = {
        "loss": CrossEntropyLoss(label_smoothing=asked.label_smoothing),
        "optimizer": mover,
        "schedule": method.schedule(asked, len(train.y)),
        "clip_norm": asked.clip_norm,
        "penalty": method.penalty(asked),
        "replacement": asked.replacement,
        "validation": watched,
        "early_stopping": _early_stopping(asked),
        "checkpoint": _checkpoint(asked, ranks),
        "resume": asked.resume,
        "comm": comm,
        "sync_batchnorm": not asked.local_batchnorm,
    }
    folder = new_folder(asked) if ranks.first else Path()
    written = {"output": folder, "checkpoint": asked.checkpoint}
    settings = vars(asked) | {name: path and str(path) for name, path in written.items()}
    return Job(settings, train, test, model, folder, recipe, told, ranks)


def _check_batches(asked: argparse.Namespace, rows: int) -> None:
    """Refuse batches of one row where they are to be normalised."""
    if asked.batchnorm != "none" and 1 in (asked.batch_size, rows % asked.batch_size):
        got = f"{asked.batch_size}, which leaves one alone of {rows}"
        wanted = "batches of at least two samples, for --batchnorm"
        cure = f"Pass {asked.batch_size + 1}."
        raise ArgumentError(expected("--batch-size", wanted, got, cure))


def _early_stopping(asked: argparse.Namespace) -> EarlyStopping | None:
    """When to stop, by samples that are not those to test on."""
    if asked.patience is None:
        return None
    if asked.validation is None:
        cure = "Pass for instance --validation 0.2."
        wanted = "--validation, samples to choose the best epoch by"
        raise ArgumentError(expected("--patience", wanted, "none", cure))
    return EarlyStopping(asked.patience)


def _checkpoint(asked: argparse.Namespace, ranks: Ranks) -> Checkpoint | None:
    """Where to write what training can go on from."""
    if asked.checkpoint is not None:
        checkpoint = Checkpoint(asked.checkpoint)
        if ranks.first:
            checkpoint.check_path()
        return checkpoint
    if asked.resume:
        cure = "Pass for instance --checkpoint run.safetensors."
        raise ArgumentError(expected("--resume", "--checkpoint, the file", "none", cure))
    return None


def network(asked: argparse.Namespace, train: Dataset) -> Module:
    """The model asked for; one for a file standardises its inputs first."""
    units = [train.X.shape[1], *asked.hidden, len(train.classes)]
    model = MLP(
        units,
        asked.activation,
        dropout=asked.dropout,
        input_dropout=asked.input_dropout,
        batchnorm=False if asked.batchnorm == "none" else asked.batchnorm,
        init=asked.init,
        seed=asked.seed,
        dtype=train.X.dtype,
    )
    if not sources.is_file(asked.data):
        return model
    return Sequential(Standardize.of(train.X, dtype=train.X.dtype), model)


# The folder for the results


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
