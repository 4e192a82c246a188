"""Parameters of one dtype in one flat array, as are their state and gradients.

A step is then a few NumPy calls however many layers there are; a large parameter has arrays of its
own, is moved block by block and its gradient is not copied. What is computed on them each optimiser
says; see ``base.py``.
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
BLOCK = 65536
"""Entries that an optimiser moves at a time: its scratch then stays in the processor's cache."""


class Flat:
    """Parameters that move together: the value of each is a view of one flat array."""

    def __init__(self, nodes: list[ag.Node], slots: dict[str, float]) -> None:
        self.nodes = nodes
        self.turned = [in_fortran_order(node.value) for node in nodes]
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
        """Each parameter's part of a flat array, in its shape and with its order of memory."""
        return [
            folded(flat[part], node.shape, turned)
            for node, part, turned in zip(self.nodes, self.parts, self.turned, strict=True)
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
        for (node, view), turned in zip(self.owned, self.turned):  # noqa: B905 (strict= costs time)
            gradient = node.grad
            if gradient is None:
                return self.step_some(optimizer, options)
            if node.value is not view:
                view[...] = node.value
            gradients.append(gradient.T.ravel() if turned else gradient.ravel())
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
        parts = [
            np.ravel(node.grad.T if turned else node.grad)
            for node, turned in zip(self.nodes, self.turned, strict=True)
        ]
        gradient = np.concatenate(parts) if len(parts) > 1 else parts[0]
        arrays = [value, gradient, np.empty_like(value), *map(ag.mutable, self.state.values())]
        self.apply(optimizer, options, count, *map(reals, arrays))
        for node, view in zip(self.nodes, self.split(value), strict=True):
            node.assign(view)

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
            count = self.count - self.missed[i]
            gradient = np.ravel(np.transpose(node.grad) if self.turned[i] else node.grad)
            self.move(optimizer, options, count, gradient, part)
            number = type(node.value) in (float, complex)
            node.assign(view.item() if number else view[()] if self.numbers else view)
        self.take_counts(self.counts())

    def move(
        self, optimizer: Optimizer, options: Any, count: int, gradient: Array, part: slice
    ) -> None:
        """Apply the optimiser's rule to a part, block by block.

        Complex numbers are pairs of real ones to it.
        """
        own = gradient is self.gradient
        value, gradient, scratch = reals(self.value[part]), reals(gradient), reals(self.scratch)
        states = [reals(flat[part]) for flat in self.state.values()]
        for block in blocks(value.size) if optimizer.entrywise else (ALL,):
            moved = value[block]
            arrays = moved, gradient[block], scratch[: moved.size]
            state = [array[block] for array in states]
            self.apply(optimizer, options, count, *arrays, *state, own=own)

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


def blocks(size: int) -> list[slice]:
    """Equal parts of at most ``BLOCK`` entries."""
    if size <= BLOCK:
        return [ALL]
    length = -(-size // -(-size // BLOCK))
    return [slice(start, start + length) for start in range(0, size, length)]


def in_fortran_order(value: Any) -> bool:
    """Whether the entries of an array lie in memory column by column."""
    return isinstance(value, np.ndarray) and value.flags.fnc


def folded(flat: Any, shape: tuple[int, ...], turned: bool) -> Any:
    """Part of a flat array as a parameter of this shape."""
    return flat.reshape(shape[::-1]).T if turned else flat.reshape(shape)


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
