"""Medians, quantiles and percentiles by NumPy's thirteen methods, wrt ``q`` where it moves them.

Entries are gathered at their places in the sorted order (equal ones in the order they stand in) and
interpolated by plain arithmetic. With ``nan…`` NaN entries have no part, and slope 0.
"""

from __future__ import annotations

import math
import warnings
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError, expected, unsupported
from ..node import Node, as_array, dtype_of, value_of
from ..rows import implements, is_complex
from .averages import along_axes, array_like
from .gathering import gathered_at
from .nan_functions import inexact, nanmean
from .quantile_methods import CONTINUOUS, DISCRETE, HALVING
from .reductions import MISSING, axes_of, mean
from .shaping import astype, refuse_out, shape_of


class Slices(NamedTuple):
    """The entries of every slice, in the order of their values."""

    array: Any
    labels: Any  # of the sorted entries in the array, (length of a slice, *kept axes)
    ranks: Any  # of each entry in its slice, laid out like them
    numbers: Any  # how many entries of each slice count
    last: Any  # which slices answer with their last entry, a NaN
    shape: tuple[int, ...]  # of a result that keeps its axes

    def at(self, places: Any) -> Any:
        """The entries at places, ``(..., *kept axes)``; 0 where a slice has none."""
        length, *kept = self.labels.shape
        top = np.where(self.last, length, self.numbers) - 1
        places = np.where(self.last, top, np.clip(places, 0, np.maximum(top, 0))).astype(np.intp)
        flat = places.reshape(math.prod(places.shape[: places.ndim - len(kept)]), *kept)
        found = np.take_along_axis(self.labels, flat, 0).reshape(places.shape)
        return gathered_at(self.array, np.where(top < 0, -1, found))

    def shaped(self, result: Any, lead: tuple[int, ...], keepdims: Any) -> Any:
        """A result as the caller wants it: NaN where nothing counts, with the reduced axes."""
        if np.any(empty := (self.numbers == 0) & ~self.last):
            warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=5)
            result = np.where(empty, np.nan, result)
        kept = keepdims is not MISSING and keepdims
        return np.reshape(result, (*lead, *self.shape)) if kept else result


def sliced(a: Any, axis: Any, skip_nan: bool) -> Slices:
    """The slices of ``a`` along axes."""
    axes, shape = axes_of(a, axis), shape_of(a)
    rows = in_rows(as_array(value_of(a)), axes)
    order = np.argsort(rows, axis=0, kind="stable")
    labels = in_rows(np.arange(rows.size, dtype=np.intp).reshape(shape), axes)
    nans = np.isnan(rows) if inexact(a) else np.zeros(rows.shape, bool)
    length = len(rows)
    some = np.any(nans, axis=0)
    return Slices(
        a,
        np.take_along_axis(labels, order, 0),
        np.argsort(order, axis=0),
        length - np.sum(nans, axis=0) if skip_nan else np.full(some.shape, length),
        np.zeros(some.shape, bool) if skip_nan else some,
        tuple(1 if i in axes else n for i, n in enumerate(shape)),
    )


def in_rows(x: Any, axes: tuple[int, ...]) -> Any:
    """An array with the axes to reduce merged into the first."""
    kept = [i for i in range(x.ndim) if i not in axes]
    lengths = [x.shape[i] for i in kept]
    length = math.prod(x.shape[i] for i in axes)
    return np.transpose(x, [*axes, *kept]).reshape(length, *lengths)


def median_of(name: str, a: Any, axis: Any, out: Any, keepdims: Any, skip_nan: bool) -> Any:
    """The middle entry, or the mean of the two in the middle."""
    refuse_out(name, out)
    slices = sliced(a, axis, skip_nan)
    if not len(slices.labels) or (skip_nan and not slices.labels.size):
        return (nanmean if skip_nan else mean)(a, axis, keepdims=keepdims)
    n = slices.numbers
    middle = slices.at(np.stack([(n - 1) // 2, n // 2]))
    return slices.shaped(np.mean(middle, axis=0), (), keepdims)


@implements(np.median)
def median(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    """``np.median`` of a Node; the two entries in the middle of an even number share halves."""
    return median_of("np.median", a, axis, out, keepdims, False)


@implements(np.nanmedian)
def nanmedian(
    a: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    keepdims: Any = MISSING,
) -> Any:
    """``np.nanmedian`` of a Node; where all are NaN the result is NaN and the slope 0."""
    return median_of("np.nanmedian", a, axis, out, keepdims, True)


def quantile_of(
    name: str, a: Any, q: Any, weak: bool, axis: Any, method: str, keepdims: Any, weights: Any
) -> Any:
    """A quantile by any method; ``weak``: ``q`` is a Python number, which widens no dtype."""
    skip_nan = name.startswith("np.nan")
    a, q = array_like(a), array_like(q)
    check(name, a, q, method, weights)
    if skip_nan and not np.size(value_of(a)):
        return nanmean(a, axis, keepdims=keepdims)
    slices = sliced(a, axis, skip_nan)
    lead = shape_of(q)
    columns = np.reshape(q, (*lead, *(1,) * (slices.labels.ndim - 1)))
    if weights is not None:
        result = slices.at(weighted(name, slices, value_of(q), weights, axis, skip_nan))
    else:
        result = placed(slices, columns, method, weak)
    return slices.shaped(result, lead, keepdims)


def check(name: str, a: Any, q: Any, method: str, weights: Any) -> None:
    """Refuse what NumPy refuses, and a gradient wrt ``q`` where the method jumps."""
    value = value_of(q)
    if is_complex(a):
        cure = "Pass its real or imaginary part."
        raise ArgumentTypeError(expected(f"{name}: a", "real numbers", "complex ones", cure))
    if np.ndim(value) > 2 or not np.all((value >= 0) & (value <= 1)):
        whole = "100" if "percentile" in name else "1"
        cure = "Pass a number, or an array of at most two axes."
        raise ArgumentError(expected(f"{name}: q", f"numbers from 0 to {whole}", "others", cure))
    if method not in {"linear", *CONTINUOUS, *DISCRETE, *HALVING}:
        known = ", ".join(["linear", *CONTINUOUS, *DISCRETE, *HALVING])
        raise unsupported(name, "method", method, f"Use one of {known}.")
    if weights is not None and method != "inverted_cdf":
        raise unsupported(name, "weights", "...", 'Pass method="inverted_cdf" as NumPy asks, too.')
    jumps = method in DISCRETE or method in HALVING
    for what, x in (("q", q if jumps else None), ("weights", weights)):
        if isinstance(x, Node) and x.requires_grad:
            cure = f"The result jumps with {what}: pass its value, or for q a continuous method."
            raise ArgumentTypeError(
                expected(f"{name}: {what}", f"plain numbers for method={method!r}", x, cure)
            )


def placed(slices: Slices, q: Any, method: str, weak: bool) -> Any:
    """The quantile at NumPy's place for a method, between the entries beside it."""
    value, n = value_of(q), slices.numbers
    n = n.astype(value.dtype) if value.dtype.kind == "f" else n
    if method in DISCRETE:
        return slices.at(DISCRETE[method](n, value))
    if method in HALVING:
        place, share = HALVING[method](n, value)
    elif method == "linear":
        place = (n - 1) * q
        share = place - np.floor(value_of(place))
        if value_of(place).dtype.kind != "f":  # q is 0 or 1
            return slices.at(place)
    else:
        alpha, beta = CONTINUOUS[method]
        place = n * q + (alpha + q * (1 - alpha - beta)) - 1
        share = place - np.floor(value_of(place))
    place = value_of(place)
    low = np.floor(place)
    high = np.where(place < 0, 0, low + 1)
    return between(slices.at(low), slices.at(high), share, weak)


def between(x: Any, y: Any, share: Any, weak: bool) -> Any:
    """Linear interpolation, from the nearer end as NumPy does it."""
    rest = 1 - share
    late = value_of(share) >= 0.5
    if weak and inexact(x):
        share, rest = astype(share, dtype_of(x)), astype(rest, dtype_of(x))
    step = y - x
    return np.where(late, y - step * rest, x + step * share)


def weighted(name: str, slices: Slices, q: Any, weights: Any, axis: Any, skip_nan: bool) -> Any:
    """The places of weighted quantiles: NumPy's own quantiles of the ranks."""
    a = slices.array
    weights = np.asarray(value_of(along_axes(name, array_like(weights), a, axis)), float)
    if np.any(weights < 0):
        cure = "Pass how often each entry counts."
        raise ArgumentError(expected(f"{name}: weights", "none negative", "some", cure))
    rows = in_rows(np.broadcast_to(weights, shape_of(a)), axes_of(a, axis))
    ranks = np.where(slices.ranks < slices.numbers, slices.ranks, np.nan)
    some = np.where(slices.numbers == 0, 0, ranks)  # the caller warns of those that have none
    quantile = np.nanquantile if skip_nan else np.quantile
    return quantile(some, q, axis=0, method="inverted_cdf", weights=rows)


@implements(np.quantile)
def quantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """``np.quantile`` of Nodes, wrt ``q``, too, by the methods that are continuous in it."""
    refuse_out("np.quantile", out)
    weak = type(value_of(q)) in (int, float)
    return quantile_of("np.quantile", a, q, weak, axis, method, keepdims, weights)


@implements(np.nanquantile)
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = MISSING,
    *,
    weights: Any = None,
) -> Any:
    """``np.nanquantile`` of Nodes; where all are NaN the result is NaN and the slope 0."""
    refuse_out("np.nanquantile", out)
    weak = type(value_of(q)) in (int, float)
    return quantile_of("np.nanquantile", a, q, weak, axis, method, keepdims, weights)


@implements(np.percentile)
def percentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = False,
    *,
    weights: Any = None,
) -> Any:
    """``np.percentile`` of Nodes: the quantile at ``q / 100``."""
    refuse_out("np.percentile", out)
    weak, q = type(value_of(q)) in (int, float), np.true_divide(array_like(q), 100)
    return quantile_of("np.percentile", a, q, weak, axis, method, keepdims, weights)


@implements(np.nanpercentile)
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: bool = False,
    method: str = "linear",
    keepdims: Any = MISSING,
    *,
    weights: Any = None,
) -> Any:
    """``np.nanpercentile`` of Nodes: the quantile at ``q / 100``."""
    refuse_out("np.nanpercentile", out)
    weak, q = type(value_of(q)) in (int, float), np.true_divide(array_like(q), 100)
    return quantile_of("np.nanpercentile", a, q, weak, axis, method, keepdims, weights)
