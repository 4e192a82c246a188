"""Lines that show entries of another array, or select them by number, as places and statements."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..program import Line, Var
from .addressing import address
from .lowering import Lowering, form
from .places import Place
from .statements import Gather


def viewed(find: Callable[[Place, Line], Place | None]) -> Any:
    """The form of a view of the first argument."""

    def handler(low: Lowering, line: Line) -> str | None:
        x = low.variable(line.args[0])
        place = find(low.places[x], line)
        if place is None:
            place = find(low.places[low.copied(x, x.shape, x.dtype)], line)
        assert place is not None
        low.show_as(line.out, x, place)
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
        low.show_as(line.out, x, low.places[x].indexed(index))
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
