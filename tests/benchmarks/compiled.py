"""Whole training steps as programs, against jax.jit, torch.compile and NumPy written by hand.

Forward, softmax cross-entropy, backward, SGD with momentum; parameters, momentum and gradient of
the hand-written step lie in one flat buffer each.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled
from networks import LR, MOMENTUM, data, weights

import autograd_core as ag
import nn

NETS = [
    ([2, 16, 16, 2], 32, {}, 0.5),
    ([64, 64, 10], 32, {}, 0.5),
    ([64, 64, 10], 32, {"activation": "tanh"}, 1.0),
    ([784, 128, 10], 64, {}, 1.0),
    ([784, 100, 100, 10], 60, {}, 1.0),
    ([784, 100, 100, 10], 60, {"activation": "sigmoid"}, 1.0),
    ([784, 100, 100, 10], 60, {"batchnorm": True, "dropout": 0.5}, 1.0),
    ([784, 1024, 1024, 10], 128, {}, 1.0),
]


def ours(sizes: list[int], batch: int, options: dict[str, Any], backend: str | None) -> Any:
    x, t = data(sizes, batch)
    model = nn.MLP(sizes, seed=0, **{"activation": "relu"} | options)
    optimizer = nn.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)

    def step(x: Any, t: Any) -> Any:
        loss = nn.cross_entropy(model(x), t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    if backend is not None:
        step = ag.compile(step, backend=backend, strict=True)
    return lambda: step(x, t)


def by_hand(sizes: list[int], batch: int) -> Callable[[], object]:
    """NumPy with buffers that are made once; relu only."""
    x, t = data(sizes, batch)
    shapes = [shape for n, m in pairwise(sizes) for shape in ((n, m), (m,))]
    ends = np.cumsum([int(np.prod(s)) for s in shapes])

    def views(flat: Any) -> list[Any]:
        starts = [0, *ends[:-1]]
        return [flat[i:j].reshape(s) for i, j, s in zip(starts, ends, shapes, strict=True)]

    value, velocity, gradient = (np.zeros(ends[-1], np.float32) for _ in range(3))
    value[:] = np.concatenate([w.ravel() for w in weights(sizes)])
    params, grads = views(value), views(gradient)
    layers = len(sizes) - 1
    outs = [np.empty((batch, m), np.float32) for m in sizes[1:]]
    cotangents = [np.empty_like(out) for out in outs]
    masks = [np.empty(out.shape, bool) for out in outs]
    ones, rows = np.ones(batch, np.float32), np.arange(batch)

    def step() -> Any:
        h = x
        for k in range(layers):
            np.dot(h, params[2 * k], out=outs[k])
            outs[k] += params[2 * k + 1]
            if k < layers - 1:
                np.maximum(outs[k], 0, out=outs[k])
            h = outs[k]
        g = cotangents[-1]
        np.subtract(h, h.max(axis=1, keepdims=True), out=g)
        own = g[rows, t]
        np.exp(g, out=g)
        sums = g @ np.ones(sizes[-1], np.float32)
        loss = (np.log(sums) - own).mean()
        g /= sums[:, None]
        g[rows, t] -= 1
        g /= batch
        for k in range(layers - 1, -1, -1):
            before = x if k == 0 else outs[k - 1]
            np.dot(before.T, g, out=grads[2 * k])
            np.dot(ones, g, out=grads[2 * k + 1])
            if k:
                np.dot(g, params[2 * k].T, out=cotangents[k - 1])
                np.greater(before, 0, out=masks[k - 1])
                g = cotangents[k - 1]
                g *= masks[k - 1]
        np.multiply(velocity, MOMENTUM, out=velocity)
        np.multiply(gradient, LR, out=gradient)
        np.add(velocity, gradient, out=velocity)
        np.subtract(value, velocity, out=value)
        return loss

    return step


def jax_jit(sizes: list[int], batch: int, options: dict[str, Any]) -> Callable[[], object]:
    import jax
    import jax.numpy as jnp

    x, t = data(sizes, batch)
    x, t = jnp.asarray(x), jnp.asarray(t)
    activation = options.get("activation", "relu")
    function = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}[activation]
    normed, dropout = options.get("batchnorm", False), options.get("dropout", 0.0)
    params = [jnp.asarray(w) for w in weights(sizes)]
    layers = len(sizes) - 1
    gains = [jnp.ones(m) for m in sizes[1:-1]] if normed else []
    shifts = [jnp.zeros(m) for m in sizes[1:-1]] if normed else []
    running = [jnp.zeros(m) for m in sizes[1:-1] for _ in range(2)] if normed else []

    def loss(free: Any, running: Any, key: Any, x: Any, t: Any) -> Any:
        params, gains, shifts = free
        moved = []
        h = x
        for k in range(layers):
            h = h @ params[2 * k] + params[2 * k + 1]
            if k == layers - 1:
                break
            if normed:
                mean, var = h.mean(0), h.var(0)
                h = (h - mean) / jnp.sqrt(var + 1e-5) * gains[k] + shifts[k]
                moved += [0.9 * running[2 * k] + 0.1 * mean, 0.9 * running[2 * k + 1] + 0.1 * var]
            h = function(h)
            if dropout:
                key, draw = jax.random.split(key)
                h = jnp.where(
                    jax.random.bernoulli(draw, 1 - dropout, h.shape), h / (1 - dropout), 0
                )
        logp = jax.nn.log_softmax(h)
        return -logp[jnp.arange(batch), t].mean(), (moved, key)

    @jax.jit
    def update(free: Any, velocity: Any, running: Any, key: Any, x: Any, t: Any) -> Any:
        (value, (running, key)), g = jax.value_and_grad(loss, has_aux=True)(
            free, running, key, x, t
        )
        velocity = jax.tree.map(lambda a, b: MOMENTUM * a + LR * b, velocity, g)
        return value, jax.tree.map(lambda p, a: p - a, free, velocity), velocity, running, key

    state = [(params, gains, shifts), None, running, jax.random.key(0)]
    state[1] = jax.tree.map(jnp.zeros_like, state[0])

    def step() -> Any:
        value, *state[:] = update(*state, x, t)
        return jax.block_until_ready(value)

    return step


def torch_module(sizes: list[int], options: dict[str, Any]) -> Any:
    import torch

    kinds = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
    kind = kinds[options.get("activation", "relu")]
    parts: list[Any] = []
    for k, (n, m) in enumerate(pairwise(sizes)):
        parts.append(torch.nn.Linear(n, m))
        if k == len(sizes) - 2:
            break
        if options.get("batchnorm"):
            parts.append(torch.nn.BatchNorm1d(m))
        parts.append(kind())
        if options.get("dropout"):
            parts.append(torch.nn.Dropout(options["dropout"]))
    return torch.nn.Sequential(*parts)


def torch_step(
    sizes: list[int], batch: int, options: dict[str, Any], compiled: bool
) -> Callable[[], object]:
    import torch

    x, t = (torch.tensor(a) for a in data(sizes, batch))
    model = torch_module(sizes, options)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)

    def forward(x: Any, t: Any) -> Any:
        return torch.nn.functional.cross_entropy(model(x), t)

    forward = torch.compile(forward) if compiled else forward

    def step() -> Any:
        loss = forward(x, t)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def rows() -> list[Row]:
    table = []
    for sizes, batch, options, limit in NETS:
        contenders: dict[str, Callable[[], object]] = {
            "ours": ours(sizes, batch, options, "auto"),
            "our numpy backend": ours(sizes, batch, options, "numpy"),
            "ours, eager": ours(sizes, batch, options, None),
        }
        limits = {"jax.jit": limit}
        if not options:
            contenders["NumPy by hand"] = by_hand(sizes, batch)
        if installed("jax"):
            contenders["jax.jit"] = jax_jit(sizes, batch, options)
        if installed("torch"):
            contenders["PyTorch"] = torch_step(sizes, batch, options, False)
            try:
                contenders["torch.compile"] = compiled = torch_step(sizes, batch, options, True)
                compiled()
            except Exception as error:  # it needs a C++ compiler
                del contenders["torch.compile"]
                print(f"torch.compile is left out: {type(error).__name__}")
        for call in contenders.values():
            for _ in range(4):
                call()
        large = sizes[1] > 500
        times = interleaved(contenders, rounds=10 if large else 25, number=3 if large else 20)
        named = "".join(f", {key} {value}" for key, value in options.items())
        what = f"compiled step {'-'.join(map(str, sizes))}, batch {batch}{named}"
        table.append(Row(what, "µs", scaled(times, 1e6), limits))
        table.append(numpy_row(what, table[-1].times))
    return [row for row in table if row is not None]


def numpy_row(what: str, times: dict[str, float]) -> Any:
    """The numpy backend against NumPy written by hand."""
    if "NumPy by hand" not in times:
        return None
    chosen = {"ours": times["our numpy backend"], "NumPy by hand": times["NumPy by hand"]}
    return Row(f"{what}: numpy backend", "µs", chosen, {"NumPy by hand": 1.1})
