"""The table of ufuncs with a native form: a ufunc, the dtypes of its loop, and what it computes.

To add one, add a row. ``approximations.py`` has what is longer than a line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from . import approximations as close
from .values import BOOL, Value, select

Kernel = Callable[..., Value]

ROWS: dict[Any, tuple[str, Kernel]] = {}
"""Of each ufunc the kinds of dtypes (as in ``dtype.kind``) and the kernel."""

SPECIAL: dict[str, Kernel] = {}
"""Functions of ``scipy.special`` by name, for floats."""


def row(ufunc: Any, kinds: str, kernel: Kernel) -> None:
    """One line of the table."""
    ROWS[ufunc] = kinds, kernel


def c_function(name: str) -> Kernel:
    """A function of the C library."""

    def kernel(*args: Value) -> Value:
        x = args[0]
        return x.code.call(name if x.dtype.itemsize == 8 else name + "f", x.dtype, *args)

    kernel.__name__ = name
    return kernel


def intrinsic(name: str) -> Kernel:
    """An operation that LLVM knows."""
    return lambda *args: args[0].code.intrinsic(name, *args)


def is_nan(x: Value) -> Value:
    """Whether it is no number."""
    return x != x


def larger(x: Value, y: Value) -> Value:
    """The maximum; NaN if either is."""
    return select((x > y) | is_nan(x), x, y) if x.floating else select(x > y, x, y)


def smaller(x: Value, y: Value) -> Value:
    """The minimum; NaN if either is."""
    return select((x < y) | is_nan(x), x, y) if x.floating else select(x < y, x, y)


def sign(x: Value) -> Value:
    """-1, 0 or 1; NaN stays."""
    if x.dtype.kind == "u":
        return select(x > 0, x.like(1), 0)
    return select(x > 0, x.like(1), select(x < 0, x.like(-1), x))


def absolute(x: Value) -> Value:
    """The absolute value."""
    return close.abs_of(x) if x.floating else select(x < 0, -x, x) if x.dtype.kind == "i" else x


def remainder(x: Value, y: Value) -> Value:
    """With the sign of the divisor."""
    rest = x % y
    wrong = (rest != 0.0) & ((rest < 0.0) ^ (y < 0.0))
    return select(wrong, rest + y, x.code.intrinsic("copysign", rest, select(wrong, rest, y)))


def logaddexp(x: Value, y: Value) -> Value:
    """log(exp(x) + exp(y)); of equal infinities themselves."""
    apart = close.log1p(close.exp(-close.abs_of(x - y)))
    return select(x == y, x + float(np.log(2)), larger(x, y) + apart)


def heaviside(x: Value, middle: Value) -> Value:
    """0, 1, or ``middle`` at 0."""
    return select(x > 0.0, x.like(1), select(x < 0.0, x.like(0), select(x == 0.0, middle, x)))


def truth(x: Value) -> Value:
    """Whether it is not zero."""
    return x.to(BOOL)


row(np.add, "iuf", lambda x, y: x + y)
row(np.subtract, "iuf", lambda x, y: x - y)
row(np.multiply, "iufb", lambda x, y: x & y if x.dtype == BOOL else x * y)
row(np.true_divide, "f", lambda x, y: x / y)
row(np.remainder, "f", remainder)
row(np.fmod, "f", lambda x, y: x % y)
row(np.negative, "iuf", lambda x: -x)
row(np.positive, "iuf", lambda x: x)
row(np.absolute, "iuf", absolute)
row(np.fabs, "f", close.abs_of)
row(np.sign, "iuf", sign)
row(np.square, "iuf", lambda x: x * x)
row(np.reciprocal, "f", lambda x: 1.0 / x)
row(np.sqrt, "f", intrinsic("sqrt"))
row(np.maximum, "iuf", larger)
row(np.minimum, "iuf", smaller)
row(np.fmax, "f", lambda x, y: select((x >= y) | is_nan(y), x, y))
row(np.fmin, "f", lambda x, y: select((x <= y) | is_nan(y), x, y))
row(np.floor, "f", intrinsic("floor"))
row(np.ceil, "f", intrinsic("ceil"))
row(np.trunc, "f", intrinsic("trunc"))
row(np.rint, "f", intrinsic("rint"))
row(np.copysign, "f", intrinsic("copysign"))
row(np.heaviside, "f", heaviside)

row(np.exp, "f", close.exp)
row(np.expm1, "f", close.expm1)
row(np.log, "f", close.log)
row(np.log1p, "f", close.log1p)
row(np.tanh, "f", close.tanh)
row(np.logaddexp, "f", logaddexp)
row(np.power, "f", c_function("pow"))
row(np.float_power, "f", c_function("pow"))
row(np.sin, "f", c_function("sin"))
row(np.cos, "f", c_function("cos"))
row(np.tan, "f", c_function("tan"))
row(np.arcsin, "f", c_function("asin"))
row(np.arccos, "f", c_function("acos"))
row(np.arctan, "f", c_function("atan"))
row(np.arctan2, "f", c_function("atan2"))
row(np.hypot, "f", c_function("hypot"))
row(np.sinh, "f", c_function("sinh"))
row(np.cosh, "f", c_function("cosh"))
row(np.arcsinh, "f", c_function("asinh"))
row(np.arccosh, "f", c_function("acosh"))
row(np.arctanh, "f", c_function("atanh"))
row(np.exp2, "f", c_function("exp2"))
row(np.log2, "f", c_function("log2"))
row(np.log10, "f", c_function("log10"))
row(np.cbrt, "f", c_function("cbrt"))

row(np.greater, "iuf", lambda x, y: x > y)
row(np.greater_equal, "iuf", lambda x, y: x >= y)
row(np.less, "iuf", lambda x, y: x < y)
row(np.less_equal, "iuf", lambda x, y: x <= y)
row(np.equal, "iufb", lambda x, y: x == y)
row(np.not_equal, "iufb", lambda x, y: x != y)
row(np.logical_and, "iufb", lambda x, y: truth(x) & truth(y))
row(np.logical_or, "iufb", lambda x, y: truth(x) | truth(y))
row(np.logical_xor, "iufb", lambda x, y: truth(x) ^ truth(y))
row(np.logical_not, "iufb", lambda x: ~truth(x))
row(np.bitwise_and, "iub", lambda x, y: x & y)
row(np.bitwise_or, "iub", lambda x, y: x | y)
row(np.bitwise_xor, "iub", lambda x, y: x ^ y)
row(np.invert, "iub", lambda x: ~x)
row(np.isnan, "f", is_nan)
row(np.isfinite, "f", lambda x: close.abs_of(x) < float("inf"))
row(np.isinf, "f", lambda x: close.abs_of(x) == float("inf"))
row(np.signbit, "f", lambda x: (x.bits() >> (8 * x.dtype.itemsize - 1)) != 0)

SPECIAL["expit"] = close.sigmoid
SPECIAL["log1p"] = close.log1p
SPECIAL["expm1"] = close.expm1
SPECIAL["erf"] = c_function("erf")
SPECIAL["erfc"] = c_function("erfc")


def kernel_of(ufunc: Any) -> tuple[str, Kernel] | None:
    """The kinds and the kernel, or None."""
    if ufunc in ROWS:
        return ROWS[ufunc]
    name = getattr(ufunc, "__name__", "")
    if name in SPECIAL and getattr(sys.modules.get("scipy.special"), name, None) is ufunc:
        return "f", SPECIAL[name]
    return None


def whole_power(exponent: int) -> Kernel:
    """``x ** exponent`` by multiplications."""

    def kernel(x: Value) -> Value:
        out, square, rest = None, x, abs(exponent)
        while rest:
            if rest & 1:
                out = square if out is None else out * square
            rest >>= 1
            square = square * square if rest else square
        if out is None:
            return x.like(1)
        return 1.0 / out if exponent < 0 else out

    return kernel


IDENTITY: Kernel = lambda x: x
CHOICE: Kernel = select
