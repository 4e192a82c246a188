"""Gradients cut to size, between ``backward`` and ``step``."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_core as ag

from ..module import Module
from .options import nodes_of, number


def clip_grad_norm(params: Module | Iterable[ag.Node], max_norm: float) -> float:
    """Scale all gradients so that together they have a norm of at most ``max_norm``.

    Parameters
    ----------
    params : Module or iterable of Node
        Those without a gradient do not count.
    max_norm : float

    Returns
    -------
    float
        The norm before: the root of the sum of the squares of all entries. Where it is infinite or
        NaN nothing has been changed.

    References
    ----------
    Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, 2013.

    Examples
    --------
    >>> w = ag.Node([0.0, 0.0])
    >>> w.grad = np.array([3.0, 4.0])
    >>> nn.clip_grad_norm([w], 1.0)
    5.0
    >>> w.grad
    array([0.6, 0.8])
    """
    limit = number(0.0)("clip_grad_norm", "max_norm", max_norm)
    nodes = with_gradient(params)
    norm: float = norm_of_all(nodes)
    if ag.is_compiling():
        long = (norm > limit) & np.isfinite(norm)
        factor = np.where(long, limit / np.where(long, norm, 1), 1)
        for node in nodes:
            node.grad = node.grad * factor.astype(node.grad.dtype)
        return norm
    if limit < norm < math.inf:
        for node in nodes:
            node.grad = node.grad * (limit / norm)
    return norm


def norm_of_all(params: Iterable[ag.Node]) -> Any:
    """The Euclidean norm of all gradients together, without overflow; 0 where there is none."""
    nodes = with_gradient(params)
    if not ag.is_compiling():
        return math.hypot(*(norm_of(node.grad) for node in nodes))
    tops = [np.max(np.abs(node.grad), initial=0).astype(float) for node in nodes]
    top = np.max(np.stack(tops)) if tops else np.zeros(())
    by = np.where((top > 0) & np.isfinite(top), top, 1)
    squares = [np.sum(np.square(np.abs(node.grad) / by)) for node in nodes]
    return by * np.sqrt(np.sum(np.stack(squares))) if squares else top


def clip_grad_value(params: Module | Iterable[ag.Node], limit: float) -> None:
    """Bring every entry of every gradient into the interval from ``-limit`` to ``limit``.

    Parameters
    ----------
    params : Module or iterable of Node
    limit : float
        Of the real and of the imaginary part, where gradients are complex.

    Examples
    --------
    >>> w = ag.Node([0.0, 0.0])
    >>> w.grad = np.array([3.0, -0.5])
    >>> nn.clip_grad_value([w], 1.0)
    >>> w.grad
    array([ 1. , -0.5])
    """
    limit = number(0.0)("clip_grad_value", "limit", limit)
    for node in with_gradient(params):
        number_type = type(node.grad)
        clipped = np.clip(np.real(node.grad), -limit, limit)
        if np.iscomplexobj(node.grad):
            clipped = clipped + 1j * np.clip(np.imag(node.grad), -limit, limit)
        node.grad = number_type(clipped) if number_type in (float, complex) else clipped


def with_gradient(params: Module | Iterable[ag.Node]) -> list[ag.Node]:
    """Each parameter once, if it has a gradient."""
    nodes = nodes_of("Clipping", params)
    return list({id(node): node for node in nodes if node.grad is not None}.values())


def norm_of(gradient: Any) -> float:
    """The Euclidean norm of all entries, without overflow."""
    flat = np.ravel(gradient)
    square = float(abs(np.vdot(flat, flat)))  # by BLAS, which reports no overflow
    if 1e-30 < square < 1e30:
        return math.sqrt(square)
    top = 0.0 if 0 in np.shape(flat) else float(np.max(np.abs(flat)))
    if top == 0 or not math.isfinite(top):
        return top
    return top * float(np.linalg.norm(flat / top))
