"""Schedules made of others: warmed up, joined one to the next, multiplied, by epoch."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .decays import Constant
from .schedule import Schedule, check_boundaries, check_rate


@dataclass(frozen=True, repr=False)
class WarmUp(Schedule):
    """From ``start`` up to the first rate of ``then`` in ``steps`` steps, which then goes on.

    Step k of them has ``start + (then(0) - start) (k + 1) / (steps + 1)``, so that no step is
    wasted on a rate of 0; at ``steps`` the schedule ``then`` begins to count from 0.

    Parameters
    ----------
    steps : int
    then : schedule, callable or float
    start : float

    Examples
    --------
    >>> schedule = nn.schedules.WarmUp(3, then=nn.schedules.Step(1.0, 2, 0.5))
    >>> schedule(np.arange(8))
    array([0.25, 0.5 , 0.75, 1.  , 1.  , 0.5 , 0.5 , 0.25])
    """

    counted = ("steps",)
    steps: int
    then: Any
    start: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "then", schedule_of("WarmUp", self.then))

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        if step >= self.steps:
            return float(self.then(step - self.steps))
        return self.start + (float(self.then(0)) - self.start) * (step + 1) / (self.steps + 1)


@dataclass(frozen=True, repr=False)
class Joined(Schedule):
    """Schedules one after the other; each counts its steps from 0 where it begins.

    Parameters
    ----------
    schedules : sequence of schedules
    boundaries : sequence of int
        Where each but the first begins.

    Examples
    --------
    >>> schedule = nn.schedules.Joined([0.5, nn.schedules.Exponential(0.4, 0.5)], [2])
    >>> schedule(np.arange(5))
    array([0.5, 0.5, 0.4, 0.2, 0.1])
    """

    schedules: Sequence[Any]
    boundaries: Sequence[int]

    def __post_init__(self) -> None:
        parts = tuple(schedule_of("Joined", part) for part in self.schedules)
        object.__setattr__(self, "schedules", parts)
        object.__setattr__(self, "boundaries", tuple(self.boundaries))
        check_boundaries("Joined", self.boundaries, len(parts), "schedules")

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        i = bisect.bisect_right(self.boundaries, step)
        return float(self.schedules[i](step - (self.boundaries[i - 1] if i else 0)))


@dataclass(frozen=True, repr=False)
class Product(Schedule):
    """The product of two schedules, both at the same step.

    Parameters
    ----------
    first, second : schedule, callable or float

    Examples
    --------
    >>> schedule = nn.schedules.Product(0.1, nn.schedules.Linear(1.0, 0.0, 2))
    >>> schedule(1)
    0.05
    """

    first: Any
    second: Any

    def __post_init__(self) -> None:
        for name in ("first", "second"):
            object.__setattr__(self, name, schedule_of("Product", getattr(self, name)))

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return float(self.first(step)) * float(self.second(step))


@dataclass(frozen=True, repr=False)
class ByEpoch(Schedule):
    """A schedule whose steps are epochs: the same rate for so many steps.

    Parameters
    ----------
    schedule : schedule or callable
        A function of the epoch, counted from 0.
    steps : int
        How many steps an epoch has: rows / batch size, rounded up.

    Examples
    --------
    >>> schedule = nn.schedules.ByEpoch(nn.schedules.Exponential(1.0, 0.5), steps=3)
    >>> schedule(np.arange(7))
    array([1.  , 1.  , 1.  , 0.5 , 0.5 , 0.5 , 0.25])
    """

    counted = ("steps",)
    schedule: Any
    steps: int

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "schedule", schedule_of("ByEpoch", self.schedule))

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        return float(self.schedule(int(step // self.steps)))


def schedule_of(what: str, rate: Any) -> Callable[[Any], Any]:
    """A schedule from a function of the step or from a number."""
    if callable(rate):
        function: Callable[[Any], Any] = rate
        return function
    return Constant(check_rate(what, "each schedule", rate))
