"""Rows of hypergeometric functions, elliptic and exponential integrals.

Slopes of the complete elliptic integrals are hypergeometric functions again: exact at 0 too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...rows import elementwise, is_complex
from ...sampling import normal, positive, uniform
from .orders import with_order

PI = math.pi


def parameters(*orders: int, low: float = -0.6, high: float = 0.6) -> Any:
    """Fixed parameters, and arguments in an interval."""
    fixed = tuple(np.int8(a) for a in orders)
    return lambda rng: ((*fixed, rng.uniform(low, high, size=(3, 2))), {})


with_order(
    sp.hyp2f1,
    lambda out, a, b, c, z: a * b / c * sp.hyp2f1(a + 1, b + 1, c + 1, z),
    orders="a b c",
    sample=parameters(1, 2, 3),
)
with_order(
    sp.hyp1f1,
    lambda out, a, b, z: a / b * sp.hyp1f1(a + 1, b + 1, z),
    orders="a b",
    sample=parameters(1, 2),
)
with_order(
    sp.hyp0f1,
    lambda out, v, z: sp.hyp0f1(v + 1, z) / v,
    sample=parameters(2),
)

# complete and incomplete elliptic integrals, of the parameter m = k**2
inside = [uniform(-0.8, 0.8, (3, 2)), uniform(-3.0, -1.5, (3, 2))]
elementwise(sp.ellipk, lambda out, m: PI / 8 * sp.hyp2f1(1.5, 1.5, 2, m), sample=inside)
elementwise(sp.ellipe, lambda out, m: -PI / 8 * sp.hyp2f1(0.5, 1.5, 2, m), sample=inside)
elementwise(
    sp.ellipkm1,
    lambda out, p: -PI / 8 * sp.hyp2f1(1.5, 1.5, 2, 1 - p),
    sample=uniform(0.2, 1.8, (3, 2)),
)

# exponential integrals
elementwise(sp.expi, lambda out, x: np.exp(x) / x, sample=positive((3, 2)))
elementwise(sp.exp1, lambda out, x: -np.exp(-x) / x, sample=positive((3, 2)))
with_order(
    sp.expn,
    lambda out, n, x: -sp.expn(n - 1, x),
    orders="n",
    sample=lambda rng: ((np.int8(3), rng.uniform(0.5, 2.0, size=(3, 2))), {}),
)


def spence_slope(out: Any, z: Any) -> Any:
    """``log(z)/(1 - z)``, through 1."""
    return np.log(z) / (1 - z) if is_complex(z) else -1 / sp.exprel(np.log(z))


elementwise(sp.spence, spence_slope, sample=uniform(0.4, 1.6, (3, 2)))

# Owen's T function
elementwise(
    sp.owens_t,
    lambda out, h, a: -np.exp(-h * h / 2) * sp.erf(a * h / math.sqrt(2)) / (2 * math.sqrt(2 * PI)),
    lambda out, h, a: np.exp(-h * h * (1 + a * a) / 2) / (2 * PI * (1 + a * a)),
    sample=normal((3, 2), (2,)),
)
