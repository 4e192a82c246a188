"""The discrete distributions, each a few functions of a whole number."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special as sp

from .masses import Discrete


def probability(p: Any) -> Any:
    """Whether p is a probability."""
    return (p >= 0) & (p <= 1)


poisson = Discrete(
    "poisson",
    "mu",
    logpmf=lambda k, mu: sp.xlogy(k, mu) - sp.gammaln(k + 1) - mu,
    cdf=lambda k, mu: sp.gammaincc(k + 1, mu),
    sf=lambda k, mu: sp.gammainc(k + 1, mu),
    domain=lambda mu: mu >= 0,
)
binom = Discrete(
    "binom",
    "n p",
    logpmf=lambda k, n, p: (
        sp.gammaln(n + 1)
        - (sp.gammaln(k + 1) + sp.gammaln(n - k + 1))
        + sp.xlogy(k, p)
        + sp.xlog1py(n - k, -p)
    ),
    cdf=lambda k, n, p: sp.betaincc(k + 1, np.maximum(n - k, 1), p),
    sf=lambda k, n, p: sp.betainc(k + 1, np.maximum(n - k, 1), p),
    domain=lambda n, p: (n >= 0) & (n == np.floor(n)) & probability(p),
    end=lambda n, p: n,
    fixed="n",
)
bernoulli = Discrete(
    "bernoulli",
    "p",
    logpmf=lambda k, p: sp.xlogy(k, p) + sp.xlog1py(1 - k, -p),
    cdf=lambda k, p: 1 - p,
    sf=lambda k, p: p,
    domain=probability,
    end=lambda p: 1,
)
geom = Discrete(
    "geom",
    "p",
    logpmf=lambda k, p: sp.xlog1py(k - 1, -p) + np.log(p),
    cdf=lambda k, p: -np.expm1(k * np.log1p(-p)),
    sf=lambda k, p: np.exp(k * np.log1p(-p)),
    domain=lambda p: (p > 0) & (p <= 1),
    start=1,
)
nbinom = Discrete(
    "nbinom",
    "n p",
    logpmf=lambda k, n, p: (
        sp.gammaln(n + k) - sp.gammaln(k + 1) - sp.gammaln(n) + sp.xlogy(n, p) + sp.xlog1py(k, -p)
    ),
    cdf=lambda k, n, p: sp.betainc(n, k + 1, p),
    sf=lambda k, n, p: sp.betaincc(n, k + 1, p),
    domain=lambda n, p: (n > 0) & (p > 0) & (p <= 1),
)
