"""Vectors of eigen- and singular values that repeat, which may turn among themselves.

Slopes divide by the gaps of values. Where two tie, a function that does not see such turns still
has a slope: the limit, which the graph of its cotangents tells. Of any other it is NaN. The rules
themselves are in ``spectra.py`` and ``singular.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin, kin
from ..node import Node, value_of
from ..tracing import KNOWN, some
from .kinks import settled
from .products import adjoint


def column(x: Any) -> Any:
    """Numbers as a factor of rows."""
    return np.expand_dims(x, -1)


def row(x: Any) -> Any:
    """Numbers as a factor of columns."""
    return np.expand_dims(x, -2)


def greatest(x: Any, axis: Any) -> Any:
    """The greatest entry along axes, which stay; 0 of none."""
    if 0 in np.shape(x):
        return np.max(x, axis=axis, keepdims=True, initial=0)
    return np.max(x, axis=axis, keepdims=True)


def tie(values: Any) -> Any:
    """Which pairs of values are equal up to rounding."""
    values = value_of(values)
    plain = np.abs(values)
    largest = greatest(plain, -1)[..., None]
    rounding = 4 * plain.shape[-1] * np.finfo(plain.dtype).eps * largest
    return np.abs(row(values) - column(values)) <= rounding


def pairs(values: Any) -> Any:
    """Which of two different values are equal up to rounding."""
    return tie(values) & ~as_kin(np.eye(np.shape(values)[-1], dtype=bool), values)


def inverse_gaps(values: Any) -> Any:
    """``1 / (values[j] - values[i])``, 0 where the two are equal up to rounding."""
    tied = tie(values)
    return np.where(tied, 0, 1 / np.where(tied, 1, row(values) - column(values)))


def uneven(turns: Any, tied: Any) -> Any:
    """Where turns among tied vectors matter: all are nearly a multiple of 1 otherwise."""
    both = np.abs(value_of(turns + adjoint(turns)))
    own, most = np.diagonal(both, 0, -2, -1), greatest(both, (-2, -1))
    differ = np.maximum(both, np.abs(row(own) - column(own)))
    return tied & (differ > np.sqrt(np.finfo(both.dtype).eps) * most)


def seen(turns: Any, tied: Any, scale: Any = 0) -> Any:
    """Where a function sees how tied vectors are turned among themselves."""
    size = np.maximum(np.abs(value_of(turns)), np.abs(scale))
    size = greatest(size, (-2, -1))
    apart = np.abs(value_of(turns - adjoint(turns)))
    return tied & (apart > np.sqrt(np.finfo(apart.dtype).eps) * size)


def within(turns: Any, values: Any, place: int) -> tuple[Any, bool]:
    """What tied vectors add to ``inverse_gaps(values) * turns``, and whether it is a limit.

    The values are member ``place`` of what their node returns. Handed arrays there is no graph to
    ask: a sweep that meets the NaN is repeated on Nodes.
    """
    tied = pairs(values)
    if not some(tied):
        return 0, False
    matter, lost = uneven(turns, tied), seen(turns, tied)
    limit: Any = 0
    if type(turns) is Node and type(values) is Node and isinstance(tied, KNOWN):
        limit = limits(turns, values, place)
        lost = lost | seen(turned(turns, values, place), tied, value_of(turns))
        lost = lost | (matter & (np.abs(value_of(limit - adjoint(limit))) > rounding(limit)))
        limit = np.where(matter & ~lost, limit, 0)
    else:
        lost = lost | matter
    if some(lost):
        limit = limit + turns * np.where(lost, np.nan, 0).astype(np.abs(value_of(turns)).dtype)
    return limit, isinstance(tied, KNOWN) and bool(np.any(value_of(limit) != 0))


def rounding(limit: Any) -> Any:
    """How far the two halves of a limit may differ."""
    size = np.abs(value_of(limit))
    return np.sqrt(np.finfo(size.dtype).eps) * greatest(size, (-2, -1))


def limits(turns: Node, values: Any, place: int) -> Any:
    """How the turns of two vectors come apart as their values do, by L'Hôpital's rule."""
    from ..forward import push
    from ..graph import ancestry

    node = values.parents[0]
    order, n = ancestry([turns], stop=[node]).order, turns.shape[-1]
    still = [np.zeros_like(x) for x in node.value]
    total: Any = 0
    for j in np.flatnonzero(np.any(pairs(values), axis=tuple(range(np.ndim(values.value))))):
        still[place] = np.zeros_like(values.value)
        still[place][..., j] = 1
        (moved,) = push(order, [node], [tuple(still)], [turns], recorded=True)
        total = total + 0.5 * (moved - adjoint(moved)) * (np.arange(n) == j).astype(np.float32)
    return total


def nan_where(lost: Any, x: Any) -> Any:
    """x, NaN where told, for whatever it is multiplied with later."""
    return x * np.where(lost, np.nan, 1).astype(np.abs(value_of(x)).dtype) if some(lost) else x


def unless_tied(x: Any, values: Any) -> Any:
    """``inverse_gaps(values) * x``, NaN where two tie and x is not 0."""
    size = np.abs(value_of(x))
    most = greatest(size, (-2, -1))
    lost = pairs(values) & (size > np.sqrt(np.finfo(size.dtype).eps) * most)
    return nan_where(lost, x) * np.where(lost, 1, inverse_gaps(values))


def symmetric(g: Any, values: Any) -> Any:
    """Cotangents of values; NaN where values tie and theirs differ."""
    size = greatest(np.abs(value_of(g)), -1)[..., None]
    apart = np.abs(row(value_of(g)) - column(value_of(g)))
    lost = pairs(values) & (apart > np.sqrt(np.finfo(apart.dtype).eps) * size)
    return nan_where(np.any(lost, axis=-1), g)


def turned(turns: Node, values: Any, place: int) -> Any:
    """How the turns change if tied vectors are turned among themselves, in all planes at once."""
    from ..forward import push
    from ..graph import ancestry

    node, n = values.parents[0], turns.shape[-1]
    planes = np.triu(np.cos(1.0 + np.arange(n * n)).reshape(n, n), 1)
    planes = (planes - planes.T) * pairs(values)
    moved = [np.zeros_like(x) for x in node.value]
    for i, vectors in enumerate(node.value):
        if i < 2 and i != place:
            moved[i][..., :n] = vectors[..., :n] @ planes
        elif i == 2:
            moved[i][..., :n, :] = -planes @ vectors[..., :n, :]
    order = ancestry([turns], stop=[node]).order
    return value_of(push(order, [node], [tuple(moved)], [turns], recorded=False)[0])


def open_ended(c: Any, g: Any, x: Any, limit: bool) -> Any:
    """A cotangent whose own slope is not known, if it has a limit in it."""
    if not (limit and type(c) is Node and type(x) is Node):
        return c
    return settled(
        c, np.sum(g, axis=(-2, -1), keepdims=True), x, np.ones(x.shape, bool, like=kin(x)), False
    )
