"""Rows of Student's t distribution, and of SciPy's other names for the incomplete functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...node import as_array, value_of
from ...rows import elementwise, implements
from ...sampling import normal
from ...tracing import every, some
from .incomplete import betainc_slope, integral


def student_log_density(df: Any, y: Any) -> Any:
    """The logarithm of the slope of ``stdtr`` by y; the normal density at infinite df."""
    endless = as_array(np.isinf(value_of(df)))
    df = np.where(endless, 1.0, df) if some(endless) else df
    scale = sp.gammaln((df + 1) / 2) - sp.gammaln(df / 2) - np.log(df * math.pi) / 2
    density = scale - (df + 1) / 2 * np.log1p(y * y / df)
    limit = -y * y / 2 - math.log(2 * math.pi) / 2
    return np.where(endless, limit, density) if some(endless) else density


def student_by_df(df: Any, y: Any) -> Any:
    """The slope of ``stdtr`` by df: from the middle for small y, from the tail for large."""
    endless = as_array(np.isinf(value_of(df)))
    df = np.where(endless, 1.0, df) if some(endless) else df
    near = as_array(np.abs(value_of(y)) <= 1)
    slope = student_middle(df, np.where(near, y, 0.0))
    if not every(near):
        slope = np.where(near, slope, student_tail(df, np.where(near, 2.0, y)))
    return np.where(endless, 0, slope) if some(endless) else slope


def student_middle(df: Any, y: Any) -> Any:
    """The integral from 0 to y of the density's slope by df."""
    shape = np.broadcast_shapes(np.shape(df), np.shape(y))
    v = np.reshape(np.broadcast_to(df, shape), (*shape, 1))
    rate = (sp.psi((v + 1) / 2) - sp.psi(v / 2) - 1 / v) / 2

    def slope(s: Any) -> Any:
        moved = rate - np.log1p(s * s / v) / 2 + (v + 1) / 2 * s * s / (v * (v + s * s))
        return moved * np.exp(student_log_density(v, s))

    return integral(slope, np.broadcast_to(y, shape))


def student_tail(df: Any, y: Any) -> Any:
    """Through ``I_x(df/2, 1/2) / 2`` with ``x = df/(df + y**2)``, the tail beyond ``abs(y)``."""
    whole = df + y * y
    x = df / whole
    inner = betainc_slope(0, df / 2, 0.5, x) * np.sign(value_of(y)) / 4
    edge = np.exp((df / 2 - 1) * np.log(x) - sp.betaln(df / 2, 0.5)) / (whole * np.sqrt(whole))
    return -inner - y * edge / 2


def student_arguments(rng: np.random.Generator) -> Any:
    """Both sides of 1, at small and large degrees of freedom."""
    return (np.array([[0.7, 3.2], [12.0, 2.0]]), np.array([0.6, -2.3])), {}


elementwise(
    sp.stdtr,
    lambda out, df, t: student_by_df(df, t),
    lambda out, df, t: np.exp(student_log_density(df, t)),
    sample=[student_arguments, lambda rng: ((np.array(3.0), normal((3,))(rng)[0][0]), {})],
)
elementwise(
    sp.stdtrit,
    lambda out, df, p: -student_by_df(df, out) / np.exp(student_log_density(df, out)),
    lambda out, df, p: np.exp(-student_log_density(df, out)),
    sample=lambda rng: ((np.array([0.7, 3.2]), rng.uniform(0.2, 0.8, size=(3, 2))), {}),
)


@implements(sp.chdtr)
def chdtr(v: Any, x: Any) -> Any:
    """``scipy.special.chdtr`` of Nodes: the chi-square distribution function."""
    return sp.gammainc(v / 2, x / 2)


@implements(sp.chdtrc)
def chdtrc(v: Any, x: Any) -> Any:
    """``scipy.special.chdtrc`` of Nodes: what lies beyond x."""
    return sp.gammaincc(v / 2, x / 2)


@implements(sp.gdtr)
def gdtr(a: Any, b: Any, x: Any) -> Any:
    """``scipy.special.gdtr`` of Nodes: the gamma distribution function, of rate a and shape b."""
    return sp.gammainc(b, a * x)


@implements(sp.gdtrc)
def gdtrc(a: Any, b: Any, x: Any) -> Any:
    """``scipy.special.gdtrc`` of Nodes: what lies beyond x."""
    return sp.gammaincc(b, a * x)


@implements(sp.fdtr)
def fdtr(dfn: Any, dfd: Any, x: Any) -> Any:
    """``scipy.special.fdtr`` of Nodes: the F distribution function."""
    return sp.betainc(dfn / 2, dfd / 2, dfn * x / (dfd + dfn * x))


@implements(sp.fdtrc)
def fdtrc(dfn: Any, dfd: Any, x: Any) -> Any:
    """``scipy.special.fdtrc`` of Nodes: what lies beyond x."""
    return sp.betainc(dfd / 2, dfn / 2, dfd / (dfd + dfn * x))
