"""Products of two arrays along a line, and of all pairs: convolve, correlate, kron, cross."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import kin
from ..batching.rules import convolved
from ..errors import ArgumentError, expected
from ..node import value_of
from ..rows import implements, multilinear
from ..sampling import normal
from .shaping import shape_of

MODES = {0: "valid", 1: "same", 2: "full"}


def whole(g: Any, a: Any, v: Any, mode: str) -> Any:
    """The cotangent of a convolution as that of the full one, zero where it was cut off."""
    short, long = sorted([len(value_of(a)), len(value_of(v))])
    if mode == "full":
        return g
    start = short - 1 if mode == "valid" else (short - 1) // 2
    zeros = np.zeros(short + long - 1, value_of(g).dtype, like=kin(g))
    stop = start + len(value_of(g))
    return np.concatenate([zeros[:start], g, zeros[stop:]])


convolve_ = multilinear(
    lambda a, v, *, mode: np.convolve(a, v, mode),
    (
        lambda g, out, a, v, mode: np.correlate(whole(g, a, v, mode), v, "valid"),
        lambda g, out, a, v, mode: np.correlate(whole(g, a, v, mode), a, "valid"),
    ),
    batch=convolved,
    sample=[
        normal((4,), (3,), mode="full"),
        normal((2,), (5,), mode="same"),
        normal((5,), (2,), mode="valid"),
    ],
    name="convolve",
)


def lines(name: str, a: Any, v: Any, mode: Any) -> tuple[Any, Any, str]:
    """Both arrays with one axis, and the mode by its name."""
    mode = MODES.get(mode, mode)
    if mode not in MODES.values():
        cure = "Choose one."
        raise ArgumentError(
            expected(f"{name}: mode", "'full', 'same' or 'valid'", repr(mode), cure)
        )
    for x in (a, v):
        if len(shape_of(x)) != 1 or not shape_of(x)[0]:
            cure = "Flatten it, or use scipy.signal.convolve for more axes."
            raise ArgumentError(expected(name, "two arrays of one axis", shape_of(x), cure))
    return a, v, mode


@implements(np.convolve)
def convolve(a: Any, v: Any, mode: Any = "full") -> Any:
    """``np.convolve`` of Nodes."""
    a, v, mode = lines("convolve", np.atleast_1d(a), np.atleast_1d(v), mode)
    return convolve_(a, v, mode=mode)


@implements(np.correlate)
def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    """``np.correlate`` of Nodes: a convolution with the conjugate, reversed."""
    a, v, mode = lines("correlate", a, v, mode)
    n, m = len(value_of(a)), len(value_of(v))
    reverse = (np.conjugate(v) if np.iscomplexobj(v) else v)[::-1]
    if mode == "same" and n < m:  # of even lengths NumPy takes the later middle, then
        return convolve_(a, reverse, mode="full")[n // 2 : n // 2 + m]
    return convolve_(a, reverse, mode=mode)


@implements(np.kron)
def kron(a: Any, b: Any) -> Any:
    """``np.kron`` of Nodes: one broadcast product."""
    shapes = shape_of(a), shape_of(b)
    if () in shapes:
        return np.multiply(a, b)
    ndim = max(map(len, shapes))
    n, m = ((1,) * (ndim - len(shape)) + shape for shape in shapes)
    rows = np.reshape(a, [k for i in n for k in (i, 1)])
    columns = np.reshape(b, [k for j in m for k in (1, j)])
    return np.reshape(rows * columns, [i * j for i, j in zip(n, m, strict=True)])


@implements(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """``np.cross`` of Nodes; a vector of two components lies in the plane, as in NumPy."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = np.moveaxis(a, axisa, -1), np.moveaxis(b, axisb, -1)
    lengths = [shape_of(x)[-1] for x in (a, b)]
    np.cross(np.zeros(lengths[0]), np.zeros(lengths[1]))  # NumPy's own messages
    if lengths == [2, 2]:
        return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    (a0, a1, a2), (b0, b1, b2) = components(a), components(b)
    product = [a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0]
    return np.moveaxis(np.stack(product, axis=-1), -1, axisc)


def components(x: Any) -> list[Any]:
    """The three components of vectors; the third is 0 in the plane."""
    parts = [x[..., i] for i in range(shape_of(x)[-1])]
    return parts if len(parts) == 3 else [*parts, np.zeros_like(value_of(parts[0]))]
