"""ndarray's operators for a Node, each one the NumPy function of that meaning.

No derivative is here: every line looks its function up in ``RULES``, which ``ops/`` fills. The
methods are in ``methods.py``.
"""

# mypy: disable-error-code="no-any-return"
# Every method ends in a rule or in NumPy, of which a type checker knows only that a Node returns.

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy

from .errors import ArgumentTypeError, expected
from .registry import RULES

if TYPE_CHECKING:
    from .node import Node

np: Any = numpy  # NumPy's stubs do not know Nodes


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

    # bits: refused while a gradient is at stake
    def __and__(self, y: Any) -> Any:
        return np.bitwise_and(self, y)

    def __rand__(self, y: Any) -> Any:
        return np.bitwise_and(y, self)

    def __or__(self, y: Any) -> Any:
        return np.bitwise_or(self, y)

    def __ror__(self, y: Any) -> Any:
        return np.bitwise_or(y, self)

    def __xor__(self, y: Any) -> Any:
        return np.bitwise_xor(self, y)

    def __rxor__(self, y: Any) -> Any:
        return np.bitwise_xor(y, self)

    def __lshift__(self, y: Any) -> Any:
        return np.left_shift(self, y)

    def __rlshift__(self, y: Any) -> Any:
        return np.left_shift(y, self)

    def __rshift__(self, y: Any) -> Any:
        return np.right_shift(self, y)

    def __rrshift__(self, y: Any) -> Any:
        return np.right_shift(y, self)

    def __invert__(self) -> Any:
        return np.invert(self)

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

    def conj(self) -> Node:
        """Complex conjugate."""
        return RULES[np.conjugate](self)

    def conjugate(self) -> Node:
        """Complex conjugate."""
        return RULES[np.conjugate](self)
