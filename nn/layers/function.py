"""``Lambda``: any function as a layer; one that has a name in NumPy or in nn is also saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..functional import ACTIVATIONS
from ..module import Module


class Lambda(Module):
    """A function as a layer.

    Parameters
    ----------
    function : callable or str
        Of one argument, in plain NumPy; or the name of one in ``nn.functional.ACTIVATIONS`` or of a
        NumPy function that acts entry by entry.

    Notes
    -----
    A model with one saves and loads by name; with a function of your own it is loaded into a model
    you build, as code is never executed on load.

    Examples
    --------
    >>> nn.Lambda(lambda x: x / 255)(np.array([255.0]))
    array([1.])
    >>> nn.Lambda("square")
    Lambda('square')
    """

    def __init__(self, function: Callable[[Any], Any] | str) -> None:
        self.function = function_of(function)

    def forward(self, x: Any) -> Any:
        """What the function gives."""
        return self.function(x)

    @property
    def name(self) -> str | None:
        """What finds the function again, if anything does."""
        name = getattr(self.function, "__name__", "")
        known = self.function is ACTIVATIONS.get(name) or self.function is numpys(name)
        return name if known else None

    def arguments(self) -> str:
        """The name of the function."""
        return repr(self.name) if self.name else getattr(self.function, "__name__", "function")

    def architecture(self) -> dict[str, Any] | None:
        """The name of the function; None for one's own."""
        return {"function": self.name} if self.name else None


def function_of(function: Any) -> Callable[[Any], Any]:
    """A function, or the one that is named."""
    if isinstance(function, str):
        return named(function)
    if not callable(function):
        cure = "Pass for instance np.square, or 'square'."
        raise ArgumentError(expected("Lambda", "a function", repr(function), cure))
    found: Callable[[Any], Any] = function
    return found


def named(name: str) -> Callable[[Any], Any]:
    """The activation or the NumPy function of one argument of this name."""
    found: Any = ACTIVATIONS.get(name) or numpys(name)
    if found is None:
        wanted = "an activation or a NumPy function of one argument"
        cure = "Pass the function itself."
        raise ArgumentError(expected("Lambda", wanted, repr(name), cure))
    function: Callable[[Any], Any] = found
    return function


def numpys(name: str) -> Any:
    """NumPy's function of this name that acts entry by entry on one argument; None if none is."""
    found = getattr(np, name, None)
    return found if isinstance(found, np.ufunc) and (found.nin, found.nout) == (1, 1) else None
