"""Ops that act entry by entry: a NumPy function and its partial derivatives ``(out, *args)``.

At kinks the partials are the minimum-norm subgradient; at removable singularities they are exact. A
partial that is a number is constant; None marks an argument without a derivative.
"""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from ..errors import unsupported
from ..node import as_array, value_of
from ..operators import Operators
from ..registry import RULES
from ..rows import elementwise, implements, is_complex, row
from ..sampling import complex_normal, normal, positive, uniform
from ..scalars import left, right
from ..tracing import every, some
from ..zeros import everywhere
from .kinks import bent

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180

function: Any  # of the loops below: to NumPy's stubs every function has a type of its own


def apart(rng: np.random.Generator) -> Any:
    """Two arrays that broadcast, no entry near zero or near another."""
    x = rng.permutation(np.linspace(-2.0, 2.0, 6)).reshape(3, 2)
    return (x, x[:1] + rng.choice([-0.3, 0.3], size=(1, 2)) * rng.uniform(0.5, 1.0)), {}


def unless_constant_zero(i: int, influence: Any, constant: Any, out: Any, x: Any, y: Any) -> Any:
    """A factor that is a constant exactly zero leaves the other without influence."""
    return influence & (as_array((y, x)[i]) != 0) if constant[1 - i] else influence


def real(x: Any) -> bool:
    """Whether rules may use the formula for real arguments."""
    return not is_complex(x)


# arithmetic
elementwise(np.add, 1, 1, scalar=operator.add, finite=True)
elementwise(np.subtract, 1, -1, scalar=operator.sub, finite=True)
elementwise(
    np.multiply,
    right,
    left,
    scalar=operator.mul,
    selects=True,
    finite=True,
    zeros=unless_constant_zero,
)
elementwise(
    np.divide,
    lambda out, x, y: 1 / y,
    lambda out, x, y: -out / y,
    scalar=operator.truediv,
    sample=positive((3, 2), (2,)),
)
elementwise(np.negative, -1, scalar=operator.neg, finite=True)
elementwise(np.positive, 1, scalar=operator.pos, finite=True)
elementwise(np.reciprocal, lambda out, x: -out * out, sample=positive((3, 2)))
elementwise(np.square, lambda out, x: 2 * x, finite=True)
elementwise(np.sqrt, lambda out, x: 0.5 / out, scalar=math.sqrt, sample=positive((3, 2)))
elementwise(np.cbrt, lambda out, x: 1 / (3 * out * out), sample=positive((3, 2)))

# exponents and logarithms
elementwise(np.exp, lambda out, x: out, scalar=math.exp, finite=True)
elementwise(np.exp2, lambda out, x: LN2 * out)
elementwise(np.expm1, lambda out, x: np.exp(x), scalar=math.expm1)
elementwise(np.log, lambda out, x: 1 / x, scalar=math.log, sample=positive((3, 2)))
elementwise(np.log2, lambda out, x: 1 / (LN2 * x), sample=positive((3, 2)))
elementwise(np.log10, lambda out, x: 1 / (LN10 * x), sample=positive((3, 2)))
elementwise(np.log1p, lambda out, x: 1 / (1 + x), scalar=math.log1p, sample=positive((3, 2)))


def share(out: Any, x: Any, exp: Any = np.exp, other: Any = 0.0) -> Any:
    """``exp(x - out)``, the part of a log-sum that x makes up.

    Where the sum is infinite: 1 for an infinite x (a half if ``other`` is infinite too), or 0.
    """
    total = value_of(out)
    if every(np.isfinite(total)):
        return exp(x - out)
    top = np.isinf(total)
    whole = (total > 0) & (value_of(x) == total) & (value_of(other) != total)
    half = (total > 0) & (value_of(x) == total) & (value_of(other) == total)
    weight = np.where(half, np.asarray(0.5, np.result_type(total))[()], whole)
    return np.where(top, weight, exp(np.where(top, 0, x - out)))


for function, exp in ((np.logaddexp, np.exp), (np.logaddexp2, np.exp2)):
    elementwise(
        function,
        lambda out, x, y, exp=exp: share(out, x, exp, y),
        lambda out, x, y, exp=exp: share(out, y, exp, x),
    )

# trigonometric and hyperbolic
elementwise(np.sin, lambda out, x: np.cos(x), scalar=math.sin, finite=True)
elementwise(np.cos, lambda out, x: -np.sin(x), scalar=math.cos, finite=True)
elementwise(np.tan, lambda out, x: 1 + out * out, scalar=math.tan)
elementwise(
    np.arcsin,
    lambda out, x: 1 / np.sqrt(1 - x * x),
    scalar=math.asin,
    sample=uniform(-0.9, 0.9, (3, 2)),
)
elementwise(
    np.arccos,
    lambda out, x: -1 / np.sqrt(1 - x * x),
    scalar=math.acos,
    sample=uniform(-0.9, 0.9, (3, 2)),
)
elementwise(np.arctan, lambda out, x: 1 / (1 + x * x), scalar=math.atan, finite=True)
elementwise(np.sinh, lambda out, x: np.cosh(x), scalar=math.sinh)
elementwise(np.cosh, lambda out, x: np.sinh(x), scalar=math.cosh)
elementwise(np.tanh, lambda out, x: 1 - out * out, scalar=math.tanh, finite=True)
elementwise(np.arcsinh, lambda out, x: 1 / np.sqrt(1 + x * x), finite=True)
elementwise(
    np.arccosh,
    lambda out, x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)),
    sample=uniform(1.5, 3.0, (3, 2)),
)
elementwise(np.arctanh, lambda out, x: 1 / (1 - x * x), sample=uniform(-0.9, 0.9, (3, 2)))


def or_one(x: Any) -> Any:
    """``x`` with ones for zeros: a divisor whose quotient is zero anyway."""
    zero = value_of(x) == 0
    return np.where(zero, 1, x) if some(zero) else x


def unit(x: Any, y: Any, out: Any) -> Any:
    """``x / out``, the slope of a length; 1 along the one of x and y that is infinite alone."""
    slope, endless = x / or_one(out), np.isinf(value_of(out))
    if not some(endless):
        return slope
    own, other = np.isinf(value_of(x)), np.isinf(value_of(y))
    limit = np.where(own, np.where(other, np.nan, np.sign(value_of(x))), 0)
    return np.where(endless, limit, slope)


def turn(x: Any, y: Any) -> Any:
    """``x / (x**2 + y**2)``, 0 at the origin and at infinity; the squares may overflow."""
    radius = or_one(np.hypot(x, y))
    endless = np.isinf(value_of(radius))
    slope = x / radius / radius
    return np.where(endless, 0, slope) if some(endless) else slope


elementwise(np.arctan2, lambda out, x, y: turn(y, x), lambda out, x, y: -turn(x, y))
bent(elementwise(np.hypot, lambda out, x, y: unit(x, y, out), lambda out, x, y: unit(y, x, out)))
for function in (np.degrees, np.rad2deg):
    elementwise(function, 1 / DEGREE)
for function in (np.radians, np.deg2rad):
    elementwise(function, DEGREE)


def sinc_slope(out: Any, x: Any) -> Any:
    """The derivative of ``sin(pi x)/(pi x)``, by its Taylor series near zero."""
    near = np.abs(value_of(x)) < 0.25
    z = np.pi * np.where(near, 1, x)
    far = np.pi * (z * np.cos(z) - np.sin(z)) / (z * z)
    if not some(near):
        return far
    u = np.pi * np.where(near, x, 0)
    series: Any = 0.0
    term = -u / 3
    for k in range(1, 11):
        series, term = (
            series + term,
            term * (-u * u) * (2 * k + 2) / (2 * k) / ((2 * k + 2) * (2 * k + 3)),
        )
    return np.where(near, np.pi * series, far)


elementwise(np.sinc, sinc_slope)

# absolute value, sign and rounding
absolute = elementwise(
    np.absolute,
    lambda out, x: np.sign(x) if real(x) else np.conj(x) / or_one(out),
    scalar=abs,
    sample=[lambda rng: ((apart(rng)[0][0],), {}), complex_normal((3, 2))],
)
bent(absolute)
bent(elementwise(np.fabs, lambda out, x: np.sign(x), sample=positive((3, 2))))
for function in (np.floor, np.ceil, np.trunc, np.rint):
    elementwise(function, 0, sample=uniform(0.1, 0.4, (3, 2)))
elementwise(
    np.sign, lambda out, x: 0.0 if real(x) else refuse_complex("sign"), sample=positive((3, 2))
)
elementwise(
    np.floor_divide, 0, 0, sample=lambda rng: ((np.array([5.3, 7.7]), np.array([2.0, 3.0])), {})
)
elementwise(
    np.remainder,
    1,
    lambda out, x, y: -np.floor_divide(x, y),
    sample=lambda rng: ((np.array([5.3, -7.7]), np.array([2.0, 3.0])), {}),
)


@implements(np.round, np.around)
def round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    """``np.round`` of a Node: NumPy's own scaling around ``np.rint``, whose slope is 0."""
    if out is not None:
        raise unsupported("np.round", "out", "...", "Nodes are immutable: use the returned result.")
    if decimals == 0:
        return np.rint(a)
    scale = 10.0 ** abs(decimals)
    return np.rint(a * scale) / scale if decimals > 0 else np.rint(a / scale) * scale


def refuse_complex(name: str) -> Any:
    """A function that is not holomorphic and has no rule for complex arguments."""
    raise TypeError(
        f"the derivative of {name} expected real arguments, got complex ones. Use its real parts."
    )


# selections
def wins(first: Any, other: Any) -> Any:
    """True where ``first`` is larger; a half where both are equal."""
    if type(first) is float and type(other) is float:
        return 0.5 if first == other else 1.0 if first > other else 0.0
    a, b = value_of(first), value_of(other)
    tied = a == b
    return np.where(tied, np.asarray(0.5, np.result_type(a, b))[()], a > b) if some(tied) else a > b


elementwise(
    np.maximum,
    lambda out, x, y: wins(x, y),
    lambda out, x, y: wins(y, x),
    scalar=lambda x, y: float(x if x >= y or x != x else y),
    selects=True,
    finite=True,
    sample=apart,
)
elementwise(
    np.minimum,
    lambda out, x, y: wins(y, x),
    lambda out, x, y: wins(x, y),
    scalar=lambda x, y: float(x if x <= y or x != x else y),
    selects=True,
    finite=True,
    sample=apart,
)
elementwise(
    np.fmax, lambda out, x, y: wins(x, y), lambda out, x, y: wins(y, x), selects=True, sample=apart
)
elementwise(
    np.fmin, lambda out, x, y: wins(y, x), lambda out, x, y: wins(x, y), selects=True, sample=apart
)


def inside(out: Any, x: Any, low: Any, high: Any) -> Any:
    """1 strictly between the bounds, 0 at them and beyond."""
    x = value_of(x)
    return (x > value_of(low)) & (x < value_of(high))


clip3 = elementwise(
    lambda x, low, high: np.clip(x, low, high),
    inside,
    lambda out, x, low, high: (value_of(x) < value_of(low)) & (value_of(low) < value_of(high)),
    lambda out, x, low, high: np.maximum(value_of(x), value_of(low)) > value_of(high),
    selects=True,
    sample=lambda rng: (
        (rng.permutation(np.linspace(-2.0, 2.0, 6)).reshape(3, 2), -1.3, np.array([0.7, 0.9])),
        {},
    ),
)
clip3.name = "clip"


@implements(np.clip)
def clip(
    a: Any,
    a_min: Any = None,
    a_max: Any = None,
    out: Any = None,
    *,
    min: Any = None,
    max: Any = None,
) -> Any:
    """``np.clip`` of a Node, wrt its bounds too; the derivative is 0 at a bound."""
    if out is not None:
        raise unsupported("np.clip", "out", "...", "Nodes are immutable: use the returned result.")
    low = a_min if min is None else min
    high = a_max if max is None else max
    return clip3(a, -math.inf if low is None else low, math.inf if high is None else high)


where3 = elementwise(
    np.where,
    None,
    lambda out, condition, x, y: value_of(condition),
    lambda out, condition, x, y: np.logical_not(value_of(condition)),
    selects=True,
    sample=lambda rng: (
        (np.array([[True], [False], [True]]), rng.normal(size=(3, 2)), rng.normal(size=2)),
        {},
    ),
)


@implements(np.where)
def where(condition: Any, *choices: Any) -> Any:
    """``np.where`` of Nodes: what is not chosen has no influence, whatever its derivative."""
    condition = as_array(value_of(condition)) != 0
    return where3(condition[()], *choices) if choices else np.nonzero(condition)


# complex parts: linear over the real numbers only
for function, vjp, jvp in (
    (np.real, lambda g, out, x: g, lambda t, out, x: np.real(t)),
    (np.imag, lambda g, out, x: g * (0.0 if real(x) else 1j), lambda t, out, x: np.imag(t)),
    (np.conjugate, lambda g, out, x: np.conjugate(g), lambda t, out, x: np.conjugate(t)),
):
    row(function, [vjp], [jvp], zeros=everywhere, sample=[complex_normal((3, 2)), normal((3, 2))])


# the operators of a Node, bound straight to their rules: scalar graphs are made of little else
Operators.__add__ = RULES[np.add]  # type: ignore[method-assign]
Operators.__sub__ = RULES[np.subtract]  # type: ignore[method-assign]
Operators.__mul__ = RULES[np.multiply]  # type: ignore[method-assign]
Operators.__truediv__ = RULES[np.divide]  # type: ignore[method-assign]
Operators.__neg__ = RULES[np.negative]  # type: ignore[method-assign]
