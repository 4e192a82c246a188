"""What is wrong in a graph: where NaN and infinity first arise, and why; dead and saturated units.

``picture.py`` puts the findings on cards; nothing here draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..arrays import to_numpy
from .formatting import statistics
from .survey import Item

FIRST, SPREAD, FIRST_GRADIENT, GRADIENT = "first", "spread", "first gradient", "gradient"
"""How an Item is affected: it made the first, it was handed one, and the same of its gradient."""
NOTABLE = 0.25
"""Share of units or entries beyond which they are worth a line."""


class Alarm(NamedTuple):
    """What is wrong with a value."""

    kind: str
    text: str


def alarms(items: Sequence[Item], gradients: Mapping[Item, Any]) -> dict[Item, Alarm]:
    """Every Item whose value or gradient is not finite, and what to say of it.

    Parameters
    ----------
    items : sequence of Item
    gradients : mapping of Item to array
    """
    bad = {item for item in items if not is_finite(item.value)}
    found: dict[Item, Alarm] = {}
    for item in bad:
        handed = any(operand in bad for _, operand in item.operands)
        count = counted(item.value)
        if handed:
            found[item] = Alarm(SPREAD, count)
        else:
            reason = why(item)
            found[item] = Alarm(FIRST, f"first: {count}{f', {reason}' if reason else ''}")
    worse = {item for item, g in gradients.items() if not is_finite(g)}
    for item in worse - bad:
        if any(user in worse for user in item.users):
            found[item] = Alarm(GRADIENT, "gradient not finite")
        else:
            found[item] = Alarm(FIRST_GRADIENT, "gradient first not finite here")
    return found


def is_finite(value: Any) -> bool:
    """Whether all numbers of a value are finite."""
    if type(value) is float:
        return math.isfinite(value)
    if isinstance(value, tuple):
        return all(map(is_finite, value))
    array = to_numpy(value)
    return array.dtype.kind not in "fc" or bool(np.isfinite(array).all())


def counted(value: Any) -> str:
    """How many NaNs and infinities there are."""
    facts = statistics(value)
    parts = ((facts.nan, "NaN"), (facts.inf, "Inf"))
    return " and ".join(f"{n} {word}" for n, word in parts if n)


# Why


def zeros(x: Any) -> str:
    """How many zeros and negative numbers there are."""
    x = to_numpy(x)
    parts = ((int(np.sum(x == 0)), "zero"), (int(np.sum(x < 0)), "negative number"))
    return " and ".join(plural(n, word) for n, word in parts if n)


def negatives(x: Any) -> str:
    """How many negative numbers there are."""
    n = int(np.sum(to_numpy(x) < 0))
    return plural(n, "negative number") if n else ""


def outside(x: Any) -> str:
    """How many numbers are beyond -1 or 1."""
    n = int(np.sum(np.abs(to_numpy(x)) > 1))
    return f"{plural(n, 'number')} beyond ±1" if n else ""


def largest(x: Any) -> str:
    """The largest number."""
    return f"numbers up to {np.max(to_numpy(x)):.3g}"


def plural(n: int, word: str) -> str:
    """A number of things."""
    return f"{n} {word}{'s' * (n != 1)}"


REASONS: dict[str, tuple[int, str, Callable[[Any], str]]] = {
    "log": (0, "log of", zeros),
    "log2": (0, "log of", zeros),
    "log10": (0, "log of", zeros),
    "sqrt": (0, "root of", negatives),
    "divide": (1, "division by", zeros),
    "reciprocal": (0, "division by", zeros),
    "power": (0, "power of", zeros),
    "arcsin": (0, "arcsin of", outside),
    "arccos": (0, "arccos of", outside),
    "arctanh": (0, "arctanh of", outside),
    "exp": (0, "exp of", largest),
    "sinh": (0, "sinh of", largest),
    "cosh": (0, "cosh of", largest),
}
"""Of operations that make such numbers: which operand to look at, and what to say of it."""


def why(item: Item) -> str:
    """What about its operands made a value infinite or undefined, if that can be said."""
    node: Any = item.node
    if not item.made or node.op.name not in REASONS:
        return ""
    position, words, look = REASONS[node.op.name]
    parent = node.parents[position]
    said = look(getattr(parent, "value", parent))
    return f"{words} {said}" if said else ""


# Idle units


def idle(item: Item) -> str:
    """The share of dead ReLU units or of saturated entries, where it is large."""
    node: Any = item.node
    if not item.made or node.op.name not in ("relu", "tanh", "sigmoid"):
        return ""
    value = to_numpy(item.value)
    if value.size < 2:
        return ""
    if node.op.name == "relu" and value.ndim > 1:
        share, word = float(np.mean(~value.any(axis=tuple(range(value.ndim - 1))))), "dead"
    elif node.op.name != "relu":
        low = -1.0 if node.op.name == "tanh" else 0.0
        near = 0.01 * (1 - low)
        share, word = float(np.mean((value < low + near) | (value > 1 - near))), "saturated"
    else:
        return ""
    return f"{share:.0%} {word}" if share > NOTABLE else ""
