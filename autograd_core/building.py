"""Building arrays entry by entry: ``array`` of Nodes, ``buffer`` to fill, ``node.at[index]``.

Each is one op in the graph however many entries are written, so filling an array in a loop is
linear.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .batching.batched import Batched
from .errors import ArgumentTypeError, describe, endless, expected
from .node import Node, value_of
from .ops.indexing import index_of, write
from .ops.scattering import may_repeat


def array(entries: Any, dtype: Any = None) -> Any:
    """An array of numbers and Nodes, as ``np.array`` would build it.

    Parameters
    ----------
    entries : nested lists or tuples of numbers, arrays and Nodes
        All entries of one level have the same shape.
    dtype : dtype_like, optional

    Returns
    -------
    Node
        An ndarray, if no entry is a Node.

    Examples
    --------
    >>> x = ag.Node(2.0)
    >>> ag.array([[x, 1.0], [0.0, x * x]]).value
    array([[2., 1.],
           [0., 4.]])
    """
    if holds_node(entries):
        result = (
            np.stack([array(entry) for entry in entries])
            if isinstance(entries, list | tuple)
            else entries
        )
        return result if dtype is None else result.astype(dtype)
    return np.asarray(entries, dtype=dtype)


def holds_node(entries: Any) -> bool:
    """Whether a nested list contains a Node or a buffer."""
    if isinstance(entries, list | tuple):
        try:
            return any(map(holds_node, entries))
        except RecursionError:
            raise endless("An array") from None
    return isinstance(entries, Node | Batched | Buffer)


class At:
    """The entries of a Node that a functional update replaces; see ``Node.at``."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def __getitem__(self, index: Any) -> Entries:
        return Entries(self.node, index_of(index))


class Entries:
    """``x.at[index]``: its methods return a new Node and leave ``x`` as it is."""

    def __init__(self, node: Any, index: Any) -> None:
        self.node, self.index = node, index

    def set(self, values: Any) -> Node:
        """``x`` with ``values`` at the index; where entries repeat the last one counts."""
        result: Node = write(self.node, values, indices=(self.index,))
        return result

    def add(self, values: Any) -> Any:
        """``x`` with ``values`` added; repeated entries add up."""
        return self.combined(np.add, values)

    def multiply(self, values: Any) -> Any:
        """``x`` multiplied by ``values`` at the index, repeatedly where entries repeat."""
        return self.combined(np.multiply, values)

    def minimum(self, values: Any) -> Any:
        """The smaller of ``x`` and ``values`` at the index."""
        return self.combined(np.minimum, values)

    def maximum(self, values: Any) -> Any:
        """The larger of ``x`` and ``values`` at the index."""
        return self.combined(np.maximum, values)

    def combined(self, function: np.ufunc, values: Any) -> Any:
        """What ``function.at`` would leave in a copy: one write for each time an entry is named."""
        if not may_repeat(self.index):
            return self.set(function(self.node[self.index], values))
        result, shape = self.node, self.node.shape
        named = np.arange(self.node.size).reshape(shape)[self.index]
        spread = np.broadcast_to(
            values if isinstance(values, Node | Batched) else np.asarray(values), named.shape
        )
        for turn in rounds(named):
            where = np.unravel_index(named[turn], shape)
            result = result.at[where].set(function(result[where], spread[turn]))
        return result


def rounds(named: Any) -> list[Any]:
    """Masks that split repeated names into turns in which each occurs once, in their order."""
    flat = named.ravel()
    order = np.argsort(flat, kind="stable")
    ordered = flat[order]
    first = np.r_[True, ordered[1:] != ordered[:-1]] if flat.size else np.zeros(0, dtype=bool)
    starts = np.maximum.accumulate(np.where(first, np.arange(flat.size), 0))
    turn = np.empty(flat.size, dtype=int)
    turn[order] = np.arange(flat.size) - starts
    return [
        (turn == k).reshape(named.shape) for k in range(int(turn.max()) + 1 if flat.size else 0)
    ]


def buffer(base: Any) -> Buffer:
    """An array to assign Nodes into; read it like any array or Node.

    Parameters
    ----------
    base : array_like
        What it holds at first; copied.

    Examples
    --------
    >>> def cumulative(x):
    ...     out = ag.buffer(np.zeros(3))
    ...     out[0] = x[0]
    ...     for i in range(1, 3):
    ...         out[i] = out[i - 1] + x[i]
    ...     return np.sum(out)
    >>> ag.grad(cumulative)(np.ones(3))
    array([3., 2., 1.])
    """
    return Buffer(base)


class Buffer(np.lib.mixins.NDArrayOperatorsMixin):
    """What ``buffer`` returns: writes are collected, and become one op when it is read whole."""

    __slots__ = ("base", "kind", "latest", "shape", "written")

    def __init__(self, base: Any) -> None:
        value = value_of(base)
        if type(value) is not Batched:
            value = np.array(value, dtype=float if np.asarray(value).dtype.kind in "biu" else None)
        self.base: Any = base if isinstance(base, Node | Batched) else value
        self.shape, self.kind = value.shape, value.dtype
        self.written: list[tuple[Any, Any]] = []
        self.latest: dict[int, Any] = {}

    def __setitem__(self, index: Any, entries: Any) -> None:
        index = index_of(index)
        if isinstance(entries, Buffer):
            entries = entries.node()
        entries = entries if isinstance(entries, Node | Batched) else np.array(array(entries))
        try:
            place = np.broadcast_to(0, self.shape)[index]
            np.broadcast_to(np.broadcast_to(0, np.shape(value_of(entries))), place.shape)
        except (IndexError, ValueError) as error:
            cure = "Check the index and the shape of what you assign."
            raise ArgumentTypeError(
                expected(
                    "A buffer",
                    f"entries that fit shape {self.shape}",
                    f"{describe(entries)} ({error})",
                    cure,
                )
            ) from error
        if entries.dtype.kind == "c" != self.kind.kind:
            self.kind = np.result_type(entries.dtype, self.kind)
        elif entries.dtype != self.kind:
            entries = entries.astype(self.kind)
        self.written.append((index, entries))
        self.remember(index, entries)

    def remember(self, index: Any, entries: Any) -> None:
        """Keep single entries at hand, so that reading one back does not need the whole array."""
        number = self.single(index)
        if number is None:
            self.latest.clear()
        else:
            self.latest[number] = entries

    def single(self, index: Any) -> int | None:
        """The flat position that an index of plain ints names, or None."""
        parts = index if isinstance(index, tuple) else (index,)
        if len(parts) != len(self.shape):
            return None
        for i, n in zip(parts, self.shape, strict=True):
            if not isinstance(i, int | np.integer) or isinstance(i, bool) or not -n <= i < n:
                return None
        return int(
            np.ravel_multi_index(
                tuple(i % n for i, n in zip(parts, self.shape, strict=True)), self.shape
            )
        )

    def __getitem__(self, index: Any) -> Any:
        number = self.single(index_of(index))
        if number in self.latest and np.ndim(value_of(self.latest[number])) == 0:
            return self.latest[number]
        return self.node()[index]

    def node(self) -> Any:
        """The array as it is now: a Node if one was written, an ndarray otherwise."""
        if self.written:
            indices, parts = zip(*self.written, strict=True)
            self.base, self.written = write(self.base, *parts, indices=indices), []
        return self.base

    __node__ = node

    @property
    def value(self) -> Any:
        """The values as they are now."""
        return value_of(self.node())

    dtype = property(lambda self: np.asarray(self.value).dtype, doc="NumPy dtype of the values.")
    ndim = property(lambda self: len(self.shape), doc="Number of axes.")

    def __repr__(self) -> str:
        return f"buffer({self.value!r})"

    def __len__(self) -> int:
        return len(self.value)

    def __getattr__(self, name: str) -> Any:
        """Methods of the array it holds."""
        if name.startswith("_") or name in Buffer.__slots__:
            raise AttributeError(name)
        return getattr(self.node(), name)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self.node(), dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **params: Any) -> Any:
        return getattr(ufunc, method)(*map(read, inputs), **params)

    def __array_function__(self, func: Any, types: Any, args: Any, params: Any) -> Any:
        return func(*map(read, args), **{key: read(x) for key, x in params.items()})


def read(x: Any) -> Any:
    """``x`` with every buffer inside lists and tuples replaced by the array it holds."""
    if isinstance(x, Buffer):
        return x.node()
    return type(x)(map(read, x)) if type(x) in (list, tuple) else x
