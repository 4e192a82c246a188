"""Running sums and products; a product's derivative is exact where entries are zero.

What reduces an axis to one entry is in ``reductions.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import kin
from ..batching.rules import along
from ..errors import ArgumentError, expected
from ..node import value_of
from ..primitive import OPS, Primitive
from ..rows import implements, linear, newer
from ..sampling import normal
from .reductions import axes_of, common, holomorphic, ufunc_axis, unwidened

cumsum_ = linear(
    lambda x, *, axis: np.cumsum(x, axis=axis),
    lambda g, x, axis: np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis),
    batch=along("axis"),
    sample=[normal((3, 2), axis=0), normal((3, 2), axis=1)],
    name="cumsum",
)


@implements(np.cumsum)
def cumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumsum`` of a Node."""
    axis = None if ufunc_axis(a, axis) == () else axis
    a, _ = common("np.cumsum", a, axis, dtype, out, False)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axes_of(a, axis)[0])
    return unwidened(cumsum_(a, axis=axis), dtype)


def recurrence(a: Any, b: Any, axis: int) -> Any:
    """``s[i] = a[i] + b[i] s[i-1]`` along an axis, by doubling strides."""
    lead = (slice(None),) * axis
    stride = 1
    while stride < np.shape(a)[axis]:
        head, tail = (*lead, slice(stride)), (*lead, slice(stride, None))
        back = (*lead, slice(-stride))
        a = np.concatenate([a[head], a[tail] + b[tail] * a[back]], axis)
        b = np.concatenate([b[head], b[tail] * b[back]], axis)
        stride *= 2
    return a


def shifted(x: Any, first: float, axis: int) -> Any:
    """``x`` one place later along an axis, beginning with ``first``."""
    lead = (slice(None),) * axis
    edge = np.full(np.shape(x[(*lead, slice(1))]), first, value_of(x).dtype, like=kin(x))
    return np.concatenate([edge, x[(*lead, slice(-1))]], axis)


def cumprod_vjp(g: Any, out: Any, x: Any, axis: int) -> Any:
    """What comes before an entry times a sum over what comes after: exact at zeros."""
    after = shifted(np.flip(holomorphic(x), axis), 0, axis)
    total = np.flip(recurrence(np.flip(g, axis), after, axis), axis)
    return total * shifted(holomorphic(out), 1, axis)


cumprod_ = Primitive(
    lambda x, *, axis: np.cumprod(x, axis=axis),
    [cumprod_vjp],
    [lambda t, out, x, axis: recurrence(t * shifted(out, 1, axis), x, axis)],
    batch=along("axis"),
    sample=[
        normal((3, 2), axis=0),
        lambda rng: ((rng.normal(size=(2, 4)) * [[1, 0, 1, 0], [1, 1, 0, 1]],), {"axis": 1}),
    ],
    name="cumprod",
)
OPS.append(cumprod_)


@implements(np.cumprod)
def cumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    """``np.cumprod`` of a Node."""
    axis = None if ufunc_axis(a, axis) == () else axis
    a, _ = common("np.cumprod", a, axis, dtype, out, False)
    a, axis = (np.ravel(a), 0) if axis is None else (a, axes_of(a, axis)[0])
    return unwidened(cumprod_(a, axis=axis), dtype)


def with_initial(function: Any, identity: float, x: Any, axis: Any, dtype: Any, out: Any) -> Any:
    """A cumulative function beginning with its identity."""
    total = function(x, axis, dtype, out)
    edge = [1 if i == axis else n for i, n in enumerate(np.shape(total))]
    return np.concatenate(
        [np.full(edge, identity, value_of(total).dtype, like=kin(total)), total], axis
    )


def one_axis(name: str, x: Any, axis: Any) -> tuple[Any, int]:
    """``x`` with at least one axis, and the axis, which may be left out only where it is one."""
    x = np.atleast_1d(x)
    if axis is None and np.ndim(x) > 1:
        got = f"axis=None and shape {np.shape(x)}"
        raise ArgumentError(expected(name, "an axis", got, "Say along which axis."))
    return x, axes_of(x, 0 if axis is None else axis)[0]


@implements(*newer("cumulative_sum"))
def cumulative_sum(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """``np.cumulative_sum`` of a Node."""
    x, axis = one_axis("np.cumulative_sum", x, axis)
    if include_initial:
        return with_initial(cumsum, 0, x, axis, dtype, out)
    return cumsum(x, axis, dtype, out)


@implements(*newer("cumulative_prod"))
def cumulative_prod(
    x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None, include_initial: Any = False
) -> Any:
    """``np.cumulative_prod`` of a Node."""
    x, axis = one_axis("np.cumulative_prod", x, axis)
    if include_initial:
        return with_initial(cumprod, 1, x, axis, dtype, out)
    return cumprod(x, axis, dtype, out)
