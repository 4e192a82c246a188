"""Code of one loop nest: axes merged, what is the same in inner loops taken out of them.

``reductions.py`` has what is carried from entry to entry, ``emission.py`` makes functions of nests.
"""

from __future__ import annotations

from typing import Any

from ..program import Var
from .places import Place, Shape
from .reductions import Carried, carried_by
from .statements import Fold, Gather, Group, Map, Scatter, Statement, Store
from .values import BOOL, INT64, Value, select

MANY = 50
"""Statements about single numbers from which on a group is a function, and calls its kernels."""


class Nest:
    """A loop nest that is being written.

    ``lengths`` are the merged axes; ``axes[i]`` are those of the shape that became the i-th.
    """

    def __init__(self, emission: Any, group: Group) -> None:
        self.emission, self.code, self.group = emission, emission.code, group
        self.made = {s.out for s in group.statements if isinstance(s, Map | Gather)}
        self.places: dict[Var, Place] = {}
        self.targets: dict[Statement, Place] = {}
        for statement in group.statements:
            self.collect(statement)
        self.axes = self.merged_axes()
        self.lengths = [self.length(axes) for axes in self.axes]
        self.values: dict[Var, Value] = {}
        self.depths: dict[Var, int] = {}
        self.indices: list[Value] = []
        self.bad: dict[Statement, Value] = {}
        self.carried = [c for s in group.statements for c in carried_by(self, s)]

    # what is read and written

    def collect(self, statement: Statement) -> None:
        """Note the places that a statement reads and writes, entry by entry."""
        shape = self.group.shape
        operands = statement.reads[1:] if isinstance(statement, Gather) else statement.reads
        for x in operands:
            if isinstance(x, Var) and not self.in_register(x):
                self.places[x] = self.emission.places[x].broadcast(shape)
        place = statement.place
        if place is not None and self.emission.is_stored(statement):
            self.targets[statement] = place

    def in_register(self, x: Var) -> bool:
        """Whether an operand is computed here."""
        return x in self.made and x.shape == self.group.shape

    def patterns(self) -> list[Shape]:
        """The strides that must stay regular when axes are merged."""
        found = [place.strides for place in (*self.places.values(), *self.targets.values())]
        for s in self.group.statements:
            if isinstance(s, Gather | Scatter):
                found.append(s.steps)
            if isinstance(s, Fold):  # only axes of one kind may be merged
                found.append(marked(s.axes, self.group.shape, 1))
                found.append(marked(tuple(set(range(len(s.shape))) - set(s.axes)), s.shape, 1))
        return found

    def merged_axes(self) -> list[list[int]]:
        """Neighbouring axes that can be walked as one."""
        shape, patterns = self.group.shape, self.patterns()
        runs: list[list[int]] = []
        for axis, n in enumerate(shape):
            if n == 1:
                continue
            if runs and all(p[runs[-1][-1]] == p[axis] * n for p in patterns):
                runs[-1].append(axis)
            else:
                runs.append([axis])
        return runs

    def length(self, axes: list[int]) -> int:
        """Of merged axes."""
        n = 1
        for axis in axes:
            n *= self.group.shape[axis]
        return n

    def strides(self, strides: Shape) -> list[int]:
        """For the merged axes."""
        return [strides[axes[-1]] for axes in self.axes]

    def depth(self, strides: Shape) -> int:
        """In how many loops an entry with these strides changes."""
        merged = self.strides(strides)
        return max((i + 1 for i, stride in enumerate(merged) if stride), default=0)

    # code

    def emit(self) -> None:
        """The whole nest."""
        for carried in self.carried:
            carried.prepare()
        if 0 in self.group.shape:
            return
        self.sorted_by_depth()
        self.run(0)

    def sorted_by_depth(self) -> None:
        """In which loop each statement is computed: the outermost that knows its operands."""
        for var, place in self.places.items():
            self.depths[var] = self.depth(place.strides)
        self.at: dict[int, list[Statement]] = {}
        for s in self.group.statements:
            depth = max((self.depths[x] for x in s.reads if x in self.depths), default=0)
            if isinstance(s, Gather):
                depth = max(depth, self.depth(s.steps))
            if isinstance(s, Map | Gather):
                self.depths[s.out] = depth  # type: ignore[index]
                self.at.setdefault(depth, []).append(s)
        self.parallel = not any(isinstance(s, Scatter) for s in self.group.statements)

    def run(self, depth: int) -> None:
        """The loops from the ``depth``-th on."""
        self.compute(depth)
        if depth == len(self.lengths):
            self.innermost()
            return
        starting = [c for c in self.carried if c.start == depth]
        for c in starting:
            c.values = c.first()
        active = [c for c in self.carried if c.start <= depth]
        values = [v for c in active for v in c.values]
        inner = depth == len(self.lengths) - 1
        with self.code.loop(self.lengths[depth], values, inner and self.parallel) as loop:
            self.indices.append(loop.index)
            share(active, loop.values)
            self.run(depth + 1)
            loop.results = [v for c in active for v in c.values]
        self.indices.pop()
        for c in starting:
            c.finish()

    def compute(self, depth: int) -> None:
        """Loads and statements that belong between two loops."""
        for var, place in self.places.items():
            if self.depths[var] == depth:
                self.values[var] = self.load(place)
        for s in self.at.get(depth, ()):
            assert isinstance(s, Map | Gather)
            assert s.out is not None
            self.values[s.out] = self.gathered(s) if isinstance(s, Gather) else self.mapped(s)

    def innermost(self) -> None:
        """What happens at every entry: stores and sums."""
        for s in self.group.statements:
            if isinstance(s, Map | Gather) and s in self.targets:
                self.store(self.values[s.out], self.targets[s])  # type: ignore[index]
            elif isinstance(s, Store):
                assert s.place is not None
                self.store(self.operand(s.reads[0], s.place.dtype), s.place)
            elif isinstance(s, Scatter):
                self.scattered(s)
        for c in self.carried:
            c.step()

    def mapped(self, s: Map) -> Value:
        """One entry of an elementwise result."""
        args = [self.operand(x, d) for x, d in zip(s.reads, s.dtypes, strict=True)]
        assert s.out is not None
        if not self.lengths and len(self.group.statements) > MANY and len(args) == len(s.dtypes):
            return self.code.called(s.kernel, args).to(s.out.dtype)  # type: ignore[no-any-return]
        return s.kernel(*args).to(s.out.dtype)

    def operand(self, x: Any, dtype: Any) -> Value:
        """A number in a register."""
        if isinstance(x, Var):
            return self.values[x].to(dtype)
        literal: Value = self.code.literal(x, dtype)
        return literal

    def flat(self, strides: list[int], start: int) -> Value | int:
        """The index of an entry in its base."""
        total: Any = start
        for index, stride in zip(self.indices, strides, strict=False):
            if stride:
                step = index if stride == 1 else index * stride
                total = step if type(total) is int and total == 0 else step + total
        return total  # type: ignore[no-any-return]

    def address(self, place: Place) -> tuple[str, Value | int]:
        """A pointer and an index."""
        base, shift = self.emission.pointer(place.base)
        return base, self.flat(self.strides(place.strides), place.start + shift)

    def load(self, place: Place) -> Value:
        """The entry at the present indices."""
        value: Value = self.code.load(*self.address(place), place.dtype)
        return value

    def store(self, x: Value, place: Place) -> None:
        """Set the entry at the present indices."""
        self.code.store(x.to(place.dtype), *self.address(place))

    # entries by number

    def numbered(self, s: Gather | Scatter, index: list[Any], place: Place) -> tuple[str, Value]:
        """A pointer and the index of an entry; out of range: entry 0, and the run fails."""
        base, shift = self.emission.pointer(place.base)
        at: Any = self.flat(self.strides(s.steps), place.start + shift)
        bad = self.code.literal(False, BOOL)
        for x, n, stride in zip(index, s.sizes, s.strides, strict=True):
            i = self.operand(x, INT64)
            i = select(i < 0, i + n, i)
            wrong = (i < 0) | (i >= n)
            bad = bad | wrong
            at = select(wrong, i.like(0), i) * stride + at
        self.bad[s] = bad
        return base, at

    def gathered(self, s: Gather) -> Value:
        """One entry of those selected."""
        at = self.numbered(s, s.reads[1:], s.source)
        value: Value = self.code.load(*at, s.source.dtype)
        return value

    def scattered(self, s: Scatter) -> None:
        """One entry set or added to."""
        dtype = s.target.dtype
        base, at = self.numbered(s, s.reads[1:], s.target)
        x = self.operand(s.reads[0], dtype)
        self.code.store(self.code.load(base, at, dtype) + x if s.adds else x, base, at)


def marked(axes: Any, shape: Shape, mark: int) -> Shape:
    """Strides that can be merged only within, or only without, some axes."""
    strides, step = [0] * len(shape), mark
    for axis in sorted(axes, reverse=True):
        strides[axis] = step
        step *= shape[axis]
    return tuple(strides)


def share(carried: list[Carried], values: list[Value]) -> None:
    """Give each of them its values out of one list."""
    values = list(values)
    for c in carried:
        c.values, values = values[: len(c.values)], values[len(c.values) :]
