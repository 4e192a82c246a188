"""autograd's stochastic optimisers, of any container of arrays; ``nn`` has this project's own.

``grad(x, i)`` is the gradient at step i; ``callback(x, i, g)`` is called before each step.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy

from .flatten import flatten

Function = Callable[..., Any]
np: Any = numpy  # NumPy's stubs do not know Nodes


def unflatten_optimizer(optimize: Function) -> Function:
    """Decorator: an optimiser of vectors made one of containers."""

    @functools.wraps(optimize)
    def of_containers(
        grad: Function, x0: Any, callback: Function | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        flat, unflatten = flatten(x0)

        def flat_grad(x: Any, i: int) -> Any:
            return flatten(grad(unflatten(x), i))[0]

        def flat_callback(x: Any, i: int, g: Any) -> None:
            if callback is not None:
                callback(unflatten(x), i, unflatten(g))

        seen = flat_callback if callback else None
        return unflatten(optimize(flat_grad, flat, seen, *args, **kwargs))

    return of_containers


@unflatten_optimizer
def sgd(
    grad: Function,
    x: Any,
    callback: Function | None = None,
    num_iters: int = 200,
    step_size: float = 0.1,
    mass: float = 0.9,
) -> Any:
    """Gradient descent with momentum; the velocity is a running mean of the gradients."""
    velocity = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        velocity = mass * velocity - (1.0 - mass) * g
        x = x + step_size * velocity
    return x


@unflatten_optimizer
def rmsprop(
    grad: Function,
    x: Any,
    callback: Function | None = None,
    num_iters: int = 100,
    step_size: float = 0.1,
    gamma: float = 0.9,
    eps: float = 1e-8,
) -> Any:
    """Steps scaled by the root of a running mean of the squared gradients (Hinton's lectures)."""
    mean_square = np.ones(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        mean_square = gamma * mean_square + (1.0 - gamma) * g**2
        x = x - step_size * g / (np.sqrt(mean_square) + eps)
    return x


@unflatten_optimizer
def adam(
    grad: Function,
    x: Any,
    callback: Function | None = None,
    num_iters: int = 100,
    step_size: float = 0.001,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> Any:
    """Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1)."""
    m = np.zeros(len(x))
    v = np.zeros(len(x))
    for i in range(num_iters):
        g = grad(x, i)
        if callback:
            callback(x, i, g)
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g**2
        corrected_m, corrected_v = m / (1 - b1 ** (i + 1)), v / (1 - b2 ** (i + 1))
        x = x - step_size * corrected_m / (np.sqrt(corrected_v) + eps)
    return x
