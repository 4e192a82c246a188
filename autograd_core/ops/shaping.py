"""Ops that move entries without changing them: reshape, transpose, join, split, repeat, cast.

Each is linear with entries 0 and 1, so its transpose moves them back (and adds what was copied).
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..broadcasting import cast
from ..errors import (
    ArgumentError,
    ArgumentTypeError,
    NotDifferentiableError,
    expected,
    unsupported,
)
from ..node import Node, value_of
from ..rows import implements, jointly_linear, linear
from ..sampling import normal


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an array or Node."""
    return np.shape(value_of(x))


reshape_ = linear(
    lambda x, *, shape: np.reshape(x, shape),
    lambda g, x, shape: np.reshape(g, shape_of(x)),
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
    size, known = np.size(value_of(a)), -math.prod(shape)
    if shape.count(-1) == 1 and known and size % known == 0:
        shape = tuple(size // known if n == -1 else n for n in shape)
    if is_fortran(a, order):
        return np.transpose(reshape_(np.transpose(a), shape=shape[::-1]))
    return reshape_(a, shape=shape)


def is_fortran(a: Any, order: str) -> bool:
    """Whether ``order`` reads the first axis fastest."""
    value = np.asarray(value_of(a))
    return order == "F" or (
        order in "AK" and value.flags.f_contiguous and not value.flags.c_contiguous
    )


@implements(np.ravel)
def ravel(a: Any, order: str = "C") -> Any:
    """``np.ravel`` of a Node."""
    return reshape(a, (np.size(value_of(a)),), order)


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> Any:
    """``np.squeeze`` of a Node."""
    return reshape_(a, shape=np.shape(np.squeeze(np.asarray(value_of(a)), axis)))


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> Any:
    """``np.expand_dims`` of a Node."""
    return reshape_(a, shape=np.shape(np.expand_dims(value_of(a), axis)))


def at_least(function: Any) -> Any:
    """``np.atleast_nd`` of Nodes."""

    def rule(*arrays: Any) -> Any:
        made = tuple(reshape_(a, shape=np.shape(function(value_of(a)))) for a in arrays)
        return made[0] if len(made) == 1 else made

    return rule


function: Any  # of the loops: to NumPy's stubs every function has a type of its own
for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    implements(function)(at_least(function))

transpose_ = linear(
    lambda x, *, axes: np.transpose(x, axes),
    lambda g, x, axes: np.transpose(g, [axes.index(i) for i in range(len(axes))]),
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


# joining
def pieces(g: Any, out: Any, *arrays: Any, axis: int) -> list[Any]:
    """The parts of ``g`` that came from each of the joined arrays."""
    ends = np.cumsum([shape_of(a)[axis] for a in arrays])
    lead = (slice(None),) * axis
    starts = [0, *ends[:-1]]
    return [g[(*lead, slice(int(i), int(j)))] for i, j in zip(starts, ends, strict=True)]


concatenate_ = jointly_linear(
    lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    pieces,
    sample=[normal((3, 2), (1, 2), axis=0), normal((2, 1), (2, 3), (2, 2), axis=1)],
    name="concatenate",
)
stack_ = jointly_linear(
    lambda *arrays, axis: np.stack(arrays, axis=axis),
    lambda g, out, *arrays, axis: [g[(slice(None),) * axis + (i,)] for i in range(len(arrays))],
    sample=[normal((3, 2), (3, 2), axis=1), normal((), (), (), axis=0)],
    name="stack",
)


@implements(np.concatenate)
def concatenate(
    arrays: Sequence[Any],
    axis: Any = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
) -> Any:
    """``np.concatenate`` of Nodes."""
    refuse_out("np.concatenate", out)
    arrays = list(arrays)
    if axis is None:
        arrays, axis = [np.ravel(a) for a in arrays], 0
    joined = concatenate_(
        *arrays, axis=operator.index(axis) + np.ndim(value_of(arrays[0])) * (axis < 0)
    )
    return joined_as("np.concatenate", joined, dtype, casting)


@implements(np.stack)
def stack(
    arrays: Sequence[Any],
    axis: int = 0,
    out: Any = None,
    *,
    dtype: Any = None,
    casting: str = "same_kind",
) -> Any:
    """``np.stack`` of Nodes."""
    refuse_out("np.stack", out)
    arrays = list(arrays)
    joined = stack_(
        *arrays, axis=operator.index(axis) + (np.ndim(value_of(arrays[0])) + 1) * (axis < 0)
    )
    return joined_as("np.stack", joined, dtype, casting)


def joined_as(name: str, joined: Any, dtype: Any, casting: str) -> Any:
    """A join in the ``dtype`` asked for, where NumPy's default for ``casting`` allows it."""
    if casting != "same_kind":
        cure = "Leave it out, and call .astype(dtype) on the result."
        raise unsupported(name, "casting", casting, cure)
    if dtype is None:
        return joined
    result = astype(joined, dtype)
    if not np.can_cast(joined.dtype, dtype, "same_kind"):
        cure = "Call .astype(dtype) on the result."
        raise ArgumentTypeError(
            expected(name, f"a dtype of the same kind as {joined.dtype}", np.dtype(dtype), cure)
        )
    return result


def refuse_out(name: str, out: Any) -> None:
    """``out=`` cannot be honoured."""
    if out is not None:
        raise unsupported(name, "out", "...", "Nodes are immutable: use the returned result.")


@implements(np.vstack)
def vstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """``np.vstack`` of Nodes."""
    joined = concatenate([np.atleast_2d(a) for a in tup], 0)
    return joined_as("np.vstack", joined, dtype, casting)


@implements(np.hstack)
def hstack(tup: Sequence[Any], *, dtype: Any = None, casting: str = "same_kind") -> Any:
    """``np.hstack`` of Nodes."""
    arrays = [np.atleast_1d(a) for a in tup]
    joined = concatenate(arrays, 0 if np.ndim(value_of(arrays[0])) == 1 else 1)
    return joined_as("np.hstack", joined, dtype, casting)


@implements(np.dstack)
def dstack(tup: Sequence[Any]) -> Any:
    """``np.dstack`` of Nodes."""
    return concatenate([np.atleast_3d(a) for a in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Sequence[Any]) -> Any:
    """``np.column_stack`` of Nodes."""
    return concatenate([a if np.ndim(value_of(a)) > 1 else np.reshape(a, (-1, 1)) for a in tup], 1)


@implements(np.append)
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """``np.append`` of Nodes."""
    return concatenate((arr, values), axis)


# splitting: slices
@implements(np.array_split)
def array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """``np.array_split`` of a Node."""
    return slices(ary, np.array_split(np.arange(shape_of(ary)[axis]), indices_or_sections), axis)


@implements(np.split)
def split(ary: Any, indices_or_sections: Any, axis: int = 0) -> Any:
    """``np.split`` of a Node."""
    return slices(ary, np.split(np.arange(shape_of(ary)[axis]), indices_or_sections), axis)


def slices(ary: Any, runs: Sequence[Any], axis: int) -> list[Any]:
    """The parts of ``ary`` along an axis; each run is consecutive."""
    lead = (slice(None),) * (axis % np.ndim(value_of(ary)))
    return [ary[(*lead, slice(int(r[0]), int(r[-1]) + 1) if len(r) else slice(0, 0))] for r in runs]


@implements(np.hsplit)
def hsplit(ary: Any, indices_or_sections: Any) -> Any:
    """``np.hsplit`` of a Node."""
    return split(ary, indices_or_sections, 0 if np.ndim(value_of(ary)) == 1 else 1)


@implements(np.vsplit)
def vsplit(ary: Any, indices_or_sections: Any) -> Any:
    """``np.vsplit`` of a Node."""
    return split(ary, indices_or_sections, 0)


@implements(np.dsplit)
def dsplit(ary: Any, indices_or_sections: Any) -> Any:
    """``np.dsplit`` of a Node."""
    return split(ary, indices_or_sections, 2)


# copies
copy_ = linear(lambda x: np.array(x)[()], lambda g, x: g, sample=normal((3, 2)), name="copy")


@implements(np.copy)
def copy(a: Any, order: str = "K", subok: bool = False) -> Any:
    """``np.copy`` of a Node."""
    return copy_(a)


@implements(np.ndarray.astype, *filter(None, [getattr(np, "astype", None)]))
def astype(
    x: Any,
    dtype: Any,
    order: str = "K",
    casting: str = "unsafe",
    subok: bool = True,
    copy: Any = True,
) -> Any:
    """``x.astype(dtype)`` of a Node, to a floating or complex dtype."""
    if casting != "unsafe":
        raise unsupported("astype", "casting", casting, "Leave it out, or ask np.can_cast first.")
    dtype = np.dtype(dtype)
    value = np.asarray(value_of(x))
    if not isinstance(x, Node) or not x.requires_grad:
        return value.astype(dtype)[()]
    if dtype.kind not in "fc" or (value.dtype.kind == "c" and dtype.kind == "f"):
        raise NotDifferentiableError(
            "astype of a Node expected a dtype that keeps its derivative, got "
            f"{dtype} from {value.dtype}. "
            "Use node.value.astype(...) to drop it, node.real for the real part."
        )
    return cast(x, dtype=dtype)
