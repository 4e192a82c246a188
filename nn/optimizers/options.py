"""What options of optimisers have to be: a check returns the value or says what is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, expected
from ..module import Module

Check = Callable[[str, str, Any], Any]
Checks = Mapping[str, Check]


def number(low: float, high: float = math.inf) -> Check:
    """A number of at least ``low`` and below ``high``."""

    def check(what: str, name: str, value: Any) -> float:
        try:
            given = float(value)
        except (TypeError, ValueError):
            given = math.nan
        if not low <= given < high:
            below = f" of at least {low:g} and below {high:g}"
            wanted = f"{name}{below}" if high < math.inf else f"{name} >= {low:g}"
            cure = f"Pass for instance {name}={0.1 if high == math.inf else 0.9}."
            raise ArgumentError(expected(what, wanted, repr(value), cure))
        return given

    return check


def rate(options: Any) -> Any:
    """The learning rate as a Python number, which leaves the parameters their dtype."""
    lr = options.lr
    return float(lr) if isinstance(lr, int | np.generic) else lr


def positive(what: str, name: str, value: Any) -> float:
    """A number above 0."""
    given: float = number(0.0)(what, name, value)
    if not given:
        cure = f"Pass for instance {name}=1e-8."
        raise ArgumentError(expected(what, f"{name} > 0", repr(value), cure))
    return given


def flag(what: str, name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        cure = f"Pass {name}=True or leave it out."
        raise ArgumentError(expected(what, f"{name} to be True or False", repr(value), cure))
    return bool(value)


def pair(what: str, name: str, value: Any) -> tuple[float, float]:
    """Two numbers of at least 0 and below 1."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        cure = f"Pass for instance {name}=(0.9, 0.999)."
        raise ArgumentError(expected(what, f"two numbers as {name}", repr(value), cure))
    check = number(0.0, 1.0)
    return check(what, name, value[0]), check(what, name, value[1])


def one_of(*choices: str) -> Check:
    """One of these words."""

    def check(what: str, name: str, value: Any) -> str:
        if value not in choices:
            wanted = f"{name} {' or '.join(map(repr, choices))}"
            raise ArgumentError(expected(what, wanted, repr(value), "Pass one of these."))
        return str(value)

    return check


def optional(check: Check) -> Check:
    """None, or what another check says."""
    return lambda what, name, value: None if value is None else check(what, name, value)


def nodes_of(what: str, params: Module | Iterable[ag.Node]) -> list[ag.Node]:
    """The parameters of a module, or those that are given, checked."""
    given = params.parameters() if isinstance(params, Module) else params
    nodes = list(given) if np.iterable(given) else [given]
    if not all(isinstance(node, ag.Node) for node in nodes):
        got = ", ".join(sorted({type(node).__name__ for node in nodes}))
        raise ArgumentError(expected(what, "Nodes", got, "Pass model.parameters()."))
    return nodes
