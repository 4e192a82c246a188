"""``Shard``: the part of a batch that one of several processes computes on, and what they share.

Layers whose result for a row depends on chance or on the other rows look here, so that many
processes compute what one would: ``Dropout`` and ``BatchNorm``. Who cuts batches into shards, and
adds up the gradients, is in ``training/parallel.py``.
"""

from __future__ import annotations

import math
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Shard:
    """Which rows of a batch are here.

    Parameters
    ----------
    start, stop : int
        The first, and the one after the last.
    rows : int
        Of the whole batch.
    counts : bool
        Whether they count here. A process for which there is no row is lent one of another's, so
        that all of them take the same way.
    comm : communicator, optional
        Whom to ask for statistics of the whole batch, if they are to be of the whole batch.
    """

    start: int
    stop: int
    rows: int
    counts: bool = True
    comm: Any = None

    def __len__(self) -> int:
        return self.stop - self.start


SHARD: ContextVar[Shard | None] = ContextVar("nn shard", default=None)
"""The one that is computed on; None where the whole batch is here."""


# Chance


def uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draws of float32 in [0, 1): of a shard, those that its rows have in the whole batch.

    The generator goes on as if all of them had been drawn. Axis 0 is the batch, or the batch times
    something; where it cannot be, the draws are the same on all processes.
    """
    shard = SHARD.get()
    if shard is None or not shape or shape[0] % len(shard):
        return rng.random(shape, np.float32)
    each = math.prod(shape) // len(shard)
    skip(rng, each * shard.start)
    draws = rng.random(shape, np.float32)
    skip(rng, each * (shard.rows - shard.stop))
    return draws


def skip(rng: np.random.Generator, count: int) -> None:
    """Go past so many draws of float32, without drawing them where that is possible."""
    bits = rng.bit_generator
    if isinstance(bits, np.random.PCG64 | np.random.PCG64DXSM) and count > 1:
        if bits.state["has_uint32"]:  # half of a number of 64 bits is left of the last draw
            rng.random(dtype=np.float32)
            count -= 1
        bits.advance(count // 2)
        count %= 2
    for start in range(0, count, 65536):
        rng.random(min(65536, count - start), np.float32)


# Sums over all processes


def total(comm: Any, x: Any) -> Any:
    """The sum of an array over all processes, the same on each."""
    array = np.asarray(x)
    kind = np.result_type(array, np.float32) if array.dtype.kind == "f" else array.dtype
    sent = np.array(array, kind, order="C")
    received = np.empty_like(sent)
    comm.Allreduce(sent, received)
    return received.astype(array.dtype, copy=False)


class Exchange:
    """One sum over all processes, and the sum that its backward pass is.

    A sweep that meets NaN is repeated, perhaps on this process alone: the others are asked once.

    Parameters
    ----------
    comm : communicator
    """

    def __init__(self, comm: Any) -> None:
        self.comm = comm
        self.pulled: Any = None

    def pull(self, g: Any) -> Any:
        """What the loss of all processes together hands on."""
        if self.pulled is None:
            self.pulled = total(self.comm, g)
        return self.pulled


_all_reduce_op = ag.Primitive(
    lambda x, *, exchange: total(exchange.comm, x),
    [lambda g, out, x, *, exchange: exchange.pull(g)],
    [lambda t, out, x, *, exchange: total(exchange.comm, t)],
    name="all_reduce",
    finite=True,
)


def all_reduce(x: Any, comm: Any) -> Any:
    """The sum of ``x`` over all processes, differentiable once: of the sum of all their losses.

    Every process has to call it, and to take its gradient, in the same order.
    """
    return _all_reduce_op(x, exchange=Exchange(comm))
