"""The path of an optimiser over a surface: what momentum and rates do, on two numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..data import whole
from ..errors import ArgumentError, ShapeError, expected
from ..optimizers import Optimizer
from ..plotting import BLUE, GREEN, GREY, ORANGE, axes_for, finished
from .watching import Array

Surface = Callable[[Any], Any]


def descent_path(
    function: Surface, start: npt.ArrayLike, optimizer: Optimizer, steps: int = 100
) -> Array:
    """The points an optimiser visits.

    Parameters
    ----------
    function : callable
        Of a Node of the shape of ``start``; a scalar.
    start : array_like
    optimizer : Optimizer
        Not yet bound to parameters.
    steps : int

    Returns
    -------
    ndarray, shape (steps + 1, *start.shape)
        The start first.

    Examples
    --------
    >>> def valley(w):
    ...     return 0.5 * (w[0] ** 2 + 20 * w[1] ** 2)
    >>> path = nn.diagnostics.descent_path(valley, [5.0, 1.0], nn.SGD(lr=0.05), steps=2)
    >>> path.tolist()
    [[5.0, 1.0], [4.75, 0.0], [4.5125, 0.0]]
    """
    _expect_optimizer(optimizer)
    w = ag.Node(np.array(start, dtype=float), name="w")
    optimizer.bind([w])
    path = [np.array(w.value)]
    for _ in range(whole("steps", steps)):
        optimizer.zero_grad()
        function(w).backward()
        optimizer.step()
        path.append(np.array(w.value))
    return np.array(path)


def _expect_optimizer(given: Any) -> None:
    if not isinstance(given, Optimizer):
        cure, got = "Pass for instance nn.SGD(lr=0.1).", type(given).__name__
        raise ArgumentError(expected("descent_path", "an Optimizer", got, cure))


def plot_path(
    function: Surface,
    paths: Array | dict[str, Array],
    where: Any = None,
    *,
    bounds: Sequence[float] | None = None,
    levels: int = 24,
) -> Any:
    """Draw paths over the contours of a function of two numbers.

    Parameters
    ----------
    function : callable
        As for ``descent_path``.
    paths : ndarray of shape (n, 2), or dict of str to such
    where : str, path-like or matplotlib.axes.Axes, optional
    bounds : (left, right, bottom, top), optional
        By default as far as the paths go, and a little more.
    levels : int

    Returns
    -------
    ndarray of matplotlib.axes.Axes

    Examples
    --------
    >>> def bowl(w):
    ...     return w[0] ** 2 + w[1] ** 2
    >>> path = nn.diagnostics.descent_path(bowl, [1.0, 1.0], nn.SGD(lr=0.1), steps=5)
    >>> nn.diagnostics.plot_path(bowl, {"plain": path}, "path.svg")[0].get_xlabel()
    'w[0]'
    """
    named = paths if isinstance(paths, dict) else {"": paths}
    for path in named.values():
        if np.ndim(path) != 2 or np.shape(path)[1] != 2:
            cure = "Pass paths over two numbers."
            raise ShapeError(expected("plot_path", "shape (n, 2)", str(np.shape(path)), cure))
    axes = axes_for(where, purpose="Drawing a path", size=(6.0, 4.2))
    x, y, z = surface(function, bounds or around(np.concatenate([*named.values()])))
    axes[0].contour(x, y, z, levels=contours(z, levels), colors=GREY, linewidths=0.5)
    for i, (name, path) in enumerate(named.items()):
        colour = (BLUE, ORANGE, GREEN)[i % 3]
        axes[0].plot(*path.T, marker=".", color=colour, label=name or None, linewidth=1.2)
    axes[0].set_xlabel("w[0]")
    axes[0].set_ylabel("w[1]")
    if any(named):
        axes[0].legend()
    return finished(axes, where)


def around(points: Array) -> tuple[float, float, float, float]:
    """Bounds with room around some points."""
    low, high = points.min(axis=0), points.max(axis=0)
    room = 0.15 * np.maximum(high - low, 1e-3) + 1e-6
    (left, bottom), (right, top) = low - room, high + room
    return float(left), float(right), float(bottom), float(top)


def surface(function: Surface, bounds: Sequence[float]) -> tuple[Array, Array, Array]:
    """The function on a grid."""
    left, right, bottom, top = bounds
    x, y = np.meshgrid(np.linspace(left, right, 80), np.linspace(bottom, top, 80))
    with ag.no_grad():
        points = zip(x.ravel(), y.ravel(), strict=True)
        values = [function(ag.Node(np.array(point))) for point in points]
    z = np.array([float(getattr(v, "value", v)) for v in values])
    return x, y, z.reshape(x.shape)


def contours(z: Array, count: int) -> Array:
    """Levels that are dense where the function is low."""
    low, high = float(z.min()), float(z.max())
    return low + (high - low) * np.linspace(0, 1, count + 1)[1:] ** 2
