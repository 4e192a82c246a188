"""A program of a compiled function, and when it may run in the function's place.

Whether it fits is asked for every call; whether two runs were the same program, once. What
surrounds a run is in ``glue.py``.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from .glue import Glue
from .passes import improved
from .program import Argument, Callback, Copied, Memory, Program, Slot, Var
from .trace import Live, Trace, Whole


class Variant:
    """One program, for one kind of arguments and one state of what was guarded.

    Attributes
    ----------
    traced : Program
        As it was written down.
    program : Program
        As it is run.
    fits : callable
        Whether the Python state is as it was when the function was traced.
    reason : str or None
        Why the function runs as it is instead.
    run : callable or None
        From flattened arguments to the result; None until two runs have agreed.
    first : callable or None
        The same of arguments and what callbacks have answered already.
    """

    def __init__(self, trace: Trace, program: Program, results: Results) -> None:
        self.traced = self.program = program
        self.results = results
        self.reason = trace.reason
        self.fits = guards(distinct(trace.checks))
        self.touched, self.asked = trace.touched, trace.asked
        self.run: Callable[[Any], Any] | None = None
        self.first: Callable[[Any, list[Any]], Any] | None = None
        self.runner: Any = None
        self.told: list[tuple[str, int]] = []

    def finish(self, backend: str) -> None:
        """Make it run."""
        self.program, self.told = improved(self.traced)
        native = backend != "numpy" and available()
        made = import_module(f"{__package__}.{'native' if native else 'numpy_source'}")
        self.runner = made.runner(self.program)
        self.run, self.first = Glue(self, contiguous=native).functions()


def available() -> bool:
    """Whether there is a native backend here; it is imported only when somebody asks."""
    found: bool = import_module(f"{__package__}.native").available()
    return found


class Results:
    """How results are arranged: flattened, and which of them were Nodes."""

    def __init__(
        self, rebuild: Callable[[list[Any]], Any], nodes: list[bool], single: bool
    ) -> None:
        self.rebuild, self.nodes, self.single = rebuild, nodes, single


def distinct(checks: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Each check once: many modules may ask for the same."""
    found: dict[Any, tuple[Any, Any]] = {}
    for function, answer in checks:
        found.setdefault(getattr(function, "key", function), (function, answer))
    return list(found.values())


def guards(checks: Sequence[tuple[Any, Any]]) -> Callable[[], bool]:
    """One function that asks all guards: it is called for every run."""
    space: dict[str, Any] = {}
    parts = []
    for i, (function, answer) in enumerate(checks):
        if isinstance(function, Live):
            space[f"d{i}"] = function.details
            parts.append(f"d{i}.live" if answer else f"not d{i}.live")
        else:
            space[f"g{i}"], space[f"a{i}"] = function, answer
            parts.append(f"g{i}() == a{i}")
    text = f"lambda: {' and '.join(parts) or True}"  # names made above, and nothing of a user's
    fits: Callable[[], bool] = eval(text, space)  # nosec B307 # see the line above
    return fits


# whether two runs were the same program


def difference(a: Program, b: Program) -> str | None:
    """What differs in two programs of one function, in words; None if nothing does."""
    numbers = dict(zip((var for var, _ in a.inputs), (var for var, _ in b.inputs), strict=False))
    if len(a.inputs) != len(b.inputs) or not all(
        same_source(x, y) for (_, x), (_, y) in zip(a.inputs, b.inputs, strict=True)
    ):
        return "what it reads from outside differs from run to run"
    if len(a.lines) != len(b.lines):
        return f"one run had {len(a.lines)} operations, the next {len(b.lines)}"
    for x, y in zip(a.lines, b.lines, strict=True):
        pairs = (x.args, y.args), (x.params, y.params), (x.function, y.function)
        if not all(alike(p, q, numbers) for p, q in pairs):
            name = getattr(x.function, "__name__", type(x.function).__name__)
            return (
                f"{name} had other operands in the next run (a random draw, a counter, another "
                "batch): ag.callback makes them inputs"
            )
        numbers[x.out] = y.out
        numbers.update(zip(x.out.members or (), y.out.members or (), strict=False))
    ends = (a.results, [x for _, x in a.writes]), (b.results, [x for _, x in b.writes])
    if not alike(ends[0], ends[1], numbers):
        return "its results differ from run to run though its inputs do not"
    return None


def same_source(x: Any, y: Any) -> bool:
    """Whether two inputs come from one place."""
    if type(x) is not type(y):
        return False
    if isinstance(x, Argument):
        return bool(x.index == y.index)
    if isinstance(x, Slot):
        return x.node is y.node and (x.name, x.turned) == (y.name, y.turned)
    return x.array is y.array if isinstance(x, Memory) else True


def alike(x: Any, y: Any, numbers: dict[Var, Var]) -> bool:
    """Whether two parts of programs are the same, Vars being renumbered."""
    if x is y:
        return True
    if type(x) is not type(y):
        return False
    if isinstance(x, Var):
        return numbers.get(x) is y
    if isinstance(x, np.ndarray):
        same_kind = x.shape == y.shape and x.dtype == y.dtype
        return same_kind and np.array_equal(x, y, equal_nan=x.dtype.kind in "fc")
    if isinstance(x, tuple | list):
        return len(x) == len(y) and all(alike(p, q, numbers) for p, q in zip(x, y, strict=True))
    if isinstance(x, dict):
        return x.keys() == y.keys() and all(alike(v, y[k], numbers) for k, v in x.items())
    if isinstance(x, slice):
        parts = (x.start, x.stop, x.step), (y.start, y.stop, y.step)
        return alike(*parts, numbers)
    if isinstance(x, types.FunctionType):
        closures = (x.__closure__ or (), y.__closure__ or ())
        return x.__code__ is y.__code__ and alike(
            tuple(c.cell_contents for c in closures[0]),
            tuple(c.cell_contents for c in closures[1]),
            numbers,
        )
    if isinstance(x, partial):
        return alike((x.func, x.args, x.keywords), (y.func, y.args, y.keywords), numbers)
    if isinstance(x, Whole | Callback | Copied):
        return alike(x.function, y.function, numbers)
    try:
        return bool(x == y) or (x != x and y != y)
    except Exception:  # no answer: they are told apart
        return False
