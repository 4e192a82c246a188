"""autograd's ``convolve``, over some axes of arrays whose others are multiplied or summed.

``scipy.signal``'s functions are the rest of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy

from ....batching.rules import leading
from ....errors import ArgumentError, expected
from ....node import value_of
from ....ops.indexing import scatter
from ....rows import linear
from ....sampling import normal
from ..forwarding import first_of

np: Any = numpy  # NumPy's stubs do not know Nodes

__getattr__ = first_of(__name__, ["autograd_core.scipy.signal", "scipy.signal"])


def _windows(x: Any, *, lengths: tuple[int, ...]) -> Any:
    axes = tuple(range(-len(lengths), 0))
    return np.lib.stride_tricks.sliding_window_view(x, lengths, axis=axes)


def _unwindow(g: Any, x: Any, lengths: tuple[int, ...]) -> Any:
    shape = np.shape(value_of(x))
    starts = list(product(*map(range, lengths)))
    counts = [n - k + 1 for n, k in zip(shape[-len(lengths) :], lengths, strict=True)]
    places = [
        (..., *(slice(i, i + n) for i, n in zip(start, counts, strict=True))) for start in starts
    ]
    return scatter(*(g[(..., *start)] for start in starts), indices=tuple(places), shape=shape)


windows = linear(
    _windows,
    _unwindow,
    batch=leading,
    sample=normal((2, 3, 4), lengths=(2, 3)),
    name="windows",
)
"""Every stretch of these lengths along the last axes, on as many new axes."""


def convolve(
    A: Any,
    B: Any,
    axes: Sequence[Sequence[int]] | None = None,
    dot_axes: Sequence[Sequence[int]] = ((), ()),
    mode: str = "full",
) -> Any:
    """Convolution along ``axes``, summed over ``dot_axes``, for every pair of the other indices.

    Parameters
    ----------
    A, B : array or Node
    axes : pair of sequences of int, optional
        The axes of A and of B to convolve along; all of them by default.
    dot_axes : pair of sequences of int
        Axes of A and of B that are multiplied and summed.
    mode : {"full", "valid", "same"}

    Returns
    -------
    array or Node
        Axes: the others of A, the others of B, then those convolved.
    """
    if mode not in ("full", "valid", "same"):
        cure = "Choose one."
        raise ArgumentError(
            expected("convolve: mode", "'full', 'valid' or 'same'", repr(mode), cure)
        )
    A, B = (x if hasattr(x, "ndim") else np.asarray(x) for x in (A, B))
    if axes is None:
        axes = (range(A.ndim), range(B.ndim))
    A, dots_a, others_a = arranged(A, axes[0], dot_axes[0])
    B, dots_b, others_b = arranged(B, axes[1], dot_axes[1])
    n = len(axes[0])
    if (
        mode == "valid"
        and n
        and all(a < b for a, b in zip(A.shape[-n:], B.shape[-n:], strict=True))
    ):
        swapped = slid(B, A, n, dots_b, mode)
        return np.moveaxis(swapped, range(others_b), range(others_a, others_a + others_b))
    return slid(A, B, n, dots_a, mode)


def arranged(x: Any, axes: Sequence[int], dots: Sequence[int]) -> tuple[Any, int, int]:
    """``x`` with its other axes first, then those to sum over, then those to convolve along."""
    inner = [i % x.ndim for i in dots]
    last = [i % x.ndim for i in axes]
    others = [i for i in range(x.ndim) if i not in inner + last]
    return np.transpose(x, (*others, *inner, *last)), len(inner), len(others)


def slid(A: Any, B: Any, n: int, dots: int, mode: str) -> Any:
    """B slid over A along the last n axes, the ``dots`` before them summed."""
    lengths = B.shape[B.ndim - n :]
    if mode != "valid":
        kept = [(0, 0)] * (A.ndim - n)
        A = np.pad(A, [*kept, *(padding(k, mode) for k in lengths)])
    if not n:
        return np.tensordot(A, B, (range(A.ndim - dots, A.ndim), range(B.ndim - dots, B.ndim)))
    if any(a < b for a, b in zip(A.shape[A.ndim - n :], lengths, strict=True)):
        cure = "In mode 'valid' one must be at least as long as the other along every axis."
        raise ArgumentError(expected("convolve", "one array larger", (A.shape, B.shape), cure))
    seen = windows(A, lengths=tuple(lengths))
    flipped = B[(..., *(slice(None, None, -1),) * n)]
    first = A.ndim - n - dots
    summed = [*range(first, first + dots), *range(A.ndim, A.ndim + n)]
    out = np.tensordot(seen, flipped, (summed, range(B.ndim - n - dots, B.ndim)))
    others_b = B.ndim - n - dots
    return (
        np.moveaxis(out, range(first, first + n), range(out.ndim - n, out.ndim))
        if others_b
        else out
    )


def padding(k: int, mode: str) -> tuple[int, int]:
    """Zeros before and after an axis over which a kernel of length k slides."""
    return (k - 1, k - 1) if mode == "full" else (k // 2, (k - 1) // 2)
