"""Statements into groups: what iterates alike and needs no other group between is one loop nest."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..program import Memory, Var
from .places import Base, Place
from .statements import Call, Gather, Group, Map, Scatter, Statement, Store, bases_written

LONGEST = 400
"""Statements about single numbers in one group."""


class Grouping:
    """Groups in the order in which they run.

    Attributes
    ----------
    groups : list of Group
    home : dict of Var to int
        The group in which a Var is in a register, one entry at a time.
    """

    def __init__(self, places: dict[Var, Place]) -> None:
        self.places = places
        self.groups: list[Group] = []
        self.home: dict[Var, int] = {}
        self.written: dict[Base, int] = {}
        self.read: dict[Base, int] = {}
        self.era = self.era_start = 0

    def next_era(self) -> None:
        """What comes runs after all that is there."""
        self.era += 1
        self.era_start = len(self.groups)

    def add(self, statement: Statement) -> None:
        """One statement more, in the first group that it can join."""
        if isinstance(statement, Call):
            if self.groups and not isinstance(self.groups[-1].statements[0], Call):
                self.next_era()
            self.join(statement, self.appended(statement))
            self.next_era()
            return
        if isinstance(statement, Store) and statement.memory:
            self.join(statement, self.place_for_memory(statement))
            return
        self.join(statement, self.best(statement))

    def best(self, statement: Statement) -> int:
        """The first group that has something in common with a statement, or else the last one."""
        start = self.earliest(statement) if statement.fused else len(self.groups)
        shares = set(map(id, statement.reads))
        alike = -1
        for i in range(start, len(self.groups)):
            group = self.groups[i]
            full = not group.shape and len(group.statements) >= LONGEST
            if group.fused and group.shape == statement.shape and not full:
                alike = i
                if not statement.shape or shares & group.touched:
                    break
        return alike if alike >= 0 else self.appended(statement)

    def appended(self, statement: Statement) -> int:
        """A new group at the end."""
        self.groups.append(Group(statement.shape, self.era))
        return len(self.groups) - 1

    def join(self, statement: Statement, i: int) -> None:
        """Put a statement into a group."""
        group = self.groups[i]
        group.statements.append(statement)
        for x in statement.reads:
            if isinstance(x, Var) and x in self.places:
                group.touched.add(id(x))
                base = self.places[x].base
                self.read[base] = max(self.read.get(base, 0), i)
        for base in bases_written(statement):
            self.written[base] = max(self.written.get(base, 0), i)
        if isinstance(statement, Map | Gather) and statement.out is not None:
            self.home[statement.out] = i
            group.touched.add(id(statement.out))

    def earliest(self, statement: Statement) -> int:
        """The first group after all that a statement needs."""
        start = self.era_start
        for x in statement.reads:
            if not isinstance(x, Var):
                continue
            i = self.home.get(x)
            if i is not None and statement.fused and self.aligned(statement, x):
                start = max(start, i)
            else:
                start = max(start, self.after(self.places[x].base))
        if isinstance(statement, Scatter) or (isinstance(statement, Store) and statement.ordered):
            for base in bases_written(statement):
                start = max(start, self.after(base), self.read.get(base, -1) + 1)
        return start

    def aligned(self, statement: Statement, x: Var) -> bool:
        """Whether a statement reads of ``x`` the entry that its group has just computed."""
        if isinstance(statement, Gather) and x is statement.reads[0]:
            return False
        return self.groups[self.home[x]].shape == statement.shape and x.shape == statement.shape

    def after(self, base: Base) -> int:
        """The first group after all that is written to a base."""
        return max([self.written.get(base, -1) + 1, *map(self.after, base.parts)])

    # memory from outside is written where it is computed, if nobody can see that

    def place_for_memory(self, statement: Store) -> int:
        """The group of what is written; or a last one, if a later one reads what was there."""
        x, target = statement.reads[0], statement.place
        i = self.home.get(x) if isinstance(x, Var) else None
        fits = i is not None and i >= self.era_start and self.aligned(statement, x)
        if fits and target is not None and i is not None and not self.seen(target, i):
            return i
        last = self.groups[-1] if self.groups else None
        alike = last is not None and last.shape == statement.shape
        if last is not None and alike and all(is_memory(s) for s in last.statements):
            return len(self.groups) - 1
        return self.appended(statement)

    def seen(self, target: Place, i: int) -> bool:
        """Whether a group from ``i`` on reads the target's memory, other than entry by entry."""
        for k, group in enumerate(self.groups[i:], i):
            for statement in group.statements:
                for x in statement.reads:
                    place = self.places.get(x) if isinstance(x, Var) else None
                    if place is None or not may_alias(place.base, target.base):
                        continue
                    gathered = isinstance(statement, Gather) and x is statement.reads[0]
                    if k > i or gathered or not place.same(target):
                        return True
        return False


def is_memory(statement: Statement) -> bool:
    """Whether it only writes what lies outside."""
    return isinstance(statement, Store) and statement.memory


def may_alias(read: Base, written: Base) -> bool:
    """Whether two bases may be the same memory."""
    if read is written:
        return True
    if read.kind != "frame" or read.source is None or read.scalar:
        return False
    return not (
        isinstance(read.source, Memory)
        and isinstance(written.source, Memory)
        and not np.may_share_memory(read.source.array, written.source.array)
    )


def stored(grouping: Grouping) -> set[Any]:
    """The Vars that must be in memory: read in other groups, or as views, or from outside."""
    needed: set[Any] = set()
    by_base: dict[Base, list[Var]] = {}
    for var in grouping.home:
        base = grouping.places[var].base
        by_base.setdefault(base, []).append(var)
        if base.kind != "arena" or base.whole is not None or base.kept or base.parts:
            needed.add(var)
    for i, group in enumerate(grouping.groups):
        for statement in group.statements:
            for x in statement.reads:
                if not isinstance(x, Var) or x not in grouping.places:
                    continue
                inside = grouping.home.get(x) == i and grouping.aligned(statement, x)
                if not (inside and statement.fused):
                    needed.update(by_base.get(grouping.places[x].base, ()))
            if isinstance(statement, Scatter | Store):
                for base in bases_written(statement):
                    needed.update(by_base.get(base, ()))
    return needed
