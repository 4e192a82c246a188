"""Lines that go entry by entry, and reductions, as statements."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Line, Var, convert
from .functions import CHOICE, IDENTITY, kernel_of, whole_power
from .lowering import FOLDS, Lowering, form
from .statements import Fold
from .values import BOOL, TYPES


def elementwise(low: Lowering, line: Line) -> str | None:
    """A ufunc."""
    found = kernel_of(line.function)
    if found is None or line.params:
        return "keywords"
    kinds, kernel = found
    ufunc: Any = line.function
    args, wanted = line.args, loop_dtypes(line)
    if wanted is None or len(args) != ufunc.nin or ufunc.nout != 1:
        return "no native loop for these dtypes"
    if any(dtype not in TYPES or dtype.kind not in kinds for dtype in wanted):
        return f"no native loop for {', '.join(map(str, wanted))}"
    if line.function is np.power and is_small(args[1]):
        args, wanted, kernel = args[:1], wanted[:1], whole_power(int(args[1]))
    low.map(line.out, kernel, list(args), wanted)
    return None


def is_small(x: Any) -> bool:
    """Whether an exponent is a small whole number."""
    return (
        isinstance(x, int | float | np.floating | np.integer) and abs(float(x)) <= 8 and int(x) == x
    )


def loop_dtypes(line: Line) -> list[np.dtype[Any]] | None:
    """In which dtypes a ufunc computes, by NumPy's rules."""
    ufunc: Any = line.function
    given = [promoting(x) for x in line.args]
    if all(isinstance(x, type) for x in given):
        given = [np.dtype(x) for x in given]
    try:
        resolved = ufunc.resolve_dtypes((*given, *(None,) * ufunc.nout))
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


form("ufunc")(elementwise)
