"""``Optimizer``: what all optimisers share: options, parameter groups, the step, its state.

A new one is a class with ``checks``, ``slots`` and ``update`` (as in ``sgd.py``), and a name in
``OPTIMIZERS``. The arrays that ``update`` is handed are laid out in ``flat.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

import autograd_core as ag

from ..errors import ArgumentError, StateError, expected
from ..placement import is_numpy
from .constraint import limit_rows
from .flat import Flat, grouped
from .options import Checks
from .single import Single

Array = npt.NDArray[Any]
Parameters = Iterable[ag.Node] | Iterable[Mapping[str, Any]]


class Optimizer:
    """What all optimisers share; a subclass names its options and slots and defines ``update``.

    Parameters
    ----------
    params : iterable of Node, or iterable of dict, optional
        Leaves that require a gradient; or groups of them with options of their own, as in
        ``[{"params": first}, {"params": second, "lr": 0.01, "weight_decay": 0.0}]``. Without it the
        optimiser waits for ``bind``, which ``fit`` calls.
    **options
        Its options; each is an attribute and may be changed between steps. Assigning ``lr`` moves
        the rates of all groups in proportion, so that a schedule serves them all.

    Attributes
    ----------
    params : list of Node, or None
    groups : list of ParameterGroup

    Examples
    --------
    >>> class SignSGD(nn.Optimizer):
    ...     checks = {"lr": lambda what, name, value: value}
    ...     def __init__(self, params=None, lr=0.1):
    ...         super().__init__(params, lr=lr)
    ...     def update(self, options, count, value, gradient, scratch, *state):
    ...         value -= options.lr * np.sign(gradient)
    >>> x = ag.Node([1.0, -2.0])
    >>> optimizer = SignSGD([x])
    >>> np.sum(x**2).backward()
    >>> optimizer.step()
    >>> x.value
    array([ 0.9, -1.9])
    """

    checks: ClassVar[Checks] = {}
    """Its options, each with what a value of it has to be."""
    fixed: tuple[str, ...] = ()
    """Options that a group cannot have for itself."""
    coupled: bool = True
    """Whether weight decay is part of the gradient."""
    entrywise: bool = False
    """Whether ``update`` treats every entry by itself: it is handed large arrays in blocks then."""
    lr: float
    weight_decay: float = 0.0
    max_norm: float | None = None

    def __init__(self, params: Parameters | None, **options: Any) -> None:
        for name, value in options.items():
            setattr(self, name, self.checks[name](type(self).__name__, name, value))
        self.params: list[ag.Node] | None = None
        self.groups: list[ParameterGroup] = []
        if params is not None:
            self.bind(params)

    def slots(self) -> dict[str, float]:
        """What is remembered of each parameter from step to step, and what it is at first."""
        return {}

    def update(
        self, options: Any, count: int, value: Array, gradient: Array, scratch: Array, *state: Array
    ) -> None:
        """Change ``value`` and ``state`` in place; ``scratch`` is free, ``gradient`` is not.

        ``options`` has the options as attributes; ``count`` is 1 at the first step.
        """
        raise NotImplementedError

    def bind(self, params: Parameters) -> None:
        """Take charge of these parameters."""
        groups = [ParameterGroup(self, nodes, own) for nodes, own in self._parted(params)]
        self.groups, self.params = groups, [node for group in groups for node in group.nodes]

    def _parted(self, params: Any) -> list[tuple[list[ag.Node], dict[str, Any]]]:
        """The parameters of each group, every one checked, and the options it has for itself."""
        what = type(self).__name__
        entries = list(params) if isinstance(params, Iterable) else [params]
        if not entries or not all(isinstance(entry, Mapping) for entry in entries):
            return [(checked(what, entries), {})]
        parts = []
        for entry in entries:
            own = {name: value for name, value in entry.items() if name != "params"}
            allowed = [name for name in self.checks if name not in self.fixed]
            for name in own:
                if name not in allowed:
                    wanted, cure = f"a group's options among {', '.join(allowed)}", "Leave it out."
                    raise ArgumentError(expected(what, wanted, repr(name), cure))
            nodes = entry.get("params", ())
            nodes = nodes if isinstance(nodes, Iterable) else [nodes]
            own = {n: self.checks[n](what, n, value) for n, value in own.items()}
            parts.append((checked(what, nodes), own))
        ids = [id(node) for nodes, _ in parts for node in nodes]
        if len(set(ids)) < len(ids):
            cure = "Name every parameter in one group only."
            raise ArgumentError(expected(what, "groups without common parameters", "some", cure))
        return parts

    def step(self) -> None:
        """Move every parameter that has a gradient.

        The parameters' arrays are the optimiser's own from the first step on, and change in place.
        """
        if self.params is None:
            cure = "Pass model.parameters(), or hand the optimizer to nn.fit."
            raise ArgumentError(expected(f"{type(self).__name__}.step", "parameters", "none", cure))
        for group in self.groups:
            options = self.dynamic(group) if ag.is_compiling() else group.options(self)
            for flat in group.flats:
                flat.step(self, options)
            if options.max_norm is not None:
                limit_rows(group.nodes, options.max_norm)

    def dynamic(self, group: ParameterGroup) -> Any:
        """A group's options in a compiled program: the rate may change, others make another."""
        names = ["weight_decay", "max_norm", *(name for name in self.checks if name != "lr")]

        def others() -> tuple[Any, ...]:
            options = group.options(self)
            return tuple(getattr(options, name) for name in names)

        fixed = dict(zip(names, ag.guard(others), strict=True))
        lr = ag.callback(lambda: float(group.options(self).lr))
        return SimpleNamespace(**fixed, lr=lr)

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for node in self.params or ():
            node.grad = None

    def options(self) -> dict[str, Any]:
        """Its options by name."""
        return {name: getattr(self, name) for name in self.checks}

    def state_dict(self) -> dict[str, Any]:
        """All that decides how it goes on, copied.

        Returns
        -------
        dict
            Every option by name; ``groups``, the options that each group has for itself (``lr`` as
            a multiple of the optimiser's); ``steps``, how many each parameter has taken; and each
            slot, a list of one array per parameter.

        Examples
        --------
        >>> nn.SGD([ag.Node(np.ones(2))], lr=0.1, momentum=0.9).state_dict()["velocity"]
        [array([0., 0.])]
        """
        state = {slot: [a.copy() for a in self._slot(slot)] for slot in self.slots()}
        groups = [dict(group.own) for group in self.groups]
        return self.options() | {"groups": groups, "steps": self._steps()} | state

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Take over what ``state_dict`` gave.

        Raises
        ------
        StateError
            It is of another kind of optimiser or of other parameters. Nothing has changed then.
        """
        options = self._checked_state(state)
        for name, value in options.items():
            setattr(self, name, value)
        for group, own in zip(self.groups, state["groups"], strict=True):
            group.own = dict(own)
        steps = dict(zip(map(id, self.params or ()), state["steps"], strict=True))
        for group in self.groups:
            for flat in group.flats:
                flat.take_counts([int(steps[id(node)]) for node in flat.nodes])
        for slot in self.slots():
            for array, saved in zip(self._slot(slot), state[slot], strict=True):
                array[...] = saved

    def _checked_state(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The options in a state that fits in every respect."""
        what = f"{type(self).__name__}.load_state_dict"
        names = [*self.checks, "groups", "steps", *self.slots()]
        if set(state) != set(names):
            got, cure = ", ".join(map(str, state)) or "none", "Load the state of such an optimizer."
            raise StateError(expected(what, f"entries {', '.join(names)}", got, cure))
        cure = "Pass the same parameters in the same order."
        counted = {"groups": len(self.groups), "steps": len(self.params or ())}
        for name, count in counted.items():
            if len(state[name]) != count:
                raise StateError(expected(what, f"{count} {name}", str(len(state[name])), cure))
        for slot in self.slots():
            ours, theirs = [a.shape for a in self._slot(slot)], [np.shape(a) for a in state[slot]]
            if ours != theirs:
                raise StateError(expected(what, f"{slot} of shapes {ours}", str(theirs), cure))
        changed = [name for name in self.fixed if state[name] != getattr(self, name)]
        if changed:
            got = ", ".join(f"{name}={state[name]!r}" for name in changed)
            raise StateError(expected(what, repr(self), got, "Make the optimizer with that."))
        return {name: self.checks[name](what, name, state[name]) for name in self.checks}

    def _slot(self, slot: str) -> list[Array]:
        """What is remembered in a slot, as views in the order of the parameters."""
        found: dict[int, Array] = {}
        for group in self.groups:
            for flat in group.flats:
                state: Any = flat.state[slot]
                found |= zip(map(id, flat.nodes), flat.split(state), strict=True)
        return [found[id(node)] for node in self.params or ()]

    def _steps(self) -> list[int]:
        """How many steps each parameter has taken."""
        found: dict[int, int] = {}
        for group in self.groups:
            for flat in group.flats:
                found |= zip(map(id, flat.nodes), flat.counts(), strict=True)
        return [found[id(node)] for node in self.params or ()]

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.options().items())
        return f"{type(self).__name__}({shown})"


class ParameterGroup:
    """Parameters, and the options they have for themselves (``lr``: a multiple of the common one).

    Parameters
    ----------
    optimizer : Optimizer
        It belongs to.
    nodes : list of Node
    own : dict
        Options of these parameters alone.

    Attributes
    ----------
    nodes : list of Node
    own : dict

    Examples
    --------
    >>> first, second = nn.Linear(2, 2, seed=0), nn.Linear(2, 1, seed=0)
    >>> groups = [{"params": first.parameters()}, {"params": second.parameters(), "lr": 0.01}]
    >>> optimizer = nn.SGD(groups, lr=0.1)
    >>> [round(group.options(optimizer).lr, 6) for group in optimizer.groups]
    [0.1, 0.01]
    """

    def __init__(self, optimizer: Optimizer, nodes: list[ag.Node], own: dict[str, Any]) -> None:
        self.nodes, self.own = nodes, dict(own)
        if "lr" in own:
            if not optimizer.lr:
                what, cure = type(optimizer).__name__, "Pass a common rate, for instance lr=0.1."
                wanted = "lr > 0 where groups have their own"
                raise ArgumentError(expected(what, wanted, repr(optimizer.lr), cure))
            self.own["lr"] = own["lr"] / optimizer.lr
        ours = [node for node in nodes if is_numpy(node.value)]
        others = [node for node in nodes if not is_numpy(node.value)]
        self.flats: list[Flat | Single] = [Flat(some, optimizer.slots()) for some in grouped(ours)]
        self.flats += [Single(node, optimizer.slots()) for node in others]

    def options(self, optimizer: Optimizer) -> Any:
        """What holds for these parameters, as attributes."""
        if not self.own:
            return optimizer
        common = {"weight_decay": optimizer.weight_decay, "max_norm": optimizer.max_norm}
        options = common | optimizer.options() | self.own
        options["lr"] = optimizer.lr * self.own.get("lr", 1.0)
        return SimpleNamespace(**options)


def checked(what: str, params: Iterable[Any]) -> list[ag.Node]:
    """Parameters, each once, that can be moved."""
    nodes = list({id(node): node for node in params}.values())
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
