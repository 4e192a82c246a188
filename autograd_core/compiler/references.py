"""How a source that is pasted elsewhere gets the functions and constants that it calls by name."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..primitive import OPS, Primitive


def imports(kept: Mapping[str, Any], text: str) -> list[str]:
    """Lines that define every name."""
    lines = ["import scipy.special"] if "scipy.special." in text else []
    for name, thing in kept.items():
        lines += definition(name, thing)
    return lines


def definition(name: str, thing: Any) -> list[str]:
    """The lines after which ``name`` is ``thing``."""
    if isinstance(thing, np.ndarray):
        with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
            entries = np.array2string(thing.reshape(-1), separator=", ", max_line_width=100)
        entries = entries.replace("nan", "np.nan").replace("inf", "np.inf")
        return [f"{name} = np.array({entries}, np.{thing.dtype.name}).reshape({thing.shape})"]
    whole = getattr(thing, "function", None)
    found = reference(whole if whole is not None else thing)
    if found is None:
        return [f"# {name}: a function of yours, {thing!r}, which has to be in scope"]
    module, path = found
    lines = [f"import {module}"]
    if whole is not None:
        wrapper = type(thing).__name__
        lines.append(f"from {type(thing).__module__} import {wrapper}")
        return [*lines, f"{name} = {wrapper}({module}.{path})"]
    return [*lines, f"{name} = {module}.{path}"]


def reference(thing: Any) -> tuple[str, str] | None:
    """The module that has it, and how it is found there."""
    module = getattr(thing, "__module__", None)
    path = getattr(thing, "__qualname__", "")
    if module and module in sys.modules:
        home = importlib.import_module(module)
        if path.isidentifier() and getattr(home, path, None) is thing:
            return module, path
        for name, value in vars(home).items():
            if isinstance(value, Primitive):
                part = part_of(value, thing)
                if part:
                    return module, f"{name}.{part}"
    for i, op in enumerate(OPS):
        part = part_of(op, thing)
        if part:
            return "autograd_core.primitive", f"OPS[{i}].{part}  # {op.name}"
    return None


def part_of(op: Primitive, thing: Any) -> str:
    """How a primitive calls a function that it holds."""
    if op.forward is thing:
        return "forward"
    for kind in ("vjps", "jvps"):
        rules = getattr(op, kind)
        if rules is thing:
            return kind
        if isinstance(rules, tuple):
            for i, rule in enumerate(rules):
                if rule is thing:
                    return f"{kind}[{i}]"
    return ""
