"""Sorting and sets: entries in the order of their values, which is itself plain.

The derivative goes along with each entry; equal entries keep their order. ``argsort`` and the like
answer with plain arrays: see ``queries.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..batching.batched import Batched
from ..errors import unsupported
from ..node import as_array, value_of, values_of
from ..rows import implements
from .gathering import gathered_at
from .shaping import astype, axis_of, shape_of


def ordered(a: Any, order: Any, axis: int) -> Any:
    """The entries of ``a`` in an order along an axis."""
    labels = np.arange(np.size(order), dtype=np.intp).reshape(np.shape(order))
    return gathered_at(a, np.take_along_axis(labels, order, axis))


def along(a: Any, axis: Any) -> tuple[Any, int]:
    """``a`` flattened where ``axis`` is None, and the axis."""
    return (np.ravel(a), 0) if axis is None else (a, axis_of(a, axis))


def refuse_fields(name: str, order: Any) -> None:
    """``order=`` names fields of structured arrays, which Nodes cannot be."""
    if order is not None:
        raise unsupported(name, "order", order, "Leave it out: a Node has no fields.")


@implements(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """``np.sort`` of a Node; every kind is as good as the stable one, which is used."""
    refuse_fields("np.sort", order)
    a, axis = along(a, axis)
    np.sort(np.zeros(0), kind=kind, stable=stable)  # NumPy's own messages
    return ordered(a, np.argsort(as_array(value_of(a)), axis=axis, kind="stable"), axis)


@implements(np.partition)
def partition(
    a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect", order: Any = None
) -> Any:
    """``np.partition`` of a Node."""
    refuse_fields("np.partition", order)
    a, axis = along(a, axis)
    return ordered(a, np.argpartition(as_array(value_of(a)), kth, axis, kind=kind), axis)


@implements(np.sort_complex)
def sort_complex(a: Any) -> Any:
    """``np.sort_complex`` of a Node."""
    return astype(sort(a), np.sort_complex(np.zeros(1, a.dtype)).dtype)


# sets
@implements(np.unique)
def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: Any = None,
    **params: Any,
) -> Any:
    """``np.unique`` of a Node: of equal entries the first one carries the derivative."""
    plain = as_array(value_of(ar))
    if type(plain) is Batched and axis is None:
        index, inverse, numbers = distinct(plain, params.get("equal_nan", True))
        facts = [(return_index, index), (return_inverse, inverse), (return_counts, numbers)]
        rest = [fact for wanted, fact in facts if wanted]
        return (np.take(ar, index), *rest) if rest else np.take(ar, index)
    asked = {"return_inverse": return_inverse, "return_counts": return_counts, **params}
    _, index, *more = np.unique(plain, return_index=True, axis=axis, **asked)
    values = np.take(ar, index, axis)
    rest = ([index] if return_index else []) + more
    return (values, *rest) if rest else values


def distinct(x: Any, equal_nan: bool) -> tuple[Any, Any, Any]:
    """Where in an array each of its values occurs first, the value of each entry, and how often.

    By what maps over examples, which must have as many values each.
    """
    flat = np.ravel(x)
    order = np.argsort(flat, kind="stable")
    ordered = np.take_along_axis(flat, order, 0)
    first = ordered[1:] != ordered[:-1]
    if equal_nan and x.dtype.kind in "fc":
        first = first & ~(np.isnan(ordered[1:]) & np.isnan(ordered[:-1]))
    first = np.concatenate([np.ones(min(x.size, 1), bool), first])
    starts = np.flatnonzero(first)
    which = np.take_along_axis(np.cumsum(first) - 1, np.argsort(order), 0)
    ends = np.concatenate([starts[1:], np.full(min(x.size, 1), x.size)])
    return np.take_along_axis(order, starts, 0), np.reshape(which, x.shape), ends - starts


def firsts(x: Any) -> Any:
    """The distinct entries in order, NaNs all distinct."""
    plain = as_array(value_of(x))
    if type(plain) is Batched:
        return np.take(x, distinct(plain, False)[0])
    _, index = np.unique(plain, return_index=True, equal_nan=False)
    return np.take(x, index)


@implements(np.unique_values)
def unique_values(x: Any) -> Any:
    """``np.unique_values`` of a Node, in order."""
    return firsts(x)


def with_values(function: Any) -> Any:
    """A function of the array API that answers with distinct values and plain facts on them."""

    def rule(x: Any) -> Any:
        plain = as_array(value_of(x))
        if type(plain) is not Batched:
            return function(plain)._replace(values=firsts(x))
        index, inverse, numbers = distinct(plain, False)
        facts = {"indices": index, "inverse_indices": inverse, "counts": numbers}
        kind = type(function(np.zeros(1)))
        return kind(*(facts.get(field, np.take(x, index)) for field in kind._fields))

    rule.__name__ = function.__name__
    return rule


function: Any
for function in (np.unique_all, np.unique_counts, np.unique_inverse):
    implements(function)(with_values(function))


@implements(np.union1d)
def union1d(ar1: Any, ar2: Any) -> Any:
    """``np.union1d`` of Nodes: what is in both carries the derivative of the first."""
    return unique(np.concatenate((ar1, ar2), axis=None))


@implements(np.intersect1d)
def intersect1d(
    ar1: Any, ar2: Any, assume_unique: bool = False, return_indices: bool = False
) -> Any:
    """``np.intersect1d`` of Nodes: what is in both carries half the derivative of either."""
    x, y = (as_array(value_of(a)) for a in (ar1, ar2))
    _, i, j = np.intersect1d(x, y, assume_unique, return_indices=True)
    both = np.maximum(np.take(ar1, i), np.take(ar2, j))
    return (both, i, j) if return_indices else both


@implements(np.setdiff1d)
def setdiff1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """``np.setdiff1d`` of Nodes."""
    left = np.ravel(ar1) if assume_unique else unique(ar1)
    kept = np.isin(value_of(left), values_of(ar2), assume_unique=True, invert=True)
    return left[kept]


@implements(np.setxor1d)
def setxor1d(ar1: Any, ar2: Any, assume_unique: bool = False) -> Any:
    """``np.setxor1d`` of Nodes."""
    parts = (ar1, ar2) if assume_unique else (unique(ar1), unique(ar2))
    both = sort(np.concatenate(parts, axis=None))
    value = value_of(both)
    if not shape_of(both)[0]:
        return both
    ends = np.concatenate(([True], value[1:] != value[:-1], [True]))
    return both[ends[1:] & ends[:-1]]
