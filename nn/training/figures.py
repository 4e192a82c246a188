"""Loss and metrics over batches of different sizes, and ``evaluate``, which measures only."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..losses import CrossEntropyLoss
from ..metrics import Metric, is_average, metric, value_of
from ..module import Module, evaluating
from ..placement import like
from .ranks import Ranks
from .rows import Rows
from .step import LossFunction, number

Array = npt.NDArray[Any]
Metrics = Sequence[str | Metric]
ALONE = Ranks()


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
    ranks : Ranks
        The processes whose sums are to be put together.
    """

    def __init__(
        self,
        loss: LossFunction,
        measures: list[tuple[str, Metric]],
        more: Iterable[str] = (),
        ranks: Ranks = ALONE,
    ) -> None:
        self.ranks = ranks
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

    def put_together(self) -> None:
        """Let the sums be those of all processes."""
        if self.ranks.alone:
            return
        sums = self.ranks.sum(np.array([*self.totals, self.weight, self.rows], float))
        *self.totals, self.weight, self.rows = [*map(float, sums[:-1]), round(sums[-1])]
        if self.others:
            told = self.ranks.gathered((self.outputs, self.targets))
            self.outputs = [a for outputs, _ in told for a in outputs]
            self.targets = [a for _, targets in told for a in targets]

    def leave_to_first(self) -> None:
        """Sums that are of all processes stay with one of them."""
        if not self.ranks.first:
            self.clear()

    def means(self) -> dict[str, float]:
        """Per row, or of all rows of all processes; the loss per weight of rows."""
        self.put_together()
        first, *sums = self.totals
        names = [*(name for name, _ in self.averages), *self.more]
        found = {name: total / self.rows for name, total in zip(names, sums, strict=True)}
        found["loss"] = first / (self.rows if self.summed else self.weight)
        if self.others:
            output, target = np.concatenate(self.outputs), np.concatenate(self.targets)
            found |= {name: float(measure(output, target)) for name, measure in self.others}
        self.leave_to_first()
        return {name: found[name] for name in self.names}

    def state_dict(self) -> dict[str, Any]:
        """The sums so far, of all processes."""
        self.put_together()
        state = {"totals": list(self.totals), "rows": self.rows, "weight": self.weight}
        kept = {"outputs": self.outputs, "targets": self.targets}
        state |= {name: [np.concatenate(a)] if a else [] for name, a in kept.items()}
        self.leave_to_first()
        return state

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what ``state_dict`` gave."""
        self.totals = [float(total) for total in state["totals"]]
        self.rows, self.weight = int(state["rows"]), float(state["weight"])
        self.outputs, self.targets = list(state["outputs"]), list(state["targets"])
        self.leave_to_first()


def measured(
    model: Module,
    data: Rows,
    loss: LossFunction,
    measures: list[tuple[str, Metric]],
    batch_size: int,
    ranks: Ranks = ALONE,
) -> dict[str, float]:
    """Loss and metrics without training, every row counting alike."""
    figures = Figures(loss, measures, ranks=ranks)
    loss, by_class = without_class_weight_mean(loss, data.y)
    with evaluating(model):
        for x, y, _ in data.parts(batch_size, *ranks.part(len(data))):
            output = model(like(x, model))
            value, weights = number(loss(output, like(y, model))), None
            if by_class is not None:
                weights = by_class[y]
                value /= float(np.sum(weights)) or 1.0
            figures.add(value, output, y, weights)
    return figures.means()


def without_class_weight_mean(loss: Any, y: Array) -> tuple[Any, Array | None]:
    """A loss, as a sum if its mean is over weights of classes; and those weights then."""
    weights = getattr(loss, "class_weight", None)
    if weights is None or loss.reduction != "mean" or y.dtype.kind not in "iu":
        return loss, None
    summed = copy.copy(loss)
    summed.reduction = "sum"
    return summed, np.asarray(weights, float)


def measures_of(loss: LossFunction, y: Any, metrics: Metrics | None) -> list[tuple[str, Metric]]:
    """Metrics with their names: those asked for, or those that are usual."""
    if metrics is None:
        classes = np.ndim(y) == 1 and np.asarray(y).dtype.kind in "iu"
        metrics = ("accuracy",) if isinstance(loss, CrossEntropyLoss) and classes else ()
    return [metric(m) for m in metrics]
