"""What there is to draw: every value a result was made from, with its role and its gradient.

``graph.ancestry`` follows gradients only; a picture also shows the constants. Nothing here recurses
and nothing touches ``.grad``: gradients come from a sweep of their own. ``picture.py`` makes boxes
of what is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import AssignedError
from ..graph import ancestry
from ..node import Node
from ..reverse import seed_like, sweep


class Item:
    """A value that takes part: a Node, or a constant that is none."""

    __slots__ = (
        "birth",
        "constants",
        "depth",
        "name",
        "node",
        "operands",
        "role",
        "scope",
        "users",
        "value",
    )

    def __init__(self, value: Any, node: Node | None, birth: float, name: str | None) -> None:
        self.value, self.node, self.birth, self.name = value, node, birth, name
        self.operands: list[tuple[int, Item]] = []
        """Position and Item of everything it was made from that is not written into its sign."""
        self.constants: dict[int, Any] = {}
        """Small constants by position."""
        self.users: list[Item] = []
        """What was made from it: once for every use."""
        self.depth = 0
        """Operations on the longest way to it."""
        self.role = ""
        self.scope: tuple[str, ...] = ()

    @property
    def differentiable(self) -> bool:
        """Whether a gradient flows to it."""
        return self.node is not None and self.node.requires_grad

    @property
    def single(self) -> bool:
        """Whether its value is one number."""
        return type(self.value) is float or (
            type(self.value) is not tuple and np.ndim(self.value) == 0
        )

    @property
    def made(self) -> bool:
        """Whether an operation made it."""
        return self.node is not None and self.node.op is not None


def survey(
    targets: Sequence[Node], names: Mapping[str, Any], inputs: Iterable[Node] = ()
) -> list[Item]:
    """Everything the targets were made from, in reading order, with roles."""
    titles: dict[int, str] = {}
    for name, thing in names.items():
        if isinstance(thing, Node | np.ndarray):
            titles.setdefault(id(thing), name)
    items: dict[int, Item] = {}
    waiting = [node_item(target, titles, items) for target in dict.fromkeys(targets)]
    while waiting:
        item = waiting.pop()
        if item.node is not None:
            waiting += operands_of(item, item.node, titles, items)
    found = sorted(items.values(), key=lambda item: item.birth)
    for item in found:
        for _, operand in item.operands:
            operand.users.append(item)
            item.depth = max(item.depth, operand.depth + 1)
    assign_roles(found, set(targets), set(inputs))
    return sorted(found, key=reading_order)


def reading_order(item: Item) -> tuple[float, bool, int, float]:
    """Operations by birth, each leaf right before the first that uses it, outer leaves first."""
    if item.made or not item.users:
        return item.birth, True, 0, item.birth
    return item.users[0].birth, False, len(item.scope), item.birth


def node_item(node: Node, titles: Mapping[int, str], items: dict[int, Item]) -> Item:
    """The Item of a Node, made now."""
    item = items[id(node)] = Item(node.value, node, node.birth, titles.get(id(node), node.name))
    item.scope = node.scope
    return item


def operands_of(
    item: Item, node: Node, titles: Mapping[int, str], items: dict[int, Item]
) -> list[Item]:
    """Fill in what ``item`` was made from; the Items met for the first time."""
    new = []
    for i, parent in enumerate(node.parents):
        operand = items.get(id(parent))
        if operand is None:
            if type(parent) is Node:
                operand = node_item(parent, titles, items)
            elif np.ndim(parent) == 0 and id(parent) not in titles:
                item.constants[i] = parent
                continue
            else:
                early = node.birth - 1 + (i + 1) / (len(node.parents) + 1)
                operand = items[id(parent)] = Item(parent, None, early, titles.get(id(parent)))
            new.append(operand)
        if operand.birth >= node.birth:  # a constant used before, or a leaf assigned since
            operand.birth = node.birth - 0.5
        item.operands.append((i, operand))
    return new


def assign_roles(items: Sequence[Item], targets: set[Node], inputs: set[Node]) -> None:
    """Say of each Item what it is (input, parameter, constant, op, result) and where it belongs."""
    scalar = all(item.single for item in items)
    for item in items:
        if item.made:
            item.role = "result" if item.node in targets else "op"
            continue
        first = item.users[0] if item.users else None
        scope = first.scope if first is not None else ()
        if item.differentiable:
            given = item.node in inputs or (scalar and not scope)
            item.role = "input" if given else "parameter"
        else:
            item.role = "input" if item.name or not item.single else "constant"
        if first is not None and (item.role == "parameter" or item is not main_operand(first)):
            item.scope = scope


def main_operand(item: Item) -> Item | None:
    """The operand through which the computation flows: the deepest, of leaves the first input."""
    operands = [operand for _, operand in item.operands]
    made = [x for x in operands if x.made]
    if made:
        return max(made, key=lambda x: x.depth)
    return next(
        (x for x in operands if not x.differentiable or x.role == "input"),
        operands[0] if operands else None,
    )


def gradients(targets: Sequence[Node]) -> tuple[dict[Node, Any], str]:
    """The gradient of the targets' sum at every Node, and in words why there is none if so.

    Examples
    --------
    >>> x = ag.Node(3.0)
    >>> found, why = gradients([x * x])
    >>> found[x], why
    (6.0, '')
    """
    ends = [target for target in dict.fromkeys(targets) if target.requires_grad]
    if not ends:
        return {}, "no gradient: the result is constant"
    if any(end.shape != () or np.iscomplexobj(end.value) for end in ends):
        return {}, "no gradients: the result is not a real scalar"
    try:
        found = ancestry(ends)
        kept: dict[Node, Any] = {}
        seeds = [seed_like(end, None) for end in ends]
        grads = sweep(found.order, found.leaves, ends, seeds, recorded=False, keep=kept)
    except AssignedError:
        return {}, "no gradients: a leaf was assigned after it was read"
    except Exception as error:  # a rule that fails must not hide the graph it is in
        return {}, f"no gradients: {type(error).__name__}: {error}"
    kept.update(zip(found.leaves, grads, strict=True))
    zero(found.order, kept)
    return kept, ""


def zero(order: Iterable[Node], kept: dict[Node, Any]) -> None:
    """A Node that no cotangent reached has no influence: its gradient is zero, and known."""
    for node in order:
        if node not in kept and not isinstance(node.value, tuple):
            kept[node] = np.zeros(node.shape)[()]
