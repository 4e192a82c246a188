"""Parameters of one dtype in one flat array, as are their state and gradients.

A step is then a few NumPy calls however many layers there are; a large parameter has arrays of its
own and its gradient is not copied. What is computed on them each optimiser says; see ``base.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

if TYPE_CHECKING:
    from .base import Optimizer

Array = npt.NDArray[Any]
LARGE = 16384
"""Entries from which copying a gradient costs more than the calls it saves."""
ALL = slice(None)


class Flat:
    """Parameters that move together: the value of each is a view of one flat array."""

    def __init__(self, nodes: list[ag.Node], slots: dict[str, float]) -> None:
        self.nodes = nodes
        dtype, ends = nodes[0].dtype, np.cumsum([node.size for node in nodes]).tolist()
        self.parts = [slice(end - node.size, end) for node, end in zip(nodes, ends, strict=True)]
        self.value, self.scratch = np.empty(ends[-1], dtype), np.empty(ends[-1], dtype)
        self.gradient = np.empty(ends[-1], dtype) if len(nodes) > 1 else None
        self.state = {slot: filled(ends[-1], dtype, start) for slot, start in slots.items()}
        self.owned = list(zip(nodes, self.split(self.value), strict=True))
        self.numbers = not isinstance(nodes[0].value, np.ndarray)
        self.count = 0
        self.missed = [0] * len(nodes)
        self.uneven = False

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take over what a copy or a pickle holds: there the views are arrays of their own."""
        self.__dict__.update(state)
        self.owned = list(zip(self.nodes, self.split(self.value), strict=True))

    def split(self, flat: Array) -> list[Array]:
        """Each parameter's part of a flat array, in its shape."""
        return [
            flat[part].reshape(node.shape)
            for node, part in zip(self.nodes, self.parts, strict=True)
        ]

    def counts(self) -> list[int]:
        """How many steps each parameter has taken."""
        return [self.count - missed for missed in self.missed]

    def take_counts(self, counts: list[int]) -> None:
        """Let each parameter have taken so many steps."""
        self.count = max(counts)
        self.missed = [self.count - count for count in counts]
        self.uneven = any(self.missed)

    def step(self, optimizer: Optimizer, options: Any) -> None:
        """Move every parameter that has a gradient."""
        gradients = []
        if ag.is_compiling():
            return self.step_compiled(optimizer, options)
        if self.uneven or self.numbers:
            return self.step_some(optimizer, options)
        for node, view in self.owned:
            if node.grad is None:
                return self.step_some(optimizer, options)
            if node.value is not view:
                view[...] = node.value
            gradients.append(node.grad.ravel())
        gradient = (
            gradients[0] if self.gradient is None else np.concatenate(gradients, out=self.gradient)
        )
        self.count += 1
        self.move(optimizer, options, self.count, gradient, ALL)
        for node, view in self.owned:
            node.assign(view)

    def step_compiled(self, optimizer: Optimizer, options: Any) -> None:
        """``step`` in a compiled program, which changes the flat arrays themselves."""
        if ag.guard(lambda: self.uneven or self.numbers) or any(n.grad is None for n in self.nodes):
            return self.step_some(optimizer, options)
        ag.callback(self.gather)
        count = ag.callback(self.counted)
        value = ag.mutable(self.value)
        parts = [np.ravel(node.grad) for node in self.nodes]
        gradient = np.concatenate(parts) if len(parts) > 1 else parts[0]
        arrays = [value, gradient, np.empty_like(value), *map(ag.mutable, self.state.values())]
        self.apply(optimizer, options, count, *map(reals, arrays))
        for node, part in zip(self.nodes, self.parts, strict=True):
            node.assign(value[part].reshape(node.shape))

    def gather(self) -> None:
        """Let the flat array be the parameters' memory, whatever was assigned to them."""
        for node, view in self.owned:
            if node.value is not view and node.value.base is not self.value:
                view[...] = node.value
                node.assign(view)

    def counted(self) -> int:
        """How many steps there have been with this one."""
        self.count += 1
        return self.count

    def step_some(self, optimizer: Optimizer, options: Any) -> None:
        """Move the parameters that have a gradient, one by one."""
        self.count += 1
        for i, ((node, view), part) in enumerate(zip(self.owned, self.parts, strict=True)):
            if node.grad is None:
                self.missed[i] += 1
                continue
            if node.value is not view:
                view[...] = node.value
            count, gradient = self.count - self.missed[i], np.ravel(node.grad)
            self.move(optimizer, options, count, gradient, part)
            number = type(node.value) in (float, complex)
            node.assign(view.item() if number else view[()] if self.numbers else view)
        self.take_counts(self.counts())

    def move(
        self, optimizer: Optimizer, options: Any, count: int, gradient: Array, part: slice
    ) -> None:
        """Apply the optimiser's rule to a part; complex numbers are pairs of real ones to it."""
        arrays = self.value[part], gradient, self.scratch[part]
        state = [flat[part] for flat in self.state.values()]
        own = gradient is self.gradient
        self.apply(optimizer, options, count, *map(reals, (*arrays, *state)), own=own)

    def apply(
        self,
        optimizer: Optimizer,
        options: Any,
        count: Any,
        value: Any,
        gradient: Any,
        scratch: Any,
        *state: Any,
        own: bool = False,
    ) -> None:
        """The rule, on arrays of real numbers; ``own``: the gradient may be changed."""
        if options.weight_decay and optimizer.coupled:
            np.multiply(value, options.weight_decay, out=scratch)
            gradient = np.add(gradient, scratch, out=gradient if own else None)
        optimizer.update(options, count, value, gradient, scratch, *state)


def filled(size: int, dtype: np.dtype[Any], start: float) -> Array:
    """A flat array of ``start``, real and imaginary parts alike."""
    array = np.zeros(size, dtype)
    if start:
        reals(array)[...] = start
    return array


def reals(array: Array) -> Array:
    """A flat array as real numbers: each complex one as two."""
    return array if array.dtype.kind == "f" else array.view(array.real.dtype)


def grouped(nodes: list[ag.Node]) -> list[list[ag.Node]]:
    """Large parameters by themselves, others together by dtype; numbers apart from arrays."""
    groups: dict[Any, list[ag.Node]] = {}
    for node in nodes:
        key = id(node) if node.size >= LARGE else (node.dtype, isinstance(node.value, np.ndarray))
        groups.setdefault(key, []).append(node)
    return list(groups.values())
