"""What units do: dead ones, and how activations and weights are distributed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, expected
from ..module import Module, expect_module
from ..placement import to_numpy
from ..plotting import BLUE, axes_for, finished
from .watching import Array, innermost


class Histogram(NamedTuple):
    """How often values fall between edges.

    Attributes
    ----------
    name : str
    counts : ndarray of int, shape (bins,)
    edges : ndarray, shape (bins + 1,)

    Examples
    --------
    >>> first = nn.diagnostics.weight_histograms(nn.Linear(4, 3, seed=0), bins=2)[0]
    >>> first.name, int(first.counts.sum()), len(first.edges)
    ('weight', 12, 3)
    """

    name: str
    counts: Array
    edges: Array


def dead_units(model: Module, X: npt.ArrayLike) -> dict[str, npt.NDArray[np.bool_]]:
    """Which ReLU units are zero for every row: they pass no gradient on and do not learn.

    Parameters
    ----------
    model : Module
    X : array_like, shape (n, ...)

    Returns
    -------
    dict of str to ndarray of bool, shape (units,)
        By the path of every ``ReLU`` layer, in the order of their calls.

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(1, 3, seed=0), nn.ReLU())
    >>> model[0].weight.assign(np.array([[1.0], [-1.0], [2.0]], np.float32))
    >>> nn.diagnostics.dead_units(model, np.array([[1.0], [2.0]]))
    {'1': array([False,  True, False])}
    """
    from ..layers import ReLU

    calls = [call for call in innermost(model, X) if isinstance(call.module, ReLU)]
    return {c.name: np.all(c.values.reshape(-1, c.values.shape[-1]) == 0, axis=0) for c in calls}


def activation_histograms(model: Module, X: npt.ArrayLike, bins: int = 50) -> list[Histogram]:
    """How the results of every innermost module are distributed for some inputs.

    Parameters
    ----------
    model : Module
    X : array_like, shape (n, ...)
    bins : int

    Returns
    -------
    list of Histogram
        In the order of their calls.

    Examples
    --------
    >>> model = nn.MLP([4, 3, 2], seed=0)
    >>> found = nn.diagnostics.activation_histograms(model, np.ones((5, 4)), bins=10)
    >>> [(h.name, int(h.counts.sum())) for h in found]
    [('0', 15), ('1', 15), ('2', 10)]
    """
    return [histogram(c.name, c.values, bins) for c in innermost(model, X)]


def weight_histograms(model: Module, bins: int = 50) -> list[Histogram]:
    """How the entries of every parameter are distributed.

    Parameters
    ----------
    model : Module
    bins : int

    Returns
    -------
    list of Histogram

    Examples
    --------
    >>> [h.name for h in nn.diagnostics.weight_histograms(nn.MLP([4, 3, 2]))]
    ['0.weight', '0.bias', '2.weight', '2.bias']
    """
    expect_module("weight_histograms", model)
    return [histogram(name, node.value, bins) for name, node in model.named_parameters()]


def histogram(name: str, values: Any, bins: int) -> Histogram:
    """The histogram of the finite values of an array."""
    if isinstance(bins, bool) or not isinstance(bins, int) or bins < 1:
        cure = "Pass for instance bins=50."
        raise ArgumentError(expected("bins", "a positive whole number", repr(bins), cure))
    flat = np.ravel(to_numpy(values)).astype(float)
    counts, edges = np.histogram(flat[np.isfinite(flat)], bins)
    return Histogram(name, counts, edges)


def plot_histograms(histograms: list[Histogram], where: Any = None) -> Any:
    """Draw histograms, one panel each.

    Parameters
    ----------
    histograms : list of Histogram
    where : str, path-like or sequence of matplotlib.axes.Axes, optional

    Returns
    -------
    ndarray of matplotlib.axes.Axes

    Examples
    --------
    >>> found = nn.diagnostics.weight_histograms(nn.Linear(4, 3, seed=0))
    >>> len(nn.diagnostics.plot_histograms(found, "weights.svg"))
    2
    """
    axes = axes_for(where, len(histograms), purpose="Drawing histograms", size=(2.6, 2.4))
    for ax, (name, counts, edges) in zip(axes, histograms, strict=False):
        ax.stairs(counts, edges, fill=True, color=BLUE)
        ax.set_title(name, fontsize=9)
        ax.set_xlabel("value")
        ax.set_ylabel("count")
    return finished(axes, where)
