"""A confusion matrix as a picture; its numbers come from ``nn.confusion_matrix``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ShapeError, expected
from ..plotting import axes_for, finished

WIDEST = 20
"""Classes up to which every count is written."""
RIGHT = "#e6e6e6"
"""Behind the counts of what was predicted rightly."""


def plot_confusion(
    matrix: npt.ArrayLike, classes: Sequence[str] | None = None, where: Any = None
) -> Any:
    """Draw a confusion matrix: counts; mistakes are coloured by their share of the true class.

    Parameters
    ----------
    matrix : array_like of int, shape (k, k)
        Rows are true classes, columns predicted ones.
    classes : sequence of str, optional
        Their names; numbers by default.
    where : str, path-like or matplotlib.axes.Axes, optional

    Returns
    -------
    ndarray of matplotlib.axes.Axes

    Examples
    --------
    >>> axes = nn.diagnostics.plot_confusion([[3, 1], [0, 4]], ["cat", "dog"], "confusion.svg")
    >>> axes[0].get_ylabel()
    'true class'
    """
    counts = np.asarray(matrix)
    k = len(counts) if counts.ndim else 0
    names = [str(i) for i in range(k)] if classes is None else [str(c) for c in classes]
    if counts.shape != (k, k) or len(names) != k or not k:
        got, cure = f"{counts.shape} and {len(names)} names", "Pass nn.confusion_matrix(...)."
        raise ShapeError(expected("plot_confusion", "shape (k, k) and k names", got, cure))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    mistakes = np.ma.masked_array(shares, np.eye(k, dtype=bool))
    most = float(mistakes.max()) if k > 1 and mistakes.max() else 1.0
    axes = axes_for(where, purpose="Drawing a confusion matrix", size=(5.2, 4.6))
    from matplotlib.ticker import PercentFormatter

    axes[0].set_facecolor(RIGHT)  # shows where what is masked, the diagonal, is left out
    image = axes[0].imshow(mistakes, cmap="Blues", vmin=0, vmax=most)
    bar = axes[0].figure.colorbar(image, ax=axes[0], label="mistakes, as a share of the true class")
    bar.formatter = PercentFormatter(1, symbol=" %")
    axes[0].set_xticks(range(k), names, rotation=45 if max(map(len, names)) > 3 else 0)
    axes[0].set_yticks(range(k), names)
    axes[0].set_xlabel("predicted class")
    axes[0].set_ylabel("true class")
    if k <= WIDEST:
        for (i, j), n in np.ndenumerate(counts):
            ink = "k" if i == j or n else "0.6"
            ink = "w" if i != j and shares[i, j] > 0.55 * most else ink
            axes[0].text(j, i, str(n), ha="center", va="center", color=ink)
    return finished(axes, where)
