"""Histograms: linear in their weights; their edges follow the smallest and largest entry.

Counts are step functions of the data and come as plain arrays, unless a density divides them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..batching.batched import Batched
from ..errors import ArgumentError, expected
from ..node import Node, as_array, dtype_of, value_of, values_of
from ..rows import implements
from .gathering import as_dtype, put_at
from .shaping import astype, shape_of


@implements(np.bincount)
def bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> Any:
    """``np.bincount`` of weights that are a Node, in float64 as in NumPy."""
    x = value_of(x)
    if type(x) is Batched and np.size(x):
        size = max(int(np.max(x)) + 1, minlength)  # the same for all examples, or one by one
        if weights is None:
            return put_at(np.ones(x.shape, int), x, (size,))
        return summed(x, weights, size, float)
    counts = np.bincount(x, minlength=minlength)
    if weights is None or not np.size(x):
        return counts
    return summed(x, weights, counts.size, float)


def summed(places: Any, weights: Any, size: int, dtype: Any = None) -> Any:
    """The weights of every bin added up, those at -1 left out, in at least float64."""
    places = as_array(places).astype(np.intp, copy=False)
    kind = dtype_of(value_of(weights))
    weights = as_dtype(weights, np.result_type(kind, np.float64) if dtype is None else dtype)
    if shape_of(weights) != places.shape:
        cure = "Pass one weight for every entry."
        raise ArgumentError(
            expected("Weights of a histogram", f"shape {places.shape}", shape_of(weights), cure)
        )
    total = put_at(weights, places, (size,))
    return astype(total, kind) if dtype is None else total


@implements(np.histogram_bin_edges)
def histogram_bin_edges(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """``np.histogram_bin_edges`` of a Node: they follow its smallest and its largest entry."""
    if type(value_of(a)) is Batched and not isinstance(bins, str) and np.size(a):
        zeros = np.zeros(a.shape, a.dtype)
        plain = np.histogram_bin_edges(zeros, bins, None if range is None else values_of(range))
    else:
        plain = np.histogram_bin_edges(*values_of([a, bins, range, weights]))
    if np.ndim(value_of(bins)) == 1:
        return bins if isinstance(bins, Node) else plain
    ends = range
    if range is None:
        if not isinstance(a, Node | Batched) or not np.size(a):
            return plain
        ends = np.min(a), np.max(a)
    if value_of(ends[0]) == value_of(ends[1]):
        ends = ends[0] - 0.5, ends[1] + 0.5
    if not any(isinstance(end, Node | Batched) for end in ends):
        return plain
    return as_dtype(np.linspace(ends[0], ends[1], plain.size), plain.dtype)


def bins_of(a: Any, edges: Any) -> Any:
    """The number of every entry's bin, -1 outside; the last bin has its right edge, too."""
    last = len(edges) - 2
    number = np.where(a == edges[-1], last, np.searchsorted(edges, a, side="right") - 1)
    return np.where(number > last, -1, number)


@implements(np.histogram)
def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """``np.histogram`` of Nodes, linear in the weights."""
    if weights is not None and shape_of(weights) != shape_of(a):
        cure = "Pass one weight for every entry."
        got = shape_of(weights)
        raise ArgumentError(expected("histogram: weights", f"shape {shape_of(a)}", got, cure))
    edges = histogram_bin_edges(a, bins, range, weights)
    plain = value_of(edges)
    numbers = bins_of(np.ravel(value_of(a)), plain)
    if weights is None:
        counts = put_at(np.ones(numbers.shape, int), numbers, (plain.size - 1,))
    else:
        counts = summed(numbers, np.ravel(weights), plain.size - 1)
    if density:
        counts = counts / as_dtype(np.diff(edges), float) / np.sum(counts)
    return counts, edges


@implements(np.histogramdd)
def histogramdd(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """``np.histogramdd`` of Nodes, linear in the weights."""
    columns = columns_of(sample)
    each = [bins] * len(columns) if single(bins) else bins
    ranges = [None] * len(columns) if range is None else range
    for name, given in (("bins", each), ("range", ranges)):
        if len(given) != len(columns):
            cure = "Pass one for every dimension of the sample."
            wanted = f"{len(columns)} entries"
            raise ArgumentError(expected(f"histogramdd: {name}", wanted, len(given), cure))
    edges = [
        histogram_bin_edges(column, b, r)
        for column, b, r in zip(columns, each, ranges, strict=True)
    ]
    shape = tuple(shape_of(e)[0] - 1 for e in edges)
    numbers = [bins_of(*values_of([x, e])) for x, e in zip(columns, edges, strict=True)]
    places: Any = 0
    inside: Any = True
    for k, n in zip(numbers, shape, strict=True):
        places, inside = places * n + k, inside & (k >= 0)
    places = np.where(inside, places, -1)
    ones = np.ones(places.shape) if weights is None else weights
    counts = np.reshape(summed(places, ones, int(np.prod(shape)), float), shape)
    return (divided(counts, edges) if density else counts), edges


def columns_of(sample: Any) -> list[Any]:
    """The coordinates of a sample: columns of a matrix, or given one by one."""
    if hasattr(sample, "ndim"):
        if sample.ndim == 2:
            return [sample[:, i] for i in np.arange(sample.shape[1])]
        return [np.ravel(sample)]
    rows = [sample] if np.ndim(value_of(sample[0])) == 0 else list(sample)
    dtype = np.result_type(*(as_array(value_of(x)) for x in rows))
    return [as_dtype(x, dtype) for x in rows]


def single(bins: Any) -> bool:
    """Whether one number of bins is for every dimension."""
    return not isinstance(bins, list | tuple) and np.ndim(value_of(bins)) == 0


def divided(counts: Any, edges: Sequence[Any]) -> Any:
    """Counts as a density over bins of these edges."""
    total = np.sum(counts)
    for axis, edge in enumerate(edges):
        shape = [-1 if i == axis else 1 for i in range(len(edges))]
        counts = counts / np.reshape(np.diff(edge), shape)
    return counts / total


@implements(np.histogram2d)
def histogram2d(
    x: Any, y: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    """``np.histogram2d`` of Nodes, linear in the weights."""
    if shape_of(x) != shape_of(y):
        cure = "Pass a pair of coordinates for every point."
        raise ArgumentError(expected("histogram2d: y", f"shape {shape_of(x)}", shape_of(y), cure))
    each = [bins, bins] if single(bins) or len(bins) != 2 else list(bins)
    counts, edges = histogramdd([x, y], each, range, density, weights)
    return counts, edges[0], edges[1]
