"""Reductions that leave out NaN: nansum, nanmean, nanvar and their kin; nanmax is an extreme.

A NaN has no influence, so its slope is 0, whatever the result. Where nothing is left the result is
NaN with NumPy's warning; entries that are numbers, but too few for a variance, have slope NaN.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..arrays import any_seen, reduced
from ..errors import ArgumentTypeError, expected
from ..node import dtype_of, value_of
from ..rows import implements, is_complex
from .cumulative import cumprod, cumsum
from .reductions import MISSING, common, mean, prod, selected, sum, sum_
from .shaping import astype
from .spreads import degrees, root, var


def inexact(a: Any) -> bool:
    """Whether ``a`` can hold a NaN."""
    return dtype_of(a).kind in "fc"


def filled(a: Any, number: float) -> Any:
    """``a`` with a number in place of NaN."""
    return np.where(np.isnan(value_of(a)), number, a) if inexact(a) else a


@implements(np.nansum)
def nansum(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.nansum`` of a Node: NaN counts as 0."""
    return sum(filled(a, 0), axis, dtype, out, keepdims, initial, where)


@implements(np.nanprod)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    initial: Any = MISSING,
    where: Any = MISSING,
) -> Any:
    """``np.nanprod`` of a Node: NaN counts as 1."""
    return prod(filled(a, 1), axis, dtype, out, keepdims, initial, where)


@implements(np.nancumsum)
def nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.nancumsum`` of a Node: NaN counts as 0."""
    return cumsum(filled(a, 0), axis, dtype, out)


@implements(np.nancumprod)
def nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.nancumprod`` of a Node: NaN counts as 1."""
    return cumprod(filled(a, 1), axis, dtype, out)


def refuse_whole(name: str, dtype: Any) -> None:
    """A mean of floating numbers has no place in whole ones."""
    if dtype is not None and np.dtype(dtype).kind not in "fc":
        cure = "Pass a floating dtype, or none."
        raise ArgumentTypeError(expected(f"{name}: dtype", "a floating one", dtype, cure))


def numbers(a: Any, where: Any) -> Any:
    """Which entries count: those that are numbers, and that ``where=`` lets in."""
    return selected(~np.isnan(value_of(a)), where, False)


def over(total: Any, n: Any) -> Any:
    """A total divided by how many, NaN where there are none, in the total's dtype."""
    n = np.where(n > 0, n, np.nan)
    narrow = dtype_of(total)
    return total / n if narrow.itemsize >= 8 else astype(total / n, narrow)


@implements(np.nanmean)
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = MISSING,
    *,
    where: Any = MISSING,
) -> Any:
    """``np.nanmean`` of a Node: NaN, with NumPy's warning and slope 0, where all are NaN."""
    if not inexact(a):
        return mean(a, axis, dtype, out, keepdims, where=where)
    refuse_whole("np.nanmean", dtype)
    counts = numbers(a, where)
    a, params = common("np.nanmean", a, axis, dtype, out, keepdims)
    n = reduced(np.add, counts, dtype=np.intp, **params)
    if any_seen(n == 0):
        warnings.warn("Mean of empty slice", RuntimeWarning, stacklevel=3)
    return over(sum_(np.where(counts, a, 0), **params), n)


@implements(np.nanvar)
def nanvar(
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
    """``np.nanvar`` of a Node: NaN with NumPy's warning where numbers are too few."""
    if not inexact(a):
        return var(
            a, axis, dtype, out, ddof, keepdims, where=where, mean=mean, correction=correction
        )
    refuse_whole("np.nanvar", dtype)
    lost = degrees("np.nanvar", ddof, correction)
    counts = numbers(a, where)
    a, params = common("np.nanvar", a, axis, dtype, out, keepdims)
    inner = {**params, "keepdims": True}
    if mean is MISSING:
        n = reduced(np.add, counts, dtype=np.intp, **inner)
        mean = over(sum_(np.where(counts, a, 0), **inner), n)
    deviation = np.where(counts, a - mean, 0)
    square = np.real(deviation * np.conj(deviation)) if is_complex(a) else deviation * deviation
    left = reduced(np.add, counts, dtype=np.intp, **params) - lost
    if any_seen(left <= 0):
        warnings.warn("Degrees of freedom <= 0 for slice.", RuntimeWarning, stacklevel=3)
    return over(sum_(square, **params), left)


@implements(np.nanstd)
def nanstd(
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
    """``np.nanstd`` of a Node; the slope at a constant is 0."""
    params: Any = {"where": where, "mean": mean, "correction": correction}
    return root(nanvar(a, axis, dtype, out, ddof, keepdims, **params))
