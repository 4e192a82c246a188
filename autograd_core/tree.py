"""Containers of arrays, to any depth: dict, list, tuple, namedtuple and dataclass.

The flattening is optree's, imported when a container arrives; a bare array or number never gets
that far.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import endless, missing
from .node import Node

LEAVES = {Node, np.ndarray, float, int, complex, np.float64, np.float32}
NAMESPACE = "autograd_core"


def flatten(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of a container, and the function that puts others in their place."""
    if type(tree) in LEAVES or not is_container(tree):
        return [tree], _only
    leaves, spec = _flattened(tree)
    return leaves, spec.unflatten


def tree_map(function: Callable[[Any], Any], tree: Any) -> Any:
    """``function`` applied to every leaf of a container."""
    leaves, rebuild = flatten(tree)
    return rebuild([function(leaf) for leaf in leaves])


def same_structure(x: Any, y: Any) -> bool:
    """Whether two containers agree in their types, keys and lengths; any two leaves do."""
    if is_container(x) and is_container(y):
        return bool(_flattened(x)[1] == _flattened(y)[1])
    return not is_container(x) and not is_container(y)


def like_prefix(prefix: Any, tree: Any) -> list[Any]:
    """For every leaf of ``tree`` the leaf of ``prefix`` that stands where it, or what holds it, is.

    Raises ValueError where their types, keys and lengths differ.
    """
    if not is_container(prefix):
        return [prefix] * len(flatten(tree)[0])
    if not is_container(tree):
        raise ValueError(f"a container stands where there is one {type(tree).__name__}")
    if (  # the most frequent, for which optree is slow
        type(prefix) is type(tree) is tuple
        and len(prefix) == len(tree)
        and not any(map(is_container, prefix))
    ):
        return [x for x, part in zip(prefix, tree, strict=True) for _ in flatten(part)[0]]
    _flattened(prefix), _flattened(tree)  # which teaches optree their dataclasses
    leaves: list[Any] = _optree().broadcast_prefix(
        prefix, tree, none_is_leaf=True, namespace=NAMESPACE
    )
    return leaves


def is_container(tree: Any) -> bool:
    """Whether ``tree`` holds leaves rather than being one."""
    if isinstance(tree, dict | list | tuple):
        return True
    return is_dataclass(tree)


def is_dataclass(tree: Any) -> bool:
    """Whether ``tree`` is an instance of a dataclass (asked without importing ``dataclasses``)."""
    return is_dataclass_type(type(tree))


def is_dataclass_type(kind: type) -> bool:
    """Whether ``kind`` is a dataclass."""
    return hasattr(kind, "__dataclass_fields__")


def _only(leaves: list[Any]) -> Any:
    return leaves[0]


def _flattened(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of a container and optree's description of the rest."""
    optree = _optree()
    try:
        return _registered(optree, tree)
    except RecursionError:
        raise endless("A transform") from None


def _registered(optree: Any, tree: Any) -> tuple[list[Any], Any]:
    """The same, once the dataclasses in it are known to optree."""
    leaves, spec = optree.tree_flatten(tree, none_is_leaf=True, namespace=NAMESPACE)
    while _register_dataclasses(leaves):
        leaves, spec = optree.tree_flatten(tree, none_is_leaf=True, namespace=NAMESPACE)
    return leaves, spec


def _optree() -> Any:
    try:
        import optree
    except ImportError:
        raise missing("optree", None, "A container of arrays") from None
    return optree


def _register_dataclasses(leaves: list[Any]) -> bool:
    """Teach optree the dataclasses among ``leaves``; whether there were any."""
    kinds = [kind for kind in {*map(type, leaves)} - LEAVES if is_dataclass_type(kind)]
    for kind in kinds:
        _register_dataclass(kind)
    return bool(kinds)


def _register_dataclass(kind: Any) -> None:
    names = [
        name
        for name, field in kind.__dataclass_fields__.items()
        if field._field_type.name == "_FIELD"
    ]

    def unflatten(_: Any, values: Any) -> Any:
        new = object.__new__(kind)
        for name, value in zip(names, values, strict=True):
            object.__setattr__(new, name, value)
        return new

    def children(x: Any) -> Any:
        return [getattr(x, name) for name in names], None, names

    _optree().register_pytree_node(kind, children, unflatten, namespace=NAMESPACE)
