"""Rows of the error function and the normal distribution's functions.

Slopes are written so that they stay exact far out: no difference of two numbers that grow alike.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...node import as_array, value_of
from ...rows import elementwise, is_complex
from ...sampling import complex_normal, normal, uniform
from ...tracing import every, some

ROOT_PI, ROOT_2, ROOT_2PI = math.sqrt(math.pi), math.sqrt(2), math.sqrt(2 * math.pi)
FAR = 12.0
"""Where the asymptotic series below has every digit."""


def far_slope(x: Any, sign: int) -> Any:
    """``-sum_k (2k+1)!! (sign / 2 x**2)**k / x**2``: the slope of erfcx or dawsn far out.

    ``sign`` is -1 for erfcx sqrt(pi), 1 for 2 dawsn (DLMF 7.12.1, term by term).
    """
    ratio = sign / (2 * x * x)
    total, term = 1.0, 1.0
    for k in range(1, 11):
        term = term * ratio * (2 * k + 1)
        total = total + term
    return -total / (x * x)


def split(x: Any, near: Any, far: Any, beyond: Any) -> Any:
    """``far`` where ``beyond`` holds, ``near`` elsewhere; each sees only its own arguments."""
    beyond = as_array(beyond)
    if not some(beyond):
        return near(x)
    return np.where(beyond, far(np.where(beyond, x, FAR)), near(np.where(beyond, 0.0, x)))


def erfcx_slope(out: Any, x: Any) -> Any:
    """``2 x erfcx(x) - 2/sqrt(pi)``."""
    return split(
        x,
        lambda x: 2 * x * sp.erfcx(x) - 2 / ROOT_PI,
        lambda x: far_slope(x, -1) / ROOT_PI,
        np.real(value_of(x)) > FAR,
    )


def dawsn_slope(out: Any, x: Any) -> Any:
    """``1 - 2 x dawsn(x)``."""
    return split(
        x,
        lambda x: 1 - 2 * x * sp.dawsn(x),
        lambda x: far_slope(x, 1) / 2,
        np.abs(np.real(value_of(x))) > FAR,
    )


def hazard(x: Any) -> Any:
    """The slope of ``log_ndtr``: the normal density over its distribution function."""
    if is_complex(x):
        return np.exp(-x * x / 2 - sp.log_ndtr(x)) / ROOT_2PI
    left = value_of(x) < 0
    tail = ROOT_2 / (ROOT_PI * sp.erfcx(-np.where(left, x, 0.0) / ROOT_2))
    if every(left):
        return tail
    right = np.where(left, 0.0, x)
    return np.where(left, tail, np.exp(-right * right / 2) / (ROOT_2PI * sp.ndtr(right)))


both = [normal((3, 2)), complex_normal((3, 2))]

elementwise(sp.erf, lambda out, x: 2 / ROOT_PI * np.exp(-x * x), sample=both)
elementwise(sp.erfc, lambda out, x: -2 / ROOT_PI * np.exp(-x * x), sample=both)
elementwise(sp.erfcx, erfcx_slope, sample=[*both, uniform(13.0, 15.0, (3, 2))])
elementwise(sp.erfi, lambda out, x: 2 / ROOT_PI * np.exp(x * x), sample=both)
elementwise(sp.dawsn, dawsn_slope, sample=[*both, uniform(13.0, 15.0, (3, 2))])
elementwise(
    sp.wofz, lambda out, x: 2j / ROOT_PI - 2 * x * sp.wofz(x), sample=complex_normal((3, 2))
)
elementwise(
    sp.erfinv,
    lambda out, x: ROOT_PI / 2 * np.exp(out * out),
    sample=uniform(-0.9, 0.9, (3, 2)),
)
elementwise(
    sp.erfcinv,
    lambda out, x: -ROOT_PI / 2 * np.exp(out * out),
    sample=uniform(0.1, 1.9, (3, 2)),
)
elementwise(sp.ndtr, lambda out, x: np.exp(-x * x / 2) / ROOT_2PI, sample=both)
elementwise(sp.log_ndtr, lambda out, x: hazard(x), sample=[normal((3, 2)), uniform(-6, 4, (3, 2))])
elementwise(
    sp.ndtri,
    lambda out, x: ROOT_2PI * np.exp(out * out / 2),
    sample=uniform(0.1, 0.9, (3, 2)),
)
elementwise(
    sp.ndtri_exp,
    lambda out, x: 1 / hazard(out),
    sample=uniform(-3.0, -0.2, (3, 2)),
)
