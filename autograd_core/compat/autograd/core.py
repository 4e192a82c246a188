"""autograd's core transforms, of functions of one argument: ``make_vjp`` and ``make_jvp``.

They are this engine's ``vjp`` and ``jvp`` with complex cotangents in autograd's convention, the
conjugate of ours.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ... import transforms
from ...node import Node
from ...tree import flatten, tree_map
from .definitions import (
    def_linear,
    defjvp,
    defjvp_argnum,
    defjvp_argnums,
    defvjp,
    defvjp_argnum,
    defvjp_argnums,
)
from .primitives import SparseObject, conjugate, primitive
from .vspaces import VSpace, vspace

__all__ = [
    "SparseObject",
    "VSpace",
    "def_linear",
    "defjvp",
    "defjvp_argnum",
    "defjvp_argnums",
    "defvjp",
    "defvjp_argnum",
    "defvjp_argnums",
    "make_jvp",
    "make_vjp",
    "primitive",
    "vspace",
]


def make_vjp(fun: Callable[..., Any], x: Any) -> tuple[Callable[..., Any], Any]:
    """``(vjp, value)`` of a function at ``x``, an array or a container of arrays.

    Parameters
    ----------
    fun : callable
    x : array_like or container

    Returns
    -------
    vjp : callable
    value : array_like or container

    Examples
    --------
    >>> vjp, value = make_vjp(np.sin, 0.0)
    >>> vjp(2.0)
    2.0
    """
    depends: list[bool] = []

    def noted(x: Any) -> Any:
        out = fun(x)
        depends.append(any(isinstance(leaf, Node) for leaf in flatten(out)[0]))
        return out

    value, pullback = transforms.vjp(noted, floating(x))
    if not depends[0]:
        warnings.warn(
            "The result does not depend on the argument: its gradient is zero.", stacklevel=2
        )
    return lambda g: conjugate(pullback(conjugate(g))[0]), value


def make_jvp(fun: Callable[..., Any], x: Any) -> Callable[..., Any]:
    """A function from a tangent of ``x`` to ``(value, tangent)`` of the result.

    Parameters
    ----------
    fun : callable
    x : array_like or container

    Returns
    -------
    callable

    Examples
    --------
    >>> make_jvp(lambda x: x**2, 3.0)(1.0)
    (9.0, 6.0)
    """
    x = floating(x)
    return lambda t: transforms.jvp(fun, (x,), (t,))


def floating(x: Any) -> Any:
    """An argument with its integer arrays made floating, which autograd differentiates too."""

    def leaf(x: Any) -> Any:
        return x.astype(float) if isinstance(x, np.ndarray) and x.dtype.kind in "biu" else x

    return tree_map(leaf, x)
