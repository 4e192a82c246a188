"""A guard for functions that are defined on real numbers alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any


def real_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: refuse complex numbers, of which NumPy would compute something else."""

    @wraps(function)
    def checked(x: Any, *args: Any) -> Any:
        if type(x) is complex or (hasattr(x, "dtype") and x.dtype.kind == "c"):
            raise TypeError("expected real numbers, got complex ones; pass their parts")
        return function(x, *args)

    return checked
