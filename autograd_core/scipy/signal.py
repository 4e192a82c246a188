"""``scipy.signal`` by its own names: convolve, fftconvolve and correlate of Nodes, of any axes.

Every other function is SciPy's and refuses Nodes by name. NumPy's of one axis are in
``ops/convolution.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.signal

from ..batching.batched import Batched
from ..errors import ArgumentError, expected
from ..forwarding import forwarding
from ..node import value_of
from ..ops.products import conj
from ..ops.shaping import shape_of
from ..rows import multilinear
from ..sampling import complex_normal, normal
from .differentiable import scipys

if TYPE_CHECKING:
    from scipy.signal import *  # noqa: F403

__all__ = ["convolve", "correlate", "fftconvolve"]

Axes = tuple[int, ...] | None

__getattr__, __dir__, _more = forwarding(__name__, "scipy.signal", __all__)
__all__ += _more


def _convolve(x: Any, y: Any, *, mode: str, axes: Axes, lead: int = 0) -> Any:
    if lead and axes is None:
        shape = np.broadcast_shapes(x.shape[:lead], y.shape[:lead])
        x, y = (np.broadcast_to(z, shape + z.shape[lead:]) for z in (x, y))
        each = [_convolve(x[i], y[i], mode=mode, axes=axes) for i in np.ndindex(shape)]
        return np.reshape(each, shape + each[0].shape)
    if np.float16 in (x.dtype, y.dtype):
        raise TypeError("array type float16 is unsupported in convolve")
    if axes is None:
        return scipy.signal.convolve(x, y, mode, "direct")
    return scipy.signal.fftconvolve(x, y, mode, axes)


def reflected(x: Any, axes: Axes, lead: int = 0) -> Any:
    """The conjugate, backwards along the axes."""
    if axes is None and lead:
        axes = tuple(range(lead, len(shape_of(x))))
    return np.flip(conj(x), axes)


def first(g: Any, out: Any, x: Any, y: Any, mode: str, **params: Any) -> Any:
    """Cotangent of the first factor, which in mode 'valid' is the longer."""
    back = "valid" if mode == "full" else "full"
    return convolve_(g, reflected(y, **params), mode=back, **params)


def second(g: Any, out: Any, x: Any, y: Any, mode: str, **params: Any) -> Any:
    """Cotangent of the second factor."""
    if mode == "full":
        return convolve_(g, reflected(x, **params), mode="valid", **params)
    return convolve_(reflected(x, **params), g, mode="valid", **params)


def of_all(op: Any, xs: Any, own: Any, *, mode: str, axes: Axes, lead: int = 0) -> Any:
    """Its batching rule: one more axis in front, along which nothing is added."""
    full = [x if has else np.expand_dims(x, 0) for x, has in zip(xs, own, strict=True)]
    axes = None if axes is None else tuple(k + 1 for k in axes)
    return op(*full, mode=mode, axes=axes, lead=lead + 1)


convolve_ = multilinear(
    _convolve,
    (first, second),
    batch=of_all,
    sample=[
        normal((3, 2), (2, 2), mode="full", axes=None),
        normal((2, 3), (2, 2), mode="full", axes=(0, 1)),
        complex_normal((2, 3), (1, 2), mode="full", axes=(1,)),
        normal((3, 4), (2, 2), mode="valid", axes=None),
        normal((4, 3), (2, 3), mode="valid", axes=(0,)),
    ],
    name="convolve_nd",
)


def standing(x: Any) -> Any:
    """An array by which to choose a method; integers of many examples as if they were large."""
    value = value_of(x)
    if type(value) is not Batched:
        return value
    return np.full(value.shape, np.iinfo(value.dtype).max if value.dtype.kind in "iu" else 1)


def cut(name: str, x: Any, y: Any, mode: str, axes: tuple[int, ...], row_axes: Any) -> Any:
    """The convolution, and of it what the mode keeps."""
    n, m = ([shape_of(z)[i] for i in axes] for z in (x, y))
    if mode == "valid":
        if all(i <= j for i, j in zip(n, m, strict=True)):
            x, y, n, m = y, x, m, n
        if any(i < j for i, j in zip(n, m, strict=True)):
            got = f"{shape_of(x)} and {shape_of(y)}"
            cure = "In mode 'valid' one is at least as long as the other along every axis."
            raise ArgumentError(expected(name, "one array larger", got, cure))
        return convolve_(x, y, mode="valid", axes=row_axes)
    whole = convolve_(x, y, mode="full", axes=row_axes)
    if mode == "full":
        return whole
    index: list[Any] = [slice(None)] * len(shape_of(whole))
    for axis, i, j in zip(axes, n, m, strict=True):
        index[axis] = slice((j - 1) // 2, (j - 1) // 2 + i)
    return whole[tuple(index)]


def prepared(name: str, in1: Any, in2: Any, mode: str) -> tuple[Any, Any]:
    """Both factors as arrays of as many axes."""
    if mode not in ("full", "same", "valid"):
        cure = "Choose one."
        raise ArgumentError(
            expected(f"{name}: mode", "'full', 'same' or 'valid'", repr(mode), cure)
        )
    in1, in2 = (x if hasattr(x, "dtype") else np.asarray(x) for x in (in1, in2))
    if len(shape_of(in1)) != len(shape_of(in2)):
        got = f"{len(shape_of(in1))} and {len(shape_of(in2))} axes"
        cure = "Add axes of length 1."
        raise ArgumentError(expected(name, "arrays with as many axes", got, cure))
    return in1, in2


@scipys(scipy.signal.convolve)
def convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """``scipy.signal.convolve``: over all axes, directly or by Fourier transforms.

    Examples
    --------
    >>> from autograd_core.scipy.signal import convolve
    >>> ag.grad(lambda x: np.sum(convolve(x, np.ones((2, 2)), "valid")))(np.ones((2, 3)))
    array([[1., 2., 1.],
           [1., 2., 1.]])
    """
    in1, in2 = prepared("convolve", in1, in2, mode)
    if not len(shape_of(in1)):
        return in1 * in2
    if method not in ("auto", "direct", "fft"):
        cure = "Choose one."
        got = repr(method)
        raise ArgumentError(expected("convolve: method", "'auto', 'direct' or 'fft'", got, cure))
    if method == "auto":
        method = scipy.signal.choose_conv_method(*map(standing, (in1, in2)), mode)
    axes = tuple(range(len(shape_of(in1))))
    return cut("convolve", in1, in2, mode, axes, None if method == "direct" else axes)


@scipys(scipy.signal.correlate)
def correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    """``scipy.signal.correlate``: a convolution with the conjugate, reversed.

    Examples
    --------
    >>> from autograd_core.scipy.signal import correlate
    >>> ag.grad(lambda x: correlate(x, np.array([1.0, 2.0]), "valid")[0])(np.ones(2))
    array([1., 2.])
    """
    in1, in2 = prepared("correlate", in1, in2, mode)
    if not len(shape_of(in1)):
        return in1 * conj(in2)
    return convolve(in1, reflected(in2, None), mode, method)


@scipys(scipy.signal.fftconvolve)
def fftconvolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    """``scipy.signal.fftconvolve``: over some axes; the others are broadcast.

    Examples
    --------
    >>> from autograd_core.scipy.signal import fftconvolve
    >>> ag.grad(lambda x: np.sum(fftconvolve(x, np.ones(2))))(np.ones(3)).round(12)
    array([2., 2., 2.])
    """
    in1, in2 = prepared("fftconvolve", in1, in2, mode)
    ndim = len(shape_of(in1))
    if not ndim:
        return in1 * in2
    if not np.size(value_of(in1)) or not np.size(value_of(in2)):
        return np.ravel(in1)[:0] * np.ravel(in2)[:0]
    chosen = range(ndim) if axes is None else (axes,) if isinstance(axes, int) else axes
    chosen = np.lib.array_utils.normalize_axis_tuple(tuple(chosen), ndim)
    return cut("fftconvolve", in1, in2, mode, chosen, chosen)
