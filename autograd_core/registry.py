"""The registry of rules, empty until ``ops/`` fills it: what NumPy's functions do on a Node.

Tables that few programs need are imported when a function is missed. Here too is how a ufunc's
call is asked for: its name, its keywords, and names like it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from .errors import unsupported

RULES: dict[Any, Callable[..., Any]] = {}
"""What to call when a NumPy function (or ``(ufunc, method)``) meets a Node."""

QUERIES: set[Any] = set()
"""Those of them whose answer has no derivative and is plain."""

LATE: dict[str, str | None] = {}
"""Modules of rules that are imported when a function without a rule is met.

Each with the package whose functions they are for (and which must then be loaded), None for NumPy.
"""


def rule_for(key: Any) -> Callable[..., Any] | None:
    """The rule of a function, from whichever table has it; None if there is none."""
    for module, package in LATE.items():
        rule = RULES.get(key)
        if rule is not None:
            return rule
        if package is None or package in sys.modules:
            import_module(module)
    return RULES.get(key)


def similar_names(name: str) -> list[str]:
    """Functions with rules whose names are nearly ``name``."""
    import difflib

    known = {getattr(rule, "__name__", "") or getattr(rule, "name", "") for rule in RULES}
    return difflib.get_close_matches(name.rsplit(".", 1)[-1], sorted(known - {""}))


def ufunc_name(ufunc: np.ufunc, method: str) -> str:
    """How a user writes the call."""
    package = "np" if getattr(np, ufunc.__name__, None) is ufunc else "scipy.special"
    return f"{package}.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")


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
