"""From a program to steps: in which order lines run, what comes back, what is written outside.

The last thing that is planned is what is written outside: it runs when all checks have passed.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Any

from ..program import Argument, Line, Memory, Program, Slot, Var, put, put_add, variables
from . import changing, elementwise, multiplying, viewing
from .arena import laid_out, lifetimes
from .emission import Step, Table, module, steps_of
from .functions import IDENTITY
from .grouping import Grouping, stored
from .lowering import Lowering
from .places import Place
from .statements import Check, Store
from .values import TYPES

FORM_FILES = (elementwise, viewing, changing, multiplying)
"""The files that say how lines are written as statements; importing them fills the table."""

CHECKED = {operator.getitem, put, put_add}
"""Functions that can fail: they run before anything is changed outside."""


@dataclass(slots=True)
class Answer:
    """How one value comes back.

    Attributes
    ----------
    kind : str
        "fresh": the frame's array ``index``, new in every call; "kept": a view of the arena;
        "scalar": a number in the arena; "input": an input, which was changed in place;
        "python": what a call of Python gave, or an input of a dtype that is not native.
    """

    kind: str
    var: Var
    index: int = -1
    place: Place | None = None


@dataclass(slots=True)
class Plan:
    """All that is known of a program before it is compiled."""

    program: Program
    low: Lowering
    steps: list[Step]
    answers: list[Answer]
    text: str
    table: Table
    buffers: int


def planned(program: Program) -> Plan:
    """The plan of a program."""
    trial = Lowering(program)
    for line in program.lines:
        trial.lower(line)
    late = late_lines(program, set(trial.left))
    early = [line for line in program.lines if line not in late]
    last = [line for line in program.lines if line in late]
    order = alternating(program, early, set(trial.left))
    low = Lowering(program.replaced(lines=[*order, *last]))
    for line in order:
        low.lower(line)
    answers = ended(program, low)
    split = len(low.statements)
    for line in last:
        low.lower(line)
    write_memory(program, low)
    return arranged(program, low, split, answers)


def arranged(program: Program, low: Lowering, split: int, answers: list[Answer]) -> Plan:
    """Statements grouped, placed and written as text."""
    grouping = Grouping(low.places)
    for statement in low.statements[:split]:
        grouping.add(statement)
    grouping.next_era()
    for statement in low.statements[split:]:
        grouping.add(statement)
    needed = stored(grouping)
    registers = {low.places[var].base for var in grouping.home if var not in needed}
    spans = lifetimes(grouping.groups, low.places, needed, registers)
    steps = steps_of(grouping.groups)
    late = grouping.era
    size = laid_out(spans)
    text, table = module(steps, late, low.places, needed)
    table.arena = size
    return Plan(program, low, steps, answers, text, table, len(spans))


def late_lines(program: Program, left: set[Line]) -> set[Line]:
    """Native lines that cannot fail, and serve only what is written outside in place."""
    inside = [x for source, x in program.writes if not isinstance(source, Memory | Argument)]
    needed = {*variables(program.results), *program.guards, *variables(inside)}
    late: set[Line] = set()
    for line in reversed(program.lines):
        if line in left or line.out in needed or line.function in CHECKED:
            needed.update(line.reads())
        else:
            late.add(line)
    return late


def alternating(program: Program, lines: list[Line], left: set[Line]) -> list[Line]:
    """As many calls of Python as can be made, then all native lines that can run, and so on."""
    done = {var for var, _ in program.inputs}
    waiting, order, python, stalled = lines, [], True, 0
    while waiting:
        rest = []
        blocked = False
        for line in waiting:
            ready = (line in left) is python and all(var in done for var in line.reads())
            if ready and not (python and blocked):
                order.append(line)
                done.update((line.out, *(line.out.members or ())))
            else:
                blocked = blocked or line in left
                rest.append(line)
        stalled = stalled + 1 if len(rest) == len(waiting) else 0
        assert stalled < 2, "a line reads what no line before it gives"
        waiting, python = rest, not python
    return order


# what comes back


def ended(program: Program, low: Lowering) -> list[Answer]:
    """How results and what is written to leaves come back; and the checks of guards."""
    answers: dict[int, Answer] = {}
    results = list(variables(program.results))
    wanted = list(enumerate(results))
    for i, (source, var) in enumerate(program.writes, len(results)):
        if not isinstance(var, Var):
            continue
        if isinstance(source, Slot) and source.name == "grad":
            answers[i] = kept(low, var)
        elif isinstance(source, Memory | Argument):
            answers[i] = Answer("input", var, index_of(program, source))
        else:
            wanted.append((i, var))
    for i, var in wanted:
        answers[i] = fresh(low, var)
    for var in program.guards:
        if var.dtype.kind == "f" and var.dtype in TYPES:
            low.add(Check(var.shape, [var], None, None))
    return [answers[i] for i in sorted(answers)]


def is_native(low: Lowering, var: Var) -> bool:
    """Whether native code can read it."""
    return var in low.places and var.dtype in TYPES


def kept(low: Lowering, var: Var) -> Answer:
    """A view of the arena that stays until the next call."""
    if not is_native(low, var):
        return Answer("python", var)
    root = low.places[var].base.root()[0]
    copy = var if root.kind == "arena" else low.copied(var, var.shape, var.dtype)
    place = low.places[copy]
    place.base.root()[0].kept = True
    return Answer("kept", var, place=place)


def fresh(low: Lowering, var: Var) -> Answer:
    """A new array, or a number."""
    if not is_native(low, var):
        return Answer("python", var)
    if var.shape == ():
        return Answer("scalar", var, place=kept(low, var).place)
    return Answer("fresh", var, index=low.places[low.fresh(var)].base.index)


def index_of(program: Program, source: Any) -> int:
    """The input that has the memory of a source."""
    for i, (_, other) in enumerate(program.inputs):
        if other is source or same_memory(other, source):
            return i
    return -1


def same_memory(a: Any, b: Any) -> bool:
    """Whether two sources are one."""
    if isinstance(a, Argument) and isinstance(b, Argument):
        return a.index == b.index
    return isinstance(a, Memory) and isinstance(b, Memory) and a.array is b.array


def write_memory(program: Program, low: Lowering) -> None:
    """The stores to memory from outside, after all else."""
    stores: list[Store] = []
    for source, var in program.writes:
        if not isinstance(source, Memory | Argument):
            continue
        target = low.places[program.inputs[index_of(program, source)][0]]
        value = var
        if not isinstance(var, Var) or low.places[var].base.root()[0].kind != "arena":
            value = Var(-1, target.shape, target.dtype)
            low.map(value, IDENTITY, [var], [target.dtype])
        stores.append(Store(target.shape, [value], None, target, ordered=False, memory=True))
    low.statements += stores
