"""Entries moved by their labels: NumPy's own function moves 0, 1, 2, …, and one gather follows.

``arranged`` makes an op of any function that only moves, copies and drops entries, of one array or
of several: forward and backward are linear in the data. The functions themselves are in
``rearranging.py``, ``choosing.py``, ``padding.py`` and ``sorting.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import MET, as_kin, kin
from ..batching.batched import Batched, closed, opened
from ..batching.rules import counted_on, gathered, put
from ..errors import NotDifferentiableError
from ..node import Node, as_array, value_of
from ..primitive import Primitive
from ..rows import linear
from ..sampling import normal
from .placing import added_up, read
from .shaping import astype, shape_of

LABELS: Any = np.intp


def _gather(x: Any, *, places: Any) -> Any:
    flat = np.reshape(x, (-1,))
    if MET and kin(x) is not None:
        return read(flat, places)
    if np.any(places < 0):  # -1 reads the zero behind the last entry
        flat = np.append(flat, np.zeros(1, flat.dtype))
    return flat[places]


def _put_back(g: Any, *, places: Any, shape: tuple[int, ...]) -> Any:
    if MET and kin(g) is not None:
        total = added_up(np.reshape(g, (-1,)), places.reshape(-1), math.prod(shape))
        return np.reshape(total, shape)
    g = np.asarray(g)
    total = np.zeros(math.prod(shape) + 1, g.dtype)  # one behind the last, for what is at -1
    if repeats(places, total.size):
        np.add.at(total, places.reshape(-1), g.reshape(-1))
    else:
        total[places] = g
    return total[:-1].reshape(shape)[()]


def repeats(places: Any, size: int) -> bool:
    """Whether a place (other than -1) occurs twice."""
    used = np.bincount(places.reshape(-1) + 1, minlength=size)[1:]
    return bool(used.size and used.max() > 1)


gather: Primitive = linear(
    _gather,
    lambda g, x, places: put_back(g, places=places, shape=shape_of(x)),
    batch=gathered,
    sample=[
        normal((3, 2), places=np.array([[5, 0], [2, 2]])),
        normal((2, 2), places=np.array([3, -1, 0])),
    ],
    selects=True,
    name="gather",
)
"""``x.ravel()[places]``, zero where a place is -1."""

put_back: Primitive = linear(
    _put_back,
    lambda g, x, places, shape: gather(g, places=places),
    batch=put,
    sample=[
        normal((2, 2), places=np.array([[5, 0], [2, 2]]), shape=(3, 2)),
        normal((3,), places=np.array([3, -1, 0]), shape=(2, 2)),
    ],
    selects=True,
    name="put_back",
)
"""Zeros of ``shape`` with entries added at flat places, those at -1 dropped: gather's transpose."""


def arranged(arrange: Callable[..., Any], *arrays: Any, dtype: Any = None) -> Any:
    """What ``arrange(*arrays)`` is, for a function that only moves, copies and drops entries.

    It is run on labels, which count the entries of all arrays from 0; a label -1 makes a zero.
    """
    ends = np.cumsum([math.prod(shape_of(a)) for a in arrays])
    labels = [
        np.arange(end - math.prod(shape_of(a)), end, dtype=LABELS).reshape(shape_of(a))
        for a, end in zip(arrays, ends, strict=True)
    ]
    places = as_array(arrange(*labels)).astype(LABELS, copy=False)
    if len(arrays) == 1 and dtype is None:
        return gathered_at(arrays[0], places)
    return gathered_at(flat(arrays, common_dtype(arrays) if dtype is None else dtype), places)


def gathered_at(x: Any, places: Any) -> Any:
    """``gather``, also at places that every example of a mapped function has its own of."""
    if type(places) is not Batched:
        return gather(x, places=places)
    if type(x) is not Batched or x.level.number < places.level.number:
        return Batched(gathered_at(x, places.array), places.level)
    if x.level is places.level:
        places = beside(places.array, x.size, x.level.size)
    else:
        places = counted_on(places, x.size, x.level.size)
    return Batched(gathered_at(x.array, places), x.level)


def put_at(x: Any, places: Any, shape: tuple[int, ...]) -> Any:
    """``put_back``, also at places that every example of a mapped function has its own of."""
    if type(places) is not Batched:
        return put_back(x, places=places, shape=shape)
    level = places.level
    places = beside(places.array, math.prod(shape), level.size)
    return closed(put_at(opened(x, [level]), places, (level.size, *shape)), [level])


def beside(places: Any, size: int, count: int) -> Any:
    """Flat places in ``count`` examples of ``size`` entries as places in all, -1 kept."""
    starts = np.reshape(np.arange(count) * size, (count, *(1,) * (np.ndim(places) - 1)))
    return np.where(places < 0, -1, places + starts)


def common_dtype(arrays: Any) -> Any:
    """The dtype of arrays in one, Python numbers weak."""
    return np.result_type(
        *(
            x if np.ndim(x) == 0 and type(x) is not Batched else as_array(x).dtype
            for x in map(value_of, arrays)
        )
    )


def flat(arrays: Any, dtype: Any) -> Any:
    """All entries of some arrays one after the other, in one dtype."""
    parts = [np.ravel(as_kin(as_dtype(a, dtype), *arrays)) for a in arrays]
    return np.concatenate(parts) if len(parts) != 1 else parts[0]


def as_dtype(a: Any, dtype: Any) -> Any:
    """``a`` in the dtype of the array it is put into."""
    if isinstance(a, Node | Batched) and a.requires_grad and np.dtype(dtype).kind not in "fc":
        raise NotDifferentiableError(
            f"Entries put into an array of {np.dtype(dtype)} expected plain numbers, got a Node "
            "that carries a gradient. Pass an array of a floating dtype."
        )
    if isinstance(a, Node | Batched):
        return a if getattr(a.value, "dtype", None) == dtype else astype(a, dtype)
    return as_array(a).astype(dtype)
