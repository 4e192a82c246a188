"""A program's lines as statements; views as places; and why a line is not native.

One function for each form that a line can have, in the table ``FORMS``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Line, Program, Var, convert, put, put_add
from . import blas
from .addressing import Addressing, address
from .functions import CHOICE, IDENTITY, kernel_of, whole_power
from .places import Base, Place, contiguous_strides
from .statements import (
    Call,
    Extreme,
    Fold,
    Gather,
    Map,
    Operand,
    Product,
    Scatter,
    Statement,
    Store,
)
from .text import BOOL, FLOAT32, FLOAT64, TYPES

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
    """

    def __init__(self, program: Program) -> None:
        self.statements: list[Statement] = []
        self.places: dict[Var, Place] = {}
        self.constants: list[np.ndarray[Any, Any]] = []
        self.left: dict[Line, str] = {}
        self.frame: list[Var] = []
        self.shown: dict[Var, Var] = {}
        self.ends = set(program.ends())
        self.rank = {line: i for i, line in enumerate(program.lines)}
        self.last_read = {v: i for i, line in enumerate(program.lines) for v in line.reads()}
        for var, source in program.inputs:
            self.from_outside(var, source)

    # places

    def from_outside(self, var: Var, source: Any) -> None:
        """A Var whose array is handed over at each call, at the next position of the frame."""
        base = Base("frame", var.size, var.dtype, len(self.frame), source)
        base.scalar = var.shape == ()
        self.frame.append(var)
        self.places[var] = whole(base, var)

    def own(self, var: Var) -> Place:
        """A place for a Var in memory of its own."""
        place = whole(Base("arena", var.size, var.dtype), var)
        self.places[var] = place
        return place

    def constant(self, array: np.ndarray[Any, Any]) -> Var:
        """A Var that stands for a constant array."""
        array = np.ascontiguousarray(array)
        var = Var(-1, array.shape, array.dtype)
        base = Base("constant", array.size, array.dtype, len(self.constants))
        self.constants.append(array)
        self.places[var] = whole(base, var)
        return var

    def operand(self, x: Any) -> Operand:
        """A Var or a number; arrays of one number repeated are that number."""
        if isinstance(x, Var):
            return x
        if isinstance(x, np.ndarray) and x.ndim:
            first = x.flat[0] if x.size else 0
            bits = x.tobytes()
            same = x.size and bits == bits[: x.itemsize] * x.size
            return first if same else self.constant(x)
        return x[()] if isinstance(x, np.ndarray) else x

    def variable(self, x: Any) -> Var:
        """A Var, also of a constant."""
        if isinstance(x, Var):
            return x
        return self.constant(np.asarray(x))

    def copied(self, x: Operand, shape: Any, dtype: Any) -> Var:
        """A new Var in memory of its own with the same entries."""
        var = Var(-1, tuple(shape), np.dtype(dtype))
        self.map(var, IDENTITY, [x], [var.dtype])
        return var

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
            why = elementwise(self, line) if handler is None else handler(self, line)
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


def elementwise(low: Lowering, line: Line) -> str | None:
    """A ufunc."""
    found = kernel_of(line.function)
    if found is None or line.params:
        return "keywords"
    kinds, kernel = found
    args, wanted = line.args, loop_dtypes(line)
    if wanted is None or len(args) != line.function.nin or line.function.nout != 1:
        return "no native loop for these dtypes"
    if any(dtype not in TYPES or dtype.kind not in kinds for dtype in wanted):
        return f"no native loop for {', '.join(map(str, wanted))}"
    if line.function is np.power and is_small(args[1]):
        args, wanted, kernel = args[:1], wanted[:1], whole_power(int(args[1]))
    low.map(line.out, kernel, list(args), wanted)
    return None


def is_small(x: Any) -> bool:
    """Whether an exponent is a small whole number."""
    return isinstance(x, int | float | np.number) and abs(x) <= 8 and int(x) == x


def loop_dtypes(line: Line) -> list[np.dtype[Any]] | None:
    """In which dtypes a ufunc computes, by NumPy's rules."""
    given = [promoting(x) for x in line.args]
    if all(isinstance(x, type) for x in given):
        given = [np.dtype(x) for x in given]
    try:
        resolved = line.function.resolve_dtypes((*given, *(None,) * line.function.nout))
    except TypeError:
        return None
    return [np.dtype(x) for x in resolved[: len(given)]]


def promoting(x: Any) -> Any:
    """What an argument counts for in promotion: a dtype, or the type of a Python number."""
    if isinstance(x, Var):
        weak = {"f": float, "i": int, "c": complex}
        return weak.get(x.dtype.kind, x.dtype) if x.weak else x.dtype
    if type(x) in (int, float, complex):
        return type(x)
    return np.asarray(x).dtype


@form(np.where)
def where(low: Lowering, line: Line) -> str | None:
    """A choice between two."""
    condition, x, y = line.args
    low.map(line.out, CHOICE, [condition, x, y], [BOOL, line.out.dtype, line.out.dtype])
    return None


@form(np.copy, convert)
def copy(low: Lowering, line: Line) -> str | None:
    """The same entries, maybe in another dtype."""
    if line.function is np.copy and line.params:
        return "keywords"
    x = line.args[0]
    source = x.dtype if isinstance(x, Var) else np.asarray(x).dtype
    if source.kind == "f" and line.out.dtype.kind in "iu":
        return "floats to integers"
    low.map(line.out, IDENTITY, [x], [line.out.dtype])
    return None


def fold(low: Lowering, line: Line) -> str | None:
    """A reduction."""
    ufunc, x = FOLDS[line.function], low.variable(line.args[0])
    axes = line.params.get("axis")
    if not isinstance(axes, tuple) or set(line.params) - {"axis", "keepdims"}:
        return "keywords"
    if ufunc in (np.maximum, np.minimum) and (not x.size or x.dtype == BOOL):
        return "no native reduction of bool, or of nothing"
    out = low.own(line.out)
    if ufunc in (np.add, np.multiply) and line.out.dtype == BOOL:
        return "no native sum of bools as a bool"
    inner = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    place = out.reshaped(inner)
    assert place is not None
    low.add(Fold(x.shape, [x], line.out, place.broadcast(x.shape), axes, ufunc))
    return None


form(*FOLDS)(fold)


# views


def viewed(find: Callable[[Place, Line], Place | None]) -> Any:
    """The form of a view of the first argument."""

    def handler(low: Lowering, line: Line) -> str | None:
        x = low.variable(line.args[0])
        place = find(low.places[x], line)
        if place is None:
            place = find(low.places[low.copied(x, x.shape, x.dtype)], line)
        assert place is not None
        low.places[line.out] = place
        return None

    return handler


form(np.reshape)(viewed(lambda place, line: place.reshaped(tuple(line.args[1]))))
form(np.transpose)(viewed(lambda place, line: place.transposed(*(*line.args[1:], None)[:1])))
form(np.broadcast_to)(viewed(lambda place, line: place.broadcast(tuple(line.args[1]))))


def is_basic(index: Any) -> bool:
    """Whether it takes a view: integers, slices, None and Ellipsis."""
    parts = index if isinstance(index, tuple) else (index,)
    plain = (int, np.integer, slice, type(None), type(Ellipsis))
    return all(isinstance(i, plain) and type(i) is not bool for i in parts) and not any(
        isinstance(bound, Var)
        for i in parts
        if isinstance(i, slice)
        for bound in (i.start, i.stop, i.step)
    )


@form(operator.getitem)
def getitem(low: Lowering, line: Line) -> str | None:
    """A view, or entries by number."""
    x, index = line.args
    if not isinstance(x, Var) and not isinstance(x, np.ndarray):
        return "no native form"
    x = low.variable(x)
    if is_basic(index):
        low.places[line.out] = low.places[x].indexed(index)
        return None
    found = address(low, low.places[x], index)
    if isinstance(found, str):
        return found
    reads = [x, *found.reads]
    out = low.own(line.out)
    old = low.places[x]
    source = Place(old.base, old.shape, old.strides, found.start, old.dtype)
    steps, sizes, strides = found.steps, found.sizes, found.strides
    low.add(Gather(found.shape, reads, line.out, out, source, steps, sizes, strides))
    return None


# copies with something changed


def changed(low: Lowering, line: Line) -> Place:
    """The place of a copy of the first argument: its own, if nobody else reads that."""
    x = line.args[0]
    if isinstance(x, Var) and x not in low.ends and low.last_read[x] == low.rank[line]:
        place = low.places[x]
        once = sum(var is x for var in line.reads()) == 1
        shared = sum(other.base is place.base for other in low.places.values()) > 1
        if once and not shared and place.base.free and place.full:
            low.places[line.out] = place
            return place
    low.places[line.out] = low.places[low.copied(x, line.out.shape, line.out.dtype)]
    return low.places[line.out]


@form(put)
def put_line(low: Lowering, line: Line) -> str | None:
    """A part set to something."""
    value, path = line.args[1], (*line.args[2:], line.params.get("path"))[0]
    found: Place | Addressing | None = whole(Base("", line.out.size, line.out.dtype), line.out)
    for k, (function, args) in enumerate(path):
        assert isinstance(found, Place)
        found = stepped(low, found, function, args, last=k == len(path) - 1)
        if not isinstance(found, Place | Addressing):
            return found or "a place that is no view"
    shape = found.shape if found is not None else ()
    value = fitting(low, value, shape)
    target = changed(low, line)
    if isinstance(found, Addressing):
        scatter(low, line, found, target, value, adds=False)
        return None
    assert found is not None
    place = Place(target.base, found.shape, found.strides, found.start, found.dtype)
    low.add(Store(found.shape, [low.operand(value)], line.out, place, ordered=True))
    return None


def stepped(low: Lowering, place: Place, function: Any, args: Any, last: bool) -> Any:
    """One step of the path to a view."""
    if function is operator.getitem:
        if is_basic(args[0]):
            return place.indexed(args[0])
        return address(low, place, args[0]) if last else None
    if function is np.reshape:
        return place.reshaped(tuple(args[0]))
    if function is np.transpose:
        return place.transposed(*(*args, None)[:1])
    return None


def fitting(low: Lowering, value: Any, shape: Any) -> Any:
    """A value without leading axes that the target lacks."""
    extra = np.ndim(value) if not isinstance(value, Var) else len(value.shape)
    if extra <= len(shape):
        return value
    var = low.variable(value)
    view = Var(-1, var.shape[extra - len(shape) :], var.dtype)
    place = low.places[var].reshaped(view.shape) or low.in_order(var).reshaped(view.shape)
    assert place is not None
    low.places[view] = place
    return view


def scatter(
    low: Lowering, line: Line, found: Addressing, target: Place, value: Any, adds: bool
) -> None:
    """Entries set, or added to, by number."""
    place = Place(target.base, target.shape, target.strides, found.start, target.dtype)
    reads = [low.operand(value), *found.reads]
    steps, sizes, strides = found.steps, found.sizes, found.strides
    low.add(Scatter(found.shape, reads, line.out, None, place, steps, sizes, strides, adds))


@form(put_add)
def put_add_line(low: Lowering, line: Line) -> str | None:
    """A part added to."""
    _, index, value = line.args
    found = address(low, whole(Base("", line.out.size, line.out.dtype), line.out), index)
    if isinstance(found, str):
        return found
    if line.out.dtype == BOOL:
        return "no native form for dtype bool"
    value = fitting(low, value, found.shape)
    scatter(low, line, found, changed(low, line), value, adds=True)
    return None


@form(np.concatenate)
def concatenate(low: Lowering, line: Line) -> str | None:
    """Pieces one after the other; computed where they will be, if possible."""
    axis = line.params.get("axis", 0)
    if set(line.params) - {"axis"} or not isinstance(axis, int):
        return "keywords"
    out = low.own(line.out)
    start = 0
    for x in line.args[0]:
        piece = low.variable(x)
        cut = (slice(None),) * axis + (slice(start, start + piece.shape[axis]),)
        start += piece.shape[axis]
        target = out.indexed(cut)
        if not moved(low, piece, target):
            low.add(Store(piece.shape, [piece], line.out, target, ordered=False))
    return None


def moved(low: Lowering, piece: Var, target: Place) -> bool:
    """Whether the memory of a piece could become the target itself."""
    place = low.places[piece]
    fits = place.full and target.contiguous and place.dtype == target.dtype
    if not (fits and place.base.free and place.size):
        return False
    place.base.whole, place.base.shift = target.base, target.start
    target.base.parts.append(place.base)
    return True


@form(np.argmax, np.argmin)
def extreme(low: Lowering, line: Line) -> str | None:
    """The place of an extreme along an axis, or in all."""
    x, axis = low.variable(line.args[0]), line.params.get("axis")
    if line.params.get("keepdims") or x.dtype == BOOL or not x.size:
        return "keepdims, or no numbers"
    if axis is None:
        flat = Var(-1, (x.size,), x.dtype)
        place = low.in_order(x).reshaped(flat.shape)
        assert place is not None
        low.places[flat], x, axis = place, flat, 0
    out = low.own(line.out)
    low.add(Extreme(x.shape, [x], line.out, out, axis, line.function is np.argmin))
    return None


# products


@form(np.dot, np.matmul)
def product(low: Lowering, line: Line) -> str | None:
    """A product of vectors, matrices, or stacks of matrices."""
    dtype = line.out.dtype
    if dtype not in (FLOAT32, FLOAT64) or line.params:
        return f"no native product of {dtype}"
    a, b = (low.variable(x) for x in line.args)
    if len(a.shape) == len(b.shape) == 1:
        terms = Var(-1, a.shape, dtype)
        low.map(terms, kernel_of(np.multiply)[1], [a, b], [dtype, dtype])  # type: ignore[index]
        place = low.own(line.out).reshaped((1,))
        assert place is not None
        low.add(Fold(a.shape, [terms], line.out, place.broadcast(a.shape), (0,), np.add))
        return None
    if not blas.available():
        return "no BLAS found"
    left, right = matrix(low, a, dtype, row=True), matrix(low, b, dtype, row=False)
    batch = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    left = left.broadcast((*batch, *left.shape[-2:]))
    right = right.broadcast((*batch, *right.shape[-2:]))
    out = low.own(line.out).reshaped((*batch, left.shape[-2], right.shape[-1]))
    reads = [low.view(left), low.view(right)]
    low.add(Product(batch, reads, line.out, out, left, right))
    return None


def matrix(low: Lowering, x: Var, dtype: np.dtype[Any], row: bool) -> Place:
    """An operand of a product as BLAS can read it; a vector as a row or a column."""
    place = low.places[x]
    if len(x.shape) == 1:
        axis = 0 if row else 1
        strides = (0, *place.strides) if row else (*place.strides, 0)
        shape = tuple(np.insert(x.shape, axis, 1).tolist())
        place = Place(place.base, shape, strides, place.start, place.dtype)
    if x.dtype == dtype and blas.readable(place):
        return place
    copy = low.places[low.copied(x, x.shape, dtype)]
    shaped = copy.reshaped(place.shape)
    assert shaped is not None
    return shaped
