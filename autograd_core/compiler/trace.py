"""One run of a function that is written down as a ``Program`` while it computes.

The run is a run like any other: its results and what it changes are those of ordinary code. Inside,
arrays are Tracers (``tracer.py``), and what leaves hold is read and changed in an overlay
(``taps.py``) that becomes real at the end.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays import library_of
from ..deferred import Deferred
from ..errors import CompileError, describe
from ..modes import caller
from ..node import Node, next_birth
from ..tracing import TRACE, Untraceable
from .canonical import VIEWS
from .program import (
    Argument,
    Asked,
    Callback,
    Copied,
    Line,
    Memory,
    Program,
    Slot,
    Source,
    Var,
    mapped,
)
from .tracer import Tracer, value_of

NUMBERS = (float, complex, int, bool)


class Trace:
    """What is known while a function runs.

    Attributes
    ----------
    lines : list of Line
    inputs : list of (Var, Source)
    checks : list of (callable, answer)
        Answers of Python state on which the program depends.
    asked : list of bool
        Of every callback, whether it is called before the lines run.
    reason : str or None
        Why the program cannot stand for the function, if it cannot.
    trial : bool
        The run itself does not count, unless there is a reason: its program is run instead.
    answers : list
        What the callbacks answered that are called before the lines run.
    touched : list of (Node, array, path)
        Leaves whose value is, afterwards, a view of an array that changed in place.
    """

    writes = True

    def __init__(self, strict: bool = False, trial: bool = False) -> None:
        self.strict, self.trial = strict, trial
        self.answers: list[Any] = []
        self.examples: dict[Var, Any] = {}
        self.lines: list[Line] = []
        self.inputs: list[tuple[Var, Source]] = []
        self.checks: list[tuple[Callable[[], Any], Any]] = []
        self.guards: list[Var] = []
        self.asked: list[bool] = []
        self.reason: str | None = None
        self.count = 0
        self.since = next_birth()
        self.overlay: dict[tuple[str, int], tuple[Any, Any]] = {}
        self.first: dict[tuple[str, int], Tracer] = {}
        self.born: dict[int, Any] = {}
        self.touched: list[tuple[Any, Any, Any]] = []
        self.memories: dict[int, tuple[Tracer, Any]] = {}
        self.arguments: list[Tracer] = []
        self.wholes = 0  # how many functions that are called as a whole are running

    # what is written down

    def var(self, example: Any) -> Var:
        """A new Var for a value."""
        self.count += 1
        number = self.count
        if example is None or isinstance(example, tuple | list):
            members = tuple(map(self.var, example or ()))
            return Var(number, (), np.dtype(object), members=members)
        if type(example) in NUMBERS:
            return Var(number, (), np.asarray(example).dtype, weak=True)
        return Var(number, example.shape, example.dtype)

    def named(self, x: Any) -> Any:
        """A Tracer as the Var that holds it; anything else as it is."""
        return x.symbol if isinstance(x, Tracer) else x

    def call(
        self, function: Any, args: Sequence[Any], params: dict[str, Any], viewed: bool = True
    ) -> Any:
        """The result of a NumPy call, written down."""
        example = function(*mapped(tuple(args), value_of), **mapped(params, value_of))
        if function not in VIEWS and all_fixed((args, params)):
            return example
        if isinstance(function, np.ufunc) and isinstance(example, np.generic):
            example = example.item() if all(map(is_weak, args)) else example
        return self.line(function, args, params, example, viewed)

    def line(
        self,
        function: Any,
        args: Sequence[Any],
        params: dict[str, Any],
        example: Any,
        viewed: bool = False,
    ) -> Any:
        """A Tracer (or a tuple of them) for the result of a call that has been made."""
        if self.wholes:
            self.give_up("a function that is called as a whole uses arrays from outside of it")
            return example
        kinds = (np.ndarray, np.generic, tuple, list, type(None), *NUMBERS)
        if not isinstance(example, kinds):
            stop = self.give_up if library_of(type(example)) else self.refuse
            stop(f"{name_of(function)} gave {describe(example)}, no array of NumPy's")
            return example
        shown = shown_by(example, (args, params))
        first: Any = args[0] if args else None
        if shown and (shown != {id(first)} or params or isinstance(example, tuple | list)):
            function, shown = Copied(function), set()
            example = mapped(example, lambda x: np.array(x) if isinstance(x, np.ndarray) else x)
        var = self.var(example)
        named = mapped(tuple(args), self.named), mapped(params, self.named)
        self.lines.append(Line(var, function, *named))
        if var.members is not None:
            return self.members(var, example)
        if not shown:
            return Tracer(self, var, example)
        var.view = True
        if not viewed:
            return Tracer(self, var, example)
        base = first if first.base is None else first.base
        return Tracer(self, var, example, base, (*first.path, (function, tuple(args[1:]))))

    def members(self, var: Var, example: Any) -> Any:
        """The members of a result that is a tuple or a list, each by a line of its own."""
        if example is None:
            return None
        entries: list[Any] = []
        for i, (member, value) in enumerate(zip(var.members or (), example, strict=True)):
            if value is None:
                entries.append(None)
                continue
            self.lines.append(Line(member, operator.getitem, (var, i)))
            inner = member.members is not None
            entries.append(self.members(member, value) if inner else Tracer(self, member, value))
        return example._make(entries) if hasattr(example, "_make") else type(example)(entries)

    def whole(self, function: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
        """The result of a function that looks at values: one line for all of it."""
        self.wholes += 1
        try:
            dense = Whole(function)
            example = dense(*mapped(tuple(args), value_of), **mapped(params, value_of))
        finally:
            self.wholes -= 1
        for x in args:
            if isinstance(x, Tracer) and x.example is example:
                return x
        return self.line(dense, args, params, example)

    def traced(self, x: Any) -> Tracer:
        """A Tracer as it is; a constant as one."""
        found: Tracer = x if isinstance(x, Tracer) else self.call(np.copy, (x,), {})
        return found

    # what cannot be written down

    def refuse(self, reason: str) -> None:
        """Something depends on a value that only a run knows.

        A rule of an op is then called as a whole; for anything else the trace is of this run only.
        """
        if inside_rule():
            raise Untraceable(reason)
        self.give_up(reason)

    def give_up(self, reason: str) -> None:
        """The program cannot stand for the function."""
        if self.reason is None:
            self.reason = f"{reason}, at {caller()}"
            if self.strict:
                raise CompileError(
                    f"compile expected a function that does not depend on values, got one where "
                    f"{self.reason}. Use np.where, ag.callback or ag.guard, or compile a part."
                )

    # the doors of tracing.py

    def callback(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """The result of a call that every run makes anew."""
        values = mapped(args, value_of)
        token = TRACE.set(None)
        try:
            example = function(*values)
        finally:
            TRACE.reset(token)
        if isinstance(example, tuple | list):
            raise TypeError(f"callback expected one array or number or None, got {example!r}")
        given = {var for var, _ in self.inputs}
        if any(isinstance(x, Tracer) and (x.symbol not in given or x.changes) for x in args):
            self.asked.append(False)
            return self.line(Callback(function), args, {}, example)
        self.asked.append(True)
        self.answers.append(example)
        var = self.var(example)
        self.examples[var] = example
        self.inputs.append((var, Asked(function, mapped(args, self.named))))
        return None if example is None else Tracer(self, var, example)

    def memory(self, array: Any) -> Any:
        """What stands for an array that changes in place."""
        if isinstance(array, Tracer):
            return array
        if id(array) not in self.memories:
            example = np.array(array)
            tracer = Tracer(self, self.var(example), example)
            self.inputs.append((tracer.current, Memory(array)))
            self.memories[id(array)] = tracer, array
        return self.memories[id(array)][0]

    def guard(self, function: Callable[[], Any]) -> Any:
        """An answer that is asked for again before every run."""
        answer = function()
        self.checks.append((function, answer))
        return answer

    def fixed(self, array: Any) -> Tracer:
        """A new array that is the same in every run, until it is changed in place."""
        tracer = self.call(np.copy, (array,), {}, viewed=False)
        tracer.fixed = True
        return tracer  # type: ignore[no-any-return]

    def argument(self, i: int, value: Any, node: bool = False) -> Tracer:
        """What stands for the i-th argument."""
        value = np.array(value) if self.trial and isinstance(value, np.ndarray) else value
        tracer = Tracer(self, self.var(value), value)
        self.inputs.append((tracer.current, Argument(i, node)))
        self.examples[tracer.current] = np.array(value) if isinstance(value, np.ndarray) else value
        self.arguments.append(tracer)
        return tracer

    def forbid_nan(self, arrays: Sequence[Any]) -> None:
        """Results that are only right if they hold no NaN."""
        for x in arrays:
            x = x.value if type(x) is Node else x
            for entry in x if isinstance(x, tuple) else (x,):
                if isinstance(entry, Tracer) and entry.dtype.kind in "fc":
                    self.guards.append(entry.symbol)
                    if np.isnan(entry.example).any():
                        self.give_up("a gradient was NaN")

    # what leaves hold: see taps.py

    def read(self, owner: Any, name: str, value: Any) -> Any:
        """What a leaf holds, given what it held before the trace."""
        key = name, id(owner)
        if key in self.overlay:
            return self.overlay[key][1]
        if id(owner) in self.born or self.wholes:
            return value
        if type(owner) is Node and (owner.birth >= self.since or owner.op is not None):
            return value
        if isinstance(value, Tracer):
            return value
        if value is None or not isinstance(value, np.ndarray | np.generic | float | complex):
            self.checks.append((lambda: getattr(owner, name) is value, True))
            return value
        turned = in_fortran_order(value)
        example = np.array(value.T if turned else value) if isinstance(value, np.ndarray) else value
        tracer = Tracer(self, self.var(example), example)
        self.inputs.append((tracer.current, Slot(owner, name, turned)))
        if type(owner) is Node:
            self.checks.append((Live(owner.details), owner.details.live))
        self.first[key] = tracer.T if turned else tracer
        self.overlay[key] = owner, self.first[key]
        return self.first[key]

    def write(self, owner: Any, name: str, value: Any, is_new: bool) -> bool:
        """Note what a leaf holds from now on; False if it is an object of this trace alone."""
        if is_new:
            self.born[id(owner)] = owner
        if id(owner) in self.born or (type(owner) is Node and owner.op is not None):
            return False
        self.overlay[name, id(owner)] = owner, value
        return True

    def only_read(self, key: tuple[str, int], value: Tracer) -> bool:
        """Whether a leaf still holds what it held before the trace."""
        root = value if value.base is None else value.base
        return value is self.first.get(key) and not root.changes

    # the end

    def commit(self) -> None:
        """Let what was changed be so outside."""
        for tracer, array in self.memories.values():
            if tracer.changes:
                array[...] = tracer.example
        for (name, number), (owner, value) in self.overlay.items():
            if isinstance(value, Tracer):
                found = self.memory_of(value)
                if found is not None:
                    value = followed(*found)
                elif self.only_read((name, number), value):
                    continue
                else:
                    value = value.example
            setattr(owner, name, value)

    def memory_of(self, value: Tracer) -> Any:
        """The array that a Tracer shows, and how; None if it shows none that changes in place."""
        for tracer, array in self.memories.values():
            if value is tracer or value.base is tracer:
                return array, value.path if value.base is tracer else ()
        return None

    def program(self, results: list[Any], name: str) -> Program:
        """All of it."""
        writes: list[tuple[Source, Var]] = []
        for (slot, number), (owner, value) in self.overlay.items():
            if not isinstance(value, Tracer):
                writes.append((Slot(owner, slot), value))
                continue
            found = self.memory_of(value)
            if found is not None:
                self.touched.append((owner, *found))
            elif not self.only_read((slot, number), value):
                writes.append((Slot(owner, slot), value.symbol))
        for tracer, array in self.memories.values():
            if tracer.changes:
                writes.append((Memory(array), tracer.symbol))
        for i, tracer in enumerate(self.arguments):
            if tracer.changes:
                writes.append((Argument(i), tracer.symbol))
        ends = [self.named(x) for x in results]
        return Program(self.inputs, self.lines, ends, writes, self.guards, name, self.examples)


class Live:
    """Whether a gradient flows to a leaf, as a guard asks."""

    def __init__(self, details: Any) -> None:
        self.details = details

    def __call__(self) -> Any:
        """The answer."""
        return self.details.live


class Whole:
    """A function that is one line of a program; what it gives in pieces is put together."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Its result."""
        result = self.function(*args, **params)
        if isinstance(result, tuple | list):
            return type(result)(map(dense, result))
        return dense(result)


def dense(x: Any) -> Any:
    """A cotangent in pieces as an array."""
    return x.dense() if type(x) is Deferred else x


def followed(array: Any, path: Any) -> Any:
    """The view of an array to which ``path`` leads."""
    for function, args in path:
        array = function(array, *mapped(args, value_of))
    return array


def shown_by(example: Any, args: Any) -> set[int]:
    """The Tracers (by identity) whose memory a result shows."""
    results: list[Any] = []
    mapped(example, lambda x: results.append(x) if isinstance(x, np.ndarray) else None)
    found: set[int] = set()

    def look(x: Any) -> None:
        array = isinstance(x, Tracer) and isinstance(x.example, np.ndarray)
        if array and any(np.may_share_memory(x.example, y) for y in results):
            found.add(id(x))

    mapped(args, look)
    return found


def in_fortran_order(value: Any) -> bool:
    """Whether memory runs through an array's transpose as NumPy expects."""
    flags = getattr(value, "flags", None)
    return flags is not None and flags.fnc


def all_fixed(x: Any) -> bool:
    """Whether the Tracers inside, of which there are some, are the same in every run."""
    found: list[bool] = []
    mapped(x, lambda entry: found.append(entry.fixed) if isinstance(entry, Tracer) else None)
    return bool(found) and all(found)


def is_weak(x: Any) -> bool:
    """Whether it is a Python number, or stands for one."""
    return type(x) in NUMBERS or (isinstance(x, Tracer) and x.weak)


def name_of(function: Any) -> str:
    """What a function is called in messages."""
    return str(getattr(function, "__name__", function))


def inside_rule() -> bool:
    """Whether an op's forward or rule is running on arrays: that can be called as a whole."""
    from ..forward import evaluated
    from ..primitive import Primitive
    from ..pull import applied, pull_quick

    always = {Primitive.__call__.__code__, pull_quick.__code__, Deferred.dense.__code__}
    rules = {applied.__code__, evaluated.__code__}
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code is not Trace.callback.__code__:
        frame = frame.f_back
        if frame.f_code in always:
            return True
        if frame.f_code in rules:
            here = frame.f_locals
            operands = [here.get("g", here.get("t")), here["out"], *here["args"]]
            return not any(type(x) is Node for x in operands)
    return False
