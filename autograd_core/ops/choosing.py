"""Entries chosen by conditions, indices or what they are: select, choose, nan_to_num and their kin.

What is not chosen has no influence, whatever its derivative. ``where`` and ``clip`` are in
``elementwise.py``, ``x[...]`` and ``take`` in ``indexing.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError, describe, expected, unsupported
from ..node import Node, as_array, value_of, values_of
from ..rows import implements, is_complex
from ..tracing import some
from .gathering import arranged, as_dtype, common_dtype
from .indexing import write
from .shaping import refuse_out


@implements(np.take_along_axis)
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """``np.take_along_axis`` of a Node."""
    indices = value_of(indices)
    return arranged(lambda labels: np.take_along_axis(labels, indices, axis), arr)


@implements(np.compress)
def compress(condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    """``np.compress`` of a Node."""
    refuse_out("np.compress", out)
    condition = value_of(condition)
    return arranged(lambda labels: np.compress(condition, labels, axis), a)


@implements(np.extract)
def extract(condition: Any, arr: Any) -> Any:
    """``np.extract`` of a Node."""
    condition = value_of(condition)
    return arranged(lambda labels: np.extract(condition, labels), arr)


@implements(np.choose)
def choose(a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    """``np.choose`` of Nodes."""
    refuse_out("np.choose", out)
    which = as_array(value_of(a))
    if which.dtype.kind not in "biu":
        cure = "Pass integers that number the choices."
        raise ArgumentTypeError(expected("choose: a", "integers", describe(which), cure))
    return arranged(lambda *labels: np.choose(which, labels, mode=mode), *choices)


@implements(np.select)
def select(condlist: Sequence[Any], choicelist: Sequence[Any], default: Any = 0) -> Any:
    """``np.select`` of Nodes: for each entry the choice of the first condition that holds."""
    conditions = values_of(list(condlist))
    return arranged(
        lambda *labels: np.select(conditions, labels[:-1], labels[-1]),
        *choicelist,
        default,
        dtype=common_dtype([*choicelist, default]),
    )


@implements(np.piecewise)
def piecewise(x: Any, condlist: Any, funclist: Sequence[Any], *args: Any, **kw: Any) -> Any:
    """``np.piecewise`` of a Node: each function sees the entries of its condition alone.

    Where conditions overlap the last one counts; the result has the dtype of ``x``, as in NumPy.
    """
    value = as_array(value_of(x))
    masks = conditions_of(condlist, value.ndim)
    if len(masks) == len(funclist) - 1:
        masks.append(~np.any(masks, axis=0))
    if len(masks) != len(funclist):
        wanted = f"{len(masks)} or {len(masks) + 1} functions, one per condition"
        cure = "The one too many is for where no condition holds."
        raise ArgumentError(expected("piecewise", wanted, f"{len(funclist)}", cure))
    pieces = [
        (mask, f(x[mask], *args, **kw) if callable(f) else f)
        for mask, f in zip(masks, funclist, strict=True)
        if np.any(mask)
    ]
    parts = [0, *(as_dtype(part, value.dtype) for _, part in pieces)]
    everywhere = np.ones(value.shape, dtype=bool)
    return write(x, *parts, indices=(everywhere, *(mask for mask, _ in pieces)))


def conditions_of(condlist: Any, ndim: int) -> list[Any]:
    """The masks of ``piecewise``; a single one may come without its list."""
    plain = values_of(condlist)
    single = np.isscalar(plain) or (not isinstance(plain[0], list | np.ndarray) and ndim != 0)
    return list(np.asarray([plain] if single else plain, dtype=bool))


# by what the entries are
@implements(np.nan_to_num)
def nan_to_num(
    x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    """``np.nan_to_num`` of a Node: what is replaced has no influence, its replacement has."""
    if not copy:
        cure = "Nodes are immutable: use the returned result."
        raise unsupported("np.nan_to_num", "copy", copy, cure)
    if is_complex(x):
        parts = [nan_to_num(part, copy, nan, posinf, neginf) for part in (x.real, x.imag)]
        return parts[0] + 1j * parts[1]
    value = as_array(value_of(x))
    if value.dtype.kind != "f":
        return np.array(value)[()]
    limits = np.finfo(value.dtype)
    for mask, fill in (
        (np.isnan(value), nan),
        (np.isposinf(value), limits.max if posinf is None else posinf),
        (np.isneginf(value), limits.min if neginf is None else neginf),
    ):
        if some(mask):
            x = np.where(mask, as_dtype(fill, value.dtype), x)
    return x if isinstance(x, Node) else np.copy(x)


@implements(np.real_if_close)
def real_if_close(a: Any, tol: float = 100) -> Any:
    """``np.real_if_close`` of a Node: its real part if every imaginary part is all but zero."""
    value = as_array(value_of(a))
    if value.dtype.kind != "c":
        return a
    tol = np.finfo(value.dtype).eps * tol if tol > 1 else tol
    return np.real(a) if np.all(np.abs(value.imag) < tol) else a
