"""Every module's result while a model runs: what the other diagnostics are made of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ShapeError, expected
from ..module import WATCHER, Module, in_mode
from ..placement import like, to_numpy

Array = npt.NDArray[Any]


class Watched(NamedTuple):
    """One call of one module.

    Attributes
    ----------
    name : str
        Its path of attribute names; empty for the model itself.
    module : Module
    result : Node or ndarray
        An array where nothing is differentiated.

    Examples
    --------
    >>> model = nn.Linear(2, 1, seed=0)
    >>> with nn.diagnostics.watch(model) as calls:
    ...     out = model(np.zeros((5, 2)))
    >>> calls[0].module is model, calls[0].values.shape
    (True, (5, 1))
    """

    name: str
    """Its path of attribute names; empty for the model itself."""
    module: Module
    result: Any
    """A Node, or an array where nothing is differentiated."""

    @property
    def values(self) -> Array:
        """The numbers of the result."""
        numbers: Array = to_numpy(getattr(self.result, "value", self.result))
        return numbers


@contextmanager
def watch(model: Module) -> Iterator[list[Watched]]:
    """Keep what every module inside ``model`` returns, in the order of their calls.

    Parameters
    ----------
    model : Module

    Yields
    ------
    list of Watched
        Filled as the model runs; modules of other models are not in it.

    Examples
    --------
    >>> model = nn.MLP([4, 3, 2], seed=0)
    >>> with nn.diagnostics.watch(model) as calls:
    ...     out = model(np.zeros((5, 4), np.float32))
    >>> [(call.name, call.values.shape) for call in calls]
    [('0', (5, 3)), ('1', (5, 3)), ('2', (5, 2)), ('', (5, 2))]
    """
    names = {id(module): name for name, module in model.named_modules()}
    calls: list[Watched] = []

    def keep(module: Module, result: Any) -> Any:
        if id(module) in names:
            calls.append(Watched(names[id(module)], module, result))
        return result

    token = WATCHER.set(keep)
    try:
        yield calls
    finally:
        WATCHER.reset(token)


def innermost(model: Module, X: npt.ArrayLike) -> list[Watched]:
    """The calls of modules without modules inside, for some inputs, in use and without a graph."""
    with in_mode(model, False), ag.no_grad(), watch(model) as calls:
        model(like(rows_of(X, model), model))
    return [call for call in calls if not call.module.children()]


def rows_of(X: npt.ArrayLike, model: Module) -> Array:
    """Inputs as an array of the model's dtype."""
    rows = np.asarray(X)
    if rows.ndim == 0 or not len(rows):
        cure = "Pass one row per sample, at least one."
        raise ShapeError(expected("diagnostics", "X of shape (n, ...)", str(rows.shape), cure))
    return rows.astype(model.dtype, copy=False) if rows.dtype.kind in "fiub" else rows
