"""How a source that is pasted elsewhere gets the functions and constants that it calls by name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..primitive import OPS, Primitive
from ..sources import is_plain
from .program import Callback, Copied
from .trace import Whole

WRAPPERS = (Whole, Callback, Copied)
"""What a program puts around functions."""
WRITTEN = "?bhilqBHILQefdFD"
"""Dtypes of which scalars and, in native order, arrays are written out."""


def imports(kept: Mapping[str, Any], text: str) -> list[str]:
    """Lines that define every name."""
    lines = ["import scipy.special"] if "scipy.special." in text else []
    for name, thing in kept.items():
        lines += definition(name, thing)
    return lines


def definition(name: str, thing: Any) -> list[str]:
    """The lines after which ``name`` is ``thing``."""
    if type(thing) is np.ndarray and thing.dtype.char in WRITTEN and thing.dtype.isnative:
        return [f"{name} = {array(thing)}"]
    whole = thing.function if type(thing) in WRAPPERS else None
    found = reference(thing if whole is None else whole)
    if found is None:
        return [f"# {name}: a thing of yours, {one_line(repr(thing))}, which has to be in scope"]
    module, path, note = found
    lines = [f"import {module}"]
    if whole is not None:
        wrapper = type(thing).__name__
        lines.append(f"from {type(thing).__module__} import {wrapper}")
        return [*lines, f"{name} = {wrapper}({module}.{path}){note}"]
    return [*lines, f"{name} = {module}.{path}{note}"]


def array(x: np.ndarray[Any, Any]) -> str:
    """An array written out."""
    if x.dtype.kind == "c":
        parts = x.reshape(-1).view(x.real.dtype)
        return f"{array(parts)}.view(np.{x.dtype.name}).reshape({x.shape})"
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
        entries = np.array2string(x.reshape(-1), separator=", ", max_line_width=100)
    entries = entries.replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({entries}, np.{x.dtype.name}).reshape({x.shape})"


def one_line(text: str) -> str:
    """A text that stays within a comment."""
    return " ".join(text.split()).encode("ascii", "backslashreplace").decode()


def reference(thing: Any) -> tuple[str, str, str] | None:
    """The module that has it, how it is found there, and a note for the reader."""
    module = str(getattr(thing, "__module__", None))
    path = str(getattr(thing, "__qualname__", ""))
    home = sys.modules.get(module)
    if home is not None and all(map(is_plain, module.split("."))):
        if is_plain(path) and getattr(home, path, None) is thing:
            return module, path, ""
        for name, value in vars(home).items():
            if isinstance(value, Primitive) and is_plain(name):
                part = part_of(value, thing)
                if part:
                    return module, f"{name}.{part}", ""
    for i, op in enumerate(OPS):
        part = part_of(op, thing)
        if part:
            return "autograd_core.primitive", f"OPS[{i}].{part}", f"  # {one_line(str(op.name))}"
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
