"""numpy.fft: four rows, each transposed by another of the family; everything else is composed.

The adjoint of an unscaled transform is its unscaled inverse: the other direction with its scale on
the other side. A real transform leaves out the conjugate half, so its adjoint weighs the halves.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..arrays import as_kin
from ..batching.rules import along
from ..errors import ArgumentError, expected, unsupported
from ..node import value_of
from ..primitive import Primitive
from ..rows import implements, linear
from ..sampling import complex_normal, normal
from ..zeros import all_or_nothing
from .products import conj
from .shaping import shape_of

OPPOSITE: dict[str, Any] = {"backward": "forward", "forward": "backward", "ortho": "ortho"}
"""Where the scale stands in the transform that undoes one."""


def fitted(x: Any, n: int, axis: int) -> Any:
    """``x`` cut or continued with zeros to ``n`` entries along an axis."""
    shape = shape_of(x)
    lead = (slice(None),) * axis
    if shape[axis] >= n:
        return x[(*lead, slice(n))]
    zeros = np.zeros((*shape[:axis], n - shape[axis], *shape[axis + 1 :]), value_of(x).dtype)
    return np.concatenate([x, as_kin(zeros, x)], axis)


def halves(x: Any, n: int, axis: int, weight: float) -> Any:
    """Weights for the entries of a half spectrum that stand for two."""
    shared = np.zeros(shape_of(x)[axis], dtype=bool)
    shared[0] = True
    shared[n // 2] |= n % 2 == 0
    weights = np.where(shared, 1, np.asarray(weight, np.real(value_of(x)).dtype))
    return as_kin(weights.reshape([-1 if i == axis else 1 for i in range(len(shape_of(x)))]), x)


def transform(function: Callable[..., Any], transpose: Callable[..., Any], sample: Any) -> Any:
    """A row for a transform of n entries along one axis."""
    return linear(
        lambda x, *, n, axis, norm: function(x, n, axis, norm),
        transpose,
        zeros=all_or_nothing,
        batch=along("axis"),
        sample=sample,
        name=function.__name__,
    )


def samples(make: Callable[..., Any]) -> list[Any]:
    """Odd and even, cut and continued, scaled each way."""
    return [
        make((5,), n=5, axis=0, norm="backward"),
        make((2, 4), n=4, axis=1, norm="ortho"),
        make((3, 2), n=5, axis=0, norm="forward"),
        make((2, 5), n=4, axis=1, norm="backward"),
    ]


both = [*samples(normal), complex_normal((5, 2), n=4, axis=0, norm="forward")]
fft_ = transform(
    np.fft.fft,
    lambda g, x, n, axis, norm: fitted(
        np.fft.ifft(g, n, axis, OPPOSITE[norm]), shape_of(x)[axis], axis
    ),
    both,
)
ifft_ = transform(
    np.fft.ifft,
    lambda g, x, n, axis, norm: fitted(
        np.fft.fft(g, n, axis, OPPOSITE[norm]), shape_of(x)[axis], axis
    ),
    both,
)
rfft_ = transform(
    np.fft.rfft,
    lambda g, x, n, axis, norm: fitted(
        np.fft.irfft(g * halves(g, n, axis, 0.5), n, axis, OPPOSITE[norm]), shape_of(x)[axis], axis
    ),
    samples(normal),
)


def irfft_transpose(g: Any, x: Any, n: int, axis: int, norm: str) -> Any:
    """The half spectrum of g, those that stand for two counted twice."""
    spectrum = np.fft.rfft(g, n, axis, OPPOSITE[norm])
    return fitted(spectrum * halves(spectrum, n, axis, 2.0), shape_of(x)[axis], axis)


irfft_ = transform(np.fft.irfft, irfft_transpose, samples(complex_normal))


def along_axis(
    name: str, op: Primitive, a: Any, n: Any, axis: int, norm: Any, inverse_real: bool = False
) -> Any:
    """One transform, its arguments in the row's own form."""
    norm = "backward" if norm is None else norm
    if norm not in OPPOSITE:
        cure = "Choose one."
        raise ArgumentError(
            expected(f"{name}: norm", "'backward', 'ortho' or 'forward'", repr(norm), cure)
        )
    axis = np.lib.array_utils.normalize_axis_index(operator.index(axis), len(shape_of(a)))
    if n is None:
        n = 2 * (shape_of(a)[axis] - 1) if inverse_real else shape_of(a)[axis]
    return op(a, n=operator.index(n), axis=axis, norm=norm)


def refuse(name: str, out: Any) -> None:
    """``out=`` cannot be honoured."""
    if out is not None:
        raise unsupported(name, "out", "...", "Nodes are immutable: use the returned result.")


def single(op: Primitive) -> Callable[..., Any]:
    """A transform of one axis, as NumPy takes it."""
    name = f"np.fft.{op.name}"

    def rule(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
        refuse(name, out)
        return along_axis(name, op, a, n, axis, norm, op is irfft_)

    rule.__name__ = op.name
    return rule


for op in (fft_, ifft_, rfft_, irfft_):
    implements(getattr(np.fft, op.name))(single(op))


@implements(np.fft.hfft)
def hfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """``np.fft.hfft`` of a Node: the real transform back, of the conjugate."""
    refuse("np.fft.hfft", out)
    norm = OPPOSITE.get(norm or "backward", norm)
    return along_axis("np.fft.hfft", irfft_, conj(a), n, axis, norm, True)


@implements(np.fft.ihfft)
def ihfft(a: Any, n: Any = None, axis: int = -1, norm: Any = None, out: Any = None) -> Any:
    """``np.fft.ihfft`` of a Node: the conjugate of the real transform."""
    refuse("np.fft.ihfft", out)
    norm = OPPOSITE.get(norm or "backward", norm)
    return np.conjugate(along_axis("np.fft.ihfft", rfft_, a, n, axis, norm))


# several axes
def lengths(a: Any, s: Any, axes: Any, inverse_real: bool) -> tuple[list[int], list[int]]:
    """How many entries along which axes."""
    shape = shape_of(a)
    if s is not None and axes is None:
        cure = "Pass axes, too: NumPy will take s[i] for the length along axes[i]."
        raise ArgumentError(expected("A transform of several axes", "axes with s", s, cure))
    chosen = list(range(len(shape))) if axes is None else [operator.index(i) for i in axes]
    given = [shape[i] for i in chosen] if s is None else [operator.index(k) for k in s]
    if len(given) != len(chosen):
        got = f"s={s} and axes={axes}"
        cure = "Pass one length for every axis."
        raise ArgumentError(expected("A transform of several axes", "equal numbers", got, cure))
    if inverse_real and s is None:
        given[-1] = 2 * (shape[chosen[-1]] - 1)
    return [shape[i] if k == -1 else k for k, i in zip(given, chosen, strict=True)], chosen


def several(
    name: str, first: Primitive, others: Primitive, backwards: bool, default: Any
) -> Callable[..., Any]:
    """A transform along several axes, the last with a row of its own, in NumPy's order."""

    def rule(a: Any, s: Any = None, axes: Any = default, norm: Any = None, out: Any = None) -> Any:
        refuse(name, out)
        counts, chosen = lengths(a, s, axes, first is irfft_)
        steps = [(others, *pair) for pair in zip(counts, chosen, strict=True)]
        if steps:
            steps[-1] = (first, *steps[-1][1:])
        for op, n, axis in reversed(steps) if backwards else steps:
            a = along_axis(name, op, a, n, axis, norm)
        return a

    rule.__name__ = name.rsplit(".", 1)[-1]
    return rule


FAMILIES: Sequence[tuple[str, Primitive, Primitive, bool]] = [
    ("fft", fft_, fft_, True),
    ("ifft", ifft_, ifft_, True),
    ("rfft", rfft_, fft_, True),
    ("irfft", irfft_, ifft_, False),
]
for kind, first, others, backwards in FAMILIES:
    for suffix, default in (("2", (-2, -1)), ("n", None)):
        name = f"{kind}{suffix}"
        implements(getattr(np.fft, name))(
            several(f"np.fft.{name}", first, others, backwards, default)
        )


# the zero frequency in the middle
def shift(name: str, sign: int) -> Callable[..., Any]:
    """``fftshift`` or its inverse: a roll by half the length."""

    def rule(x: Any, axes: Any = None) -> Any:
        shape = shape_of(x)
        if axes is None:
            axes = range(len(shape))
        axes = (axes,) if isinstance(axes, int | np.integer) else tuple(axes)
        return np.roll(x, [sign * (shape[i] // 2) for i in axes], axes)

    rule.__name__ = name
    return rule


implements(np.fft.fftshift)(shift("fftshift", 1))
implements(np.fft.ifftshift)(shift("ifftshift", -1))
