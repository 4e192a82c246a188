"""The draws of a ``Generator`` that a mapped function is handed: every example has its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .batched import Batched, Level, each_batched, inside
from .errors import ArgumentTypeError, describe, expected

Function = Callable[..., Any]

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
