"""An array that is NumPy's in nothing but the protocols, for tests: what a GPU's array is to NumPy.

It refuses to become a NumPy array and to meet one in an operation, as CuPy's does; reductions give
arrays without axes. Its numbers are NumPy's, so results can be compared bit by bit.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class ProtocolArray(NDArrayOperatorsMixin):
    """NumPy's two protocols, an index, a dtype and a shape: nothing else."""

    __slots__ = ("_data",)

    def __init__(self, data):
        assert isinstance(data, np.ndarray | np.generic), type(data)
        self._data = np.asarray(data)

    shape = property(lambda self: self._data.shape)
    dtype = property(lambda self: self._data.dtype)
    ndim = property(lambda self: self._data.ndim)
    size = property(lambda self: self._data.size)

    def __repr__(self):
        return f"ProtocolArray({self._data})"

    def __len__(self):
        return len(self._data)

    def __bool__(self):
        return bool(self._data)

    def __float__(self):
        return float(self._data)

    def __getitem__(self, index):
        return wrapped(self._data[bare(index)])

    def astype(self, dtype, copy=True):
        return ProtocolArray(self._data.astype(dtype, copy=copy))

    def get(self):
        """The numbers as NumPy's array, as CuPy's arrays have it."""
        return self._data.copy()

    def __array__(self, dtype=None, copy=None):
        raise TypeError("Implicit conversion to a NumPy array is not allowed; use .get().")

    def __array_ufunc__(self, ufunc, method, *inputs, **params):
        if method == "at" or not all(isinstance(x, KNOWN) for x in inputs):
            return NotImplemented
        refuse_numpy(ufunc, map(type, inputs))
        return wrapped(getattr(ufunc, method)(*bare(inputs), **bare(params)))

    def __array_function__(self, func, types, args, params):
        if not all(issubclass(t, KNOWN) for t in types):
            return NotImplemented
        refuse_numpy(func, types)
        return wrapped(func(*bare(args), **bare(params)))


KNOWN = (ProtocolArray, np.ndarray, np.generic, int, float, complex)


def refuse_numpy(func, types):
    """Raise where an array of NumPy's is among the operands: numbers cross over, arrays do not."""
    if any(issubclass(t, np.ndarray) for t in types):
        raise TypeError(f"{func.__name__}: unsupported type numpy.ndarray")


def bare(x):
    """``x`` with NumPy's arrays in place of these, in containers too."""
    if type(x) is ProtocolArray:
        return x._data
    if type(x) in (list, tuple):
        return type(x)(map(bare, x))
    if isinstance(x, dict):
        return {key: bare(entry) for key, entry in x.items()}
    return x


def wrapped(x):
    """``x`` with these arrays in place of NumPy's, in containers too."""
    if isinstance(x, np.ndarray | np.generic):
        return ProtocolArray(x)
    if isinstance(x, tuple):
        made = map(wrapped, x)
        return type(x)._make(made) if hasattr(x, "_make") else tuple(made)
    return [*map(wrapped, x)] if isinstance(x, list) else x
