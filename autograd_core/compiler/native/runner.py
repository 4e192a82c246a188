"""A program as a callable: native functions, and calls of Python between them."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ...errors import CompileError, expected
from ..program import Program, Var, mapped
from . import blas
from .arena import ALIGNMENT
from .emission import DTYPE, FLAGS, IN_ORDER, NDIM, OBJECT, SHAPE, TUPLE, UNFIT, Step
from .machine import Library
from .places import Place
from .planning import Plan, planned
from .values import TYPES

Function = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.py_object, ctypes.c_void_p)
NAN, RANGE = 1, 2
"""What a native function returns if something failed."""

SIZES = np.full(64, -1)
"""What is read in place of the shape of an array that has too few axes."""


class State:
    """What one thread has of a program: its arena, the table of addresses, views of the arena."""

    def __init__(self, plan: Plan, constants: list[np.ndarray[Any, Any]]) -> None:
        memory = np.zeros(plan.table.arena + ALIGNMENT, np.uint8)
        start = -memory.ctypes.data % ALIGNMENT
        self.arena = memory[start : start + plan.table.arena]
        functions = blas.functions()[0] if len(plan.table.names) > 1 else {}
        self.table = np.array(
            [address(name, self.arena, constants, functions) for name in plan.table.names],
            np.uintp,
        )
        self.pointer = self.table.ctypes.data
        self.views = [self.view(a.place) if a.place is not None else None for a in plan.answers]
        self.busy = False

    def view(self, place: Place) -> np.ndarray[Any, Any]:
        """An array in the arena."""
        base, shift = place.base.root()
        size = place.dtype.itemsize
        offset = base.offset + (shift + place.start) * size
        strides = tuple(stride * size for stride in place.strides)
        return np.ndarray(place.shape, place.dtype, self.arena.data, offset, strides)


def address(
    name: Any, arena: np.ndarray[Any, Any], constants: list[Any], functions: dict[str, int]
) -> int:
    """An entry of the table."""
    if name == "arena":
        return arena.ctypes.data
    if name == "sizes":
        return SIZES.ctypes.data
    if isinstance(name, np.dtype):
        return id(own(name))
    if isinstance(name, tuple):
        return int(constants[name[1]].ctypes.data)
    return functions[name]


class Runner:
    """Runs a program. Any number of threads can call it at once.

    Attributes
    ----------
    plan : Plan
    library : Library
    """

    def __init__(self, program: Program) -> None:
        self.plan = plan = planned(program)
        self.library = Library(plan.text)
        self.local = threading.local()
        self.constants = [np.array(x) for x in plan.low.constants]
        self.native = {
            step.name: Function(self.library.address(step.name))
            for step in plan.steps
            if step.call is None
        }
        inputs = [var for var, _ in program.inputs]
        self.scalars = [
            (i, own(v.dtype)) for i, v in enumerate(inputs) if v.shape == () and is_read(v)
        ]
        self.fresh = [
            (var.shape, own(var.dtype))
            for var in plan.low.frame[len(inputs) :]
            if plan.low.places[var].base.source is None
        ]
        self.guards = [v for v in program.guards if v.dtype.kind == "c" or v.dtype not in TYPES]
        self.calls = any(step.call is not None for step in plan.steps)
        self.simple = self.simple_step()

    def simple_step(self) -> Callable[..., int] | None:
        """The native function, if it is all there is."""
        kinds = {answer.kind for answer in self.plan.answers}
        if self.calls or self.guards or "python" in kinds or len(self.plan.steps) != 1:
            return None
        return self.native[self.plan.steps[0].name]

    def state(self) -> State:
        """That of this thread; another one if a call of Python calls the program again."""
        state = getattr(self.local, "state", None)
        if state is None or state.busy:
            fresh = State(self.plan, self.constants)
            if state is None:
                self.local.state = fresh
            return fresh
        return state  # type: ignore[no-any-return]

    def __call__(self, *inputs: Any) -> list[Any] | None:
        """One run: results and what is written; None if a guard is NaN."""
        if self.simple is None:
            return self.stepwise(inputs)
        frame = self.framed(inputs)
        state = self.state()
        failed = self.simple(frame, state.pointer)
        if failed & UNFIT:
            frame = self.framed(tuple(map(canonical, inputs)))
            failed = self.simple(frame, state.pointer)
        if failed:
            raise_if_wrong(failed)
            return None
        return self.answered(frame, state, {})

    def framed(self, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arrays that native code reads and writes, without those that calls give."""
        if self.scalars:
            given = list(inputs)
            for i, dtype in self.scalars:
                given[i] = np.array(given[i], dtype)
            inputs = tuple(given)
        return (*inputs, *[np.empty(*about) for about in self.fresh])

    def answered(self, frame: Any, state: State, values: dict[Var, Any]) -> list[Any]:
        """What comes back."""
        out: list[Any] = []
        for answer, view in zip(self.plan.answers, state.views, strict=True):
            if answer.kind == "kept":
                out.append(view)
            elif answer.kind == "scalar":
                assert view is not None
                out.append(view.item() if answer.var.weak else view[()])
            elif answer.kind == "python":
                out.append(values[answer.var])
            else:
                out.append(frame[answer.index])
        return out

    # with calls of Python

    def stepwise(self, inputs: tuple[Any, ...]) -> list[Any] | None:
        """Native functions and calls, one after the other."""
        state = self.state()
        state.busy = True
        try:
            frame, values = self.filled(inputs)
            if is_nan(values, self.guards):
                return None
            for step in self.plan.steps:
                if step.call is not None:
                    self.call(step, frame, values)
                    if is_nan(values, self.guards):
                        return None
                    continue
                failed = self.native[step.name](tuple(frame), state.pointer)
                if failed:
                    raise_if_wrong(failed)
                    return None
            return self.answered(frame, state, values)
        finally:
            state.busy = False

    def filled(self, inputs: tuple[Any, ...]) -> tuple[list[Any], dict[Var, Any]]:
        """The frame by position, and the inputs as Python has them."""
        inputs = tuple(map(canonical, inputs))
        frame = list(self.framed(inputs)[: len(inputs)])
        new = iter(self.fresh)
        for var in self.plan.low.frame[len(inputs) :]:
            made = self.plan.low.places[var].base.source is None
            frame.append(np.empty(*next(new)) if made else None)
        pairs = zip(self.plan.program.inputs, inputs, strict=True)
        values = {var: x for (var, _), x in pairs}
        for answer in self.plan.answers:
            if answer.kind == "python" and answer.var in values:
                values[answer.var] = np.array(values[answer.var])[()]
        return frame, values

    def call(self, step: Step, frame: list[Any], values: dict[Var, Any]) -> None:
        """One call of Python."""
        assert step.call is not None
        line = step.call.line
        shown, places = self.plan.low.shown, self.plan.low.places

        def value(x: Any) -> Any:
            if not isinstance(x, Var) or x in values:
                return values[x] if isinstance(x, Var) else x
            array = frame[places[shown[x]].base.index]
            if x.shape == ():
                return array.item() if x.weak else array[()]
            return array

        result = line.function(*mapped(line.args, value), **mapped(line.params, value))
        if any(answer.var is line.out for answer in self.plan.answers):
            result = np.array(result)[()] if isinstance(result, np.ndarray) else result
        values[line.out] = result
        if line.out.members is None and is_read(line.out):
            frame[places[line.out].base.index] = checked(result, line.out)


def is_nan(values: dict[Var, Any], guards: list[Var]) -> bool:
    """Whether a guard that native code cannot check, and that is there already, has a NaN."""
    return any(np.isnan(values[var]).any() for var in guards if var in values)


def is_read(var: Var) -> bool:
    """Whether native code could read it."""
    return var.dtype in TYPES and var.members is None


def own(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The object that stands for a native dtype in NumPy; pickle makes others of the same."""
    return np.dtype(dtype.char)


def canonical(x: Any) -> Any:
    """An array with the dtype object that native code knows."""
    if type(x) is not np.ndarray or x.dtype is (known := own(x.dtype)) or x.dtype != known:
        return x
    return x.view(known)


def checked(result: Any, var: Var) -> np.ndarray[Any, Any]:
    """A result as native code expects it."""
    array: np.ndarray[Any, Any] = np.asarray(result, own(var.dtype), order="C")
    array = canonical(array)
    if array.shape != var.shape:
        what = f"an array of shape {var.shape}, as in the run that was compiled"
        cure = "Compile the function anew: its shapes depend on values."
        raise CompileError(expected("A call in a program", what, f"one of {array.shape}", cure))
    return array


def raise_if_wrong(failed: int) -> None:
    """Nothing if a guard was NaN; an error if an index was out of range, or an array unfit."""
    if failed & UNFIT:
        raise CompileError(
            expected(
                "A native program",
                "arrays of the shapes and dtypes that it was compiled for, in C order",
                "others",
                "Compile the function anew.",
            )
        )
    if failed & RANGE:
        raise IndexError("index out of bounds")


def usable() -> bool:
    """Whether this Python keeps arrays as native code expects it, and LLVM is there."""
    probe = (np.ones((2, 3)),)
    item = ctypes.c_void_p.from_address(id(probe) + TUPLE).value
    if item != id(probe[0]):
        return False
    start, array = item + OBJECT, probe[0]
    return (
        ctypes.c_void_p.from_address(start).value == array.ctypes.data
        and ctypes.c_int.from_address(start + NDIM).value == 2
        and ctypes.c_int64.from_address(pointer_at(start + SHAPE) + 8).value == 3
        and pointer_at(start + DTYPE) == id(array.dtype)
        and ctypes.c_int.from_address(start + FLAGS).value & IN_ORDER == IN_ORDER
    )


def pointer_at(address: int) -> int:
    """The address that lies at an address."""
    return ctypes.c_void_p.from_address(address).value or 0
