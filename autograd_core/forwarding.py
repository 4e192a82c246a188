"""Modules that offer every name of one of NumPy's or SciPy's beside their own.

What protocols dispatch comes as it is. Any other function computes on plain values and refuses a
Node that carries a gradient, by name: nothing is detached. ``numpy/`` and ``scipy/`` use this.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from .errors import missing
from .node import without_rule

FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType)

Forwarded = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]


def forwarding(here: str, there: str, own: Sequence[str] = ()) -> Forwarded:
    """``__getattr__`` and ``__dir__`` of a module that stands for another, and more names for it.

    Parameters
    ----------
    here, there : str
        The module's own name, and that of the one whose names it offers.
    own : sequence of str
        Public names the module defines itself: they come first, and are not among the more.

    Examples
    --------
    >>> __getattr__, __dir__, more = forwarding("my_module", "numpy.fft", own=["fft"])
    >>> "irfft" in more, "fft" in more
    (True, False)
    >>> __getattr__("fftfreq")(4)
    array([ 0.  ,  0.25, -0.5 , -0.25])
    """
    original = imported(there)
    more = sorted(set(public_names(original)) - set(own))
    names = [*own, *more]

    def lookup(name: str) -> Any:
        try:
            found = getattr(original, name)
        except AttributeError:
            raise AttributeError(f"module {here!r} has no attribute {name!r}") from None
        offered = refusing(found, f"{short(there)}.{name}")
        if here in sys.modules:
            vars(sys.modules[here])[name] = offered  # found at once the next time
        return offered

    return lookup, lambda: names, more


def imported(name: str) -> Any:
    """A module of NumPy's or SciPy's, or an error that says what to install."""
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise missing(package, "scipy", f"autograd_core.{name}") from None


def public_names(module: Any) -> list[str]:
    """The names that ``from module import *`` would bring, less modules without documentation."""
    listed: list[str] | None = getattr(module, "__all__", None)
    names = listed or [name for name in dir(module) if not name.startswith("_")]
    found = vars(module)
    return [n for n in names if not (isinstance(found.get(n), ModuleType) and not found[n].__doc__)]


def short(module: str) -> str:
    """A module as programs abbreviate it."""
    return "np" + module.removeprefix("numpy") if module.startswith("numpy") else module


def refusing(found: Any, name: str) -> Any:
    """A function that does not dispatch, guarded; constants, types and the rest as they are."""
    multimethod = type(found).__name__ == "_Function"  # of uarray, as all of scipy.fft
    if not (isinstance(found, FUNCTIONS) or multimethod) or hasattr(found, "_implementation"):
        return found  # NumPy asks the arguments of these itself, or they take none

    @functools.wraps(found)
    def guarded(*args: Any, **params: Any) -> Any:
        return without_rule(found, name, args, params)

    return guarded
