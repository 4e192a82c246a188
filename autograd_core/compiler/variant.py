"""A program of a compiled function with what surrounds a run of it.

Whether it fits, what its inputs are at the moment, what it changes outside, and the results in the
form in which the function gave them. All of it is one generated function (``glue``), since it is
run for every call.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from ..node import Node, constant_node, next_birth
from .passes import improved
from .program import Argument, Callback, Copied, Memory, Program, Slot, Var
from .trace import Live, Trace, Whole, followed


class Again:
    """What a run gives that met NaN where zeros may be structural: what its callbacks answered."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers


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
        self.run, self.first = glue(self, contiguous=native)


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


def glue(variant: Variant, contiguous: bool) -> Any:
    """The function of flattened arguments that runs a program and does the rest.

    And another that takes what callbacks have answered already.
    """
    program = variant.program
    space: dict[str, Any] = {
        "run": variant.runner,
        "copy": np.ascontiguousarray,
        "birth": next_birth,
        "node": constant_node,
        "Again": Again,
        "array": np.array,
    }
    lines: list[str] = []
    inputs, asked = [], []
    kept = {id(owner) for owner, _, _ in variant.touched}  # views of whole arrays
    names = {var: f"i{i}" for i, (var, _) in enumerate(program.inputs)}
    for i, (_, source) in enumerate(program.inputs):
        name = f"i{i}"
        if isinstance(source, Argument):
            lines.append(f"{name} = a[{source.index}]")
            if source.node:
                lines[-1] += ".value"
        elif isinstance(source, Slot):
            space[f"s{i}"] = source.node
            lines.append(f"{name} = s{i}.{source.name}{'.T' * source.turned}")
        elif isinstance(source, Memory):
            space[name] = source.array
            inputs.append(name)
            continue
        else:
            space[f"f{i}"], given = source.function, []
            for k, x in enumerate(source.args):
                space[f"f{i}_{k}"] = x
                given.append(names[x] if isinstance(x, Var) else f"f{i}_{k}")
            late = any(isinstance(x, Var) for x in source.args)
            asked.append((late, name, f"{name} = f{i}({', '.join(given)})"))
            inputs.append(name)
            continue
        owner = getattr(source, "node", None)
        if contiguous and program.inputs[i][0].shape and id(owner) not in kept:
            lines.append(f"if not {name}.flags.c_contiguous: {name} = copy({name})")
        inputs.append(name)
    first, last = ([text for late, _, text in asked if late == after] for after in (False, True))
    known = [f"{name} = q[{k}]" for k, (_, name, _) in enumerate(asked)]
    begun, lines = lines, []
    lines.append(f"out = run({', '.join(inputs)})")
    answers = ", ".join(name for _, name, _ in asked)
    lines.append(f"if out is None: return Again([{answers}])")
    lines.append("now = birth()")
    place = sum(isinstance(x, Var) for x in program.results)
    for i, (source, x) in enumerate(program.writes):
        value = f"out[{place}]" if isinstance(x, Var) else f"c{i}"
        space[f"c{i}"] = x
        place += isinstance(x, Var)
        if isinstance(source, Slot):
            space[f"w{i}"] = source.node
            lines.append(f"w{i}.{source.name} = {value}")
            if source.name == "value":
                lines.append(f"w{i}.birth = now")
    for i, (owner, array, path) in enumerate(variant.touched):
        space[f"t{i}"] = owner
        space[f"m{i}"] = followed(array, path)
        if isinstance(owner, Node):
            lines += [f"t{i}.value = m{i}", f"t{i}.birth = now"]
        else:
            lines.append(f"t{i}.grad = m{i}")
    results, place = [], 0
    for i, (x, is_node) in enumerate(zip(program.results, variant.results.nodes, strict=True)):
        if isinstance(x, Var):
            text, place = f"out[{place}]", place + 1
        else:
            space[f"k{i}"] = x
            text = f"array(k{i})" if isinstance(x, np.ndarray) else f"k{i}"
        results.append(f"node({text})" if is_node else text)
    if variant.results.single:
        lines.append(f"return {results[0]}")
    else:
        space["rebuild"] = variant.results.rebuild
        lines.append(f"return rebuild([{', '.join(results)}])")
    heads = {"call(a)": [*first, *begun, *last], "again(a, q)": [*known, *begun]}
    for head, body in heads.items():
        text = "\n".join(f"    {line}" for line in [*body, *lines])
        code = compile(f"def {head}:\n{text}\n", "<glue>", "exec")
        exec(code, space)  # nosec B102 # names made above; users' values are in ``space``
    return space["call"], space["again"]


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
