"""What became of a function, in words: what ``step.report()`` says."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from .numpy_source import Writer
from .program import Callback, Copied, Line, Program
from .trace import Whole
from .variant import Variant


def report(variant: Variant, backend: str) -> str:
    """Lines after each pass, what is read and written, buffers, and what is called as a whole."""
    program = variant.program
    parts = [passes(variant), outside(program)]
    parts.append(buffers(program))
    parts.append(wholes(program))
    return "\n".join(part for part in parts if part)


def passes(variant: Variant) -> str:
    """How many lines there were after each pass."""
    width = max(len(name) for name, _ in variant.told)
    rows = [f"  {name.ljust(width)}  {count:5d}" for name, count in variant.told]
    return "\n".join([f"{variant.program.name}: lines after each pass", *rows])


def outside(program: Program) -> str:
    """What is read and written outside."""
    read = Counter(type(source).__name__ for _, source in program.inputs)
    written = Counter(type(source).__name__ for source, _ in program.writes)
    results = len(program.results)
    return f"reads {told(read)}; writes {told(written)}; gives {results} results" + (
        f"; {len(program.guards)} arrays are looked through for NaN" if program.guards else ""
    )


def told(counts: Counter[str]) -> str:
    """Counts in words."""
    names = {
        "Argument": "arguments",
        "Slot": "values or gradients of leaves",
        "Memory": "arrays that change in place",
        "Asked": "answers of callbacks",
    }
    return ", ".join(f"{n} {names[kind]}" for kind, n in counts.items()) or "nothing"


def buffers(program: Program) -> str:
    """How many there are, and what they take; how many lines need new arrays."""
    plan = Writer(program).plan
    own = [b for b in plan.buffers if b.whole is None]
    size = sum(b.dtype.itemsize * math.prod(b.shape) for b in own)
    placed = sum(line.out in plan.home or line.out in plan.inplace for line in plan.lines)
    return (
        f"{len(own)} buffers of {size:,} bytes; {placed} of {len(plan.lines)} lines write into "
        f"them or in place, {len(plan.root)} are views"
    )


def wholes(program: Program) -> str:
    """The functions that are called as they are."""
    named = Counter(name for line in program.lines if (name := whole_name(line)))
    if not named:
        return ""
    listed = ", ".join(f"{name}{f' ×{n}' if n > 1 else ''}" for name, n in named.items())
    return f"called as a whole, since they look at values or are yours: {listed}"


def whole_name(line: Line) -> str:
    """The name of a function that is not NumPy's."""
    function: Any = line.function
    while isinstance(function, Whole | Copied | Callback):
        function = function.function
    if function is line.function:
        return ""
    return str(getattr(function, "__name__", type(function).__name__))
