"""The row of the LU decomposition without pivoting, which ``lu`` applies to rows in pivot order."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from ...batching.rules import leading
from ...ops.products import adjoint
from ...primitive import OPS, Primitive
from ...sampling import regular
from ..mapping import of_matrices
from .systems import triangular_


def _lu(a: Any) -> tuple[Any, Any]:
    """Both factors, from SciPy's with its rows where they were."""
    p, lower, upper = scipy.linalg.lu(a, check_finite=False)
    return p @ lower, upper


def lu_vjp(g: Any, out: Any, a: Any) -> Any:
    """Each factor changes with its triangle of ``l^-1 da u^-1``."""
    (g_l, g_u), (lower, upper) = g, out
    inner = np.tril(adjoint(lower) @ g_l, -1) + np.triu(g_u @ adjoint(upper))
    left = triangular_(adjoint(lower), inner, lower=False)
    return adjoint(triangular_(upper, adjoint(left), lower=False))


def lu_jvp(t: Any, out: Any, a: Any) -> Any:
    """Tangents of both factors."""
    lower, upper = out
    left = triangular_(lower, t, lower=True)
    inner = adjoint(triangular_(adjoint(upper), adjoint(left), lower=True))
    return lower @ np.tril(inner, -1), np.triu(inner) @ upper


lu_ = Primitive(
    of_matrices(_lu),
    [lu_vjp],
    [lu_jvp],
    batch=leading,
    sample=[regular((3, 3)), regular((2, 2, 2))],
    name="lu",
)
OPS.append(lu_)
