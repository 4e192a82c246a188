"""``Schedule``: what all schedules share, and what their arguments have to be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np

from ..errors import ArgumentError, NNError, expected

Rate = Callable[[Any], Any] | float
"""A schedule: a function of the step, or a number for one that is constant."""


@dataclass(frozen=True)
class Schedule:
    """What all schedules share; a subclass defines ``at``.

    Call it with a step, or with an array of steps to plot it. ``2 * schedule`` and the product of
    two are schedules; ``schedule.until(step, then=other)`` goes on with another.

    Examples
    --------
    >>> schedule = 0.5 * nn.schedules.Exponential(1.0, 0.1)
    >>> schedule(np.arange(3))
    array([0.5  , 0.05 , 0.005])
    >>> schedule
    Product(Constant(0.5), Exponential(1.0, 0.1))
    """

    counted: ClassVar[tuple[str, ...]] = ()
    """Fields that are numbers of steps: whole and at least 1."""

    def __post_init__(self) -> None:
        for field in fields(self):
            name, value = field.name, getattr(self, field.name)
            if name in self.counted:
                check_count(type(self).__name__, name, value)
            elif field.type == "float":
                check_rate(type(self).__name__, name, value)

    def at(self, step: float) -> float:
        """The learning rate of one step."""
        cure = "Define at(self, step)."
        raise NNError(expected(type(self).__name__, "a method at", "none", cure))

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step, or of each step of an array."""
        if type(step) is not int and np.ndim(step):  # asking NumPy costs more than the rate
            return np.array([float(self.at(s)) for s in np.ravel(step)]).reshape(np.shape(step))
        return float(self.at(step))

    def __mul__(self, other: Rate) -> Schedule:
        from .composed import Product

        return Product(self, other)

    def __rmul__(self, other: Rate) -> Schedule:
        from .composed import Product

        return Product(other, self)

    def until(self, step: int, then: Rate) -> Schedule:
        """Go by it until ``step``, from where ``then`` counts its own steps from 0."""
        from .composed import Joined

        return Joined((self, then), (step,))

    def __repr__(self) -> str:
        values = ", ".join(repr(getattr(self, field.name)) for field in fields(self))
        return f"{type(self).__name__}({values})"


def check_rate(what: str, name: str, value: Any) -> float:
    """A number that a rate, or a factor of one, can be."""
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not number or not 0 <= value < math.inf:
        cure = "Pass for instance 0.1, or a function of the step where a schedule is meant."
        raise ArgumentError(expected(what, f"{name} >= 0", repr(value), cure))
    return float(value)


def check_count(what: str, name: str, value: Any) -> None:
    """A number of steps."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        cure = "Pass a number of steps, for instance 1000."
        raise ArgumentError(
            expected(what, f"{name} to be a positive whole number", repr(value), cure)
        )


def check_boundaries(what: str, boundaries: Sequence[int], count: int, of: str) -> None:
    """Where pieces meet: in increasing order, and one less than there are pieces."""
    for boundary in boundaries:
        check_count(what, "each of boundaries", boundary)
    if list(boundaries) != sorted(set(boundaries)):
        cure = "Pass for instance [1000, 2000]."
        raise ArgumentError(
            expected(what, "boundaries in increasing order", str(list(boundaries)), cure)
        )
    if count != len(boundaries) + 1:
        cure = f"Pass one boundary between every two of {of}."
        raise ArgumentError(expected(what, f"{len(boundaries) + 1} {of}", str(count), cure))
