"""Functions of NumPy's that answer with plain results, or sort, where ``vmap`` maps over them.

What can be composed of rows needs no line here; what is neither is computed one example after the
other. Here too are the draws of a ``Generator`` that a mapped function is handed.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import numpy as np

from .batch_rules import behind, everyone, padded
from .batched import (
    BATCHED_FUNCTIONS,
    Batched,
    Level,
    each_batched,
    inside,
    one_by_one,
    with_each,
    youngest,
)
from .errors import ArgumentTypeError, describe, expected
from .registry import QUERIES

Function = Callable[..., Any]


def stand_in(x: Batched) -> Any:
    """An array with the shape and dtype of one example."""
    return np.broadcast_to(np.zeros((), x.dtype), x.shape)


def of_one(function: Function) -> Function:
    """A function that looks at shapes and dtypes alone."""

    def rule(*args: Any, **params: Any) -> Any:
        return function(*with_each(stand_in, args), **with_each(stand_in, params))

    return rule


def size_of(x: Any, axis: Any = None) -> Any:
    """``np.size``."""
    return x.size if axis is None else np.size(stand_in(x), axis)


def entrywise(function: Function) -> Function:
    """A function that answers entry by entry, with broadcasting."""

    def rule(*args: Any, **params: Any) -> Any:
        level = youngest(each_batched([*args, *params.values()]))
        ndim = max(np.ndim(x) for x in args)

        def aligned(x: Batched) -> Any:
            return padded(x.value.array, ndim) if x.level is level else x

        return Batched(function(*with_each(aligned, args), **with_each(aligned, params)), level)

    return rule


KEYWORDS = {"keepdims", "ddof", "correction", "mean", "method", "kind", "stable", "dtype"}
"""Keywords that mean the same for all examples as for one."""


def along_axis(function: Function, default: Any = None) -> Function:
    """A function of one array along ``axis``; None stands for the array in a row."""

    def rule(a: Any, axis: Any = default, *args: Any, **params: Any) -> Any:
        flat = axis is None
        known = type(a) is Batched and not args and params.keys() <= KEYWORDS
        if not known or (flat and params.get("keepdims")) or each_batched([*params.values()]):
            return one_by_one(function, (a, axis, *args), params)
        full = a.value.array if function in QUERIES else a.array
        if flat:
            return Batched(
                function(np.reshape(full, (a.level.size, -1)), axis=1, **params), a.level
            )
        np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
        return Batched(function(full, axis=behind(axis, a.ndim), **params), a.level)

    return rule


def quantiles(function: Function) -> Function:
    """``quantile`` and its kin: the axes of the quantiles come first, those of examples after."""

    def rule(a: Any, q: Any, axis: Any = None, *args: Any, **params: Any) -> Any:
        known = type(a) is Batched and not args and params.keys() <= KEYWORDS
        if not known or axis is None or each_batched([q, *params.values()]):
            return one_by_one(function, (a, q, axis, *args), params)
        np.lib.array_utils.normalize_axis_tuple(axis, a.ndim)
        out = function(a.array, q, axis=behind(axis, a.ndim), **params)
        return Batched(np.moveaxis(out, np.ndim(q), 0), a.level)

    return rule


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """``np.take_along_axis``."""
    if axis is None:
        return one_by_one(np.take_along_axis, (arr, indices, axis), {})
    level = youngest(each_batched([arr, indices]))
    mapped = [type(x) is Batched and x.level is level for x in (arr, indices)]
    xs = [x.array if own else x for x, own in zip((arr, indices), mapped, strict=True)]
    values, places = everyone(xs, mapped)
    return Batched(np.take_along_axis(values, places, behind(axis, 0)), level)


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """``np.select``: the first condition that holds has the last word."""
    pairs = list(zip(condlist, choicelist, strict=True))
    for condition, choice in reversed(pairs):
        default = np.where(condition, choice, default)
    return default


function: Any  # of the loops: to NumPy's stubs every function has a type of its own
for function in (np.result_type, np.can_cast, np.common_type):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.min_scalar_type, np.iscomplexobj, np.isrealobj, np.einsum_path):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.zeros_like, np.ones_like, np.empty_like):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.tril_indices_from, np.triu_indices_from, np.diag_indices_from):
    BATCHED_FUNCTIONS[function] = of_one(function)
for function in (np.isclose, np.iscomplex, np.isreal, np.isneginf, np.isposinf):
    BATCHED_FUNCTIONS[function] = entrywise(function)
BATCHED_FUNCTIONS.update(
    {np.shape: attrgetter("shape"), np.ndim: attrgetter("ndim"), np.size: size_of}
)
for name in """equal not_equal less less_equal greater greater_equal logical_and logical_or
    logical_xor logical_not isfinite isinf isnan signbit""".split():
    BATCHED_FUNCTIONS[getattr(np, name)] = entrywise(getattr(np, name))
for function in (np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all):
    BATCHED_FUNCTIONS[function] = along_axis(function)
BATCHED_FUNCTIONS[np.count_nonzero] = along_axis(np.count_nonzero)
for function in (np.argsort, np.sort):
    BATCHED_FUNCTIONS[function] = along_axis(function, -1)
for name in """median nanmedian nansum nanprod nanmean nanstd nanvar nanmax nanmin nancumsum
    nancumprod""".split():
    BATCHED_FUNCTIONS[getattr(np, name)] = along_axis(getattr(np, name))
for name in ("quantile", "percentile", "nanquantile", "nanpercentile"):
    BATCHED_FUNCTIONS[getattr(np, name)] = quantiles(getattr(np, name))
BATCHED_FUNCTIONS[np.take_along_axis] = take_along_axis
BATCHED_FUNCTIONS[np.select] = select


# draws

SIZES = {
    "random": 0,
    "standard_normal": 0,
    "standard_exponential": 0,
    "normal": 2,
    "uniform": 2,
    "integers": 2,
    "exponential": 1,
    "laplace": 2,
    "logistic": 2,
    "gumbel": 2,
    "lognormal": 2,
    "beta": 2,
    "gamma": 2,
    "chisquare": 1,
    "poisson": 1,
    "binomial": 2,
    "geometric": 1,
    "standard_gamma": 1,
    "standard_t": 1,
    "standard_cauchy": 0,
}
"""The draws of a Generator, and where ``size`` stands among their arguments."""


class Draws:
    """A Generator in a mapped function: its draws are of every example's own."""

    def __init__(self, generator: Any, level: Level) -> None:
        self.generator, self.level = generator, level

    def __getattr__(self, name: str) -> Function:
        if name not in SIZES:
            cure = f"Draw outside and map over the draws; known are {', '.join(SIZES)}."
            raise ArgumentTypeError(
                expected("A Generator inside vmap", "a draw with a size", name, cure)
            )

        def draw(*args: Any, size: Any = None, **params: Any) -> Any:
            place = SIZES[name]
            if len(args) > place:
                args, size, more = args[:place], args[place], args[place + 1 :]
                params.update(zip(("dtype",), more, strict=False))
            shapes = [np.shape(x) for x in args]
            if each_batched([*args, *params.values()]) or not all(map(plain, args)):
                cure = "Draw with constants, and scale what is drawn."
                got = ", ".join(map(describe, args))
                raise ArgumentTypeError(
                    expected(f"rng.{name} inside vmap", "constant parameters", got, cure)
                )
            one = np.broadcast_shapes(*shapes) if size is None else size
            one = (one,) if np.ndim(one) == 0 else tuple(one)
            drawn = getattr(self.generator, name)(*args, size=(self.level.size, *one), **params)
            return Batched(inside(drawn) if type(drawn) is not Batched else drawn, self.level)

        return draw


def plain(x: Any) -> bool:
    """Whether a parameter of a draw is a number or an array."""
    return isinstance(x, int | float | np.ndarray | np.generic)


def is_generator(x: Any) -> bool:
    """Whether ``x`` draws random numbers."""
    return isinstance(x, np.random.Generator | Draws)


def own_draws(generator: Any, level: Level) -> Draws:
    """A Generator for one example."""
    return Draws(generator, level)
