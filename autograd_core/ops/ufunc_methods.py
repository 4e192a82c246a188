"""The methods of NumPy's ufuncs: ``reduce``, ``accumulate``, ``outer`` and ``reduceat``.

Each is composed of rows that stand elsewhere. ``ufunc.at`` writes in place: see ``writing.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import unsupported
from ..node import value_of
from ..registry import RULES
from ..rows import implements
from .cumulative import cumprod, cumsum
from .extremes import max, min
from .reductions import prod, sum


def reduce(reduction: Callable[..., Any]) -> Callable[..., Any]:
    """``ufunc.reduce``: the reduction along one axis."""
    return lambda array, axis=0, *args, **params: reduction(array, axis, *args, **params)


def accumulate(cumulative: Callable[..., Any]) -> Callable[..., Any]:
    """``ufunc.accumulate`` by the cumulative function."""
    return lambda array, axis=0, dtype=None, out=None: cumulative(array, axis, dtype, out)


def reduceat(reduction: Callable[..., Any]) -> Callable[..., Any]:
    """``ufunc.reduceat``: the reductions of runs of entries, a run without length is its first."""

    def rule(array: Any, indices: Any, axis: int = 0, dtype: Any = None, out: Any = None) -> Any:
        if out is not None:
            cure = "Nodes are immutable: use the returned result."
            raise unsupported("ufunc.reduceat", "out", "...", cure)
        lead = (slice(None),) * (axis % np.ndim(value_of(array)))
        starts = [int(i) for i in np.asarray(value_of(indices))]
        ends = [*starts[1:], np.shape(value_of(array))[axis]]
        runs = [
            reduction(array[(*lead, slice(i, j))], axis) if i < j else array[(*lead, i)]
            for i, j in zip(starts, ends, strict=True)
        ]
        joined = np.stack(runs, axis=axis)
        return joined if dtype is None else joined.astype(dtype)

    return rule


def outer(function: Callable[..., Any]) -> Callable[..., Any]:
    """``ufunc.outer``: the function of every pair of entries."""

    def rule(a: Any, b: Any, **params: Any) -> Any:
        column = np.reshape(a, np.shape(value_of(a)) + (1,) * np.ndim(value_of(b)))
        return function(column, b, **params)

    return rule


REDUCTIONS: dict[Any, Any] = {np.add: sum, np.multiply: prod, np.maximum: max, np.minimum: min}
for ufunc, reduction in REDUCTIONS.items():
    implements((ufunc, "reduce"))(reduce(reduction))
    implements((ufunc, "reduceat"))(reduceat(reduction))

implements((np.add, "accumulate"))(accumulate(cumsum))
implements((np.multiply, "accumulate"))(accumulate(cumprod))

for ufunc in [f for f in RULES if isinstance(f, np.ufunc) and f.nin == 2 and not f.signature]:
    implements((ufunc, "outer"))(outer(ufunc))
