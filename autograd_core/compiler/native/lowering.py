"""A program's lines as statements; views as places; and why a line is not native.

One function for each form that a line can have, in the table ``FORMS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Line, Program, Var
from .functions import IDENTITY, kernel_of
from .places import Base, Place, contiguous_strides
from .statements import (
    Call,
    Map,
    Operand,
    Statement,
)
from .values import TYPES

FORMS: dict[Any, Callable[[Lowering, Line], str | None]] = {}
"""What writes a line as statements; a text says why it cannot."""

FOLDS = {
    ufunc.reduce: ufunc
    for ufunc in (
        np.add,
        np.multiply,
        np.maximum,
        np.minimum,
        np.logical_and,
        np.logical_or,
    )
}


def form(*functions: Any) -> Callable[[Any], Any]:
    """Decorator: the form of these functions' lines."""

    def register(handler: Any) -> Any:
        FORMS.update(dict.fromkeys(functions, handler))
        return handler

    return register


class Lowering:
    """The statements of a program while they are written.

    Attributes
    ----------
    statements : list of Statement
    places : dict of Var to Place
    constants : list of ndarray
    left : dict of Line to str
        Lines that remain calls of Python, and why.
    frame : list of Var
        Arrays that come from Python, or go there.
    shown : dict of Var to Var
        Of each Var that Python reads the one in the frame that has its entries.
    alias : dict of Var to Var
        Of a view that shows all as it is: what it shows.
    """

    def __init__(self, program: Program) -> None:
        self.statements: list[Statement] = []
        self.places: dict[Var, Place] = {}
        self.constants: list[np.ndarray[Any, Any]] = []
        self.left: dict[Line, str] = {}
        self.frame: list[Var] = []
        self.shown: dict[Var, Var] = {}
        self.alias: dict[Var, Var] = {}
        self.ends = set(program.ends())
        self.rank = {line: i for i, line in enumerate(program.lines)}
        self.last_read = {v: i for i, line in enumerate(program.lines) for v in line.reads()}
        for var, source in program.inputs:
            self.from_outside(var, source)

    # places

    def from_outside(self, var: Var, source: Any) -> None:
        """A Var whose array is handed over at each call, at the next position of the frame."""
        base = Base("frame", var.shape, var.dtype, len(self.frame), source)
        base.scalar = var.shape == ()
        self.frame.append(var)
        self.places[var] = whole(base, var)

    def own(self, var: Var) -> Place:
        """A place for a Var in memory of its own."""
        place = whole(Base("arena", var.shape, var.dtype), var)
        self.places[var] = place
        return place

    def constant(self, array: np.ndarray[Any, Any]) -> Var:
        """A Var that stands for a constant array."""
        array = np.ascontiguousarray(array)
        var = Var(-1, array.shape, array.dtype)
        base = Base("constant", array.shape, array.dtype, len(self.constants))
        self.constants.append(array)
        self.places[var] = whole(base, var)
        return var

    def operand(self, x: Any) -> Operand:
        """A Var or a number; arrays of one number repeated are that number."""
        if isinstance(x, Var):
            return self.alias.get(x, x)
        if isinstance(x, np.ndarray) and x.ndim:
            first = x.flat[0] if x.size else 0
            bits = x.tobytes()
            same = x.size and bits == bits[: x.itemsize] * x.size
            return first if same else self.constant(x)
        return x[()] if isinstance(x, np.ndarray) else x

    def variable(self, x: Any) -> Var:
        """A Var, also of a constant."""
        if isinstance(x, Var):
            return self.alias.get(x, x)
        return self.constant(np.asarray(x))

    def copied(self, x: Operand, shape: Any, dtype: Any) -> Var:
        """A new Var in memory of its own with the same entries."""
        var = Var(-1, tuple(shape), np.dtype(dtype))
        self.map(var, IDENTITY, [x], [var.dtype])
        return var

    def show_as(self, out: Var, x: Var, place: Place) -> None:
        """``out`` is a view of ``x``."""
        self.places[out] = place
        if place.same(self.places[x]):
            self.alias[out] = x

    def view(self, place: Place) -> Var:
        """A Var that stands for a place."""
        var = Var(-1, place.shape, place.dtype)
        self.places[var] = place
        return var

    def in_order(self, var: Var) -> Place:
        """Where a Var's entries follow one another: its place, or that of a copy."""
        place = self.places[var]
        if place.contiguous:
            return place
        return self.places[self.copied(var, var.shape, var.dtype)]

    def add(self, statement: Statement) -> None:
        """One statement more."""
        self.statements.append(statement)

    def map(self, out: Var, kernel: Any, xs: list[Any], dtypes: list[Any]) -> None:
        """``out = kernel(*xs)``, entry by entry."""
        operands = [self.operand(x) for x in xs]
        self.add(Map(out.shape, operands, out, self.own(out), kernel, dtypes))

    # lines

    def lower(self, line: Line) -> None:
        """One line: native, or else a call."""
        count, constants = len(self.statements), len(self.constants)
        why = self.refusal(line)
        if why is None:
            handler = FORMS.get(line.function)
            why = (handler or FORMS["ufunc"])(self, line)
        if why is not None:
            del self.statements[count:], self.constants[constants:]
            self.left[line] = why
            self.call(line)

    def refusal(self, line: Line) -> str | None:
        """Why a line cannot be native whatever its form."""
        if line.function not in FORMS and kernel_of(line.function) is None:
            return "no native form"
        if line.out.members is not None or line.out.dtype not in TYPES:
            return f"no native form for dtype {line.out.dtype}"
        for var in line.reads():
            if var not in self.places or var.dtype not in TYPES:
                return f"no native form for dtype {var.dtype}"
        return None

    def call(self, line: Line) -> None:
        """A line that Python runs; what it reads and its result are in the frame."""
        reads = [self.show(var) for var in line.reads() if var in self.places]
        if line.out.members is None:
            self.from_outside(line.out, line)
        self.add(Call((), reads, line.out, None, line))

    def show(self, var: Var) -> Var:
        """A Var in an array of its own that Python has."""
        if var not in self.shown:
            place = self.places[var]
            if place.base.kind == "frame" and self.frame[place.base.index] is var:
                self.shown[var] = var
            else:
                self.shown[var] = self.fresh(var)
        return self.shown[var]

    def fresh(self, var: Var) -> Var:
        """A Var in an array that is new in every call: this one if possible, or a copy."""
        place = self.places[var]
        if not place.full or place.base.kept or place.base.whole or place.base.kind != "arena":
            var = self.copied(var, var.shape, var.dtype)
            place = self.places[var]
        place.base.kind, place.base.index, place.base.source = "frame", len(self.frame), None
        self.frame.append(var)
        return var


def whole(base: Base, var: Var) -> Place:
    """All of a base, in order."""
    return Place(base, var.shape, contiguous_strides(var.shape), 0, var.dtype)
