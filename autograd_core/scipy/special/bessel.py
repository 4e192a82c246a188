"""Rows of the Bessel functions. Orders are constants; slopes are free of singularities at 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sp

from ...ops.elementwise import refuse_complex
from ...rows import elementwise, is_complex
from ...sampling import Sample, positive, uniform
from .orders import with_order

wide = uniform(-3.0, 3.0, (3, 2))
right = positive((3, 2))

# of order 0 and 1
elementwise(sp.j0, lambda out, x: -sp.j1(x), sample=wide)
elementwise(sp.j1, lambda out, x: (sp.j0(x) - sp.jv(2, x)) / 2, sample=wide)
elementwise(sp.y0, lambda out, x: -sp.y1(x), sample=right)
elementwise(sp.y1, lambda out, x: sp.y0(x) - out / x, sample=right)
elementwise(sp.i0, lambda out, x: sp.i1(x), sample=wide)
elementwise(sp.i1, lambda out, x: (sp.i0(x) + sp.iv(2, x)) / 2, sample=wide)
elementwise(sp.k0, lambda out, x: -sp.k1(x), sample=right)
elementwise(sp.k1, lambda out, x: -sp.k0(x) - out / x, sample=right)
elementwise(sp.i0e, lambda out, x: sp.i1e(x) - np.sign(x) * out, sample=wide)
elementwise(sp.i1e, lambda out, x: (sp.i0e(x) + sp.ive(2, x)) / 2 - np.sign(x) * out, sample=wide)
elementwise(sp.k0e, lambda out, x: out - sp.k1e(x), sample=right)
elementwise(sp.k1e, lambda out, x: out - sp.k0e(x) - out / x, sample=right)


def order_and(v: int, imaginary: float = 0) -> Sample:
    """A whole order, and arguments on the right or beside them."""
    turn = 1 + imaginary * 1j if imaginary else 1
    return lambda rng: ((np.int8(v), turn * rng.uniform(0.5, 3.0, size=(3, 2))), {})


def neighbours(function: Any, down: int, up: int) -> Callable[..., Any]:
    """Half the weighted sum of the functions of one order less and one more (DLMF 10.6.1)."""
    return lambda out, v, x: (down * function(v - 1, x) + up * function(v + 1, x)) / 2


samples = [order_and(0), order_and(2)]
complex_samples = [order_and(0, 0.5), order_and(2, 0.5)]
for function, down, up in (
    (sp.jv, 1, -1),
    (sp.yv, 1, -1),
    (sp.iv, 1, 1),
    (sp.kv, -1, -1),
):
    with_order(function, neighbours(function, down, up), sample=samples)
for function in (sp.hankel1, sp.hankel2):
    with_order(function, neighbours(function, 1, -1), sample=complex_samples)
for function, down, up in ((sp.yn, 1, -1), (sp.kn, -1, -1)):
    with_order(function, neighbours(function, down, up), orders="n", sample=samples)


def scaled(function: Any, down: int, up: int, rate: Callable[[Any], Any]) -> Callable[..., Any]:
    """The same for a function scaled by a factor whose logarithm has the slope ``rate``."""
    inner = neighbours(function, down, up)
    return lambda out, v, x: inner(out, v, x) + rate(x) * out


def real_rate(name: str, sign: int) -> Callable[[Any], Any]:
    """The factor ``exp(sign |x|)`` of real arguments; of complex ones it is not holomorphic."""
    return lambda x: refuse_complex(name) if is_complex(x) else sign * np.sign(x)


with_order(sp.ive, scaled(sp.ive, 1, 1, real_rate("ive", -1)), sample=samples)
with_order(sp.jve, scaled(sp.jve, 1, -1, real_rate("jve", 0)), sample=samples)
with_order(sp.yve, scaled(sp.yve, 1, -1, real_rate("yve", 0)), sample=samples)
with_order(sp.kve, scaled(sp.kve, -1, -1, lambda x: 1), sample=samples)
with_order(sp.hankel1e, scaled(sp.hankel1e, 1, -1, lambda x: -1j), sample=complex_samples)
with_order(sp.hankel2e, scaled(sp.hankel2e, 1, -1, lambda x: 1j), sample=complex_samples)
