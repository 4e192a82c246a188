"""Rows of the incomplete gamma and beta functions, by every argument, and of their inverses.

Slopes by the shape parameters are integrals of one sign over the smaller tail, of a convex
exponent, by Gauss-Legendre quadrature over the part that counts. The integrands are plain NumPy,
so every higher derivative follows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special as sp

from ...arrays import as_kin, numbers
from ...node import as_array, value_of
from ...rows import elementwise
from ...sampling import Sample
from ...tracing import some

NODES, WEIGHTS = np.polynomial.legendre.leggauss(80)
NODES, WEIGHTS = (NODES + 1) / 2, WEIGHTS / 2  # on the interval from 0 to 1
END = 45.0
"""Where an integrand has fallen by exp(-45), and counts no more."""


def reach(start: Any, g: Callable[[Any], Any], slope: Callable[[Any], Any]) -> Any:
    """Where a convex ``g``, 0 at 0, exceeds END: Newton's method from beyond."""
    u = start
    for _ in range(14):
        u = u - (g(u) - END) / np.maximum(slope(u), 1e-300)
    return np.maximum(u, 1e-300)


def column(x: Any) -> Any:
    """With an axis for the nodes of a quadrature."""
    return np.reshape(x, (*np.shape(x), 1))


def integral(integrand: Callable[[Any], Any], end: Any) -> Any:
    """Of a function of one more axis, from 0 to ``end``."""
    u = column(end) * as_kin(NODES, end)
    return end * np.sum(integrand(u) * as_kin(WEIGHTS, end), axis=-1)


# incomplete gamma


def gamma_density(a: Any, x: Any) -> Any:
    """The slope of ``gammainc`` by x."""
    endless = as_array(np.isinf(value_of(x)))
    inner = np.where(endless, 1, x) if some(endless) else x
    slope = np.exp(sp.xlogy(a - 1, inner) - inner - sp.gammaln(a))
    return np.where(endless, 0, slope) if some(endless) else slope


def gammainc_by_a(a: Any, x: Any) -> Any:
    """The slope of ``gammainc`` by a; 0 where x is 0 or infinite."""
    plain = as_array(value_of(x))
    edge = ~((plain > 0) & (plain < np.inf) & (value_of(a) > 0))
    if some(edge):
        a, x = np.where(edge, 1, a), np.where(edge, 1, x)
    few = as_array(value_of(a) < 1)  # there the recurrence of a comes first
    up = a + 2 * few
    slope = gamma_tail(up, x) + gamma_steps(np.where(few, a, 1), x) * few
    return np.where(edge, 0, slope) if some(edge) else slope


def gamma_steps(a: Any, x: Any) -> Any:
    """The slope by a of ``P(a, x) - P(a + 2, x)``."""
    log = np.log(x)
    first = np.exp(a * log - x - sp.gammaln(a + 1))
    second = first * x / (a + 1)
    return first * (log - sp.psi(a + 1)) + second * (log - sp.psi(a + 2))


def gamma_tail(a: Any, x: Any) -> Any:
    """The slope of ``P(a, x)`` by a, from whichever tail is the smaller; a >= 1."""
    p, y = numbers(value_of(a)), numbers(value_of(x))
    sign = np.where(y <= p, -1.0, 1.0)  # below the bulk or above it
    start = np.where(
        sign < 0, (END + y) / p, np.where(y > 25, np.sqrt(2 * END / y), np.log1p(2 * END / y))
    )
    end = reach(
        start,
        lambda u: y * np.expm1(sign * u) - sign * p * u,
        lambda u: sign * (y * np.exp(sign * u) - p),
    )
    peak = np.exp(a * np.log(x) - x - sp.gammaln(a))
    mean = np.log(x) - sp.psi(a)
    A, X, side, middle = column(a), column(x), column(sign), column(mean)

    def integrand(u: Any) -> Any:
        return (middle + side * u) * np.exp(A * (side * u) - X * np.expm1(side * u))

    return -sign * peak * integral(integrand, end)


def gamma_arguments(rng: np.random.Generator) -> Any:
    """Both tails, and both sides of a = 1."""
    a = np.array([[0.4, 1.7], [2.5, 0.8], [3.0, 5.0]])
    return (a, np.array([0.9, 3.2])), {}


elementwise(
    sp.gammainc,
    lambda out, a, x: gammainc_by_a(a, x),
    lambda out, a, x: gamma_density(a, x),
    sample=gamma_arguments,
)
elementwise(
    sp.gammaincc,
    lambda out, a, x: -gammainc_by_a(a, x),
    lambda out, a, x: -gamma_density(a, x),
    sample=gamma_arguments,
)


def probabilities(*shapes: Any) -> Sample:
    """Shape parameters, and probabilities."""
    fixed = tuple(map(np.asarray, shapes))
    return lambda rng: ((*fixed, rng.uniform(0.2, 0.8, size=(3, 2))), {})


elementwise(
    sp.gammaincinv,
    lambda out, a, p: -gammainc_by_a(a, out) / gamma_density(a, out),
    lambda out, a, p: 1 / gamma_density(a, out),
    sample=probabilities([0.9, 2.5]),
)
elementwise(
    sp.gammainccinv,
    lambda out, a, p: -gammainc_by_a(a, out) / gamma_density(a, out),
    lambda out, a, p: -1 / gamma_density(a, out),
    sample=probabilities([0.9, 2.5]),
)

# incomplete beta


def beta_density(a: Any, b: Any, x: Any) -> Any:
    """The slope of ``betainc`` by x."""
    return np.exp(sp.xlogy(a - 1, x) + sp.xlog1py(b - 1, -x) - sp.betaln(a, b))


def betainc_slope(which: int, a: Any, b: Any, x: Any) -> Any:
    """The slope of ``betainc`` by a (0) or b (1); 0 where x is 0 or 1."""
    p, q, plain = (as_array(value_of(z)) for z in (a, b, x))
    edge = ~((plain > 0) & (plain < 1) & (p > 0) & (q > 0))
    if some(edge):
        a, b, x = (np.where(edge, fill, z) for fill, z in ((1, a), (1, b), (0.5, x)))
        slope = betainc_inside(which, a, b, x)
        return np.where(edge, 0, slope)
    return betainc_inside(which, a, b, x)


def betainc_inside(which: int, a: Any, b: Any, x: Any) -> Any:
    """The same where 0 < x < 1."""
    p, q, plain = (as_array(value_of(z)) for z in (a, b, x))
    above = plain > p / (p + q)
    a, b = np.where(above, b, a), np.where(above, a, b)  # I_x(a, b) = 1 - I_{1-x}(b, a)
    y, z = np.where(above, 1 - x, x), np.where(above, x, 1 - x)
    by_first = above == (which == 1)
    few = as_array(value_of(a) < 1)
    less = (value_of(b) < 1) & (value_of(y) > 0.75)  # where 1 - t comes near its singularity
    total = beta_tail(a + 2 * few, b + 2 * less, y, z, by_first)
    if some(few) or some(less):
        total = total + beta_steps(a, b, y, z, by_first, few, less)
    return np.where(above, -total, total)


def beta_steps(a: Any, b: Any, x: Any, z: Any, by_first: Any, few: Any, less: Any) -> Any:
    """The slope of ``I(a, b) - I(a + 2, b + 2)``, each step where it is taken."""
    total: Any = 0.0
    for up, down, taken in (
        (0, None, few),
        (1, None, few),
        (None, 0, less),
        (None, 1, less),
    ):
        p = a + up if up is not None else a + 2 * few
        q = b + down if down is not None else b
        sign, own = (1, p) if up is not None else (-1, q)
        term = np.exp(p * np.log(x) + q * np.log(z) - np.log(own) - sp.betaln(p, q))
        both = sp.psi(p + q)
        first = np.log(x) + both - sp.psi(p) - (1 / p if up is not None else 0)
        second = np.log(z) + both - sp.psi(q) - (1 / q if down is not None else 0)
        total = total + np.where(taken, sign * term * np.where(by_first, first, second), 0)
    return total


def beta_tail(a: Any, b: Any, x: Any, z: Any, by_first: Any) -> Any:
    """The slope of ``I_x(a, b)`` by its first or second parameter, from the lower tail.

    ``z`` is 1 - x; a, b >= 1. With t the variable of the integral, u is the drop of its logit.
    """
    p, q, y, w = (numbers(value_of(s)) for s in (a, b, x, z))
    end = reach(
        (END - (p + q) * np.log(w)) / p,
        lambda u: p * u + (p + q) * np.log1p(y * np.expm1(-u)),
        lambda u: p - (p + q) * y * np.exp(-u) / (w + y * np.exp(-u)),
    )
    peak = np.exp(a * np.log(x) + b * np.log(z) - sp.betaln(a, b))
    both = sp.psi(a + b)
    A, B, X, first = column(a), column(b), column(x), column(by_first)
    middle = column(np.where(by_first, np.log(x) - sp.psi(a), np.log(z) - sp.psi(b)) + both)

    def integrand(u: Any) -> Any:
        rest = np.log1p(X * np.expm1(-u))
        return (middle - np.where(first, u, 0) - rest) * np.exp(-A * u - (A + B) * rest)

    return peak * integral(integrand, end)


def beta_arguments(rng: np.random.Generator) -> Any:
    """Both tails, and both sides of 1."""
    a, b = np.array([[0.4, 1.7], [2.5, 0.8]]), np.array([[0.6], [2.2]])
    return (a, b, np.array([0.25, 0.7])), {}


elementwise(
    sp.betainc,
    lambda out, a, b, x: betainc_slope(0, a, b, x),
    lambda out, a, b, x: betainc_slope(1, a, b, x),
    lambda out, a, b, x: beta_density(a, b, x),
    sample=beta_arguments,
)
elementwise(
    sp.betaincc,
    lambda out, a, b, x: -betainc_slope(0, a, b, x),
    lambda out, a, b, x: -betainc_slope(1, a, b, x),
    lambda out, a, b, x: -beta_density(a, b, x),
    sample=beta_arguments,
)
elementwise(
    sp.betaincinv,
    lambda out, a, b, p: -betainc_slope(0, a, b, out) / beta_density(a, b, out),
    lambda out, a, b, p: -betainc_slope(1, a, b, out) / beta_density(a, b, out),
    lambda out, a, b, p: 1 / beta_density(a, b, out),
    sample=probabilities([0.9, 2.5], 1.3),
)
elementwise(
    sp.betainccinv,
    lambda out, a, b, p: -betainc_slope(0, a, b, out) / beta_density(a, b, out),
    lambda out, a, b, p: -betainc_slope(1, a, b, out) / beta_density(a, b, out),
    lambda out, a, b, p: -1 / beta_density(a, b, out),
    sample=probabilities([0.9, 2.5], 1.3),
)
