"""``np.pad`` in every mode.

Modes that copy entries are one gather; those that compute what they pad with (ramps, statistics,
odd reflections, your own function) join it to the array, axis after axis as NumPy does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..batching.rules import widened
from ..errors import ArgumentError, expected, unsupported
from ..node import Node, as_array, dtype_of, value_of
from ..rows import implements, linear
from ..sampling import normal
from .gathering import arranged, as_dtype
from .shaping import shape_of

COPYING = {"edge", "wrap", "symmetric", "reflect"}
KEYWORDS = {
    "constant": "constant_values",
    "linear_ramp": "end_values",
    "maximum": "stat_length",
    "mean": "stat_length",
    "median": "stat_length",
    "minimum": "stat_length",
    "reflect": "reflect_type",
    "symmetric": "reflect_type",
}
STATISTICS = {"maximum": np.max, "mean": np.mean, "median": np.median, "minimum": np.min}

pad_with_zeros = linear(
    lambda x, *, widths: np.pad(x, widths),
    lambda g, x, widths: g[
        tuple(slice(i, i + n) for (i, _), n in zip(widths, shape_of(x), strict=True))
    ],
    batch=widened,
    sample=normal((3, 2), widths=((1, 0), (0, 2))),
    name="pad",
)

Sides = tuple[Any, Any]
"""What goes with the two ends of an axis."""


@implements(np.pad)
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """``np.pad`` of a Node, wrt ``constant_values`` and ``end_values``, too."""
    widths = pairs_of_widths(pad_width, np.ndim(value_of(array)))
    if not widths:  # a number has no ends
        return array
    if callable(mode):
        return padded_by(mode, array, widths, kwargs)
    check_keywords(mode, kwargs)
    if mode == "empty" or (mode == "constant" and is_zero(kwargs)):
        return pad_with_zeros(array, widths=tuple(widths))
    if mode == "constant":
        dtype, ends = dtype_of(value_of(array)), joined(kwargs.get("constant_values", 0))
        return arranged(
            lambda labels, ends: np.pad(labels, widths, constant_values=ends),
            array,
            ends,
            dtype=dtype,
        )
    if (mode in COPYING and kwargs.get("reflect_type", "even") == "even") or not np.size(array):
        kwargs = {key: given for key, given in kwargs.items() if key == "reflect_type"}
        kind: Any = mode if mode in COPYING else "edge"
        return arranged(lambda labels: np.pad(labels, widths, kind, **kwargs), array)
    return extended(array, widths, mode, **kwargs)


def is_zero(kwargs: dict[str, Any]) -> bool:
    """Whether an array is padded with plain zeros."""
    ends = kwargs.get("constant_values", 0)
    return not has_node(ends) and not np.any(ends)


def pairs_of_widths(pad_width: Any, ndim: int) -> list[tuple[int, int]]:
    """How much to add before and after, for every axis."""
    if isinstance(pad_width, dict):
        each: list[Any] = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            each[axis] = width if isinstance(width, tuple) else (width, width)
        pad_width = each
    widths = as_array(value_of(pad_width))
    if widths.dtype.kind != "i" or np.any(widths < 0):
        cure = "Pass one width, a pair, or a pair for every axis."
        raise ArgumentError(expected("pad: pad_width", "integers not negative", pad_width, cure))
    return [(int(i), int(j)) for i, j in np.broadcast_to(widths, (ndim, 2))]


def check_keywords(mode: Any, kwargs: dict[str, Any]) -> None:
    """Whether the mode exists and takes these keywords."""
    if mode not in KEYWORDS.keys() | COPYING | {"empty"}:
        cure = "See numpy.pad for the modes."
        raise ArgumentError(expected("pad: mode", "one that NumPy has", repr(mode), cure))
    for key, got in kwargs.items():
        if key != KEYWORDS.get(mode):
            raise unsupported(f"np.pad in mode {mode!r}", key, got, "Leave it out, as in NumPy.")


def joined(values: Any) -> Any:
    """Nested pairs of numbers and Nodes as one array."""
    if isinstance(values, list | tuple) and has_node(values):
        parts = [joined(v) for v in values]
        return np.stack(np.broadcast_arrays(*parts))
    return values


def has_node(values: Any) -> bool:
    """Whether a nested list holds a Node."""
    if isinstance(values, list | tuple):
        return any(map(has_node, values))
    return isinstance(values, Node)


def sides_of(given: Any, ndim: int) -> list[Any]:
    """A pair for every axis from what broadcasts to pairs."""
    return list(np.broadcast_to(joined(given), (ndim, 2)))


def extended(array: Any, widths: Sequence[Sides], mode: str, **kwargs: Any) -> Any:
    """The array with computed values joined to it, axis after axis."""
    ndim = len(widths)
    grow: Callable[..., Any]
    options: list[Any]
    if mode in ("reflect", "symmetric"):
        grow, options = mirrored, [mode == "symmetric"] * ndim
    elif mode == "linear_ramp":
        grow, options = ramped, sides_of(kwargs.get("end_values", 0), ndim)
    else:
        lengths = kwargs.get("stat_length")
        statistic = STATISTICS[mode]
        grow, options = levelled, [(statistic, s) for s in stat_lengths(lengths, ndim)]
    for axis, (width, option) in enumerate(zip(widths, options, strict=True)):
        array = np.moveaxis(grow(np.moveaxis(array, axis, 0), width, option), 0, axis)
    return array


def stat_lengths(given: Any, ndim: int) -> list[Any]:
    """How many entries count at either end of every axis; None for all of them."""
    if given is None:
        return [(None, None)] * ndim
    return list(np.broadcast_to(as_array(value_of(given)), (ndim, 2)).tolist())


def mirrored(x: Any, width: Sides, with_edge: bool) -> Any:
    """``x`` reflected in its ends, point by point (an odd reflection)."""
    period = shape_of(x)[0]
    left, right = width
    if period == 1:
        return np.take(x, np.zeros(1 + left + right, dtype=int), 0)
    first = 0 if with_edge else 1
    step = period - first
    while left or right:
        n = shape_of(x)[0]
        most = (n - first) // step * step
        before, after = min(most, left), min(most, right)
        head = 2 * x[:1] - x[first : first + before][::-1]
        tail = 2 * x[-1:] - x[n - first - after : n - first][::-1]
        x = np.concatenate([head, x, tail])
        left, right = left - before, right - after
    return x


def ramped(x: Any, width: Sides, ends: Any) -> Any:
    """``x`` with a straight way from its edges to the end values."""
    dtype = value_of(x).dtype
    left = np.linspace(ends[0], x[0], width[0], endpoint=False)
    right = np.linspace(ends[1], x[-1], width[1], endpoint=False)
    return np.concatenate([as_dtype(left, dtype), x, as_dtype(right, dtype)[::-1]])


def levelled(x: Any, width: Sides, option: Any) -> Any:
    """``x`` with a statistic of its nearest entries at both ends."""
    statistic, (before, after) = option
    dtype, n = value_of(x).dtype, shape_of(x)[0]
    head = x if before is None else x[:before]
    tail = x if after is None else x[n - min(after, n) :]
    parts = [
        np.broadcast_to(statistic(part, axis=0, keepdims=True), (k, *shape_of(x)[1:]))
        for part, k in zip((head, tail), width, strict=True)
    ]
    return np.concatenate([as_dtype(parts[0], dtype), x, as_dtype(parts[1], dtype)])


def padded_by(
    function: Callable[..., Any], array: Any, widths: Sequence[Sides], kwargs: dict[str, Any]
) -> Any:
    """Padded by a function that writes into every line, given as a buffer."""
    from ..building import buffer

    padded = pad(array, widths)
    for axis, width in enumerate(widths):
        view = np.moveaxis(padded, axis, -1)
        lines = []
        for index in np.ndindex(shape_of(view)[:-1]):
            line = buffer(view[index])
            function(line, width, axis, kwargs)
            lines.append(line.node())
        if lines:
            padded = np.moveaxis(np.reshape(np.stack(lines), shape_of(view)), -1, axis)
    return padded
