"""The rate finder: the loss while the learning rate grows from step to step; nothing is kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data import whole
from ..errors import ArgumentError, expected
from ..module import Module, in_mode
from ..optimizers import Optimizer
from ..optimizers.options import flag, positive
from ..plotting import axes_for, finished
from ..seeding import generator
from . import checks
from .rows import Order
from .step import LossFunction, Step, number

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Rates:
    """The losses that were met while the rate grew.

    Attributes
    ----------
    rates : ndarray
        The learning rate of each step.
    losses : ndarray
        The loss of each step's batch, before the step.
    """

    rates: Array
    losses: Array

    @property
    def reach(self) -> int:
        """How many steps on either side an average, or a slope, is taken over."""
        return max(1, len(self.losses) // 16)

    @property
    def smooth(self) -> Array:
        """The losses, each averaged with its neighbours."""
        ones = np.ones(2 * self.reach + 1)
        return windowed(self.losses, ones) / windowed(np.ones(len(self.losses)), ones)

    @property
    def suggestion(self) -> float:
        """The rate at which the loss falls fastest, by the logarithm of the rate.

        The slope is that of the line of least squares through a step and its neighbours, before the
        averaged loss is least. NaN if it never falls.
        """
        reach, last = self.reach, int(np.argmin(self.smooth))
        offsets = np.arange(reach, -reach - 1, -1.0)
        slopes = windowed(self.losses, offsets)[reach : min(last + 1, len(self.losses) - reach)]
        if not len(slopes) or not slopes.min() < 0:
            return math.nan
        return float(self.rates[reach + np.argmin(slopes)])

    def plot(self, where: Any = None) -> Any:
        """Draw the losses over the rates, as they were and averaged, and the suggestion.

        Parameters
        ----------
        where : str, path-like or matplotlib.axes.Axes, optional
            A file to write or axes to draw into; by default a new figure.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MissingPackageError
            matplotlib is not installed.
        """
        axes = axes_for(where, purpose="Drawing the losses of a rate finder")
        ax = axes[0]
        ax.plot(self.rates, self.losses, alpha=0.4, label="batch")
        ax.plot(self.rates, self.smooth, label="averaged")
        if math.isfinite(self.suggestion):
            ax.axvline(
                self.suggestion, color="k", linestyle=":", label=f"suggestion {self.suggestion:.2g}"
            )
        ax.set_xscale("log")
        ax.set_xlabel("learning rate")
        ax.set_ylabel("loss")
        ax.grid(alpha=0.3)
        ax.legend()
        return finished(axes, where)[0]


def find_rate(
    model: Module,
    data: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    loss: LossFunction,
    optimizer: Optimizer,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int = 100,
    batch_size: int = 32,
    stop: bool = True,
    penalty: Callable[[Module], Any] | None = None,
    seed: int | np.random.Generator = 0,
) -> Rates:
    """Train for some steps at a rate that grows from ``low`` to ``high``, and put all back.

    A good rate is somewhat below the one from which on the loss rises: where it falls fastest.

    Parameters
    ----------
    model : Module
        Afterwards it is what it was before, bit for bit, its random states included.
    data, loss, optimizer, penalty
        As for ``fit``. The optimiser is as before, too; bound to the model if it was to none.
    low, high : float
        The first rate and the last; each is the same multiple of the one before.
    steps, batch_size : int
        Batches are dealt out as in ``fit``, again and again.
    stop : bool
        End when the loss is no number, or four times the least that was met so far.
    seed : int or numpy.random.Generator
        Where the order of rows comes from.

    Returns
    -------
    Rates
        Arrays ``rates`` and ``losses``, ``suggestion`` and ``plot()``.

    Raises
    ------
    DataError, ShapeError, ArgumentError
        Something does not fit. Nothing has been trained then.

    References
    ----------
    Smith, Cyclical learning rates for training neural networks, 2017, section 3.3. There the rate
    grows linearly.

    Examples
    --------
    >>> found = nn.find_rate(nn.MLP([64, 32, 10], seed=0), nn.datasets.digits(),
    ...                      loss=nn.CrossEntropyLoss(), optimizer=nn.SGD(momentum=0.9))
    >>> 0.005 < found.suggestion < 0.5
    True
    """
    whole("steps", steps), whole("batch_size", batch_size), flag("find_rate", "stop", stop)
    positive("find_rate", "low", low), positive("find_rate", "high", high)
    if not low < high or steps < 2:
        cure = "Pass for instance low=1e-6, high=10.0, steps=100."
        got = f"{low!r}, {high!r} and {steps!r}"
        wanted = "low < high and at least 2 steps"
        raise ArgumentError(expected("find_rate", wanted, got, cure))
    train = checks.checked("find_rate", model, loss, data)
    order = Order(len(train), batch_size, generator(seed))
    checks.rehearse(model, loss, penalty, train, order)
    checks.bind(optimizer, model)
    move = Step(model, loss, optimizer, penalty)
    rates, losses = np.geomspace(low, high, steps), []
    with everything_unchanged(model, optimizer), in_mode(model, True), np.errstate(all="ignore"):
        for lr, rows in zip(rates, endless(order), strict=False):
            optimizer.lr = float(lr)
            losses.append(number(move(*train.at(rows))[0]))
            if stop and not losses[-1] <= 4 * max(min(losses), 1e-12):
                break
    finite = losses[:-1] if not math.isfinite(losses[-1]) and len(losses) > 1 else losses
    return Rates(rates[: len(finite)], np.array(finite))


def windowed(values: Array, kernel: Array) -> Array:
    """The sum over each value and its neighbours, times the kernel; fewer of them at the ends."""
    reach = len(kernel) // 2
    whole: Array = np.convolve(values, kernel)
    return whole[reach : reach + len(values)]


def endless(order: Order) -> Iterator[Array]:
    """The batches of one epoch after the other."""
    while True:
        yield from order.epoch()


@contextmanager
def everything_unchanged(model: Module, optimizer: Optimizer) -> Iterator[None]:
    """Run the body; put model, gradients and optimiser back."""
    state = optimizer.state_dict()
    gradients = [(node, node.grad) for node in optimizer.params or ()]
    with checks.unchanged(model):
        try:
            yield
        finally:
            optimizer.load_state_dict(state)
            for node, gradient in gradients:
                node.grad = gradient
