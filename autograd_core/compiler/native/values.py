"""Numbers in registers: ``x * y + 1`` on Values appends instructions to a Code (``text.py``)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .text import Code

TYPES = {np.dtype(c): t for c, t in zip("?fd", ("i1", "float", "double"), strict=True)} | {
    np.dtype(f"{kind}{size}"): f"i{8 * size}" for kind in "iu" for size in (1, 2, 4, 8)
}
"""LLVM's name of each dtype that has a native form."""

STORED = TYPES | {np.dtype(bool): "i8"}
"""Its name in memory."""

FLOAT32, FLOAT64, BOOL, INT64 = map(np.dtype, (np.float32, np.float64, np.bool_, np.int64))
FMA = "contract"
"""Products and sums may be one instruction, with one rounding."""


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
        return self.__add__(other)

    def __rmul__(self, other: Any) -> Value:
        return self.__mul__(other)

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
    out: Value = x.code.made(text, x.dtype)
    return out


def literal(number: Any, dtype: np.dtype[Any]) -> str:
    """A number of that dtype in LLVM's notation."""
    if dtype.kind == "f":
        exact = float(dtype.type(number))
        return f"0x{struct.unpack('>Q', struct.pack('>d', exact))[0]:016X}"
    return str(int(number))
