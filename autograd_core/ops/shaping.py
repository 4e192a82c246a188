"""Another view of the same entries: reshape, transpose, flip, broadcast; and copies in a dtype.

Each is linear with entries 0 and 1, so its transpose moves them back (and adds what was copied).
Entries that move by labels are in ``gathering.py``, several arrays in one in ``joining.py``.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..arrays import kin
from ..batching.batched import Batched
from ..batching.rules import along, leading, permuted, reshaped
from ..broadcasting import cast
from ..errors import (
    ArgumentError,
    ArgumentTypeError,
    NotDifferentiableError,
    expected,
    unsupported,
)
from ..node import Node, as_array, value_of
from ..rows import implements, linear, newer
from ..sampling import normal


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array or Node."""
    return np.shape(value_of(x))


def blank(x: Any) -> Any:
    """An array of the shape of an array or Node, in which nothing stands: it takes no memory."""
    return np.broadcast_to(0, shape_of(x))


def axis_of(x: Any, axis: Any) -> int:
    """An axis of an array or Node, counted from the front."""
    return int(np.lib.array_utils.normalize_axis_index(axis, np.ndim(value_of(x))))


reshape_ = linear(
    lambda x, *, shape: np.reshape(x, shape),
    lambda g, x, shape: np.reshape(g, shape_of(x)),
    batch=reshaped,
    sample=normal((3, 2), shape=(2, 3)),
    name="reshape",
)


@implements(np.reshape)
def reshape(a: Any, /, shape: Any, order: str = "C", *, copy: Any = None) -> Any:
    """``np.reshape`` of a Node."""
    if order not in ("C", "F", "A"):
        raise ArgumentError(
            expected("reshape: order", "'C', 'F' or 'A'", repr(order), "Choose one.")
        )
    shape = (shape,) if isinstance(shape, int | np.integer) else tuple(map(operator.index, shape))
    size, known = math.prod(shape_of(a)), -math.prod(shape)
    if shape.count(-1) == 1 and known and size % known == 0:
        shape = tuple(size // known if n == -1 else n for n in shape)
    if is_fortran(a, order):
        return np.transpose(reshape_(np.transpose(a), shape=shape[::-1]))
    return reshape_(a, shape=shape)


def is_fortran(a: Any, order: str) -> bool:
    """Whether ``order`` reads the first axis fastest."""
    if order in "CF":
        return order == "F"
    value = as_array(value_of(a))
    return order in "AK" and (value.flags.f_contiguous and not value.flags.c_contiguous)


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """``np.ravel`` of a Node; in order "K" as the entries lie in memory."""
    if order == "K":
        strides = as_array(value_of(a)).strides
        a = np.transpose(a, sorted(range(len(strides)), key=lambda i: -abs(strides[i])))
        order = "C"
    flat = (math.prod(shape_of(a)),)
    return shaped(a, flat) if order == "C" else reshape(a, flat, order)


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """``np.squeeze`` of a Node."""
    return reshape_(a, shape=np.shape(np.squeeze(blank(a), axis)))


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """``np.expand_dims`` of a Node."""
    return reshape_(a, shape=np.shape(np.expand_dims(blank(a), axis)))


def shaped(a: Any, shape: tuple[int, ...]) -> Any:
    """``a`` in a shape; a Node that has it already as it is."""
    return a if isinstance(a, Node) and a.shape == shape else reshape_(a, shape=shape)


def at_least(function: Any) -> Any:
    """``np.atleast_nd`` of Nodes, themselves where they have the axes."""

    def rule(*arrays: Any) -> Any:
        made = tuple(shaped(a, np.shape(function(blank(a)))) for a in arrays)
        return made[0] if len(made) == 1 else made

    return rule


function: Any  # of the loops: to NumPy's stubs every function has a type of its own
for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    implements(function)(at_least(function))

transpose_ = linear(
    lambda x, *, axes: np.transpose(x, axes),
    lambda g, x, axes: np.transpose(g, [axes.index(i) for i in range(len(axes))]),
    batch=permuted,
    sample=normal((3, 2, 4), axes=(2, 0, 1)),
    name="transpose",
)


@implements(np.transpose)
def transpose(a: Any, axes: Any = None) -> Any:
    """``np.transpose`` of a Node."""
    ndim = np.ndim(value_of(a))
    if axes is None:
        return transpose_(a, axes=tuple(range(ndim))[::-1])
    return transpose_(a, axes=tuple(operator.index(i) + ndim * (i < 0) for i in axes))


def reordered(function: Any) -> Any:
    """A NumPy function that only reorders axes, as a transpose."""

    def rule(a: Any, *args: Any, **params: Any) -> Any:
        ndim = np.ndim(value_of(a))
        labelled = np.empty(
            tuple(range(2, 2 + ndim)), dtype=bool
        )  # an axis is recognised by its length
        return transpose_(a, axes=tuple(n - 2 for n in function(labelled, *args, **params).shape))

    return rule


for function in (np.swapaxes, np.moveaxis, np.rollaxis, np.matrix_transpose):
    implements(function)(reordered(function))

flip_ = linear(
    lambda x, *, axis: np.flip(x, axis),
    lambda g, x, axis: np.flip(g, axis),
    batch=along("axis"),
    sample=normal((3, 2), axis=(0,)),
    name="flip",
)


@implements(np.flip)
def flip(m: Any, axis: Any = None) -> Any:
    """``np.flip`` of a Node."""
    return flip_(m, axis=axis)


@implements(np.broadcast_arrays)
def broadcast_arrays(*args: Any, subok: bool = False) -> Any:
    """``np.broadcast_arrays`` of Nodes."""
    shape = np.broadcast_shapes(*map(shape_of, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


# copies
def _copy(x: Any, *, order: Any) -> Any:
    copied: Any = x.astype(x.dtype) if kin(x) is not None else np.array(x, order=order)
    return copied[()]


copy_ = linear(
    _copy,
    lambda g, x, order: g,
    batch=leading,
    sample=normal((3, 2), order="F"),
    name="copy",
)


@implements(np.copy)
def copy(a: Any, order: Any = "K", subok: bool = False) -> Any:
    """``np.copy`` of a Node."""
    return copy_(a, order=order)


@implements(np.ndarray.astype, *newer("astype"))
def astype(
    x: Any,
    dtype: Any,
    order: Any = "K",
    casting: Any = "unsafe",
    subok: bool = True,
    copy: Any = True,
) -> Any:
    """``x.astype(dtype)`` of a Node, to a floating or complex dtype."""
    if type(x) is Batched:
        return Batched(astype(x.array, dtype, order, casting), x.level)
    dtype = np.dtype(dtype)
    value = as_array(value_of(x))
    if not np.can_cast(value.dtype, dtype, casting):
        cure = "Leave casting out to convert anyway."
        wanted = f"a dtype that casting={casting!r} allows from {value.dtype}"
        raise ArgumentTypeError(expected("astype", wanted, dtype, cure))
    if not isinstance(x, Node) or not x.requires_grad:
        return value.astype(dtype, order)[()]
    if dtype.kind not in "fc" or (value.dtype.kind == "c" and dtype.kind == "f"):
        raise NotDifferentiableError(
            "astype of a Node expected a dtype that keeps its derivative, got "
            f"{dtype} from {value.dtype}. "
            "Use node.value.astype(...) to drop it, node.real for the real part."
        )
    return cast(x, dtype=dtype) if order == "K" else copy_(cast(x, dtype=dtype), order=order)


def refuse_out(name: str, out: Any) -> None:
    """``out=`` cannot be honoured."""
    if out is not None:
        raise unsupported(name, "out", "...", "Nodes are immutable: use the returned result.")
