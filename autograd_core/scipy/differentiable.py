"""How a function of SciPy's gets a rule: SciPy's own on plain arguments, ours on Nodes.

SciPy does not ask its arguments what they are, so the functions of ``autograd_core.scipy`` do.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ..batched import each_batched, one_by_one
from ..docstrings import with_parameters
from ..errors import ArgumentError, expected, unsupported
from ..node import Node, value_of

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

        @functools.wraps(rule)
        def function(*args: Any, **params: Any) -> Any:
            if each_batched([*args, *params.values()]):
                return one_by_one(function, args, params)
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


def of_matrices(original: Rule) -> Rule:
    """A function of matrices for stacks of them, which SciPy's own took later than 1.13."""

    def stacked(*arrays: Any, **params: Any) -> Any:
        shape = np.broadcast_shapes(*(x.shape[:-2] for x in arrays))
        if not shape:
            return original(*arrays, **params)
        full = [np.broadcast_to(x, shape + x.shape[-2:]) for x in arrays]
        outs = [original(*(x[i] for x in full), **params) for i in np.ndindex(shape)]
        several = isinstance(outs[0], tuple)
        columns = list(zip(*outs, strict=True)) if several else [outs]
        parts = [np.stack(part).reshape(shape + part[0].shape) for part in columns]
        return tuple(parts) if several else parts[0]

    return stacked


def differs(got: Any, usual: Any) -> bool:
    """Whether a keyword was given something else than its default."""
    return got is not usual and (isinstance(got, Node | np.ndarray) or got != usual)


def has_node(x: Any) -> bool:
    """Whether ``x`` is, or holds, a Node."""
    return any(map(has_node, x)) if type(x) in (list, tuple) else isinstance(x, Node)


def check_finite(name: str, given: dict[str, Any]) -> None:
    """SciPy's check that there are no infinities and NaNs."""
    for x in given.values():
        x = value_of(x)
        if isinstance(x, np.ndarray) and x.dtype.kind in "fc" and not np.all(np.isfinite(x)):
            cure = "Pass check_finite=False to compute with others."
            raise ArgumentError(expected(name, "finite numbers", "infs or NaNs", cure))
