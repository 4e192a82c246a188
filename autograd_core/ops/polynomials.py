"""Polynomials by their coefficients, highest first: values, products, fits and roots.

A ``poly1d`` may hold a Node; what NumPy answers with one is answered with one here. The roots are
differentiated by the equation they solve, p(r) = 0.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..arrays import kin
from ..batching.batched import Batched, row_by_row
from ..errors import ArgumentError, ArgumentTypeError, expected
from ..node import Node, value_of
from ..primitive import OPS, Primitive
from ..rows import implements
from ..tracing import every
from .products import conj
from .shaping import shape_of


def coefficients(p: Any) -> Any:
    """The coefficients of a polynomial, of whichever form."""
    p = p.coeffs if isinstance(p, np.poly1d) else p
    return np.atleast_1d(p)


def in_form(result: Any, *given: Any) -> Any:
    """A ``poly1d`` if one was given."""
    return np.poly1d(result) if any(isinstance(p, np.poly1d) for p in given) else result


@implements(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """``np.polyval`` of Nodes, by Horner's scheme."""
    p = p.coeffs if isinstance(p, np.poly1d) else p
    if not hasattr(p, "__array_function__") and not any(isinstance(c, Node | Batched) for c in p):
        p = np.asarray(p)
    y = 0 if isinstance(x, np.poly1d) else np.zeros_like(value_of(x))
    for coefficient in p:
        y = y * x + coefficient
    return y


def lengthened(p: Any, n: int) -> Any:
    """``p`` with zeros in front, up to ``n`` coefficients."""
    zeros = np.zeros(max(n - shape_of(p)[0], 0), value_of(p).dtype, like=kin(p))
    return np.concatenate((zeros, p)) if zeros.size else p


def of_one_length(a1: Any, a2: Any) -> tuple[Any, Any]:
    """Both polynomials with as many coefficients as the longer one."""
    p, q = coefficients(a1), coefficients(a2)
    n = max(shape_of(p)[0], shape_of(q)[0])
    return lengthened(p, n), lengthened(q, n)


@implements(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """``np.polyadd`` of Nodes."""
    p, q = of_one_length(a1, a2)
    return in_form(p + q, a1, a2)


@implements(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """``np.polysub`` of Nodes."""
    p, q = of_one_length(a1, a2)
    return in_form(p - q, a1, a2)


@implements(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """``np.polymul`` of Nodes; leading zeros are dropped first, as in NumPy."""
    p, q = (np.trim_zeros(coefficients(a), "f") for a in (a1, a2))
    p, q = (x if shape_of(x)[0] else np.zeros(1, value_of(x).dtype, like=kin(x)) for x in (p, q))
    return in_form(np.convolve(p, q), a1, a2)


@implements(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """``np.polydiv`` of Nodes: quotient and remainder, by long division."""
    r, divisor = coefficients(u) + 0.0, coefficients(v) + 0.0
    m, n = shape_of(r)[0], shape_of(divisor)[0]
    if not m or not n:
        cure = "Pass [0.0] for the polynomial 0."
        raise ArgumentError(expected("polydiv", "coefficients", f"{m} and {n} of them", cure))
    dtype = np.result_type(value_of(r), value_of(divisor))
    r, scale, quotient = r.astype(dtype), 1.0 / divisor[0], []
    for k in range(m - n + 1):
        quotient.append(scale * r[k])
        zeros = np.zeros(m - n, dtype)
        r = r - np.concatenate((zeros[:k], quotient[-1] * divisor, zeros[k:]))
    q = np.stack(quotient) if quotient else np.zeros(1, dtype)
    while shape_of(r)[0] > 1 and np.allclose(value_of(r)[0], 0, rtol=1e-14):
        r = r[1:]
    return in_form(q, u, v), in_form(r, u, v)


def order_of(m: Any) -> int:
    """How often to differentiate or integrate."""
    if int(m) < 0:
        cure = "Use polyder for derivatives, polyint for integrals."
        raise ArgumentError(expected("The order", "a number not negative", m, cure))
    return int(m)


@implements(np.polyder)
def polyder(p: Any, m: Any = 1) -> Any:
    """``np.polyder`` of a Node."""
    result = p.coeffs if isinstance(p, np.poly1d) else p
    for _ in range(order_of(m)):
        result = result[:-1] * np.arange(shape_of(result)[0] - 1, 0, -1, like=kin(result))
    return in_form(result, p)


@implements(np.polyint)
def polyint(p: Any, m: Any = 1, k: Any = None) -> Any:
    """``np.polyint`` of Nodes, wrt the constants of integration, too."""
    m = order_of(m)
    constants = np.atleast_1d(np.zeros(max(m, 1)) if k is None else k)
    if shape_of(constants)[0] == 1:
        constants = np.broadcast_to(constants, (max(m, 1),))
    if shape_of(constants)[0] < m:
        cure = "Pass one constant, or one for every integral."
        raise ArgumentError(expected("polyint: k", f"{m} constants", shape_of(constants), cure))
    result = p.coeffs if isinstance(p, np.poly1d) else p
    for i in range(m):
        powers = np.arange(shape_of(result)[0], 0, -1, like=kin(result))
        result = np.concatenate((result / powers, constants[i : i + 1]))
    return in_form(result, p)


@implements(np.vander)
def vander(x: Any, N: Any = None, increasing: bool = False) -> Any:
    """``np.vander`` of a Node."""
    if len(shape_of(x)) != 1:
        cure = "Flatten it."
        raise ArgumentError(expected("vander", "an array of one axis", shape_of(x), cure))
    powers = np.arange(shape_of(x)[0] if N is None else N, like=kin(x))
    return np.power(x[:, None], powers if increasing else powers[::-1])


# roots
def root_slopes(out: Any, p: Any) -> Any:
    """D r / d p of the roots: from p(r) = 0 it is -r**k / p'(r)."""
    n = shape_of(p)[-1]
    powers = np.power(out[..., None], np.arange(n - 1, -1, -1, like=kin(p)))
    slopes = powers[..., 1:] @ (p[..., :-1] * np.arange(n - 1, 0, -1, like=kin(p)))[..., None]
    return -powers / slopes


def apart(rng: np.random.Generator) -> Any:
    """Coefficients whose roots are real and apart."""
    return (np.array([2.0, -1.0, -4.0, 0.5]) + 0.1 * rng.normal(size=4),), {}


def turning(rng: np.random.Generator) -> Any:
    """Coefficients with a pair of complex roots."""
    return (np.array([1.0, 0.5, 2.0]) + 0.1 * rng.normal(size=3),), {}


def _roots(p: Any) -> Any:
    if np.ndim(p) == 1:
        return np.roots(p)
    n = p.shape[-1] - 1
    companion = np.zeros((*p.shape[:-1], n, n), np.result_type(p, float))
    companion[..., 1:, :-1] = np.eye(n - 1)
    companion[..., 0, :] = -p[..., 1:] / p[..., :1]
    found = np.linalg.eigvals(companion)  # complex ones since NumPy 2.5, whose roots may be real
    return found if np.iscomplexobj(p) or np.any(found.imag) else found.real


def companions(op: Any, xs: Any, mapped: Any) -> Any:
    """All at once, unless NumPy would drop a zero coefficient at an end."""
    (p,) = xs
    ends = value_of(p)[..., [0, -1]] != 0
    return op(p) if every(ends) and p.shape[-1] > 2 else row_by_row(op, xs, mapped)


roots_ = Primitive(
    _roots,
    [lambda g, out, p: (g[..., None, :] @ conj(root_slopes(out, p)))[..., 0, :]],
    [lambda t, out, p: (root_slopes(out, p) @ t[..., None])[..., 0]],
    batch=companions,
    sample=[apart, turning],
    name="roots",
)
OPS.append(roots_)


@implements(np.roots)
def roots(p: Any) -> Any:
    """``np.roots`` of a Node; the derivative of a repeated root is infinite or undefined."""
    p = np.atleast_1d(p)
    if len(shape_of(p)) != 1:
        cure = "Pass the coefficients of one polynomial; ag.vmap takes many."
        raise ArgumentError(expected("roots", "one axis", f"shape {shape_of(p)}", cure))
    return roots_(p)


@implements(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """``np.poly`` of the roots, or of a square matrix its characteristic polynomial."""
    zeros = np.atleast_1d(seq_of_zeros)
    shape = shape_of(zeros)
    if len(shape) == 2 and shape[0] == shape[1] != 0:
        zeros = np.linalg.eigvals(zeros)
    elif len(shape) != 1:
        cure = "Pass roots, or a square matrix."
        raise ArgumentError(expected("poly", "one axis or a square", f"shape {shape}", cure))
    if not shape_of(zeros)[0]:
        return 1.0
    result: Any = np.ones(1, value_of(zeros).dtype, like=kin(zeros))
    for zero in zeros:
        factor = np.concatenate(
            (np.ones(1, result.dtype, like=kin(result)), np.reshape(-zero, (1,)))
        )
        result = np.convolve(result, factor)
    if not np.iscomplexobj(result):
        return result
    plain = value_of(zeros)
    paired = np.array_equal(np.sort(plain), np.sort(plain.conj()))
    return np.real(result) if paired else result


# fits
@implements(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """``np.polyfit`` of Nodes, wrt points, values and weights: least squares, as in NumPy."""
    order = int(deg) + 1
    x, y = np.add(x, 0.0), np.add(y, 0.0)
    check_points(x, y, order)
    lhs, rhs = np.vander(x, order), y
    if w is not None:
        w = np.add(w, 0.0)
        if shape_of(w) != shape_of(x):
            got = shape_of(w)
            cure = "Pass one weight for every point."
            raise ArgumentTypeError(expected("polyfit: w", f"shape {shape_of(x)}", got, cure))
        lhs = lhs * w[:, None]
        rhs = rhs * (w[:, None] if len(shape_of(y)) == 2 else w)
    scale = np.sqrt(np.sum(lhs * lhs, axis=0))
    lhs = lhs / scale
    rcond = shape_of(x)[0] * np.finfo(value_of(x).dtype).eps if rcond is None else rcond
    c, residuals, rank, singular = np.linalg.lstsq(lhs, rhs, rcond)
    c = np.transpose(np.transpose(c) / scale)
    if value_of(rank) != order and not full:
        message = "Polyfit may be poorly conditioned"
        warnings.warn(message, np.exceptions.RankWarning, stacklevel=3)
    if full:
        return c, residuals, rank, singular, rcond
    if not cov:
        return c
    base = np.linalg.inv(np.transpose(lhs) @ lhs) / np.outer(scale, scale)
    if cov != "unscaled":
        left = shape_of(x)[0] - order
        if left <= 0:
            cure = "Pass more points, or cov='unscaled'."
            raise ArgumentError(expected("polyfit: cov", f"more than {order} points", cov, cure))
        base = (
            base[..., None] * (residuals / left)
            if len(shape_of(y)) == 2
            else base * (residuals / left)
        )
    elif len(shape_of(y)) == 2:
        base = base[..., None]
    return c, base


def check_points(x: Any, y: Any, order: int) -> None:
    """Whether points can be fitted."""
    if order < 1:
        cure = "Pass 0 for a constant."
        raise ArgumentError(expected("polyfit: deg", "a number not negative", order - 1, cure))
    ok = len(shape_of(x)) == 1 and shape_of(x)[0] and len(shape_of(y)) in (1, 2)
    if not ok or shape_of(y)[0] != shape_of(x)[0]:
        got = f"shapes {shape_of(x)} and {shape_of(y)}"
        cure = "Pass as many values as points; more columns are more fits."
        raise ArgumentTypeError(expected("polyfit", "points x and values y", got, cure))
