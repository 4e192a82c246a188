"""Where ops are smooth: sample arguments, from which tests and the table of ops draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

Sample = Callable[["np.random.Generator"], tuple[tuple[Any, ...], dict[str, Any]]]


def normal(*shapes: tuple[int, ...], **params: Any) -> Sample:
    """Standard normal arrays of these shapes."""
    return lambda rng: (tuple(rng.normal(size=shape) for shape in shapes), params)


def complex_normal(*shapes: tuple[int, ...], **params: Any) -> Sample:
    """Complex normal arrays of these shapes."""

    def sample(rng: Generator) -> Any:
        return tuple(
            rng.normal(size=shape) + 1j * rng.normal(size=shape) for shape in shapes
        ), params

    return sample


def uniform(low: float, high: float, *shapes: tuple[int, ...], **params: Any) -> Sample:
    """Arrays uniform in an interval inside the function's domain."""
    return lambda rng: (tuple(rng.uniform(low, high, size=shape) for shape in shapes), params)


def positive(*shapes: tuple[int, ...], **params: Any) -> Sample:
    """Arrays away from zero, positive."""
    return uniform(0.5, 2.0, *shapes, **params)


def regular(matrix: tuple[int, ...], *shapes: tuple[int, ...], **params: Any) -> Sample:
    """A matrix with singular values of 1 and more, none like another, then normal arrays."""

    def sample(rng: Generator) -> Any:
        stretch = np.eye(matrix[-2], matrix[-1]) * (1.5 + 1.5 * np.arange(matrix[-1]))
        return (
            0.3 * rng.normal(size=matrix) + stretch,
            *(rng.normal(size=shape) for shape in shapes),
        ), params

    return sample
