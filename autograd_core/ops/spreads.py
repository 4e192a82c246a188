"""Variance and standard deviation, composed of the sums in ``reductions.py``.

One row is here: a square root whose slope at 0 is 0, so that the spread of a constant has slope 0.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..arrays import any_seen
from ..batching.rules import leading
from ..errors import ArgumentError, expected
from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex
from ..tracing import some
from .kinks import settled, slope_ratio
from .reductions import MISSING, common, count, counted, expanded, holomorphic, selected, sum_
from .shaping import astype


def degrees(name: str, ddof: Any, correction: Any) -> Any:
    """What is taken off the number of entries, by either of its names."""
    if correction is MISSING:
        return ddof
    if ddof != 0:
        raise ArgumentError(expected(name, "ddof or correction", "both", "Leave one out."))
    return correction


@implements(np.var)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = MISSING,
    *,
    where: Any = MISSING,
    mean: Any = MISSING,
    correction: Any = MISSING,
) -> Any:
    """``np.var`` of a Node."""
    return squared_spread("np.var", a, axis, dtype, out, ddof, keepdims, where, mean, correction)


def squared_spread(
    name: str,
    a: Any,
    axis: Any,
    dtype: Any,
    out: Any,
    ddof: Any,
    keepdims: Any,
    where: Any,
    mean: Any,
    correction: Any,
) -> Any:
    """The variance, with every keyword of NumPy's."""
    if dtype is None and getattr(value_of(a), "dtype", None) == np.float16:
        # NumPy sums in float32, too
        return astype(
            squared_spread(name, a, axis, np.float32, out, ddof, keepdims, where, mean, correction),
            np.float16,
        )
    a, params = common(name, a, axis, dtype, out, keepdims)
    ddof = degrees(name, ddof, correction)
    inner = {"axis": params["axis"], "keepdims": True}
    whole = where is True or where is MISSING
    n = count(a, params["axis"]) if whole else counted(a, where, params)
    if mean is MISSING:
        mean = sum_(selected(a, where, 0), **inner) / (n if whole else counted(a, where, inner))
    deviation = selected(a - mean, where, 0)
    square = np.real(deviation * np.conj(deviation)) if is_complex(a) else deviation * deviation
    left = n - ddof
    if left <= 0 if whole else any_seen(left <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
    if dtype is not None:
        square = astype(square, dtype)
    return sum_(square, **params) / (left * (left > 0))  # a Python number for the whole array: weak


root = Primitive(
    lambda x: np.sqrt(x),
    [lambda g, out, x: root_vjp(g, out, x)],
    [lambda t, out, x: t * half_inverse(out)],
    batch=leading,
    sample=lambda rng: ((rng.uniform(0.5, 2.0, size=3),), {}),
    name="sqrt",
    bends=True,
)
"""The square root of a sum of squares.

Its slope is 0 at 0, the minimum-norm subgradient of the norm.
"""
OPS.append(root)


def lengthened(g: Any, out: Any, x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """``g x / out``, the vjp of a length; at 0 its limit, where the graph tells it, or 0."""
    ratio, lost, rough = slope_ratio(g, out, x)
    c = expanded(ratio, x, axis, keepdims) * x
    if not some(lost | rough):
        return c
    g, lost, rough = (expanded(y, x, axis, keepdims) for y in (g, lost, rough))
    return settled(c, g, x, lost, rough)


def root_vjp(g: Any, out: Any, x: Any) -> Any:
    """``g / (2 out)``; at 0 its limit, where the graph tells it, or 0."""
    ratio, lost, rough = slope_ratio(g, holomorphic(out), x)
    return settled(0.5 * ratio, g, x, lost, rough)


def half_inverse(out: Any) -> Any:
    """``1 / (2 out)``, 0 at 0."""
    zero = value_of(out) == 0
    return np.where(zero, 0, 0.5 / np.where(zero, 1, out)) if some(zero) else 0.5 / out


@implements(np.std)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = MISSING,
    *,
    where: Any = MISSING,
    mean: Any = MISSING,
    correction: Any = MISSING,
) -> Any:
    """``np.std`` of a Node; the slope at a constant is 0."""
    return root(
        squared_spread("np.std", a, axis, dtype, out, ddof, keepdims, where, mean, correction)
    )
