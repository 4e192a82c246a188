"""Arrays laid out anew: roll, rotate, repeat, tile, insert, delete, triangles and diagonals.

Views and copies by broadcasting where they do; ``arranged`` where entries move one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batching.rules import along, rolled
from ..errors import ArgumentError, expected, unsupported
from ..node import as_array, dtype_of, value_of, values_of
from ..rows import implements, linear
from ..sampling import normal
from .gathering import arranged, put_back
from .shaping import axis_of, shape_of


def opposite(shift: Any) -> Any:
    """The shift that rolls back."""
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


roll_ = linear(
    lambda x, *, shift, axis: np.roll(x, shift, axis),
    lambda g, x, shift, axis: np.roll(g, opposite(shift), axis),
    batch=rolled,
    sample=[
        normal((3, 2), shift=(1, -2), axis=(0, -1)),
        normal((3, 2), shift=4, axis=None),
    ],
    name="roll",
)


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """``np.roll`` of a Node."""
    plain = [as_array(value_of(k)).tolist() if k is not None else None for k in (shift, axis)]
    shift, axis = (tuple(k) if isinstance(k, list) else k for k in plain)
    return roll_(a, shift=shift, axis=axis)


@implements(np.fliplr)
def fliplr(m: Any) -> Any:
    """``np.fliplr`` of a Node."""
    return np.flip(m, 1)


@implements(np.flipud)
def flipud(m: Any) -> Any:
    """``np.flipud`` of a Node."""
    return np.flip(m, 0)


@implements(np.rot90)
def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    """``np.rot90`` of a Node."""
    np.rot90(np.broadcast_to(0, shape_of(m)), k, axes)  # NumPy's own messages
    first, second = axes
    turns = {
        0: lambda: m,
        1: lambda: np.swapaxes(np.flip(m, second), first, second),
        2: lambda: np.flip(m, (first, second)),
        3: lambda: np.flip(np.swapaxes(m, first, second), second),
    }
    return turns[k % 4]()


def sum_of_copies(g: Any, x: Any, times: int, axis: int) -> Any:
    """What the copies of every entry got; few of them are added one by one, which is faster."""
    shape = shape_of(x)
    runs: Any = np.reshape(g, (*shape[: axis + 1], times, *shape[axis + 1 :]))
    if not 0 < times <= 8:
        return np.sum(runs, axis=axis + 1)
    lead: Any = (slice(None),) * (axis + 1)
    total = runs[(*lead, 0)]
    for i in range(1, times):
        total = total + runs[(*lead, i)]
    return total


repeat_ = linear(
    lambda x, *, times, axis: np.repeat(x, times, axis),
    sum_of_copies,
    batch=along("axis"),
    sample=[normal((3, 2), times=2, axis=1), normal((3, 2), times=9, axis=0)],
    name="repeat",
)


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """``np.repeat`` of a Node; a gather where every entry has its own count."""
    a = np.ravel(a) if axis is None else np.atleast_1d(a)
    axis = axis_of(a, 0 if axis is None else axis)
    counts = as_array(value_of(repeats))
    if counts.size == 1:
        return repeat_(a, times=int(counts.item()), axis=axis)
    return np.take(a, np.repeat(np.arange(shape_of(a)[axis]), counts), axis)


@implements(np.tile)
def tile(A: Any, reps: Any) -> Any:
    """``np.tile`` of a Node: a broadcast."""
    reps = tuple(np.atleast_1d(value_of(reps)).tolist())
    shape = shape_of(A)
    ndim = max(len(reps), len(shape))
    reps, shape = ((1,) * (ndim - len(n)) + n for n in (reps, shape))
    ones = [k for n in shape for k in (1, n)]
    copied = [k for pair in zip(reps, shape, strict=True) for k in pair]
    spread = np.broadcast_to(np.reshape(A, ones), copied)
    return np.reshape(spread, [r * n for r, n in zip(reps, shape, strict=True)])


@implements(np.resize)
def resize(a: Any, new_shape: Any) -> Any:
    """``np.resize`` of a Node: its entries over and over."""
    return arranged(lambda labels: np.resize(labels + 1, new_shape) - 1, a)


@implements(np.delete)
def delete(arr: Any, obj: Any, axis: Any = None) -> Any:
    """``np.delete`` of a Node; what is deleted has no influence."""
    obj = values_of(obj)
    return arranged(lambda labels: np.delete(labels, obj, axis), arr)


@implements(np.insert)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None) -> Any:
    """``np.insert`` of Nodes, in the dtype of ``arr`` as NumPy has it."""
    dtype, obj = dtype_of(value_of(arr)), values_of(obj)
    return arranged(lambda old, new: np.insert(old, obj, new, axis), arr, values, dtype=dtype)


@implements(np.block)
def block(arrays: Any) -> Any:
    """``np.block`` of nested lists of Nodes."""
    leaves: list[Any] = []

    def numbered(part: Any) -> Any:
        if isinstance(part, list):
            return [numbered(p) for p in part]
        leaves.append(part)
        return len(leaves) - 1

    def laid_out(numbers: Any, labels: Sequence[Any]) -> Any:
        if isinstance(numbers, list):
            return [laid_out(n, labels) for n in numbers]
        return labels[numbers]

    numbers = numbered(arrays)
    dtype = np.result_type(*(as_array(value_of(a)) for a in leaves))
    return arranged(lambda *labels: np.block(laid_out(numbers, labels)), *leaves, dtype=dtype)


@implements(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """``np.trim_zeros`` of a Node: a slice, its ends chosen by the values."""
    ends = trim.lower()
    if ends not in ("fb", "bf", "f", "b"):
        cure = "Choose which ends to trim."
        raise ArgumentError(expected("trim_zeros: trim", "'f', 'b' or 'fb'", repr(trim), cure))
    value = as_array(value_of(filt))
    trimmed: Any = range(value.ndim)
    if not value.ndim:
        return filt
    if axis is not None:
        trimmed = np.lib.array_utils.normalize_axis_tuple(axis, value.ndim)
    found = np.argwhere(value)
    if not len(found):
        return filt[tuple(slice(0, 0) if i in trimmed else slice(None) for i in range(value.ndim))]
    first, last = ([int(k) for k in end(found, axis=0)] for end in (np.min, np.max))
    cut = [
        slice(i if "f" in ends else None, j + 1 if "b" in ends else None)
        for i, j in zip(first, last, strict=True)
    ]
    return filt[tuple(c if i in trimmed else slice(None) for i, c in enumerate(cut))]


@implements(np.lib.stride_tricks.sliding_window_view)
def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    """``sliding_window_view`` of a Node, which is a copy."""
    if writeable:
        cure = "Leave it out: a Node is immutable."
        raise unsupported("sliding_window_view", "writeable", writeable, cure)
    return arranged(
        lambda labels: np.lib.stride_tricks.sliding_window_view(labels, window_shape, axis), x
    )


# triangles and diagonals
def lower(m: Any, k: int) -> Any:
    """Which entries of a matrix, or of many, are on diagonal ``k`` or below."""
    rows, columns = (shape_of(m) * 2)[-2:]
    return np.tri(rows, columns, k, bool)


@implements(np.tril)
def tril(m: Any, k: int = 0) -> Any:
    """``np.tril`` of a Node; what is cut off has no influence."""
    return np.where(lower(m, k), m, 0)


@implements(np.triu)
def triu(m: Any, k: int = 0) -> Any:
    """``np.triu`` of a Node; what is cut off has no influence."""
    return np.where(lower(m, k - 1), 0, m)


@implements(np.diag)
def diag(v: Any, k: int = 0) -> Any:
    """``np.diag`` of a Node: a diagonal taken out, or put into a square of zeros."""
    shape = shape_of(v)
    if len(shape) != 1:
        if len(shape) != 2:
            cure = "Use np.diagonal, or np.diagflat."
            raise ArgumentError(expected("diag", "one or two axes", f"shape {shape}", cure))
        return np.diagonal(v, k)
    n = shape[0] + abs(k)
    rows = np.arange(shape[0]) + max(-k, 0)
    return put_back(v, places=rows * n + rows + k, shape=(n, n))


@implements(np.diagflat)
def diagflat(v: Any, k: int = 0) -> Any:
    """``np.diagflat`` of a Node."""
    return diag(np.ravel(v), k)
