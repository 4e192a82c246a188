"""The logarithm of a sum of exponentials: the row behind ``np.logaddexp.reduce`` in ``scans.py``.

``autograd_core.scipy.special`` offers it by SciPy's name.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import reduced
from ..batching.rules import along
from ..node import value_of
from ..primitive import OPS, Primitive
from ..tracing import every
from .elementwise import share
from .reductions import expanded, holomorphic, shapes


def _logsumexp(x: Any, *, axis: tuple[int, ...], keepdims: bool) -> Any:
    least = {} if 0 not in np.shape(x) else {"initial": -np.inf}
    top = reduced(np.maximum, x, axis=axis, keepdims=True, **least)
    shift = np.where(np.isfinite(top), top, 0)
    with np.errstate(divide="ignore"):  # the logarithm of nothing is -inf, as SciPy has it
        total = np.log(reduced(np.add, np.exp(x - shift), axis=axis, keepdims=True)) + shift
    return (total if keepdims else np.squeeze(total, axis=axis)).astype(x.dtype)[()]


def softmax_of(out: Any, x: Any, axis: tuple[int, ...], keepdims: bool, exp: Any = np.exp) -> Any:
    """The share of each entry in the sum; infinite entries share evenly what they make infinite."""
    weights = share(expanded(out, x, axis, keepdims), x, exp)
    if every(np.isfinite(value_of(out))):
        return weights
    return weights / np.maximum(np.sum(weights, axis=axis, keepdims=True), 1)


logsumexp_ = Primitive(
    _logsumexp,
    [
        lambda g, out, x, axis, keepdims: (
            expanded(g, x, axis, keepdims) * holomorphic(softmax_of(out, x, axis, keepdims))
        )
    ],
    [
        lambda t, out, x, axis, keepdims: np.sum(
            t * softmax_of(out, x, axis, keepdims), axis=axis, keepdims=keepdims
        )
    ],
    batch=along("axis"),
    sample=shapes,
    name="logsumexp",
)
OPS.append(logsumexp_)
