"""Data-parallel training: each process takes its shard of every batch, gradients are added up.

Every process has all data and all parameters. It computes the gradient of its rows' part of the
loss; one sum of one flat array over all processes makes it that of the batch, and all take the same
step. Who the processes are, and how they fail together, is in ``ranks.py``; what layers know of it,
in ``shard.py``.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..layers import BatchNorm
from ..losses.reduction import check_sum
from ..metrics import Metric
from ..module import Module
from ..optimizers.flat import folded, in_fortran_order
from ..shard import SHARD, Shard
from .checkpoint import settings_of
from .compiling import compiled
from .figures import Figures, without_class_weight_mean
from .interrupt import Interrupt
from .ranks import Ranks
from .rows import Rows
from .run import Run
from .step import Array, Step, number


class ParallelStep(Step):
    """What ``fit`` does with a batch, on each of many processes.

    Parameters
    ----------
    *given
        As for ``Step``.
    backend : str, optional
        Compile what comes before gradients are added up.
    ranks : Ranks
    train : Rows
    sync_batchnorm : bool
        Let ``BatchNorm`` normalise by the whole batch, as one process would; otherwise by the
        shard, and the running statistics are averages over the shards'.
    """

    def __init__(
        self, *given: Any, backend: str | None, ranks: Ranks, train: Rows, sync_batchnorm: bool
    ) -> None:
        super().__init__(*given)
        self.ranks, self.interrupt = ranks, Interrupt()
        self.shares_statistics = exchanges(self.model, ranks, sync_batchnorm)
        apart = [] if sync_batchnorm else normalizing(self.model)
        self.averaged = [buffer for layer in apart for buffer in layer.buffers()]
        self.own_loss, self.by_class = without_class_weight_mean(self.loss, train.y)
        self.local = self.gradients if backend is None else compiled(self.gradients, backend)
        self.shard, self.shares = Shard(0, 0, 0), np.zeros(2)
        self.turned = [in_fortran_order(p.value) for p in self.optimizer.params or ()]
        self.sent: Array | None = None

    def batch(self, train: Rows, rows: Array) -> tuple[Array, Array, Array | None]:
        """The shard of this process, or one row that does not count if it has none."""
        start, stop = self.ranks.part(len(rows))
        counts, stop = stop > start, max(stop, start + 1)
        comm = self.ranks.comm if self.shares_statistics else None
        self.shard = Shard(start, stop, len(rows), counts, comm)
        self.shares = np.array(self.share(train, rows), train.dtype) * counts
        return train.at(rows[start:stop])

    def share(self, train: Rows, rows: Array) -> tuple[float, float]:
        """Which part of the batch's loss, and of its rows, is this shard's."""
        shard = self.shard
        part = len(shard) / len(rows)
        if self.by_class is None and not train.weighed:
            return (1.0 if self.summed else part), part
        y, weights = train.targets(rows)
        counted = np.ones(len(rows)) if weights is None else weights.astype(float)
        if self.by_class is not None:
            counted = counted * self.by_class[y].reshape(len(y), -1).sum(axis=1)
            check_sum("cross_entropy", np.sum(counted))
            return 1 / float(np.sum(counted)), part
        mine = float(np.sum(counted[shard.start : shard.stop]))
        return (1.0 if self.summed else mine / float(np.sum(counted))), part

    @property
    def summed(self) -> bool:
        """Whether the loss of a batch is a sum over rows."""
        return getattr(self.loss, "reduction", "mean") == "sum"

    def __call__(self, x: Array, y: Array, weights: Array | None) -> tuple[Any, Any]:
        """Move the parameters; the loss of the whole batch, and the outputs of the shard."""
        given = (x, y, self.shares) if weights is None else (x, y, self.shares, weights)
        token = SHARD.set(self.shard)
        try:
            loss, output, penalty, present, *gradients = self.local(*given)
        finally:
            SHARD.reset(token)
        flags = np.array([number(loss), self.interrupt.pressed], float)
        averaged = [np.ravel(b.value) * float(self.shares[1]) for b in self.averaged]
        flat = [reals(g.T if t else g) for g, t in zip(gradients, self.turned, strict=True)]
        added = self.added([*flat, *averaged, present, flags])
        self.take_over(added)
        figures = [penalty] if self.penalty is not None else []
        if self.shapes:
            figures += self.shape_gradients()
        self.optimizer.step()
        for name, value in zip(self.figures, figures, strict=True):
            self.figures[name] = number(value)
        self.asked = bool(added[-1][1])
        return float(added[-1][0]), output

    def gradients(
        self, x: Array, y: Array, shares: Array, weights: Array | None = None
    ) -> tuple[Any, ...]:
        """The shard's part of the loss and of all gradients; this may run as a program."""
        output = self.model(x)
        loss = (
            self.own_loss(output, y)
            if weights is None
            else self.own_loss(output, y, sample_weight=weights)
        )
        loss = total = loss * shares[0]
        penalty: Any = np.zeros(())
        if self.penalty is not None:
            penalty = self.penalty(self.model)
            total = total + penalty * shares[1]
        self.optimizer.zero_grad()
        total.backward()
        params = self.optimizer.params or []
        present = np.array([float(p.grad is not None) for p in params])
        found = [np.zeros(p.shape, p.dtype) if p.grad is None else p.grad for p in params]
        return loss, output, penalty, present, *found

    def added(self, parts: list[Array]) -> list[Array]:
        """Arrays of real numbers, each the sum over all processes: one flat array goes round."""
        ends = np.cumsum([part.size for part in parts])
        if self.sent is None:
            kind = np.result_type(np.float32, *(part.dtype for part in parts[: -self.extras]))
            self.sent, self.received = np.empty(ends[-1], kind), np.empty(ends[-1], kind)
        np.concatenate(parts, out=self.sent, casting="same_kind")
        self.ranks.comm.Allreduce(self.sent, self.received)
        return np.split(self.received, ends[:-1])

    @property
    def extras(self) -> int:
        """How many arrays beside gradients are added up."""
        return len(self.averaged) + 2

    def take_over(self, added: list[Array]) -> None:
        """Let gradients, and statistics that are averaged, be those of all processes."""
        params = self.optimizer.params or []
        own, others = added[: len(params)], added[len(params) :]
        for node, turned, gradient, present in zip(
            params, self.turned, own, others[-2], strict=True
        ):
            node.grad = like(gradient, node, turned) if present else None
        for buffer, mean in zip(self.averaged, others, strict=False):
            whole = buffer.dtype.kind in "iu"
            news = np.rint(mean) if whole else mean
            buffer.assign(news.reshape(buffer.shape).astype(buffer.dtype))

    def check(self) -> None:
        """Refuse to go on where parameters have come apart."""
        params = self.optimizer.params or []
        sums = [zlib.crc32(np.ascontiguousarray(p.value).tobytes()) for p in params]
        cure = "Callbacks have to change them on all processes alike."
        self.ranks.same("fit, after an epoch,", {"checksum of the parameters": sums}, cure)


class ParallelFigures(Figures):
    """Sums of what was measured on this process's shards.

    Parameters
    ----------
    step : ParallelStep
        Which knows the shard.
    measures : list of (str, callable)
    """

    def __init__(self, step: ParallelStep, measures: list[tuple[str, Metric]]) -> None:
        super().__init__(step.loss, measures, step.figures, step.ranks)
        self.step = step

    def add(
        self,
        loss: float,
        output: Any,
        target: Array,
        weights: Array | None = None,
        more: Iterable[float] = (),
    ) -> None:
        """Count a shard, the loss being that of the batch."""
        shard = self.step.shard
        if shard.counts:
            part = len(shard) / shard.rows if self.summed else 1.0
            super().add(loss * part, output, target, weights, more)


# The beginning


def exchanges(model: Module, ranks: Ranks, sync_batchnorm: bool) -> bool:
    """Whether layers ask other processes on the way."""
    return not ranks.alone and sync_batchnorm and bool(normalizing(model))


def normalizing(model: Module) -> list[Module]:
    """The layers whose result for a row depends on the others."""
    return [module for module in model.modules() if isinstance(module, BatchNorm)]


def step_of(
    parts: list[Any],
    measures: list[tuple[str, Metric]],
    backend: str | None,
    ranks: Ranks,
    train: Rows,
    sync_batchnorm: bool,
) -> tuple[Step, Figures]:
    """What to do with a batch, and where to count what it measures."""
    if ranks.alone:
        alone = Step(*[*parts, backend])
        return alone, Figures(alone.loss, measures, alone.figures)
    shared: dict[str, Any] = {"ranks": ranks, "train": train, "sync_batchnorm": sync_batchnorm}
    step = ParallelStep(*parts, backend=backend, **shared)
    return step, ParallelFigures(step, measures)


def begin_alike(run: Run) -> None:
    """Let all begin with the first one's parameters, states and draws; check all else."""
    ranks, model, optimizer = run.ranks, run.model, run.optimizer
    if ranks.alone:
        return
    run.move.interrupt = run.interrupt
    generators = [rng for _, rng in model.named_generators()]
    states = [rng.bit_generator.state for rng in generators]
    told = ranks.of_first((model.state_dict(), states, optimizer.state_dict()))
    with ranks.together():
        model.load_state_dict(told[0])
        for rng, state in zip(generators, told[1], strict=True):
            rng.bit_generator.state = state
        optimizer.load_state_dict(told[2])
    valid = None if run.valid is None else run.valid.checksum()
    more = {"epochs": run.epochs, "checksum of the validation data": valid}
    ranks.same("fit", settings_of(run) | more, "Call it with the same on every process.")


def reals(gradient: Any) -> Array:
    """A gradient as a flat array of real numbers: each complex one as two."""
    flat = np.ravel(gradient)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def like(flat: Array, node: Any, turned: bool) -> Array:
    """A flat array of real numbers as a gradient of a node, with its order of memory."""
    kind = np.dtype(node.dtype)
    if kind.kind == "c":
        flat = flat.astype(np.zeros((), kind).real.dtype, copy=False).view(kind)
    gradient: Array = folded(flat, node.shape, turned).astype(kind, copy=False)
    return gradient
