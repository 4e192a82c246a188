"""HIPS autograd's vector spaces: the zeros, ones, basis and inner product of a kind of value.

Arrays, numbers and containers have one; ``VSpace.register`` adds kinds of your own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import numpy as np

from ...errors import ArgumentTypeError, describe, expected
from ...node import value_of
from ...tree import flatten, is_container


class VSpace:
    """The vector space a value lives in; subclass it for a type of your own.

    Parameters
    ----------
    value : object
        One of the space.

    Examples
    --------
    >>> from autograd_core.compat.autograd.extend import VSpace, vspace
    >>> space = vspace([np.zeros(2), 1.0])
    >>> isinstance(space, VSpace), space.size
    (True, 3)
    """

    mappings: ClassVar[dict[type, Callable[[Any], VSpace]]] = {}
    iscomplex = False
    size: Any
    shape: Any

    def __init__(self, value: Any) -> None:
        pass

    def zeros(self) -> Any:
        """The zero of the space."""
        raise NotImplementedError

    def ones(self) -> Any:
        """The sum of the basis."""
        raise NotImplementedError

    def standard_basis(self) -> Iterator[Any]:
        """The basis over the real numbers."""
        raise NotImplementedError

    def randn(self) -> Any:
        """A normal vector, from NumPy's global generator as in autograd."""
        raise NotImplementedError

    def add(self, x: Any, y: Any) -> Any:
        """``x + y``."""
        return y if x is None else self._add(x, y)

    def mut_add(self, x: Any, y: Any) -> Any:
        """``x + y``, which may reuse ``x``; None is the zero."""
        return self._mut_add(self.zeros() if x is None else x, y)

    def scalar_mul(self, x: Any, a: Any) -> Any:
        """``x`` times a number."""
        return self._scalar_mul(x, a)

    def inner_prod(self, x: Any, y: Any) -> Any:
        """The real inner product."""
        return self._inner_prod(x, y)

    def covector(self, x: Any) -> Any:
        """The vector that stands for ``x`` in the dual space: its conjugate."""
        return self._covector(x)

    def _add(self, x: Any, y: Any) -> Any:
        return x + y

    def _mut_add(self, x: Any, y: Any) -> Any:
        return x + y

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return x * a

    def _inner_prod(self, x: Any, y: Any) -> Any:
        raise NotImplementedError

    def _covector(self, x: Any) -> Any:
        return x

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in vars(self).items())})"

    @classmethod
    def register(cls, value_type: type, vspace_maker: Callable[[Any], VSpace] | None = None) -> Any:
        """Say which space the values of a type live in."""
        VSpace.mappings[value_type] = vspace_maker or cls


class ArrayVSpace(VSpace):
    """Real arrays of one shape and dtype.

    Parameters
    ----------
    value : array_like

    Examples
    --------
    >>> from autograd_core.compat.autograd.numpy.numpy_vspaces import ArrayVSpace
    >>> ArrayVSpace(np.zeros((2, 3))).size
    6
    """

    def __init__(self, value: Any) -> None:
        value = np.asarray(value)
        self.shape, self.dtype = value.shape, value.dtype

    size = property(lambda self: int(np.prod(self.shape)), doc="Dimension over the real numbers.")
    ndim = property(lambda self: len(self.shape), doc="Number of axes.")

    def zeros(self) -> Any:
        """An array of zeros."""
        return np.zeros(self.shape, self.dtype)

    def ones(self) -> Any:
        """An array of ones."""
        return np.ones(self.shape, self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """One array per entry: 1 there, 0 elsewhere."""
        return (row.reshape(self.shape) for row in np.eye(self.size, dtype=self.dtype))

    def randn(self) -> Any:
        """An array of normal numbers."""
        return np.asarray(np.random.standard_normal(self.shape)).astype(self.dtype)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.dot(np.ravel(x), np.ravel(y))


class ComplexArrayVSpace(ArrayVSpace):
    """Complex arrays as a space over the real numbers: every entry has two directions.

    Parameters
    ----------
    value : array_like

    Examples
    --------
    >>> from autograd_core.compat.autograd.numpy.numpy_vspaces import ComplexArrayVSpace
    >>> ComplexArrayVSpace(np.zeros(2, complex)).size
    4
    """

    iscomplex = True

    size = property(lambda self: 2 * int(np.prod(self.shape)), doc="Dimension over the reals.")

    def ones(self) -> Any:
        """An array of ``1 + 1j``."""
        return np.full(self.shape, 1 + 1j, self.dtype)

    def standard_basis(self) -> Iterator[Any]:
        """Two arrays per entry: 1 there, then 1j."""
        eye = np.eye(self.size // 2, dtype=self.dtype)
        return (unit * row.reshape(self.shape) for row in eye for unit in (1, 1j))

    def randn(self) -> Any:
        """An array with normal real and imaginary parts."""
        return (super().randn() + 1j * super().randn()).astype(self.dtype)

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return np.real(np.dot(np.conj(np.ravel(x)), np.ravel(y)))

    def _covector(self, x: Any) -> Any:
        return np.conj(x)


class ContainerVSpace(VSpace):
    """Lists, tuples and dicts of vectors, to any depth."""

    def __init__(self, value: Any) -> None:
        leaves, self._rebuild = flatten(value)
        self._spaces = [vspace(x) for x in leaves]
        self.shape = self._rebuild(self._spaces)

    size = property(lambda self: sum(s.size for s in self._spaces), doc="Sum of the members'.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ContainerVSpace) and bool(self.shape == other.shape)

    __hash__ = None

    def _each(self, method: str, *trees: Any) -> Any:
        """A container with ``method`` of every member's space applied."""
        rows = zip(self._spaces, *(flatten(tree)[0] for tree in trees), strict=True)
        return self._rebuild([getattr(space, method)(*row) for space, *row in rows])

    def zeros(self) -> Any:
        """A container of zeros."""
        return self._each("zeros")

    def ones(self) -> Any:
        """A container of ones."""
        return self._each("ones")

    def standard_basis(self) -> Iterator[Any]:
        """The bases of the members, one after the other."""
        for i, space in enumerate(self._spaces):
            for x in space.standard_basis():
                others = [s.zeros() for s in self._spaces]
                yield self._rebuild([*others[:i], x, *others[i + 1 :]])

    def randn(self) -> Any:
        """A container of normal arrays."""
        return self._each("randn")

    def _add(self, x: Any, y: Any) -> Any:
        return self._each("_add", x, y)

    def _mut_add(self, x: Any, y: Any) -> Any:
        return self._each("_mut_add", x, y)

    def _scalar_mul(self, x: Any, a: Any) -> Any:
        return self._rebuild(
            [s.scalar_mul(v, a) for s, v in zip(self._spaces, flatten(x)[0], strict=True)]
        )

    def _inner_prod(self, x: Any, y: Any) -> Any:
        return sum(flatten(self._each("_inner_prod", x, y))[0])

    def _covector(self, x: Any) -> Any:
        return self._each("_covector", x)


def vspace(value: Any) -> Any:
    """The vector space of a number, an array, a Node or a container.

    Parameters
    ----------
    value : array_like, Node or container

    Returns
    -------
    VSpace

    Examples
    --------
    >>> from autograd_core.compat.autograd.extend import vspace
    >>> vspace(np.zeros((2, 3))).ones().shape
    (2, 3)
    """
    value = value_of(value)
    maker = VSpace.mappings.get(type(value))
    if maker is not None:
        return maker(value)
    if is_container(value):
        return ContainerVSpace(value)
    cure = "Pass floats and floating arrays, or give its type a space with VSpace.register."
    raise ArgumentTypeError(expected("vspace", "a number or an array", describe(value), cure))


def array_space(value: Any) -> VSpace:
    """The space of an array, by its dtype."""
    return ComplexArrayVSpace(value) if np.iscomplexobj(value) else ArrayVSpace(value)


for kind in (float, np.longdouble, np.float64, np.float32, np.float16):
    ArrayVSpace.register(kind)
for complex_kind in (complex, np.clongdouble, np.complex64, np.complex128):
    ComplexArrayVSpace.register(complex_kind)
VSpace.register(np.ndarray, array_space)
