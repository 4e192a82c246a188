"""Overhead per operation: arrays of 100 elements, scalars, and a chain of a million operations."""

from __future__ import annotations

import gc
import math
import os
import subprocess
import sys
import time
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


def scalar_network(parameters: list[Any], relu: Callable[[Any], Any]) -> Any:
    """The squared error of a 2-16-16-1 network written with scalars, as micrograd's demo has it."""
    values = iter(parameters)
    layer: list[Any] = [0.5, -1.2]
    for width in (16, 16, 1):
        rows = []
        for _ in range(width):
            total = next(values)
            for x in layer:
                total = total + next(values) * x
            rows.append(relu(total) if width > 1 else total)
        layer = rows
    return (layer[0] - 1.0) ** 2


def scalar_mix(parameters: list[Any], relu: Callable[[Any], Any], repeats: int) -> Any:
    """Every operator micrograd has, eight operations a time; a short one shows the fixed cost."""
    x, y = parameters
    for _ in range(repeats):
        x = -((x * y + y - 0.3) / 1.7)
        x = relu(x * x) * 0.3
    return x


def scalar_rows() -> list[Row]:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=16 * 3 + 16 * 17 + 17).tolist()
    graphs: dict[str, tuple[list[float], int, Callable[[Any, Any], Any]]] = {
        "network": (weights, 2 * (16 * 2 + 16 * 16 + 16) + 32 + 2, scalar_network),
        "expression of all operators": ([0.5, 0.9], 24, lambda p, r: scalar_mix(p, r, 3)),
        "chain of all operators": ([0.5, 0.9], 480, lambda p, r: scalar_mix(p, r, 60)),
    }
    return [scalar_graph(name, *graph) for name, graph in graphs.items()]


def scalar_graph(name: str, start: list[float], operations: int, build: Callable[..., Any]) -> Row:
    nodes = [ag.Node(v) for v in start]

    def ours() -> None:
        for node in nodes:
            node.grad = None
        build(nodes, lambda x: np.maximum(x, 0.0)).backward()

    contenders: dict[str, Callable[[], object]] = {"ours": ours}
    if installed("micrograd"):
        from micrograd.engine import Value

        values = [Value(v) for v in start]

        def theirs() -> None:
            for value in values:
                value.grad = 0.0
            build(values, lambda x: x.relu()).backward()

        contenders["micrograd"] = theirs
    number = max(1, 3000 // operations)
    times = scaled(interleaved(contenders, rounds=40, number=number), 1e6 / operations)
    what = f"scalar {name}, {operations} ops, build + backward"
    return Row(what, "µs/op", times, {"micrograd": 0.7})


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


def growth(collector: bool) -> tuple[float, float]:
    """The exponent with which time grows with length, and the seconds of a million operations."""
    sizes = [10**3, 10**6]
    gc.collect()
    if not collector:
        gc.disable()
    try:
        seconds = {n: min(seconds_for(n) for _ in range(20 if n < 10**5 else 3)) for n in sizes}
    finally:
        gc.enable()
    return math.log(seconds[10**6] / seconds[10**3]) / math.log(10**3), seconds[10**6]


def depth(collector: bool) -> Row:
    """``growth`` in a process of its own: the median of five.

    With Python's garbage collector on, or off as ``timeit`` has it. The collector's full passes
    over what is alive cost more the more there is, other packages' objects included: the same
    program without any autodiff shows it.
    """
    code = f"import chains; print(*chains.growth({collector}))"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    runs = sorted(
        tuple(
            map(
                float,
                subprocess.run(
                    command, env=environment, capture_output=True, check=True
                ).stdout.split(),
            )
        )
        for _ in range(5)
    )
    exponent, seconds = runs[2]
    state = "on" if collector else "off"
    what = (
        f"chain of 1e6 ops: build, differentiate, free; collector {state}, exponent {exponent:.3f}"
    )
    verdict = " (limit 1.1)" if exponent <= 1.1 else " (limit 1.1, MISSED)"
    return Row(what + verdict, "s", {"ours": seconds})


def freed() -> Row:
    """Memory blocks still held after dropping a graph, with the garbage collector off."""
    gc.collect()
    gc.disable()
    try:
        deep(100_000)  # fills Python's free lists, which keep a few thousand small objects
        before = sys.getallocatedblocks()
        x, y = deep(100_000)
        y.backward()
        del x, y
        left = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    what = "blocks left after dropping a graph of 100,000 ops, gc off"
    return Row(what, "blocks", {"ours": float(left)})


def rows() -> list[Row]:
    return [array_chain(), *scalar_rows(), depth(True), depth(False), freed()]
