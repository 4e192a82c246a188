"""Cotangents in pieces, so that many small reads of one array cost no more than the array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .tracing import TRACE, Untraceable


class Deferred:
    """A cotangent in pieces (entries of an array, members of a tuple) until all have arrived."""

    __slots__ = ("build", "pieces", "where")
    __array_ufunc__ = None

    def __init__(
        self, build: Callable[[Any, list[Any]], Any], where: Any, pieces: list[Any]
    ) -> None:
        self.build, self.where, self.pieces = build, where, pieces

    def dense(self) -> Any:
        """All pieces as one cotangent."""
        try:
            return self.build(self.where, self.pieces)
        except Untraceable:
            return TRACE.get().whole(self.build, (self.where, self.pieces), {})

    def __add__(self, other: Any) -> Any:
        if type(other) is Deferred and other.build is self.build:
            self.pieces += other.pieces
            return self
        return self.dense() + (other.dense() if type(other) is Deferred else other)

    __radd__ = __add__
