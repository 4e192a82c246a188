"""What makes a program shorter: each pass takes a Program and gives another that does the same.

``improved`` runs them all, in an order in which each finds what the one before it left.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from .program import Callback, Line, Program, Var, convert, mapped


def improved(program: Program) -> tuple[Program, list[tuple[str, int]]]:
    """The program after all passes, and how many lines it had after each."""
    told = [("traced", len(program.lines))]
    for change in PASSES:
        program = change(program)
        told.append((change.__name__.replace("_", " "), len(program.lines)))
    return program, told


def without_dead_lines(program: Program) -> Program:
    """Lines whose results nobody reads are left out."""
    needed = set(program.ends())
    kept = []
    for line in reversed(program.lines):
        members = line.out.members or ()
        if line.out in needed or isinstance(line.function, Callback) or needed & {*members}:
            kept.append(line)
            needed.update(line.reads())
    return program.replaced(lines=kept[::-1])


def with_views_cancelled(program: Program) -> Program:
    """Rearrangements of rearrangements become one, and those that change nothing none."""
    made: dict[Var, Line] = {}
    same: dict[Var, Any] = {}
    lines = []
    for line in program.lines:
        line = renamed(line, same)
        made_by = made.get(line.args[0]) if line.args and isinstance(line.args[0], Var) else None
        if made_by is not None and made_by.function is line.function:
            if line.function is np.reshape:
                line = Line(line.out, np.reshape, (made_by.args[0], line.args[1]))
            elif line.function is np.transpose:
                axes = tuple(made_by.args[1][i] for i in line.args[1])
                line = Line(line.out, np.transpose, (made_by.args[0], axes))
            elif line.function is np.broadcast_to:
                line = Line(line.out, np.broadcast_to, (made_by.args[0], line.args[1]))
        if nothing_moves(line):
            same[line.out] = next(x for x in line.args if isinstance(x, Var))
            continue
        made[line.out] = line
        lines.append(line)
    return renamed_ends(program.replaced(lines=lines), same)


def with_products_turned(program: Program) -> Program:
    """A product of which only the transpose is read is computed as that: (A B)ᵀ = Bᵀ Aᵀ."""
    readers: dict[Var, list[Any]] = {}
    for line in program.lines:
        for var in line.reads():
            readers.setdefault(var, []).append(line.function is np.transpose)
    lines: list[Line] = []
    taken = [*(var for var, _ in program.inputs), *(line.out for line in program.lines)]
    numbers = count(1 + max((var.number for var in taken), default=0))
    for line in program.lines:
        matrices = line.function is np.dot and len(line.out.shape) == 2
        if matrices and readers.get(line.out) and all(readers[line.out]):
            turned = []
            for x in (*line.args[::-1], line.out):
                turned.append(Var(next(numbers), x.shape[::-1], x.dtype))
                turned[-1].view = x is not line.out
            a, b, product = turned
            lines += [
                Line(v, np.transpose, (x, (1, 0)))
                for v, x in ((a, line.args[1]), (b, line.args[0]))
            ]
            lines.append(Line(product, np.dot, (a, b)))
            line.out.view = True
            lines.append(Line(line.out, np.transpose, (product, (1, 0))))
        else:
            lines.append(line)
    return program.replaced(lines=lines)


def nothing_moves(line: Line) -> bool:
    """Whether the result is the first argument itself."""
    if line.function is np.multiply and is_number(line.args[0], 1):
        line = Line(line.out, line.function, line.args[::-1], line.params)
    if not line.args or not isinstance(line.args[0], Var):
        return False
    x, out = line.args[0], line.out
    if line.function in (np.reshape, np.broadcast_to):
        return x.shape == out.shape
    if line.function is np.transpose:
        return bool(line.args[1] == tuple(range(len(out.shape))))
    if line.function is convert:
        return x.dtype == out.dtype and x.weak == out.weak
    if line.function in (np.positive, np.copy):
        return x.dtype == out.dtype
    if line.function in (np.multiply, np.divide) and not line.params:
        return is_number(line.args[1], 1) and x.shape == out.shape and x.dtype == out.dtype
    return False


def is_number(x: Any, number: float) -> bool:
    """Whether it is this Python number."""
    return type(x) in (int, float) and x == number


def with_equal_lines_merged(program: Program) -> Program:
    """A line that computes what an earlier one has computed is left out."""
    same: dict[Var, Any] = {}
    known: dict[Any, Var] = {}
    lines = []
    for line in program.lines:
        line = renamed(line, same)
        key = None if isinstance(line.function, Callback) else key_of(line)
        if key is None:
            lines.append(line)
        elif key in known:
            before = known[key]
            same[line.out] = before
            same.update(zip(line.out.members or (), before.members or (), strict=True))
        else:
            known[key] = line.out
            lines.append(line)
    return renamed_ends(program.replaced(lines=lines), same)


def key_of(line: Line) -> Any:
    """What equal lines have in common; None if that cannot be known."""

    def part(x: Any) -> Any:
        if isinstance(x, Var):
            return ("var", x.number)
        if isinstance(x, np.ndarray):
            return ("array", id(x)) if x.size > 64 else ("entries", x.dtype, x.shape, x.tobytes())
        return (type(x), repr(x) if isinstance(x, float | complex | np.generic) else x)

    function = line.function
    rule = getattr(function, "function", None)  # of a Whole: each is another object
    parts = frozen((line.args, line.params), part)
    key = (id(rule) if rule is not None else function, parts, line.out.dtype, line.out.weak)
    try:
        hash(key)
    except TypeError:
        return None
    return key


def frozen(x: Any, part: Callable[[Any], Any]) -> Any:
    """Containers as tuples, everything else as ``part`` makes it."""
    if isinstance(x, tuple | list):
        return (type(x), *(frozen(entry, part) for entry in x))
    if isinstance(x, dict):
        return tuple((name, frozen(entry, part)) for name, entry in x.items())
    if isinstance(x, slice):
        return ("slice", *(frozen(entry, part) for entry in (x.start, x.stop, x.step)))
    return part(x)


def with_constants_folded(program: Program) -> Program:
    """Lines that read only constants are computed now."""
    values: dict[Var, Any] = {}
    lines = []
    with np.errstate(all="ignore"):
        for line in program.lines:
            line = renamed(line, values)
            foldable = not isinstance(line.function, Callback) and line.out.members is None
            if foldable and not any(line.reads()) and line.out.size <= LARGEST_FOLDED:
                value = line.function(*line.args, **line.params)
                values[line.out] = plain(value, line.out)
            else:
                lines.append(line)
    return renamed_ends(program.replaced(lines=lines), values)


LARGEST_FOLDED = 1 << 20


def plain(value: Any, var: Var) -> Any:
    """A constant as the Var was: a Python number, or an array that owns its memory."""
    if var.weak:
        return value.item() if isinstance(value, np.generic) else value
    return np.array(value)[()] if isinstance(value, np.ndarray) else value


def with_simpler_arithmetic(program: Program) -> Program:
    """Arrays of one number become the number, and sums with what is negated differences."""
    made: dict[Var, Line] = {}
    lines = []
    for line in program.lines:
        line = with_number(line)
        if line.function is np.add and not line.params and len(line.args) == 2:
            x, y = line.args
            minus = made.get(y) if isinstance(y, Var) else None
            if minus is not None and minus.function is np.negative:
                line = Line(line.out, np.subtract, (x, minus.args[0]))
        made[line.out] = line
        lines.append(line)
    return program.replaced(lines=lines)


def with_number(line: Line) -> Line:
    """The line with a constant of equal entries as a number, where that changes nothing else."""
    ufunc = line.function
    if not isinstance(ufunc, np.ufunc) or ufunc.signature or line.params or len(line.args) != 2:
        return line
    for i, x in enumerate(line.args):
        other = line.args[1 - i]
        if (
            isinstance(x, np.ndarray | np.generic)
            and x.size
            and x.dtype.kind == "f"
            and isinstance(other, Var)
            and not other.weak
            and other.shape == line.out.shape
            and other.dtype == x.dtype
            and (x == x.flat[0]).all()
        ):
            args = (other, float(x.flat[0])) if i else (float(x.flat[0]), other)
            return Line(line.out, line.function, args)
    return line


def renamed(line: Line, same: dict[Var, Any]) -> Line:
    """The line with Vars replaced."""
    if not same or not any(var in same for var in line.reads()):
        return line
    swap = substitution(same)
    return Line(line.out, line.function, mapped(line.args, swap), mapped(line.params, swap))


def renamed_ends(program: Program, same: dict[Var, Any]) -> Program:
    """The program with Vars replaced in what it gives and writes."""
    if not same:
        return program
    swap = substitution(same)
    return program.replaced(
        results=mapped(program.results, swap),
        writes=[(source, swap(x)) for source, x in program.writes],
        guards=[x for x in map(swap, program.guards) if isinstance(x, Var)],
    )


def substitution(same: dict[Var, Any]) -> Callable[[Any], Any]:
    """A function that replaces Vars, as often as there is something to replace by."""

    def swap(x: Any) -> Any:
        while isinstance(x, Var) and x in same:
            x = same[x]
        return x

    return swap


PASSES = (
    without_dead_lines,
    with_constants_folded,
    with_simpler_arithmetic,
    with_products_turned,
    with_views_cancelled,
    with_equal_lines_merged,
    without_dead_lines,
)
