"""Weight-space symmetries: other weights that compute the same function.

Hidden units may change places under any activation, and change sign under an odd one. Both act in
place, on parameters, running statistics and gradients alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .by_hand import in_order
from .errors import ArgumentError, expected
from .layers import ACTIVATIONS, Linear
from .module import Module

__all__ = ["flip", "permute"]

Array = npt.NDArray[Any]

PERMUTED: dict[str, tuple[str, ...]] = {
    **{kind.__name__: () for kind in ACTIVATIONS.values()},
    "Dropout": (),
    "PReLU": ("weight",),
    "Standardize": ("mean", "scale"),
    "BatchNorm": ("weight", "bias", "running_mean", "running_var"),
    "LayerNorm": ("weight", "bias"),
}
"""Layers that do not mind which unit is which, with what they keep for each."""
FLIPPED: dict[str, tuple[str, ...]] = {
    "Identity": (),
    "Tanh": (),
    "HardTanh": (),
    "Softsign": (),
    "Dropout": (),
    "Standardize": ("mean",),
    "BatchNorm": ("bias", "running_mean"),
}
"""Layers that are odd in each unit, with what changes its sign with the unit's."""


def permute(model: Module, layer: int, order: npt.ArrayLike) -> None:
    """Let the units of a hidden layer change places; what the model computes stays the same.

    Parameters
    ----------
    model : Module
        Linear layers in a row, whatever activations, dropout, batch and layer normalisation between
        them. Parameters and gradients are changed in place.
    layer : int
        Which hidden layer: 1 to L − 1.
    order : array_like of int, shape (units,)
        Which unit comes to each place.

    Raises
    ------
    ArgumentError
        There is no such hidden layer, ``order`` is no permutation, or something in the layer is not
        known to treat all units alike. Nothing has been changed then.

    Notes
    -----
    The masks that dropout draws in training are not permuted, nor is what an optimiser remembers.

    Examples
    --------
    >>> model, x = nn.MLP([2, 3, 1], dtype=np.float64), np.ones((1, 2))
    >>> before, W = model.predict(x), model[0].weight.value
    >>> nn.symmetry.permute(model, 1, [2, 0, 1])
    >>> np.allclose(model.predict(x), before), np.array_equal(model[0].weight.value, W[[2, 0, 1]])
    (True, True)
    """
    hidden = hidden_layer(model, layer, PERMUTED, "a layer that treats all units alike")
    places = np.asarray(order)
    if places.dtype.kind not in "iu" or sorted(places.ravel().tolist()) != [*range(hidden.units)]:
        wanted = f"order, a permutation of 0 to {hidden.units - 1}"
        cure = "Pass for instance rng.permutation(units)."
        raise ArgumentError(expected("permute", wanted, repr(order), cure))
    hidden.change(PERMUTED, lambda array, axis: array.take(places, axis))


def flip(model: Module, layer: int, units: npt.ArrayLike) -> None:
    """Change the sign of some units of a hidden layer; what the model computes stays the same.

    Parameters
    ----------
    model : Module
        As for ``permute``, with an odd activation after that layer: tanh, softsign, hard_tanh or
        identity; batch normalisation before or after it is no obstacle.
    layer : int
        Which hidden layer: 1 to L − 1.
    units : array_like of int or bool
        The places of units whose incoming and outgoing weights change sign, or a mask of them.

    Raises
    ------
    ArgumentError
        There is no such hidden layer or unit, or something in the layer is not odd. Nothing has
        been changed then.

    Examples
    --------
    >>> model, x = nn.MLP([2, 3, 1], "tanh", dtype=np.float64), np.ones((1, 2))
    >>> before = model.predict(x)
    >>> nn.symmetry.flip(model, 1, [0, 2])
    >>> np.allclose(model.predict(x), before)
    True
    """
    hidden = hidden_layer(model, layer, FLIPPED, "a layer that is odd in each unit")
    signs = np.ones(hidden.units)
    try:
        signs[np.asarray(units, dtype=None if np.size(units) else int)] = -1
    except IndexError:
        wanted = f"places of units, 0 to {hidden.units - 1}, or a mask of them"
        cure = "Pass for instance [0, 2]."
        raise ArgumentError(expected("flip", wanted, repr(units), cure)) from None

    def signed(array: Array, axis: int) -> Array:
        shape = [-1 if i == axis % array.ndim else 1 for i in range(array.ndim)]
        flipped: Array = array * signs.reshape(shape).astype(array.dtype)
        return flipped

    hidden.change(FLIPPED, signed)


class Hidden(NamedTuple):
    """A hidden layer: the weights into it, what acts on its units, the weights out of it."""

    into: Linear
    between: list[Module]
    out: Linear

    @property
    def units(self) -> int:
        """How many units it has."""
        return self.into.out_features

    def change(self, kept: dict[str, tuple[str, ...]], act: Callable[[Array, int], Array]) -> None:
        """Let ``act`` change every array along the axis of the units."""
        _changed(self.into.weight, 0, act)
        _changed(self.into.bias, 0, act)
        _changed(self.out.weight, 1, act)
        for module in self.between:
            for name in kept[type(module).__name__]:
                node = getattr(module, name)
                if node is not None and node.shape == (self.units,):
                    _changed(node, 0, act)


def _changed(node: ag.Node | None, axis: int, act: Callable[[Array, int], Array]) -> None:
    """A node and its gradient."""
    if node is not None:
        node.assign(act(np.asarray(node.value), axis))
        if node.grad is not None:
            node.grad = act(np.asarray(node.grad), axis)


def hidden_layer(
    model: Module, layer: int, known: dict[str, tuple[str, ...]], wanted: str
) -> Hidden:
    """A hidden layer of a model, every part of which is known."""
    modules = in_order(model)
    linear = [i for i, module in enumerate(modules) if isinstance(module, Linear)]
    if len({id(module) for module in modules}) < len(modules):
        cure = "Give each place a layer of its own."
        raise ArgumentError(expected("symmetry", "different layers", "one used twice", cure))
    if isinstance(layer, bool) or not isinstance(layer, int) or not 0 < layer < len(linear):
        got, cure = repr(layer), "Pass a model of Linear layers in a row."
        there = f"a hidden layer from 1 to {len(linear) - 1}"
        raise ArgumentError(expected("symmetry", there, got, cure))
    start, end = linear[layer - 1], linear[layer]
    between = modules[start + 1 : end]
    for module in between:
        if type(module).__name__ not in known:
            cure = f"There this works with {', '.join(known)}."
            raise ArgumentError(
                expected(f"symmetry, hidden layer {layer},", wanted, repr(module), cure)
            )
    into: Any = modules[start]
    out: Any = modules[end]
    return Hidden(into, between, out)
