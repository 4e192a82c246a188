"""det and slogdet. The slope of a determinant is the adjugate, which singular matrices have, too.

Where a matrix is well conditioned the adjugate is det times the inverse, else it is put together
from singular values, of which products without one and without two never divide by zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import as_kin, kin
from ..batching.rules import leading
from ..errors import NotDifferentiableError
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements, is_complex
from ..sampling import regular
from .products import adjoint, as_matrix, conj
from .shaping import shape_of


def well_conditioned(x: Any) -> bool:
    """Whether inverses are precise enough to be multiplied by determinants."""
    x = value_of(x)
    try:
        inverse = np.linalg.inv(x)
    except np.linalg.LinAlgError:
        return False
    product = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
    return bool(np.all(product < np.finfo(x.dtype).eps ** -0.25))


def factors(x: Any) -> tuple[Any, Any, Any, Any]:
    """U, the singular values, V and the number det(U) det(V^H)."""
    u, s, vh = np.linalg.svd(x)
    phase = np.linalg.det(u) * np.linalg.det(vh)
    return u, s, adjoint(vh), as_matrix(phase)


def products_without(s: Any, count: int) -> Any:
    """The products of all singular values but one, or but two: no division."""
    n = s.shape[-1]
    left_out = np.zeros((n,) * count + (n,), dtype=bool)
    for axis in range(count):
        left_out |= np.expand_dims(np.eye(n, dtype=bool), [k for k in range(count) if k != axis])
    kept = np.where(as_kin(left_out, s), 1, np.reshape(s, (*s.shape[:-1], *(1,) * count, n)))
    return np.prod(kept, axis=-1)


def _adjugate(x: Any) -> Any:
    u, s, v, phase = factors(x)
    return phase * (v * products_without(s, 1)[..., None, :]) @ adjoint(u)


def adjugate_slope(t: Any, x: Any, *, adjointly: bool) -> Any:
    """The change of the adjugate with the matrix, or the transpose of that map."""
    u, s, v, phase = factors(x)
    inner = adjoint(v) @ t @ u * conj(phase) if adjointly else adjoint(u) @ t @ v
    pairs = products_without(s, 2) * (1 - as_kin(np.eye(s.shape[-1], dtype=s.dtype), s))
    own = np.sum(pairs * np.diagonal(inner, 0, -2, -1)[..., None, :], axis=-1)
    changed = own[..., :, None] * as_kin(np.eye(s.shape[-1], dtype=s.dtype), s) - pairs * inner
    return u @ changed @ adjoint(v) if adjointly else phase * (v @ changed @ adjoint(u))


def adjugate_vjp(g: Any, out: Any, x: Any) -> Any:
    """Cotangent of a matrix from that of its adjugate."""
    if not well_conditioned(x):
        return adjugate_slope(g, plainly(x), adjointly=True)
    det, inverse = as_matrix(np.linalg.det(x)), np.linalg.inv(x)
    trace, back = as_matrix(np.sum(g * conj(inverse), axis=(-2, -1))), adjoint(inverse)
    return conj(det) * (trace * back - back @ g @ back)


def adjugate_jvp(t: Any, out: Any, x: Any) -> Any:
    """Tangent of the adjugate."""
    if not well_conditioned(x):
        return adjugate_slope(t, plainly(x), adjointly=False)
    det, inverse = as_matrix(np.linalg.det(x)), np.linalg.inv(x)
    trace = as_matrix(np.sum(np.swapaxes(inverse, -1, -2) * t, axis=(-2, -1)))
    return det * (trace * inverse - inverse @ t @ inverse)


def plainly(x: Any) -> Any:
    """Arrays as they are: of what is not one, a derivative more is wanted than there is."""
    if isinstance(x, Node):
        raise NotDifferentiableError(
            "The third derivative of det expected a well-conditioned matrix, got one that is "
            f"nearly singular, of shape {x.shape}. Move the matrix away from singular ones."
        )
    return x


adjugate_ = Primitive(
    _adjugate,
    [adjugate_vjp],
    [adjugate_jvp],
    batch=leading,
    sample=regular((2, 2, 2)),
    name="adjugate",
)
"""The adjugate of matrices, whatever their rank."""


def adjugate(x: Any, det: Any) -> Any:
    """The adjugate of matrices whose determinant is known."""
    if well_conditioned(x):
        return as_matrix(det) * np.linalg.inv(x)
    return adjugate_(x)


det_ = Primitive(
    np.linalg.det,
    [lambda g, out, x: as_matrix(g) * adjoint(adjugate(x, out))],
    [lambda t, out, x: np.sum(np.swapaxes(adjugate(x, out), -1, -2) * t, axis=(-2, -1))],
    batch=leading,
    sample=[regular((3, 3)), regular((2, 2, 2)), lambda rng: ((np.ones((3, 3)),), {})],
)
OPS.extend([adjugate_, det_])


@implements(np.linalg.det)
def det(a: Any) -> Any:
    """``np.linalg.det`` of a Node: exact at singular matrices, to second order."""
    return det_(a)


# sign and logarithm
def inverse_or_infinite(x: Any) -> Any:
    """The inverse; of singular matrices what dividing the adjugate by 0 gives."""
    det = np.linalg.det(value_of(x))
    if np.all(det != 0):
        return np.linalg.inv(x)
    single = as_matrix(det) == 0
    regular = np.linalg.inv(
        np.where(single, as_kin(np.eye(shape_of(x)[-1], dtype=det.dtype), x), x)
    )
    with np.errstate(all="ignore"):
        infinite = value_of(_adjugate(value_of(x))) / np.where(single, 0.0, 1.0)
    return np.where(single, infinite, regular)


def slogdet_vjp(g: Any, out: Any, x: Any) -> Any:
    """The logarithm's slope is the inverse; the sign turns with its imaginary part."""
    sign, _ = out
    slope = g[1]
    if is_complex(sign):
        turn = conj(g[0]) * sign
        slope = slope - 1j * np.imag(turn)
    return as_matrix(slope) * adjoint(inverse_or_infinite(x))


def slogdet_jvp(t: Any, out: Any, x: Any) -> Any:
    """The tangents of sign and logarithm."""
    trace = np.sum(np.swapaxes(inverse_or_infinite(x), -1, -2) * t, axis=(-2, -1))
    sign, _ = out
    if is_complex(sign):
        return 1j * np.imag(trace) * sign, np.real(trace)
    return np.zeros(np.shape(value_of(sign)), value_of(sign).dtype, like=kin(sign)), trace


slogdet_ = Primitive(
    np.linalg.slogdet,
    [slogdet_vjp],
    [slogdet_jvp],
    batch=leading,
    sample=[regular((3, 3)), regular((2, 2, 2))],
)
OPS.append(slogdet_)
implements(np.linalg.slogdet)(slogdet_)
