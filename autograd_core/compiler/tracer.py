"""``Tracer``: an array that writes down what NumPy does to it, and knows its value of this once.

It answers NumPy's protocols and has ndarray's methods. What a NumPy call is written down as says
``canonical.py``; where it is written, and what happens when a value is looked at, ``trace.py``.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from ..node import Node
from .program import Var, mapped, put, put_add, set_entries

if TYPE_CHECKING:
    from .trace import Trace

Path = tuple[tuple[Any, tuple[Any, ...]], ...]


class Tracer(NDArrayOperatorsMixin):
    """A value of the function that is traced.

    Attributes
    ----------
    tape : Trace
    example : numpy.ndarray, numpy.generic or Python number
        What it is in this run.
    base, path
        If it is a view: the Tracer whose memory it shows, and the calls that lead there.
    changes : int
        How often it was changed in place; a view compares it with what it has seen.
    fixed : bool
        It is the same in every run (fresh zeros, for instance).
    """

    __slots__ = ("base", "changes", "current", "example", "fixed", "path", "seen", "tape")

    def __init__(
        self, trace: Trace, var: Var, example: Any, base: Tracer | None = None, path: Path = ()
    ) -> None:
        self.tape, self.current, self.example = trace, var, example
        self.base, self.path, self.changes, self.fixed = base, path, 0, False
        self.seen = 0 if base is None else base.changes

    @property
    def symbol(self) -> Var:
        """The Var that holds it now: another after a change in place."""
        if self.base is not None and self.seen != self.base.changes:
            view: Any = self.base
            for function, args in self.path:
                view = self.tape.call(function, (view, *args), {}, viewed=False)
            self.current, self.seen = view.current, self.base.changes
        return self.current

    def write(self, value: Any) -> None:
        """Set all entries in place."""
        self.write_at((), value)

    def write_at(self, path: Path, value: Any) -> None:
        """Set in place what ``path`` leads to."""
        root = self if self.base is None else self.base
        full = (*self.path, *path)
        if not isinstance(root.example, np.ndarray):
            root.tape.refuse("a number was changed in place")
        value = value_of_node(value)
        fixed = False
        if full or np.shape(value_of(value)) != root.shape or dtype_of(value) != root.dtype:
            changed, fixed = root.changed(put, (root, value), {"path": full})
        else:
            changed = root.tape.traced(value).symbol
        set_entries(root.example, mapped(full, value_of), value_of(value))
        root.current, root.changes, root.fixed = changed, root.changes + 1, fixed

    def changed(self, function: Any, args: Any, params: dict[str, Any]) -> tuple[Var, bool]:
        """The Var for what a change gives, and whether that is the same in every run, too."""
        result = self.tape.call(function, args, params, viewed=False)
        fixed = not isinstance(result, Tracer)
        result = self.tape.traced(result)
        return result.current if isinstance(result, Tracer) else self.current, fixed

    def add_at(self, index: Any, value: Any) -> None:
        """``np.add.at`` in place."""
        if self.base is not None:
            self.tape.refuse("np.add.at of a view")
        changed, fixed = self.changed(put_add, (self, index, value), {})
        np.add.at(self.example, mapped(index, value_of), value_of(value))
        self.current, self.changes, self.fixed = changed, self.changes + 1, fixed

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **params: Any) -> Any:
        if any(type(x) is Node for x in inputs):
            return NotImplemented
        from .canonical import ufunc_call

        return ufunc_call(self.tape, ufunc, method, inputs, params)

    def __array_function__(self, func: Any, types: Any, args: Any, params: Any) -> Any:
        if Node in types:
            return NotImplemented
        from .canonical import function_call

        return function_call(self.tape, func, args, params)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.looked_at("made a plain array"), dtype=dtype)

    # what is looked at now is not known when the program runs

    def looked_at(self, how: str) -> Any:
        """The value of this once: the trace is not a program for others then."""
        self.tape.refuse(f"a value was {how}")
        return self.example

    def __bool__(self) -> bool:
        return bool(self.looked_at("tested in Python (if, while, and, or, not, assert)"))

    def __float__(self) -> float:
        return float(self.looked_at("made a Python float"))

    def __int__(self) -> int:
        return int(self.looked_at("made a Python int"))

    def __complex__(self) -> complex:
        return complex(self.looked_at("made a Python complex"))

    def __index__(self) -> int:
        return operator.index(self.looked_at("made an index"))

    def item(self, *index: int) -> Any:
        """The value as a Python number, which a program cannot know."""
        return np.asarray(self.looked_at("made a Python number")).item(*index)

    def tolist(self) -> Any:
        """The value as lists, which a program cannot know."""
        return np.asarray(self.looked_at("made a list")).tolist()

    def __format__(self, spec: str) -> str:
        return format(self.looked_at("made text"), spec)

    def __repr__(self) -> str:
        return f"Tracer(shape={self.shape}, dtype={self.dtype})"

    __hash__ = object.__hash__

    # what is known

    weak = property(lambda self: self.current.weak)
    shape = property(lambda self: self.current.shape)
    dtype = property(lambda self: self.current.dtype)
    ndim = property(lambda self: len(self.current.shape))
    size = property(lambda self: self.current.size)
    nbytes = property(lambda self: self.current.nbytes)
    itemsize = property(lambda self: self.current.dtype.itemsize)
    T = property(lambda self: np.transpose(self))
    mT = property(lambda self: np.swapaxes(self, -1, -2))  # noqa: N815 (NumPy's name)
    real = property(lambda self: np.real(self))
    imag = property(lambda self: np.imag(self))

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return int(self.shape[0])

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        index = plain_index(index)
        if (index is Ellipsis or (type(index) is tuple and not index)) and (
            self.shape or self.weak
        ):
            return self
        return self.tape.call(operator.getitem, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.write_at(((operator.getitem, (plain_index(index),)),), value)

    # ndarray's methods

    def astype(self, dtype: Any, order="K", casting="unsafe", subok=True, copy=True) -> Any:
        """In another dtype."""
        from .program import convert

        if not copy and np.dtype(dtype) == self.dtype:
            return self
        return self.tape.call(convert, (self, np.dtype(dtype)), {})

    def as_number(self, kind: Any) -> Any:
        """As a Python number, weak in promotion, without being looked at."""
        from .program import convert

        return self if self.weak else self.tape.call(convert, (self, kind), {})

    def view(self, dtype: Any = None) -> Any:
        """The same memory as another dtype."""
        return self.tape.call(np.ndarray.view, (self, np.dtype(dtype)), {})

    def reshape(self, *shape: Any, **params: Any) -> Any:
        """As ``ndarray.reshape``."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **params)

    def transpose(self, *axes: Any) -> Any:
        """As ``ndarray.transpose``."""
        return np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def flatten(self, order="C") -> Any:
        """A copy in one dimension."""
        return np.copy(np.ravel(self, order))

    def fill(self, value: Any) -> None:
        """Set all entries."""
        self.write(value)

    def conj(self) -> Any:
        """The complex conjugate."""
        return np.conjugate(self)

    conjugate = conj

    def sort(self, axis=-1) -> None:
        """Sort in place."""
        self.write(np.sort(self, axis))


def method(name: str) -> Any:
    """An ndarray method that is NumPy's function of that name."""
    function = getattr(np, name)

    def call(self: Any, *args: Any, **params: Any) -> Any:
        return function(self, *args, **params)

    call.__name__, call.__doc__ = name, f"``np.{name}`` of it."
    return call


for _name in (
    "sum mean prod max min any all argmax argmin dot copy round clip cumsum cumprod std var "
    "squeeze take repeat diagonal trace argsort ravel swapaxes nonzero choose compress searchsorted"
).split():
    setattr(Tracer, _name, method(_name))


def in_place(symbol: str) -> Any:
    """An augmented assignment: the plain operator, its result written in place."""
    function = getattr(operator, symbol)

    def assign(self: Tracer, other: Any) -> Any:
        if type(other) is Node:
            return NotImplemented
        if not isinstance(self.example, np.ndarray):
            return function(self, other)
        result = function(self, other)
        if not np.can_cast(dtype_of(result), self.dtype, "same_kind"):
            np.asarray(0, self.dtype).__iadd__(np.asarray(0, dtype_of(result)))  # NumPy's own error
        self.write(result)
        return self

    return assign


for _name in "add sub mul truediv floordiv mod pow matmul and or xor lshift rshift".split():
    _symbol = _name + "_" if _name in ("and", "or") else _name
    setattr(Tracer, f"__i{_name}__", in_place(_symbol))


def value_of(x: Any) -> Any:
    """What a Tracer is this once; anything else as it is."""
    return x.example if isinstance(x, Tracer) else x


def value_of_node(x: Any) -> Any:
    """What a Node holds; anything else as it is."""
    return x.value if type(x) is Node else x


def dtype_of(x: Any) -> np.dtype[Any]:
    """The dtype of a Tracer, array or number."""
    return x.dtype if hasattr(x, "dtype") else np.asarray(x).dtype


def plain_index(index: Any) -> Any:
    """An index in which Nodes are replaced by their values."""
    return mapped(index, value_of_node)
