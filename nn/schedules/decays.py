"""Schedules by formula: constant, falling, in pieces; those made of others: ``composed.py``."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from .schedule import Schedule, check_boundaries, check_rate


@dataclass(frozen=True, repr=False)
class Constant(Schedule):
    """The same rate at every step.

    Parameters
    ----------
    lr : float

    Examples
    --------
    >>> nn.schedules.Constant(0.1)(1000)
    0.1
    """

    lr: float

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.lr


@dataclass(frozen=True, repr=False)
class InverseTime(Schedule):
    """``min(lr, scale / step)``: constant for the first ``scale / lr`` steps, then ever smaller.

    The rates then add up to infinity and their squares do not, which is what stochastic
    approximation asks for (Robbins and Monro, 1951).

    Parameters
    ----------
    lr : float
        The rate at first, and the largest.
    scale : float
        In steps times rate.

    Examples
    --------
    >>> schedule = nn.schedules.InverseTime(0.1, 100)
    >>> schedule(0), schedule(1000), schedule(5000)
    (0.1, 0.1, 0.02)
    """

    lr: float
    scale: float

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return min(self.lr, self.scale / step) if step > 0 else self.lr


@dataclass(frozen=True, repr=False)
class PiecewiseConstant(Schedule):
    """``values[i]`` from step ``boundaries[i - 1]`` until before ``boundaries[i]``.

    Parameters
    ----------
    boundaries : sequence of int
        Where the rate changes, in increasing order.
    values : sequence of float
        One more than boundaries.

    Examples
    --------
    >>> schedule = nn.schedules.PiecewiseConstant([100, 200], [0.1, 0.01, 0.001])
    >>> schedule(99), schedule(100), schedule(200)
    (0.1, 0.01, 0.001)
    """

    boundaries: Sequence[int]
    values: Sequence[float]

    def __post_init__(self) -> None:
        object.__setattr__(self, "boundaries", tuple(self.boundaries))
        object.__setattr__(self, "values", tuple(self.values))
        check_boundaries("PiecewiseConstant", self.boundaries, len(self.values), "values")
        for value in self.values:
            check_rate("PiecewiseConstant", "each of values", value)

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.values[bisect.bisect_right(self.boundaries, step)]


@dataclass(frozen=True, repr=False)
class Step(Schedule):
    """``lr * factor ** (step // every)``: the rate times ``factor`` every so many steps.

    Parameters
    ----------
    lr : float
        The rate at first.
    every : int
        Steps from one fall to the next.
    factor : float

    Examples
    --------
    >>> nn.schedules.Step(0.5, 10, factor=0.5)(np.array([0, 9, 10, 20]))
    array([0.5  , 0.5  , 0.25 , 0.125])
    """

    counted = ("every",)
    lr: float
    every: int
    factor: float = 0.1

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.lr * math.pow(self.factor, step // self.every)


@dataclass(frozen=True, repr=False)
class Exponential(Schedule):
    """``lr * factor ** step``.

    Parameters
    ----------
    lr : float
        The rate at first.
    factor : float
        Per step: ``0.1 ** (1 / 1000)`` is a tenth after 1000 steps.

    Examples
    --------
    >>> nn.schedules.Exponential(1.0, 0.5)(3)
    0.125
    """

    lr: float
    factor: float

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.lr * math.pow(self.factor, step)


@dataclass(frozen=True, repr=False)
class Linear(Schedule):
    """From ``start`` to ``end`` in a straight line over ``steps`` steps, and ``end`` from then on.

    Parameters
    ----------
    start, end : float
        Rates.
    steps : int

    Examples
    --------
    >>> nn.schedules.Linear(1.0, 0.0, 4)(np.arange(6))
    array([1.  , 0.75, 0.5 , 0.25, 0.  , 0.  ])
    """

    counted = ("steps",)
    start: float
    end: float
    steps: int

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.start + (self.end - self.start) * min(step / self.steps, 1.0)


@dataclass(frozen=True, repr=False)
class Polynomial(Schedule):
    """``lr * (1 - step / steps) ** power``, and 0 after ``steps`` steps.

    Parameters
    ----------
    lr : float
        The rate at first.
    steps : int
    power : float

    Examples
    --------
    >>> nn.schedules.Polynomial(1.0, 4, power=2.0)(np.arange(5))
    array([1.    , 0.5625, 0.25  , 0.0625, 0.    ])
    """

    counted = ("steps",)
    lr: float
    steps: int
    power: float = 1.0

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return self.lr * math.pow(max(1.0 - step / self.steps, 0.0), self.power)


@dataclass(frozen=True, repr=False)
class Cosine(Schedule):
    """Half a cosine from ``lr`` down to ``lowest`` over ``steps`` steps, and ``lowest`` after them.

    Parameters
    ----------
    lr : float
        The rate at first.
    steps : int
    lowest : float
        The rate at the end.
    restarts : bool
        Start again at ``lr`` every ``steps`` steps.

    References
    ----------
    Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts, 2017.

    Examples
    --------
    >>> nn.schedules.Cosine(1.0, 4)(np.array([0, 2, 4, 5])).round(3)
    array([1. , 0.5, 0. , 0. ])
    >>> nn.schedules.Cosine(1.0, 4, restarts=True)(np.array([0, 2, 4, 6])).round(3)
    array([1. , 0.5, 1. , 0.5])
    """

    counted = ("steps",)
    lr: float
    steps: int
    lowest: float = 0.0
    restarts: bool = False

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        done = step % self.steps if self.restarts else min(step, self.steps)
        return (
            self.lowest + (self.lr - self.lowest) * (1 + math.cos(math.pi * done / self.steps)) / 2
        )
