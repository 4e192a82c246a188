"""A program as NumPy source: what ``step.source`` shows and what the numpy backend runs.

Lines put their results into buffers that are made once (``buffers.py``). The text runs when pasted:
what NumPy lacks is imported by its name, constants are written out.
"""

from __future__ import annotations

import operator
import re
import sys
import threading
from typing import Any

import numpy as np

from ..sources import RESERVED, Namespace, dotted_name, is_plain, keywords, literal
from .buffers import Plan, is_view, planned
from .program import Argument, Line, Memory, Program, Slot, Var, convert, put, variables
from .references import WRITTEN, imports

SHORT = 4096
"""Entries up to which a product with ones sums them, faster than ``np.add.reduce``."""
SMALL = 8192
"""Entries up to which a product looks for NaN; beyond, BLAS would start its threads."""
OWN = re.compile(r"[vb]\d+|ones_\d+_float\d+")
"""Names that the text makes itself."""
OPERATORS = {np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/"}
"""How two NumPy scalars are faster."""


def writes_out(line: Line) -> bool:
    """Whether the line can be told where to put its result."""
    function, out = line.function, line.out
    if out.shape == () or out.dtype.kind not in "fcbiu" or out.size == 0:
        return False
    if isinstance(function, np.ufunc):
        return function.signature is None and function.nout == 1 and not line.params
    if function in (np.dot, np.matmul):
        return all(x.dtype == out.dtype for x in line.args if hasattr(x, "dtype"))
    if getattr(function, "__name__", "") == "reduce":
        return set(line.params) == {"axis", "keepdims"}
    return function in (np.concatenate, convert, np.copy, put)


class Writer:
    """Text in the making: a function of the inputs, and buffers that are made once.

    Attributes
    ----------
    kept : Namespace
        What the text calls by name besides NumPy: functions, and arrays that are constant.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.plan: Plan = planned(program, writes_out)
        self.names: dict[Var, str] = {}
        self.shown: dict[Var, Any] = {}  # views of buffers, which are made once, as stand-ins
        self.head: list[str] = []
        self.body: list[str] = []
        taken: set[str] = set()
        self.name = unused(program.name, taken)
        for var, source in program.inputs:
            self.names[var] = unused(name_of_input(source), taken)
        self.kept = Namespace(lambda name: name in taken or is_own(name))

    def text(self) -> str:
        """Buffers and function."""
        program, plan = self.program, self.plan
        self.head = [self.buffer(b) for b in plan.buffers]
        for i, line in enumerate(plan.lines):
            if i == plan.late:
                self.write_guards()
            self.write(line)
        if plan.late >= len(plan.lines):
            self.write_guards()
        outputs = [self.fresh(x) for x in program.results if isinstance(x, Var)]
        outputs += [self.written(source, x) for source, x in program.writes if isinstance(x, Var)]
        self.body.append(f"return [{', '.join(outputs)}]")
        inputs = ", ".join(self.names[var] for var, _ in program.inputs)
        body = "\n".join(f"    {line}" for line in self.body)
        return "\n".join([*self.head, f"\n\ndef {self.name}({inputs}):", body]) + "\n"

    # values

    def of(self, x: Any) -> str:
        """A Var or constant as an expression."""
        if isinstance(x, Var):
            return self.names.get(x, f"v{x.number}")
        if isinstance(x, tuple | list) and any(variables(x)):
            inner = ", ".join(map(self.of, x))
            if type(x) not in (tuple, list):  # a named tuple
                return f"{self.kept.keep(type(x), type(x).__name__)}({inner})"
            inner += "," if isinstance(x, tuple) and len(x) == 1 else ""
            return f"({inner})" if isinstance(x, tuple) else f"[{inner}]"
        if isinstance(x, dict) and any(variables(x)):
            pairs = (f"{literal(key, self.kept)}: {self.of(value)}" for key, value in x.items())
            return f"{{{', '.join(pairs)}}}"
        if isinstance(x, slice):
            return f"slice({self.of(x.start)}, {self.of(x.stop)}, {self.of(x.step)})"
        if isinstance(x, np.generic) and type(x).__module__ == "numpy" and x.dtype.char in WRITTEN:
            return f"np.{x.dtype.name}({literal(x.item(), self.kept)})"
        return literal(x, self.kept)

    def buffer(self, b: Any) -> str:
        """The line that makes a buffer."""
        if b.whole is None:
            return f"b{b.number} = np.empty({b.shape}, {self.of(b.dtype)})"
        size = int(np.prod(b.shape))
        part = f"b{b.whole.number}[{b.start}:{b.start + size}]"
        return f"b{b.number} = {part}.reshape({b.shape})"

    # lines

    def write(self, line: Line) -> None:
        """One line, and whatever comes of it."""
        out, plan = line.out, self.plan
        if is_view(line):
            place = self.head if self.stays(line) else self.body
            place.append(f"v{out.number} = {self.expression(line)}")
            return
        if out in plan.home:
            self.names[out] = f"b{plan.home[out].number}"
            self.into(line, self.names[out])
        elif out in plan.inplace:
            self.names[out] = self.names[plan.inplace[out]]
            self.into(line, self.names[out])
        else:
            text = self.expression(line)
            if out.weak and isinstance(line.function, np.ufunc):
                text += ".item()"
            self.body.append(f"v{out.number} = {text}")

    def stays(self, line: Line) -> bool:
        """Whether it is a view of a buffer, which stays; what is reshaped may have to be copied."""
        x, *rest = line.args
        if not isinstance(x, Var) or any(variables((rest, line.params))):
            return False
        whole = np.empty(x.shape, x.dtype) if x in self.plan.home else self.shown.get(x)
        view = None if whole is None else line.function(whole, *rest, **line.params)
        if view is None or not np.may_share_memory(view, whole):
            return False
        self.shown[line.out] = view
        return True

    def into(self, line: Line, target: str) -> None:
        """A line whose result has its place."""
        if line.function is np.concatenate:
            self.concatenated(line, target)
        elif line.function is put:
            self.changed(line, target)
        elif line.function in (convert, np.copy):
            self.body.append(f'np.copyto({target}, {self.of(line.args[0])}, casting="unsafe")')
        else:
            self.body.append(f"{self.expression(line)[:-1]}, out={target})")

    def changed(self, line: Line, target: str) -> None:
        """Some entries set, of a copy unless nobody needs the original any more."""
        x, value = line.args
        if self.of(x) != target:
            self.body.append(f"np.copyto({target}, {self.of(x)})")
        view = target
        *path, last = line.params["path"] or ((operator.getitem, (...,)),)
        for function, args in path:
            view = self.step(view, function, args)
        if last[0] is operator.getitem:
            view = f"{view}[{self.index(last[1][0])}]"
        else:
            view = f"{self.step(view, *last)}[...]"
        self.body.append(f"{view} = {self.of(value)}")

    def step(self, view: str, function: Any, args: Any) -> str:
        """A view of a view."""
        if function is operator.getitem:
            return f"{view}[{self.index(args[0])}]"
        if function is np.reshape and len(args) == 1:
            return f"{view}.reshape({self.of(args[0])})"
        name = dotted_name(function) or self.kept.keep(function, plain_name(function))
        return f"{name}({', '.join([view, *map(self.of, args)])})"

    def concatenated(self, line: Line, target: str) -> None:
        """Those pieces are copied that are not where they belong already."""
        home, start = self.plan.home[line.out], 0
        for piece in line.args[0]:
            size = int(np.size(piece)) if not isinstance(piece, Var) else piece.size
            root = self.plan.root.get(piece, piece) if isinstance(piece, Var) else None
            placed = self.plan.home.get(root) if root is not None else None
            if len(line.out.shape) > 1:
                self.body.append(f"{self.expression(line)[:-1]}, out={target})")
                return
            if placed is None or placed.whole is not home or placed.start != start:
                self.body.append(f"{target}[{start}:{start + size}] = {self.of(piece)}")
            start += size

    def expression(self, line: Line) -> str:
        """The call."""
        function, args = line.function, [self.of(x) for x in line.args]
        if function is operator.getitem:
            return f"{args[0]}[{self.index(line.args[1])}]"
        if function is np.transpose and line.args[1] == tuple(range(len(line.out.shape)))[::-1]:
            return f"{args[0]}.T"
        if function is np.reshape and len(args) == 2:
            return f"{args[0]}.reshape({args[1]})"
        if function in OPERATORS and line.out.shape == () and not line.out.weak:
            return f"{args[0]} {OPERATORS[function]} {args[1]}"
        if function is convert:
            kind = line.args[1]
            if kind is float or kind is complex:
                return f"{kind.__name__}({args[0]})"
            return f"np.asarray({args[0]}).astype({self.of(kind)})[()]"
        ufunc = getattr(function, "__self__", None)
        if getattr(function, "__name__", "") == "reduce" and isinstance(ufunc, np.ufunc):
            summed = self.sums(line)
            if summed:
                return summed
            name = f"{dotted_name(ufunc)}.reduce"
        else:
            name = dotted_name(function) or self.kept.keep(function, plain_name(function))
        params = {key: self.of(value) for key, value in line.params.items()}
        return f"{name}({', '.join([*args, *keywords(params)])})"

    def sums(self, line: Line) -> str:
        """Sums along an axis of a vector or matrix as a product with ones, where that is faster."""
        (x,), out = line.args, line.out
        if line.function != np.add.reduce or set(line.params) != {"axis", "keepdims"}:
            return ""
        axes, ndim = line.params["axis"], len(x.shape) if isinstance(x, Var) else 0
        if ndim not in (1, 2) or len(axes) != 1 or line.params["keepdims"]:
            return ""
        length = x.shape[axes[0]]
        if not 0 < length <= SHORT or x.dtype != out.dtype or x.dtype.char not in "fd":
            return ""
        name = f"ones_{length}_{x.dtype.name}"
        made = f"{name} = np.ones({length}, np.{x.dtype.name})"
        if made not in self.head:
            self.head.append(made)
        first = ndim == 2 and axes == (0,)
        return f"np.dot({name}, {self.of(x)})" if first else f"np.dot({self.of(x)}, {name})"

    def index(self, index: Any) -> str:
        """What stands between brackets."""
        parts = index if isinstance(index, tuple) else (index,)
        if not parts:
            return "()"
        text = ", ".join(self.part(i) for i in parts)
        return text + ("," if len(parts) == 1 and isinstance(index, tuple) else "")

    def part(self, i: Any) -> str:
        """One part of an index."""
        if i is Ellipsis:
            return "..."
        if isinstance(i, slice):
            ends = ["" if x is None else self.of(x) for x in (i.start, i.stop, i.step)]
            return ":".join(ends if ends[2] else ends[:2])
        return self.of(i)

    # ends

    def write_guards(self) -> None:
        """Stop if there is NaN where there must be none."""
        whole: dict[Any, Var] = {}
        for var in self.program.guards:
            home = self.plan.home.get(self.plan.root.get(var, var))
            whole[home.whole if home is not None and home.whole is not None else var] = var
        for place, var in whole.items():
            name = f"b{place.number}" if not isinstance(place, Var) else self.of(var)
            if var.shape == ():
                self.body.append(f"if {name} != {name}:")
            elif not isinstance(place, Var) and np.prod(place.shape) <= SMALL:
                self.body.append(f"if np.isnan(np.dot({name}, {name})):  # inf alone makes no NaN")
            elif var.dtype.kind == "c":
                self.body.append(f"if np.isnan({name}).any():")
            else:
                self.body.append(f"if np.isnan(np.min({name})):")
            self.body.append("    return None")

    def fresh(self, x: Var) -> str:
        """A result that is nobody else's."""
        root = self.plan.root.get(x, x)
        inputs = {var for var, _ in self.program.inputs}
        if x.weak or x.shape == ():
            return self.of(x)
        shared = (
            root in inputs or root in self.plan.home or root in self.plan.inplace or root is not x
        )
        given = [*variables(self.program.results), *variables([y for _, y in self.program.writes])]
        return f"np.array({self.of(x)})" if shared or given.count(x) > 1 else self.of(x)

    def written(self, source: Any, x: Var) -> str:
        """What is written outside; what belongs into an array that is not there yet is copied."""
        if isinstance(source, Memory | Argument):
            target = next(
                self.names[var]
                for var, other in self.program.inputs
                if other is source or same_place(other, source)
            )
            if x not in self.plan.inplace:
                self.body.append(f"{target}[...] = {self.of(x)}")
            return target
        if source.name == "value":
            return self.fresh(x)
        return self.of(x)


def same_place(a: Any, b: Any) -> bool:
    """Whether two sources are one."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Memory):
        return a.array is b.array
    return isinstance(a, Argument) and a.index == b.index


def name_of_input(source: Any) -> str:
    """What an input is called: after its leaf, if that has a plain name."""
    if isinstance(source, Argument):
        return f"x{source.index + 1}"
    if isinstance(source, Slot):
        name = getattr(source.node, "name", None)
        ends = "_grad" * (source.name == "grad") + "_T" * source.turned
        return f"{name if is_plain(name) else 'leaf'}{ends}"
    return "state" if isinstance(source, Memory) else "given"


def is_own(name: str) -> bool:
    """Whether the text calls something of its own so."""
    return name in RESERVED or OWN.fullmatch(name) is not None


def unused(wish: str, taken: set[str]) -> str:
    """The name, numbered if it is taken; none that the text makes itself."""
    name, number = wish, 2
    while name in taken or is_own(name):
        name, number = f"{wish}_{number}", number + 1
    taken.add(name)
    return name


def plain_name(function: Any) -> str:
    """A name for a function that NumPy lacks."""
    inner = getattr(function, "function", function)
    name = getattr(inner, "__name__", type(inner).__name__)
    return name.strip("_") if is_plain(name) and name.strip("_") else "rule"


def runner(program: Program) -> Any:
    """The program as a function of its inputs. Every thread has buffers of its own."""
    writer = Writer(program)
    code = compile(writer.text(), f"<compiled {program.name}>", "exec")
    local = threading.local()

    def run(*inputs: Any) -> Any:
        try:
            function = local.function
        except AttributeError:
            space: dict[str, Any] = {"np": np, "scipy": sys.modules.get("scipy"), **writer.kept}
            exec(code, space)  # nosec B102 # text of Writer, whose names are identifiers
            function = local.function = space[writer.name]
        with np.errstate(all="ignore"):  # a sweep inside has done so, and the rest is the same text
            return function(*inputs)

    return run


def source(program: Program) -> str:
    """The program as text that runs when pasted, with an example of its inputs' shapes."""
    writer = Writer(program)
    text = writer.text()
    told = [f"# {writer.names[var]}: {described(var)}" for var, _ in program.inputs]
    return "\n".join(["import numpy as np", *imports(writer.kept, text), "", *told, "", text])


def described(var: Var) -> str:
    """Shape and dtype of an input in words."""
    return "a number" if var.weak else f"{var.dtype.name} of shape {var.shape}"
