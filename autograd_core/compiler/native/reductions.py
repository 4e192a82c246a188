"""What a loop nest carries from entry to entry: sums, extremes, and whether anything was wrong.

Sums of float32 that stay in a register are added as float64. Extremes and NaN are kept apart, so
that LLVM makes vectors of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .functions import larger, smaller
from .statements import Check, Fold, Gather, Scatter, Statement
from .values import BOOL, FLOAT32, FLOAT64, Value, select

INT32 = np.dtype(np.int32)


class Carried:
    """Something that is carried through the loops from the ``start``-th on."""

    start = 0

    def __init__(self, nest: Any, statement: Statement) -> None:
        self.nest, self.code, self.statement = nest, nest.code, statement
        self.values: list[Value] = []

    def prepare(self) -> None:
        """Before all loops."""

    def first(self) -> list[Value]:
        """The values before the loops."""
        return []

    def step(self) -> None:
        """At each entry."""

    def finish(self) -> None:
        """After the loops."""


class Failure(Carried):
    """Whether something happened anywhere: the run's state then has that bit."""

    bit = 1

    def first(self) -> list[Value]:
        """The values before the loops."""
        return [self.code.literal(0, INT32)]

    def happened(self) -> Value:
        """At this entry."""
        raise NotImplementedError

    def step(self) -> None:
        """At each entry."""
        if not self.nest.lengths:
            self.values = self.first()
        self.values = [self.values[0] | self.happened().to(INT32)]
        if not self.nest.lengths:
            self.finish()

    def finish(self) -> None:
        """After the loops."""
        self.nest.emission.report(self.values[0] * self.bit)


class NanCheck(Failure):
    """Whether any entry is NaN."""

    def happened(self) -> Value:
        """At this entry."""
        x = self.nest.operand(self.statement.reads[0], self.statement.reads[0].dtype)
        return x != x  # type: ignore[no-any-return]


class RangeCheck(Failure):
    """Whether any index is out of range."""

    bit = 2

    def happened(self) -> Value:
        """At this entry."""
        bad: Value = self.nest.bad[self.statement]
        return bad


class Reduction(Carried):
    """Of a Fold: in registers over the innermost loops, in memory over those outside of them."""

    def __init__(self, nest: Any, statement: Fold) -> None:
        super().__init__(nest, statement)
        self.ufunc = statement.ufunc
        reduced = [axes[0] in statement.axes for axes in nest.axes]
        self.start = len(reduced)
        while self.start and reduced[self.start - 1]:
            self.start -= 1
        self.in_memory = any(reduced[: self.start])
        self.in_register = self.start < len(reduced)
        assert statement.place is not None
        self.place = statement.place
        self.dtype = self.place.dtype
        self.ends = self.ufunc in (np.maximum, np.minimum)
        if self.in_register and self.dtype == FLOAT32 and not self.ends:
            self.dtype = FLOAT64

    def identity(self, dtype: Any) -> Value:
        """What changes nothing."""
        if not self.ends:
            value = self.ufunc.identity
        elif dtype.kind == "f":
            value = -np.inf if self.ufunc is np.maximum else np.inf
        else:
            info = np.iinfo(dtype)
            value = info.min if self.ufunc is np.maximum else info.max
        return self.code.literal(value, dtype)  # type: ignore[no-any-return]

    def prepare(self) -> None:
        """Before all loops."""
        if not self.in_memory and 0 not in self.nest.group.shape:
            return
        dtype = self.place.dtype
        pairs = zip(self.place.shape, self.place.strides, strict=True)
        size = int(np.prod([n for n, stride in pairs if stride], dtype=int))
        size = size if 0 in self.nest.group.shape or size else 1
        if size == 0:
            return
        base, shift = self.nest.emission.pointer(self.place.base)
        with self.code.loop(size, parallel=True) as loop:
            self.code.store(self.identity(dtype), base, loop.index + (self.place.start + shift))

    def first(self) -> list[Value]:
        """The values before the loops."""
        if self.ends and self.dtype.kind == "f":
            return [self.identity(self.dtype), self.code.literal(0, INT32)]
        return [self.identity(self.dtype)]

    def step(self) -> None:
        """At each entry."""
        x = self.nest.operand(self.statement.reads[0], self.dtype)
        if self.in_register:
            self.values = self.joined_in_register(x)
        elif self.in_memory:
            self.nest.store(self.joined(self.nest.load(self.place), x), self.place)
        else:
            self.nest.store(x, self.place)

    def joined(self, old: Value, x: Value) -> Value:
        """Two entries as one."""
        if self.ufunc is np.add:
            return old + x
        if self.ufunc is np.multiply:
            return old * x
        if self.ends:
            return larger(old, x) if self.ufunc is np.maximum else smaller(old, x)
        return old & x if self.ufunc is np.logical_and else old | x

    def joined_in_register(self, x: Value) -> list[Value]:
        """The same, in any order of the entries."""
        old = self.values[0]
        if self.ends and x.floating:
            word = "ogt" if self.ufunc is np.maximum else "olt"
            code, pair = self.code, f"{x.kind} {x.text}, {x.kind} {old.text}"
            better = code.made(f"fcmp nnan nsz {word} {x.kind} {x.text}, {old.text}", BOOL)
            best = code.made(f"select nnan nsz i1 {better.text}, {pair}", x.dtype)
            return [best, self.values[1] | (x != x).to(INT32)]
        if x.floating:
            word = "fadd" if self.ufunc is np.add else "fmul"
            text = f"{word} reassoc nsz contract {x.kind} {old.text}, {x.text}"
            return [self.code.made(text, x.dtype)]
        return [self.joined(old, x)]

    def finish(self) -> None:
        """After the loops."""
        x = self.values[0]
        if len(self.values) == 2:
            x = select(self.values[1] != 0, float("nan"), x)
        x = x.to(self.place.dtype)
        if self.in_memory:
            x = self.joined(self.nest.load(self.place), x)
        self.nest.store(x, self.place)


def carried_by(nest: Any, statement: Statement) -> Iterator[Carried]:
    """What a statement carries."""
    if isinstance(statement, Fold):
        yield Reduction(nest, statement)
    if isinstance(statement, Check) and statement.reads[0].dtype.kind == "f":
        yield NanCheck(nest, statement)
    if isinstance(statement, Gather | Scatter):
        yield RangeCheck(nest, statement)
