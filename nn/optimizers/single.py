"""A parameter whose array is another library's, moved by itself: the neighbour of ``flat.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import autograd_core as ag

from ..placement import Changing, settled, to_numpy

if TYPE_CHECKING:
    from .base import Optimizer


class Single:
    """One parameter and its state, on arrays that need not be written into."""

    def __init__(self, node: ag.Node, slots: dict[str, float]) -> None:
        self.nodes = [node]
        start = np.zeros_like(node.value)
        self.state: dict[str, Any] = {
            slot: Changing(start + value) for slot, value in slots.items()
        }
        self.count = self.missed = 0

    def split(self, state: Any) -> list[Any]:
        """The state of each parameter: its numbers."""
        return [State(state)]

    def counts(self) -> list[int]:
        """How many steps it has taken."""
        return [self.count]

    def take_counts(self, counts: list[int]) -> None:
        """Let it have taken so many steps."""
        (self.count,) = counts

    def step(self, optimizer: Optimizer, options: Any) -> None:
        """Move the parameter if it has a gradient."""
        (node,) = self.nodes
        if node.grad is None:
            return
        self.count += 1
        value: Any = Changing(node.value)
        gradient = node.grad = settled(node.grad)
        if options.weight_decay and optimizer.coupled:
            gradient = gradient + options.weight_decay * node.value
        scratch: Any = Changing(node.value)
        cotangent: Any = Changing(gradient)
        optimizer.update(options, self.count, value, cotangent, scratch, *self.state.values())
        node.assign(settled(value.array))
        for held in self.state.values():
            held.array = settled(held.array)


class State:
    """What is remembered of one parameter, as ``state_dict`` and ``load_state_dict`` use it."""

    def __init__(self, held: Changing) -> None:
        self.held, self.shape = held, held.shape

    def copy(self) -> Any:
        """The numbers, NumPy's."""
        return np.array(to_numpy(self.held.array))

    def __setitem__(self, index: Any, value: Any) -> None:
        self.held[index] = value
