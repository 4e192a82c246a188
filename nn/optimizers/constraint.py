"""The max-norm constraint: no unit's incoming weights longer than a limit, by projection."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_core as ag

from ..module import Module
from .options import nodes_of, number


def max_norm(params: Module | Iterable[ag.Node], limit: float) -> None:
    """Shorten the incoming weights of every unit to a norm of at most ``limit``.

    Call it after each step; an optimiser made with ``max_norm=limit`` does so by itself.

    Parameters
    ----------
    params : Module or iterable of Node
        Each row of a weight matrix, shape (n_out, n_in), belongs to a unit; parameters with other
        than two axes (biases, scales) are left alone.
    limit : float

    References
    ----------
    Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014,
    section 5.1.

    Examples
    --------
    >>> W = ag.Node([[3.0, 4.0], [0.3, 0.4]])
    >>> nn.max_norm([W], 1.0)
    >>> W.value
    array([[0.6, 0.8],
           [0.3, 0.4]])
    """
    limit = number(0.0)("max_norm", "limit", limit)
    limit_rows(nodes_of("max_norm", params), limit)


def limit_rows(params: Iterable[ag.Node], limit: float) -> None:
    """``max_norm`` with everything checked."""
    for node in params:
        if node.ndim == 2:
            shorter = shortened(node.value, limit)
            if ag.is_compiling():  # in the optimiser's memory, where a program keeps it
                node.value[...] = shorter
            elif shorter is not None:
                node.assign(shorter)


def shortened(W: Any, limit: float) -> Any:
    """A matrix with rows of at most this norm, laid out as it is; None if it is one already."""
    norms = np.linalg.norm(W, axis=1)
    long = norms > limit
    if not ag.is_compiling() and not np.any(long):
        return None
    factors = np.where(long, limit / np.where(long, norms, 1), 1).astype(W.dtype)
    return np.transpose(np.transpose(W) * factors)
