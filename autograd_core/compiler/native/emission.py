"""The text of a program's native functions: one for each run of lines between calls of Python.

A function has two arguments: the tuple of this call's arrays, of which it reads where their data
is, and a table of addresses that stay: the arena, constants and BLAS. It returns 0, or what failed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .loops import MANY, Nest
from .places import Base, Place
from .products import extreme, product
from .statements import Call, Extreme, Group, Product, Statement, writes
from .text import Code
from .values import Value

OBJECT, TUPLE = object.__basicsize__, tuple.__basicsize__
"""Where an ndarray has the address of its data, and a tuple its first member, in bytes."""

NDIM, SHAPE, DTYPE, FLAGS = 8, 16, 40, 48
"""Where an ndarray has more of itself, counted from the address of its data."""

IN_ORDER = 1
"""The flag of arrays in C order."""

UNFIT = 4
"""What a function returns if an array from outside is not what it was made for."""


class Table:
    """What stays in place while a program lives: addresses by number."""

    def __init__(self) -> None:
        self.arena = 0
        self.names: list[Any] = ["arena"]

    def number(self, name: Any) -> int:
        """Of an address."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name)


class Emission:
    """One native function while it is written."""

    def __init__(self, places: dict[Any, Place], stored: set[Any], table: Table, code: Code):
        self.places, self.stored, self.table, self.code = places, stored, table, code
        self.prologue: list[str] = []
        self.pointers: dict[Any, str] = {}
        self.others: list[str] = []
        self.fine = "true"

    def is_stored(self, statement: Statement) -> bool:
        """Whether a statement's result goes to memory."""
        return writes(statement, self.stored)

    # addresses, which are looked up once

    def prepare(self, text: str) -> str:
        """An instruction at the start of the function."""
        name = self.code.name("%b")
        self.prologue.append(f"  {name} = {text}")
        return name

    def pointer(self, base: Base) -> tuple[str, int]:
        """Of a base: the address of its memory, and the first entry there."""
        root, shift = base.root()
        if root not in self.pointers:
            self.pointers[root] = self.lookup(root)
        return self.pointers[root], shift

    def lookup(self, base: Base) -> str:
        """The address of a base's memory."""
        if base.kind == "frame":
            item = self.prepare(f"getelementptr i8, ptr %frame, i64 {TUPLE + 8 * base.index}")
            array = self.prepare(f"load ptr, ptr {item}")
            if base.source is not None:
                self.verify(array, base)
            return self.field(array, 0, "ptr")
        if base.kind == "constant":
            return self.entry(("constant", base.index))
        return self.prepare(f"getelementptr i8, ptr {self.entry('arena')}, i64 {base.offset}")

    def field(self, array: str, offset: int, kind: str) -> str:
        """A field of an array object."""
        at = self.prepare(f"getelementptr i8, ptr {array}, i64 {OBJECT + offset}")
        return self.prepare(f"load {kind}, ptr {at}")

    def verify(self, array: str, base: Base) -> None:
        """See that an array from outside is what the program was made for."""
        flags = self.prepare(f"and i32 {self.field(array, FLAGS, 'i32')}, {IN_ORDER}")
        self.require("i32", flags, IN_ORDER)
        self.require("ptr", self.field(array, DTYPE, "ptr"), self.entry(base.dtype))
        self.require("i32", self.field(array, NDIM, "i32"), len(base.shape))
        sizes = self.field(array, SHAPE, "ptr")
        for axis, n in enumerate(base.shape):
            at = self.prepare(f"getelementptr i64, ptr {sizes}, i64 {axis}")
            # Where there are fewer axes there may be no memory to read.
            safe = self.prepare(f"select i1 {self.fine}, ptr {at}, ptr {self.entry('sizes')}")
            self.require("i64", self.prepare(f"load i64, ptr {safe}"), n)

    def require(self, kind: str, found: str, wanted: Any) -> None:
        """The run is given up if a number is not what is wanted."""
        same = self.prepare(f"icmp eq {kind} {found}, {wanted}")
        self.fine = self.prepare(f"and i1 {self.fine}, {same}")

    def entry(self, name: Any) -> str:
        """An address in the table."""
        if name not in self.pointers:
            item = f"getelementptr ptr, ptr %table, i64 {self.table.number(name)}"
            self.pointers[name] = self.prepare(f"load ptr, ptr {self.prepare(item)}")
        return self.pointers[name]

    function = entry
    """A function of BLAS by name."""

    # failures

    def report(self, bits: Value) -> None:
        """Remember that something failed."""
        code = self.code
        old = code.made("load i32, ptr %state", bits.dtype)
        code.put(f"store i32 {(old | bits).text}, ptr %state")

    def leave_if_failed(self) -> None:
        """Return here if something has failed: before anything outside is changed."""
        code = self.code
        state, failed = code.name(), code.name()
        code.put(f"{state} = load i32, ptr %state")
        code.put(f"{failed} = icmp ne i32 {state}, 0")
        go_on = code.name("go")
        code.put(f"br i1 {failed}, label %leave, label %{go_on}")
        code.start(go_on)

    # the text

    def group(self, group: Group) -> None:
        """One group."""
        first = group.statements[0]
        if not group.shape and len(group.statements) > MANY:
            self.apart(group)
        elif isinstance(first, Product):
            product(self, first)
        elif isinstance(first, Extreme):
            extreme(self, first)
        else:
            Nest(self, group).emit()

    def apart(self, group: Group) -> None:
        """A group as a function: LLVM's time grows faster than a function's length."""
        inner = Emission(self.places, self.stored, self.table, self.code.beside())
        Nest(inner, group).emit()
        for base in [key for key in inner.pointers if isinstance(key, Base)]:
            self.pointer(base)  # so that it is verified before anything runs
        name = f"apart{len(self.others)}"
        heads = "ptr %frame, ptr %table, ptr %state"
        body = "\n".join((*inner.prologue, *inner.code.lines))
        self.others.append(
            f"define internal void @{name}({heads}) noinline {{\n{body}\n  ret void\n}}\n"
        )
        self.code.put(f"call void @{name}({heads})")

    def text(self, name: str) -> str:
        """The function."""
        start, body = "\n".join(self.prologue), "\n".join(self.code.lines)
        return f"""define i32 @{name}(ptr %frame, ptr %table) {{
start:
  %state = alloca i32
  store i32 {UNFIT}, ptr %state
{start}
  br i1 {self.fine}, label %entry, label %leave
entry:
  store i32 0, ptr %state
{body}
  br label %leave
leave:
  %result = load i32, ptr %state
  ret i32 %result
}}
"""


@dataclass(slots=True)
class Step:
    """A native function, by name, or a call of Python."""

    name: str
    call: Call | None = None
    groups: list[Group] = field(default_factory=list)


def steps_of(groups: list[Group]) -> list[Step]:
    """Groups as steps: those between two calls of Python are one function."""
    steps: list[Step] = []
    for group in groups:
        first = group.statements[0]
        if isinstance(first, Call):
            steps.append(Step("", first))
        else:
            if not steps or steps[-1].call is not None:
                steps.append(Step(f"part{len(steps)}"))
            steps[-1].groups.append(group)
    return steps


def module(
    steps: list[Step], late: int, places: dict[Any, Place], stored: set[Any]
) -> tuple[str, Table]:
    """The text of all functions, and the table that they use. ``late`` is the era after checks."""
    table, texts, shared = Table(), [], Code()
    others: list[str] = []
    for step in steps:
        if step.call is not None:
            continue
        emission = Emission(places, stored, table, shared.beside())
        emission.others = others
        checked = step.groups[0].era == late
        for group in step.groups:
            if group.era == late and not checked:
                emission.leave_if_failed()
                checked = True
            emission.group(group)
        texts.append(emission.text(step.name))
    kernels = [text for _, text in shared.outlined.values()]
    declarations = sorted(shared.declarations)
    return "\n".join((*declarations, *kernels, *others, *texts, *shared.notes)), table
