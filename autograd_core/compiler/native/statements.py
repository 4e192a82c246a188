"""What native code is made of: few kinds of statements, each over an iteration shape.

``lowering.py`` writes a program's lines as these, ``grouping.py`` fuses them, ``loops.py`` and
``products.py`` make them code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..program import Var
from .functions import Kernel
from .places import Base, Place, Shape

Operand = Any
"""A Var, or a number."""


@dataclass(slots=True, eq=False)
class Statement:
    """Something done for every index of ``shape``.

    Attributes
    ----------
    shape : tuple of int
        What it iterates over; of statements that are not fused, anything.
    reads : list
        Vars and numbers.
    out : Var or None
    place : Place or None
        Where the result lies if it is stored.
    """

    shape: Shape
    reads: list[Operand]
    out: Var | None
    place: Place | None

    fused = True
    """Whether it can share its loops with others of its shape."""


@dataclass(slots=True, eq=False)
class Map(Statement):
    """``out[i] = kernel(x[i], y[i], ...)``; each argument converted to its dtype before."""

    kernel: Kernel
    dtypes: list[np.dtype[Any]]


@dataclass(slots=True, eq=False)
class Gather(Statement):
    """``out[i] = x[..., index[i], ...]``; the first of ``reads`` is x, the others the index.

    ``steps`` has the stride in x for each axis of ``shape``, ``sizes`` and ``strides`` the length
    and stride of each axis of x that is indexed; ``source`` is x with its first entry.
    """

    source: Place
    steps: Shape
    sizes: Shape
    strides: Shape


@dataclass(slots=True, eq=False)
class Scatter(Statement):
    """``target[..., index[i], ...] = value[i]``, or ``+=``; the first of ``reads`` is the value."""

    target: Place
    steps: Shape
    sizes: Shape
    strides: Shape
    adds: bool

    fused = False


@dataclass(slots=True, eq=False)
class Fold(Statement):
    """A reduction of ``reads[0]`` over ``axes``; ``place`` has strides of 0 there."""

    axes: Shape
    ufunc: np.ufunc


@dataclass(slots=True, eq=False)
class Store(Statement):
    """Write ``reads[0]`` to ``place``, which is not the Var's own.

    ``ordered``: what is there now may be read before. ``memory``: it lies outside.
    """

    ordered: bool
    memory: bool = False


@dataclass(slots=True, eq=False)
class Check(Statement):
    """Whether any entry of ``reads[0]`` is NaN."""


@dataclass(slots=True, eq=False)
class Extreme(Statement):
    """The place of the largest or smallest entry along ``axis``."""

    axis: int
    least: bool

    fused = False


@dataclass(slots=True, eq=False)
class Product(Statement):
    """``a @ b``: the last two axes are matrices, those before are ``shape``, all explicit."""

    a: Place
    b: Place

    fused = False


@dataclass(slots=True, eq=False)
class Call(Statement):
    """A line that is a call of Python."""

    line: Any

    fused = False


@dataclass(slots=True, eq=False)
class Group:
    """Statements that are one loop nest, or one statement of another kind.

    Attributes
    ----------
    era : int
        Runs of native code between calls of Python are counted; groups of one era are one function.
    """

    shape: Shape
    era: int
    statements: list[Statement] = field(default_factory=list)
    touched: set[Any] = field(default_factory=set)

    @property
    def fused(self) -> bool:
        """Whether it is a loop nest."""
        return self.statements[0].fused


def writes(statement: Statement, stored: set[Any]) -> bool:
    """Whether a statement's result goes to memory; else it stays in a register."""
    return not isinstance(statement, Map | Gather) or statement.out in stored


def bases_written(statement: Statement) -> list[Base]:
    """The memory it writes to."""
    if isinstance(statement, Scatter):
        return [statement.target.base]
    return [statement.place.base] if statement.place is not None else []
