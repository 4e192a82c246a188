"""``fit`` and ``evaluate``: the loop everybody writes, its input checked before the first step.

The same by hand is five lines: loss, zero_grad, backward, step, again. What is remembered is in
``history.py``.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np
import numpy.typing as npt

from .data import batches, check_finite, check_pair, whole
from .errors import ArgumentError, DataError, expected
from .history import VALIDATION, History
from .losses import CrossEntropyLoss, Loss
from .metrics import Metric, metric
from .module import Module, evaluating, in_mode
from .optimizers import Optimizer

Array = npt.NDArray[Any]
LossFunction = Callable[[Any, Any], Any]
Metrics = Sequence[str | Metric]


def fit(
    model: Module,
    data: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    loss: LossFunction,
    optimizer: Optimizer,
    epochs: int = 10,
    batch_size: int = 32,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    metrics: Metrics | None = None,
    seed: int | np.random.Generator = 0,
    progress: bool = True,
) -> History:
    """Train a model on mini-batches.

    Parameters
    ----------
    model : Module
        Changed in place, and left in the mode (training or evaluation) it was in.
    data : (array_like, array_like)
        Inputs X, shape (n, ...), and targets y, shape (n, ...). Floating inputs and targets are
        converted to the model's dtype, batch by batch.
    loss : callable
        ``loss(output, target)`` gives a scalar, the mean over the batch (or its sum, for a ``Loss``
        whose reduction says so).
    optimizer : Optimizer
        Bound to the model's parameters, or to none yet: then it is bound to them now.
    epochs, batch_size : int
        Each epoch deals all rows out once, in another random order.
    validation : (array_like, array_like), optional
        More data to measure loss and metrics on after every epoch.
    metrics : sequence of str or callable, optional
        What else to measure; accuracy by default when the loss is a ``CrossEntropyLoss`` with class
        indices. On the training data this is the mean over the epoch's batches, each before its
        step.
    seed : int or numpy.random.Generator
        Where the order of rows comes from. The same seed gives the same run, bit for bit.
    progress : bool
        Show a bar, in a terminal or a notebook.

    Returns
    -------
    History
        ``epoch``, ``loss``, the metrics, the same with the prefix ``val_`` for the validation data,
        and ``seconds`` since the start. After Ctrl-C it holds the epochs completed so far and
        ``interrupted`` is True; the model keeps what it has learned.

    Raises
    ------
    DataError, ShapeError, ArgumentError
        Something does not fit. Nothing has been trained then.

    Examples
    --------
    >>> X, y = nn.datasets.digits()
    >>> model = nn.MLP([64, 32, 10])
    >>> history = nn.fit(model, (X, y), loss=nn.CrossEntropyLoss(),
    ...                  optimizer=nn.SGD(lr=0.1, momentum=0.9), epochs=3, progress=False)
    >>> history.epochs, bool(history["accuracy"][-1] > 0.9)
    (3, True)
    """
    whole("epochs", epochs), whole("batch_size", batch_size)
    measures = [metric(m) for m in (_default(loss, data[1]) if metrics is None else metrics)]
    train = _checked("fit", model, loss, data)
    valid = None if validation is None else _checked("fit, validation", model, loss, validation)
    _bind(optimizer, model)
    shown = ["loss", *(name for name, _ in measures)]
    history = History(["epoch", *shown, *(VALIDATION + n for n in shown if valid), "seconds"])
    rng, start = np.random.default_rng(seed), time.perf_counter()
    try:
        with in_mode(model, True), _bar(epochs * -(-len(train[0]) // batch_size), progress) as bar:
            for epoch in range(1, epochs + 1):
                row = _epoch(model, train, loss, optimizer, batch_size, measures, rng, bar)
                if valid is not None:
                    figures = _measured(model, valid, loss, measures, max(batch_size, 256))
                    row |= {VALIDATION + name: value for name, value in figures.items()}
                history.add({"epoch": epoch, **row, "seconds": time.perf_counter() - start})
                _tell(history, bar)
    except KeyboardInterrupt:
        history.interrupted = True
    return history


def evaluate(
    model: Module,
    data: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    loss: LossFunction,
    metrics: Metrics | None = None,
    batch_size: int = 1024,
) -> dict[str, float]:
    """Loss and metrics of a model on some data, in evaluation mode.

    Parameters
    ----------
    model, data, loss, metrics
        As for ``fit``.
    batch_size : int
        Rows to compute at a time.

    Returns
    -------
    dict of str to float
        ``loss`` and each metric, over all rows.

    Examples
    --------
    >>> model = nn.MLP([64, 10])
    >>> sorted(nn.evaluate(model, nn.datasets.digits("test"), loss=nn.CrossEntropyLoss()))
    ['accuracy', 'loss']
    """
    whole("batch_size", batch_size)
    measures = [metric(m) for m in (_default(loss, data[1]) if metrics is None else metrics)]
    return _measured(model, _checked("evaluate", model, loss, data), loss, measures, batch_size)


# One pass over the data


def _epoch(
    model: Module,
    data: tuple[Array, Array],
    loss: LossFunction,
    optimizer: Optimizer,
    batch_size: int,
    measures: list[tuple[str, Metric]],
    rng: np.random.Generator,
    bar: Any,
) -> dict[str, float]:
    """Train on every row once; loss and metrics on the way."""
    sums = _Sums(loss, measures)
    for x, y in batches(*data, batch_size, rng):
        x, y = _converted(x, y, model.dtype)
        output = model(x)
        value = loss(output, y)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        sums.add(value, output, y)
        if bar is not None:
            bar.update()
    return sums.means()


def _measured(
    model: Module,
    data: tuple[Array, Array],
    loss: LossFunction,
    measures: list[tuple[str, Metric]],
    batch_size: int,
) -> dict[str, float]:
    """Loss and metrics without training."""
    sums = _Sums(loss, measures)
    with evaluating(model):
        for x, y in batches(*data, batch_size, shuffle=False):
            x, y = _converted(x, y, model.dtype)
            output = model(x)
            sums.add(loss(output, y), output, y)
    return sums.means()


class _Sums:
    """Loss and metrics over batches of different sizes."""

    def __init__(self, loss: LossFunction, measures: list[tuple[str, Metric]]) -> None:
        self.summed = getattr(loss, "reduction", "mean") == "sum"
        self.measures = measures
        self.totals = [0.0] * (1 + len(measures))
        self.rows = 0

    def add(self, value: Any, output: Any, target: Array) -> None:
        """Count a batch."""
        n = len(target)
        self.rows += n
        self.totals[0] += float(np.asarray(getattr(value, "value", value))) * (
            1 if self.summed else n
        )
        for i, (_, measure) in enumerate(self.measures, 1):
            self.totals[i] += float(measure(output, target)) * n

    def means(self) -> dict[str, float]:
        """Per row."""
        names = ["loss", *(name for name, _ in self.measures)]
        return {name: total / self.rows for name, total in zip(names, self.totals, strict=True)}


def _converted(x: Array, y: Array, dtype: np.dtype[Any]) -> tuple[Array, Array]:
    """A batch with inputs, and targets that are no class indices, in the model's dtype."""
    return x.astype(dtype, copy=False), y.astype(dtype, copy=False) if y.dtype.kind == "f" else y


# Before the first step


def _checked(what: str, model: Module, loss: LossFunction, data: Any) -> tuple[Array, Array]:
    """The data as arrays, after everything that can be wrong with them has been looked for."""
    if not isinstance(data, Sequence) or len(data) != 2:
        raise DataError(expected(what, "a pair (X, y)", type(data).__name__, "Pass (X, y)."))
    X, y = np.asarray(data[0]), np.asarray(data[1])
    check_pair(what, X, y)
    check_finite(f"{what}, X", X)
    check_finite(f"{what}, y", y)
    with evaluating(model):
        x, target = _converted(X[:2], y[:2], model.dtype)
        output = model(x)
        if isinstance(loss, Loss):
            loss.check((len(X), *np.shape(getattr(output, "value", output))[1:]), y)
        value: Any = loss(output, target)
        shape = np.shape(getattr(value, "value", value))
    if shape != ():
        cure = "Use reduction='mean'."
        raise ArgumentError(
            expected(what, "a loss that is one number per batch", f"shape {shape}", cure)
        )
    return X, y


def _default(loss: LossFunction, y: Any) -> Metrics:
    """The metrics to show when none are asked for."""
    classes = np.ndim(y) == 1 and np.asarray(y).dtype.kind in "iu"
    return ("accuracy",) if isinstance(loss, CrossEntropyLoss) and classes else ()


def _bind(optimizer: Optimizer, model: Module) -> None:
    """Let the optimizer move the model's parameters, unless it moves some of them already."""
    if optimizer.params is None:
        optimizer.bind(model.parameters())
    elif not {id(p) for p in optimizer.params} & {id(p) for p in model.parameters()}:
        got = "one bound to those of another model"
        cure = "Make a new optimizer for this model."
        raise ArgumentError(expected("fit", "an optimizer of the model's parameters", got, cure))


# On the way


def _bar(steps: int, progress: bool) -> AbstractContextManager[Any]:
    """A progress bar of so many steps, or None."""
    if not progress:
        return nullcontext(None)
    from tqdm.auto import tqdm

    bar: AbstractContextManager[Any] = tqdm(total=steps, unit="batch", dynamic_ncols=True)
    return bar


def _tell(history: History, bar: Any) -> None:
    """Show the figures of the last epoch; warn when they are no numbers any more."""
    last = history.rows[-1]
    if bar is not None:
        bar.set_description(f"epoch {last['epoch']:.0f}", refresh=False)
        shown = {n: f"{v:.4f}" for n, v in last.items() if n not in ("epoch", "seconds")}
        bar.set_postfix(shown, refresh=False)
    if not math.isfinite(last["loss"]) and all(
        math.isfinite(row["loss"]) for row in history.rows[:-1]
    ):
        warnings.warn(
            f"The loss became {last['loss']} in epoch {last['epoch']:.0f}. "
            "Lower the learning rate.",
            RuntimeWarning,
            stacklevel=3,
        )
