"""Batch normalisation with its running statistics; the function of a batch: ``functional/``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ArgumentError, ShapeError, expected
from ..functional import batch_norm
from ..module import Module, expect_module, in_mode
from ..placement import like, near, settled
from ..shard import SHARD, Shard, all_reduce
from .linear import floating, size


class BatchNorm(Module):
    """Features brought to mean 0 and variance 1: over the batch in training, as on average in use.

    In training y = γ x̂ + β with x̂ = (x − μ_B) / √(σ²_B + ε); in evaluation with the running
    statistics in place of the batch's.

    Parameters
    ----------
    features : int
        Length of the last axis of x; all others are the batch.
    eps : float
        ε.
    momentum : float or None
        How far the running statistics move towards those of each batch; with None they are the
        plain average over all batches since they were reset, as in the paper's algorithm 2.
    affine : bool
        Whether there are a gain γ and a shift β, which are learned.
    dtype : dtype_like

    Attributes
    ----------
    weight, bias : Node, shape (features,), or None
        γ, 1 at first, and β, 0 at first.
    running_mean, running_var : Node
        Buffers of shape (features,), 0 and 1 at first. The batch's biased variance normalises; the
        unbiased one, σ²_B n/(n − 1), is what is kept, as in the paper and in PyTorch.
    num_batches_tracked : Node
        A buffer: how many batches the running statistics have seen.

    Raises
    ------
    ShapeError
        When called with another number of features, or in training with a batch of one row, whose
        variance is zero whatever it holds.
    ArgumentError
        In training inside ``ag.vmap``: a gradient of one example's own has no meaning where the
        statistics are of all of them. ``LayerNorm`` has, and so has ``model.eval()``.

    References
    ----------
    Ioffe and Szegedy, Batch normalization: accelerating deep network training by reducing internal
    covariate shift, 2015.

    Examples
    --------
    >>> layer = nn.BatchNorm(1, dtype=np.float64)
    >>> layer(np.array([[1.0], [3.0]])).value.round(4).ravel()
    array([-1.,  1.])
    >>> layer.running_mean.value, layer.running_var.value
    (array([0.2]), array([1.1]))
    >>> layer.eval()(np.array([[0.2]])).value
    array([[0.]])
    """

    running_mean: ag.Node
    running_var: ag.Node
    num_batches_tracked: ag.Node

    def __init__(
        self,
        features: int,
        *,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.features, kind = size("features", features), floating(dtype)
        self.eps = not_negative("BatchNorm", "eps", eps)
        self.momentum = None if momentum is None else fraction("BatchNorm", "momentum", momentum)
        self.weight = ag.Node(np.ones(self.features, kind), name="γ") if affine else None
        self.bias = ag.Node(np.zeros(self.features, kind), name="β") if affine else None
        self.register_buffer("running_mean", np.zeros(self.features, kind))
        self.register_buffer("running_var", np.ones(self.features, kind))
        self.register_buffer("num_batches_tracked", np.array(0))

    def forward(self, x: Any) -> Any:
        """The result, of the shape of x."""
        shape = np.shape(getattr(x, "value", x))
        if len(shape) < 2 or shape[-1] != self.features:
            wanted = f"x of shape (batch, {self.features})"
            cure = f"Pass {self.features} columns, or build BatchNorm({shape[-1] if shape else 1})."
            raise ShapeError(expected(f"BatchNorm({self.features})", wanted, str(shape), cure))
        return self._by_the_batch(x, shape) if self.training else self._by_the_average(x)

    def _by_the_batch(self, x: Any, shape: tuple[int, ...]) -> Any:
        if type(x) is ag.Batched:
            what = f"BatchNorm({self.features}) in training inside vmap"
            wanted = "a batch, of which it takes the statistics"
            cure = "Use LayerNorm, or model.eval(): then it is the running statistics that count."
            raise ArgumentError(expected(what, wanted, "one example", cure))
        n, shard = math.prod(shape[:-1]), SHARD.get()
        if shard is not None and shard.comm is not None:
            n = n // len(shard) * shard.rows
        if n < 2:
            cure = "Use larger batches, drop_last, or model.eval()."
            wanted = "at least two rows in training"
            raise ShapeError(expected(f"BatchNorm({self.features})", wanted, str(n), cure))
        if shard is not None and shard.comm is not None:
            out, mean, var = self._by_all_shards(x, n, shard)
        else:
            out, mean, var = batch_norm(x, self.weight, self.bias, eps=self.eps)
        self._keep(getattr(mean, "value", mean), getattr(var, "value", var) * (n / (n - 1)))
        return out

    def _by_all_shards(self, x: Any, n: int, shard: Shard) -> tuple[Any, Any, Any]:
        """``batch_norm`` over the n rows of all processes together."""
        axes, own = tuple(range(x.ndim - 1)), 1.0 if shard.counts else 0.0
        mean = all_reduce(np.sum(x, axis=axes) * own, shard.comm) / n
        centred = x - mean
        var = all_reduce(np.sum(centred * centred, axis=axes) * own, shard.comm) / n
        out = centred / np.sqrt(var + self.eps)
        return (out if self.weight is None else out * self.weight + self.bias), mean, var

    def _keep(self, mean: Any, var: Any) -> None:
        """Let the running statistics take account of a batch."""
        seen = self.num_batches_tracked.value + 1
        part = 1 / seen if self.momentum is None else self.momentum
        for running, news in ((self.running_mean, mean), (self.running_var, var)):
            moved = (1 - part) * running.value
            moved += part * news
            running.assign(settled(moved))
        self.num_batches_tracked.assign(settled(seen))

    def _by_the_average(self, x: Any) -> Any:
        scale = 1 / np.sqrt(self.running_var + self.eps)
        if self.weight is None:
            return (x - self.running_mean) * scale
        return (x - self.running_mean) * (scale * self.weight) + self.bias

    def reset(self) -> None:
        """Forget the running statistics."""
        mean, var, count = self.running_mean, self.running_var, self.num_batches_tracked
        mean.assign(near(np.zeros(self.features, mean.dtype), mean))
        var.assign(near(np.ones(self.features, var.dtype), var))
        count.assign(near(np.array(0), count))

    def arguments(self) -> str:
        """Its size, and options that are not as usual."""
        momentum = "" if self.momentum == 0.1 else f", momentum={self.momentum}"
        return f"{self.features}{momentum}{', affine=False' if self.weight is None else ''}"

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again, but for its numbers."""
        return {
            "features": self.features,
            "eps": self.eps,
            "momentum": self.momentum,
            "affine": self.weight is not None,
            "dtype": str(self.running_mean.dtype),
        }


def population_statistics(model: Module, X: npt.ArrayLike, batch_size: int = 256) -> None:
    """Replace the running statistics of all ``BatchNorm`` layers by averages over the data.

    The weights stay as they are: this is what the paper does once training is over.

    Parameters
    ----------
    model : Module
        In whatever mode; other layers than ``BatchNorm`` behave as in use meanwhile.
    X : array_like, shape (n, ...)
        In batches of equal size; what is left over, less than a batch, is not used.
    batch_size : int
        At least 2, and at most n.

    References
    ----------
    Ioffe and Szegedy, 2015, algorithm 2, lines 6-10.

    Examples
    --------
    >>> model = nn.Sequential(nn.BatchNorm(1, dtype=np.float64))
    >>> nn.population_statistics(model, np.array([[0.0], [2.0], [4.0], [6.0]]), batch_size=2)
    >>> model[0].running_mean.value, model[0].running_var.value
    (array([3.]), array([2.]))
    """
    expect_module("population_statistics", model)
    rows = np.asarray(X)
    if rows.ndim < 2 or not 2 <= batch_size <= len(rows):
        got = f"shape {rows.shape} and batch_size={batch_size}"
        wanted = "X of shape (n, ...) and batch_size from 2 to n"
        raise ShapeError(expected("population_statistics", wanted, got, "Pass more rows."))
    layers = [module for module in model.modules() if isinstance(module, BatchNorm)]
    momenta = [layer.momentum for layer in layers]
    try:
        with in_mode(model, False), ag.no_grad():
            for layer in layers:
                layer.reset()
                layer.training, layer.momentum = True, None
            for start in range(0, len(rows) - batch_size + 1, batch_size):
                batch = rows[start : start + batch_size].astype(model.dtype, copy=False)
                model(like(batch, model))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum


def not_negative(what: str, name: str, value: Any) -> float:
    """A finite number of at least 0."""
    if not isinstance(value, int | float | np.number) or not 0 <= value < np.inf:
        raise ArgumentError(expected(what, f"{name} >= 0", repr(value), "Pass for instance 1e-5."))
    return float(value)


def fraction(what: str, name: str, value: Any) -> float:
    """A number from 0 to 1."""
    if not isinstance(value, int | float | np.number) or not 0 <= value <= 1:
        cure = "Pass for instance 0.1."
        raise ArgumentError(expected(what, f"{name} from 0 to 1", repr(value), cure))
    return float(value)
