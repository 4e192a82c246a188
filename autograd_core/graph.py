"""Walking the graph, with a loop and never a recursion: a million operations are as safe as one.

A node is always younger than its parents, so birth order is a topological order: no other order is
kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .errors import AssignedError
from .node import MANY, Node, by_birth, next_birth


class Ancestry(NamedTuple):
    """What some nodes were made from."""

    order: list[Node]
    """Every node an operation made, oldest first: parents stand before their children."""
    leaves: list[Node]
    """The nodes at which the walk ended.

    Leaves that carry a gradient, and those it was told to stop at.
    """
    strangers: list[Node]
    """Nodes older than ``since`` that carry a gradient: somebody else's graph, not walked."""


def ancestry(ends: Iterable[Node], stop: Iterable[Node] = (), since: int = -1) -> Ancestry:
    """Everything that made ``ends``, as far as gradients flow.

    Parameters
    ----------
    ends : iterable of Node
    stop : iterable of Node
        Treated as leaves, whatever made them.
    since : int
        Birth before which nodes are strangers.

    Raises
    ------
    AssignedError
        If a leaf was assigned after an operation had read it.
    """
    order: list[Node] = []
    strangers: list[Node] = []
    leaves = list(stop)
    stops = set(leaves)
    youngest = max(map(by_birth, leaves), default=-1)  # birth of the youngest leaf or constant
    visit = next_birth()  # marks what this walk has seen; another thread's mark makes it look twice
    waiting = list(ends)
    while waiting:
        node = waiting.pop()
        if node.mark == visit or (stops and node in stops):
            continue
        node.mark = visit
        birth = node.birth
        if node.op is not None and birth >= since:
            order.append(node)
            x, y = node.first, node.second
            if y is MANY:
                waiting += [p for p in x if type(p) is Node and p.mark != visit]
                continue
            if type(x) is Node and x.mark != visit:
                waiting.append(x)
            if type(y) is Node and y.mark != visit:
                waiting.append(y)
        elif node.details.live:
            (leaves if birth >= since else strangers).append(node)
            youngest = birth if birth > youngest and node.op is None else youngest
        elif birth > youngest:
            youngest = birth
    order.sort(key=by_birth)
    if order and youngest > order[0].birth:
        refuse_assigned(order)
    return Ancestry(order, list(dict.fromkeys(leaves)), strangers)


def refuse_assigned(order: list[Node]) -> None:
    """Raise if a leaf is younger than what was computed from it."""
    for node in order:
        for parent in node.parents:
            if type(parent) is Node and parent.birth > node.birth:
                raise assigned(parent, node)


def assigned(leaf: Node, child: Node) -> AssignedError:
    """A leaf is younger than what was computed from it."""
    name = f" {leaf.name!r}" if leaf.name else ""
    op: Any = child.op
    return AssignedError(
        f"Differentiating {op.name} expected the leaf{name} of shape {leaf.shape} as it was when "
        "read, got one assigned since. Differentiate before assigning, or compute the graph again."
    )


def descendants(order: list[Node], leaves: Iterable[Node]) -> set[Node]:
    """The nodes of ``order`` that depend on ``leaves``, and the leaves."""
    found = set(leaves)
    for node in order:
        for parent in node.parents:
            if type(parent) is Node and parent in found:
                found.add(node)
                break
    return found


def summary(end: Any) -> str:
    """How large a graph is, in words."""
    found = ancestry([end])
    return f"{len(found.order)} operations on {len(found.leaves)} leaves"
