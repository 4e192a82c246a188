"""``logsumexp``, ``softmax`` and ``log_softmax``, with every keyword of SciPy's."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...node import as_array, live, value_of
from ...ops.reductions import common
from ...ops.special import logsumexp_


def floating(x: Any) -> Any:
    """A Node or an array of floating numbers."""
    if hasattr(type(x), "dtype") and x.dtype.kind in "fc":
        return x
    return np.asarray(x, dtype=None if np.iscomplexobj(x) else float)


def logsumexp(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    """``log(sum(b * exp(a)))``, stable for large and infinite entries.

    Parameters
    ----------
    a : array_like or Node
    axis : int, tuple of int or None
    b : array_like or Node, optional
        Weights; of either sign with ``return_sign``.
    keepdims, return_sign : bool
        With ``return_sign`` the result is the pair of ``log(abs(sum))`` and the sum's sign.

    Returns
    -------
    Node or array
        Of the reduced shape. The gradient is the softmax; entries of +inf share it evenly.

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> x = ag.Node(np.array([0.0, 1000.0]))
    >>> y = special.logsumexp(x)
    >>> y.backward()
    >>> print(y.item(), x.grad)
    1000.0 [0. 1.]
    """
    a = floating(a)
    if b is None:
        a, params = common("logsumexp", a, axis, None, None, keepdims)
        log = logsumexp_(a, **params)
        return (log, phase(np.exp(1j * np.imag(log)), log)) if return_sign else log
    if not live(b):
        b = as_array(value_of(b))
        a = np.where(b == 0, -np.inf, a)  # what has no weight does not count, be it infinite
    top = np.max(value_of(a), axis=axis, keepdims=True, initial=-np.inf)
    shift = np.where(np.isfinite(top), top, 0).astype(top.dtype)
    total = np.sum(b * np.exp(a - shift), axis=axis, keepdims=keepdims)
    sign = np.sign(value_of(total))
    log = np.log(np.abs(total)) + np.reshape(shift, np.shape(value_of(total)))
    return (log, sign) if return_sign else np.where(sign < 0, np.nan, log)


def phase(sign: Any, log: Any) -> Any:
    """The sign of a sum without weights: 1, or of modulus 1 where it is complex, 0 if empty."""
    plain = value_of(log)
    return sign if np.iscomplexobj(plain) else np.where(plain == -np.inf, 0.0, 1.0)[()]


def centred(x: Any, axis: Any) -> Any:
    """``x`` less its largest entry along the axes, which changes no softmax."""
    x = floating(x)
    return x - np.max(value_of(x), axis=axis, keepdims=True)


def log_softmax(x: Any, axis: Any = None) -> Any:
    """``scipy.special.log_softmax``: ``x - logsumexp(x)`` along the axes, all by default.

    Parameters
    ----------
    x : array_like or Node
    axis : int or tuple of int, optional

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> special.log_softmax(ag.Node([0.0, 1000.0])).value
    array([-1000.,     0.])
    """
    x = centred(x, axis)
    return x - logsumexp(x, axis=axis, keepdims=True)


def softmax(x: Any, axis: Any = None) -> Any:
    """``scipy.special.softmax``: shares that sum to 1 along the axes, all by default.

    Parameters
    ----------
    x : array_like or Node
    axis : int or tuple of int, optional

    Returns
    -------
    Node or ndarray

    Examples
    --------
    >>> from autograd_core.scipy import special
    >>> special.softmax(ag.Node([0.0, 0.0])).value
    array([0.5, 0.5])
    """
    weights = np.exp(centred(x, axis))
    return weights / np.sum(weights, axis=axis, keepdims=True)
