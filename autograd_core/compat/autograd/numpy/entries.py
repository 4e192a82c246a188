"""Arrays built of Nodes, which NumPy cannot dispatch, and ``where`` of Python's own numbers."""

from __future__ import annotations

import functools
from typing import Any

import numpy

from ....building import array as array_of
from ....building import holds_node
from ....errors import unsupported
from ....node import value_of

np: Any = numpy  # NumPy's stubs do not know Nodes


JOINS = set("column_stack concat concatenate dstack hstack stack vstack".split())
SEQUENCES = set(
    """atleast_1d atleast_2d atleast_3d block broadcast_arrays choose einsum einsum_path ix_ lexsort
    meshgrid piecewise select unravel_index""".split()
)
"""Functions of a sequence of arrays, which NumPy dispatches."""


def of_lists(x: Any) -> Any:
    """A NumPy function that also takes lists of Nodes for arrays; anything else as it is."""
    dispatched = hasattr(x, "_implementation") and x.__name__ not in SEQUENCES
    return taking_lists(x) if dispatched else x


@functools.cache
def taking_lists(x: Any) -> Any:
    """A function that NumPy dispatches with lists of Nodes made arrays first."""
    joins = x.__name__ in JOINS

    @functools.wraps(x)
    def function(*args: Any, **params: Any) -> Any:
        if joins and args and isinstance(args[0], list | tuple):
            return x([*map(as_array, args[0])], *args[1:], **params)
        return x(*map(as_array, args), **params)

    return function


def as_array(x: Any) -> Any:
    """A list of Nodes as one; anything else as it is."""
    return array_of(x) if isinstance(x, list | tuple) and holds_node(x) else x


class Joined:
    """``r_`` and ``c_``: the entries of an index joined along the first or the last axis."""

    def __init__(self, plain: Any, columns: bool) -> None:
        self.plain, self.columns = plain, columns

    def __getitem__(self, index: Any) -> Any:
        entries = index if isinstance(index, tuple) else (index,)
        if not any(map(holds_node, entries)):
            return self.plain[index]
        if isinstance(entries[0], str):
            cure = "Use np.concatenate or np.stack."
            raise unsupported("r_", "directive", entries[0], cure)
        parts = [np.r_[x] if isinstance(x, slice) else np.atleast_1d(array_of(x)) for x in entries]
        if self.columns:
            parts = [x[:, None] if np.ndim(value_of(x)) == 1 else x for x in parts]
        return np.concatenate(parts, axis=-1 if self.columns else 0)


r_ = Joined(np.r_, columns=False)
c_ = Joined(np.c_, columns=True)


def where(condition: Any, *args: Any, **kwargs: Any) -> Any:
    """``np.where``; of Python's own numbers and lists alone it returns Python's own.

    Parameters
    ----------
    condition : array_like or Node
    *args, **kwargs
        NumPy's ``x`` and ``y``.

    Returns
    -------
    Node, ndarray, number or list

    Examples
    --------
    >>> from autograd_core.compat.autograd import numpy as anp
    >>> anp.where(True, 1.0, 2.0)
    1.0
    """
    choices = (*args, *(kwargs[name] for name in ("x", "y") if name in kwargs))
    result: Any = np.where(condition, *choices)
    if not choices or any(map(holds_array, (condition, *choices))):
        return result
    return result.tolist()


def holds_array(x: Any) -> bool:
    """Whether ``x`` is or holds something other than Python's own numbers."""
    if isinstance(x, list | tuple):
        return any(map(holds_array, x))
    return type(x) not in (bool, int, float, complex)
