"""One step of training, as by hand: forward, loss, backward, what shapes gradients, step.

It is all that the loop in ``run.py`` knows of model and loss: whatever takes a batch, moves the
parameters and gives the loss and the outputs can stand in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from ..module import Module
from ..optimizers import Optimizer, clip_grad_norm, clip_grad_value
from ..optimizers.clipping import norm_of_all
from ..placement import beside, to_numpy
from .compiling import compiled
from .interrupt import Interrupt
from .rows import Rows

Array = npt.NDArray[Any]
LossFunction = Callable[..., Any]
PENALTY, NORM = "penalty", "gradient_norm"


class Step:
    """What ``fit`` does with a batch.

    Parameters
    ----------
    model : Module
    loss : callable
    optimizer : Optimizer
    penalty : callable, optional
        ``penalty(model)`` is added to the loss before its gradient is taken.
    clip_norm, clip_value : float, optional
        Limits of the norm of all gradients together, and of each entry; the entries' comes first.
    gradient_norms : bool
        Measure the norm of all gradients together, before either.
    backend : str, optional
        Compile it, with this backend of ``ag.compile``.

    Attributes
    ----------
    figures : dict
        What else the last one measured.
    interrupt : Interrupt
        Whether Ctrl-C was pressed here.
    asked : bool
        Whether it was, before the last step, on any of several processes.
    """

    def __init__(
        self,
        model: Module,
        loss: LossFunction,
        optimizer: Optimizer,
        penalty: Callable[[Module], Any] | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        gradient_norms: bool = False,
        backend: str | None = None,
    ) -> None:
        self.model, self.loss, self.optimizer, self.penalty = model, loss, optimizer, penalty
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.gradient_norms = gradient_norms
        self.shapes = gradient_norms or clip_norm is not None or clip_value is not None
        self.figures: dict[str, float] = {}
        if penalty is not None:
            self.figures[PENALTY] = 0.0
        if gradient_norms:
            self.figures[NORM] = 0.0
        self.take = self.plain if backend is None else compiled(self.plain, backend)
        self.asked, self.interrupt = False, Interrupt()

    def batch(self, train: Rows, rows: Array) -> tuple[Array, Array, Array | None]:
        """What the next step is to be taken on, of these rows."""
        return train.at(rows)

    def __call__(self, x: Array, y: Array, weights: Array | None) -> tuple[Any, Any]:
        """Move the parameters; the loss without the penalty, and the outputs."""
        loss, output, *figures = self.take(x, y) if weights is None else self.take(x, y, weights)
        for name, value in zip(self.figures, figures, strict=True):
            self.figures[name] = number(value)
        return loss, output

    def plain(self, x: Array, y: Array, weights: Array | None = None) -> tuple[Any, ...]:
        """Move the parameters; the loss, the outputs and what else is measured."""
        nodes = self.optimizer.params or []
        x, y, weights = beside(x, nodes), beside(y, nodes), beside(weights, nodes)
        output = self.model(x)
        loss = (
            self.loss(output, y) if weights is None else self.loss(output, y, sample_weight=weights)
        )
        figures: list[Any] = [] if self.penalty is None else [self.penalty(self.model)]
        total = loss + figures[0] if figures else loss
        self.optimizer.zero_grad()
        total.backward()
        if self.shapes:
            figures += self.shape_gradients()
        self.optimizer.step()
        return loss, output, *figures

    def check(self) -> None:
        """Refuse to go on where something is not as it has to be after an epoch."""

    def shape_gradients(self) -> list[Any]:
        """Measure them and cut them to size; their norm, if that is wanted."""
        params = self.optimizer.params or []
        norms = [norm_of_all(params)] if self.gradient_norms else []
        if self.clip_value is not None:
            clip_grad_value(params, self.clip_value)
        if self.clip_norm is not None:
            clip_grad_norm(params, self.clip_norm)
        return norms


def number(value: Any) -> float:
    """A loss as a plain number."""
    return float(to_numpy(getattr(value, "value", value)))
