"""Penalties on large weights, to be added to a loss.

Weight decay inside a step is an option of every optimiser; here the penalty is part of what is
minimised, and shows in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd_core as ag

from .errors import ArgumentError, expected
from .module import Module

__all__ = ["elastic", "l1", "l2"]


def l2(params: Module | Iterable[ag.Node], strength: float = 1.0) -> Any:
    """λ ‖W‖²: the sum of the squares of all weights.

    Parameters
    ----------
    params : Module or iterable of Node
        Of a module the weights only: parameters of at least two axes, not biases and scales.
    strength : float
        λ. Its gradient is 2 λ W: an optimiser's ``weight_decay=2 * strength`` moves the same way.

    Returns
    -------
    Node

    Examples
    --------
    >>> W = ag.Node([[3.0, 4.0]])
    >>> penalty = nn.penalties.l2([W], 0.1)
    >>> penalty.backward()
    >>> penalty.item(), W.grad.tolist()
    (2.5, [[0.6000000000000001, 0.8]])
    """
    return strength * _added("l2", [np.sum(np.square(np.abs(W))) for W in weights(params)])


def l1(params: Module | Iterable[ag.Node], strength: float = 1.0) -> Any:
    """λ Σ |w|, which makes weights exactly small; its gradient at 0 is 0.

    Parameters
    ----------
    params : Module or iterable of Node
        Of a module the weights only: parameters of at least two axes, not biases and scales.
    strength : float
        λ.

    Returns
    -------
    Node

    Examples
    --------
    >>> W = ag.Node([[3.0, -4.0, 0.0]])
    >>> penalty = nn.penalties.l1([W], 0.5)
    >>> penalty.backward()
    >>> penalty.item(), W.grad.tolist()
    (3.5, [[0.5, -0.5, 0.0]])
    """
    return strength * _added("l1", [np.sum(np.abs(W)) for W in weights(params)])


def elastic(
    params: Module | Iterable[ag.Node], strength: float = 1.0, l1_ratio: float = 0.5
) -> Any:
    """Elastic net: λ (ρ Σ |w| + (1 − ρ) ‖W‖²).

    Parameters
    ----------
    params : Module or iterable of Node
        Of a module the weights only: parameters of at least two axes, not biases and scales.
    strength : float
        λ.
    l1_ratio : float
        ρ.

    Returns
    -------
    Node

    Examples
    --------
    >>> nn.penalties.elastic([ag.Node([[3.0, -4.0]])], l1_ratio=0.5).item()
    16.0
    """
    nodes = weights(params)
    return l1(nodes, strength * l1_ratio) + l2(nodes, strength * (1 - l1_ratio))


def weights(params: Module | Iterable[ag.Node]) -> list[ag.Node]:
    """What is penalised: the weights of a module, or the parameters that are given."""
    if isinstance(params, Module):
        return [node for node in params.parameters() if node.ndim > 1]
    nodes = list(params) if np.iterable(params) else [params]
    if not all(hasattr(type(node), "dtype") for node in nodes):
        got = ", ".join(sorted({type(node).__name__ for node in nodes}))
        cure = "Pass the model, or some of model.parameters()."
        raise ArgumentError(expected("A penalty", "a Module, Nodes or arrays", got, cure))
    return nodes


def _added(what: str, terms: list[Any]) -> Any:
    """The sum of the terms, of which there has to be one."""
    if not terms:
        cure = "Pass a model with weights, or a list of parameters."
        raise ArgumentError(expected(what, "at least one parameter", "none", cure))
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
