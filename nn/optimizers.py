"""Optimisers: how parameters move along their gradients. A new one is a class with ``update``.

All small parameters of one dtype live in one flat array, as do their state and gradients, so that a
step is a few NumPy calls however many layers there are; a large parameter has arrays of its own and
its gradient is not copied.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from .errors import ArgumentError, StateError, expected

Array = npt.NDArray[Any]
LARGE = 16384
"""Entries from which copying a gradient costs more than the calls it saves."""


class Optimizer:
    """What all optimisers share; a subclass names its ``slots`` and defines ``update``.

    Parameters
    ----------
    params : iterable of Node, optional
        Leaves that require a gradient. Without it the optimiser waits for ``bind``, which ``fit``
        calls.
    """

    options: tuple[str, ...] = ()
    """Attributes that say how to move."""
    slots: tuple[str, ...] = ()
    """What is remembered of each parameter from step to step, zero at first."""

    def __init__(self, params: Iterable[ag.Node] | None = None) -> None:
        self.params: list[ag.Node] | None = None
        self.groups: list[Group] = []
        if params is not None:
            self.bind(params)

    def update(self, value: Array, gradient: Array, scratch: Array, *state: Array) -> None:
        """Change ``value`` and ``state`` in place; ``scratch`` is free, and may be ``gradient``."""
        raise NotImplementedError

    def bind(self, params: Iterable[ag.Node]) -> None:
        """Take charge of these parameters."""
        self.params = _checked(type(self).__name__, params)
        self.groups = [Group(nodes, len(self.slots)) for nodes in _grouped(self.params)]

    def step(self) -> None:
        """Move every parameter that has a gradient.

        The parameters' arrays are the optimiser's own from the first step on, and change in place.
        """
        if self.params is None:
            cure = "Pass model.parameters(), or hand the optimizer to nn.fit."
            raise ArgumentError(expected(f"{type(self).__name__}.step", "parameters", "none", cure))
        for group in self.groups:
            group.step(self.update)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for node in self.params or ():
            node.grad = None

    def state_dict(self) -> dict[str, Any]:
        """Its options and, for each slot, copies of the arrays of all parameters in their order."""
        options = {name: getattr(self, name) for name in self.options}
        state = {slot: [a.copy() for a in self._slot(i)] for i, slot in enumerate(self.slots)}
        return options | state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave.

        Raises
        ------
        StateError
            It is of another kind of optimiser or of other parameters. Nothing has changed then.
        """
        what, names = f"{type(self).__name__}.load_state_dict", {*self.options, *self.slots}
        if set(state) != names:
            got, cure = ", ".join(sorted(state)) or "none", "Load the state of such an optimizer."
            raise StateError(expected(what, f"entries {', '.join(sorted(names))}", got, cure))
        for i, slot in enumerate(self.slots):
            ours, theirs = [a.shape for a in self._slot(i)], [np.shape(a) for a in state[slot]]
            if ours != theirs:
                cure = "Pass the same parameters in the same order."
                raise StateError(expected(what, f"{slot} of shapes {ours}", str(theirs), cure))
        for name in self.options:
            setattr(self, name, state[name])
        for i, slot in enumerate(self.slots):
            for array, saved in zip(self._slot(i), state[slot], strict=True):
                array[...] = saved

    def _slot(self, i: int) -> list[Array]:
        """What is remembered in a slot, as views in the order of the parameters."""
        found: dict[int, Array] = {}
        for group in self.groups:
            found |= zip(map(id, group.nodes), group.split(group.state[i]), strict=True)
        return [found[id(node)] for node in self.params or ()]


class Group:
    """Parameters that move together: the value of each is a view of one flat array."""

    def __init__(self, nodes: list[ag.Node], slots: int) -> None:
        self.nodes = nodes
        dtype, ends = nodes[0].dtype, np.cumsum([node.size for node in nodes]).tolist()
        self.parts = [slice(end - node.size, end) for node, end in zip(nodes, ends, strict=True)]
        self.value, self.scratch = np.empty(ends[-1], dtype), np.empty(ends[-1], dtype)
        self.state = [np.zeros(ends[-1], dtype) for _ in range(slots)]
        self.owned = list(zip(nodes, self.split(self.value), strict=True))
        self.numbers = not isinstance(nodes[0].value, np.ndarray)

    def split(self, flat: Array) -> list[Array]:
        """Each parameter's part of a flat array, in its shape."""
        return [
            flat[part].reshape(node.shape)
            for node, part in zip(self.nodes, self.parts, strict=True)
        ]

    def step(self, update: Any) -> None:
        """Apply ``update`` to the flat arrays."""
        gradients = []
        for node, view in self.owned:
            if node.grad is None or self.numbers:
                return self.step_some(update)
            if node.value is not view:
                view[...] = node.value
            gradients.append(node.grad.ravel())
        if len(gradients) == 1:
            update(self.value, gradients[0], self.scratch, *self.state)
        else:
            np.concatenate(gradients, out=self.scratch)
            update(self.value, self.scratch, self.scratch, *self.state)
        for node, view in self.owned:
            node.assign(view)

    def step_some(self, update: Any) -> None:
        """Apply ``update`` to the parameters that have a gradient, one by one."""
        for (node, view), part in zip(self.owned, self.parts, strict=True):
            if node.grad is not None:
                if node.value is not view:
                    view[...] = node.value
                state = [slot[part] for slot in self.state]
                update(self.value[part], np.ravel(node.grad), self.scratch[part], *state)
                number = type(node.value) in (float, complex)
                node.assign(view.item() if number else view[()] if self.numbers else view)


class SGD(Optimizer):
    """Gradient descent on mini-batches, with momentum: a ← m a + η ∇; W ← W − a.

    Parameters
    ----------
    params : iterable of Node, optional
        See ``Optimizer``.
    lr : float
        The learning rate η; may be changed between steps.
    momentum : float
        m, at least 0 and below 1.

    Notes
    -----
    PyTorch keeps a ← m a + ∇ and subtracts η a: the same while η is constant.

    Examples
    --------
    >>> w = ag.Node(np.array([1.0, 2.0]))
    >>> optimizer = nn.SGD([w], lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     np.sum(w**2).backward()
    ...     optimizer.step()
    >>> w.value
    array([0.46, 0.92])
    """

    options = ("lr", "momentum")
    slots = ("velocity",)

    def __init__(
        self, params: Iterable[ag.Node] | None = None, lr: float = 0.01, momentum: float = 0.0
    ) -> None:
        self.lr = _number("SGD", "lr", lr, 0.0, math.inf)
        self.momentum = _number("SGD", "momentum", momentum, 0.0, 1.0)
        super().__init__(params)

    def update(self, value: Array, gradient: Array, scratch: Array, *state: Array) -> None:
        """One step, in place."""
        np.multiply(gradient, self.lr, out=scratch)
        if self.momentum:
            (velocity,) = state
            velocity *= self.momentum
            velocity += scratch
            scratch = velocity
        value -= scratch


def _number(what: str, name: str, value: Any, low: float, high: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number < high:
        wanted = (
            f"{name} of at least {low:g} and below {high:g}"
            if high < math.inf
            else f"{name} >= {low:g}"
        )
        raise ArgumentError(
            expected(what, wanted, repr(value), "Pass for instance lr=0.1, momentum=0.9.")
        )
    return number


def _checked(what: str, params: Any) -> list[ag.Node]:
    nodes = (
        list({id(node): node for node in params}.values())
        if isinstance(params, Iterable)
        else [params]
    )
    for node in nodes:
        if not isinstance(node, ag.Node) or not node.is_leaf or not node.requires_grad:
            cure = "Pass model.parameters(), and the learning rate as lr=..."
            raise ArgumentError(
                expected(what, "leaf Nodes that require a gradient", repr(node), cure)
            )
    if not nodes:
        raise ArgumentError(
            expected(what, "at least one parameter", "none", "Pass model.parameters().")
        )
    return nodes


def _grouped(nodes: list[ag.Node]) -> list[list[ag.Node]]:
    """Large parameters by themselves, others together by dtype; numbers apart from arrays."""
    groups: dict[Any, list[ag.Node]] = {}
    for node in nodes:
        key = id(node) if node.size >= LARGE else (node.dtype, isinstance(node.value, np.ndarray))
        groups.setdefault(key, []).append(node)
    return list(groups.values())
