"""Matrices of which a routine reads one triangle: their symmetric part, and the triangle itself.

A Hermitian matrix is differentiated as its Hermitian part, so its gradient is Hermitian. Of any
other matrix NumPy reads a triangle and nothing else: there, and only there, it has a gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..batching.batched import Batched, inside
from ..node import Node, as_array, value_of
from .products import adjoint, conj, ndim


def symmetrised(x: Any) -> Any:
    """The Hermitian part of matrices."""
    if ndim(x) < 2 or x.shape[-1] != x.shape[-2]:
        return x  # the routine says itself that it is not square
    return 0.5 * (x + adjoint(x))


def is_hermitian(x: Any) -> bool:
    """Whether matrices are Hermitian up to rounding: all of them, mapped over or not."""
    x = value_of(inside(x))
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        return True
    scale = np.max(np.abs(x), axis=(-2, -1), keepdims=True, initial=0)
    rounding = 10 * x.shape[-1] * np.finfo(x.dtype).eps * scale
    return bool(np.all(np.abs(x - adjoint(x)) <= rounding) or not np.all(np.isfinite(x)))


def one_triangle(x: Any, uplo: str) -> Any:
    """Matrices as a routine reads them that only looks at the triangle ``uplo``."""
    x = x if isinstance(x, Node | Batched) else as_array(x)
    if x.dtype.kind not in "fc" or is_hermitian(x):
        return x
    lower = uplo.upper() == "L"
    kept, strict = (np.tril(x), np.tril(x, -1)) if lower else (np.triu(x), np.triu(x, 1))
    return kept + np.swapaxes(conj(strict), -1, -2)
