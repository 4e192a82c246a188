"""Overhead per operation: a chain on 100-element arrays, a scalar graph, and a chain of a million operations."""

from __future__ import annotations

import gc
import math
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import autograd_core as ag

LENGTH = 25


def chain(xp: Any, x: Any, y: Any) -> Any:
    """100 operations of four kinds on arrays."""
    for _ in range(LENGTH):
        x = xp.sin(x)
        x = x * 1.5
        x = x + y
        x = xp.tanh(x)
    return x.sum()


def array_chain() -> Row:
    rng = np.random.default_rng(0)
    x0, y0 = rng.normal(size=100), rng.normal(size=100)
    x = ag.Node(x0)

    def ours() -> None:
        x.zero_grad()
        chain(np, x, y0).backward()

    contenders: dict[str, Callable[[], object]] = {"ours": ours}
    if installed("torch"):
        import torch

        xt, yt = torch.tensor(x0, requires_grad=True), torch.tensor(y0)

        def pytorch() -> None:
            xt.grad = None
            chain(torch, xt, yt).backward()

        contenders["PyTorch"] = pytorch
    if installed("autograd"):
        import autograd
        import autograd.numpy as anp

        gradient = autograd.grad(lambda a: chain(anp, a, y0))
        contenders["autograd"] = lambda: gradient(x0)
    if installed("mygrad"):
        import mygrad

        def theirs() -> None:
            chain(mygrad, mygrad.tensor(x0), y0).backward()

        contenders["MyGrad"] = theirs
    times = scaled(interleaved(contenders), 1e6 / (4 * LENGTH + 1))
    return Row(
        "chain of 100 ops, 100 elements, forward + backward",
        "µs/op",
        times,
        {"PyTorch": 1.0, "autograd": 0.5},
    )


def scalar_expression(a: Any, b: Any, relu: Callable[[Any], Any]) -> Any:
    """1,000 scalar operations of the kinds micrograd has."""
    x = a
    for _ in range(200):
        x = x * b
        x = x + a
        x = relu(x)
        x = x * 0.7
        x = x**2
    return x


def scalar_graph() -> Row:
    a, b = ag.Node(0.5), ag.Node(0.9)

    def ours() -> None:
        a.zero_grad()
        b.zero_grad()
        scalar_expression(a, b, lambda x: np.maximum(x, 0.0)).backward()

    contenders: dict[str, Callable[[], object]] = {"ours": ours}
    if installed("micrograd"):
        import sys

        from micrograd.engine import Value

        sys.setrecursionlimit(10_000)

        def theirs() -> None:
            scalar_expression(Value(0.5), Value(0.9), lambda x: x.relu()).backward()

        contenders["micrograd"] = theirs
    times = scaled(interleaved(contenders, rounds=30, number=3), 1e6 / 1000)
    return Row("scalar graph of 1,000 ops, build + backward", "µs/op", times, {"micrograd": 0.7})


def deep(n: int) -> Any:
    """A chain of ``n`` scalar operations."""
    x = ag.Node(1.0)
    y = x
    for _ in range(n):
        y = y + 1.0
    return x, y


def seconds_for(n: int) -> float:
    """Build, differentiate and free a chain."""
    start = time.perf_counter()
    x, y = deep(n)
    y.backward()
    assert x.grad == 1.0
    del y
    return time.perf_counter() - start


def depth() -> Row:
    sizes = [10**3, 10**4, 10**5, 10**6]
    seconds = {n: min(seconds_for(n) for _ in range(3 if n < 10**6 else 1)) for n in sizes}
    exponent = math.log(seconds[10**6] / seconds[10**3]) / math.log(10**3)
    what = f"chain of 1,000,000 ops: build, differentiate, free (exponent from 1e3: {exponent:.3f}, limit 1.1)"
    return Row(what, "s", {"ours": seconds[10**6]})


def freed() -> Row:
    """Bytes still held after dropping a graph, with the garbage collector off."""
    gc.collect()
    gc.disable()
    try:
        deep(10)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        x, y = deep(100_000)
        y.backward()
        del x, y
        left = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
        gc.enable()
    return Row(
        "memory left after dropping a graph of 100,000 ops, gc off", "bytes", {"ours": float(left)}
    )


def rows() -> list[Row]:
    return [array_chain(), scalar_graph(), depth(), freed()]
