"""The methods of every ufunc that has a rule: ``reduce``, ``accumulate``, ``reduceat``, ``outer``.

They are composed of the ufunc's own rule, one step per entry of the axis, unless they have a rule
themselves: here those of sums and products, in ``scans.py`` others. ``ufunc.at`` writes in place:
see ``writing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from ..errors import ArgumentError, OperationIndexError, expected
from ..node import as_array, value_of, values_of
from ..registry import QUERIES, RULES, rule_for, ufunc_name
from ..rows import implements
from .cumulative import cumprod, cumsum
from .reductions import MISSING, common, prod, sum, ufunc_axis
from .scans import lead, one_axis, refuse_where, single

Rule = Callable[..., Any]


def method_rule(ufunc: np.ufunc, method: str) -> Rule | None:
    """What a method of a ufunc does on a Node; None where there is no rule, or no method."""
    rule = RULES.get((ufunc, method))
    if rule is not None:
        return rule
    if rule_for(ufunc) is None or not meaningful(ufunc, method):
        return None
    if ufunc in QUERIES:
        return partial(answer, getattr(ufunc, method))
    return partial(COMPOSED[method], ufunc)


def meaningful(ufunc: np.ufunc, method: str) -> bool:
    """Whether NumPy has this method of this ufunc for floating numbers."""
    if ufunc.signature or (ufunc.nin, ufunc.nout) != (2, 1) or method not in COMPOSED:
        return False
    rest = {"outer": (np.ones(2),), "reduceat": ([0],)}.get(method, ())
    try:
        with np.errstate(all="ignore"):
            getattr(ufunc, method)(np.ones(2), *rest)
    except TypeError:
        return False
    return True


def answer(method: Rule, *args: Any, **params: Any) -> Any:
    """The plain result of a comparison's or a logical method."""
    return method(*values_of(args), **values_of(params))


# composed of the call
def outer(ufunc: np.ufunc, a: Any, b: Any, **params: Any) -> Any:
    """``ufunc.outer``: the function of every pair of entries."""
    column = np.reshape(a, np.shape(value_of(a)) + (1,) * np.ndim(value_of(b)))
    return ufunc(column, b, **params)


def entries(array: Any, axis: int) -> Iterator[Any]:
    """The slices of an array along an axis."""
    return (array[(*lead(axis), i)] for i in range(np.shape(value_of(array))[axis]))


def reduce(
    ufunc: Any,
    array: Any,
    axis: Any = 0,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = MISSING,
    where: Any = True,
) -> Any:
    """``ufunc.reduce``: one step after the other along one axis."""
    name = ufunc_name(ufunc, "reduce")
    array, params = common(name, array, ufunc_axis(array, axis), dtype, out, keepdims)
    along = single(name, params["axis"])
    start = ufunc.identity if initial is MISSING else initial
    if start is None:
        refuse_where(name, where)
    if along is None:
        return array if start is None else ufunc(start, array)
    if not np.shape(value_of(array))[along]:
        total = begun(name, start, array, along)
    else:
        total = folded(ufunc, start, array, along, where)
    return np.expand_dims(total, along) if params["keepdims"] else total


def begun(name: str, start: Any, array: Any, axis: int) -> Any:
    """The reduction of an empty axis: what it begins with."""
    if start is None:
        cure = "Pass initial=, which stands for an empty axis."
        raise ArgumentError(expected(name, "at least one entry", "an empty axis", cure))
    return sum(array, axis) + start


def folded(ufunc: Any, total: Any, array: Any, axis: int, where: Any) -> Any:
    """All slices along an axis, put together from the first to the last."""
    masks = np.moveaxis(np.broadcast_to(value_of(where), np.shape(value_of(array))), axis, 0)
    for entry, mask in zip(entries(array, axis), masks, strict=True):
        if total is None:
            total = entry
        elif mask.all():
            total = ufunc(total, entry)
        else:
            total = np.where(mask, ufunc(total, entry, where=mask), total)
    return total


def accumulate(ufunc: Any, array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """``ufunc.accumulate``: every step on the way of ``reduce``."""
    array, axis = one_axis(ufunc_name(ufunc, "accumulate"), array, axis, dtype, out)
    totals: list[Any] = []
    for entry in entries(array, axis):
        totals.append(ufunc(totals[-1], entry) if totals else entry)
    return np.stack(totals, axis=axis) if totals else array


def reduceat(
    ufunc: np.ufunc, array: Any, indices: Any, axis: Any = 0, dtype: Any = None, out: Any = None
) -> Any:
    """``ufunc.reduceat``: the reductions of runs of entries; a run without length is its first."""
    array, axis = one_axis(ufunc_name(ufunc, "reduceat"), array, axis, dtype, out)
    starts = [int(i) for i in as_array(value_of(indices))]
    length = np.shape(value_of(array))[axis]
    if not all(0 <= i < length for i in starts):
        cure = f"The axis has {length} entries."
        wanted = "indices from 0 to the last entry"
        raise OperationIndexError(expected(ufunc_name(ufunc, "reduceat"), wanted, starts, cure))
    if not starts:
        return array[(*lead(axis), slice(0))]
    run: Any = RULES.get((ufunc, "reduce")) or partial(reduce, ufunc, initial=None)
    runs = [
        run(array[(*lead(axis), slice(i, j))], axis) if i < j else array[(*lead(axis), i)]
        for i, j in zip(starts, [*starts[1:], length], strict=True)
    ]
    return np.stack(runs, axis=axis)


COMPOSED: dict[str, Rule] = {
    "reduce": reduce,
    "accumulate": accumulate,
    "reduceat": reduceat,
    "outer": outer,
}


# sums and products
@implements((np.add, "reduce"))
def add_reduce(array: Any, axis: Any = 0, *args: Any, **params: Any) -> Any:
    """``np.add.reduce`` of a Node."""
    return sum(array, axis, *args, **params)


@implements((np.multiply, "reduce"))
def multiply_reduce(array: Any, axis: Any = 0, *args: Any, **params: Any) -> Any:
    """``np.multiply.reduce`` of a Node."""
    return prod(array, axis, *args, **params)


@implements((np.add, "accumulate"))
def add_accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """``np.add.accumulate`` of a Node."""
    return cumsum(array, axis, dtype, out)


@implements((np.multiply, "accumulate"))
def multiply_accumulate(array: Any, axis: Any = 0, dtype: Any = None, out: Any = None) -> Any:
    """``np.multiply.accumulate`` of a Node."""
    return cumprod(array, axis, dtype, out)
