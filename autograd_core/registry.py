"""The registry of rules, empty until ``ops/`` fills it: what NumPy's functions do on a Node.

Here too is how a ufunc's call is asked for in it: its name, its keywords, and names like it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .errors import unsupported

RULES: dict[Any, Callable[..., Any]] = {}
"""What to call when a NumPy function (or ``(ufunc, method)``) meets a Node."""


def similar_names(name: str) -> list[str]:
    """Functions with rules whose names are nearly ``name``."""
    import difflib

    known = {getattr(rule, "__name__", "") or getattr(rule, "name", "") for rule in RULES}
    return difflib.get_close_matches(name.rsplit(".", 1)[-1], sorted(known - {""}))


def ufunc_name(ufunc: np.ufunc, method: str) -> str:
    """How a user writes the call."""
    return f"np.{ufunc.__name__}" if method == "__call__" else f"np.{ufunc.__name__}.{method}"


def checked_ufunc_params(ufunc: np.ufunc, method: str, inputs: Any, params: dict[str, Any]) -> Any:
    """Honour ``dtype=``, refuse ``out=`` and what else would be ignored."""
    name = ufunc_name(ufunc, method)
    if params.get("out") is not None:
        raise unsupported(name, "out", "...", "Nodes are immutable: use the returned result.")
    params.pop("out", None)
    if method != "__call__":
        return inputs, params
    if params.pop("where", True) is not True:
        raise unsupported(name, "where", "...", "Use np.where(mask, f(x), fill).")
    dtype = params.pop("dtype", None)
    for keyword, got in params.items():
        raise unsupported(name, keyword, got, "Leave it out.")
    if dtype is not None:
        inputs = tuple(RULES[np.ndarray.astype](x, dtype) for x in inputs)
    return inputs, {}
