"""Whether named arrays are the state of a model: what must hold before any of them is loaded.

``Module.state_dict`` makes such arrays; files of them are in ``saving.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .errors import StateError, expected

Array = npt.NDArray[Any]


def fitting(
    what: str, nodes: Mapping[str, ag.Node], state: Mapping[str, npt.ArrayLike], strict: bool
) -> dict[str, Array]:
    """Copies of the arrays that belong to ``nodes``, by name; an error if any does not fit."""
    if strict:
        _check_names(what, nodes, state)
    arrays = {name: np.array(state[name]) for name in nodes if name in state}
    for name, array in arrays.items():
        _check_fits(f"{what}, {name!r},", nodes[name], array)
    return arrays


def _check_names(what: str, nodes: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    absent = [name for name in nodes if name not in state]
    extra = [name for name in state if name not in nodes]
    if absent or extra:
        kinds = (("no", absent), ("unexpected", extra))
        got = " and ".join(f"{kind} {listed(names)}" for kind, names in kinds if names)
        cure = "Build the model it was saved from, or pass strict=False to load what is common."
        raise StateError(expected(what, "every name of the model and no other", got, cure))


def _check_fits(what: str, node: ag.Node, array: Array) -> None:
    if array.shape != node.shape:
        cure = "Build the model it was saved from."
        raise StateError(expected(what, f"shape {node.shape}", str(array.shape), cure))
    if array.dtype != node.dtype:
        cure = f"Build it with dtype=np.{array.dtype}, or convert with .astype(np.{node.dtype})."
        raise StateError(expected(what, f"dtype {node.dtype}", str(array.dtype), cure))


def listed(names: list[str]) -> str:
    """Some names in words, not too many."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(repr, names[:5])) + more
