"""Users' functions that SciPy's solvers call: their arguments in any container, taken apart.

What solvers differentiate with respect to are the Nodes among ``args``. A Node that a function
closes over would be lost on the way, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..building import array, holds_node
from ..details import MODE
from ..errors import NotDifferentiableError
from ..node import Node, live
from ..tree import flatten

Function = Callable[..., Any]


def taken_apart(args: Any) -> tuple[list[Node], Callable[[Sequence[Any]], tuple[Any, ...]]]:
    """The live Nodes in a tuple of arguments, and how to put others in their places."""
    leaves, rebuild = flatten(args if isinstance(args, tuple) else (args,))
    places = [i for i, leaf in enumerate(leaves) if live(leaf)] if MODE.get() is not None else []
    plain = [leaf.value if isinstance(leaf, Node) and not live(leaf) else leaf for leaf in leaves]

    def put(others: Sequence[Any]) -> tuple[Any, ...]:
        full = list(plain)
        for i, other in zip(places, others, strict=True):
            full[i] = other
        whole: tuple[Any, ...] = rebuild(full)
        return whole

    return [leaves[i] for i in places], put


def joined(result: Any) -> Any:
    """What a function returned as one Node or array: lists of Nodes and numbers joined."""
    return array(result) if holds_node(result) else np.asarray(result)


def plain_result(name: str, result: Any) -> Any:
    """The result of a function of plain arguments, as an array."""
    result = joined(result)
    if not isinstance(result, Node):
        return result
    if live(result) and MODE.get() is not None:
        raise NotDifferentiableError(
            f"{name} expected a function of its arguments alone, got one that uses a Node from "
            "outside. Pass that Node in args: gradients flow to what is there."
        )
    return np.asarray(result.value)
