"""Dropout: units left out at random in training, all of them in use."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag

from ..errors import ArgumentError, expected
from ..module import Module
from ..placement import near
from ..seeding import generator
from ..shard import uniform


class Dropout(Module):
    """Set each entry to zero with probability p in training.

    Parameters
    ----------
    p : float
        At least 0 and below 1.
    inverted : bool
        Divide what is kept by 1 − p in training and change nothing in use. Otherwise, as in the
        lecture and in the paper, nothing is divided in training and outputs are multiplied by
        1 − p in use ("halve the weights afterwards"). The expectation is the same.
    seed : int or numpy.random.Generator, optional
        Where the choice comes from: the same seed gives the same run. On many processes (``comm=``
        of ``fit``) each row is treated as on one, axis 0 being the batch.

    Attributes
    ----------
    rng : numpy.random.Generator
        Its state, ``rng.bit_generator.state``, can be read, kept and put back.

    References
    ----------
    Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    Examples
    --------
    >>> layer = nn.Dropout(0.5, seed=0)
    >>> layer(np.ones(6))
    array([2., 2., 2., 0., 0., 0.])
    >>> layer.eval()(np.ones(6))
    array([1., 1., 1., 1., 1., 1.])
    >>> nn.Dropout(0.5, inverted=False).eval()(np.ones(6))
    array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    """

    def __init__(
        self,
        p: float = 0.5,
        *,
        inverted: bool = True,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        self.p, self.inverted = probability("Dropout", p), bool(inverted)
        self.seed = int(seed) if isinstance(seed, int | np.integer) else None
        self.rng = generator(seed)

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        if not self.p:
            return x
        if not self.training:
            return x if self.inverted else x * (1 - self.p)
        if type(x) is ag.Batched:  # every example has draws of its own
            return ag.Batched(self.forward(x.array), x.level)
        x = x if hasattr(x, "dtype") else np.asarray(x)
        return x * near(self.mask(x.shape, x.dtype), x)

    def mask(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """What to multiply with, drawn anew: 0 for what is dropped."""
        draws: Any = ag.callback(self.draw, shape)
        kept = draws >= self.p
        mask = kept.astype(dtype if np.dtype(dtype).kind == "f" else float)
        if self.inverted:
            mask *= 1 / (1 - self.p)
        return mask

    def draw(self, shape: tuple[int, ...]) -> Any:
        """Numbers from 0 to 1, by which entries are chosen."""
        return uniform(self.rng, shape)

    def arguments(self) -> str:
        """Its probability, and its form if not the usual one."""
        return f"{self.p:g}{'' if self.inverted else ', inverted=False'}"

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again; a generator that was passed is not kept."""
        return {"p": self.p, "inverted": self.inverted, "seed": self.seed}


def probability(what: str, p: Any) -> float:
    """A probability below 1."""
    number = isinstance(p, int | float | np.number) and not isinstance(p, bool)
    if not number or not 0 <= p < 1:
        cure = "Pass for instance 0.5."
        raise ArgumentError(expected(what, "p of at least 0 and below 1", repr(p), cure))
    return float(p)
