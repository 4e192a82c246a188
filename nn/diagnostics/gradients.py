"""Gradient norms: of each parameter now, and over the course of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..module import Module, expect_module
from ..plotting import axes_for, finished
from .watching import Array


def gradient_norms(model: Module) -> dict[str, float]:
    """The 2-norm of every parameter's gradient, as ``backward`` left it; NaN where there is none.

    Parameters
    ----------
    model : Module

    Returns
    -------
    dict of str to float
        By the parameters' paths.

    Examples
    --------
    >>> model = nn.Linear(2, 1, seed=0)
    >>> np.sum(model(np.ones((3, 2), np.float32))).backward()
    >>> nn.diagnostics.gradient_norms(model)
    {'weight': 4.2426..., 'bias': 3.0}
    """
    expect_module("gradient_norms", model)
    return {
        name: float("nan") if node.grad is None else float(np.linalg.norm(np.ravel(node.grad)))
        for name, node in model.named_parameters()
    }


class GradientNorms:
    """Gradient norms step by step: call it with the model after every ``backward``.

    Attributes
    ----------
    names : tuple of str

    Examples
    --------
    >>> model, norms = nn.Linear(2, 1, seed=0), nn.diagnostics.GradientNorms()
    >>> for _ in range(3):
    ...     model.zero_grad()
    ...     np.sum(model(np.ones((3, 2), np.float32)) ** 2).backward()
    ...     norms(model)
    >>> norms.history["weight"].shape
    (3,)
    """

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def __call__(self, model: Module) -> None:
        """Remember the norms of now."""
        self.rows.append(gradient_norms(model))

    @property
    def names(self) -> tuple[str, ...]:
        """Parameters by name."""
        return tuple(self.rows[0]) if self.rows else ()

    @property
    def history(self) -> dict[str, Array]:
        """By parameter, the norms in the order of the calls."""
        return {name: np.array([row[name] for row in self.rows]) for name in self.names}

    def plot(self, where: Any = None) -> Any:
        """Draw the norms over the steps, on a logarithmic axis.

        Parameters
        ----------
        where : str, path-like or matplotlib.axes.Axes, optional

        Returns
        -------
        ndarray of matplotlib.axes.Axes
        """
        axes = axes_for(where, purpose="Drawing gradient norms", size=(6.0, 3.6))
        for name, norms in self.history.items():
            axes[0].plot(range(1, len(norms) + 1), norms, label=name)
        axes[0].set_xlabel("step")
        axes[0].set_ylabel("2-norm of the gradient")
        if any((norms > 0).any() for norms in self.history.values()):
            axes[0].set_yscale("log")
        axes[0].grid(alpha=0.3)
        if self.rows:
            axes[0].legend(fontsize=8)
        return finished(axes, where)
