"""The registry of rules, empty until ``ops/`` fills it: what NumPy's functions do on a Node.

Tables that few programs need are imported when a function is missed. Here too are the names of
functions: how a user writes one, and those like it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

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
    known = {name for name in known if name.isidentifier()}
    return difflib.get_close_matches(name.rsplit(".", 1)[-1], sorted(known), cutoff=0.7)


def ufunc_name(ufunc: np.ufunc, method: str) -> str:
    """How a user writes the call."""
    package = "np" if getattr(np, ufunc.__name__, None) is ufunc else "scipy.special"
    return f"{package}.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
