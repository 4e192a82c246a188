"""Jacobians and mapped gradients, reads of an array that grow, and what structural zeros cost."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import autograd_core as ag

N = 50
RNG = np.random.default_rng(0)
A, B = RNG.normal(size=(2, N, N)) / np.sqrt(N)
X = RNG.normal(size=N)
COMPILED = "ours, compiled"

FUNCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    "tanh(A x)": lambda np, x: np.tanh(np.dot(A, x)),
    "sin(B tanh(A x)) exp(-x²) + x / Σx²": lambda np, x: (
        np.sin(np.dot(B, np.tanh(np.dot(A, x)))) * np.exp(-(x**2)) + x / np.sum(x**2)
    ),
    "products of neighbours": lambda np, x: np.concatenate([x[1:] * x[:-1], x[:1] ** 2]),
}


def through_torch(derivative: str, f: Callable[[Any, Any], Any]) -> Callable[[], object]:
    """One of ``torch.func``'s transforms of a function of ``(np, x)``, at X."""
    import torch

    class Names:
        """PyTorch's functions by NumPy's names."""

        tanh, sin, exp, sum = torch.tanh, torch.sin, torch.exp, torch.sum
        concatenate = staticmethod(torch.cat)

        @staticmethod
        def dot(a: Any, x: Any) -> Any:
            return torch.as_tensor(a) @ x

    x = torch.tensor(X)
    theirs = getattr(torch.func, derivative)(lambda x: f(Names, x))
    return lambda: theirs(x)


def through_jax(derivative: str, f: Callable[[Any, Any], Any]) -> Callable[[], object]:
    """One of JAX's transforms, compiled."""
    import jax

    jax.config.update("jax_enable_x64", True)
    compiled = jax.jit(getattr(jax, derivative)(lambda x: f(jax.numpy, x)))
    return lambda: compiled(X).block_until_ready()


def compiled_too(row: Row) -> list[Row]:
    """The row, and that of the compiled function against JAX's."""
    others = {name: t for name, t in row.times.items() if name in ("jax.jit", "torch.func")}
    times = {"ours": row.times[COMPILED], **others}
    return [row, Row(f"{row.what}: compiled", row.unit, times, {"jax.jit": 1.0})]


def settled(function: Callable[..., Any], *args: Any) -> Callable[[], object]:
    """A compiled function that runs its program from now on."""
    compiled = ag.compile(function, strict=True)
    for _ in range(3):
        compiled(*args)
    return lambda: compiled(*args)


def jacobian(name: str, mode: str = "auto") -> Row:
    f = FUNCTIONS[name]
    contenders: dict[str, Callable[[], object]] = {}
    ours = ag.jacobian(lambda x: f(np, x), mode=mode)
    contenders["ours"] = lambda: ours(X)
    contenders[COMPILED] = settled(ours, X)
    if installed("autograd"):
        import autograd
        import autograd.numpy as anp

        theirs = autograd.jacobian(lambda x: f(anp, x))
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-9, atol=1e-12)
        contenders["autograd"] = lambda: theirs(X)
    derivative = "jacfwd" if mode == "forward" else "jacrev"
    if installed("torch"):
        contenders["torch.func"] = through_torch(derivative, f)
    if installed("jax"):
        contenders["jax.jit"] = through_jax(derivative, f)
    times = scaled(interleaved(contenders, rounds=20, number=5), 1e6)
    how = ", forward mode" if mode == "forward" else ""
    return Row(f"Jacobian of {name}, R^{N} to R^{N}{how}", "µs", times, {"autograd": 0.1})


def hessian() -> Row:
    def f(np: Any, x: Any) -> Any:
        return np.sum(np.tanh(np.dot(A, x)) ** 2)

    ours = ag.hessian(lambda x: f(np, x))
    contenders: dict[str, Callable[[], object]] = {"ours": lambda: ours(X)}
    contenders[COMPILED] = settled(ours, X)
    if installed("autograd"):
        import autograd
        import autograd.numpy as anp

        theirs = autograd.hessian(lambda x: f(anp, x))
        np.testing.assert_allclose(ours(X), theirs(X), rtol=1e-9, atol=1e-11)
        contenders["autograd"] = lambda: theirs(X)
    if installed("torch"):
        contenders["torch.func"] = through_torch("hessian", f)
    if installed("jax"):
        contenders["jax.jit"] = through_jax("hessian", f)
    times = scaled(interleaved(contenders, rounds=20, number=3), 1e6)
    return Row(f"Hessian of Σ tanh(A x)², {N} numbers", "µs", times, {"autograd": 0.1})


def hessian_product(n: int = 10_000) -> Row:
    """The Hessian of a function of many numbers times a vector."""
    x, v = RNG.normal(size=(2, n))

    def f(np: Any, x: Any) -> Any:
        return np.sum(np.sin(x) * x**2) + np.sum(x[1:] * x[:-1]) ** 2

    ours = ag.hvp(lambda x: f(np, x))
    contenders: dict[str, Callable[[], object]] = {"ours": lambda: ours(x, v)}
    contenders[COMPILED] = settled(ours, x, v)
    if installed("torch"):
        import torch

        tx, tv = torch.tensor(x), torch.tensor(v)
        contenders["torch.func"] = lambda: torch.func.jvp(
            torch.func.grad(lambda x: f(torch, x)), (tx,), (tv,)
        )
    if installed("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        gradient = jax.grad(lambda x: f(jax.numpy, x))
        compiled = jax.jit(lambda x, v: jax.jvp(gradient, (x,), (v,))[1])
        np.testing.assert_allclose(ours(x, v), compiled(x, v), rtol=1e-9, atol=1e-9)
        contenders["jax.jit"] = lambda: compiled(x, v).block_until_ready()
    times = scaled(interleaved(contenders, rounds=20, number=3), 1e6)
    return Row(f"Hessian times a vector, {n:,} numbers", "µs", times, {"torch.func": 1.0})


def per_example(*sizes: int, count: int = 64) -> Row:
    """The gradient of every example's own loss by all weights of an MLP."""
    weights = [RNG.normal(size=(m, n)) / np.sqrt(m) for m, n in itertools.pairwise(sizes)]
    inputs = RNG.normal(size=(count, sizes[0]))
    targets = np.eye(sizes[-1])[RNG.integers(0, sizes[-1], count)]

    def loss_with(np: Any) -> Callable[..., Any]:
        def loss(weights: Any, x: Any, y: Any) -> Any:
            for W in weights[:-1]:
                x = np.tanh(x @ W)
            z = x @ weights[-1]
            return np.log(np.exp(z).sum()) - z @ y

        return loss

    gradient = ag.grad(loss_with(np))
    ours = ag.vmap(gradient, in_axes=(None, 0, 0))
    contenders: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(weights, inputs, targets),
        "a loop": lambda: [gradient(weights, x, y) for x, y in zip(inputs, targets, strict=True)],
    }
    contenders[COMPILED] = settled(ours, weights, inputs, targets)
    if installed("torch"):
        import torch

        arguments = [torch.tensor(W) for W in weights], torch.tensor(inputs), torch.tensor(targets)
        theirs = torch.func.vmap(torch.func.grad(loss_with(torch)), (None, 0, 0))
        contenders["torch.func"] = lambda: theirs(*arguments)
    if installed("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        compiled = jax.jit(jax.vmap(jax.grad(loss_with(jax.numpy)), (None, 0, 0)))
        np.testing.assert_allclose(
            ours(weights, inputs, targets)[0], compiled(weights, inputs, targets)[0], rtol=1e-9
        )
        contenders["jax.jit"] = lambda: jax.block_until_ready(compiled(weights, inputs, targets))
    times = scaled(interleaved(contenders, rounds=10, number=2), 1e6)
    what = f"{count} per-example gradients, MLP {'-'.join(map(str, sizes))}"
    bound = (
        8 * count * sum(W.size for W in weights) > 2**24
    )  # by memory, which a loop fills as well
    return Row(what, "µs", times, {} if bound else {"a loop": 0.1})


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
    derivatives = [
        *map(jacobian, FUNCTIONS),
        jacobian("sin(B tanh(A x)) exp(-x²) + x / Σx²", mode="forward"),
        hessian(),
        hessian_product(),
        per_example(2, 16, 16, 2),
        per_example(64, 64, 10),
        per_example(784, 30, 10),
        per_example(784, 100, 10),
    ]
    return [
        *(row for derivative in derivatives for row in compiled_too(derivative)),
        growth("a loop of x[i]", one_by_one),
        growth("take and x[places]", taken),
        structural_zeros(),
    ]
