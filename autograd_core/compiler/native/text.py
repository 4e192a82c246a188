"""The text of LLVM functions: instructions, memory, loops.

Knows nothing of programs. ``machine.py`` makes machine code of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .values import BOOL, INT64, STORED, TYPES, Value, literal


class Code:
    """The text of one LLVM function as it grows, and of what functions share.

    Attributes
    ----------
    lines : list of str
    block : str
        Label of the block that is being written.
    declarations, notes : set and list of str
        Functions from elsewhere, and metadata.
    outlined : dict
        Kernels that are functions of their own: name and text.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.block = "entry"
        self.count = 0
        self.declarations: set[str] = set()
        self.notes: list[str] = []
        self.outlined: dict[Any, tuple[str, str]] = {}
        self.access = ""

    def beside(self) -> Code:
        """Code of another function of the same module."""
        other = Code()
        other.declarations, other.notes = self.declarations, self.notes
        other.outlined = self.outlined
        return other

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

    def called(self, kernel: Any, args: list[Value]) -> Value:
        """A kernel's result, by a call: where the same kernels would be repeated many times."""
        dtypes = [x.dtype for x in args]
        key = kernel, *dtypes
        inner = self.beside()
        given = [Value(inner, f"%a{i}", dtype) for i, dtype in enumerate(dtypes)]
        out = kernel(*given)
        if len(inner.lines) < 4:
            return kernel(*args)  # type: ignore[no-any-return]
        if key not in self.outlined:
            name = f"kernel{len(self.outlined)}"
            heads = ", ".join(f"{x.kind} {x.text}" for x in given)
            body = "\n".join((*inner.lines, f"  ret {out.kind} {out.text}"))
            text = f"define internal {out.kind} @{name}({heads}) noinline {{\n{body}\n}}\n"
            self.outlined[key] = name, text
        name, parts = self.outlined[key][0], ", ".join(f"{x.kind} {x.text}" for x in args)
        return self.made(f"call {out.kind} @{name}({parts})", out.dtype)

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
            self.access, end = self.parallel_notes(whole=count >= SHORT)
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

    def parallel_notes(self, whole: bool) -> tuple[str, str]:
        """For loads and stores of a loop, and its branch: no iteration needs another's memory.

        A loop that stays ``whole`` is not unrolled before vectors are made of it.
        """
        group, loop, claim = (f"!{i}" for i in range(len(self.notes), len(self.notes) + 3))
        stays = ', !{!"llvm.loop.unroll.disable"}' if whole else ""
        self.notes.append(f"{group} = distinct !{{}}")
        self.notes.append(f"{loop} = distinct !{{{loop}, {claim}{stays}}}")
        self.notes.append(f'{claim} = !{{!"llvm.loop.parallel_accesses", {group}}}')
        return f", !llvm.access.group {group}", f", !llvm.loop {loop}"


SHORT = 12
"""Loops of fewer rounds are written out, entry by entry; those of up to 60 would be, too."""


class Loop:
    """A loop while its body is written: set ``results`` to what is carried to the next round."""

    def __init__(self, index: Value, first: tuple[Value, ...]) -> None:
        self.index, self.first = index, first
        self.values: list[Value] = []
        self.results: list[Value] = []
