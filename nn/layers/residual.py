"""Layers around others or without parameters: a residual block, a function, a flattened input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentError, ShapeError, expected
from ..functional import ACTIVATIONS
from ..module import Module
from .sequential import Sequential


class Residual(Module):
    """``x + body(x)``, or ``shortcut(x) + body(x)``.

    Parameters
    ----------
    *layers : Module
        The body: one after the other.
    shortcut : Module, optional
        For a body whose result has another shape than x, for instance a ``Linear``.

    References
    ----------
    He et al., Deep residual learning for image recognition, 2016.

    Examples
    --------
    >>> block = nn.Residual(nn.Linear(3, 3, init="zeros"), nn.Tanh())
    >>> block(np.ones((1, 3), np.float32)).value
    array([[1., 1., 1.]], dtype=float32)
    """

    def __init__(self, *layers: Module, shortcut: Module | None = None) -> None:
        self.body = Sequential(*layers)
        self.shortcut = shortcut

    def forward(self, x: Any) -> Any:
        """The result for x."""
        past = x if self.shortcut is None else self.shortcut(x)
        change = self.body(x)
        shapes = [np.shape(getattr(part, "value", part)) for part in (past, change)]
        if shapes[0] != shapes[1]:
            cure = "Pass a shortcut, for instance nn.Linear(n_in, n_out)."
            raise ShapeError(
                expected("Residual", f"a body that gives shape {shapes[0]}", str(shapes[1]), cure)
            )
        return past + change

    def architecture(self) -> dict[str, Any]:
        """The parts that build it again."""
        return {"layers": list(self.body), "shortcut": self.shortcut}


class Flatten(Module):
    """Each sample as one row: shape (n, ...) becomes (n, features).

    Examples
    --------
    >>> nn.Flatten()(np.zeros((5, 28, 28))).shape
    (5, 784)
    """

    def forward(self, x: Any) -> Any:
        """``x`` in another shape."""
        shape = np.shape(getattr(x, "value", x))
        if not shape:
            raise ShapeError(
                expected("Flatten", "x of shape (n, ...)", "()", "Pass one entry per sample.")
            )
        return np.reshape(x, (shape[0], int(np.prod(shape[1:]))))

    def architecture(self) -> dict[str, Any]:
        """The arguments that build it again: none."""
        return {}


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
