"""``flatten``: a container of arrays as one vector, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from ....node import value_of
from ....tree import flatten as leaves_of

np: Any = numpy  # NumPy's stubs do not know Nodes


def flatten(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """A container of arrays as one vector, and the function that takes such a vector back.

    Both are differentiable. Dicts go in the order of their sorted keys.

    Parameters
    ----------
    value : array_like, Node or container

    Returns
    -------
    vector : ndarray or Node
    unflatten : callable

    Examples
    --------
    >>> flat, unflatten = flatten({"w": np.ones((1, 2)), "b": 3.0})
    >>> flat
    array([3., 1., 1.])
    >>> unflatten(flat)["w"]
    array([[1., 1.]])
    """
    leaves, rebuild = leaves_of(value)
    shapes = [np.shape(value_of(x)) for x in leaves]
    ends = [0, *map(int, np.cumsum([np.prod(shape, dtype=int) for shape in shapes]))]

    def unflatten(flat: Any) -> Any:
        return rebuild(
            [
                np.reshape(flat[start:end], shape)[()]
                for start, end, shape in zip(ends, ends[1:], shapes, strict=False)
            ]
        )

    return np.concatenate([np.ravel(x) for x in leaves]) if leaves else np.array([]), unflatten


def flatten_func(func: Callable[..., Any], example: Any) -> tuple[Any, Any, Any]:
    """A function of containers as one of vectors: it, ``unflatten`` and the example's vector."""
    flat_example, unflatten = flatten(example)

    def flat_func(flat: Any, *args: Any) -> Any:
        return flatten(func(unflatten(flat), *args))[0]

    return flat_func, unflatten, flat_example
