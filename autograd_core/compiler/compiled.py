"""``compile`` and what it returns: a function that runs a program for each kind of call."""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import library_of
from ..details import MODE
from ..errors import (
    ArgumentError,
    ArgumentTypeError,
    CompileError,
    CompileWarning,
    expected,
    missing,
)
from ..node import Node, constant_node
from ..sources import is_plain
from ..tracing import TRACE
from ..tree import flatten, tree_map
from .glue import Again
from .program import Program
from .taps import close_taps, open_taps
from .trace import Trace
from .tracer import value_of
from .variant import Results, Variant, available, difference

BACKENDS = ("auto", "numpy", "native")
MOST = 64
"""Programs that one function may have: one for each kind of arguments."""


def compile(
    function: Callable[..., Any] | None = None,
    *,
    backend: str = "auto",
    strict: bool = False,
    check: bool = True,
) -> Any:
    """A function that does the same, faster: traced, improved and run as one program.

    Everything that happens inside is part of the program: forward, ``backward()``, the step of an
    optimiser, batch statistics, dropout's draws. Leaves (parameters, buffers) are read when it
    runs, and changed as the function changes them.

    Parameters
    ----------
    function : callable
        Of arrays, numbers and containers of them. It is traced at the first two calls with
        arguments of given shapes and dtypes; from then on its program runs in its place. Python
        floats are inputs like arrays; whole numbers, strings and other objects are part of what is
        compiled, and another one is traced anew.
    backend : {"auto", "numpy", "native"}
        ``native`` (extra jit) makes machine code through LLVM, ``numpy`` calls of NumPy with
        buffers that are reused; ``auto`` is native where that can be had.
    strict : bool
        Raise where the function cannot be compiled. Otherwise it runs as it is then, after one
        warning that says why and where.
    check : bool
        Trace two calls, which must agree. Without it the program runs from the first call on: for
        functions that are known to draw nothing and to change nothing by themselves.

    Returns
    -------
    Compiled
        Called as the function. Nodes come back without a graph: take gradients inside, or compile
        ``ag.grad(f)``; inside of another transform the function itself runs.

    Raises
    ------
    CompileError
        With ``strict``: values are looked at in Python, an array is changed that is not
        ``ag.mutable``, or two runs differ.

    Notes
    -----
    A random draw of your own has to be inside of `callback`, state that changes in place has to be
    `mutable`, and a Python option on which something depends a `guard`. Gradients that are left in
    ``.grad`` stay there until the program runs again. A program gives no floating-point warnings.

    Examples
    --------
    >>> f = ag.compile(ag.value_and_grad(lambda x: np.sum(np.sin(x) ** 2)))
    >>> for _ in range(3):
    ...     value, gradient = f(np.array([0.0, 1.0]))
    >>> print(value.round(4), gradient.round(4))
    0.7081 [0.     0.9093]
    """
    if function is None:
        return functools.partial(compile, backend=backend, strict=strict, check=check)
    if not callable(function):
        raise ArgumentError(expected("compile", "a function", repr(function), "Pass a callable."))
    if backend not in BACKENDS:
        cure = "Pass one of these."
        raise ArgumentError(expected("compile", f"backend {BACKENDS}", repr(backend), cure))
    if backend == "native" and not available():
        raise missing("llvmlite", "jit", "compile's native backend")
    return Compiled(function, backend, strict, check)


class Compiled:
    """A function and its programs, one for each kind of arguments; see `compile`.

    Attributes
    ----------
    program : Program
        The one that ran last, improved.
    source : str
        It as NumPy that runs.
    """

    def __init__(
        self, function: Callable[..., Any], backend: str, strict: bool, check: bool
    ) -> None:
        functools.update_wrapper(self, function)
        self.function, self.backend = function, backend
        self.strict, self.check = strict, check
        self.variants: dict[Any, list[Variant]] = {}
        self.latest: Variant | None = None
        self.lock = threading.RLock()
        self.warned = False

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """What the function returns."""
        if not keywords:
            key: list[Any] = []
            for x in args:
                if type(x) is np.ndarray:
                    key.append((x.shape, x.dtype))
                elif type(x) is float:
                    key.append(float)
                else:
                    break
            else:
                return self.run(tuple(key), args, args, keywords)
        leaves, rebuild = flatten((args, keywords))
        if any(map(is_live, leaves)):
            return self.function(*args, **keywords)
        structure = str(rebuild([0] * len(leaves)))
        return self.run((structure, *map(kind_of_argument, leaves)), leaves, args, keywords)

    def run(self, key: Any, leaves: Any, args: Any, keywords: Any) -> Any:
        """Run the program for arguments of this kind; trace the function if there is none yet."""
        if TRACE.get() is not None:
            return self.function(*args, **keywords)
        variant = self.fitting(key)
        if variant is None or variant.run is None:
            with self.lock:
                return self.traced(key, leaves, args, keywords)
        self.latest = variant
        return self.finished(variant, variant.run(leaves), args, keywords)

    def finished(self, variant: Variant, out: Any, args: Any, keywords: Any) -> Any:
        """What a run gave, or where that does not hold, what the function gives."""
        if type(out) is Again:
            return self.again(variant, out.answers, args, keywords)
        return out

    def fitting(self, key: Any) -> Variant | None:
        """The program for arguments of this kind, in the state in which Python is."""
        for variant in self.variants.get(key, ()):
            if variant.fits():
                return variant
        return None

    def traced(self, key: Any, leaves: Any, args: Any, keywords: Any) -> Any:
        """Run the function itself, and write it down if that is of use."""
        known = self.variants.setdefault(key, [])
        before = self.fitting(key)
        if before is not None and before.run is not None:  # made by another thread meanwhile
            return self.run(key, leaves, args, keywords)
        if before is not None and before.reason is not None:
            return plain(self.function(*args, **keywords))
        if before is None and sum(map(len, self.variants.values())) >= MOST:
            self.warn(f"it was called with more than {MOST} kinds of arguments")
            return plain(self.function(*args, **keywords))
        trace = Trace(self.strict, trial=not self.check)
        out, program, results = run_traced(trace, self.function, args, keywords)
        found = Variant(trace, program, results)
        if trace.trial and found.reason is None:
            found.finish(self.backend)
            known.insert(0, found)
            self.latest = found
            out = found.first(leaves, trace.answers)  # type: ignore[misc]
            return self.finished(found, out, args, keywords)
        if before is not None:
            known.remove(before)
            if found.reason is None:
                found.reason = difference(before.traced, found.traced)
        known.insert(0, found)
        self.latest = found
        if found.reason is not None:
            self.warn(found.reason)
        elif before is not None:
            found.finish(self.backend)
        return out

    def again(self, variant: Variant, answers: list[Any], args: Any, keywords: Any) -> Any:
        """Run the function itself, as if its program had not been tried."""
        token = TRACE.set(Replay(variant.asked, answers))
        try:
            return plain(self.function(*args, **keywords))
        finally:
            TRACE.reset(token)

    def warn(self, reason: str) -> None:
        """Say once why the function runs as it is."""
        name = getattr(self.function, "__name__", type(self.function).__name__)
        text = f"{name} is not compiled: {reason}."
        if self.strict:
            raise CompileError(f"compile expected a function it can compile, but {text}")
        if not self.warned:
            self.warned = True
            warnings.warn(text, CompileWarning, stacklevel=5)

    # what a program looks like

    @property
    def program(self) -> Program:
        """The program that ran last."""
        return self.ready().program

    @property
    def source(self) -> str:
        """The program that ran last as NumPy that runs when pasted."""
        return str(self.program)

    def report(self) -> str:
        """What became of the function: lines after each pass, buffers, what runs natively."""
        from .report import report

        return report(self.ready(), self.backend)

    def ready(self) -> Variant:
        """The latest variant."""
        if self.latest is None:
            cure = "Call it first."
            raise ArgumentError(expected("A compiled function", "a call", "none yet", cure))
        if self.latest.reason is not None:
            raise CompileError(f"There is no program: {self.latest.reason}.")
        if self.latest.run is None:
            self.latest.finish(self.backend)
        return self.latest

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", type(self.function).__name__)
        return f"<compiled {name}, {sum(map(len, self.variants.values()))} programs>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """As a method: for each object by itself."""
        return self if instance is None else functools.partial(self, instance)


class Replay:
    """Stands where a trace would, for a run in which callbacks have been called already."""

    writes = False

    def __init__(self, asked: list[bool], answers: list[Any]) -> None:
        self.asked, self.answers = iter(asked), iter(answers)

    def callback(self, function: Callable[..., Any], args: Any) -> Any:
        """The answer it gave; of one that was called by a line, another."""
        return next(self.answers) if next(self.asked) else function(*args)

    def memory(self, array: Any) -> Any:
        """The array."""
        return array

    def guard(self, function: Callable[[], Any]) -> Any:
        """The answer."""
        return function()


def run_traced(trace: Trace, function: Any, args: Any, keywords: Any) -> tuple[Any, Program, Any]:
    """The results of a run, its program and how the results are arranged."""
    leaves, rebuild = flatten((args, keywords))
    try:
        try:
            open_taps(trace)
            stand_ins = [trace_argument(trace, i, x) for i, x in enumerate(leaves)]
            call_args, call_keywords = rebuild(stand_ins)
            out = function(*call_args, **call_keywords)
            outs, arrange = flatten(out)
            results = [x.value if type(x) is Node else x for x in outs]
            program = trace.program(results, program_name(function))
        finally:
            TRACE.set(None)  # first of all: no Ctrl-C is noticed before a call in C
            close_taps(trace)
    except Exception:  # what was changed until then stays so, as without a compiler
        trace.commit()
        raise
    if not trace.trial or trace.reason is not None:
        trace.commit()
    nodes = [type(x) is Node for x in outs]
    values = [np.array(v) if isinstance(v := value_of(x), np.ndarray) else v for x in results]
    single = len(outs) == 1 and out is outs[0]
    arranged = Results(arrange, nodes, single)
    shown = [constant_node(v) if n else v for v, n in zip(values, nodes, strict=True)]
    return (shown[0] if single else arrange(shown)), program, arranged


def trace_argument(trace: Trace, i: int, x: Any) -> Any:
    """What stands for an argument inside."""
    if type(x) is Node:
        return constant_node(trace.argument(i, x.value, node=True))
    if isinstance(x, np.ndarray) and not x.dtype.isnative:
        cure = "Pass x.astype(x.dtype.newbyteorder('='))."
        raise ArgumentTypeError(
            expected("A compiled function", "arrays in the machine's byte order", x.dtype, cure)
        )
    if isinstance(x, np.ndarray | np.generic) or type(x) in (float, complex):
        return trace.argument(i, x)
    return x


def kind_of_argument(x: Any) -> Any:
    """What arguments for one program have in common."""
    value = x.value if type(x) is Node else x
    if isinstance(value, np.ndarray | np.generic):
        return type(x), value.shape, value.dtype
    if type(value) in (float, complex):
        return type(x), type(value)
    library = library_of(type(value))
    if library is not None:
        cure = "Call the function itself, or pass x.compute() or x.get()."
        what, got = "A compiled function", f"{library}'s {type(value).__name__}"
        raise ArgumentTypeError(expected(what, "arrays of NumPy's", got, cure))
    try:
        hash(value)
    except TypeError:
        cure = "Pass arrays, numbers and containers of them, or close over the object."
        raise ArgumentTypeError(
            expected("A compiled function", "arguments that can be hashed", type(x).__name__, cure)
        ) from None
    return type(value), value


def is_live(x: Any) -> bool:
    """Whether a gradient is recorded through it."""
    return type(x) is Node and x.details.live and MODE.get() is not None


def plain(out: Any) -> Any:
    """Results as a program gives them: Nodes without a graph."""
    return tree_map(lambda x: constant_node(x.value) if type(x) is Node else x, out)


def program_name(function: Any) -> str:
    """The function's own name where that is plain."""
    name = getattr(function, "__name__", "")
    return name if is_plain(name) else "program"
