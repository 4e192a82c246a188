"""exp, log and their kin without branches, so that LLVM makes vectors of them.

Within 2 units in the last place; right at infinities, NaN, zeros, overflow and denormal numbers.
The reduction of the argument is Cody and Waite's, log's series is fdlibm's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .values import FLOAT64, Value, select

Parameters = dict[str, Any]

# (expm1(r) - r - r²/2) / r³ for |r| < log(2) / 2, lowest power first: interpolated at Chebyshev's
# nodes with 50 digits. MAGIC moves the integer nearest to a number into its lowest bits.
DOUBLE: Parameters = {
    "magic": 1.5 * 2.0**52,
    "shift": 52,
    "bias": 1023,
    "log2_high": float.fromhex("0x1.62e42fee00000p-1"),
    "log2_low": 1.90821492927058770002e-10,
    "largest": 709.9,
    "least": -746.0,
    "expm1_least": -40.0,
    "tanh_largest": 44.0,
    "normal": 2.0**-1022,
    "scale": 2.0**54,
    "scale_exponent": 54,
    "exp": (
        0.16666666666666669,
        0.041666666666666664,
        0.008333333333330051,
        0.0013888888888886545,
        0.00019841269863105968,
        2.4801587317181886e-05,
        2.7557268378684192e-06,
        2.755728291148268e-07,
        2.5100424157005067e-08,
        2.0911264239196083e-09,
    ),
    "log": (
        6.666666666666735130e-01,
        3.999999999940941908e-01,
        2.857142874366239149e-01,
        2.222219843214978396e-01,
        1.818357216161805012e-01,
        1.531383769920937332e-01,
        1.479819860511658591e-01,
    ),
}
SINGLE: Parameters = {
    "magic": 1.5 * 2.0**23,
    "shift": 23,
    "bias": 127,
    "log2_high": 0.693145751953125,
    "log2_low": 1.42860682030941723212e-06,
    "largest": 89.0,
    "least": -105.0,
    "expm1_least": -20.0,
    "tanh_largest": 20.0,
    "normal": 2.0**-126,
    "scale": 2.0**25,
    "scale_exponent": 25,
    "exp": (
        0.16666666666666666,
        0.04166655443768594,
        0.008333320867232203,
        0.0013926213466332444,
        0.0001988273151957401,
    ),
    "log": (0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841),
}
LOG2_E = 1.4426950408889634
SQRT2 = 1.4142135623730951


def parameters(x: Value) -> Parameters:
    """Constants for the dtype."""
    return DOUBLE if x.dtype == FLOAT64 else SINGLE


def polynomial(x: Value, coefficients: tuple[float, ...]) -> Value:
    """By Horner's rule, lowest power first."""
    total = x.like(coefficients[-1])
    for c in reversed(coefficients[:-1]):
        total = total * x + c
    return total


def limited(x: Value, low: float, high: float) -> Value:
    """``x`` between two bounds; NaN stays."""
    return select(x < low, low, select(x > high, high, x))


def power_of_two(k: Value, p: Parameters) -> Value:
    """``2**k`` for a whole number that is a normal exponent."""
    exponent: Value = (k + p["magic"]).bits() + p["bias"]
    return (exponent << int(p["shift"])).as_float()


def reduced(x: Value, p: Parameters) -> tuple[Value, Value]:
    """``k`` and ``r`` of ``x = k log(2) + r`` with ``|r| < log(2) / 2``."""
    k = x * LOG2_E + p["magic"] - p["magic"]
    return k, x - k * p["log2_high"] - k * p["log2_low"]


def expm1_of_remainder(r: Value, p: Parameters) -> Value:
    """``exp(r) - 1`` for small r."""
    return r + r * r * (polynomial(r, p["exp"]) * r + 0.5)


def exp(x: Value) -> Value:
    """eˣ."""
    p = parameters(x)
    k, r = reduced(limited(x, p["least"], p["largest"]), p)
    half = k * 0.5 + p["magic"] - p["magic"]
    grown = (expm1_of_remainder(r, p) + 1.0) * power_of_two(half, p)
    return grown * power_of_two(k - half, p)


def expm1(x: Value) -> Value:
    """eˣ - 1, also for tiny x."""
    p = parameters(x)
    k, r = reduced(limited(x, p["expm1_least"], p["largest"]), p)
    half = power_of_two(k - 1.0, p)
    grown = (half * expm1_of_remainder(r, p) + (half - 0.5)) * 2.0
    return select(abs_of(x) < 0.3, expm1_of_remainder(r, p), grown)


def tanh(x: Value) -> Value:
    """The hyperbolic tangent."""
    size = abs_of(x)
    size = select(size > parameters(x)["tanh_largest"], parameters(x)["tanh_largest"], size)
    grown = expm1(size + size)
    return x.code.intrinsic("copysign", grown / (grown + 2.0), x)


def log_of_positive(x: Value) -> tuple[Value, Value]:
    """``log(x)`` of a normal positive number, as ``k log(2)``'s large part and all else."""
    p = parameters(x)
    bits, one = x.bits(), x.like(1.0).bits()
    mantissa = ((bits & ((1 << p["shift"]) - 1)) | one).as_float()
    # An integer below 2**shift is the lowest bits of 2**shift plus itself.
    base = float(2 ** p["shift"])
    k = ((bits >> p["shift"]) | x.like(base).bits()).as_float() - (base + p["bias"])
    high = mantissa > SQRT2
    f = select(high, mantissa * 0.5, mantissa) - 1.0
    k = select(high, k + 1.0, k)
    s = f / (f + 2.0)
    z = s * s
    series = z * polynomial(z, p["log"])
    halved = f * f * 0.5
    small = f - (halved - (s * (halved + series) + k * p["log2_low"]))
    return k * p["log2_high"], small


def log(x: Value) -> Value:
    """The natural logarithm."""
    p = parameters(x)
    tiny = x < p["normal"]
    large, small = log_of_positive(select(tiny, x * p["scale"], x))
    shift = select(tiny, x.like(-p["scale_exponent"] * float(np.log(2))), 0.0)
    out = large + small + shift
    out = select(x == float("inf"), x, select(x != x, x, out))
    return select(x == 0.0, float("-inf"), select(x < 0.0, float("nan"), out))


def log1p(x: Value) -> Value:
    """log(1 + x), also for tiny x."""
    u = x + 1.0
    lost = (x - (u - 1.0)) / u
    out = log(u) + select((u == 0.0) | (u == float("inf")), x.like(0.0), lost)
    return select(u == 1.0, x, out)


def sigmoid(x: Value) -> Value:
    """1 / (1 + exp(-x))."""
    return 1.0 / (exp(-x) + 1.0)


def abs_of(x: Value) -> Value:
    """The absolute value."""
    return x.code.intrinsic("fabs", x)
