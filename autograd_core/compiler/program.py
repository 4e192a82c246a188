"""A straight-line program: what a traced function did, one NumPy call a line, no control flow.

``trace.py`` writes it, ``passes/`` make it shorter, ``numpy_source.py`` and ``native/`` run it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


class Var:
    """A value of a program: assigned once, of a known shape and dtype.

    Attributes
    ----------
    number : int
        Tells it from the others; ``v3`` in print.
    shape : tuple of int
    dtype : numpy.dtype
    weak : bool
        A Python number, which promotes weakly (NEP 50); its shape is ().
    members : tuple of Var, or None
        If it is the tuple that a function with several results returned: ``shape`` is () then.
    view : bool
        It shows memory of the first argument of its line.
    """

    __slots__ = ("dtype", "members", "number", "shape", "view", "weak")

    def __init__(
        self,
        number: int,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        weak: bool = False,
        members: tuple[Var, ...] | None = None,
    ) -> None:
        self.number, self.shape, self.dtype = number, shape, dtype
        self.weak, self.members, self.view = weak, members, False

    @property
    def size(self) -> int:
        """Number of entries."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return self.size * self.dtype.itemsize

    def __repr__(self) -> str:
        return f"v{self.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """``out = function(*args, **params)``.

    ``args`` and ``params`` hold Vars, constants, and tuples, lists, dicts and slices of both.
    """

    out: Var
    function: Callable[..., Any]
    args: tuple[Any, ...]
    params: dict[str, Any] = field(default_factory=dict)

    def reads(self) -> Iterator[Var]:
        """The Vars it reads, as often as it does."""
        yield from variables((self.args, self.params))


# Where inputs come from, and what is written: values outside of a program


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """The n-th array or number among the flattened arguments; written only if changed in place.

    ``node`` says that it is what a Node holds.
    """

    index: int
    node: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """What a leaf holds: ``value`` or ``grad``.

    A value that is written is a new array each time; a gradient that is written stays in memory of
    the program's own until its next run. ``turned`` says that the transpose of it is read: of an
    array in Fortran order that is the one in which memory runs as NumPy expects.
    """

    node: Any
    name: str
    turned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """An array that lives outside and is changed in place: an optimiser's state."""

    array: Any


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a callback answers, which is called anew for every run; with inputs before it."""

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()


Source = Argument | Slot | Memory | Asked


@dataclass(slots=True)
class Program:
    """Inputs, lines, results.

    Attributes
    ----------
    inputs : list of (Var, Source)
        What is read before the first line, in this order (which matters for ``Asked``).
    lines : list of Line
    results : list
        What the function returned, flattened: Vars and constants.
    writes : list of (Source, Var or constant)
        What is changed outside, after the last line. No line sees the change: a line that reads
        ``Memory`` reads what was there at the start.
    guards : list of Var
        Arrays in which a NaN means that this run's results must be thrown away, before anything is
        written, and computed with structural zeros kept apart.
    examples : dict of Var to array
        Arguments and answers of callbacks as they were when the function was traced.
    """

    inputs: list[tuple[Var, Source]]
    lines: list[Line]
    results: list[Any]
    writes: list[tuple[Source, Any]]
    guards: list[Var]
    name: str = "program"
    examples: dict[Var, Any] = field(default_factory=dict)

    def replaced(self, **parts: Any) -> Program:
        """The same program with other parts."""
        return replace(self, **parts)

    def ends(self) -> Iterator[Var]:
        """The Vars that are used outside: results, writes and guards."""
        yield from variables(self.results)
        yield from variables([x for _, x in self.writes])
        yield from self.guards

    def __str__(self) -> str:
        from .numpy_source import source

        return source(self)


# functions of a program that NumPy has no name for


class Callback:
    """A function outside of the program that a line calls: never left out, never called twice."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: Any) -> Any:
        """Its answer."""
        return self.function(*args)


def convert(x: Any, dtype: Any) -> Any:
    """``x`` in another dtype; with float or complex, a Python number."""
    return dtype(x) if dtype is float or dtype is complex else np.asarray(x).astype(dtype)[()]


def put(x: Any, value: Any, path: tuple[tuple[Callable[..., Any], tuple[Any, ...]], ...]) -> Any:
    """A copy of ``x`` in which a view, found by ``path`` from ``x``, has been set to ``value``."""
    x = np.array(x)
    set_entries(x, path, value)
    return x


def set_entries(x: Any, path: Any, value: Any) -> None:
    """Set, in place, what ``path`` leads to; its last step may be an index that copies."""
    index: Any = ...
    if path and path[-1][0] is operator.getitem:
        *path, (_, (index,)) = path
    for function, args in path:
        x = function(x, *args)
    x[index] = value


def put_add(x: Any, index: Any, value: Any) -> Any:
    """A copy of ``x`` with ``value`` added at ``index``, as often as an entry is named."""
    x = np.array(x)
    np.add.at(x, index, value)
    return x


class Copied:
    """A function whose result shows memory of an argument, made to return a copy."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Its result as new arrays."""
        return mapped(
            self.function(*args, **params),
            lambda x: np.array(x) if isinstance(x, np.ndarray) else x,
        )


# walking arguments


def variables(x: Any) -> Iterator[Var]:
    """Every Var inside."""
    if isinstance(x, Var):
        yield x
    elif isinstance(x, tuple | list):
        for entry in x:
            yield from variables(entry)
    elif isinstance(x, dict):
        for entry in x.values():
            yield from variables(entry)
    elif isinstance(x, slice):
        yield from variables((x.start, x.stop, x.step))


def mapped(x: Any, function: Callable[[Any], Any]) -> Any:
    """``x`` with everything that is no container replaced."""
    if type(x) in (tuple, list):
        return type(x)(mapped(entry, function) for entry in x)
    if type(x) is dict:
        return {key: mapped(entry, function) for key, entry in x.items()}
    if isinstance(x, tuple):  # a named tuple
        return type(x)(*(mapped(entry, function) for entry in x))
    if isinstance(x, slice):
        return slice(*(mapped(entry, function) for entry in (x.start, x.stop, x.step)))
    return function(x)
