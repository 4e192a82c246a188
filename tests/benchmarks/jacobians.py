"""Jacobians beside autograd's, reads of an array that grow, and what structural zeros cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import autograd_core as ag

N = 50
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, N, N)) / np.sqrt(N)
X = RNG.normal(size=N)

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "tanh(A x)": lambda np, x: np.tanh(np.dot(A, x)),
    "sin(B tanh(A x)) exp(-x²) + x / Σx²": lambda np, x: (
        np.sin(np.dot(B, np.tanh(np.dot(A, x)))) * np.exp(-(x**2)) + x / np.sum(x**2)
    ),
    "products of neighbours": lambda np, x: np.concatenate([x[1:] * x[:-1], x[:1] ** 2]),
}


def jacobian(name: str) -> Row:
    f = FUNCTIONS[name]
    contenders: dict[str, Callable[[], object]] = {}
    ours = ag.jacobian(lambda x: f(np, x))
    contenders["ours"] = lambda: ours(X)
    if installed("autograd"):
        import autograd
        import autograd.numpy as anp

        theirs = autograd.jacobian(lambda x: f(anp, x))
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-9, atol=1e-12)
        contenders["autograd"] = lambda: theirs(X)
    if installed("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        compiled = jax.jit(jax.jacrev(lambda x: f(jax.numpy, x)))
        contenders["jax.jit"] = lambda: compiled(X).block_until_ready()
    times = scaled(interleaved(contenders, rounds=20, number=5), 1e6)
    return Row(f"Jacobian of {name}, R^{N} to R^{N}", "µs", times, {"autograd": 0.2})


def hessian() -> Row:
    def f(np: Any, x: Any) -> Any:
        return np.sum(np.tanh(np.dot(A, x)) ** 2)

    ours = ag.hessian(lambda x: f(np, x))
    contenders: dict[str, Callable[[], object]] = {"ours": lambda: ours(X)}
    if installed("autograd"):
        import autograd
        import autograd.numpy as anp

        theirs = autograd.hessian(lambda x: f(anp, x))
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-9, atol=1e-11)
        contenders["autograd"] = lambda: theirs(X)
    times = scaled(interleaved(contenders, rounds=20, number=3), 1e6)
    return Row(f"Hessian of Σ tanh(A x)², {N} numbers", "µs", times, {"autograd": 0.2})


def growth(what: str, read: Callable[[Any, int], Any]) -> Row:
    """The gradient of reads of n and of 10 n entries."""

    def contender(n: int) -> Callable[[], object]:
        x = RNG.normal(size=n)
        gradient = ag.grad(lambda x: read(x, n))
        return lambda: gradient(x)

    times = scaled(
        interleaved({"ours": contender(20_000), "a tenth": contender(2_000)}, 10, 1), 1e3
    )
    return Row(f"gradient of {what}, 20,000 reads", "ms", times, {"a tenth": 13})


def one_by_one(x: Any, n: int) -> Any:
    total = x[0]
    for i in range(1, n):
        total = total + x[i] * x[i - 1]
    return total


def taken(x: Any, n: int) -> Any:
    places = np.arange(n * 10) % n
    return np.sum(np.take(x, places) * x[places])


def structural_zeros() -> Row:
    """A sweep over selections against one over products: nothing is NaN, so nothing is masked."""
    mask = RNG.normal(size=1000) > 0

    def selections(x: Any) -> Any:
        for _ in range(20):
            x = np.where(mask, np.sin(x), x)
        return np.sum(x)

    def products(x: Any) -> Any:
        for _ in range(20):
            x = mask * np.sin(x)
        return np.sum(x)

    x = RNG.normal(size=1000)
    ours, theirs = ag.grad(selections), ag.grad(products)
    contenders = {"ours": lambda: ours(x), "mask * f(x)": lambda: theirs(x)}
    times = scaled(interleaved(contenders, rounds=20, number=5), 1e6)
    return Row("where(mask, f(x), x), 20 times, 1000 numbers", "µs", times, {"mask * f(x)": 2})


def rows() -> list[Row]:
    return [
        *map(jacobian, FUNCTIONS),
        hessian(),
        growth("a loop of x[i]", one_by_one),
        growth("take and x[places]", taken),
        structural_zeros(),
    ]
