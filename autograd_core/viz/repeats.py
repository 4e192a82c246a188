"""Blocks that repeat in a graph: where, how long one is, how many there are.

Operations are compared by name, shape, module and by what they read, relative to themselves. A run
of consecutive operations can be folded: no path leaves it and comes back. ``folding.py`` does so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .survey import Item

LONGEST = 64
"""Operations of one block beyond which repetition is not looked for."""
FEWEST = 3
"""Repetitions from which a run counts."""
DIGITS = re.compile(r"\d+")


class Run(NamedTuple):
    """``times`` equal blocks of ``period`` operations, one after the other."""

    start: int
    period: int
    times: int

    def block(self, made: Sequence[Item], k: int) -> Sequence[Item]:
        """The operations of block k."""
        first = self.start + k * self.period
        return made[first : first + self.period]


def runs(made: Sequence[Item]) -> list[Run]:
    """All runs of equal blocks among operations in their order, none overlapping another.

    Examples
    --------
    >>> from autograd_core.viz.survey import survey
    >>> y = ag.Node(1.0)
    >>> for _ in range(5):
    ...     y = np.sin(y) * 2
    >>> runs([item for item in survey([y], {}) if item.made])
    [Run(start=0, period=2, times=5)]
    """
    tokens, outlines = (numbered(made, with_operands=wanted) for wanted in (True, False))
    period, times = longest(tokens)
    found: list[Run] = []
    position = taken = 0
    while position < len(made):
        if times[position] < FEWEST:
            position += 1
            continue
        run = aligned(tokens, outlines, position, int(period[position]), taken)
        found.append(run)
        position = taken = run.start + run.period * run.times
    return found


Numbers = np.ndarray[Any, Any]


def aligned(tokens: Numbers, outlines: Numbers, position: int, period: int, taken: int) -> Run:
    """The run about a position, begun where most operations belong to it.

    A first block that reads something else is the same but for its operands.
    """
    found = []
    for start in range(position, position + period):
        times = repetitions(tokens, start, period)
        before = start - period
        while (
            before >= taken
            and (outlines[before : before + period] == outlines[start : start + period]).all()
        ):
            start, before, times = before, before - period, times + 1
        found.append(Run(start, period, times))
    return max(found, key=lambda run: run.times)


def repetitions(tokens: Numbers, start: int, period: int) -> int:
    """How often the block that begins at ``start`` stands there in a row."""
    equal = tokens[start:-period] == tokens[start + period :]
    run = len(equal) if equal.all() else int(np.argmin(equal))
    return 1 + run // period


def longest(tokens: np.ndarray[Any, Any]) -> tuple[Any, Any]:
    """For every position the period and the count of the run from there that covers most."""
    n = len(tokens)
    period, count, covered = np.ones(n, int), np.ones(n, int), np.zeros(n, int)
    for p in range(1, min(LONGEST, n // FEWEST) + 1):
        equal = np.zeros(n, bool)
        equal[: n - p] = tokens[:-p] == tokens[p:]
        ends = np.where(equal, n, np.arange(n))
        upto = np.minimum.accumulate(ends[::-1])[::-1]
        counts = 1 + (upto - np.arange(n)) // p
        better = (counts >= FEWEST) & (counts * p > covered)
        period[better], count[better] = p, counts[better]
        covered[better] = counts[better] * p
    return period, count


def numbered(made: Sequence[Item], with_operands: bool) -> np.ndarray[Any, Any]:
    """A number for every operation, the same for equal ones."""
    places = {item: i for i, item in enumerate(made)}
    known: dict[Any, int] = {}
    tokens = (
        (outline(item), reads(item, i, places) if with_operands else None)
        for i, item in enumerate(made)
    )
    return np.array([known.setdefault(token, len(known)) for token in tokens], dtype=int)


def outline(item: Item) -> Any:
    """What an operation is: its name, shape, constants, and its module but for numbers."""
    node: Any = item.node
    shape = len(item.value) if isinstance(item.value, tuple) else np.shape(item.value)
    scope = DIGITS.sub("#", "\n".join(item.scope))
    return node.op.name, shape, scope, tuple(map(repr, item.constants.items()))


def reads(item: Item, i: int, places: Mapping[Item, int]) -> Any:
    """Where an operation's operands stand, relative to it; leaves by their shape and role."""
    return tuple(
        (position, i - places[x] if x in places else (np.shape(x.value), x.role))
        for position, x in item.operands
    )
