"""The draws of a ``Generator`` that a mapped function is handed: every example has its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, describe, expected
from ..registry import RULES
from .batched import Batched, Level

Function = Callable[..., Any]

DRAWS = {
    "random": ("", "dtype out"),
    "standard_normal": ("", "dtype out"),
    "standard_exponential": ("", "dtype method out"),
    "standard_gamma": ("shape", "dtype out"),
    "integers": ("low high", "dtype endpoint"),
    "normal": ("loc scale", ""),
    "uniform": ("low high", ""),
    "exponential": ("scale", ""),
    "laplace": ("loc scale", ""),
    "logistic": ("loc scale", ""),
    "gumbel": ("loc scale", ""),
    "lognormal": ("mean sigma", ""),
    "beta": ("a b", ""),
    "gamma": ("shape scale", ""),
    "chisquare": ("df", ""),
    "poisson": ("lam", ""),
    "binomial": ("n p", ""),
    "geometric": ("p", ""),
    "standard_t": ("df", ""),
    "standard_cauchy": ("", ""),
}
"""The draws of a Generator: what stands before ``size`` among their arguments, and after it."""


class Draws:
    """A Generator in a mapped function: its draws are of every example's own."""

    def __init__(self, generator: Any, level: Level) -> None:
        self.generator, self.level = generator, level

    def __getattr__(self, name: str) -> Function:
        if name not in DRAWS:
            cure = "Draw outside and map over the draws; known are "
            cure += f"{', '.join(DRAWS)}, choice and permutation."
            raise ArgumentTypeError(
                expected("A Generator inside vmap", "a draw with a size", name, cure)
            )
        return partial(self.draw, name)

    def draw(self, name: str, *args: Any, **params: Any) -> Any:
        """A draw for every example, of the shape that one would have."""
        before, after = (part.split() for part in DRAWS[name])
        given = dict(zip([*before, "size", *after], args, strict=False)) | params
        size = given.pop("size", None)
        constants = [x for key, x in given.items() if key in before and x is not None]
        refuse(name, [x for x in constants if not is_plain(x)], "constant parameters")
        refuse(name, [x for x in [given.get("out")] if x is not None], "no out=")
        shape = np.broadcast_shapes(*map(np.shape, constants)) if size is None else size
        shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
        drawn = getattr(self.generator, name)(size=(self.level.size, *shape), **given)
        return Batched(drawn, self.level)

    def permutation(self, x: Any) -> Any:
        """The numbers below x, or the entries of x along its first axis, in an order of its own."""
        refuse("permutation", [] if is_plain(x) else [x], "a constant")
        order = np.argsort(self.random(np.shape(x)[0] if np.ndim(x) else x), kind="stable")
        return order if np.ndim(x) == 0 else entries(x, order)

    def choice(self, a: Any, size: Any = None, replace: bool = True) -> Any:
        """Numbers below a, or entries of a along its first axis, each as probable as the others."""
        refuse("choice", [] if is_plain(a) else [a], "a constant")
        n = np.shape(a)[0] if np.ndim(a) else a
        if replace:
            places = self.integers(n, size=size)
        else:
            shape = () if size is None else size
            count = int(np.prod(shape))
            if count > n:
                refuse("choice", [count], f"at most {n} without replacement")
            places = np.reshape(self.permutation(n)[:count], shape)
        return entries(a, places) if np.ndim(a) else places


def entries(x: Any, places: Any) -> Any:
    """The entries of an array along its first axis at places of each example's own."""
    return RULES["getitem"](np.asarray(x), places)


def refuse(name: str, bad: list[Any], wanted: str) -> None:
    """Raise if there is anything bad."""
    if bad:
        cure = "Draw with constants, and scale what is drawn, or draw outside and map over that."
        got = ", ".join(map(describe, bad))
        raise ArgumentTypeError(expected(f"rng.{name} inside vmap", wanted, got, cure))


def is_plain(x: Any) -> bool:
    """Whether a parameter of a draw is a number or an array."""
    return isinstance(x, int | float | list | tuple | np.ndarray | np.generic)


def is_generator(x: Any) -> bool:
    """Whether ``x`` draws random numbers."""
    return isinstance(x, np.random.Generator | Draws)


def own_draws(generator: Any, level: Level) -> Draws:
    """A Generator for one example."""
    return Draws(generator, level)
