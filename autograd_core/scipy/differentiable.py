"""How a function of SciPy's gets a rule: SciPy's own on plain arguments, ours on Nodes.

SciPy does not ask its arguments what they are, so the functions of ``autograd_core.scipy`` do.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..batching.batched import Batched, inside
from ..docstrings import with_parameters
from ..errors import ArgumentError, expected, unsupported
from ..node import Node, value_of
from .mapping import mapped

Rule = Callable[..., Any]
PERMISSIONS = ("overwrite_a", "overwrite_b", "overwrite_ab", "lwork", "driver", "lapack_driver")
"""Keywords that let SciPy choose how it computes, not what."""


def scipys(original: Rule, *also: str) -> Callable[[Rule], Rule]:
    """Decorator: ``original`` on plain arguments, the decorated rule where a Node is among them.

    The rule's parameters are named as SciPy's. Those that it lacks are refused unless they have
    their default; ``also`` names more of those that say nothing about the result.
    """
    signature = inspect.signature(original)

    def decorate(rule: Rule) -> Rule:
        known = inspect.signature(rule).parameters
        name = f"{original.__module__.rpartition('._')[0] or original.__module__}.{rule.__name__}"

        @mapped
        @functools.wraps(rule)
        def function(*args: Any, **params: Any) -> Any:
            if not has_node([*args, *params.values()]):
                return original(*args, **params)
            given = signature.bind(*args, **params).arguments
            if "check_finite" in signature.parameters and given.pop("check_finite", True):
                check_finite(name, given)
            for keyword in [k for k in given if k not in known]:
                got = given.pop(keyword)
                usual = signature.parameters[keyword].default
                if keyword not in (*PERMISSIONS, *also) and differs(got, usual):
                    raise unsupported(name, keyword, got, "Leave it out.")
            return rule(**given)

        function.__signature__ = signature  # type: ignore[attr-defined]
        function.__doc__ = with_parameters(rule.__doc__, original.__doc__)
        return function

    return decorate


def differs(got: Any, usual: Any) -> bool:
    """Whether a keyword was given something else than its default."""
    return got is not usual and (isinstance(got, Node | np.ndarray) or got != usual)


def has_node(x: Any) -> bool:
    """Whether ``x`` is, or holds, a Node."""
    return any(map(has_node, x)) if type(x) in (list, tuple) else isinstance(x, Node | Batched)


def check_finite(name: str, given: dict[str, Any]) -> None:
    """SciPy's check that there are no infinities and NaNs."""
    for x in given.values():
        x = inside(value_of(x))
        if isinstance(x, np.ndarray) and x.dtype.kind in "fc" and not np.all(np.isfinite(x)):
            cure = "Pass check_finite=False to compute with others."
            raise ArgumentError(expected(name, "finite numbers", "infs or NaNs", cure))
