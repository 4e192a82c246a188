"""``vmap``: a function of one example made a function of a batch of them, without a loop.

Here are the axes that go in and come out. The function runs once, on what stands for one example
(``batched.py``); how each row computes all of them is in ``rules.py``.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError, describe, expected
from ..node import Node, as_array, value_of
from ..transforms import Function
from ..tree import flatten, like_prefix
from . import functions  # noqa: F401 (fills the table)
from .batched import LEVELS, Batched, Level
from .draws import is_generator, own_draws


def vmap(f: Function, in_axes: Any = 0, out_axes: Any = 0) -> Function:
    """A function that applies ``f`` to every example of a batch, all at once.

    Parameters
    ----------
    f : callable
        Of one example. It is called once, with arguments that look like one; what it does with
        NumPy and this package is done to all of them.
    in_axes : int, None, or a container of them
        The axis of each positional argument along which the examples lie; None for an argument
        that all share. A tuple has one entry per argument, which may be a container like it.
        Arguments by keyword are mapped along their first axis.
    out_axes : int, None, or a container of them
        Where the examples go in each result; None for one that is the same for all.

    Returns
    -------
    callable
        Takes and returns containers of arrays or Nodes, with one more axis than ``f``.

    Raises
    ------
    ArgumentError
        If an axis is out of range, the arguments differ in their number of examples, or none is
        mapped.
    ArgumentTypeError
        If something that is not an array is to be mapped.
    BatchedValueError
        If ``f`` asks for the numbers themselves, as ``if x > 0`` does.

    Notes
    -----
    It composes with every transform, inside and outside. The few functions that are computed one
    example after the other, right and as slow as a loop, are listed in the table of functions, with
    the reason; so is a function of yours without a batching rule. A ``Generator`` among the
    arguments gives every example draws of its own; one that ``f`` closes over draws once for all.

    Examples
    --------
    >>> dot = ag.vmap(np.dot)
    >>> dot(np.ones((2, 3)), np.ones((2, 3)))
    array([3., 3.])
    >>> loss = lambda w, x, y: (w @ x - y) ** 2
    >>> per_example = ag.vmap(ag.grad(loss), in_axes=(None, 0, 0))
    >>> per_example(np.zeros(2), np.eye(2), np.ones(2))
    array([[-2., -0.],
           [-0., -2.]])
    """
    name = getattr(f, "__name__", type(f).__name__)

    @functools.wraps(f)
    def mapped(*args: Any, **keywords: Any) -> Any:
        leaves, rebuild = flatten((args, keywords))
        axes = entering(name, in_axes, args, keywords)
        axes = [axis_in(name, x, axis) for x, axis in zip(leaves, axes, strict=True)]
        level = Level(common_size(name, leaves, axes))
        examples = [example(x, axis, level) for x, axis in zip(leaves, axes, strict=True)]
        inner_args, inner_keywords = rebuild(examples)
        token = LEVELS.set((*LEVELS.get(), level))
        try:
            out = f(*inner_args, **inner_keywords)
            outs, restore = flatten(out)
            places = prefixed(f"vmap of {name}: out_axes", out_axes, out)
            return restore([gathered(name, x, k, level) for x, k in zip(outs, places, strict=True)])
        finally:
            LEVELS.reset(token)
            level.open = False

    return mapped


# axes


def entering(name: str, in_axes: Any, args: Sequence[Any], keywords: dict[str, Any]) -> list[Any]:
    """The axis of every leaf of the arguments."""
    what = f"vmap of {name}: in_axes"
    if isinstance(in_axes, list | tuple):
        if len(in_axes) != len(args):
            cure = "Give one entry per positional argument; those by keyword have axis 0."
            raise ArgumentError(expected(what, f"{len(args)} entries", len(in_axes), cure))
        in_axes = tuple(in_axes)
    return [*prefixed(what, in_axes, tuple(args)), *[0] * len(flatten(keywords)[0])]


def prefixed(what: str, axes: Any, tree: Any) -> list[Any]:
    """For every leaf of ``tree`` its axis: an int, or None."""
    try:
        found = like_prefix(axes, tree)
    except ValueError as error:
        cure = "Give ints, None, or containers of them built as the arguments or results are."
        raise ArgumentError(expected(what, "a matching structure", error, cure)) from error
    return [None if axis is None else whole_number(what, axis) for axis in found]


def whole_number(what: str, axis: Any) -> int:
    """An axis as an int."""
    try:
        return operator.index(axis)
    except TypeError:
        cure = "Give the number of an axis, or None."
        raise ArgumentTypeError(expected(what, "ints or None", repr(axis), cure)) from None


def axis_in(name: str, x: Any, axis: int | None) -> int | None:
    """An axis of an argument, counted from the front."""
    if axis is None or is_generator(x):
        return None
    what = f"vmap of {name}"
    if not isinstance(x, int | float | complex) and not hasattr(x, "__array_function__"):
        cure = "Pass None for it in in_axes, or close over it with functools.partial."
        raise ArgumentTypeError(expected(what, "arrays to map over", describe(x), cure))
    ndim = np.ndim(value_of(x))
    if not -ndim <= axis < ndim:
        cure = "Choose another axis, or None for what all examples share."
        raise ArgumentError(
            expected(f"{what}: in_axes", f"an axis of shape {np.shape(x)}", axis, cure)
        )
    return axis % ndim


def common_size(name: str, leaves: Sequence[Any], axes: Sequence[int | None]) -> int:
    """The number of examples, on which all mapped arguments agree."""
    sizes = {np.shape(x)[k]: (x, k) for x, k in zip(leaves, axes, strict=True) if k is not None}
    if len(sizes) == 1:
        return int(next(iter(sizes)))
    if not sizes:
        cure = "Give an axis for one of the arguments, or call the function itself."
        raise ArgumentError(
            expected(f"vmap of {name}", "an argument with an axis to map over", "none", cure)
        )
    got = ", ".join(f"{n} along axis {k} of {np.shape(x)}" for n, (x, k) in sizes.items())
    cure = "Check in_axes: None is for what all examples share."
    raise ArgumentError(expected(f"vmap of {name}", "one number of examples", got, cure))


# in and out


def example(x: Any, axis: int | None, level: Level) -> Any:
    """One example of an argument."""
    if is_generator(x):
        return own_draws(x, level)
    return x if axis is None else Batched(np.moveaxis(x, axis, 0) if axis else x, level)


def gathered(name: str, x: Any, axis: int | None, level: Level) -> Any:
    """A result for all examples, which lie along ``axis``."""
    if x is None:
        return x
    if type(x) is Batched and x.level is level:
        if axis is None:
            cure = "Give an axis, or return something that does not depend on the example."
            wanted = "a result that is the same for all examples"
            raise ArgumentError(expected(f"vmap of {name}: out_axes=None", wanted, x, cure))
        full = x.array
    elif axis is None:
        return x
    else:
        full = repeated(name, x, level.size)
    ndim = np.ndim(value_of(full))
    if not -ndim <= axis < ndim:
        cure = "Choose another axis."
        wanted = f"an axis of a result with {ndim} axes"
        raise ArgumentError(expected(f"vmap of {name}: out_axes", wanted, axis, cure))
    return np.moveaxis(full, 0, axis) if axis % ndim else full


def repeated(name: str, x: Any, size: int) -> Any:
    """A result that does not depend on the example, once for each."""
    if not isinstance(x, Node | Batched):
        x = as_array(x)
        if x.dtype.kind not in "fcbiu":
            cure = "Return arrays, or give None for it in out_axes."
            raise ArgumentTypeError(
                expected(f"vmap of {name}", "arrays as results", describe(x), cure)
            )
        return np.repeat(x[None], size, axis=0)
    return np.broadcast_to(x, (size, *np.shape(x)))
