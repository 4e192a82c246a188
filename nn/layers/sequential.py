"""Layers one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self, overload

from ..errors import ArgumentError, expected
from ..module import Module


class Sequential(Module):
    """Modules applied one after the other, each to the result of the one before.

    Parameters
    ----------
    *layers : Module
        Their names are their positions.

    Attributes
    ----------
    layers : list of Module

    Examples
    --------
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    >>> model(np.ones((5, 3), np.float32)).shape, len(model), model[1]
    ((5, 2), 3, ReLU())
    >>> model[:2].append(nn.Tanh())
    Sequential(  # 16 parameters
      (0): Linear(3, 4)  # weight (4, 3), bias (4,), 16 parameters
      (1): ReLU()
      (2): Tanh()
    )
    """

    def __init__(self, *layers: Module) -> None:
        self.layers: list[Module] = []
        for layer in layers:
            self.append(layer)

    def forward(self, x: Any) -> Any:
        """The result of the last layer."""
        for layer in self.layers:
            x = layer(x)
        return x

    def append(self, layer: Module) -> Self:
        """Add a layer at the end."""
        self.layers.append(self._checked(layer))
        layer._enter_as(str(len(self.layers) - 1))
        return self

    def attributes(self) -> Iterator[tuple[str, Any]]:
        """The layers by their positions, and whatever else it has."""
        for name, entry in super().attributes():
            yield name.removeprefix("layers."), entry

    def _checked(self, layer: Any) -> Module:
        if not isinstance(layer, Module):
            cure = f"Pass layers one by one: {type(self).__name__}(first, second)."
            raise ArgumentError(expected(type(self).__name__, "layers", type(layer).__name__, cure))
        return layer

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> Sequential: ...
    def __getitem__(self, index: int | slice) -> Module:
        return Sequential(*self.layers[index]) if isinstance(index, slice) else self.layers[index]

    def __setitem__(self, index: int, layer: Module) -> None:
        self.layers[index] = self._checked(layer)
        layer._enter_as(str(range(len(self.layers))[index]))
