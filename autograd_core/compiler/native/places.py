"""Where the entries of an array lie: a base, a start and strides, counted in entries.

Views are worked out here, by the rules of NumPy, without an array.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Shape = tuple[int, ...]


class Base:
    """Memory that belongs to one Var.

    Attributes
    ----------
    kind : str
        "arena": a part of this program's memory; "frame": an array of this call, by its index
        there; "constant": an array that stays, by its index.
    index : int
    source : object
        Where it comes from, if from outside.
    whole, shift : Base and int
        If it is a part of another's memory: of which, and the first entry there.
    parts : list of Base
        Its own parts.
    kept : bool
        Whether it must keep its content until the next call.
    offset : int
        In the arena, in bytes.
    scalar : bool
        Whether it is a number from outside, which each call copies.
    """

    def __init__(self, kind: str, shape: Shape, dtype: Any, index: int = -1, source: Any = None):
        self.kind, self.shape, self.dtype, self.index, self.source = (
            kind,
            shape,
            dtype,
            index,
            source,
        )
        self.size = math.prod(shape)
        self.whole: Base | None = None
        self.shift = 0
        self.parts: list[Base] = []
        self.kept = False
        self.offset = 0
        self.scalar = False

    def root(self) -> tuple[Base, int]:
        """The base that has memory of its own, and this one's first entry there."""
        if self.whole is None:
            return self, 0
        base, shift = self.whole.root()
        return base, shift + self.shift

    @property
    def free(self) -> bool:
        """Whether it can still be moved elsewhere."""
        return self.kind == "arena" and self.whole is None and not self.kept and not self.parts


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Entries of a base."""

    base: Base
    shape: Shape
    strides: Shape
    start: int
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """Number of entries."""
        return math.prod(self.shape)

    @property
    def contiguous(self) -> bool:
        """Whether the entries follow one another."""
        wanted = contiguous_strides(self.shape)
        pairs = zip(self.shape, self.strides, wanted, strict=True)
        return all(n == 1 or s == w for n, s, w in pairs) or not self.size

    @property
    def full(self) -> bool:
        """Whether it is all of its base, in order."""
        return self.contiguous and self.start == 0 and self.size == self.base.size

    def same(self, other: Place) -> bool:
        """Whether entry for entry it is the same memory."""
        return self.base is other.base and (self.start, self.shape, self.strides) == (
            other.start,
            other.shape,
            other.strides,
        )

    def transposed(self, axes: Shape | None) -> Place:
        """``np.transpose``."""
        order = tuple(range(len(self.shape)))[::-1] if axes is None else axes
        order = tuple(a % len(self.shape) for a in order)
        shape = tuple(self.shape[a] for a in order)
        return replace(self, shape=shape, strides=tuple(self.strides[a] for a in order))

    def broadcast(self, shape: Shape) -> Place:
        """``np.broadcast_to``."""
        more = len(shape) - len(self.shape)
        pairs = zip(self.shape, self.strides, strict=True)
        strides = (0,) * more + tuple(0 if n == 1 else s for n, s in pairs)
        return replace(self, shape=tuple(shape), strides=strides)

    def reshaped(self, shape: Shape) -> Place | None:
        """``np.reshape``, or None if that would be a copy."""
        if not self.size:
            return replace(self, shape=shape, strides=contiguous_strides(shape))
        runs = merged(self.shape, self.strides)
        strides: list[int] = []
        left, step = 1, 1
        for n in reversed(shape):
            if n == 1:
                strides.append(step)
                continue
            if left == 1:
                if not runs:
                    return None
                left, step = runs.pop()
            if left % n:
                return None
            strides.append(step)
            left, step = left // n, step * n
        return replace(self, shape=shape, strides=tuple(reversed(strides)))

    def indexed(self, index: Any) -> Place:
        """``x[index]`` for integers, slices, None and Ellipsis."""
        index = index if isinstance(index, tuple) else (index,)
        index = expanded(index, len(self.shape))
        shape, strides, start, axis = [], [], self.start, 0
        for i in index:
            if i is None:
                shape.append(1)
                strides.append(0)
                continue
            n, stride = self.shape[axis], self.strides[axis]
            axis += 1
            if isinstance(i, slice):
                steps = range(*i.indices(n))
                shape.append(len(steps))
                strides.append(stride * steps.step)
                start += stride * steps.start if len(steps) else 0
            else:
                start += stride * (i + n if i < 0 else int(i))
        return replace(self, shape=tuple(shape), strides=tuple(strides), start=start)


def expanded(index: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """An index with a slice instead of Ellipsis and for each axis that is not named."""
    named = sum(i is not None and i is not Ellipsis for i in index)
    rest = (slice(None),) * (ndim - named)
    for where, i in enumerate(index):
        if i is Ellipsis:
            return (*index[:where], *rest, *index[where + 1 :])
    return (*index, *rest)


def contiguous_strides(shape: Shape) -> Shape:
    """In C order."""
    return tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))


def merged(shape: Shape, strides: Shape) -> list[tuple[int, int]]:
    """The same entries with as few axes as possible: (length, stride) pairs."""
    runs: list[tuple[int, int]] = []
    for n, stride in zip(shape, strides, strict=True):
        if n == 1:
            continue
        if runs and runs[-1][1] == stride * n:
            runs[-1] = (runs[-1][0] * n, stride)
        else:
            runs.append((n, stride))
    return runs
