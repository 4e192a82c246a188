"""The forms of batching rules: how a row computes a whole batch that ``vmap`` maps over.

A row names one with ``batch=``; one that acts entry by entry has it, one that names none computes
example after example. A rule is called as ``rule(op, xs, mapped, **params)``: ``mapped`` says which
of the arrays ``xs`` hold the examples along their first axis, and so does the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Rule = Callable[..., Any]
Arrays = Sequence[Any]
Mapped = Sequence[bool]


def rank(x: Any) -> int:
    """How many axes an array, a Node or a number has."""
    return len(x.shape) if hasattr(x, "shape") else np.ndim(x)


def padded(x: Any, ndim: int, core: int = 0) -> Any:
    """A mapped array with axes of length 1 put in, so that one example has ``ndim`` axes.

    They come behind the first axis, which is what aligns the rest from the right, as broadcasting
    does. The last ``core`` axes do not count.
    """
    shape = x.shape
    missing = ndim - (len(shape) - 1 - core)
    return x if missing <= 0 else np.reshape(x, (shape[0], *(1,) * missing, *shape[1:]))


def broadcast(op: Any, xs: Arrays, mapped: Mapped, **params: Any) -> Any:
    """The rule of rows that act entry by entry."""
    dims = [rank(x) - own for x, own in zip(xs, mapped, strict=True)]
    most = max(dims)
    full = [
        padded(x, most) if own and d < most else x
        for x, own, d in zip(xs, mapped, dims, strict=True)
    ]
    return op(*full, **params)


def cores(*counts: int) -> Rule:
    """The rule of rows that broadcast, but for the last ``counts`` axes of each argument."""

    def rule(op: Any, xs: Arrays, mapped: Mapped, **params: Any) -> Any:
        dims = [rank(x) - own - n for x, own, n in zip(xs, mapped, counts, strict=True)]
        most = max(dims)
        full = [
            padded(x, most, n) if own and d < most else x
            for x, own, n, d in zip(xs, mapped, counts, dims, strict=True)
        ]
        return op(*full, **params)

    return rule


def leading(op: Any, xs: Arrays, mapped: Mapped, **params: Any) -> Any:
    """The rule of rows of one array that leave leading axes alone."""
    return op(*xs, **params)


def behind(axis: Any, ndim: int) -> Any:
    """``axis`` of one example as an axis of all; negative ones count from the end, as before."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, tuple | list):
        return tuple(behind(k, ndim) for k in axis)
    return axis + 1 if axis >= 0 else axis


def along(*keywords: str) -> Rule:
    """The rule of rows of one array whose ``keywords`` name axes; None means all of them."""

    def rule(op: Any, xs: Arrays, mapped: Mapped, **params: Any) -> Any:
        ndim = rank(xs[0]) - 1
        moved = {k: behind(params[k], ndim) for k in keywords}
        return op(*xs, **{**params, **moved})

    return rule


def reshaped(op: Any, xs: Arrays, mapped: Mapped, *, shape: Any, **params: Any) -> Any:
    """The rule of rows of one array whose ``shape`` is the result's."""
    return op(xs[0], shape=(len(xs[0]), *shape), **params)


def spread(op: Any, xs: Arrays, mapped: Mapped, *, shape: Any) -> Any:
    """``broadcast_to``."""
    return op(padded(xs[0], len(shape)), shape=(len(xs[0]), *shape))


def folded(op: Any, xs: Arrays, mapped: Mapped, *, shape: Any) -> Any:
    """``fold``: new axes summed away, then those of length 1."""
    (x,) = xs
    extra = rank(x) - 1 - len(shape)
    if extra:
        x = np.add.reduce(x, axis=tuple(range(1, 1 + extra)))
    return op(x, shape=(len(x), *shape))


def cast(op: Any, xs: Arrays, mapped: Mapped, *, dtype: Any) -> Any:
    """``astype``; what would be Python's number for one example is an array for all."""
    return op(xs[0], dtype=np.dtype(dtype))


def permuted(op: Any, xs: Arrays, mapped: Mapped, *, axes: Any) -> Any:
    """``transpose``."""
    return op(xs[0], axes=(0, *(k + 1 for k in axes)))


def everyone(xs: Arrays, mapped: Mapped) -> list[Any]:
    """All arrays with the axis of examples, put before those that lack it."""
    size = next(len(x) for x, own in zip(xs, mapped, strict=True) if own)
    return [
        x if own else np.broadcast_to(x, (size, *np.shape(x)))
        for x, own in zip(xs, mapped, strict=True)
    ]


def joined(op: Any, xs: Arrays, mapped: Mapped, *, axis: int) -> Any:
    """Rows that arrange several arrays along an axis."""
    return op(*everyone(xs, mapped), axis=axis + 1)


def rolled(op: Any, xs: Arrays, mapped: Mapped, *, shift: Any, axis: Any) -> Any:
    """``roll``; without an axis, of each example's entries in a row."""
    (x,) = xs
    if axis is not None:
        return op(x, shift=shift, axis=behind(axis, 0))
    flat = op(np.reshape(x, (len(x), -1)), shift=shift, axis=1)
    return np.reshape(flat, np.shape(x))


def widened(op: Any, xs: Arrays, mapped: Mapped, *, widths: Any) -> Any:
    """``pad``."""
    return op(xs[0], widths=((0, 0), *widths))


def sampled(op: Any, xs: Arrays, mapped: Mapped, **params: Any) -> Any:
    """Rows of two ends whose result has a new first axis."""
    return np.swapaxes(broadcast(op, xs, mapped, **params), 0, 1)


def contracted(
    op: Any, xs: Arrays, mapped: Mapped, *, terms: Sequence[str], result: str, optimize: Any
) -> Any:
    """``einsum``, with one letter more for the examples."""
    row = next(c for c in map(chr, range(5000, 6000)) if c not in "".join(terms) + result)
    terms = tuple(row + t if own else t for t, own in zip(terms, mapped, strict=True))
    return op(*xs, terms=terms, result=row + result, optimize=optimize)


def matrices(op: Any, xs: Arrays, mapped: Mapped) -> Any:
    """``matmul``: vectors as matrices of one row or column, which is taken away again."""
    x, y = xs
    row, column = (rank(a) - own == 1 for a, own in zip(xs, mapped, strict=True))
    if row and column:
        return np.add.reduce(x * y, axis=-1)
    if row and not mapped[1] and rank(y) == 2:
        return op(x, y)
    if column and not mapped[0] and rank(x) == 2:
        return op(y, np.swapaxes(x, -1, -2))
    if column and hasattr(np, "matvec"):  # since NumPy 2.2
        return cores(2, 1)(np.matvec, xs, mapped)
    if row and hasattr(np, "vecmat") and x.dtype.kind != "c":  # which conjugates
        return cores(1, 2)(np.vecmat, xs, mapped)
    if row:
        x = np.reshape(x, (*x.shape[:-1], 1, x.shape[-1]))
    if column:
        y = np.reshape(y, (*y.shape, 1))
    product = cores(2, 2)(op, (x, y), mapped)
    shape = product.shape
    if row:
        return np.reshape(product, (*shape[:-2], shape[-1]))
    return np.reshape(product, shape[:-1]) if column else product


def convolved(op: Any, xs: Arrays, mapped: Mapped, *, mode: str) -> Any:
    """``convolve``: a product with every window of the longer array."""
    a, v = everyone(xs, mapped)
    if np.shape(a)[1] < np.shape(v)[1]:
        a, v = v, a
    n, m = np.shape(a)[1], np.shape(v)[1]
    wide = np.pad(a, ((0, 0), (m - 1, m - 1)))
    ends = {"full": (0, n + m - 1), "same": ((m - 1) // 2, n + (m - 1) // 2), "valid": (m - 1, n)}
    windows = np.arange(*ends[mode])[:, None] + np.arange(m)[::-1]
    return np.add.reduce(wide[:, windows] * v[:, None, :], axis=-1)


# reading and writing entries


def under(index: Any) -> tuple[tuple[Any, ...], int]:
    """An index of one example as one of all, and where the axis of examples comes out.

    It comes first, unless arrays with a slice between them go in front, as NumPy has it.
    """
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [p for p in parts if isinstance(p, np.ndarray | bool | np.bool_)]
    named = [
        k for k, p in enumerate(parts) if p is not None and not isinstance(p, slice | type(...))
    ]
    apart = bool(arrays) and named[-1] - named[0] >= len(named)
    rank = max((np.ndim(p) if np.asarray(p).dtype.kind in "iu" else 1 for p in arrays), default=0)
    return (slice(None), *parts), rank if apart else 0


def read(op: Any, xs: Arrays, mapped: Mapped, *, index: Any) -> Any:
    """``x[index]``."""
    whole, place = under(index)
    out = op(xs[0], index=whole)
    return np.moveaxis(out, place, 0) if place else out


def parts_under(
    parts: Arrays, mapped: Mapped, indices: Any, shape: tuple[int, ...]
) -> tuple[list[Any], tuple[Any, ...]]:
    """What is written to one example of ``shape`` as what is written to all, and where."""
    found, full = [], []
    one = np.broadcast_to(0, shape)
    for part, own, index in zip(parts, mapped, indices, strict=True):
        whole, place = under(index)
        target = one[index].shape
        if own:
            part = padded(part, len(target))
            part = np.moveaxis(part, 0, place) if place else part
        elif place:
            part = np.expand_dims(np.broadcast_to(part, target), place)
        found.append(part)
        full.append(whole)
    return found, tuple(full)


def scattered(op: Any, xs: Arrays, mapped: Mapped, *, indices: Any, shape: Any) -> Any:
    """``scatter``."""
    size = next(len(x) for x, own in zip(xs, mapped, strict=True) if own)
    parts, indices = parts_under(xs, mapped, indices, shape)
    return op(*parts, indices=indices, shape=(size, *shape))


def written(op: Any, xs: Arrays, mapped: Mapped, *, indices: Any) -> Any:
    """``write``."""
    shape = np.shape(xs[0])[1:] if mapped[0] else np.shape(xs[0])
    parts, indices = parts_under(xs[1:], mapped[1:], indices, shape)
    size = next(len(x) for x, own in zip(xs, mapped, strict=True) if own)
    base = xs[0] if mapped[0] else np.broadcast_to(xs[0], (size, *shape))
    return op(base, *parts, indices=indices)


def counted_on(places: Any, size: int, count: int) -> Any:
    """Flat places in one example of ``size`` entries as places in all, -1 kept."""
    starts = np.reshape(np.arange(count) * size, (count, *(1,) * np.ndim(places)))
    return np.where(places < 0, -1, places + starts)


def gathered(op: Any, xs: Arrays, mapped: Mapped, *, places: Any) -> Any:
    """``gather``."""
    (x,) = xs
    return op(x, places=counted_on(places, np.size(x) // max(len(x), 1), len(x)))


def put(op: Any, xs: Arrays, mapped: Mapped, *, places: Any, shape: Any) -> Any:
    """``put_back``."""
    (x,) = xs
    places = counted_on(places, int(np.prod(shape)), len(x))
    return op(x, places=places, shape=(len(x), *shape))
