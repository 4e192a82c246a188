"""Python's containers and type tests as autograd programs use them inside traced functions.

Containers of Nodes are plain containers here, so ``tuple``, ``list`` and ``dict`` are Python's own;
``isinstance`` and ``type`` look at the value of a Node.
"""

from __future__ import annotations

import builtins
from typing import Any

from ...node import value_of

tuple = builtins.tuple  # type: ignore[type-arg]
list = builtins.list
dict = builtins.dict


def isinstance(x: Any, kind: Any) -> bool:
    """Whether the value of ``x`` is an instance of a type.

    Parameters
    ----------
    x : object
    kind : type or tuple of type

    Returns
    -------
    bool

    Examples
    --------
    >>> from autograd_core.compat.autograd.builtins import isinstance
    >>> isinstance(ag.Node(2.0), float)
    True
    """
    return builtins.isinstance(value_of(x), kind)


def type(x: Any) -> Any:
    """The type of the value of ``x``.

    Parameters
    ----------
    x : object

    Returns
    -------
    type

    Examples
    --------
    >>> from autograd_core.compat.autograd.builtins import type
    >>> type(ag.Node(2.0))
    <class 'float'>
    """
    return builtins.type(value_of(x))
