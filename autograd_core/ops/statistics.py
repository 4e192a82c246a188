"""Covariances and correlations, with weights that may be Nodes; ``var`` is in ``spreads.py``."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError, expected
from ..node import Node, as_array, value_of
from ..rows import implements
from .gathering import as_dtype
from .products import conj
from .shaping import shape_of


@implements(np.cov)
def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    """``np.cov`` of Nodes, wrt ``aweights``, too."""
    if ddof is not None and ddof != int(ddof):
        raise ArgumentError(expected("cov: ddof", "an integer", ddof, "Round it."))
    data = observations(m, y, rowvar, dtype)
    n = shape_of(data)[1]
    if not shape_of(data)[0]:
        return np.zeros((0, 0))
    lost = (0 if bias else 1) if ddof is None else ddof
    weights, left = degrees_of_freedom(n, lost, counts(fweights, n), importance(aweights, n))
    if value_of(left) <= 0:
        warnings.warn("Degrees of freedom <= 0 for slice", RuntimeWarning, stacklevel=3)
        left = 0.0
    if weights is None:
        data = data - np.mean(data, axis=1, keepdims=True)
        weighted = data
    else:
        data = data - (np.sum(data * weights, axis=1) / np.sum(weights))[:, None]
        weighted = data * weights
    share = np.true_divide(1, left)
    share = (
        share if isinstance(share, Node) else float(share)
    )  # weak, like NumPy's in-place product
    return np.squeeze(np.dot(data, np.transpose(conj(weighted))) * share)


def observations(m: Any, y: Any, rowvar: bool, dtype: Any) -> Any:
    """All variables as rows."""
    given = [x for x in (m, y) if x is not None]
    if any(len(shape_of(x)) > 2 for x in given):
        cure = "Pass variables as rows of a matrix."
        raise ArgumentError(expected("cov", "at most two axes", [*map(shape_of, given)], cure))
    if dtype is None:
        dtype = np.result_type(*(as_array(value_of(x)) for x in given), np.float64)
    rows = [np.atleast_2d(as_dtype(x, dtype)) for x in given]
    if not rowvar and len(shape_of(m)) != 1:
        rows[0] = np.transpose(rows[0])
    if not rowvar and y is not None and shape_of(rows[1])[0] != 1:
        rows[1] = np.transpose(rows[1])
    return np.concatenate(rows) if len(rows) > 1 else rows[0]


def counts(fweights: Any, n: int) -> Any:
    """How often each observation counts: plain whole numbers."""
    if fweights is None:
        return None
    if isinstance(fweights, Node) and fweights.requires_grad:
        cure = "Pass what carries a gradient as aweights."
        raise ArgumentTypeError(expected("cov: fweights", "plain integers", fweights, cure))
    plain = np.asarray(value_of(fweights), dtype=float)
    if not np.all(plain == np.around(plain)):
        cure = "Pass other weights as aweights."
        raise ArgumentTypeError(expected("cov: fweights", "integers", fweights, cure))
    return checked("fweights", plain, n)


def importance(aweights: Any, n: int) -> Any:
    """How much each observation counts."""
    return None if aweights is None else checked("aweights", as_dtype(aweights, float), n)


def checked(name: str, weights: Any, n: int) -> Any:
    """Weights, one for every observation and not negative."""
    if shape_of(weights) != (n,) or np.any(value_of(weights) < 0):
        cure = "Pass one for every observation."
        got = f"shape {shape_of(weights)}"
        raise ArgumentError(expected(f"cov: {name}", f"{n} numbers not negative", got, cure))
    return weights


def degrees_of_freedom(n: int, lost: int, f: Any, a: Any) -> tuple[Any, Any]:
    """The weights in one, and what the sum of squares is divided by."""
    if f is None and a is None:
        return None, n - lost
    weights = f if a is None else a if f is None else f * a
    total = np.sum(weights)
    if lost == 0 or a is None:
        return weights, total - lost
    return weights, total - lost * np.sum(weights * a) / total


@implements(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """``np.corrcoef`` of Nodes."""
    c = cov(x, y, rowvar, dtype=dtype)
    if not shape_of(c):
        return c / c
    deviation = np.sqrt(np.real(np.diag(c)))
    c = c / deviation[:, None] / deviation[None, :]
    if np.iscomplexobj(c):
        return np.clip(np.real(c), -1, 1) + 1j * np.clip(np.imag(c), -1, 1)
    return np.clip(c, -1, 1)
