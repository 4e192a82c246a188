"""Joining and splitting: concatenate, stack and their kin; the parts of an array are slices.

One row a way to join; what NumPy composes of them is composed here, too.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batching.rules import joined
from ..errors import ArgumentError, ArgumentTypeError, expected, unsupported
from ..node import value_of
from ..rows import implements, jointly_linear, newer
from ..sampling import normal
from .shaping import astype, refuse_out, shape_of


def pieces(g: Any, out: Any, *arrays: Any, axis: int) -> list[Any]:
    """The parts of ``g`` that came from each of the joined arrays."""
    ends = np.cumsum([shape_of(a)[axis] for a in arrays])
    lead = (slice(None),) * axis
    starts = [0, *ends[:-1]]
    return [g[(*lead, slice(int(i), int(j)))] for i, j in zip(starts, ends, strict=True)]


concatenate_ = jointly_linear(
    lambda *arrays, axis: np.concatenate(arrays, axis=axis),
    pieces,
    batch=joined,
    sample=[normal((3, 2), (1, 2), axis=0), normal((2, 1), (2, 3), (2, 2), axis=1)],
    name="concatenate",
)
stack_ = jointly_linear(
    lambda *arrays, axis: np.stack(arrays, axis=axis),
    lambda g, out, *arrays, axis: [g[(slice(None),) * axis + (i,)] for i in range(len(arrays))],
    batch=joined,
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


@implements(*newer("unstack"))  # since NumPy 2.1
def unstack(x: Any, /, *, axis: int = 0) -> Any:
    """``np.unstack`` of a Node."""
    if not shape_of(x):
        cure = "Pass an array of at least one axis."
        raise ArgumentError(expected("unstack", "at least one axis", "shape ()", cure))
    return tuple(np.moveaxis(x, axis, 0))
