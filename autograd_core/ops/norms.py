"""np.linalg.norm and its kin, of every order, and cond.

A norm has a kink at 0, where its slope is 0, the subgradient of least norm. The gradient of a
smooth function of a norm, as its square, can be differentiated there: see ``kinks.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin
from ..batching.rules import along, leading
from ..errors import ArgumentError, expected
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements
from ..sampling import normal, regular
from ..tracing import some
from .kinks import settled, uneven, unsettled
from .products import adjoint, conj
from .reductions import axes_of, expanded
from .shaping import shape_of
from .singular import inverse_or_zero
from .spreads import lengthened
from .ties import column


def _euclidean(x: Any, *, axis: Any, keepdims: bool) -> Any:
    if axis is None or len(axis) == np.ndim(x) != 1:
        return np.linalg.norm(x, None, None, keepdims)
    return np.linalg.vector_norm(x, axis=axis, keepdims=keepdims)


def euclidean_vjp(g: Any, out: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """The direction of x, times g."""
    return lengthened(g, out, x, axes_of(x, axis), keepdims)


def euclidean_jvp(t: Any, out: Any, x: Any, axis: Any, keepdims: bool) -> Any:
    """The part of the tangent along x."""
    along = np.sum(np.real(conj(x) * t), axis=axes_of(x, axis), keepdims=keepdims)
    return along * inverse_or_zero(out)


euclidean_ = Primitive(
    _euclidean,
    [euclidean_vjp],
    [euclidean_jvp],
    batch=along("axis"),
    sample=[
        normal((3,), axis=None, keepdims=False),
        normal((2, 3), axis=None, keepdims=True),
        normal((2, 3), axis=(1,), keepdims=True),
        normal((2, 2, 2), axis=(0, 2), keepdims=False),
    ],
    name="norm",
    bends=True,
)


# other orders
def _power_norm(x: Any, *, order: float, axis: tuple[int, ...], keepdims: bool) -> Any:
    return np.linalg.norm(x, order, axis[0], keepdims)


def direction(out: Any, x: Any, order: float, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The gradient of a p-norm: 0 at zero entries, and at 0."""
    size, whole = np.abs(x), expanded(out, x, axis, keepdims)
    free = (value_of(size) != 0) & (value_of(whole) != 0)
    size = np.where(free, size, 1)
    share = (size / np.where(free, whole, 1)) ** (order - 2) / np.where(free, whole, 1)
    slope = np.where(free, share, 0) * x
    steep = (value_of(x) == 0) & (value_of(whole) != 0)
    if order < 2 and some(steep) and isinstance(slope, Node):
        return slope + unsettled(x, steep, 1)  # |x|**order has no second derivative there
    return slope


def power_vjp(g: Any, out: Any, x: Any, **params: Any) -> Any:
    """The direction times g; undefined in its own slope where entries are 0 that bend the norm."""
    axis, keepdims = tail(params)
    c = expanded(g, x, axis, keepdims) * direction(out, x, **params)
    if type(g) is not Node or not some(value_of(x) == 0):
        return c
    zero = value_of(out) == 0
    lost = uneven(g, out, zero, x)
    if not some(lost):
        return c
    lost = expanded(lost, x, axis, keepdims) & (value_of(x) == 0)
    return settled(c, expanded(g, x, axis, keepdims), x, lost, False)


power_norm_ = Primitive(
    _power_norm,
    [lambda g, out, x, **params: power_vjp(g, out, x, **params)],
    [
        lambda t, out, x, **params: np.sum(
            np.real(conj(direction(out, x, **params)) * t),
            axis=params["axis"],
            keepdims=params["keepdims"],
        )
    ],
    batch=along("axis"),
    sample=[
        normal((3,), order=3, axis=(0,), keepdims=False),
        normal((2, 3), order=1.5, axis=(1,), keepdims=True),
        normal((3, 2), order=-1.5, axis=(0,), keepdims=False),
    ],
    name="power_norm",
    bends=True,
)


def tail(params: dict[str, Any]) -> tuple[Any, Any]:
    """Axis and keepdims."""
    return params["axis"], params["keepdims"]


# the sum of the singular values
def polar(x: Any) -> Any:
    """The unitary factor of matrices, of their own rank."""
    return polar_(x)


def _polar(x: Any) -> Any:
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return (u * kept(s)[..., None, :]) @ vh


def kept(s: Any) -> Any:
    """Which singular values are not 0, up to rounding."""
    largest = np.max(s, axis=-1, keepdims=True, initial=0)
    return s > 4 * s.shape[-1] * np.finfo(s.dtype).eps * largest


def polar_tangent(t: Any, out: Any, x: Any) -> Any:
    """The change of a unitary factor at constant rank; it is its own transpose."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    v, some = adjoint(vh), kept(value_of(s))
    u, v = u * some[..., None, :], v * some[..., None, :]
    uht, tv = adjoint(u) @ t, t @ v
    inner = uht @ v
    sums = inverse_or_zero((s * some)[..., None, :] + column(s * some))
    turn = u @ ((inner - adjoint(inner)) * sums) @ adjoint(v)
    reciprocal = inverse_or_zero(s * some)
    left = ((tv - u @ inner) * reciprocal[..., None, :]) @ adjoint(v)
    right = u @ (column(reciprocal) * (uht - inner @ adjoint(v)))
    return turn + left + right


polar_ = Primitive(
    _polar,
    [polar_tangent],
    [polar_tangent],
    batch=leading,
    sample=[regular((3, 2)), regular((2, 2, 2)), regular((2, 3))],
    name="polar",
)


def nuclear_vjp(g: Any, out: Any, x: Any) -> Any:
    """The unitary factor, times g."""
    c, zero = np.expand_dims(g, (-2, -1)) * polar(x), value_of(out) == 0
    if type(g) is not Node or not some(zero):
        return c
    lost = uneven(g, out, zero, x)
    return settled(c, np.expand_dims(g, (-2, -1)), x, np.expand_dims(lost, (-2, -1)), False)


nuclear_ = Primitive(
    lambda x: np.linalg.norm(x, "nuc", axis=(-2, -1)),
    [lambda g, out, x: nuclear_vjp(g, out, x)],
    [lambda t, out, x: np.sum(np.real(conj(polar(x)) * t), axis=(-2, -1))],
    batch=leading,
    sample=[regular((3, 2)), regular((2, 2, 2))],
    name="nuclear_norm",
    bends=True,
)
OPS.extend([euclidean_, power_norm_, polar_, nuclear_])


def of_vectors(x: Any, order: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The norm of vectors along one axis."""
    if order is None or order == 2:
        return euclidean_(x, axis=axis, keepdims=keepdims)
    if isinstance(order, str):
        cure = "Pass a number, or two axes for the norm of matrices."
        raise ArgumentError(expected("norm: ord", "an order of vectors", repr(order), cure))
    size = np.abs(x)
    if order == np.inf:
        return greatest(size, axis, keepdims)
    if order == -np.inf:
        return np.min(size, axis, keepdims=keepdims)
    if order == 0:
        return np.sum(np.sign(size), axis, keepdims=keepdims)
    if order == 1:
        return np.sum(size, axis, keepdims=keepdims)
    return power_norm_(x, order=order, axis=axis, keepdims=keepdims)


def of_matrices(x: Any, order: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The norm of matrices in two axes."""
    rows, columns = axis
    if order in (None, "fro", "f"):
        return euclidean_(x, axis=axis, keepdims=keepdims)
    if order in (1, -1):
        sums = np.sum(np.abs(x), rows, keepdims=True)
        norms = extreme(sums, columns, order > 0)
    elif order in (np.inf, -np.inf):
        sums = np.sum(np.abs(x), columns, keepdims=True)
        norms = extreme(sums, rows, order > 0)
    elif order in (2, -2, "nuc"):
        x = np.moveaxis(x, axis, (-2, -1))
        norms = nuclear_(x) if order == "nuc" else extreme(np.linalg.svdvals(x), -1, order > 0)
        norms = np.squeeze(norms, -1) if order != "nuc" else norms
        return np.expand_dims(norms, axis) if keepdims else norms
    else:
        cure = "Choose one of None, 'fro', 'nuc', inf, -inf, 1, -1, 2, -2."
        raise ArgumentError(expected("norm: ord", "an order of matrices", repr(order), cure))
    return norms if keepdims else np.squeeze(norms, axis)


def extreme(x: Any, axis: int, largest: bool) -> Any:
    """The largest entries, at least 0, or the smallest."""
    if largest:
        return greatest(x, (axis,), keepdims=True)
    return np.min(x, axis, keepdims=True)


def greatest(size: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """The largest sizes; of none 0, which is left out elsewhere: it would tie with a size of 0."""
    empty: dict[str, Any] = {"initial": 0} if 0 in (shape_of(size)[i] for i in axis) else {}
    return np.max(size, axis, keepdims=keepdims, **empty)


@implements(np.linalg.norm)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """``np.linalg.norm`` of a Node."""
    ndim, keepdims = len(shape_of(x)), bool(keepdims)
    if axis is None and (
        ord is None or (ord in ("f", "fro") and ndim == 2) or (ord == 2 and ndim == 1)
    ):
        return euclidean_(x, axis=None, keepdims=keepdims)
    axis = axes_of(x, axis)
    if len(axis) == 1:
        return of_vectors(x, ord, axis, keepdims)
    if len(axis) == 2:
        return of_matrices(x, ord, axis, keepdims)
    cure = "Pass one axis for vectors, two for matrices, or use np.linalg.vector_norm."
    raise ArgumentError(expected("norm", "one or two axes", f"{len(axis)}", cure))


@implements(np.linalg.vector_norm)
def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    """``np.linalg.vector_norm`` of a Node: along any number of axes."""
    axes = axes_of(x, axis)
    if len(axes) == 1:
        return of_vectors(x, ord, axes, bool(keepdims))
    shape = shape_of(x)
    others = [i for i in range(len(shape)) if i not in axes]
    flat = np.reshape(np.transpose(x, [*others, *axes]), [*(shape[i] for i in others), -1])
    norms = of_vectors(flat, ord, (len(others),), False)
    return np.expand_dims(norms, axes) if keepdims else norms


@implements(np.linalg.matrix_norm)
def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    """``np.linalg.matrix_norm`` of a Node."""
    return of_matrices(x, ord, axes_of(x, (-2, -1)), bool(keepdims))


@implements(np.linalg.cond)
def cond(x: Any, p: Any = None) -> Any:
    """``np.linalg.cond`` of a Node; infinite where singular, with undefined slope."""
    if p is None or p in (2, -2):
        s = np.linalg.svdvals(x)
        first, last = s[..., 0], s[..., -1]
        return last / first if p == -2 else first / last
    singular = np.isinf(np.linalg.cond(value_of(x), p))
    if not np.any(singular):
        return of_matrices(x, p, *both(x)) * of_matrices(np.linalg.inv(x), p, *both(x))
    safe = np.where(singular[..., None, None], as_kin(np.eye(shape_of(x)[-1], dtype=x.dtype), x), x)
    inverse = np.where(singular, np.inf, of_matrices(np.linalg.inv(safe), p, *both(x)))
    return of_matrices(x, p, *both(x)) * inverse


def both(x: Any) -> tuple[tuple[int, ...], bool]:
    """The last two axes, which do not stay."""
    return axes_of(x, (-2, -1)), False
