"""Arrays made from a few values: linspace, logspace, geomspace, full_like, meshgrid.

A sequence is differentiable in its ends (and in the base of its powers).
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..arrays import as_kin
from ..batching.rules import sampled
from ..errors import ArgumentError, expected, unsupported
from ..node import value_of, values_of
from ..primitive import OPS, Primitive
from ..rows import implements, jointly_linear
from ..sampling import normal, positive
from .gathering import as_dtype
from .reductions import holomorphic
from .shaping import astype, shape_of


def weights(out: Any, num: int, endpoint: bool) -> Any:
    """How far along the way every step of a sequence is, from 0 to 1, shaped to meet ``out``."""
    share = np.arange(num) / max(num - 1 if endpoint else num, 1)
    return np.reshape(as_kin(share, out), (num,) + (1,) * (np.ndim(value_of(out)) - 1))


def linspace_vjp(g: Any, out: Any, start: Any, stop: Any, num: int, endpoint: bool) -> list[Any]:
    """To each end what its share in every step carries."""
    share = weights(out, num, endpoint)
    return [np.sum(g * (1 - share), axis=0), np.sum(g * share, axis=0)]


linspace_ = jointly_linear(
    lambda start, stop, *, num, endpoint: np.linspace(start, stop, num, endpoint),
    linspace_vjp,
    batch=sampled,
    sample=[
        normal((), (2,), num=4, endpoint=True),
        normal((3, 1), (2,), num=3, endpoint=False),
    ],
    name="linspace",
)

geomspace_ = Primitive(
    lambda start, stop, *, num, endpoint: np.geomspace(start, stop, num, endpoint),
    [
        lambda g, out, start, stop, num, endpoint: np.sum(
            g * holomorphic(out * (1 - weights(out, num, endpoint)) / start), axis=0
        ),
        lambda g, out, start, stop, num, endpoint: np.sum(
            g * holomorphic(out * weights(out, num, endpoint) / stop), axis=0
        ),
    ],
    [
        lambda t, out, start, stop, num, endpoint: (
            t * out * (1 - weights(out, num, endpoint)) / start
        ),
        lambda t, out, start, stop, num, endpoint: t * out * weights(out, num, endpoint) / stop,
    ],
    batch=sampled,
    sample=[
        positive((), (2,), num=4, endpoint=True),
        positive((3, 1), (2,), num=3, endpoint=False),
    ],
    name="geomspace",
)
OPS.append(geomspace_)


def finished(sequence: Any, axis: int, dtype: Any) -> Any:
    """A sequence along the axis and in the dtype that were asked for."""
    sequence = np.moveaxis(sequence, 0, axis) if axis else sequence
    return sequence if dtype is None else astype(sequence, dtype)


def length(num: Any) -> int:
    """How many steps a sequence has."""
    steps = int(operator.index(num))
    if steps < 0:
        cure = "Pass how many steps you want."
        raise ArgumentError(expected("A sequence: num", "a number not negative", num, cure))
    return steps


@implements(np.linspace)
def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: bool = False,
    dtype: Any = None,
    axis: int = 0,
    *,
    device: Any = None,
) -> Any:
    """``np.linspace`` between Nodes."""
    if device not in (None, "cpu"):
        raise unsupported("np.linspace", "device", device, "Leave it out.")
    num, endpoint = length(num), bool(endpoint)
    sequence = finished(linspace_(start, stop, num=num, endpoint=endpoint), axis, dtype)
    if not retstep:
        return sequence
    steps = num - 1 if endpoint else num
    return sequence, np.subtract(stop, start) / steps if steps > 0 else np.nan


@implements(np.logspace)
def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: int = 0,
) -> Any:
    """``np.logspace`` between Nodes, to a base that may be one, too."""
    if np.ndim(value_of(base)):
        ndim = max(np.ndim(value_of(x)) for x in (start, stop, base))
        start, stop, base = (
            np.reshape(x, (1,) * (ndim - len(shape_of(x))) + shape_of(x))
            for x in (start, stop, base)
        )
        base = np.expand_dims(base, axis)
    powers = np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))
    return powers if dtype is None else astype(powers, dtype)


@implements(np.geomspace)
def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: int = 0
) -> Any:
    """``np.geomspace`` between Nodes."""
    return finished(geomspace_(start, stop, num=length(num), endpoint=bool(endpoint)), axis, dtype)


@implements(np.full_like)
def full_like(
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: str = "K",
    subok: bool = True,
    shape: Any = None,
    *,
    device: Any = None,
) -> Any:
    """``np.full_like`` of a value, in the dtype of ``a``; of ``a`` only shape and dtype count."""
    like = np.asarray(values_of(a))
    if device not in (None, "cpu"):
        raise unsupported("np.full_like", "device", device, "Leave it out.")
    filled = as_dtype(fill_value, like.dtype if dtype is None else dtype)
    return np.broadcast_to(filled, like.shape if shape is None else shape)


@implements(np.meshgrid)
def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    """``np.meshgrid`` of Nodes."""
    if indexing not in ("xy", "ij"):
        cure = "Choose one."
        raise ArgumentError(expected("meshgrid: indexing", "'xy' or 'ij'", repr(indexing), cure))
    places = list(range(len(xi)))
    if indexing == "xy" and len(xi) > 1:
        places[:2] = [1, 0]
    grids = [
        np.reshape(x, [-1 if i == place else 1 for i in range(len(xi))])
        for x, place in zip(xi, places, strict=True)
    ]
    return tuple(grids) if sparse else np.broadcast_arrays(*grids)
