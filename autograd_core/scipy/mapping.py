"""What ``vmap`` does with functions of SciPy's: all examples at once, or one after the other.

Functions of stacks of matrices are ``of_matrices`` here, as SciPy's own take one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..batching.batched import Batched, each_batched, one_by_one, tried
from ..node import value_of

Rule = Callable[..., Any]


def mapped(function: Rule) -> Rule:
    """Decorator: maps over examples at once, unless it decides otherwise for some of them."""

    @functools.wraps(function)
    def rule(*args: Any, **params: Any) -> Any:
        if not each_batched([*args, *params.values()]):
            return function(*args, **params)
        at_once = partial(function, *args, **params)
        return tried(rule, at_once, partial(one_by_one, rule, args, params))

    return rule


def looped(function: Rule) -> Rule:
    """Decorator: takes one example after the other, as a solver does that takes its own steps."""

    @functools.wraps(function)
    def rule(*args: Any, **params: Any) -> Any:
        if each_batched([*args, *params.values()]):
            return one_by_one(rule, args, params)
        return function(*args, **params)

    return rule


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


def of_values(original: Rule, x: Any) -> Any:
    """What a function of matrices answers, without derivatives, for those of every example."""
    value = value_of(x)
    if type(value) is Batched:
        return Batched(of_values(original, value.array), value.level)
    return of_matrices(original)(value)
