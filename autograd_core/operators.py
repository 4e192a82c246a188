"""ndarray's operators and methods for a Node, each one the NumPy function of that meaning.

No derivative is here: every line looks its function up in ``RULES``, which ``ops/`` fills.
"""

# mypy: disable-error-code="no-any-return"
# Every method ends in a rule or in NumPy, of which a type checker knows only that a Node returns.

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy

from .errors import ArgumentTypeError, expected
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


class Operators:
    """What a Node can be asked for as if it were an ndarray."""

    __slots__ = ()

    if TYPE_CHECKING:
        value: Any
        shape: Any

    # arithmetic
    def __add__(self, y: Any) -> Node:
        return RULES[np.add](self, y)

    def __radd__(self, y: Any) -> Node:
        return RULES[np.add](y, self)

    def __sub__(self, y: Any) -> Node:
        return RULES[np.subtract](self, y)

    def __rsub__(self, y: Any) -> Node:
        return RULES[np.subtract](y, self)

    def __mul__(self, y: Any) -> Node:
        return RULES[np.multiply](self, y)

    def __rmul__(self, y: Any) -> Node:
        return RULES[np.multiply](y, self)

    def __truediv__(self, y: Any) -> Node:
        return RULES[np.divide](self, y)

    def __rtruediv__(self, y: Any) -> Node:
        return RULES[np.divide](y, self)

    def __floordiv__(self, y: Any) -> Node:
        return RULES[np.floor_divide](self, y)

    def __rfloordiv__(self, y: Any) -> Node:
        return RULES[np.floor_divide](y, self)

    def __mod__(self, y: Any) -> Node:
        return RULES[np.remainder](self, y)

    def __rmod__(self, y: Any) -> Node:
        return RULES[np.remainder](y, self)

    def __divmod__(self, y: Any) -> tuple[Node, Node]:
        return self // y, self % y

    def __rdivmod__(self, y: Any) -> tuple[Node, Node]:
        return y // self, y % self

    def __pow__(self, y: Any) -> Node:
        return RULES[np.power](self, y)

    def __rpow__(self, y: Any) -> Node:
        return RULES[np.power](y, self)

    def __matmul__(self, y: Any) -> Node:
        return RULES[np.matmul](self, y)

    def __rmatmul__(self, y: Any) -> Node:
        return RULES[np.matmul](y, self)

    def __neg__(self) -> Node:
        return RULES[np.negative](self)

    def __pos__(self) -> Node:
        return RULES[np.positive](self)

    def __abs__(self) -> Node:
        return RULES[np.absolute](self)

    def __round__(self, ndigits: int | None = None) -> Any:
        return RULES[np.round](self, ndigits or 0)

    # comparisons answer with plain arrays
    def __eq__(self, y: object) -> Any:
        return RULES[np.equal](self, y)

    def __ne__(self, y: object) -> Any:
        return RULES[np.not_equal](self, y)

    def __lt__(self, y: Any) -> Any:
        return RULES[np.less](self, y)

    def __le__(self, y: Any) -> Any:
        return RULES[np.less_equal](self, y)

    def __gt__(self, y: Any) -> Any:
        return RULES[np.greater](self, y)

    def __ge__(self, y: Any) -> Any:
        return RULES[np.greater_equal](self, y)

    def __bool__(self) -> bool:
        return bool(self.value)

    def __contains__(self, y: Any) -> bool:
        return bool(np.any(self == y))

    # a sequence of its first axis
    def __getitem__(self, index: Any) -> Node:
        return RULES["getitem"](self, index)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Node]:
        if np.ndim(self.value) == 0:
            raise ArgumentTypeError(
                expected("Iterating", "at least one axis", "a 0-d Node", "Use it itself.")
            )
        return (self[i] for i in range(len(self.value)))

    # views
    @property
    def T(self) -> Node:
        """The axes in reverse order."""
        return np.transpose(self)

    @property
    def mT(self) -> Node:
        """The last two axes exchanged."""
        return np.matrix_transpose(self)

    @property
    def real(self) -> Node:
        """Real part."""
        return RULES[np.real](self)

    @property
    def imag(self) -> Node:
        """Imaginary part."""
        return RULES[np.imag](self)

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

    def compress(self, *args: Any, **params: Any) -> Any:
        """``np.compress(self, ...)``."""
        return np.compress(self, *args, **params)

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

    def conj(self) -> Node:
        """Complex conjugate."""
        return RULES[np.conjugate](self)

    def conjugate(self) -> Node:
        """Complex conjugate."""
        return RULES[np.conjugate](self)

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
        return np.asarray(self.value).tolist()

    fill = in_place("fill")
    itemset = in_place("put")
    put = in_place("put")
    sort = in_place("sort")
    partition = in_place("partition")
    resize = in_place("resize")
