"""Arguments that SciPy's functions have no derivative in: orders, degrees, parameters.

A live Node there is refused when the function is called, not first in the backward pass.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...details import MODE
from ...errors import NotDifferentiableError, expected
from ...node import live, value_of
from ...primitive import Primitive
from ...registry import RULES
from ...rows import elementwise


def constant_order(name: str, argument: str, x: Any) -> Any:
    """The value of an argument without a derivative."""
    if MODE.get() is not None and live(x):
        cure = f"Pass node.value: no derivative by {argument} is known here."
        got = "a Node that carries a gradient"
        raise NotDifferentiableError(expected(f"{name}: {argument}", "a constant", got, cure))
    return value_of(x)


def with_order(
    function: Any, slope: Callable[..., Any], *, orders: str = "v", sample: Any
) -> Primitive:
    """A row ``function(*orders, x)`` with the slope ``(out, *orders, x)`` by its last argument."""
    names = orders.split()
    op = elementwise(function, *[None] * len(names), slope, sample=sample)
    rule, name = RULES[function], f"scipy.special.{function.__name__}"

    def checked(*args: Any) -> Any:
        fixed = [constant_order(name, n, a) for n, a in zip(names, args, strict=False)]
        return rule(*fixed, *args[len(names) :])

    checked.__name__ = function.__name__
    RULES[function] = checked
    return op
