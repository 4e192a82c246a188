"""How large signals and gradients are, layer by layer: what an initialisation is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..module import WATCHER, Module, expect_module, in_mode
from ..placement import like, to_numpy
from ..plotting import BLUE, ORANGE, axes_for, finished
from .watching import Array, rows_of


@dataclass(frozen=True)
class VarianceProfile:
    """Variances by layer, in the order in which the layers ran.

    Attributes
    ----------
    names : tuple of str
        Paths of the modules without modules inside.
    kinds : tuple of str
        Their classes.
    forward : ndarray
        Variance of each one's results, over all rows and units.
    backward : ndarray
        Variance of the gradient by each one's results; NaN without a loss.

    Examples
    --------
    >>> X = np.random.default_rng(0).standard_normal((50, 4))
    >>> found = nn.diagnostics.variance_profile(nn.MLP([4, 8, 2], seed=0), X)
    >>> found.of("Linear").names, found.forward.shape
    (('0', '2'), (3,))
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    forward: Array
    backward: Array

    def of(self, kind: str) -> VarianceProfile:
        """The layers of one class only: ``profile.of("Linear")`` has the pre-activations."""
        chosen = [i for i, k in enumerate(self.kinds) if k == kind]
        names = tuple(self.names[i] for i in chosen)
        kinds = (kind,) * len(chosen)
        return VarianceProfile(names, kinds, self.forward[chosen], self.backward[chosen])

    def plot(self, where: Any = None) -> Any:
        """Draw both variances over the layers, on logarithmic axes.

        Parameters
        ----------
        where : str, path-like or sequence of two matplotlib.axes.Axes, optional
            A file, or axes; by default a new figure.

        Returns
        -------
        ndarray of matplotlib.axes.Axes
        """
        axes = axes_for(where, 2, purpose="Drawing a variance profile")
        panels = (("signal", self.forward, BLUE), ("gradient", self.backward, ORANGE))
        for ax, (what, variance, colour) in zip(axes, panels, strict=False):
            ax.plot(range(1, len(variance) + 1), variance, marker=".", color=colour)
            ax.set_xlabel("layer")
            ax.set_ylabel(f"variance of the {what}")
            if np.any(variance > 0):
                ax.set_yscale("log")
            ax.grid(alpha=0.3)
        return finished(axes, where)


def variance_profile(
    model: Module,
    X: npt.ArrayLike,
    y: Any = None,
    loss: Any = None,
    *,
    training: bool = False,
) -> VarianceProfile:
    """How the variance of signals and of gradients goes from layer to layer.

    Parameters
    ----------
    model : Module
        Its parameters, gradients and statistics are left as they are.
    X : array_like, shape (n, ...)
    y : array_like, optional
        Targets; with ``loss``, gradients are profiled too.
    loss : callable, optional
        ``loss(output, y)``, a scalar.
    training : bool
        Run it as in training (dropout drops, batch normalisation uses the batch).

    Returns
    -------
    VarianceProfile

    References
    ----------
    He et al., Delving Deep into Rectifiers, 2015, section 2.2: with weights of variance 2 / n_in
    the variance of a ReLU net's pre-activations is the same in every layer.

    Examples
    --------
    >>> model = nn.MLP([64, *[64] * 8, 10], init="he", seed=0)
    >>> X = np.random.default_rng(0).normal(size=(256, 64))
    >>> linear = nn.diagnostics.variance_profile(model, X).of("Linear")
    >>> bool(0.1 < linear.forward[7] / linear.forward[0] < 10)
    True
    """
    expect_module("variance_profile", model)
    names = {id(module): name for name, module in model.named_modules()}
    found: list[tuple[str, str, Array, Any]] = []

    def probe(module: Module, result: Any) -> Any:
        if id(module) not in names or module.children():
            return result
        result_there = getattr(result, "value", result)
        values = to_numpy(result_there)
        leaf = ag.Node(np.zeros_like(result_there))  # its gradient is that of the result
        found.append((names[id(module)], type(module).__name__, values, leaf))
        return result + leaf

    kept = [(node, node.grad) for node in model.parameters()]
    state = (
        [(node, like(np.array(to_numpy(node.value)), model)) for node in model.buffers()]
        if training
        else []
    )
    generators = [(g, g.bit_generator.state) for _, g in model.named_generators()]
    token = WATCHER.set(probe)
    try:
        with in_mode(model, training):
            output = model(like(rows_of(X, model), model))
            if loss is not None:
                loss(output, y).backward()
    finally:
        WATCHER.reset(token)
        for node, grad in kept:
            node.grad = grad
        for node, value in state:
            node.assign(value)
        for generator, was in generators:
            generator.bit_generator.state = was
    backward = [np.nan if leaf.grad is None else np.var(to_numpy(leaf.grad)) for *_, leaf in found]
    return VarianceProfile(
        tuple(name for name, *_ in found),
        tuple(kind for _, kind, *_ in found),
        np.array([np.var(values, dtype=float) for _, _, values, _ in found]),
        np.array(backward, dtype=float),
    )
