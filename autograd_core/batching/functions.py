"""Functions of NumPy's whose own rule needs the numbers of one example, as ``vmap`` computes them.

What can be composed of rows needs no line here; those that answer plainly are in
``queries.py``, and what is in neither is computed one example after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..registry import QUERIES, RULES
from .batched import BATCHED_FUNCTIONS, Batched, each_batched, one_by_one, youngest
from .queries import KEYWORDS, along_axis, entrywise, stand_in
from .rules import behind, everyone

Function = Callable[..., Any]


def of_stacks(function: Function) -> Function:
    """A function of one matrix that NumPy applies to every matrix of a stack."""

    def rule(x: Any, *args: Any, **params: Any) -> Any:
        if each_batched([*args, *params.values()]):
            return one_by_one(function, (x, *args), params)
        full = x.value.array if function in QUERIES else x.array
        return Batched(function(full, *args, **params), x.level)

    return rule


def quantiles(function: Function) -> Function:
    """``quantile`` and its kin: the axes of the quantiles come first, those of examples after."""

    def rule(a: Any, q: Any, axis: Any = None, *args: Any, **params: Any) -> Any:
        known = type(a) is Batched and not args and params.keys() <= KEYWORDS
        if not known or each_batched([q, *params.values()]):
            return RULES[function](a, q, axis, *args, **params)
        np.lib.array_utils.normalize_axis_tuple(() if axis is None else axis, a.ndim)
        out = function(a.array, q, axis=behind(axis, a.ndim), **params)
        return Batched(np.moveaxis(out, np.ndim(q), 0), a.level)

    return rule


def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """``np.take_along_axis``."""
    if axis is None:
        return take_along_axis(np.ravel(arr), indices, 0)
    level = youngest(each_batched([arr, indices]))
    mapped = [type(x) is Batched and x.level is level for x in (arr, indices)]
    xs = [x.array if own else x for x, own in zip((arr, indices), mapped, strict=True)]
    values, places = everyone(xs, mapped)
    return Batched(np.take_along_axis(values, places, behind(axis, 0)), level)


# choices


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """``np.select``: the first condition that holds has the last word."""
    pairs = list(zip(condlist, choicelist, strict=True))
    for condition, choice in reversed(pairs):
        default = np.where(condition, choice, default)
    return default


def choose(a: Any, choices: Any, out: Any = None, mode: str = "raise") -> Any:
    """``np.choose``: the choices in turn, where it is theirs."""
    if type(a) is not Batched or out is not None or a.dtype.kind not in "biu":
        return RULES[np.choose](a, choices, out, mode)
    n = len(choices)
    if mode == "raise" and np.any((a < 0) | (a >= n)):
        return one_by_one(np.choose, (a, choices), {"mode": mode})  # NumPy's own message
    number = np.remainder(a, n) if mode == "wrap" else np.clip(a, 0, n - 1)
    chosen = choices[0]
    for k in range(1, n):
        chosen = np.where(number == k, choices[k], chosen)
    return np.where(number == 0, choices[0], chosen) if n == 1 else chosen


# parts and likenesses


def frexp(x: Any) -> Any:
    """``np.frexp``: the exponent is plain."""
    exponent = entrywise(lambda values: np.frexp(values)[1])(x.value)
    return np.ldexp(x, -exponent), exponent


def full_like(a: Any, fill_value: Any, *args: Any, **params: Any) -> Any:
    """``np.full_like``: of ``a`` only shape and dtype count."""
    like = stand_in(a) if type(a) is Batched else a
    return RULES[np.full_like](like, fill_value, *args, **params)


def unwrap(p: Any, discont: Any = None, axis: int = -1, *, period: Any = 2 * np.pi) -> Any:
    """``np.unwrap``."""
    if type(p) is not Batched or each_batched([discont, period]):
        return one_by_one(np.unwrap, (p, discont, axis), {"period": period})
    return Batched(np.unwrap(p.array, discont, behind(axis, 0), period=period), p.level)


function: Any  # of the loops: to NumPy's stubs every function has a type of its own
for name in """sort median nanmedian nansum nanprod nanmean nanstd nanvar nanmax nanmin nancumsum
    nancumprod""".split():
    function = getattr(np, name)
    BATCHED_FUNCTIONS[function] = along_axis(function, -1 if name == "sort" else None)
for name in ("quantile", "percentile", "nanquantile", "nanpercentile"):
    BATCHED_FUNCTIONS[getattr(np, name)] = quantiles(getattr(np, name))
for function in (np.linalg.cond, np.linalg.matrix_rank):
    BATCHED_FUNCTIONS[function] = of_stacks(function)
for function in (take_along_axis, select, choose, frexp, full_like, unwrap):
    BATCHED_FUNCTIONS[getattr(np, function.__name__)] = function
