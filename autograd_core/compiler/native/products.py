"""Code of products of matrices, by BLAS; and of argmax and argmin."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import numpy as np

from . import blas
from .functions import is_nan
from .places import Place
from .statements import Extreme, Product
from .values import BOOL, FLOAT64, INT64, STORED, Value, select

ROWS, COLUMNS, PLAIN, TRANSPOSED = 101, 102, 111, 112
"""Numbers that CBLAS gives to orders and operations."""


def walk(emission: Any, stack: ExitStack, lengths: Any) -> list[Value]:
    """Loops over axes; the indices."""
    return [stack.enter_context(emission.code.loop(n)).index for n in lengths]


def pointer(emission: Any, place: Place, indices: list[Value]) -> str:
    """The address of the entry at the first indices."""
    base, shift = emission.pointer(place.base)
    at: Any = place.start + shift
    for index, stride in zip(indices, place.strides, strict=False):
        at = index * stride + at if stride else at
    found: str = emission.code.pointer(base, at, STORED[place.dtype])
    return found


def product(emission: Any, s: Product) -> None:
    """One or many products."""
    assert s.place is not None
    if not s.place.size:
        return
    with ExitStack() as stack:
        indices = walk(emission, stack, s.shape)
        places = s.a, s.b, s.place
        a, b, out = (pointer(emission, place, indices) for place in places)
        m, k, n = *s.a.shape[-2:], s.b.shape[-1]
        if k == 0:
            zero = emission.code.literal(0.0, s.place.dtype)
            with emission.code.loop(m * n, parallel=True) as loop:
                emission.code.store(zero, out, loop.index)
        elif n == 1 or m == 1:
            vector(emission, s, a, b, out)
        else:
            matrices(emission, s, a, b, out)


def matrices(emission: Any, s: Product, a: str, b: str, out: str) -> None:
    """Gemm."""
    m, k, n = *s.a.shape[-2:], s.b.shape[-1]
    a_rows, a_lead = blas.layout(s.a)  # type: ignore[misc]
    b_rows, b_lead = blas.layout(s.b)  # type: ignore[misc]
    one, zero = scalar(emission, s, 1.0), scalar(emission, s, 0.0)
    flags = [ROWS, PLAIN if a_rows else TRANSPOSED, PLAIN if b_rows else TRANSPOSED]
    args = [m, n, k, one, ("ptr", a), a_lead, ("ptr", b), b_lead, zero, ("ptr", out), n]
    call(emission, s, "gemm", flags, args)


def vector(emission: Any, s: Product, a: str, b: str, out: str) -> None:
    """gemv: one operand is a column, or a row."""
    column = s.b.shape[-1] == 1
    big, small, lead = (s.a, s.b, a) if column else (s.b, s.a, b)
    x, axis = (b, -2) if column else (a, -1)
    rows, leading = blas.layout(big)  # type: ignore[misc]
    flags = [ROWS if rows else COLUMNS, PLAIN if column else TRANSPOSED]
    one, zero = scalar(emission, s, 1.0), scalar(emission, s, 0.0)
    step = small.strides[axis] or 1
    m, n = big.shape[-2:]
    args = [m, n, one, ("ptr", lead), leading, ("ptr", x), step, zero, ("ptr", out), 1]
    call(emission, s, "gemv", flags, args)


def scalar(emission: Any, s: Product, number: float) -> tuple[str, str]:
    """A number as an argument."""
    value = emission.code.literal(number, s.a.dtype)
    return value.kind, value.text


def call(emission: Any, s: Product, name: str, flags: list[int], args: list[Any]) -> None:
    """A call of BLAS."""
    name = ("d" if s.a.dtype == FLOAT64 else "s") + name
    integer = f"i{blas.functions()[1]}"
    given = [f"i32 {flag}" for flag in flags]
    given += [f"{integer} {x}" if isinstance(x, int) else f"{x[0]} {x[1]}" for x in args]
    emission.code.put(f"call void {emission.function(name)}({', '.join(given)})")


def extreme(emission: Any, s: Extreme) -> None:
    """The index of the first largest or smallest entry; NaN counts as that."""
    code, x = emission.code, s.reads[0]
    place, out = emission.places[x], s.place
    assert out is not None
    outer = [axis for axis in range(len(s.shape)) if axis != s.axis]
    if not out.size:
        return
    with ExitStack() as stack:
        indices = walk(emission, stack, [s.shape[axis] for axis in outer])
        moved = place.transposed((*outer, s.axis))
        start, step = pointer(emission, moved, indices), moved.strides[-1]
        first = code.load(start, 0, x.dtype), code.literal(0, INT64)
        with code.loop(s.shape[s.axis], first) as loop:
            entry = code.load(start, loop.index * step, x.dtype)
            best, at = loop.values
            loop.results = better(entry, loop.index, best, at, s.least)
        target = pointer(emission, out, indices)
        code.store(loop.results[1].to(out.dtype), target, 0)


def better(x: Value, i: Value, best: Value, at: Value, least: bool) -> list[Value]:
    """The better of two entries and its index."""
    wins = x < best if least else x > best
    if x.floating:
        wins = wins | (is_nan(x) & ~is_nan(best))
    assert wins.dtype == BOOL == np.dtype(bool)
    return [select(wins, x, best), select(wins, i, at)]
