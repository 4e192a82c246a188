"""Rows of the functions near the elementary ones: powers, Box-Cox transforms, degrees."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import special as sp

from ...arrays import kin
from ...node import as_array, value_of
from ...primitive import Primitive
from ...rows import elementwise
from ...sampling import positive, uniform
from ...tracing import some

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180

small = uniform(-0.4, 0.4, (3, 2))

elementwise(sp.exp2, lambda out, x: LN2 * out)
elementwise(sp.exp10, lambda out, x: LN10 * out)
elementwise(sp.expm1, lambda out, x: np.exp(x))
elementwise(sp.log1p, lambda out, x: 1 / (1 + x), sample=positive((3, 2)))
elementwise(sp.cbrt, lambda out, x: 1 / (3 * out * out), sample=positive((3, 2)))
elementwise(sp.cosm1, lambda out, x: -np.sin(x))
elementwise(sp.sindg, lambda out, x: DEGREE * sp.cosdg(x))
elementwise(sp.cosdg, lambda out, x: -DEGREE * sp.sindg(x))
elementwise(sp.tandg, lambda out, x: DEGREE * (1 + out * out))
elementwise(sp.cotdg, lambda out, x: -DEGREE * (1 + out * out), sample=uniform(20, 70, (3, 2)))
elementwise(
    sp.powm1,
    lambda out, x, y: y * np.power(x, y - 1),
    lambda out, x, y: np.power(x, y) * np.log(x),
    sample=positive((3, 2), (2,)),
)
elementwise(sp.wrightomega, lambda out, x: out / (1 + out), sample=uniform(-2, 2, (3, 2)))


def _lambertw(z: Any, k: Any) -> Any:
    if kin(z, k) is not None:
        raise TypeError("SciPy's makes NumPy arrays of them")
    return sp.lambertw(z, k)


lambertw_: Primitive = elementwise(
    lambda z, k: _lambertw(z, k),
    lambda out, z, k: np.exp(-out) / (1 + out),
    None,
    sample=lambda rng: ((rng.uniform(0.5, 2.0, (3, 2)) + 0.3j, np.array([0, 1])), {}),
)
lambertw_.name = "lambertw"


def exprel_slope(x: Any) -> Any:
    """The slope of ``(exp(x) - 1)/x``, by its Taylor series near zero."""
    near = as_array(np.abs(value_of(x)) < 1)
    away = np.where(near, 2.0, x) if some(near) else x
    far = (np.exp(away) - sp.exprel(away)) / away
    if not some(near):
        return far
    u = np.where(near, x, 0.0)
    series: Any = 0.0
    for k in range(18, -1, -1):
        series = series * u + (k + 1) / math.factorial(k + 2)
    return np.where(near, series, far)


elementwise(sp.exprel, lambda out, x: exprel_slope(x), sample=[small, uniform(1.5, 3, (3, 2))])


def boxcox_by_exponent(log: Any, exponent: Any) -> Any:
    """The slope of ``(x**exponent - 1)/exponent`` by the exponent, through 0."""
    return log * log * exprel_slope(exponent * log)


elementwise(
    sp.boxcox,
    lambda out, x, k: np.power(x, k - 1),
    lambda out, x, k: boxcox_by_exponent(np.log(x), k),
    sample=positive((3, 2), (2,)),
)
elementwise(
    sp.boxcox1p,
    lambda out, x, k: np.power(1 + x, k - 1),
    lambda out, x, k: boxcox_by_exponent(np.log1p(x), k),
    sample=positive((3, 2), (2,)),
)
elementwise(
    sp.inv_boxcox,
    lambda out, y, k: np.power(out, 1 - k),
    lambda out, y, k: -boxcox_by_exponent(np.log(out), k) * np.power(out, 1 - k),
    sample=positive((3, 2), (2,)),
)
elementwise(
    sp.inv_boxcox1p,
    lambda out, y, k: np.power(1 + out, 1 - k),
    lambda out, y, k: -boxcox_by_exponent(np.log1p(out), k) * np.power(1 + out, 1 - k),
    sample=positive((3, 2), (2,)),
)


def lambertw(z: Any, k: Any = 0, tol: float = 1e-8) -> Any:
    """``scipy.special.lambertw``: the inverse of ``w exp(w)``, complex.

    Parameters
    ----------
    z : array_like or Node
    k : int
        The branch, a constant.
    tol : float

    Returns
    -------
    Node or ndarray, complex

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> special.lambertw(ag.Node(np.e)).item()
    (1+0j)
    """
    return lambertw_(z, k) if tol == 1e-8 else sp.lambertw(z, k, tol)
