"""ndarray's methods for a Node, each one the NumPy function of that meaning, or a refusal.

The operators are in ``operators.py``. What an ndarray says of its memory a Node says of its value;
nothing here hands that memory out.
"""

# mypy: disable-error-code="no-any-return"
# Every method ends in a rule or in NumPy, of which a type checker knows only that a Node returns.

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

import numpy

from .errors import ArgumentError, ArgumentTypeError, expected
from .registry import RULES

if TYPE_CHECKING:
    from .node import Node

np: Any = numpy  # NumPy's stubs do not know Nodes


def in_place(name: str) -> Callable[..., NoReturn]:
    """A method of ndarray that writes in place, which a Node refuses."""

    def method(self: Any, *args: Any, **params: Any) -> NoReturn:
        cure = f"Use np.{name}(x, ...) or x.at[...], which return a new Node."
        raise ArgumentTypeError(
            expected(f"node.{name}()", "an ndarray", "a Node, which is immutable", cure)
        )

    method.__name__ = name
    method.__doc__ = f"Refused: ``ndarray.{name}`` writes in place."
    return method


def of_memory(name: str, cure: str) -> Callable[..., NoReturn]:
    """A method of ndarray that reads or writes memory as it lies there, which a Node refuses."""

    def method(self: Any, *args: Any, **params: Any) -> NoReturn:
        raise ArgumentTypeError(expected(f"node.{name}()", "an ndarray", "a Node", cure))

    method.__name__ = name
    method.__doc__ = f"Refused: ``ndarray.{name}`` is about memory, not numbers."
    return method


class Methods:
    """What a Node can be asked for by name as if it were an ndarray."""

    __slots__ = ()

    if TYPE_CHECKING:
        value: Any
        dtype: Any
        size: Any

    def sum(self, *args: Any, **params: Any) -> Any:
        """``np.sum(self, ...)``."""
        return np.sum(self, *args, **params)

    def prod(self, *args: Any, **params: Any) -> Any:
        """``np.prod(self, ...)``."""
        return np.prod(self, *args, **params)

    def mean(self, *args: Any, **params: Any) -> Any:
        """``np.mean(self, ...)``."""
        return np.mean(self, *args, **params)

    def std(self, *args: Any, **params: Any) -> Any:
        """``np.std(self, ...)``."""
        return np.std(self, *args, **params)

    def var(self, *args: Any, **params: Any) -> Any:
        """``np.var(self, ...)``."""
        return np.var(self, *args, **params)

    def max(self, *args: Any, **params: Any) -> Any:
        """``np.max(self, ...)``."""
        return np.max(self, *args, **params)

    def min(self, *args: Any, **params: Any) -> Any:
        """``np.min(self, ...)``."""
        return np.min(self, *args, **params)

    def ptp(self, *args: Any, **params: Any) -> Any:
        """``np.ptp(self, ...)``."""
        return np.ptp(self, *args, **params)

    def any(self, *args: Any, **params: Any) -> Any:
        """``np.any(self, ...)``."""
        return np.any(self, *args, **params)

    def all(self, *args: Any, **params: Any) -> Any:
        """``np.all(self, ...)``."""
        return np.all(self, *args, **params)

    def argmax(self, *args: Any, **params: Any) -> Any:
        """``np.argmax(self, ...)``."""
        return np.argmax(self, *args, **params)

    def argmin(self, *args: Any, **params: Any) -> Any:
        """``np.argmin(self, ...)``."""
        return np.argmin(self, *args, **params)

    def argsort(self, *args: Any, **params: Any) -> Any:
        """``np.argsort(self, ...)``."""
        return np.argsort(self, *args, **params)

    def argpartition(self, *args: Any, **params: Any) -> Any:
        """``np.argpartition(self, ...)``."""
        return np.argpartition(self, *args, **params)

    def cumsum(self, *args: Any, **params: Any) -> Any:
        """``np.cumsum(self, ...)``."""
        return np.cumsum(self, *args, **params)

    def cumprod(self, *args: Any, **params: Any) -> Any:
        """``np.cumprod(self, ...)``."""
        return np.cumprod(self, *args, **params)

    def clip(self, *args: Any, **params: Any) -> Any:
        """``np.clip(self, ...)``."""
        return np.clip(self, *args, **params)

    def round(self, *args: Any, **params: Any) -> Any:
        """``np.round(self, ...)``."""
        return np.round(self, *args, **params)

    def dot(self, *args: Any, **params: Any) -> Any:
        """``np.dot(self, ...)``."""
        return np.dot(self, *args, **params)

    def trace(self, *args: Any, **params: Any) -> Any:
        """``np.trace(self, ...)``."""
        return np.trace(self, *args, **params)

    def diagonal(self, *args: Any, **params: Any) -> Any:
        """``np.diagonal(self, ...)``."""
        return np.diagonal(self, *args, **params)

    def take(self, *args: Any, **params: Any) -> Any:
        """``np.take(self, ...)``."""
        return np.take(self, *args, **params)

    def repeat(self, *args: Any, **params: Any) -> Any:
        """``np.repeat(self, ...)``."""
        return np.repeat(self, *args, **params)

    def compress(self, condition: Any, *args: Any, **params: Any) -> Any:
        """``np.compress(condition, self, ...)``."""
        return np.compress(condition, self, *args, **params)

    def choose(self, *args: Any, **params: Any) -> Any:
        """``np.choose(self, ...)``."""
        return np.choose(self, *args, **params)

    def nonzero(self, *args: Any, **params: Any) -> Any:
        """``np.nonzero(self, ...)``."""
        return np.nonzero(self, *args, **params)

    def searchsorted(self, *args: Any, **params: Any) -> Any:
        """``np.searchsorted(self, ...)``."""
        return np.searchsorted(self, *args, **params)

    def ravel(self, *args: Any, **params: Any) -> Any:
        """``np.ravel(self, ...)``."""
        return np.ravel(self, *args, **params)

    def squeeze(self, *args: Any, **params: Any) -> Any:
        """``np.squeeze(self, ...)``."""
        return np.squeeze(self, *args, **params)

    def swapaxes(self, *args: Any, **params: Any) -> Any:
        """``np.swapaxes(self, ...)``."""
        return np.swapaxes(self, *args, **params)

    def reshape(self, *shape: Any, **params: Any) -> Any:
        """``np.reshape(self, shape)``; the lengths may come one by one."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape, **params)

    def transpose(self, *axes: Any) -> Any:
        """``np.transpose(self, axes)``; the axes may come one by one."""
        return np.transpose(self, (axes[0] if len(axes) == 1 else axes) or None)

    def flatten(self, order: Any = "C") -> Any:
        """``np.ravel(self, order)``."""
        return np.ravel(self, order)

    def copy(self, order: Any = "C") -> Node:
        """A Node with a copy of the value; gradients flow through."""
        return RULES[np.copy](self, order)

    def astype(self, dtype: Any, **params: Any) -> Node:
        """The value in another floating dtype.

        Gradients flow through and come back in this one's.
        """
        return RULES[np.ndarray.astype](self, dtype, **params)

    def tolist(self) -> Any:
        """The value as nested Python lists, without its derivative."""
        from .arrays import to_numpy

        return to_numpy(self.value).tolist()

    fill = in_place("fill")
    itemset = in_place("put")
    put = in_place("put")
    sort = in_place("sort")
    partition = in_place("partition")
    resize = in_place("resize")

    # memory
    @property
    def itemsize(self) -> int:
        """Bytes of one entry."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all entries."""
        return self.size * self.itemsize

    @property
    def strides(self) -> tuple[int, ...]:
        """Bytes from an entry of the value to the next along every axis."""
        return np.asarray(self.value).strides

    @property
    def flags(self) -> Any:
        """How the value lies in memory; of a view that cannot be written."""
        view = np.asarray(self.value).view()
        view.flags.writeable = False
        return view.flags

    @property
    def flat(self) -> Node:
        """``np.ravel(self)``: entry by entry, with gradients."""
        return np.ravel(self)

    @property
    def base(self) -> None:
        """None: a Node is never a view of another."""
        return None

    @property
    def device(self) -> str:
        """``"cpu"``, as of every NumPy array."""
        return "cpu"

    def to_device(self, device: str, /, *, stream: Any = None) -> Any:
        """The Node itself; there is no other device."""
        if device != "cpu" or stream is not None:
            cure = "NumPy's arrays have no other device."
            raise ArgumentError(expected("node.to_device()", "'cpu'", repr(device), cure))
        return self

    def tobytes(self, order: Any = "C") -> bytes:
        """The value's bytes, without its derivative."""
        return np.asarray(self.value).tobytes(order)

    view = of_memory("view", "Use node.astype(...), or node.value.view(...) for the bits.")
    byteswap = of_memory("byteswap", "Use node.value.byteswap().")
    getfield = of_memory("getfield", "Use node.real, node.imag or node.value.getfield(...).")
    setfield = of_memory("setfield", "Use x.at[...].set(...), which returns a new Node.")
    setflags = of_memory("setflags", "Use node.value.setflags(...).")
    tofile = of_memory("tofile", "Use node.value.tofile(...).")
    dump = of_memory("dump", "Use pickle.dump(node, file), or node.value.dump(...).")
    dumps = of_memory("dumps", "Use pickle.dumps(node), or node.value.dumps().")

    # Python's array API standard
    def __array_namespace__(self, *, api_version: str | None = None) -> Any:
        """``autograd_core.numpy``: NumPy's functions, and those it cannot dispatch."""
        if api_version != getattr(np, "__array_api_version__", None):  # 2.5's arrays refuse it
            np.asarray(0).__array_namespace__(api_version=api_version)  # NumPy knows the others
        return import_module(f"{__package__}.numpy")
