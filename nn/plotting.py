"""Where plots go: axes the caller gives, a file, or a new figure that a notebook shows.

matplotlib is imported when a plot is wanted. What is drawn is up to the files that draw. Fonts and
colours of the notebooks are in ``style.mplstyle``: ``plt.style.use("nn.style")``.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from .errors import ArgumentError, expected, missing

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#6e6e6e"
"""Colours that are told apart by any eye (Okabe and Ito)."""


def axes_for(
    where: Any, count: int = 1, *, purpose: str, size: tuple[float, float] = (4.5, 3.4)
) -> Any:
    """Axes to draw into, in a row.

    Parameters
    ----------
    where : str, path-like, matplotlib.axes.Axes or sequence of them, or None
        A file to write later, axes to use as they are, or None for a new figure.
    count : int
    purpose : str
        For the message if matplotlib is not there.
    size : (float, float)
        Width and height of each in inches.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise missing("matplotlib", "plot", purpose) from None
    if where is not None and not isinstance(where, str | os.PathLike):
        return given_axes(where)
    layout: dict[str, Any] = {"figsize": (size[0] * count, size[1]), "layout": "constrained"}
    if where is None:
        from matplotlib import pyplot

        return np.ravel(pyplot.figure(**layout).subplots(1, count))
    return np.ravel(Figure(**layout).subplots(1, count))


def given_axes(where: Any) -> Any:
    """The caller's axes, if they are that."""
    from matplotlib.axes import Axes

    axes = np.ravel(np.array(where, dtype=object))
    if not len(axes) or not all(isinstance(ax, Axes) for ax in axes):
        wanted = "a path, or one of matplotlib's axes for each picture"
        got = ", ".join(sorted({type(ax).__name__ for ax in axes})) or "none"
        cure = "Pass for instance plt.subplots(1, 2)[1], or leave it out."
        raise ArgumentError(expected("A plot", wanted, got, cure))
    return axes


def finished(axes: Any, where: Any) -> Any:
    """The axes, after writing the file if one was named."""
    if isinstance(where, str | os.PathLike):
        axes[0].figure.savefig(where)
    return axes
