"""The options of training, and the job they describe."""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path

from ..datasets import Dataset
from ..errors import ArgumentError, expected, missing
from ..init import INITIALIZERS
from ..job import RESULTS, Job
from ..layers import ACTIVATIONS, MLP, Sequential, Standardize
from ..losses import CrossEntropyLoss
from ..module import Module
from ..optimizers import SGD, AdaGrad, Adam, AdamW, Optimizer, RMSProp
from . import sources
from .parsing import Parser, amount, choice, fraction, fractions, part, positive, sizes, whole

ABOUT = (
    f"train a multi-layer perceptron to classify, and write {', '.join(RESULTS)} to a new folder"
)
OPTIMIZERS: dict[str, tuple[type[Optimizer], float, tuple[str, ...]]] = {
    "sgd": (SGD, 0.1, ("momentum", "nesterov")),
    "adagrad": (AdaGrad, 0.05, ()),
    "rmsprop": (RMSProp, 0.001, ("momentum",)),
    "adam": (Adam, 0.001, ()),
    "adamw": (AdamW, 0.001, ()),
}
"""Each optimiser with its usual rate, and the options that mean something to it."""
OPTIONS = ("lr", "momentum", "nesterov", "weight_decay", "max_norm")
MOMENTUM = 0.9
"""The usual momentum of sgd."""


def add_options(parser: Parser) -> None:
    """Everything about training."""
    sources.add_options(parser, test_size=0.2)
    _add_network_options(parser)
    _add_training_options(parser)
    add = parser.add_argument_group("run").add_argument
    add(
        "--output",
        type=Path,
        help="new or empty folder for the results; runs/<data>-001 or next if not given",
    )
    add("--quiet", action="store_true", help="print one line only")


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
    add("--batch-size", type=whole, default=32, help="samples per step")
    add("--optimizer", type=choice(OPTIMIZERS), default="sgd", help=", ".join(OPTIMIZERS))
    rates = ", ".join(f"{rate:g} for {name}" for name, (_, rate, _) in OPTIMIZERS.items())
    add("--lr", type=positive, help=f"learning rate; if not given {rates}")
    add(
        "--momentum",
        type=fraction,
        help=f"part of the last step that is kept; {MOMENTUM} for sgd if not given",
    )
    add("--nesterov", action="store_true", help="look ahead along the momentum")
    add("--weight-decay", type=amount, default=0.0, help="pull of all parameters towards zero")
    add("--max-norm", type=positive, help="limit of the norm of each unit's incoming weights")
    add(
        "--label-smoothing",
        type=fraction,
        default=0.0,
        help="part of each label that is shared out among all classes",
    )


# Before training


def prepared(asked: argparse.Namespace) -> Callable[[], int]:
    """Data, model and folder; the folder is made last, when nothing else can go wrong."""
    if importlib.util.find_spec("matplotlib") is None:
        raise missing("matplotlib", "plot", f"Drawing {RESULTS[2]}")
    mover, told = optimizer(asked)
    train, test = sources.parted(sources.read(asked), asked.test_size, asked.seed)
    watched = test
    if asked.validation is not None:
        train, watched = sources.parted(train, asked.validation, asked.seed)
    _check_batches(asked, len(train.y))
    model = network(asked, train)
    recipe = {
        "loss": CrossEntropyLoss(label_smoothing=asked.label_smoothing),
        "optimizer": mover,
        "validation": watched,
    }
    folder = new_folder(asked)
    settings = {**vars(asked), "output": str(folder)}
    return Job(settings, train, test, model, folder, recipe, told).run


def _check_batches(asked: argparse.Namespace, rows: int) -> None:
    """Refuse batches of one row where they are to be normalised."""
    if asked.batchnorm != "none" and 1 in (asked.batch_size, rows % asked.batch_size):
        got = f"{asked.batch_size}, which leaves one alone of {rows}"
        wanted = "batches of at least two samples, for --batchnorm"
        cure = f"Pass {asked.batch_size + 1}."
        raise ArgumentError(expected("--batch-size", wanted, got, cure))


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
    return Sequential(Standardize.to(train.X, dtype=train.X.dtype), model)


def optimizer(asked: argparse.Namespace) -> tuple[Optimizer, str]:
    """The optimiser asked for, and what to say of it; its usual rate and momentum if none are."""
    kind, usual, known = OPTIMIZERS[asked.optimizer]
    asked.lr = usual if asked.lr is None else asked.lr
    if asked.momentum is None and asked.optimizer == "sgd":
        asked.momentum = MOMENTUM
    given = {name: getattr(asked, name) for name in OPTIONS}
    options = {name: value for name, value in given.items() if value}
    for name in ("momentum", "nesterov"):
        if name in options and name not in known:
            able = " or ".join(o for o, (_, _, names) in OPTIMIZERS.items() if name in names)
            cure = f"Leave --{name} out."
            raise ArgumentError(expected(f"--{name}", f"--optimizer {able}", asked.optimizer, cure))
    if asked.nesterov and not asked.momentum:
        cure = "Leave --nesterov out."
        raise ArgumentError(expected("--nesterov", "--momentum above 0", "0", cure))
    told = [name if v is True else f"{name.replace('_', ' ')} {v:g}" for name, v in options.items()]
    return kind(**options), f"{kind.__name__} with {', '.join(told)}"


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
