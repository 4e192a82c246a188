"""Where each value of a program lives: a plan of buffers that lines write to with ``out=``.

A buffer is reused once nobody reads it any more; what is concatenated is computed in its place;
what changes in place outside is computed there, after all that reads what was there before.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .program import Argument, Line, Memory, Program, Slot, Var, put, variables

VIEWS = {np.reshape, np.transpose, np.broadcast_to, operator.getitem}


@dataclass(slots=True, eq=False)
class Buffer:
    """Memory of a program's own; or a part of another buffer."""

    number: int
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    whole: Buffer | None = None
    start: int = 0


@dataclass(slots=True)
class Plan:
    """What ``planned`` decides.

    Attributes
    ----------
    lines : list of Line
        In the order in which they run: those that only serve what changes in place come last.
    late : int
        Index of the first of these; guards are looked at before it.
    home : dict of Var to Buffer
        Vars that are computed in a buffer.
    inplace : dict of Var to Var
        Vars that are computed in the memory of an input.
    root : dict of Var to Var
        Of a view: whose memory it shows.
    """

    lines: list[Line]
    late: int
    buffers: list[Buffer] = field(default_factory=list)
    home: dict[Var, Buffer] = field(default_factory=dict)
    inplace: dict[Var, Var] = field(default_factory=dict)
    root: dict[Var, Var] = field(default_factory=dict)


def is_view(line: Line) -> bool:
    """Whether the result shows memory of the first argument."""
    if line.function not in VIEWS:
        return line.out.view
    if not isinstance(line.args[0], Var):
        return False
    if line.function is operator.getitem:
        return line.args[0].members is None and basic(line.args[1]) and line.out.shape != ()
    return True


def basic(index: Any) -> bool:
    """Whether an index takes a view."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(i is None or i is Ellipsis or isinstance(i, int | slice) for i in parts)


def ordered(program: Program) -> tuple[list[Line], int]:
    """The lines, those last that serve only what changes in place; and how many come before."""
    early: set[Var] = set()
    inplace = {x for source, x in program.writes if isinstance(source, Memory | Argument)}
    early.update(x for x in program.ends() if x not in inplace)
    early.update(x for x in program.guards)
    lines: list[Line] = []
    for line in reversed(program.lines):
        wanted = early & {line.out, *(line.out.members or ())}
        if wanted or line.out.members is not None or not isinstance(line.function, np.ufunc):
            early.update(line.reads())
            early.add(line.out)
    first = [line for line in program.lines if line.out in early]
    last = [line for line in program.lines if line.out not in early]
    lines = [*first, *last]
    return lines, len(first)


def planned(program: Program, writes_out: Any) -> Plan:
    """The plan. ``writes_out(line)`` says whether a line can be told where to put its result."""
    lines, late = ordered(program)
    plan = Plan(lines, late)
    for line in lines:
        if is_view(line):
            plan.root[line.out] = plan.root.get(line.args[0], line.args[0])
    last = last_reads(program, plan)
    place_in_memory(program, plan, writes_out)
    place_in_concatenations(plan, writes_out)
    assign(program, plan, last, writes_out)
    return plan


FOREVER = 1 << 60


def last_reads(program: Program, plan: Plan) -> dict[Var, int]:
    """Of each Var that owns memory, the last line that reads it, or a view of it."""
    last: dict[Var, int] = {}
    for i, line in enumerate(plan.lines):
        for var in line.reads():
            last[plan.root.get(var, var)] = i
    for var in program.ends():
        last[plan.root.get(var, var)] = FOREVER
    return last


def place_in_memory(program: Program, plan: Plan, writes_out: Any) -> None:
    """Compute what an input becomes in that input, if nobody reads the old one afterwards."""
    where = {line.out: i for i, line in enumerate(plan.lines)}
    slots = [var for var, source in program.inputs if isinstance(source, Slot | Argument)]
    memories = {
        id(source.array): var for var, source in program.inputs if isinstance(source, Memory)
    }
    ends = list(program.ends())
    for source, x in program.writes:
        if not isinstance(source, Memory) or not isinstance(x, Var) or ends.count(x) > 1:
            continue
        old, i = memories[id(source.array)], where.get(x)
        if i is None or i < plan.late or not writes_out(plan.lines[i]):
            continue
        others = {old, *slots}
        reads_later = any(
            plan.root.get(var, var) in others
            for line in plan.lines[i + 1 :]
            for var in line.reads()
        )
        reads_view = any(
            var is not old and plan.root.get(var) in others for var in plan.lines[i].reads()
        )
        if not reads_later and not reads_view:
            plan.inplace[x] = old
            steps_before(plan, where, x, old, writes_out)


def steps_before(plan: Plan, where: dict[Var, int], x: Var, old: Var, writes_out: Any) -> None:
    """Let the lines that lead to ``x`` alone, from what is overwritten, use its memory as well."""
    readers: dict[Var, list[int]] = {}
    for i, line in enumerate(plan.lines):
        for var in line.reads():
            readers.setdefault(plan.root.get(var, var), []).append(i)
    while True:
        i = where[x]
        if old in plan.lines[i].reads():
            return
        before = [
            var
            for var in plan.lines[i].reads()
            if var in where
            and where[var] >= plan.late
            and readers[var] == [i]
            and var.shape == x.shape
            and var.dtype == x.dtype
            and writes_out(plan.lines[where[var]])
            and max(readers.get(old, [-1])) <= where[var]
            and old in plan.lines[where[var]].reads()
        ]
        if not before or not can_overwrite(plan, plan.lines[i], before[0]):
            return
        x = before[0]
        plan.inplace[x] = old


def place_in_concatenations(plan: Plan, writes_out: Any) -> None:
    """Compute what is concatenated where it is going to be."""
    made = {line.out: line for line in plan.lines}
    joined: set[Var] = set()
    for line in plan.lines:
        if line.function is not np.concatenate or len(line.out.shape) != 1:
            continue
        whole = new_buffer(plan, line.out.shape, line.out.dtype)
        plan.home[line.out] = whole
        start = 0
        for piece in line.args[0]:
            if not isinstance(piece, Var):
                start += int(np.size(piece))
                continue
            size = piece.size
            root = plan.root.get(piece, piece)
            maker = made.get(root)
            if (
                maker is not None
                and root not in joined
                and root not in plan.home
                and root.size == size
                and root.dtype == line.out.dtype
                and writes_out(maker)
                and flat_view(made, piece, root)
            ):
                part = new_buffer(plan, root.shape, root.dtype)
                part.whole, part.start = whole, start
                plan.home[root] = part
                joined.add(root)
            start += size


def flat_view(made: dict[Var, Line], piece: Var, root: Var) -> bool:
    """Whether a piece is its root in another shape, entry after entry."""
    while piece is not root:
        line = made[piece]
        if line.function is not np.reshape:
            return False
        piece = line.args[0]
    return True


def new_buffer(plan: Plan, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Buffer:
    """One more buffer."""
    plan.buffers.append(Buffer(len(plan.buffers), shape, dtype))
    return plan.buffers[-1]


def assign(program: Program, plan: Plan, last: dict[Var, int], writes_out: Any) -> None:
    """A buffer for every other line that can be told where to put its result."""
    free: dict[Any, list[Buffer]] = {}
    kept = {plan.root.get(x, x) for x in program.ends()}
    pinned = {*plan.home.values(), *(b.whole for b in plan.home.values())}
    held: dict[Var, Buffer] = {}
    fresh = fresh_results(program)
    for i, line in enumerate(plan.lines):
        out = line.out
        wants = out not in plan.home and out not in plan.inplace and out not in fresh
        dying = [
            var
            for var in held
            if last.get(var, -1) == i and var not in kept and can_overwrite(plan, line, var)
        ]
        if wants and out.shape != () and writes_out(line):
            key = (out.shape, out.dtype)
            buffer = None
            for var in dying:
                if (held[var].shape, held[var].dtype) == key:
                    buffer = held.pop(var)
                    break
            if buffer is None:
                stock = free.get(key)
                buffer = stock.pop() if stock else new_buffer(plan, *key)
            plan.home[out] = held[out] = buffer
        for var in [var for var in held if last.get(var, -1) <= i and var not in kept]:
            buffer = held.pop(var)
            if buffer not in pinned:
                free.setdefault((buffer.shape, buffer.dtype), []).append(buffer)


def fresh_results(program: Program) -> set[Var]:
    """Vars that need an array of their own in every run."""
    values = [
        x for source, x in program.writes if isinstance(source, Slot) and source.name == "value"
    ]
    return {*variables(program.results), *variables(values)}


def can_overwrite(plan: Plan, line: Line, var: Var) -> bool:
    """Whether a line may put its result where an argument is: entry by entry, of one shape."""
    if line.function is put:
        rest = (line.args[1:], line.params)
        return line.args[0] is var and all(plan.root.get(x, x) is not var for x in variables(rest))
    if not isinstance(line.function, np.ufunc) or line.function.signature is not None:
        return False
    return all(
        x.shape == line.out.shape if x is var else plan.root.get(x) is not var for x in line.reads()
    )
