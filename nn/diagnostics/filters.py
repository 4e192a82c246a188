"""First-layer weights as pictures: what each hidden unit looks for."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ArgumentError, ShapeError, expected
from ..module import Module, expect_module
from ..plotting import axes_for, finished
from .watching import Array


def filters(model: Module, shape: tuple[int, int] | None = None) -> Array:
    """The weights of the first fully connected layer, one picture for each unit.

    Parameters
    ----------
    model : Module
    shape : (int, int), optional
        Height and width of the inputs; by default they are squares.

    Returns
    -------
    ndarray, shape (units, height, width)

    Raises
    ------
    ShapeError
        The inputs are no pictures of that shape.
    ArgumentError
        There is no fully connected layer.

    Examples
    --------
    >>> nn.diagnostics.filters(nn.MLP([64, 16, 10])).shape
    (16, 8, 8)
    """
    expect_module("filters", model)
    from ..layers import Linear

    first = next((m for m in model.modules() if isinstance(m, Linear)), None)
    if first is None:
        cure = "Pass a model that begins with nn.Linear."
        raise ArgumentError(expected("filters", "a model with a Linear layer", repr(model), cure))
    side = math.isqrt(first.in_features)
    height, width = shape or (side, side)
    if height * width != first.in_features:
        got = f"{first.in_features} inputs for pictures of {height} × {width}"
        cure = "Pass shape=(height, width)."
        raise ShapeError(expected("filters", "inputs that are pictures", got, cure))
    return np.array(first.weight.value).reshape(-1, height, width)


def plot_filters(pictures: Array, where: Any = None, columns: int = 16) -> Any:
    """Draw filters side by side, each from its own smallest to its own largest weight.

    Parameters
    ----------
    pictures : ndarray, shape (n, height, width)
        As from ``filters``.
    where : str, path-like or matplotlib.axes.Axes, optional
    columns : int

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One, with the whole sheet.

    Examples
    --------
    >>> W = nn.diagnostics.filters(nn.MLP([64, 16, 10]))
    >>> len(nn.diagnostics.plot_filters(W, "filters.png"))
    1
    """
    if np.ndim(pictures) != 3 or not len(pictures):
        got, cure = str(np.shape(pictures)), "Pass what nn.diagnostics.filters gives."
        raise ShapeError(expected("plot_filters", "shape (n, height, width)", got, cure))
    axes = axes_for(where, purpose="Drawing filters", size=(6.0, 6.0))
    axes[0].imshow(sheet(pictures, columns), cmap="gray", interpolation="nearest")
    axes[0].set_axis_off()
    axes[0].set_title(f"{len(pictures)} filters, dark: negative weights", fontsize=9)
    return finished(axes, where)


def sheet(pictures: Array, columns: int) -> Array:
    """Pictures in rows with a gap between them, each scaled to 0…1."""
    n, height, width = pictures.shape
    columns = min(columns, n)
    rows = -(-n // columns)
    canvas = np.ones((rows * (height + 1) - 1, columns * (width + 1) - 1))
    for i, picture in enumerate(pictures):
        low, high = picture.min(), picture.max()
        scaled = (picture - low) / (high - low) if high > low else np.full_like(picture, 0.5)
        top, left = (i // columns) * (height + 1), (i % columns) * (width + 1)
        canvas[top : top + height, left : left + width] = scaled
    return canvas
