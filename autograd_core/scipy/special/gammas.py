"""Rows of the gamma function and its relatives: beta, polygamma, zeta, binomial coefficients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...arrays import as_kin, kin
from ...building import holds_node
from ...node import as_array, value_of
from ...primitive import Primitive
from ...rows import elementwise, is_complex
from ...sampling import complex_normal, positive, uniform
from ...tracing import some
from ..mapping import mapped
from .orders import constant_order

DOUBLE = np.float64(1)  # times a float32 array: one of float64
BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510]
SHIFT = 10
"""Terms summed one by one before the Euler-Maclaurin formula takes over."""


def hurwitz(s: Any, q: Any, slope: bool = False) -> Any:
    """The zeta function ``sum_k (q+k)**-s``, or its derivative by s, for real and complex q.

    By the Euler-Maclaurin formula (DLMF 25.11.28), which also continues it to s < 1.
    """
    s = s * DOUBLE
    total: Any = 0.0
    for k in range(SHIFT):
        term = np.power(q + k, -s)
        total = total - np.log(q + k) * term if slope else total + term
    end = q + SHIFT
    log, power = np.log(end), np.power(end, -s)
    whole = end / (s - 1)
    inner, moved = whole + 0.5, -whole / (s - 1)  # the factor of ``power``, and its slope
    factor, change = s / end, 1 / end  # the rising factorial of s, and its slope
    for j, bernoulli in enumerate(BERNOULLI, 1):
        c = bernoulli / math.factorial(2 * j)
        inner, moved = inner + c * factor, moved + c * change
        for i in (2 * j - 1, 2 * j):
            factor, change = factor * (s + i) / end, (change * (s + i) + factor) / end
    return total + power * (moved - log * inner) if slope else total + power * inner


def _polygamma(n: Any, x: Any) -> Any:
    if kin(n, x) is not None and not is_complex(x):  # SciPy's function is no ufunc; these are
        higher = (-1.0) ** (n + 1) * sp.gamma(n + 1.0) * sp.zeta(n + 1.0, x)
        return np.where(as_kin(np.equal(n, 0), x), sp.psi(x), higher)
    if kin(n, x) is not None:
        raise TypeError("of complex numbers it is not made of ufuncs")
    if not is_complex(x):
        return sp.polygamma(n, x)
    x, n = np.asarray(x), np.asarray(n)
    up, total = x, 0.0
    order = np.where(n == 0, 1, n)
    for _ in range(max(0, math.ceil(-float(np.min(np.real(x), initial=0.0))))):
        total, up = total + up ** -(order + 1.0), up + 1  # the recurrence, until on the right
    higher = (-1.0) ** (order + 1) * sp.gamma(order + 1.0) * (total + hurwitz(order + 1.0, up))
    return np.where(n == 0, sp.psi(x), higher)[()]


polygamma_: Primitive = elementwise(
    lambda n, x: _polygamma(n, x),
    None,
    lambda out, n, x: polygamma_(n + 1, x),
    sample=lambda rng: ((np.array([0, 1, 2]), rng.uniform(0.5, 3.0, size=(2, 3))), {}),
)
polygamma_.name = "polygamma"


def trigamma_of(x: Any) -> Any:
    """The slope of digamma."""
    return polygamma_(1, x)


def psi(x: Any) -> Any:
    """The digamma function, by its rule."""
    return sp.psi(x)


def rgamma_slope(out: Any, x: Any) -> Any:
    """``-psi(x)/gamma(x)``, on the left by reflection: exact at the poles of gamma."""
    left = as_array(np.real(value_of(x)) < 0.5)
    right = np.where(left, 1.0, x)
    near = -psi(right) * sp.rgamma(right)
    if not some(left):
        return near
    y = np.where(left, x, 0.0)
    turn = np.cos(np.pi * y) - psi(1 - y) * np.sin(np.pi * y) / np.pi
    return np.where(left, sp.gamma(1 - y) * turn, near)


either = [positive((3, 2)), uniform(-0.9, -0.1, (3, 2)), complex_normal((3, 2))]

elementwise(sp.gamma, lambda out, x: out * psi(x), sample=either)
elementwise(sp.gammaln, lambda out, x: psi(x), sample=either[:2])
elementwise(sp.loggamma, lambda out, x: psi(x), sample=[either[0], either[2]])
elementwise(sp.rgamma, rgamma_slope, sample=either)
elementwise(sp.psi, lambda out, x: trigamma_of(x), sample=either)

# two arguments
pair = positive((3, 2), (2,))
elementwise(
    sp.beta,
    lambda out, a, b: out * (psi(a) - psi(a + b)),
    lambda out, a, b: out * (psi(b) - psi(a + b)),
    sample=pair,
)
elementwise(
    sp.betaln,
    lambda out, a, b: psi(a) - psi(a + b),
    lambda out, a, b: psi(b) - psi(a + b),
    sample=pair,
)
elementwise(
    sp.binom,
    lambda out, n, k: out * (psi(n + 1) - psi(n - k + 1)),
    lambda out, n, k: out * (psi(n - k + 1) - psi(k + 1)),
    sample=lambda rng: ((rng.uniform(3.1, 5.0, size=(3, 2)), rng.uniform(0.2, 2.8, size=2)), {}),
)
elementwise(
    sp.poch,
    lambda out, z, m: out * (psi(z + m) - psi(z)),
    lambda out, z, m: out * psi(z + m),
    sample=pair,
)

# zeta
zeta_: Primitive = elementwise(
    lambda x, q: sp.zeta(x, q),
    lambda out, x, q: hurwitz(x, q, slope=True),
    lambda out, x, q: -x * zeta_(x + 1, q),
    sample=lambda rng: ((rng.uniform(1.5, 4.0, size=(3, 2)), rng.uniform(0.5, 3.0, size=2)), {}),
)
zeta_.name = "zeta"
riemann: Primitive = elementwise(
    lambda x: sp.zeta(x),
    lambda out, x: hurwitz(x, 1.0, slope=True),
    sample=[uniform(1.5, 4.0, (3, 2)), uniform(-0.9, -0.3, (3, 2))],
)
riemann.name = "zeta"
elementwise(sp.zetac, lambda out, x: hurwitz(x, 1.0, slope=True), sample=uniform(1.5, 4.0, (3, 2)))


def polygamma(n: Any, x: Any) -> Any:
    """``scipy.special.polygamma``: the n-th derivative of digamma, at complex x too.

    Parameters
    ----------
    n : int or array of int
        A constant.
    x : array_like or Node

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> x = 1.5
    >>> bool(np.isclose(ag.grad(special.digamma)(x), special.polygamma(1, x)))
    True
    """
    return polygamma_(constant_order("scipy.special.polygamma", "n", n), x)


@mapped
def multigammaln(a: Any, d: Any) -> Any:
    """``scipy.special.multigammaln``: the log of the multivariate gamma function.

    Parameters
    ----------
    a : array_like or Node
    d : int
        The dimension, a constant.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> bool(np.isclose(special.multigammaln(ag.Node(3.0), 1).item(), np.log(2)))
    True
    """
    if np.any(value_of(a) <= 0.5 * (d - 1)):  # SciPy's own condition and message
        raise ValueError(f"condition a ({value_of(a):f}) > 0.5 * (d-1) ({0.5 * (d - 1):f}) not met")
    steps = np.arange(d) / 2
    columns = np.reshape(a, (*np.shape(value_of(a)), 1))
    return d * (d - 1) / 4 * math.log(math.pi) + np.sum(sp.gammaln(columns - steps), axis=-1)


def zeta(x: Any, q: Any = None, out: Any = None) -> Any:
    """``scipy.special.zeta``: Riemann's, or with ``q`` Hurwitz', by both arguments.

    Parameters
    ----------
    x : array_like or Node
    q : array_like or Node, optional
    out : None
        Refused for Nodes.

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> round(ag.grad(special.zeta)(2.0), 6)
    -0.937548
    """
    if out is not None:
        return sp.zeta(x, q, out)
    if q is None:
        return riemann(x)
    return zeta_(x, q)


def comb(N: Any, k: Any, *, exact: bool = False, repetition: bool = False) -> Any:
    """``scipy.special.comb``: N choose k, continued by the gamma function between whole numbers.

    Parameters
    ----------
    N, k : array_like or Node
    exact, repetition : bool
        As in SciPy; ``exact`` counts with whole numbers, of which there is no derivative.

    Returns
    -------
    Node, ndarray or number

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> special.comb(ag.Node(5.0), 2).item()
    10.0
    """
    if exact or not (holds_node(N) or holds_node(k)):
        return sp.comb(value_of(N), value_of(k), exact=exact, repetition=repetition)
    if repetition:
        return comb(N + k - 1, k)
    n, m = value_of(N), value_of(k)
    return np.where((m <= n) & (n >= 0) & (m >= 0), sp.binom(N, k), 0)


def factorial(n: Any, exact: bool = False, extend: str = "zero") -> Any:
    """``scipy.special.factorial``, continued by the gamma function.

    Parameters
    ----------
    n : array_like or Node
    exact : bool
    extend : {"zero", "complex"}
        As in SciPy.

    Returns
    -------
    Node, ndarray or number

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> special.factorial(ag.Node(4.0)).item()
    24.0
    """
    if exact or not holds_node(n):
        more = {} if extend == "zero" else {"extend": extend}  # SciPy 1.13 lacks it
        return sp.factorial(value_of(n), exact=exact, **more)
    value = sp.gamma(n + 1)
    return np.where(value_of(n) < 0, 0, value) if extend == "zero" else value
