"""Powers, exact at a base of zero: with respect to base and exponent, to any order, mixed too.

``sqrt``, ``square`` and ``reciprocal`` are in ``elementwise.py``.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

from ..batching.rules import broadcast
from ..node import Node, as_array, value_of
from ..operators import Operators
from ..primitive import NUMBERS, OPS, Primitive
from ..registry import RULES
from ..rows import elementwise, is_complex
from ..sampling import positive
from ..tracing import some
from ..zeros import everywhere

function: Any  # of the loop below: to NumPy's stubs every function has a type of its own


def both_zero(x: Any, y: Any) -> Any:
    """Where a power is 0**0: it is 1 for every base, so the slope by the base is 0."""
    return (value_of(x) == 0) & (as_array(value_of(y)) == 0)


def zero_where(mask: Any, x: Any) -> Any:
    """``x``, not looked at where the mask holds."""
    return np.where(mask, 0, x) if some(mask) else x


def power_by_base(out: Any, x: Any, y: Any) -> Any:
    """``y x**(y-1)``, exactly zero where x**y is the constant 1 (y = 0), at x = 0 too."""
    if type(y) in NUMBERS and y != 0:
        return y * (x if y == 2 else np.power(x, y - 1))
    constant = both_zero(x, y)
    if type(y) is Node and some(value_of(x) == 0):
        return zero_where(constant, y * power_log(x, y - 1, order=0))
    return y * np.power(x, np.where(constant, 1, y - 1) if some(constant) else y - 1)


def power_by_exponent(out: Any, x: Any, y: Any) -> Any:
    """``out log(x)``; zero where the base is zero and the power stays finite."""
    if some((value_of(x) == 0) & (np.real(value_of(y)) >= 0)):
        return zero_where(both_zero(x, y), power_log(x, y, order=1))
    return out * np.log(x)


for function in (np.power, np.float_power):
    elementwise(
        function,
        power_by_base,
        power_by_exponent,
        scalar=math.pow,
        sample=positive((3, 2), (2,)),
    )


# x**y log(x)**order, which derivatives of powers by their exponent are made of
def _power_log(x: Any, y: Any, *, order: int) -> Any:
    with np.errstate(all="ignore"):
        product = np.power(x, y) * np.log(x) ** order if order else np.power(x, y)
    value = np.where((x == 0) & (np.real(y) > 0), 0, product).astype(np.result_type(product))
    return value.item() if type(x) in NUMBERS and type(y) in NUMBERS else value[()]


def power_log_by_base(x: Any, y: Any, order: int) -> Any:
    """The product rule; where the power is constant only its logarithm moves."""
    slope = zero_where(both_zero(x, y), y * power_log(x, y - 1, order=order))
    return slope + order * power_log(x, y - 1, order=order - 1) if order else slope


def conjugate(x: Any) -> Any:
    """The conjugate of a complex slope; a real one as it is."""
    return np.conjugate(x) if is_complex(x) else x


def moved_by_either(moved: list[Any], out: Any, *args: Any, order: int) -> Any:
    """The entries of which the base or the exponent moves."""
    masks = [np.broadcast_to(mask, np.shape(out)) for mask in moved if mask is not None]
    return functools.reduce(np.logical_or, masks)


power_log: Primitive = Primitive(
    _power_log,
    [
        lambda g, out, x, y, order: g * conjugate(power_log_by_base(x, y, order)),
        lambda g, out, x, y, order: g * conjugate(power_log(x, y, order=order + 1)),
    ],
    [
        lambda t, out, x, y, order: t * power_log_by_base(x, y, order),
        lambda t, out, x, y, order: t * power_log(x, y, order=order + 1),
    ],
    name="power_log",
    zeros=everywhere,
    moves=moved_by_either,
    batch=broadcast,
    sample=[positive((3, 2), (2,), order=0), positive((3, 2), (2,), order=2)],
)
OPS.append(power_log)

Operators.__pow__ = RULES[np.power]  # type: ignore[method-assign]
