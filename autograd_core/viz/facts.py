"""What a picture consists of: boxes, arrows and groups, with every fact a renderer needs.

``picture.py`` makes them from a graph; ``dot.py`` and ``text.py`` write them down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .formatting import Statistics

LIMIT = 150
"""Boxes beyond which a picture folds or sums up."""


@dataclass(frozen=True)
class Box:
    """One card: a value and the operation that made it, or what stands for several."""

    id: str
    role: str
    """input, parameter, constant, op, result; module, repeat or gap: folded, repeated, left out."""
    sign: str
    """Operation sign of an op; empty for a leaf."""
    word: str
    """Name given by the user, else the operation's name."""
    value: Statistics | None
    gradient: Statistics | None
    differentiable: bool
    group: str | None
    note: str = ""
    alarm: str = ""
    """How it is affected by NaN or infinity: see ``alarms``."""
    warning: str = ""
    """What to say of that."""
    trend: str = ""
    """How gradients develop over the blocks of a repetition."""


@dataclass(frozen=True)
class Arrow:
    """A use of one box's value by another."""

    source: str
    target: str
    position: int
    """Which operand of the target it is."""
    differentiable: bool
    broadcast: str = ""
    """``8 ⇒ 5×8`` where broadcasting stretches the operand."""
    side: int = 0
    """1, 2: the operand belongs beside the operation, as the first or second there; 0: above."""
    main: bool = True
    """The computation flows along it."""
    count: int = 1
    """How many steps of a loop it stands for, from one step to the next if ``back``."""
    back: bool = False
    heat: float | None = None
    """Where its gradient lies from the smallest (0) to the largest (1), by logarithm."""


@dataclass(frozen=True)
class Group:
    """A module: the boxes computed in one scope, inside the group of the surrounding scope."""

    id: str
    title: str
    parent: str | None


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    groups: tuple[Group, ...]
    caption: str
    notes: tuple[str, ...]
    """What the reader must know: why there are no gradients, what was folded or left out."""
    scalar: bool
    """Whether every value is a single number."""
    places: Mapping[int, str]
    """The box of every Node, by the Node's birth."""
    grads: bool


@dataclass
class Moment:
    """What is known after a step."""

    text: str
    now: str | None = None
    """The box that has just got a value or a cotangent."""
    arrow: tuple[str, str] | None = None
    """The ends of the arrow against which the cotangent came."""
    future: set[str] = field(default_factory=set)
    """Boxes not computed yet."""
    unknown: set[str] = field(default_factory=set)
    """Boxes whose gradient has not arrived."""
