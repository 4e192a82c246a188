"""Weighted means, and the area under samples, wrt the weights and the places, too.

The plain ``mean`` is in ``reductions.py``, the weighted covariance in ``statistics.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import any_seen
from ..batching.batched import Batched
from ..errors import ArgumentError, ArgumentTypeError, ZeroWeightsError, expected
from ..node import Node, as_array, dtype_of, value_of
from ..rows import implements, newer
from .differences import part
from .gathering import as_dtype
from .reductions import MISSING, axes_of, count, mean, sum
from .shaping import astype, shape_of


def array_like(x: Any) -> Any:
    """A Node as it is, anything else as an array."""
    return x if isinstance(x, Node | Batched) else as_array(x)


@implements(np.average)
def average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """``np.average`` of Nodes, wrt the weights, too; they are divided by their sum."""
    a, keepdims = array_like(a), keepdims is not MISSING and bool(keepdims)
    if weights is None:
        result = mean(a, axis, keepdims=keepdims)
        total: Any = dtype_of(value_of(result)).type(count(a, axes_of(a, axis)))
    else:
        weights = along_axes("np.average", array_like(weights), a, axis)
        kinds = [dtype_of(value_of(x)) for x in (a, weights)]
        dtype = np.result_type(*kinds, *([] if kinds[0].kind in "fc" else [float]))
        total = sum(astype(weights, dtype), axis, keepdims=keepdims)
        if any_seen(value_of(total) == 0):
            cure = "Pass weights whose sum is not zero."
            raise ZeroWeightsError(
                expected("np.average", "weights that can be normalized", 0, cure)
            )
        result = sum(as_dtype(a, dtype) * weights, axis, keepdims=keepdims) / total
    return (result, np.broadcast_to(total, shape_of(result))) if returned else result


def along_axes(name: str, weights: Any, a: Any, axis: Any) -> Any:
    """Weights of the shape of ``a``, or one for each entry along the axes."""
    shape, got = shape_of(a), shape_of(weights)
    if got == shape:
        return weights
    axes = axes_of(a, axis)
    if axis is None:
        cure = "Say along which axis the weights lie."
        raise ArgumentTypeError(expected(f"{name}: axis", "an axis", None, cure))
    if got != tuple(shape[i] for i in axes):
        cure = "Pass one weight for each entry along the axis."
        wanted = f"shape {shape} or {tuple(shape[i] for i in axes)}"
        raise ArgumentError(expected(f"{name}: weights", wanted, got, cure))
    turned = np.transpose(weights, tuple(int(i) for i in np.argsort(axes)))
    return np.reshape(turned, [n if i in axes else 1 for i, n in enumerate(shape)])


@implements(np.trapezoid, *newer("trapz"))  # its name until NumPy 2.4
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """``np.trapezoid`` of Nodes, wrt the places, too."""
    y = array_like(y)
    (place,) = axes_of(y, axis)
    if x is None:
        step = dx
    elif len(shape_of(array_like(x))) == 1:
        step = np.diff(array_like(x))
        step = np.reshape(step, [-1 if i == place else 1 for i in range(len(shape_of(y)))])
    else:
        step = np.diff(array_like(x), axis=axis)
    return np.sum(step * (part(y, place, 1, None) + part(y, place, None, -1)) / 2.0, axis)
