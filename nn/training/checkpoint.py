"""``Checkpoint``: a training as a file, from which a later call of ``fit`` goes on bit for bit.

How the file is written is in ``packing.py``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..callbacks import Callback
from ..data import whole
from ..errors import ArgumentError, ModelFileError, NNError, StateError, expected
from ..files import FilePath, remove_unfinished
from ..optimizers.options import one_of, positive
from .packing import read_tree, write_tree
from .run import Run

KEY, VERSION = "nn.checkpoint", 1
UNITS = ("epochs", "steps", "seconds")
MISFIT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
"""What putting back raises on a tree that no ``Checkpoint`` has written."""


class Checkpoint(Callback):
    """Write all that a training needs to go on, again and again while it goes on.

    Hand it to ``fit`` as ``checkpoint=``; another call of ``fit`` with the same arguments and with
    ``resume=`` ends as if the first had not been interrupted, bit for bit. The file holds
    parameters, buffers, the optimiser's state, the place in the schedule and in the data, all
    random states, the history, and what early stopping and other callbacks remember. It appears
    whole or not at all, and any program that knows safetensors can read the arrays.

    Parameters
    ----------
    path : str or path-like
        The file; an earlier one is replaced.
    every : int or float
        How often; one more is written when training ends.
    unit : {"epochs", "steps", "seconds"}
        Of what. All but epochs may fall into the middle of one.
    keep : int
        How many files to keep: ``run.safetensors`` is the last, ``run.1.safetensors`` the one
        before, and so on.

    Examples
    --------
    >>> def train(**options):
    ...     model = nn.MLP([64, 16, 10], dropout=0.2, seed=0)
    ...     nn.fit(model, nn.datasets.digits(), loss=nn.CrossEntropyLoss(), optimizer=nn.Adam(),
    ...            progress=False, checkpoint=nn.Checkpoint("run.safetensors"), **options)
    ...     return model
    >>> half = train(epochs=1)
    >>> resumed = train(epochs=2, resume=True)
    >>> whole = train(epochs=2)
    >>> bool(np.all(resumed[0].weight.value == whole[0].weight.value))
    True
    """

    def __init__(
        self, path: FilePath, every: float = 1, unit: str = "epochs", keep: int = 1
    ) -> None:
        self.path, self.keep = Path(path), whole("Checkpoint, keep", keep)
        self.unit = one_of(*UNITS)("Checkpoint", "unit", unit)
        if self.unit == "seconds":
            self.every = float(positive("Checkpoint", "every", every))
        else:
            self.every = whole("Checkpoint, every", every)
        self.last: tuple[int, int] | None = None
        self.seconds = 0.0

    def on_fit_begin(self, run: Run) -> None:
        """Refuse a path that cannot be written; remove what a killed run has left half written."""
        self.last, self.seconds = None, run.elapsed()
        if run.first:
            self.check_path()
            remove_unfinished(self.path)

    def check_path(self) -> None:
        """Refuse a path that cannot be written."""
        if self.path.is_dir() or not os.access(self.path.absolute().parent, os.W_OK):
            cure = "Name a file in a folder that exists and may be written."
            raise ModelFileError(
                expected("Checkpoint", "a file that can be written", str(self.path), cure)
            )

    def on_batch_end(self, run: Run) -> None:
        """Write it if so many steps or seconds are over."""
        if self.unit == "steps":
            due = run.step % self.every == 0
        else:
            due = self.unit == "seconds" and run.ranks.of_first(
                run.elapsed() - self.seconds >= self.every
            )
        if due:
            self.write(run)

    def on_epoch_end(self, run: Run) -> None:
        """Write it if so many epochs are over."""
        if self.unit == "epochs" and run.epoch % self.every == 0:
            self.write(run)

    def finish(self, run: Run) -> None:
        """Write the end, unless it is written already."""
        if self.last != place(run):
            self.write(run)

    def write(self, run: Run) -> None:
        """Write it now; where several processes train, the first does and all have to call it."""
        state = state_of(run)
        with run.ranks.together():
            if run.first:
                if self.keep > 1 and self.path.exists():
                    self.shift()
                write_tree(self.path, KEY, state)
        self.last, self.seconds = place(run), run.elapsed()

    def shift(self) -> None:
        """Make room: each file takes the place of the one before; the last one stays, too."""
        for i in range(self.keep - 1, 1, -1):
            if self.numbered(i - 1).exists():
                os.replace(self.numbered(i - 1), self.numbered(i))
        first = self.numbered(1)
        first.unlink(missing_ok=True)
        try:
            os.link(self.path, first)
        except OSError:  # where files cannot have two names
            shutil.copy2(self.path, first)

    def numbered(self, i: int) -> Path:
        """The file that was written so many times before the last."""
        return self.path.with_name(f"{self.path.stem}.{i}{self.path.suffix}")


# A run as plain data and arrays


def place(run: Run) -> tuple[int, int]:
    """How far it has come."""
    return run.step, run.history.epochs


def state_of(run: Run) -> dict[str, Any]:
    """All that decides how a run goes on."""
    return {
        "version": VERSION,
        "settings": settings_of(run),
        "epoch": run.epoch,
        "batch": run.batch,
        "step": run.step,
        "loss": run.loss,
        "seconds": run.elapsed(),
        "figures": run.figures.state_dict(),
        "history": run.history.rows,
        "order": {"before": run.order.before, "now": run.order.rng.bit_generator.state},
        "generators": {n: g.bit_generator.state for n, g in run.model.named_generators()},
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "callbacks": [c.state_dict() for c in remembering(run)],
    }


def settings_of(run: Run) -> dict[str, Any]:
    """What has to be the same for a run to go on."""
    return {
        "dtype": str(run.model.dtype),
        "rows": len(run.train),
        "batch_size": run.order.batch_size,
        "batches per epoch": run.order.batches,
        "replacement": run.order.replacement,
        "columns of the history": list(run.history.names),
        "optimizer": type(run.optimizer).__name__,
        "random generators": [
            f"{name}: {type(g.bit_generator).__name__}" for name, g in run.model.named_generators()
        ],
        "generator of the order": type(run.order.rng.bit_generator).__name__,
        "callbacks": [type(c).__name__ for c in remembering(run)],
        "checksum of the data": run.train.checksum(),
        **run.begun,
    }


def remembering(run: Run) -> list[Callback]:
    """The callbacks that have a state."""
    return [c for c in run.callbacks if type(c).state_dict is not Callback.state_dict]


# Going on


def resume(run: Run, path: FilePath) -> Iterator[Any] | None:
    """Bring a run to where a file was written; the rest of the epoch, if it was in one.

    An error if the file does not fit the run, which is unchanged then.
    """
    with run.ranks.together():
        read = read_tree(path, KEY, "a checkpoint of nn.fit") if run.first else None
    tree: Any = run.ranks.of_first(read)
    with all_or_nothing(run, path):
        check_settings(run, path, tree)
        put_back(run, tree)
        run.history.rows = [{n: row[n] for n in run.history.names} for row in tree["history"]]
        run.figures.load_state_dict(tree["figures"])
        run.epoch, run.batch, run.step = (int(tree[n]) for n in ("epoch", "batch", "step"))
        run.loss, run.seconds = float(tree["loss"]), float(tree["seconds"])
        if run.history.epochs < run.epoch:
            return run.order.again(tree["order"]["before"], run.batch)
    return None


def put_back(run: Run, tree: Any) -> None:
    """Give everything that lives longer than the run the state it has in a tree."""
    run.model.load_state_dict(tree["model"])
    run.optimizer.load_state_dict(tree["optimizer"])
    for own, state in zip(remembering(run), tree["callbacks"], strict=True):
        own.load_state_dict(state)
    for name, generator in run.model.named_generators():
        generator.bit_generator.state = tree["generators"][name]
    run.order.rng.bit_generator.state = tree["order"]["now"]


def check_settings(run: Run, path: FilePath, tree: Any) -> None:
    """Refuse a file of another run."""
    if tree["version"] != VERSION:
        cure = "Use the version of nn that wrote it."
        wanted = f"a checkpoint of version {VERSION}"
        raise ModelFileError(expected(str(path), wanted, repr(tree["version"]), cure))
    for name, ours in settings_of(run).items():
        theirs = tree["settings"][name]
        if ours != theirs:
            cure = "Pass what the run was begun with, or leave resume out."
            what = f"fit, resumed from {path},"
            raise StateError(expected(what, f"{name} {theirs!r}", repr(ours), cure))
    if run.epochs < tree["epoch"]:
        cure = f"Pass epochs={tree['epoch']} or more."
        what = f"fit, resumed from {path},"
        raise StateError(expected(what, f"epochs >= {tree['epoch']}", str(run.epochs), cure))


@contextmanager
def all_or_nothing(run: Run, path: FilePath) -> Iterator[None]:
    """Run the body; if it fails, undo what it has done and say that the file does not fit."""
    before = state_of(run)
    try:
        yield
    except Exception as error:
        put_back(run, before)
        if isinstance(error, NNError):
            raise
        if isinstance(error, MISFIT):
            cure = "The file is damaged, or of another run: use another."
            wanted = "a checkpoint of this run"
            raise ModelFileError(
                expected(str(path), wanted, f"another ({error!r})", cure)
            ) from None
        raise


def source_of(given: Any, checkpoint: Checkpoint | None) -> FilePath | None:
    """The file to go on from: the one named, or that of the checkpoint if there is one."""
    if given is None or given is False:
        return None
    if given is True:
        if checkpoint is None:
            cure = "Pass checkpoint=nn.Checkpoint(path), or the path as resume."
            raise ArgumentError(expected("fit", "a checkpoint, to resume", "none", cure))
        return checkpoint.path if checkpoint.path.exists() else None
    if not isinstance(given, str | os.PathLike):
        cure = "Pass the path of a checkpoint, or True for that of checkpoint=."
        raise ArgumentError(expected("fit", "resume, a path or True", repr(given), cure))
    return given
