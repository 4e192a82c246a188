"""What happens beside training: ``Callback``, which ``fit`` calls on its way, and early stopping.

The loop that calls them is in ``training/run.py``; what they are handed is a ``Run``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from .errors import ArgumentError, expected
from .history import VALIDATION
from .optimizers.options import flag, number

if TYPE_CHECKING:
    from .training.run import Run

MODES = {
    "loss": "min",
    "error": "min",
    **dict.fromkeys(("accuracy", "precision", "recall", "f1", "r2"), "max"),
}
"""By what its name ends in: whether a figure is to fall or to rise."""


class Callback:
    """What ``fit`` calls on its way; a subclass defines the methods it needs.

    Each is handed the ``Run``: ``run.model``, ``run.optimizer``, ``run.history``, ``run.epoch`` and
    ``run.batch`` (counted from 1), ``run.step`` (how many were taken), ``run.loss`` (of the last
    batch), and ``run.stop(why)``, which ends training after the batch or epoch at hand.

    Examples
    --------
    >>> class Target(nn.Callback):
    ...     def on_epoch_end(self, run):
    ...         if run.history["accuracy"][-1] > 0.9:
    ...             run.stop("good enough")
    >>> history = nn.fit(nn.MLP([64, 10]), nn.datasets.digits(), loss=nn.CrossEntropyLoss(),
    ...                  optimizer=nn.SGD(lr=0.5), callbacks=[Target()], progress=False)
    >>> history.stopped, history.epochs < 10
    ('good enough', True)
    """

    def on_fit_begin(self, run: Run) -> None:
        """Before the first step: the place to refuse a run."""

    def on_epoch_begin(self, run: Run) -> None:
        """Before the first batch of an epoch."""

    def on_batch_end(self, run: Run) -> None:
        """After a step."""

    def on_epoch_end(self, run: Run) -> None:
        """After an epoch, its figures being the last in ``run.history``."""

    def on_fit_end(self, run: Run) -> None:
        """After the last step, and after Ctrl-C."""

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, for a checkpoint: arrays, and what JSON knows."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""


class EachEpoch(Callback):
    """A function that is called after each epoch."""

    def __init__(self, function: Callable[[Run], Any]) -> None:
        self.function = function

    def on_epoch_end(self, run: Run) -> None:
        """Call it."""
        self.function(run)


class EarlyStopping(Callback):
    """Stop when a figure has not become better for some epochs, and go back to the best.

    Parameters
    ----------
    patience : int
        For how many epochs in a row it may fail to become better.
    min_delta : float
        By how much it has to change to count as better.
    restore_best : bool
        Leave the model as it was after its best epoch, however training ends, Ctrl-C included.
    monitor : str
        A column of the history: ``"val_loss"``, ``"val_accuracy"``, …
    mode : {"min", "max"}, optional
        Whether less or more is better; not needed for a loss or a metric of ``nn``. A figure
        that is NaN is never better.

    Attributes
    ----------
    best : float
        The best figure so far.
    best_epoch : int
        Its epoch; 0 before the first.
    waited : int
        Epochs since then.

    Examples
    --------
    >>> train, test = nn.datasets.digits("train"), nn.datasets.digits("test")
    >>> history = nn.fit(nn.MLP([64, 32, 10]), train, loss=nn.CrossEntropyLoss(), epochs=100,
    ...                  optimizer=nn.SGD(lr=0.5), validation=test, progress=False,
    ...                  early_stopping=nn.EarlyStopping(patience=2))
    >>> history.stopped
    'val_loss has not fallen for 2 epochs'
    >>> bool(history["val_loss"].argmin() + 1 == history.best_epoch == history.epochs - 2)
    True
    """

    def __init__(
        self,
        patience: int = 5,
        min_delta: float = 0.0,
        restore_best: bool = True,
        monitor: str = "val_loss",
        mode: str | None = None,
    ) -> None:
        whole = isinstance(patience, int) and not isinstance(patience, bool)
        if not whole or patience < 1:
            cure = "Pass for instance patience=5."
            wanted = "patience to be a positive whole number"
            raise ArgumentError(expected("EarlyStopping", wanted, repr(patience), cure))
        self.patience, self.monitor = patience, monitor
        self.min_delta = number(0.0)("EarlyStopping", "min_delta", min_delta)
        self.restore_best = flag("EarlyStopping", "restore_best", restore_best)
        self.mode = direction(monitor) if mode is None else mode
        if self.mode not in ("min", "max"):
            cure = "Say whether less or more of it is better."
            wanted = f"mode 'min' or 'max' for {monitor!r}"
            raise ArgumentError(expected("EarlyStopping", wanted, repr(mode), cure))
        self.reset()

    def reset(self) -> None:
        """Forget what it has seen."""
        self.best: float = -math.inf if self.mode == "max" else math.inf
        self.best_epoch, self.waited = 0, 0
        self.weights: dict[str, Any] = {}

    def on_fit_begin(self, run: Run) -> None:
        """Begin anew, unless the run was resumed; refuse to watch a figure that there is not."""
        if self.monitor not in run.history.names:
            cure = "Choose one of them."
            if self.monitor.startswith(VALIDATION):
                cure = "Pass validation= to fit, or choose one of them."
            wanted = f"monitor among {', '.join(run.history.names)}"
            raise ArgumentError(expected("EarlyStopping", wanted, repr(self.monitor), cure))
        if run.step == 0:
            self.reset()
        self.check_patience(run)

    def on_epoch_end(self, run: Run) -> None:
        """Compare, remember, and stop when patience is at its end."""
        value = run.history.rows[-1][self.monitor]
        if self.better(value):
            self.best, self.best_epoch, self.waited = value, run.epoch, 0
            if self.restore_best:
                self.weights = run.model.state_dict()
        else:
            self.waited += 1
        self.check_patience(run)

    def better(self, value: float) -> bool:
        """Whether a figure is better than the best so far."""
        if self.mode == "max":
            return bool(value > self.best + self.min_delta)
        return bool(value < self.best - self.min_delta)

    def check_patience(self, run: Run) -> None:
        """Stop the run if it has waited long enough."""
        if self.waited >= self.patience:
            moved = "fallen" if self.mode == "min" else "risen"
            epochs = "epochs" if self.waited > 1 else "epoch"
            run.stop(f"{self.monitor} has not {moved} for {self.waited} {epochs}")

    def on_fit_end(self, run: Run) -> None:
        """Go back to the best."""
        run.history.best_epoch = self.best_epoch or None
        if self.weights:
            run.model.load_state_dict(self.weights)

    def state_dict(self) -> dict[str, Any]:
        """What it has seen, and the best weights."""
        names = ("best", "best_epoch", "waited", "weights")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.best, self.best_epoch = float(state["best"]), int(state["best_epoch"])
        self.waited, self.weights = int(state["waited"]), dict(state["weights"])

    def __repr__(self) -> str:
        names = ("patience", "min_delta", "restore_best", "monitor", "mode")
        return f"EarlyStopping({', '.join(f'{n}={getattr(self, n)!r}' for n in names)})"


def direction(monitor: Any) -> str | None:
    """Whether less or more of a figure is better, if its name tells."""
    if not isinstance(monitor, str):
        cure = "Pass for instance monitor='val_loss'."
        raise ArgumentError(expected("EarlyStopping", "monitor to be a name", repr(monitor), cure))
    return next((mode for ending, mode in MODES.items() if monitor.endswith(ending)), None)


def callback(given: Any) -> Callback:
    """A callback as it is; a function as one."""
    if isinstance(given, Callback):
        return given
    if not callable(given) or isinstance(given, type):
        cure = "Pass callbacks=[function], which is called with the run after each epoch."
        raise ArgumentError(expected("callbacks", "functions or Callbacks", repr(given), cure))
    return EachEpoch(given)


def overriding(callbacks: Sequence[Callback], method: str) -> list[Callable[[Run], None]]:
    """That method of those callbacks which define it."""
    base = getattr(Callback, method)
    return [getattr(c, method) for c in callbacks if getattr(type(c), method) is not base]
