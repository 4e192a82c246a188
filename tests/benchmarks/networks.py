"""One eager training step of an MLP against PyTorch, autograd and MyGrad.

Forward, softmax cross-entropy, backward, SGD with momentum.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import nn

NETS = [([2, 16, 16, 2], 32, 0.45), ([64, 64, 10], 32, 0.45), ([784, 128, 10], 64, 1.1)]
LR, MOMENTUM = 0.05, 0.9


def data(sizes: list[int], batch: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    return rng.normal(size=(batch, sizes[0])).astype(np.float32), rng.integers(0, sizes[-1], batch)


def ours(sizes: list[int], batch: int) -> Callable[[], object]:
    x, t = data(sizes, batch)
    model = nn.MLP(sizes, activation="relu", seed=0)
    optimizer = nn.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)

    def step() -> None:
        loss = nn.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def pytorch(sizes: list[int], batch: int) -> Callable[[], object]:
    import torch

    x, t = (torch.tensor(a) for a in data(sizes, batch))
    layers: list[Any] = []
    for n, m in pairwise(sizes):
        layers += [torch.nn.Linear(n, m), torch.nn.ReLU()]
    model = torch.nn.Sequential(*layers[:-1])
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
    return table
