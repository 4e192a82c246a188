"""Broadcasting and its transpose, and the form of a cotangent: its variable's shape and dtype.

``fold`` sums what ``broadcast_to`` copied; ``conform`` is how both sweeps hand a derivative over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import MET, kin, reduced
from .batching import rules as batch_rules
from .batching.rules import folded
from .errors import ArgumentError, expected
from .node import value_of
from .primitive import NUMBERS
from .rows import implements, linear
from .sampling import normal


def _fold(x: Any, *, shape: tuple[int, ...]) -> Any:
    extra = np.ndim(x) - len(shape)
    lengths = np.shape(x)[max(extra, 0) :]
    if extra < 0 or any(n != 1 and n != m for n, m in zip(shape, lengths, strict=True)):
        cure = "Return an array of that shape, or one that broadcasting made of it."
        raise ArgumentError(expected("A cotangent", f"shape {shape}", np.shape(x), cure))
    if extra:
        x = reduced(np.add, x, axis=tuple(range(extra)))
    ones = tuple(i for i, (n, m) in enumerate(zip(shape, lengths, strict=True)) if n == 1 != m)
    return reduced(np.add, x, axis=ones, keepdims=True) if ones else x


fold = linear(
    _fold,
    lambda g, x, shape: np.broadcast_to(g, np.shape(x)),
    batch=folded,
    sample=[normal((3, 2), shape=(1, 2)), normal((4, 3, 2), shape=(2,)), normal((3,), shape=())],
)
"""Sum ``x`` down to ``shape``: the transpose of broadcasting."""

spread = linear(
    lambda x, *, shape: np.broadcast_to(x, shape),
    lambda g, x, shape: fold(g, shape=np.shape(x)),
    batch=batch_rules.spread,
    sample=[normal((1, 2), shape=(3, 2)), normal((), shape=(2, 2))],
    name="broadcast_to",
)


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: bool = False) -> Any:
    """``np.broadcast_to`` of a Node."""
    return spread(array, shape=(shape,) if np.ndim(shape) == 0 else tuple(shape))


def _cast(x: Any, *, dtype: Any) -> Any:
    if dtype is float or dtype is complex:  # a dtype object would compare equal
        return x.as_number(dtype) if hasattr(x, "as_number") else dtype(x)
    return (x if hasattr(x, "astype") else np.asarray(x)).astype(dtype)[()]


cast = linear(
    _cast,
    lambda g, x, dtype: conform(g, value_of(x)),
    batch=batch_rules.cast,
    sample=normal((3, 2), dtype=np.dtype(np.float64)),
    name="astype",
)
"""``x`` in another floating dtype.

The Python types float and complex make a weak number of a scalar.
"""


def kind_of(x: Any) -> Any:
    """What ``cast`` takes to make another value like this one.

    A dtype, or float or complex for Python numbers.
    """
    if type(x) in NUMBERS:
        return complex if type(x) is complex else float
    if getattr(x, "weak", False):  # stands for a Python number in a program
        return complex if x.dtype.kind == "c" else float
    return x.dtype


def conform(c: Any, like: Any) -> Any:
    """A derivative with the shape and dtype of the value it belongs to."""
    shape = np.shape(like)
    if np.shape(value_of(c)) != shape:
        c = fold(c, shape=shape)
    if MET and kin(like) is not None and kin(c) is None:
        c = np.asarray(c, like=kin(like))
    kind = kind_of(like)
    if kind is kind_of(value_of(c)) or (kind not in (float, complex) and kind.kind not in "fc"):
        return c  # of its own kind already, or of an integer result, whose cotangent is not cut off
    if np.iscomplexobj(value_of(c)) and not np.iscomplexobj(like):
        c = np.real(c)
    return cast(c, dtype=kind)


def stretch(t: Any, like: Any) -> Any:
    """A tangent with the shape and dtype of the result it belongs to."""
    if np.shape(value_of(t)) != np.shape(like):
        t = np.broadcast_to(t, np.shape(like))
    return conform(t, like)


def zeros_like(x: Any) -> Any:
    """The zero derivative of a value: a Python 0.0 for a Python number, zeros for an array."""
    kind = kind_of(x)
    if kind is float or kind is complex:
        return kind(0)
    return np.zeros(np.shape(x), kind, like=kin(x))[()]
