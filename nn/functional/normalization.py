"""Normalisation over the batch or over the features, each one op with a hand-derived rule.

Running statistics are kept by ``layers/batchnorm.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ShapeError, expected
from ..placement import is_foreign
from .sums import column_sums, row_sums


def _by_rows(x: Any) -> Any:
    """``x`` as a matrix of one row per sample."""
    return x if x.ndim == 2 else x.reshape(-1, x.shape[-1])


def _down(x: Any) -> Any:
    """Sums down the columns of a matrix."""
    return column_sums(x) if type(x) is np.ndarray else np.sum(x, axis=0)


def _along(x: Any) -> Any:
    """Sums along the rows, as a column."""
    return row_sums(x)[..., None] if type(x) is np.ndarray else np.sum(x, axis=-1, keepdims=True)


# over the batch


def _batch_norm(x: Any, *affine: Any, eps: float) -> Any:
    rows = _by_rows(x)
    mean = column_sums(rows) / len(rows)
    out = np.subtract(rows, mean, dtype=np.result_type(x, *affine))
    var = np.einsum("ij,ij->j", out, out) / len(rows)
    scale = 1 / np.sqrt(var + eps)
    out *= scale * affine[0] if affine else scale
    if affine:
        out += affine[1]
    return out.reshape(x.shape), mean, var


def _batch_norm_pull(gs: Any, outs: Any, x: Any, *affine: Any, eps: float) -> list[Any]:
    (g, g_mean, g_var), (_, mean, var) = gs, outs
    rows, g, n = _by_rows(x), _by_rows(g), x.size // x.shape[-1]
    scale = 1 / np.sqrt(var + eps)
    slope = scale * affine[0] if affine else scale
    plain = not any(type(a) is ag.Node for a in (g, x, mean, *affine))
    if plain and not g_mean.any() and not g_var.any():
        c, weighted, summed = _batch_norm_slope(g, rows, mean, scale, slope)
    else:
        centred = rows - mean
        standard = centred * scale
        summed, weighted = np.sum(g, axis=0), np.sum(g * standard, axis=0)
        c = slope * (g - standard * (weighted / n) - summed / n)
        c = c + (g_mean + 2 * g_var * centred) / n
    return [c.reshape(x.shape), weighted, summed][: 1 + len(affine)]


def _batch_norm_slope(g: Any, rows: Any, mean: Any, scale: Any, slope: Any) -> Any:
    """What the rows hand on, ∇γ and ∇β, with one new matrix: arrays only."""
    c = rows - mean
    weighted, summed = np.einsum("ij,ij->j", g, c), column_sums(g)
    weighted *= scale
    c *= scale * weighted / -len(rows)
    c += g
    c -= summed / len(rows)
    c *= slope
    return c, weighted, summed


_batch_norm_op = ag.Primitive(_batch_norm, _batch_norm_pull, name="batch_norm", finite=True)


def batch_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: float = 1e-5) -> Any:
    """Columns brought to mean 0 and variance 1 over the batch, then ``gamma * x + beta``.

    Parameters
    ----------
    x : array_like or Node, shape (..., features)
        Every axis but the last is the batch.
    gamma, beta : array_like or Node, shape (features,), optional
        Both or neither.
    eps : float
        Added to the variance.

    Returns
    -------
    out : Node or array, shape (..., features)
    mean, var : Node or array, shape (features,)
        The batch's own; the variance is the biased one, the mean square.

    Notes
    -----
    With x̂ the normalised rows, δ the gradient of the result and ⟨·⟩ the mean over the batch:
    ∇γ = Σ δ x̂, ∇β = Σ δ, ∇x = γ/√(σ²+ε) (δ − ⟨δ⟩ − x̂ ⟨δ x̂⟩).

    References
    ----------
    Ioffe and Szegedy, Batch normalization, 2015, algorithm 1.

    Examples
    --------
    >>> out, mean, var = nn.functional.batch_norm(np.array([[1.0], [3.0]]), eps=0.0)
    >>> out.ravel(), mean, var
    (array([-1.,  1.]), array([2.]), array([1.]))
    """
    shape = np.shape(getattr(x, "value", x))
    if len(shape) < 2 or 0 in shape:
        cure = "Pass one row per sample."
        raise ShapeError(
            expected("batch_norm", "x of shape (batch, features), not empty", str(shape), cure)
        )
    affine = _affine("batch_norm", shape, gamma, beta)
    if is_foreign(getattr(x, "value", x)):
        return _normalised(x, affine, tuple(range(len(shape) - 1)), eps)
    return _batch_norm_op(x, *affine, eps=eps)


# over the features


def _layer_norm(x: Any, *affine: Any, eps: float) -> Any:
    out = np.subtract(x, _along(x) / x.shape[-1], dtype=np.result_type(x, *affine))
    out *= 1 / np.sqrt(_inner(out, out) / x.shape[-1] + eps)
    if affine:
        out *= affine[0]
        out += affine[1]
    return out


def _inner(x: Any, y: Any) -> Any:
    """Inner products of the rows of two arrays, as a column."""
    return np.vecdot(x, y)[..., None]


def _layer_norm_pull(g: Any, out: Any, x: Any, *affine: Any, eps: float) -> list[Any]:
    n = x.shape[-1]
    if not any(type(a) is ag.Node for a in (g, x, *affine)):
        return _layer_norm_slope(g, n, x, *affine, eps=eps)
    centred = x - _along(x) / n
    scale = 1 / np.sqrt(_along(centred * centred) / n + eps)
    standard = centred * scale
    inner = g * affine[0] if affine else g
    c = scale * (inner - _along(inner) / n - standard * (_along(inner * standard) / n))
    return [c, _down(_by_rows(g * standard)), _down(_by_rows(g))][: 1 + len(affine)]


def _layer_norm_slope(g: Any, n: int, x: Any, *affine: Any, eps: float) -> list[Any]:
    """The cotangents with as few new arrays as will do: arrays only."""
    c = x - _along(x) / n
    scale = 1 / np.sqrt(_inner(c, c) / n + eps)
    pulled, inner = [], g
    if affine:
        inner = g * c
        pulled = [scale.reshape(-1).dot(_by_rows(inner)), column_sums(_by_rows(g))]
        inner = np.multiply(g, affine[0], out=inner if inner.dtype == affine[0].dtype else None)
    c *= scale * scale * _inner(inner, c) / -n
    c += inner
    c -= _along(inner) / n
    c *= scale
    return [c, *pulled]


_layer_norm_op = ag.Primitive(_layer_norm, _layer_norm_pull, name="layer_norm", finite=True)


def layer_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: float = 1e-5) -> Any:
    """Each sample's features brought to mean 0 and variance 1, then ``gamma * x + beta``.

    Parameters
    ----------
    x : array_like or Node, shape (..., features)
    gamma, beta : array_like or Node, shape (features,), optional
        Both or neither.
    eps : float
        Added to the variance.

    Returns
    -------
    Node or array, shape (..., features)

    References
    ----------
    Ba, Kiros and Hinton, Layer normalization, 2016.

    Examples
    --------
    >>> nn.functional.layer_norm(np.array([1.0, 3.0]), eps=0.0)
    array([-1.,  1.])
    """
    shape = np.shape(getattr(x, "value", x))
    if not shape or not shape[-1]:
        raise ShapeError(
            expected("layer_norm", "x of shape (..., features)", str(shape), "Pass features.")
        )
    affine = _affine("layer_norm", shape, gamma, beta)
    if is_foreign(getattr(x, "value", x)):
        return _normalised(x, affine, -1, eps)[0]
    return _layer_norm_op(x, *affine, eps=eps)


# over either, on arrays of other libraries


def _normalised(x: Any, affine: list[Any], axis: Any, eps: float) -> tuple[Any, Any, Any]:
    """The result, the means and the variances, made of NumPy's functions."""
    mean = np.mean(x, axis=axis, keepdims=True)
    centred = x - mean
    var = np.mean(centred * centred, axis=axis, keepdims=True)
    out = centred / np.sqrt(var + eps)
    for combine, p in zip((np.multiply, np.add), affine, strict=False):
        out = combine(out, p)
    return out, np.squeeze(mean, axis=axis), np.squeeze(var, axis=axis)


def _affine(what: str, shape: tuple[int, ...], gamma: Any, beta: Any) -> list[Any]:
    """Gain and shift, both or neither, of one entry per feature."""
    given = [p for p in (gamma, beta) if p is not None]
    shapes = [np.shape(getattr(p, "value", p)) for p in given]
    if len(given) == 1 or any(s != shape[-1:] for s in shapes):
        wanted = f"gamma and beta of shape {shape[-1:]}, or neither"
        got = " and ".join(map(str, shapes)) if len(given) > 1 else f"only one, {shapes[0]}"
        raise ShapeError(expected(what, wanted, got, "Pass one number per feature in each."))
    return given
