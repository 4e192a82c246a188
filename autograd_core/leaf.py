"""What a leaf holds: the value a ``Node`` is made of, checked and converted once."""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import library_of
from .errors import ArgumentTypeError, describe, expected
from .operators import Operators


def leaf_value(value: Any, requires_grad: bool, dtype: Any) -> Any:
    """What a leaf holds for ``value``.

    A Python float or complex, or an array of a floating dtype in the machine's byte order.
    """
    if dtype is None and type(value) in (float, complex):
        return value
    if dtype is None and type(value) is int:
        return float(value)
    if isinstance(value, Operators):
        raise ArgumentTypeError(
            expected("Node", "a number or an array", repr(value), "Use it as it is, or its .value.")
        )
    plain = isinstance(value, np.ndarray | np.generic)
    if not (plain or library_of(type(value)) or hasattr(type(value), "__array_function__")):
        value = python_array(value, requires_grad)
    if dtype is not None:
        foreign = hasattr(type(value), "__array_function__") and not isinstance(value, np.ndarray)
        value = value.astype(dtype) if foreign else np.asarray(value, dtype=dtype)
    if value.dtype.kind not in "fc" and (requires_grad or value.dtype.kind not in "biu"):
        cure = (
            "Pass x.astype(float) to differentiate, or Node(x, requires_grad=False) for a constant."
        )
        raise ArgumentTypeError(
            expected("Node", "a floating or complex dtype", describe(value), cure)
        )
    return value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("="))


def python_array(value: Any, requires_grad: bool) -> Any:
    """An array from a list or another array-like; ints become float64 when a gradient is wanted."""
    array = np.asarray(value)
    if isinstance(value, list | tuple) and array.dtype.kind in "iu" and requires_grad:
        array = array.astype(float)
    return array
