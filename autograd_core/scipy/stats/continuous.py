"""The continuous distributions, each a few functions of its standardised variable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ..special.student import student_log_density
from .densities import Continuous

LOG_2PI = math.log(2 * math.pi)
INFINITY = math.inf

RIGHT = (0.0, INFINITY)
UNIT = (0.0, 1.0)

norm = Continuous(
    "norm",
    logpdf=lambda y: -y * y / 2 - LOG_2PI / 2,
    cdf=lambda y: sp.ndtr(y),
    sf=lambda y: sp.ndtr(-y),
    logcdf=lambda y: sp.log_ndtr(y),
    logsf=lambda y: sp.log_ndtr(-y),
    ppf=lambda q: sp.ndtri(q),
    isf=lambda q: -sp.ndtri(q),
)
t = Continuous(
    "t",
    "df",
    logpdf=lambda y, df: student_log_density(df, y),
    cdf=lambda y, df: sp.stdtr(df, y),
    sf=lambda y, df: sp.stdtr(df, -y),
    ppf=lambda q, df: sp.stdtrit(df, q),
    isf=lambda q, df: -sp.stdtrit(df, q),
)
cauchy = Continuous(
    "cauchy",
    logpdf=lambda y: -math.log(math.pi) - np.log1p(y * y),
    cdf=lambda y: np.arctan2(1.0, -y) / math.pi,
    sf=lambda y: np.arctan2(1.0, y) / math.pi,
    ppf=lambda q: -1 / np.tan(math.pi * q),
    isf=lambda q: 1 / np.tan(math.pi * q),
)
logistic = Continuous(
    "logistic",
    logpdf=lambda y: sp.log_expit(y) + sp.log_expit(-y),
    cdf=lambda y: sp.expit(y),
    sf=lambda y: sp.expit(-y),
    logcdf=lambda y: sp.log_expit(y),
    logsf=lambda y: sp.log_expit(-y),
    ppf=lambda q: sp.logit(q),
    isf=lambda q: -sp.logit(q),
)


def laplace_cdf(y: Any) -> Any:
    """Half an exponential on either side."""
    return np.where(y > 0, 1 - np.exp(-np.abs(y)) / 2, np.exp(-np.abs(y)) / 2)


laplace = Continuous(
    "laplace",
    logpdf=lambda y: -math.log(2) - np.abs(y),
    cdf=lambda y: laplace_cdf(y),
    sf=lambda y: laplace_cdf(-y),
    ppf=lambda q: np.where(q > 0.5, -np.log(2 * (1 - q)), np.log(2 * q)),
    isf=lambda q: np.where(q > 0.5, np.log(2 * (1 - q)), -np.log(2 * q)),
)
gumbel_r = Continuous(
    "gumbel_r",
    logpdf=lambda y: -y - np.exp(-y),
    cdf=lambda y: np.exp(-np.exp(-y)),
    sf=lambda y: -np.expm1(-np.exp(-y)),
    logcdf=lambda y: -np.exp(-y),
    ppf=lambda q: -np.log(-np.log(q)),
    isf=lambda q: -np.log(-np.log1p(-q)),
)
gumbel_l = Continuous(
    "gumbel_l",
    logpdf=lambda y: y - np.exp(y),
    cdf=lambda y: -np.expm1(-np.exp(y)),
    sf=lambda y: np.exp(-np.exp(y)),
    logsf=lambda y: -np.exp(y),
    ppf=lambda q: np.log(-np.log1p(-q)),
    isf=lambda q: np.log(-np.log(q)),
)

# on the right of loc
expon = Continuous(
    "expon",
    logpdf=lambda y: -y,
    cdf=lambda y: -np.expm1(-y),
    sf=lambda y: np.exp(-y),
    logsf=lambda y: -y,
    ppf=lambda q: -np.log1p(-q),
    isf=lambda q: -np.log(q),
    support=RIGHT,
)
gamma = Continuous(
    "gamma",
    "a",
    logpdf=lambda y, a: sp.xlogy(a - 1, y) - y - sp.gammaln(a),
    cdf=lambda y, a: sp.gammainc(a, y),
    sf=lambda y, a: sp.gammaincc(a, y),
    ppf=lambda q, a: sp.gammaincinv(a, q),
    isf=lambda q, a: sp.gammainccinv(a, q),
    support=RIGHT,
)
invgamma = Continuous(
    "invgamma",
    "a",
    logpdf=lambda y, a: -(a + 1) * np.log(y) - sp.gammaln(a) - 1 / y,
    cdf=lambda y, a: sp.gammaincc(a, 1 / y),
    sf=lambda y, a: sp.gammainc(a, 1 / y),
    ppf=lambda q, a: 1 / sp.gammainccinv(a, q),
    isf=lambda q, a: 1 / sp.gammaincinv(a, q),
    support=(math.nextafter(0, 1), INFINITY),
)
chi2 = Continuous(
    "chi2",
    "df",
    logpdf=lambda y, df: (
        sp.xlogy(df / 2 - 1, y) - y / 2 - sp.gammaln(df / 2) - math.log(2) * df / 2
    ),
    cdf=lambda y, df: sp.gammainc(df / 2, y / 2),
    sf=lambda y, df: sp.gammaincc(df / 2, y / 2),
    ppf=lambda q, df: 2 * sp.gammaincinv(df / 2, q),
    isf=lambda q, df: 2 * sp.gammainccinv(df / 2, q),
    support=RIGHT,
)
lognorm = Continuous(
    "lognorm",
    "s",
    logpdf=lambda y, s: -((np.log(y) / s) ** 2) / 2 - np.log(s * y) - LOG_2PI / 2,
    cdf=lambda y, s: sp.ndtr(np.log(y) / s),
    sf=lambda y, s: sp.ndtr(-np.log(y) / s),
    logcdf=lambda y, s: sp.log_ndtr(np.log(y) / s),
    logsf=lambda y, s: sp.log_ndtr(-np.log(y) / s),
    ppf=lambda q, s: np.exp(s * sp.ndtri(q)),
    isf=lambda q, s: np.exp(-s * sp.ndtri(q)),
    support=(math.nextafter(0, 1), INFINITY),
)
halfnorm = Continuous(
    "halfnorm",
    logpdf=lambda y: math.log(2 / math.pi) / 2 - y * y / 2,
    cdf=lambda y: sp.erf(y / math.sqrt(2)),
    sf=lambda y: 2 * sp.ndtr(-y),
    ppf=lambda q: sp.ndtri((1 + q) / 2),
    isf=lambda q: -sp.ndtri(q / 2),
    support=RIGHT,
)
rayleigh = Continuous(
    "rayleigh",
    logpdf=lambda y: np.log(y) - y * y / 2,
    cdf=lambda y: -np.expm1(-y * y / 2),
    sf=lambda y: np.exp(-y * y / 2),
    logsf=lambda y: -y * y / 2,
    ppf=lambda q: np.sqrt(-2 * np.log1p(-q)),
    isf=lambda q: np.sqrt(-2 * np.log(q)),
    support=RIGHT,
)
weibull_min = Continuous(
    "weibull_min",
    "c",
    logpdf=lambda y, c: np.log(c) + sp.xlogy(c - 1, y) - np.power(y, c),
    cdf=lambda y, c: -np.expm1(-np.power(y, c)),
    sf=lambda y, c: np.exp(-np.power(y, c)),
    logsf=lambda y, c: -np.power(y, c),
    ppf=lambda q, c: np.power(-np.log1p(-q), 1 / c),
    isf=lambda q, c: np.power(-np.log(q), 1 / c),
    support=RIGHT,
)
pareto = Continuous(
    "pareto",
    "b",
    logpdf=lambda y, b: np.log(b) - (b + 1) * np.log(y),
    cdf=lambda y, b: 1 - np.power(y, -b),
    sf=lambda y, b: np.power(y, -b),
    logsf=lambda y, b: -b * np.log(y),
    ppf=lambda q, b: np.power(1 - q, -1 / b),
    isf=lambda q, b: np.power(q, -1 / b),
    support=(1.0, INFINITY),
    inner=2.0,
)

# between loc and loc + scale
uniform = Continuous(
    "uniform",
    logpdf=lambda y: 0 * y,
    cdf=lambda y: y,
    ppf=lambda q: q,
    support=UNIT,
)
beta = Continuous(
    "beta",
    "a b",
    logpdf=lambda y, a, b: sp.xlog1py(b - 1, -y) + sp.xlogy(a - 1, y) - sp.betaln(a, b),
    cdf=lambda y, a, b: sp.betainc(a, b, y),
    sf=lambda y, a, b: sp.betaincc(a, b, y),
    ppf=lambda q, a, b: sp.betaincinv(a, b, q),
    isf=lambda q, a, b: sp.betainccinv(a, b, q),
    support=UNIT,
)
