"""Programs as machine code: lines fused into loops, in one function that LLVM compiles.

``runner`` is all that others need; ``report`` says what is native and what is not.
"""

from __future__ import annotations

from typing import Any

from ..program import Program, Var
from .planning import planned
from .runner import Runner, usable

__all__ = ["available", "loops", "report", "runner"]


def available() -> bool:
    """Whether programs can be compiled here: llvmlite is installed (extra jit).

    Returns
    -------
    bool
    """
    try:
        import llvmlite.binding  # noqa: F401
    except ImportError:
        return False
    return usable()


def runner(program: Program) -> Runner:
    """A function that runs a program.

    Parameters
    ----------
    program : Program

    Returns
    -------
    callable
        Of the program's inputs, arrays in C order of exactly their shapes and dtypes; gives the
        list of results and of what is written, or None if a guard is NaN.
    """
    return Runner(program)


def loops(program: Program) -> dict[Var, str]:
    """The loop that computes each line, of those that are computed together with others."""
    found: dict[Var, str] = {}
    groups = [group for step in planned(program).steps for group in step.groups]
    for i, group in enumerate(groups, 1):
        outs = [s.out for s in group.statements if s.out is not None]
        if len(outs) > 1:
            found.update(dict.fromkeys(outs, f"loop {i}"))
    return found


def report(program: Program) -> dict[str, Any]:
    """What of a program is native.

    Parameters
    ----------
    program : Program

    Returns
    -------
    dict
        ``lines``, ``native``: how many there are; ``left``: pairs of a line that remains a call of
        Python, and why; ``loops``: groups of fused lines; ``functions``: native functions;
        ``buffers``, ``bytes``: of the arena.
    """
    plan = planned(program)
    native = [step for step in plan.steps if step.call is None]
    return {
        "lines": len(program.lines),
        "native": len(program.lines) - len(plan.low.left),
        "left": list(plan.low.left.items()),
        "loops": sum(len(step.groups) for step in native),
        "functions": len(native),
        "buffers": plan.buffers,
        "bytes": plan.table.arena,
    }
