"""One eager training step of an MLP against PyTorch, autograd and MyGrad; layers by themselves.

A step is forward, softmax cross-entropy, backward, SGD with momentum.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import autograd_core as ag
import nn

NETS = [([2, 16, 16, 2], 32, 0.45), ([64, 64, 10], 32, 0.45), ([784, 128, 10], 64, 1.1)]
REGULARISED = [([64, 64, 10], 32, 0.45), ([784, 100, 100, 10], 60, 1.0)]
LAYERS = (
    *("BatchNorm", "LayerNorm", "Dropout", "ReLU", "LeakyReLU", "ELU", "SELU", "GELU"),
    *("SiLU", "Mish", "Softplus", "Sigmoid", "Tanh", "Softmax", "LogSoftmax"),
)
LR, MOMENTUM = 0.05, 0.9


def data(sizes: list[int], batch: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch, sizes[0])).astype(np.float32), rng.integers(0, sizes[-1], batch)


def ours(sizes: list[int], batch: int, regularised: bool = False) -> Callable[[], object]:
    x, t = data(sizes, batch)
    dropout = 0.5 if regularised else 0.0
    model = nn.MLP(sizes, activation="relu", batchnorm=regularised, dropout=dropout, seed=0)
    optimizer = nn.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)

    def step() -> None:
        loss = nn.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def pytorch(sizes: list[int], batch: int, regularised: bool = False) -> Callable[[], object]:
    import torch

    x, t = (torch.tensor(a) for a in data(sizes, batch))
    layers: list[Any] = []
    for n, m in pairwise(sizes):
        between = [torch.nn.BatchNorm1d(m), torch.nn.ReLU(), torch.nn.Dropout(0.5)]
        layers += [torch.nn.Linear(n, m), *(between if regularised else [torch.nn.ReLU()])]
    model = torch.nn.Sequential(*layers[: -3 if regularised else -1])
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)

    def step() -> None:
        loss = torch.nn.functional.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def weights(sizes: list[int]) -> list[Any]:
    rng = np.random.default_rng(0)
    pairs = pairwise(sizes)
    return [
        a
        for n, m in pairs
        for a in (
            (rng.normal(size=(n, m)) * np.sqrt(2 / n)).astype(np.float32),
            np.zeros(m, np.float32),
        )
    ]


def hips(sizes: list[int], batch: int) -> Callable[[], object]:
    import autograd
    import autograd.numpy as anp

    x, t = data(sizes, batch)
    onehot = np.eye(sizes[-1], dtype=np.float32)[t]
    params = weights(sizes)
    velocity = [np.zeros_like(p) for p in params]

    def loss(ps: Any) -> Any:
        h = x
        for k in range(0, len(ps), 2):
            h = anp.dot(h, ps[k]) + ps[k + 1]
            h = anp.maximum(h, 0) if k < len(ps) - 2 else h
        top = anp.max(h, axis=1, keepdims=True)
        logp = h - top - anp.log(anp.sum(anp.exp(h - top), axis=1, keepdims=True))
        return -anp.sum(logp * onehot) / batch

    gradient = autograd.grad(loss)

    def step() -> None:
        for p, a, g in zip(params, velocity, gradient(params), strict=True):
            a *= MOMENTUM
            a += LR * g
            p -= a

    return step


def mygrad(sizes: list[int], batch: int) -> Callable[[], object]:
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.losses import softmax_crossentropy

    x, t = data(sizes, batch)
    params = [mg.tensor(w) for w in weights(sizes)]
    velocity = [np.zeros_like(p.data) for p in params]

    def step() -> None:
        h: Any = x
        for k in range(0, len(params), 2):
            h = mg.matmul(h, params[k]) + params[k + 1]
            h = relu(h) if k < len(params) - 2 else h
        softmax_crossentropy(h, t).backward()
        for p, a in zip(params, velocity, strict=True):
            a *= MOMENTUM
            a += LR * p.grad
            p.data -= a
            p.null_grad()

    return step


def rows() -> list[Row]:
    peers = {
        "torch": ("PyTorch", pytorch),
        "autograd": ("autograd", hips),
        "mygrad": ("MyGrad", mygrad),
    }
    table = []
    for sizes, batch, limit in NETS:
        contenders = {"ours": ours(sizes, batch)}
        for package, (name, make) in peers.items():
            if installed(package):
                contenders[name] = make(sizes, batch)
        times = scaled(interleaved(contenders, rounds=40, number=20), 1e6)
        what = f"MLP {'-'.join(map(str, sizes))}, batch {batch}, float32: training step"
        table.append(Row(what, "µs", times, {"PyTorch": limit}))
    return table + [regularised_row(*net) for net in REGULARISED] + activation_rows()


def regularised_row(sizes: list[int], batch: int, limit: float) -> Row:
    """A training step with batch normalisation and dropout."""
    contenders = {"ours": ours(sizes, batch, regularised=True)}
    if installed("torch"):
        contenders["PyTorch"] = pytorch(sizes, batch, regularised=True)
    times = scaled(interleaved(contenders, rounds=40, number=10), 1e6)
    what = f"MLP {'-'.join(map(str, sizes))}, batch {batch}, batch norm, dropout: training step"
    return Row(what, "µs", times, {"PyTorch": limit})


def activation_rows() -> list[Row]:
    """Forward and backward of activations and normalisations, 128 x 1000, float32."""
    rng = np.random.default_rng(0)
    value, g = rng.normal(size=(2, 128, 1000)).astype(np.float32)
    found = []
    for name in LAYERS:
        contenders = {"ours": there_and_back(getattr(nn, name)(*sized(name)), ag.Node(value), g)}
        if installed("torch"):
            import torch

            kind = getattr(torch.nn, "BatchNorm1d" if name == "BatchNorm" else name)
            leaf = torch.tensor(value, requires_grad=True)
            contenders["PyTorch"] = there_and_back(kind(*sized(name)), leaf, torch.tensor(g))
        times = scaled(interleaved(contenders, rounds=20, number=5), 1e6)
        found.append(Row(f"{name}, 128 x 1000: forward and backward", "µs", times))
    return found


def sized(name: str) -> tuple[int, ...]:
    """What a layer of 1000 features is made with."""
    return (1000,) if name in ("BatchNorm", "LayerNorm") else ()


def there_and_back(layer: Any, leaf: Any, g: Any) -> Callable[[], object]:
    """A layer's forward and backward pass, the same words for ours and PyTorch's."""

    def call() -> None:
        leaf.grad = None
        layer(leaf).backward(g)

    return call
