"""Where a model's numbers are: NumPy's arrays or another library's, and the way between them.

All that is asked of a library is NumPy's protocols and a function ``asarray``. What the arrays are
used with is unchanged: layers and losses are NumPy, optimisers write into ``Changing``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

import autograd_core as ag

from .errors import ArgumentError, expected, missing

MODULES = {"numpy": "numpy", "cupy": "cupy", "dask": "dask.array"}
"""Libraries that go by a name, and the modules that have their ``asarray``."""


OURS = ("numpy", "builtins", "autograd_core", "nn")
FOREIGN: dict[type, bool] = {}
"""What ``is_foreign`` has answered."""


def library(name: Any) -> Any:
    """The module of a library, by name or as it is."""
    if hasattr(name, "asarray"):
        return name
    if name not in MODULES:
        wanted, cure = f"one of {', '.join(MODULES)}, or a module", "Pass what has asarray()."
        raise ArgumentError(expected("Module.to", wanted, repr(name), cure))
    try:
        return import_module(MODULES[name])
    except ImportError as error:
        raise missing(name, name, f"Module.to({name!r})") from error


def is_numpy(x: Any) -> bool:
    """Whether an array or number is NumPy's or Python's."""
    return isinstance(x, np.ndarray | np.generic | float | complex | int)


def is_foreign(*xs: Any) -> bool:
    """Whether an array is of a library that is neither NumPy nor this one."""
    for x in xs:
        kind = type(x)
        if kind not in FOREIGN:
            FOREIGN[kind] = kind.__module__.partition(".")[0] not in OURS
        if FOREIGN[kind]:
            return True
    return False


def to_numpy(x: Any) -> Any:
    """The numbers as NumPy's array: copied from where they are, or computed."""
    return x.get() if not is_numpy(x) and hasattr(x, "get") else np.asarray(x)


def like(x: Any, model: Any) -> Any:
    """NumPy's array ``x`` as one of the library that a model is of; anything else as it is."""
    return beside(x, model.parameters())


def beside(x: Any, nodes: Any) -> Any:
    """NumPy's array ``x`` as one of the library that the first of some nodes is of."""
    if type(x) is not np.ndarray or not nodes or is_numpy(nodes[0].value):
        return x
    return np.asarray(x, like=nodes[0].value)


def near(x: Any, other: Any) -> Any:
    """NumPy's array ``x`` as one of the library that an array, or the value of a Node, is of."""
    if type(x) is not np.ndarray:
        return x
    other = other.value if type(other) is ag.Node else other
    return np.asarray(x, like=other) if is_foreign(other) else x


def settled(x: Any) -> Any:
    """What is kept from step to step: computed where the library is lazy, for else it grows."""
    return x.persist() if not is_numpy(x) and hasattr(x, "persist") else x


class Changing(NDArrayOperatorsMixin):
    """An array that can be written into, of one that need not: ``out=`` and ``+=`` replace it."""

    def __init__(self, array: Any) -> None:
        self.array = array

    dtype = property(lambda self: self.array.dtype)
    shape = property(lambda self: self.array.shape)
    size = property(lambda self: self.array.size)

    def __setitem__(self, index: Any, value: Any) -> None:
        if index is not Ellipsis:
            raise ArgumentError(expected("Writing", "[...]", repr(index), "Write the whole."))
        self.array = np.asarray(value, like=self.array)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **params: Any) -> Any:
        (target,) = params.pop("out", None) or (None,)
        result = getattr(ufunc, method)(*map(held, inputs), **params)
        if target is None:
            return result
        target.array = result
        return target

    def __array_function__(self, function: Any, types: Any, args: Any, params: Any) -> Any:
        return function(*map(held, args), **params)


def held(x: Any) -> Any:
    """The array inside what can be written into."""
    return x.array if type(x) is Changing else x
