"""Where data come from: sets that are shipped, toy sets, and files of one's own."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path

from .. import datasets
from ..datasets import Dataset
from ..errors import ArgumentError, expected
from .parsing import Parser, amount, part, seed, whole

SHIPPED: dict[str, Callable[..., Dataset]] = {
    "digits": datasets.digits,
    "mnist10k": datasets.mnist10k,
}
TOYS: dict[str, Callable[..., Dataset]] = {
    "moons": datasets.make_moons,
    "circles": datasets.make_circles,
    "spirals": datasets.make_spirals,
    "blobs": datasets.make_blobs,
}
FILES = "a .csv file, an .npz archive or an IDX file"
IDX = re.compile(r"(\.idx|idx\d-ubyte)(\.gz)?$")


def add_options(parser: Parser, test_size: float | None) -> None:
    """What to read, and what of it to hold out."""
    add = parser.add_argument_group("data").add_argument
    add(
        "--data",
        default="digits",
        help=f"{', '.join([*SHIPPED, *TOYS])}, a .csv file, an .npz archive or an IDX file of "
        "inputs",
    )
    add(
        "--target",
        help="column of the classes in a .csv file (name or position), their array in an .npz, or "
        "the IDX file of the labels",
    )
    add("--samples", type=whole, help=f"how many samples of {', '.join(TOYS)}")
    add("--noise", type=amount, help="standard deviation of their noise")
    add("--test-size", type=part, default=test_size, help="share of the samples to test on")
    add("--seed", type=seed, default=0, help="the same seed gives the same run")


def is_file(source: str) -> bool:
    """Whether a source is a file of one's own."""
    return source not in SHIPPED and source not in TOYS


def read(asked: argparse.Namespace) -> Dataset:
    """The data asked for."""
    source, target = asked.data, asked.target
    _check_meant(asked)
    if source in SHIPPED:
        return SHIPPED[source]()
    if source in TOYS:
        return _toy(asked)
    ending = Path(source).suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return datasets.read_csv(source, -1 if target is None else target)
    if ending == ".npz":
        return datasets.read_npz(source, target=target)
    if IDX.search(source):
        if target is None:
            cure = "Pass for instance --target train-labels-idx1-ubyte.gz."
            raise ArgumentError(expected("--target", "the IDX file of the labels", "none", cure))
        return datasets.read_idx(source, target)
    cure = "Save a table as .csv, or arrays X and y with np.savez."
    wanted = f"{', '.join([*SHIPPED, *TOYS])}, {FILES}"
    raise ArgumentError(expected("--data", wanted, repr(source), cure))


def _check_meant(asked: argparse.Namespace) -> None:
    """Refuse options that mean nothing for this source."""
    if asked.target is not None and not is_file(asked.data):
        cure = "Leave --target out."
        raise ArgumentError(expected("--target", "a file as --data", asked.data, cure))
    for name in ("samples", "noise"):
        if getattr(asked, name) is not None and asked.data not in TOYS:
            wanted, cure = f"--data {', '.join(TOYS)}", f"Leave --{name} out."
            raise ArgumentError(expected(f"--{name}", wanted, asked.data, cure))


def _toy(asked: argparse.Namespace) -> Dataset:
    options = {"n_samples": asked.samples or 1000, "seed": asked.seed}
    if asked.noise is not None:
        options["cluster_std" if asked.data == "blobs" else "noise"] = asked.noise
    return TOYS[asked.data](**options)


def parted(data: Dataset, test_size: float, by: int) -> tuple[Dataset, Dataset]:
    """Data to train on, and data held out, each with its names."""
    X, X_held, y, y_held = datasets.train_test_split(data.X, data.y, test_size, by)
    kept, held = (
        Dataset(*pair, data.classes, data.features) for pair in ((X, y), (X_held, y_held))
    )
    return kept, held
