"""How each function runs for the table: in which modes, mapped and compiled, found by doing it.

What is asked of a function besides is in ``measuring.py``; the arguments are ``probes.py``'s.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any
from unittest import mock

import numpy as np

from .. import transforms
from ..batching import batched
from ..batching.vmap import vmap
from ..catalogue import Entry
from ..compiler import compile
from ..errors import AutogradError
from ..node import value_of
from ..probes import Call, call, is_real_array
from ..tree import flatten

Function = Callable[..., list[Any]]


def results(entry: Entry, arguments: Call) -> list[Any]:
    """The results of a call, one by one."""
    with np.errstate(all="ignore"):
        return flatten(entry.function(*arguments.args, **arguments.params))[0]


def of_arrays(entry: Entry, arguments: Call) -> tuple[Function, list[Any]]:
    """A call as a function of its float arrays to float arrays, and the arguments."""
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    places = [i for i, x in enumerate(flat) if is_real_array(x)]

    def every(*xs: Any) -> list[Any]:
        full = list(flat)
        for i, x in zip(places, xs, strict=True):
            full[i] = x
        args, params = rebuild(full)
        return results(entry, call(*args, **params))

    xs = [flat[i] for i in places]
    floats = [i for i, x in enumerate(every(*xs)) if np.asarray(value_of(x)).dtype.kind in "fc"]
    return lambda *xs: [out for i, out in enumerate(every(*xs)) if i in floats], xs


def gradient(function: Function) -> Function:
    """The results, and cotangents of ones pulled back."""

    def pulled(*xs: Any) -> list[Any]:
        value, pullback = transforms.vjp(function, *xs)
        return [*value, *flatten(pullback([np.ones_like(x) for x in value]))[0]]

    return pulled


def reverse(entry: Entry, arguments: Call) -> None:
    """Pull cotangents of ones back."""
    function, xs = of_arrays(entry, arguments)
    gradient(function)(*xs)


def forward(entry: Entry, arguments: Call) -> None:
    """Push tangents of ones."""
    function, xs = of_arrays(entry, arguments)
    transforms.jvp(function, xs, [np.ones_like(x) for x in xs])


MODES = {"reverse": reverse, "forward": forward}


def modes(entry: Entry, arguments: Call) -> str:
    """The sweeps that go through."""
    return ", ".join(mode for mode, run in MODES.items() if succeeds(run, entry, arguments))


def succeeds(run: Callable[..., None], entry: Entry, arguments: Call) -> bool:
    """Whether a sweep goes through."""
    try:
        run(entry, arguments)
    except AutogradError:
        return False
    return True


def mapped(entry: Entry, arguments: Call) -> str:
    """How its gradient is computed for a batch: at once, or one example after the other."""
    function, xs = of_arrays(entry, arguments)
    with mock.patch.object(batched, "stacked", wraps=batched.stacked) as loop:
        try:
            together = vmap(gradient(function))(*(np.stack([x, x]) for x in xs))
        except (AutogradError, TypeError):
            return "no"
    same = all(map(agree, (x[1] for x in together), gradient(function)(*xs)))
    return ("one by one" if loop.called else "at once") if same else "differs"


def compiled(entry: Entry, arguments: Call) -> str:
    """Whether its gradient becomes a program, which then gives the same."""
    function, xs = of_arrays(entry, arguments)
    program = compile(gradient(function), backend="numpy", strict=True)
    try:
        for _ in range(3):
            out = program(*xs)
    except AutogradError:
        return "no"
    return "yes" if all(map(agree, out, gradient(function)(*xs))) else "differs"


def agree(x: Any, y: Any) -> bool:
    """Whether two results are the same, apart from rounding."""
    return np.allclose(value_of(x), value_of(y), rtol=1e-9, atol=1e-12, equal_nan=True)


def quietly(run: Callable[..., str], entry: Entry, arguments: Call) -> str:
    """What ``run`` says, without warnings of what the arguments are no domain of."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return run(entry, arguments)
