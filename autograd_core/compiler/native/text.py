"""LLVM's language, written by operators: ``x * y + 1`` on Values appends instructions to a Code.

Knows nothing of programs. ``machine.py`` makes machine code of the text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

TYPES = {np.dtype(c): t for c, t in zip("?fd", ("i1", "float", "double"), strict=True)} | {
    np.dtype(f"{kind}{size}"): f"i{8 * size}" for kind in "iu" for size in (1, 2, 4, 8)
}
"""LLVM's name of each dtype that has a native form."""

STORED = TYPES | {np.dtype(bool): "i8"}
"""Its name in memory."""

FLOAT32, FLOAT64, BOOL, INT64 = map(np.dtype, (np.float32, np.float64, np.bool_, np.int64))
FMA = "contract"
"""Products and sums may be one instruction, with one rounding."""


class Code:
    """The text of one LLVM function as it grows, and of what functions share.

    Attributes
    ----------
    lines : list of str
    block : str
        Label of the block that is being written.
    declarations, notes : set and list of str
        Functions from elsewhere, and metadata.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.block = "entry"
        self.count = 0
        self.declarations: set[str] = set()
        self.notes: list[str] = []
        self.access = ""

    def name(self, start: str = "%t") -> str:
        """One that is new."""
        self.count += 1
        return f"{start}{self.count}"

    def put(self, text: str) -> None:
        """One instruction without a result."""
        self.lines.append("  " + text)

    def made(self, text: str, dtype: np.dtype[Any]) -> Value:
        """The result of one instruction."""
        name = self.name()
        self.lines.append(f"  {name} = {text}")
        return Value(self, name, dtype)

    def literal(self, number: Any, dtype: np.dtype[Any]) -> Value:
        """A constant."""
        return Value(self, literal(number, dtype), dtype)

    def call(self, function: str, dtype: np.dtype[Any], *args: Value) -> Value:
        """The result of a C function or an intrinsic, which is declared if need be."""
        kinds = ", ".join(x.kind for x in args)
        self.declarations.add(f"declare {TYPES[dtype]} @{function}({kinds})")
        given = ", ".join(f"{x.kind} {x.text}" for x in args)
        return self.made(f"call {TYPES[dtype]} @{function}({given})", dtype)

    def intrinsic(self, function: str, *args: Value) -> Value:
        """An operation that LLVM knows for every floating dtype, and has vectors of."""
        bits = 8 * args[0].dtype.itemsize
        return self.call(f"llvm.{function}.f{bits}", args[0].dtype, *args)

    # memory

    def pointer(self, base: str, index: Value | int, stored: str) -> str:
        """The address of an entry."""
        name = self.name("%p")
        at = index.text if isinstance(index, Value) else index
        self.put(f"{name} = getelementptr inbounds {stored}, ptr {base}, i64 {at}")
        return name

    def load(self, base: str, index: Value | int, dtype: np.dtype[Any]) -> Value:
        """An entry of an array."""
        at = self.pointer(base, index, STORED[dtype])
        x = self.made(f"load {STORED[dtype]}, ptr {at}{self.access}", dtype)
        if dtype == BOOL:
            return self.made(f"icmp ne i8 {x.text}, 0", dtype)
        return x

    def store(self, x: Value, base: str, index: Value | int) -> None:
        """Set an entry of an array."""
        at = self.pointer(base, index, STORED[x.dtype])
        text = x.text
        if x.dtype == BOOL:
            text = self.made(f"zext i1 {x.text} to i8", x.dtype).text
        self.put(f"store {STORED[x.dtype]} {text}, ptr {at}{self.access}")

    # control

    def start(self, label: str) -> None:
        """Begin a block."""
        self.lines.append(f"{label}:")
        self.block = label

    @contextmanager
    def loop(
        self, count: int, carried: Sequence[Value] = (), parallel: bool = False
    ) -> Iterator[Loop]:
        """The body runs for ``index`` from 0 to ``count - 1``; ``carried`` goes round with it."""
        number = self.name("")
        before, head, after = self.block, f"head{number}", f"after{number}"
        self.put(f"br label %{head}")
        self.start(head)
        where = len(self.lines)
        loop = Loop(Value(self, f"%i{number}", INT64), tuple(carried))
        loop.values = [Value(self, self.name(), x.dtype) for x in carried]
        outer, self.access = self.access, ""
        end = ""
        if parallel:
            self.access, end = self.parallel_notes()
        yield loop
        self.access = outer
        step = f"%n{number}"
        self.put(f"{step} = add nuw nsw i64 %i{number}, 1")
        self.put(f"%c{number} = icmp ult i64 {step}, {count}")
        self.put(f"br i1 %c{number}, label %{head}, label %{after}{end}")
        phis = [f"  %i{number} = phi i64 [ 0, %{before} ], [ {step}, %{self.block} ]"]
        for x, first, last in zip(loop.values, loop.first, loop.results, strict=True):
            pair = f"[ {first.text}, %{before} ], [ {last.text}, %{self.block} ]"
            phis.append(f"  {x.text} = phi {x.kind} {pair}")
        self.lines[where:where] = phis
        self.start(after)

    def parallel_notes(self) -> tuple[str, str]:
        """For loads and stores of a loop, and its branch: no iteration needs another's memory."""
        group, loop, claim = (f"!{i}" for i in range(len(self.notes), len(self.notes) + 3))
        self.notes.append(f"{group} = distinct !{{}}")
        self.notes.append(f"{loop} = distinct !{{{loop}, {claim}}}")
        self.notes.append(f'{claim} = !{{!"llvm.loop.parallel_accesses", {group}}}')
        return f", !llvm.access.group {group}", f", !llvm.loop {loop}"


class Loop:
    """A loop while its body is written: set ``results`` to what is carried to the next round."""

    def __init__(self, index: Value, first: tuple[Value, ...]) -> None:
        self.index, self.first = index, first
        self.values: list[Value] = []
        self.results: list[Value] = []


class Value:
    """A number in a register. Python numbers beside it become constants of its dtype."""

    __slots__ = ("code", "dtype", "text")
    __hash__ = object.__hash__

    def __init__(self, code: Code, text: str, dtype: np.dtype[Any]) -> None:
        self.code, self.text, self.dtype = code, text, dtype

    @property
    def kind(self) -> str:
        """LLVM's name of its type."""
        return TYPES[self.dtype]

    @property
    def floating(self) -> bool:
        """Whether it is a floating-point number."""
        return self.dtype.kind == "f"

    def like(self, other: Any) -> Value:
        """``other`` as a constant of this dtype, if it is no Value yet."""
        return other if isinstance(other, Value) else self.code.literal(other, self.dtype)

    def binary(self, other: Any, floating: str, whole: str = "") -> Value:
        """An instruction on two numbers of one dtype."""
        word = floating if self.floating else whole
        text = f"{word} {self.kind} {self.text}, {self.like(other).text}"
        return self.code.made(text, self.dtype)

    def compared(self, other: Any, floating: str, signed: str, unsigned: str = "") -> Value:
        """A bool from two numbers of one dtype."""
        plain = signed if self.dtype.kind == "i" or not unsigned else unsigned
        word = f"fcmp {floating}" if self.floating else f"icmp {plain}"
        return self.code.made(f"{word} {self.kind} {self.text}, {self.like(other).text}", BOOL)

    def __add__(self, other: Any) -> Value:
        return self.binary(other, f"fadd {FMA}", "add")

    def __sub__(self, other: Any) -> Value:
        return self.binary(other, f"fsub {FMA}", "sub")

    def __mul__(self, other: Any) -> Value:
        return self.binary(other, f"fmul {FMA}", "mul")

    def __truediv__(self, other: Any) -> Value:
        return self.binary(other, "fdiv")

    def __mod__(self, other: Any) -> Value:
        return self.binary(other, "frem", "srem" if self.dtype.kind == "i" else "urem")

    def __radd__(self, other: Any) -> Value:
        return self + other

    def __rmul__(self, other: Any) -> Value:
        return self * other

    def __rsub__(self, other: Any) -> Value:
        return self.like(other) - self

    def __rtruediv__(self, other: Any) -> Value:
        return self.like(other) / self

    def __neg__(self) -> Value:
        if self.floating:
            return self.code.made(f"fneg {self.kind} {self.text}", self.dtype)
        return self.like(0) - self

    def __and__(self, other: Any) -> Value:
        return self.binary(other, "", "and")

    def __or__(self, other: Any) -> Value:
        return self.binary(other, "", "or")

    def __xor__(self, other: Any) -> Value:
        return self.binary(other, "", "xor")

    def __invert__(self) -> Value:
        return self ^ (True if self.dtype == BOOL else -1)

    def __lshift__(self, other: Any) -> Value:
        return self.binary(other, "", "shl")

    def __rshift__(self, other: Any) -> Value:
        return self.binary(other, "", "ashr" if self.dtype.kind == "i" else "lshr")

    def __lt__(self, other: Any) -> Value:
        return self.compared(other, "olt", "slt", "ult")

    def __le__(self, other: Any) -> Value:
        return self.compared(other, "ole", "sle", "ule")

    def __gt__(self, other: Any) -> Value:
        return self.compared(other, "ogt", "sgt", "ugt")

    def __ge__(self, other: Any) -> Value:
        return self.compared(other, "oge", "sge", "uge")

    def __eq__(self, other: Any) -> Value:  # type: ignore[override]
        return self.compared(other, "oeq", "eq")

    def __ne__(self, other: Any) -> Value:  # type: ignore[override]
        return self.compared(other, "une", "ne")

    def cast(self, word: str, dtype: Any) -> Value:
        """One instruction that changes the type."""
        dtype = np.dtype(dtype)
        return self.code.made(f"{word} {self.kind} {self.text} to {TYPES[dtype]}", dtype)

    def bits(self) -> Value:
        """The bits of a floating-point number as an unsigned integer."""
        return self.cast("bitcast", f"u{self.dtype.itemsize}")

    def as_float(self) -> Value:
        """The floating-point number of these bits."""
        return self.cast("bitcast", f"f{self.dtype.itemsize}")

    def to(self, dtype: np.dtype[Any]) -> Value:
        """The number in another dtype, as ``astype`` has it."""
        if dtype == self.dtype:
            return self
        if dtype == BOOL:
            return self != 0
        if self.floating:
            if dtype.kind == "f":
                return self.cast("fpext" if dtype == FLOAT64 else "fptrunc", dtype)
            return self.cast("fptosi" if dtype.kind == "i" else "fptoui", dtype)
        signed = self.dtype.kind == "i"
        if dtype.kind == "f":
            return self.cast("sitofp" if signed else "uitofp", dtype)
        before, after = self.dtype.itemsize if self.dtype != BOOL else 0, dtype.itemsize
        if before == after:
            return Value(self.code, self.text, dtype)
        return self.cast("trunc" if before > after else "sext" if signed else "zext", dtype)


def select(condition: Value, x: Any, y: Any) -> Value:
    """``x`` where the condition holds, else ``y``; one of them may be a Python number."""
    x = x if isinstance(x, Value) else y.like(x)
    y = x.like(y)
    text = f"select i1 {condition.text}, {x.kind} {x.text}, {y.kind} {y.text}"
    return x.code.made(text, x.dtype)


def literal(number: Any, dtype: np.dtype[Any]) -> str:
    """A number of that dtype in LLVM's notation."""
    if dtype.kind == "f":
        exact = float(dtype.type(number))
        return f"0x{struct.unpack('>Q', struct.pack('>d', exact))[0]:016X}"
    return str(int(number))
