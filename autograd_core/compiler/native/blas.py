"""The BLAS that NumPy itself calls: its functions' addresses, and what they can read.

Products are then the same to the last bit as ``np.dot``'s, and there is one pool of threads.
Where NumPy's cannot be found, SciPy's is taken.
"""

from __future__ import annotations

import ctypes
import functools
import importlib
from typing import Any

import numpy as np

from .places import Place

NAMES = (("scipy_cblas_{}64_", 64), ("cblas_{}64_", 64), ("scipy_cblas_{}", 32), ("cblas_{}", 32))
FUNCTIONS = ("sgemm", "dgemm", "sgemv", "dgemv")


@functools.cache
def functions() -> tuple[dict[str, int], int]:
    """Addresses by name, and the bits of an integer there; none if there is no BLAS to be found."""
    for library in libraries():
        for pattern, bits in NAMES:
            try:
                found = {name: getattr(library, pattern.format(name)) for name in FUNCTIONS}
            except AttributeError:
                continue
            if bits == 32 and not integers_are_int(library):
                continue
            return {k: address_of(f) for k, f in found.items()}, bits
    return {}, 0


def libraries() -> Any:
    """Where NumPy's BLAS may be: what its core is linked with."""
    for name in ("numpy._core._multiarray_umath", "scipy.linalg._fblas"):
        try:
            yield ctypes.CDLL(importlib.import_module(name).__file__)
        except (ImportError, OSError):
            continue


def integers_are_int(library: Any) -> bool:
    """Whether a BLAS without a suffix takes 32-bit integers, as its interface has it."""
    config = getattr(np, "show_config", None)
    about = str(config(mode="dicts") if config else "")
    return "64_" not in about and "ilp64" not in about.lower()


def address_of(function: Any) -> int:
    """Where a C function begins."""
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def available() -> bool:
    """Whether products can be native."""
    return bool(functions()[0])


def layout(place: Place) -> tuple[bool, int] | None:
    """Of a matrix (the last two axes): whether its rows are contiguous, and the leading stride."""
    (rows, columns), (down, right) = place.shape[-2:], place.strides[-2:]
    if (right == 1 or columns == 1) and (down >= max(columns, 1) or rows == 1):
        return True, down if rows > 1 else max(columns, 1)
    if (down == 1 or rows == 1) and (right >= max(rows, 1) or columns == 1):
        return False, right if columns > 1 else max(rows, 1)
    return None


def readable(place: Place) -> bool:
    """Whether BLAS takes a matrix as it lies."""
    return layout(place) is not None
