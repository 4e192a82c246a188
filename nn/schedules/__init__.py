"""Learning rates as functions of the step: how many steps have been taken before, 0 at first.

``fit`` takes one as ``schedule=``; by hand, assign ``optimizer.lr = schedule(step)``. Any function
of the step will do; those here can also be printed, compared, multiplied, joined and applied to an
array of steps. A new one is a frozen dataclass with ``at``, and a name in ``SCHEDULES``.
"""

from .composed import ByEpoch, Joined, Product, WarmUp
from .decays import (
    Constant,
    Cosine,
    Exponential,
    InverseTime,
    Linear,
    PiecewiseConstant,
    Polynomial,
    Step,
)
from .schedule import Schedule

SCHEDULES: dict[str, type[Schedule]] = {
    kind.__name__: kind
    for kind in (
        Constant,
        InverseTime,
        PiecewiseConstant,
        Step,
        Exponential,
        Linear,
        Polynomial,
        Cosine,
        WarmUp,
        Joined,
        Product,
        ByEpoch,
    )
}
"""Every schedule by name."""

__all__ = [
    "SCHEDULES",
    "ByEpoch",
    "Constant",
    "Cosine",
    "Exponential",
    "InverseTime",
    "Joined",
    "Linear",
    "PiecewiseConstant",
    "Polynomial",
    "Product",
    "Schedule",
    "Step",
    "WarmUp",
]
