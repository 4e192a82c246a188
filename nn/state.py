"""Whether named arrays are the state of a model: what must hold before any of them is loaded.

``Module.state_dict`` makes such arrays; files of them are in ``saving.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        value = nodes[name].value  # a parameter may be a plain number
        if isinstance(value, np.ndarray) and value.flags.fnc:
            arrays[name] = np.asfortranarray(array)
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


def renamed(names: Iterable[str], state: Mapping[str, Array]) -> Mapping[str, Array]:
    """A state by the names of a model, if another program saved it from the same architecture.

    Such a file may put everything under one more name (``layers.0.weight``), or count layers
    without parameters that the model does not have. Where that does not explain the difference, the
    state is returned as it is.
    """
    ours, theirs = _grouped(names), _grouped(state)
    if ours.keys() != theirs.keys():
        if len(ours) != len(theirs) or not all(map(_numbers, [*ours, *theirs])):
            return state
        pairs = zip(*(sorted(groups, key=_numbers) for groups in (ours, theirs)), strict=True)
        theirs = {our: theirs[their] for our, their in pairs}
    if any(ours[path].keys() != theirs[path].keys() for path in ours):
        return state
    return {ours[path][leaf]: state[theirs[path][leaf]] for path in ours for leaf in ours[path]}


def _grouped(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Names by their last part and the module before it, less what all modules begin with."""
    parts = [name.split(".") for name in names]
    shared = 0
    while parts and all(len(p) > shared + 1 and p[shared] == parts[0][shared] for p in parts):
        shared += 1
    groups: dict[str, dict[str, str]] = {}
    for part in parts:
        groups.setdefault(".".join(part[shared:-1]), {})[part[-1]] = ".".join(part)
    return groups


def _numbers(path: str) -> list[int]:
    """The positions that a path is made of; empty if it is not."""
    parts = path.split(".")
    return [int(part) for part in parts] if all(part.isdecimal() for part in parts) else []


def listed(names: list[str]) -> str:
    """Some names in words, not too many."""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(repr, names[:5])) + more
