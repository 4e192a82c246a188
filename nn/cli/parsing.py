"""What options may be: each kind reads an option's text, or says in one line what it should be."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from ..errors import ArgumentError


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Raise it like any other bad input."""
        raise ArgumentError(f"{message}. Run {self.prog} --help for the options.")


def number(text: str, kind: type, wanted: str, fits: Callable[[Any], bool]) -> Any:
    """The number that an option's text writes."""
    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not fits(value):
        raise argparse.ArgumentTypeError(f"expected {wanted}, got {text!r}")
    return value


def whole(text: str) -> int:
    """A positive whole number."""
    value: int = number(text, int, "a positive whole number", lambda v: v > 0)
    return value


def seed(text: str) -> int:
    """A seed."""
    value: int = number(text, int, "a whole number of at least 0", lambda v: v >= 0)
    return value


def positive(text: str) -> float:
    """A learning rate, or a limit."""
    value: float = number(text, float, "a positive number", lambda v: 0 < v < math.inf)
    return value


def amount(text: str) -> float:
    """A noise, or a strength."""
    value: float = number(text, float, "a number of at least 0", lambda v: 0 <= v < math.inf)
    return value


def fraction(text: str) -> float:
    """A momentum, or a probability."""
    value: float = number(text, float, "a number of at least 0 and below 1", lambda v: 0 <= v < 1)
    return value


def part(text: str) -> float:
    """A share of the samples."""
    value: float = number(text, float, "a number between 0 and 1", lambda v: 0 < v < 1)
    return value


def sizes(text: str) -> list[int]:
    """Units of hidden layers."""
    return [] if text.strip().lower() in ("", "none") else [whole(size) for size in text.split(",")]


def shape(text: str) -> list[int]:
    """The shape of a sample."""
    return [whole(size) for size in text.split(",")]


def fractions(text: str) -> float | list[float]:
    """One probability for all hidden layers, or one for each."""
    values = [fraction(value) for value in text.split(",")]
    return values[0] if len(values) == 1 else values


def names(text: str) -> list[str]:
    """Names with commas between them."""
    return [name.strip() for name in text.split(",")]


def choice(known: Iterable[str]) -> Callable[[str], str]:
    """One of some names."""
    allowed = list(known)

    def chosen(text: str) -> str:
        if text not in allowed:
            raise argparse.ArgumentTypeError(f"expected one of {', '.join(allowed)}, got {text!r}")
        return text

    return chosen
