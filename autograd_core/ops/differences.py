"""Differences of neighbours: diff, ediff1d, gradient, unwrap; all composed of slices."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..batching.batched import Batched
from ..errors import ArgumentError, ArgumentTypeError, expected
from ..node import Node, as_array, dtype_of, value_of
from ..rows import implements
from .gathering import as_dtype
from .reductions import axes_of
from .shaping import shape_of

MISSING = np._NoValue


def part(x: Any, axis: int, start: Any, stop: Any) -> Any:
    """A slice along one axis."""
    return x[(slice(None),) * axis + (slice(start, stop),)]


def steps(x: Any, axis: int) -> Any:
    """Every entry less the one before."""
    step = np.not_equal if value_of(x).dtype == bool else np.subtract
    return step(part(x, axis, 1, None), part(x, axis, None, -1))


@implements(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = MISSING, append: Any = MISSING) -> Any:
    """``np.diff`` of Nodes."""
    n = operator.index(n)
    if n < 0:
        cure = "Pass how often to take differences."
        raise ArgumentError(expected("diff: n", "a number not negative", n, cure))
    if n == 0:
        return a
    (axis,) = axes_of(a, axis)
    edge = [1 if i == axis else k for i, k in enumerate(shape_of(a))]
    joined = [
        np.broadcast_to(x, edge) if np.ndim(value_of(x)) == 0 else x
        for x in (prepend, a, append)
        if x is not MISSING
    ]
    a = np.concatenate(joined, axis) if len(joined) > 1 else a
    for _ in range(n):
        a = steps(a, axis)
    return a


@implements(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """``np.ediff1d`` of Nodes, in the dtype of ``ary``."""
    flat = np.ravel(ary)
    dtype = value_of(flat).dtype
    ends = [None if x is None else np.ravel(as_dtype(x, dtype)) for x in (to_begin, to_end)]
    parts = [x for x in (ends[0], steps(flat, 0), ends[1]) if x is not None]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


# gradient
@implements(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """``np.gradient`` of Nodes, wrt the spacing, too."""
    axes = axes_of(f, axis)
    if edge_order not in (1, 2):
        cure = "Pass 1 or 2."
        raise ArgumentError(expected("gradient: edge_order", "1 or 2", edge_order, cure))
    results = [
        slope(f, spacing, axis, edge_order)
        for axis, spacing in zip(axes, spacings(f, varargs, axes), strict=True)
    ]
    return results[0] if len(axes) == 1 else tuple(results)


def spacings(f: Any, given: tuple[Any, ...], axes: tuple[int, ...]) -> list[Any]:
    """For every axis one distance, or the distances between all neighbours."""
    if not given:
        return [1.0] * len(axes)
    if len(given) == 1 and np.ndim(value_of(given[0])) == 0:
        return list(given) * len(axes)
    if len(given) != len(axes):
        cure = "Pass none, one number, or one for every axis."
        wanted = f"none, one or {len(axes)} spacings"
        raise ArgumentTypeError(expected("gradient", wanted, len(given), cure))
    return [distances(x, shape_of(f)[axis]) for x, axis in zip(given, axes, strict=True)]


def distances(spacing: Any, n: int) -> Any:
    """A distance as it is; of coordinates the steps, one number where they are all the same.

    Coordinates that carry a gradient keep every step: each moves on its own.
    """
    if np.ndim(value_of(spacing)) == 0:
        return spacing
    if shape_of(spacing) != (n,):
        cure = "Pass one coordinate for every entry along the axis."
        raise ArgumentError(
            expected("gradient: coordinates", f"shape {(n,)}", shape_of(spacing), cure)
        )
    spacing = spacing if isinstance(spacing, Node | Batched) else np.asarray(spacing)
    h = steps(spacing.astype(float) if spacing.dtype.kind in "iu" else spacing, 0)
    even = not isinstance(h, Node) and bool((h == h[0]).all())
    return h[0] if even else h


def slope(f: Any, h: Any, axis: int, edge_order: int) -> Any:
    """Central differences along an axis, one-sided ones at its ends."""
    n = shape_of(f)[axis]
    if n < edge_order + 1:
        cure = "Pass a longer array, or a smaller edge_order."
        wanted = f"at least {edge_order + 1} entries along axis {axis}"
        raise ArgumentError(expected("gradient", wanted, n, cure))
    kind = dtype_of(value_of(f))
    dtype = kind if kind.kind in "fc" else np.dtype(float)
    y = np.moveaxis(as_dtype(f, dtype), axis, 0)
    inner = even_slope(y, h) if np.ndim(value_of(h)) == 0 else uneven_slope(y, h)
    first, last = edges(y, h, edge_order)
    result = np.concatenate([first[None], inner, last[None]])
    return np.moveaxis(as_dtype(result, dtype), 0, axis)


def even_slope(y: Any, h: Any) -> Any:
    """Central differences for one distance."""
    return (y[2:] - y[:-2]) / (2.0 * h)


def uneven_slope(y: Any, h: Any) -> Any:
    """The parabola through three neighbours, for unequal distances."""
    shape = (-1,) + (1,) * (np.ndim(value_of(y)) - 1)
    h1, h2 = np.reshape(h[:-1], shape), np.reshape(h[1:], shape)
    a = -h2 / (h1 * (h1 + h2))
    b = (h2 - h1) / (h1 * h2)
    c = h1 / (h2 * (h1 + h2))
    return a * y[:-2] + b * y[1:-1] + c * y[2:]


def edges(y: Any, h: Any, order: int) -> tuple[Any, Any]:
    """One-sided differences at both ends."""
    even = np.ndim(value_of(h)) == 0
    if order == 1:
        h1, h2 = (h, h) if even else (h[0], h[-1])
        return (y[1] - y[0]) / h1, (y[-1] - y[-2]) / h2
    h1, h2 = (h, h) if even else (h[0], h[1])
    first = parabola_end(y[0], y[1], y[2], h1, h2)
    h1, h2 = (h, h) if even else (h[-1], h[-2])
    return first, -parabola_end(y[-1], y[-2], y[-3], h1, h2)


def parabola_end(y0: Any, y1: Any, y2: Any, h1: Any, h2: Any) -> Any:
    """The slope at the first of three points, ``h1`` and ``h2`` apart."""
    a = -(2.0 * h1 + h2) / (h1 * (h1 + h2))
    b = (h1 + h2) / (h1 * h2)
    c = -h1 / (h2 * (h1 + h2))
    return a * y0 + b * y1 + c * y2


@implements(np.unwrap)
def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    """``np.unwrap`` of Nodes: whole periods are added, so the slope is 1, and their number wrt one.

    How many are added is a step function, whose derivative is 0.
    """
    plain, length = as_array(value_of(p)), value_of(period)
    jump = None if discont is None else value_of(discont)
    unwrapped = np.unwrap(plain, jump, axis, period=length)
    turns = np.rint((unwrapped - plain) / length)
    if not isinstance(period, Node):
        return p + (turns * length).astype(unwrapped.dtype)
    return p + turns.astype(unwrapped.dtype) * period
