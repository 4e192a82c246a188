"""Lines that give a copy with something changed, and pieces joined, as statements."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..program import Line, Var, put, put_add
from .addressing import Addressing, address
from .lowering import Lowering, form, whole
from .places import Base, Place
from .statements import Scatter, Store
from .values import BOOL
from .viewing import is_basic


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
    found: Place | Addressing | None = whole(Base("", line.out.shape, line.out.dtype), line.out)
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
    found = address(low, whole(Base("", line.out.shape, line.out.dtype), line.out), index)
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
