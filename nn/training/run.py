"""``Run``: a training under way. What to do with a batch is in ``step.py``."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy.typing as npt

from ..callbacks import Callback, overriding
from ..errors import ArgumentError, expected
from ..history import VALIDATION, History
from ..losses import Loss
from ..module import Module, in_mode
from ..optimizers import Optimizer
from ..schedules import Schedule
from .figures import Figures, measured
from .interrupt import Interrupt
from .progress import bar, tell
from .ranks import Ranks
from .rows import Order, Rows
from .step import Step, number

Array = npt.NDArray[Any]


@dataclass
class Run:
    """A training under way, which callbacks are handed.

    Attributes
    ----------
    model, optimizer, history
        What ``fit`` was given, and what it will return.
    epochs : int
        How many there are to be.
    epoch, batch : int
        Where it is: the epoch, and the batch in it, that were begun last, counted from 1.
    step : int
        How many steps were taken.
    loss : float
        That of the last batch, before its step.
    stopped : str, optional
        Why it is to end early.
    first : bool
        Whether this process is the one that writes and shows: rank 0, where there are several.
    """

    model: Module
    optimizer: Optimizer
    history: History
    epochs: int
    train: Rows
    valid: Rows | None
    order: Order
    move: Step
    figures: Figures
    schedule: Callable[[int], Any] | None
    callbacks: list[Callback]
    ranks: Ranks = field(default_factory=Ranks)
    epoch: int = 0
    batch: int = 0
    step: int = 0
    loss: float = math.nan
    stopped: str | None = None
    seconds: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    bar: Any = None
    interrupt: Interrupt = field(default_factory=Interrupt)
    finish: Callable[[Run], None] | None = None
    begun: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Note what it is begun with, as it has to be again for another run to go on with it."""
        options = self.optimizer.options() | {
            "groups": [dict(g.own) for g in self.optimizer.groups]
        }
        if self.schedule is not None:
            options.pop("lr", None)  # which the schedule changes, in the optimiser at hand too
        self.begun = {
            "loss": named(self.move.loss),
            "schedule": named(self.schedule),
            "options of the optimizer": json.loads(json.dumps(options, default=repr)),
            "clip_norm": self.move.clip_norm,
            "clip_value": self.move.clip_value,
        }

    @property
    def first(self) -> bool:
        """Whether this process is the one that writes and shows."""
        return self.ranks.first

    def stop(self, why: str = "stopped by a callback") -> None:
        """End training after the batch, or the epoch, at hand."""
        self.stopped = str(why)

    def go(self, progress: bool, rest: Iterator[Array] | None = None) -> History:
        """Train to the end, from the ``rest`` of an epoch on if that is given."""
        with self.interrupt:
            whole = self.train_on(progress, rest)
            self.history.interrupted = self.interrupt.pressed or not whole
            self.history.stopped = self.stopped
            if self.finish is not None and whole:
                self.finish(self)
            self.tell("on_fit_end")
        return self.history

    def train_on(self, progress: bool, rest: Iterator[Array] | None) -> bool:
        """Train to the end, or until Ctrl-C; whether no step was left half done."""
        total = self.epochs * self.order.batches
        try:
            shown = bar(total, self.step, progress and self.first)
            with in_mode(self.model, True), shown as self.bar:
                with self.ranks.together():
                    self.tell("on_fit_begin")
                while rest is not None or (self.goes_on() and self.epoch < self.epochs):
                    if not self.pass_over(rest):
                        break
                    rest = None
        except KeyboardInterrupt:
            if not self.ranks.alone:  # the others wait for what is half done
                raise
            return False
        return True

    def goes_on(self) -> bool:
        """Whether nothing has asked for an end, on any process."""
        if not self.ranks.alone:
            ends = self.ranks.agreed(self.stopped, self.interrupt.pressed)
            self.stopped, self.interrupt.pressed = ends
        return self.stopped is None and not self.interrupt.pressed

    def pass_over(self, rest: Iterator[Array] | None) -> bool:
        """One epoch, or the rest of it; whether it was completed."""
        if rest is None:
            self.figures.clear()
            self.epoch, self.batch = self.epoch + 1, 0
            rest = self.order.epoch()
            self.tell("on_epoch_begin")
        self.take_steps(rest)
        if self.batch < self.order.batches:
            return False
        self.close()
        return True

    def take_steps(self, batches: Iterator[Array]) -> None:
        """Train on batches until there are none, or until it is to end."""
        train, move, figures, schedule = self.train, self.move, self.figures, self.schedule
        after, more = overriding(self.callbacks, "on_batch_end"), move.figures.values()
        asks = self.ranks.alone or bool(after)
        for rows in batches:
            if schedule is not None:
                self.optimizer.lr = rate(schedule, self.step)
            x, y, weights = move.batch(train, rows)
            loss, output = move(x, y, weights)
            self.batch += 1
            self.step += 1
            self.loss = number(loss)
            figures.add(self.loss, output, y, weights, more)
            if self.bar is not None:
                self.bar.update()
            for call in after:
                call(self)
            if (asks or move.asked) and not self.goes_on():
                break

    def close(self) -> None:
        """Measure on the validation set, and enter the epoch into the history."""
        row = {"epoch": self.epoch, **self.figures.means(), "lr": self.optimizer.lr}
        if self.valid is not None:
            size = max(self.order.batch_size, 256)
            parts = self.model, self.valid, self.move.loss, self.figures.measures
            found = measured(*parts, size, self.ranks)
            row |= {VALIDATION + name: value for name, value in found.items()}
        self.history.add({**row, "seconds": self.ranks.of_first(self.elapsed())})
        if self.first:
            tell(self.history, self.bar)
        self.move.check()
        self.tell("on_epoch_end")

    def elapsed(self) -> float:
        """Seconds of training, those before it was resumed included."""
        return self.seconds + time.perf_counter() - self.started

    def tell(self, method: str) -> None:
        """Call the callbacks."""
        for call in overriding(self.callbacks, method):
            call(self)


def named(function: Any) -> str | None:
    """A loss or a schedule in words: with its options where it shows them."""
    if function is None or isinstance(function, Loss | Schedule):
        return None if function is None else repr(function)
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def rate(schedule: Callable[[int], Any], step: int) -> float:
    """What a schedule says of a step, checked."""
    value = schedule(step)
    try:
        lr = float(value)
    except (TypeError, ValueError):
        lr = math.nan
    if not 0 <= lr < math.inf:
        cure = "Return for instance 0.1, or use one of nn.schedules."
        wanted = f"a rate >= 0 from the schedule at step {step}"
        raise ArgumentError(expected("fit", wanted, repr(value), cure))
    return lr
