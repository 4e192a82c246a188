"""Rows of the logistic function, of x log y and what is made of it, and of robust losses.

At the edge of a domain the slope is the limit from inside; outside of it, where the value is a
constant infinity, it is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special as sp

from ...node import as_array, value_of
from ...rows import elementwise
from ...sampling import positive, uniform
from ...tracing import every, some

elementwise(sp.expit, lambda out, x: sp.expit(x) * sp.expit(-x))
elementwise(sp.log_expit, lambda out, x: sp.expit(-x))
elementwise(sp.logit, lambda out, x: 1 / (x * (1 - x)), sample=uniform(0.1, 0.9, (3, 2)))


def at_zero(x: Any) -> Any:
    """Where the factor is exactly zero, which makes 0 of 0 log 0."""
    return as_array(value_of(x) == 0)


def ratio(x: Any, y: Any) -> Any:
    """``x / y``, 0 where x is 0, whatever y is."""
    none = at_zero(x) & at_zero(y)
    return x / (np.where(none, 1, y) if some(none) else y)


def unless_factor_is_zero(i: int, influence: Any, constant: Any, out: Any, x: Any, y: Any) -> Any:
    """A factor x that is a constant exactly zero leaves y without influence."""
    return influence & ~at_zero(x) if i == 1 and constant[0] else influence


elementwise(
    sp.xlogy,
    lambda out, x, y: np.log(y),
    lambda out, x, y: ratio(x, y),
    selects=True,
    zeros=unless_factor_is_zero,
    sample=positive((3, 2), (2,)),
)
elementwise(
    sp.xlog1py,
    lambda out, x, y: np.log1p(y),
    lambda out, x, y: ratio(x, 1 + y),
    selects=True,
    zeros=unless_factor_is_zero,
    sample=positive((3, 2), (2,)),
)


def within(domain: Any, slope: Any, *args: Any) -> Any:
    """``slope(*args)`` inside a domain, 0 outside, where the arguments are replaced by 1."""
    if every(domain):
        return slope(*args)
    return np.where(domain, slope(*(np.where(domain, x, 1) for x in args)), 0)


def log_ratio(x: Any, y: Any) -> Any:
    """``log(x / y)``, -inf where x is 0."""
    return np.log(ratio(x, y))


def both_at_least_zero(x: Any, y: Any) -> Any:
    """The domain of the relative entropies."""
    return (value_of(x) >= 0) & (value_of(y) >= 0)


elementwise(
    sp.entr,
    lambda out, x: within(value_of(x) >= 0, lambda x: -np.log(x) - 1, x),
    sample=positive((3, 2)),
)
elementwise(
    sp.rel_entr,
    lambda out, x, y: within(both_at_least_zero(x, y), lambda x, y: log_ratio(x, y) + 1, x, y),
    lambda out, x, y: within(both_at_least_zero(x, y), lambda x, y: -ratio(x, y), x, y),
    sample=positive((3, 2), (2,)),
)
elementwise(
    sp.kl_div,
    lambda out, x, y: within(both_at_least_zero(x, y), log_ratio, x, y),
    lambda out, x, y: within(both_at_least_zero(x, y), lambda x, y: 1 - ratio(x, y), x, y),
    sample=positive((3, 2), (2,)),
)


def excess(delta: Any, r: Any) -> Any:
    """The slope of the Huber loss by delta: what |r| exceeds it by; 0 for a negative delta."""
    return np.where(value_of(delta) >= 0, np.maximum(np.abs(r) - delta, 0), 0)


elementwise(
    sp.huber,
    lambda out, delta, r: excess(delta, r),
    lambda out, delta, r: np.where(value_of(delta) >= 0, np.clip(r, -delta, delta), 0),
    sample=lambda rng: ((np.array([0.5, 1.0]), np.array([[0.2, -1.7], [0.9, 0.3]])), {}),
)


def pseudo_huber_by_delta(out: Any, delta: Any, r: Any) -> Any:
    """``2 out/delta - r**2/(delta s)`` with ``s = sqrt(1 + (r/delta)**2)``, free of differences."""
    u = r / delta
    s = np.sqrt(1 + u * u)
    return delta * (u * u / (1 + s)) ** 2 / s


elementwise(
    sp.pseudo_huber,
    lambda out, delta, r: within(value_of(delta) > 0, pseudo_huber_by_delta, out, delta, r),
    lambda out, delta, r: within(
        value_of(delta) > 0, lambda d, r: r / np.sqrt(1 + (r / d) * (r / d)), delta, r
    ),
    sample=[lambda rng: ((rng.uniform(0.5, 2.0, size=(3, 2)), rng.normal(size=2)), {})],
)
