"""Loss and metrics over batches of different sizes, and ``evaluate``, which measures only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..losses import CrossEntropyLoss
from ..metrics import Metric, is_average, metric, value_of
from ..module import Module, evaluating
from .rows import Rows
from .step import LossFunction, number

Array = npt.NDArray[Any]
Metrics = Sequence[str | Metric]


class Figures:
    """Sums of what was measured on batches.

    Of a metric that is no average over samples, such as R² or one of the caller's own, there is no
    sum: it is computed of all outputs at once, which are kept until then.

    Parameters
    ----------
    loss : callable
    measures : list of (str, callable)
    more : iterable of str
        What else is measured, by whoever calls ``add``.
    """

    def __init__(
        self,
        loss: LossFunction,
        measures: list[tuple[str, Metric]],
        more: Iterable[str] = (),
    ) -> None:
        self.summed = getattr(loss, "reduction", "mean") == "sum"
        self.measures, self.more = measures, tuple(more)
        self.averages = [m for m in measures if is_average(m[1])]
        self.others = [m for m in measures if not is_average(m[1])]
        self.names = ("loss", *(name for name, _ in measures), *self.more)
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.totals = [0.0] * (1 + len(self.averages) + len(self.more))
        self.rows, self.weight = 0, 0.0
        self.outputs: list[Array] = []
        self.targets: list[Array] = []

    def add(
        self,
        loss: float,
        output: Any,
        target: Array,
        weights: Array | None = None,
        more: Iterable[float] = (),
    ) -> None:
        """Count a batch."""
        n = len(target)
        share = float(n) if weights is None else float(np.sum(weights))
        self.rows += n
        self.weight += share
        self.totals[0] += loss * (1 if self.summed else share)
        i = 0
        for i, (_, measure) in enumerate(self.averages, 1):
            self.totals[i] += float(measure(output, target)) * n
        for j, value in enumerate(more, i + 1):
            self.totals[j] += value * n
        if self.others:
            self.outputs.append(np.array(value_of(output)))
            self.targets.append(target)

    def means(self) -> dict[str, float]:
        """Per row, or of all rows; the loss per weight of rows."""
        first, *sums = self.totals
        names = [*(name for name, _ in self.averages), *self.more]
        found = {name: total / self.rows for name, total in zip(names, sums, strict=True)}
        found["loss"] = first / (self.rows if self.summed else self.weight)
        if self.others:
            output, target = np.concatenate(self.outputs), np.concatenate(self.targets)
            found |= {name: float(measure(output, target)) for name, measure in self.others}
        return {name: found[name] for name in self.names}

    def state_dict(self) -> dict[str, Any]:
        """The sums so far."""
        state = {"totals": list(self.totals), "rows": self.rows, "weight": self.weight}
        kept = {"outputs": self.outputs, "targets": self.targets}
        return state | {name: [np.concatenate(a)] if a else [] for name, a in kept.items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.totals = [float(total) for total in state["totals"]]
        self.rows, self.weight = int(state["rows"]), float(state["weight"])
        self.outputs, self.targets = list(state["outputs"]), list(state["targets"])


def measured(
    model: Module,
    data: Rows,
    loss: LossFunction,
    measures: list[tuple[str, Metric]],
    batch_size: int,
) -> dict[str, float]:
    """Loss and metrics without training, every row counting alike."""
    figures = Figures(loss, measures)
    with evaluating(model):
        for x, y, _ in data.parts(batch_size):
            output = model(x)
            figures.add(number(loss(output, y)), output, y)
    return figures.means()


def measures_of(loss: LossFunction, y: Any, metrics: Metrics | None) -> list[tuple[str, Metric]]:
    """Metrics with their names: those asked for, or those that are usual."""
    if metrics is None:
        classes = np.ndim(y) == 1 and np.asarray(y).dtype.kind in "iu"
        metrics = ("accuracy",) if isinstance(loss, CrossEntropyLoss) and classes else ()
    return [metric(m) for m in metrics]
