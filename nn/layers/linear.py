"""The fully connected layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ArgumentError, ShapeError, expected
from ..functional import linear
from ..init import Initializer, initializer
from ..module import Module
from ..seeding import generator


class Linear(Module):
    """``x @ W.T + b``, with every output connected to every input.

    Parameters
    ----------
    in_features, out_features : int
        n_in and n_out.
    bias : bool
        Whether there is a b; it starts at zero.
    init : str or callable
        How W starts: a name in ``nn.init.INITIALIZERS``, or a function that is given the shape
        (n_out, n_in) and a generator.
    seed : int or numpy.random.Generator, optional
        Where W comes from: the same seed gives the same weights, none gives others each time. To
        build several layers from one seed pass one generator to all.
    dtype : dtype_like
        A floating dtype.

    Attributes
    ----------
    weight : Node, shape (n_out, n_in)
        In Fortran order: ``x @ W.T`` is a third faster so.
    bias : Node, shape (n_out,), or None

    Raises
    ------
    ShapeError
        When called, if the last axis of x is not n_in long.

    Examples
    --------
    >>> layer = nn.Linear(3, 4, seed=0)
    >>> layer(np.ones((2, 3), np.float32)).shape
    (2, 4)
    >>> layer
    Linear(3, 4)  # weight (4, 3), bias (4,), 16 parameters
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: str | Initializer = "he",
        seed: int | np.random.Generator | None = None,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.in_features = size("in_features", in_features)
        self.out_features = size("out_features", out_features)
        kind = floating(dtype)
        W = initializer(init)((self.out_features, self.in_features), generator(seed))
        W = np.asfortranarray(_checked(W, (self.out_features, self.in_features)), kind)
        self.weight = ag.Node(W, name="W")
        self.bias = ag.Node(np.zeros(self.out_features, kind), name="b") if bias else None

    def forward(self, x: Any) -> Any:
        """The result for x of shape (..., n_in)."""
        try:
            return linear(x, self.weight, self.bias)
        except (ag.AutogradError, AttributeError):
            shape = np.shape(getattr(x, "value", x))
            if shape[-1:] == (self.in_features,):
                raise
        raise self._wrong_shape(shape)

    def _wrong_shape(self, shape: tuple[int, ...]) -> ShapeError:
        n, m = self.in_features, self.out_features
        other = f", or build Linear({shape[-1]}, {m})" if shape else ""
        cure = f"Pass {n} column{'s' * (n != 1)}{other}."
        return ShapeError(
            expected(f"Linear({n}, {m})", f"x of shape (batch, {n})", str(shape), cure)
        )

    def arguments(self) -> str:
        """Its sizes."""
        bias = "" if self.bias is not None else ", bias=False"
        return f"{self.in_features}, {self.out_features}{bias}"

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again, but for its weights."""
        return {
            "in_features": self.in_features,
            "out_features": self.out_features,
            "bias": self.bias is not None,
            "dtype": str(self.weight.dtype),
        }


def size(name: str, value: Any) -> int:
    """A number of units, checked."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise ArgumentError(
            expected(name, "a positive whole number", repr(value), "Pass for instance 64.")
        )
    return int(value)


def floating(dtype: npt.DTypeLike) -> np.dtype[Any]:
    """A dtype that weights can have, checked."""
    kind = np.dtype(dtype)
    if kind.kind != "f":
        raise ArgumentError(
            expected("dtype", "a floating dtype", str(kind), "Pass for instance np.float32.")
        )
    return kind


def _checked(W: Any, shape: tuple[int, int]) -> Any:
    if np.shape(W) != shape:
        cure = "Return one number per weight."
        raise ShapeError(
            expected("init", f"to return shape (n_out, n_in) = {shape}", str(np.shape(W)), cure)
        )
    return W
