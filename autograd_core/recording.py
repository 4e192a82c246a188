"""One run of a user's function on fresh leaves: what every transform is made of.

``transforms.py``, ``jacobians.py`` and ``custom.py`` sweep the graph that a ``Recording`` keeps. A
result is handed out as plain arrays unless it depends on a Node of the caller's, which an enclosing
transform may be differentiating.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .batching.batched import LEVELS, closed, inside, opened
from .batching.rules import leading
from .details import MODE, Mode
from .errors import ArgumentError, ArgumentTypeError, expect_function, expected
from .forward import push
from .graph import Ancestry, ancestry, descendants
from .node import Node, live, next_birth
from .reverse import owned, sweep
from .rows import linear
from .sampling import normal
from .tree import flatten, tree_map

identity = linear(
    lambda x: x, lambda g, x: g, batch=leading, sample=normal((3, 2)), name="identity"
)
"""A node of its own with the value of another.

A leaf for an inner transform that an outer one sees through.
"""


class Recording:
    """One run of a function: the leaves that stand for its arguments, and what it returned.

    Parameters
    ----------
    function : callable
    args : sequence
        Positional arguments, containers allowed.
    argnums : tuple of int
        Those to differentiate with respect to.
    keywords : dict
    """

    def __init__(
        self,
        function: Callable[..., Any],
        args: Sequence[Any],
        argnums: tuple[int, ...],
        keywords: Any,
    ) -> None:
        self.outer = MODE.get()
        self.levels = LEVELS.get()
        self.name = getattr(function, "__name__", type(function).__name__)
        expect_function("A transform", function)
        flat = [flatten(args[i]) for i in argnums]
        self.counts = [len(leaves) for leaves, _ in flat]
        self.rebuilders = [rebuild for _, rebuild in flat]
        self.since = next_birth()
        self.leaves = [self.fresh(x) for leaves, _ in flat for x in leaves]
        call = list(args)
        handed = [closed(leaf, self.levels) for leaf in self.leaves]
        for i, argument in zip(argnums, self.like_arguments(handed), strict=True):
            call[i] = argument
        token = MODE.set(Mode(self.outer.scope, self.outer.watch) if self.outer else Mode())
        try:
            self.out = function(*call, **keywords)
        finally:
            MODE.reset(token)

    def fresh(self, x: Any) -> Node:
        """A leaf of this recording for one array of an argument.

        Inside mapped functions it has an axis for the examples of each, in which derivatives are
        kept apart.
        """
        x = self.opened(x)
        if isinstance(x, Node):
            if self.outer is not None and x.requires_grad:
                node: Node = identity(x)
                return node
            x = x.value
        try:
            return Node(x)
        except ArgumentTypeError as error:
            error.add_note(
                f"in an argument of {self.name} that is differentiated; choose others with argnums"
            )
            raise

    def opened(self, x: Any) -> Any:
        """An array or Node with an axis in front for each mapped function around the recording."""
        return opened(x, self.levels) if self.levels and x is not None else x

    def results(self, outs: Sequence[Any]) -> list[Any]:
        """Results with those that carry a gradient opened."""
        return [self.opened(x) if live(x) else x for x in outs]

    def derivatives(self, flat: Sequence[Any]) -> list[Any]:
        """Derivatives by the leaves as those by the arguments."""
        return self.like_arguments([closed(c, self.levels) for c in flat])

    def like_arguments(self, flat: Sequence[Any]) -> list[Any]:
        """One entry per leaf, arranged as the differentiated arguments are."""
        rest = list(flat)
        arranged = []
        for count, rebuild in zip(self.counts, self.rebuilders, strict=True):
            arranged.append(rebuild(rest[:count]))
            rest = rest[count:]
        return arranged

    def graph(self, ends: Sequence[Node]) -> Ancestry:
        """What made ``ends`` since this recording began."""
        return ancestry(ends, stop=self.leaves, since=self.since)

    def enclosed(self, found: Ancestry) -> bool:
        """Whether a result must stay a Node, because it depends on Nodes of the caller's."""
        if self.outer is None:
            return False
        return bool(found.strangers) or any(leaf.op is not None for leaf in self.leaves)

    def pull(self, ends: Sequence[Node], seeds: Sequence[Any], found: Ancestry) -> list[Any]:
        """Cotangents of the leaves."""
        only = (
            descendants(found.order, self.leaves)
            if found.strangers or self.more_leaves(found)
            else None
        )
        recorded = self.enclosed(found)
        token = LEVELS.set(())  # in the graph are all examples
        try:
            grads = sweep(found.order, self.leaves, ends, seeds, recorded=recorded, only=only)
        finally:
            LEVELS.reset(token)
        return owned(grads, *seeds)

    def more_leaves(self, found: Ancestry) -> bool:
        """Whether the function made leaves of its own."""
        return len(found.leaves) > len(self.leaves)

    def push(self, tangents: Sequence[Any], ends: Sequence[Node], found: Ancestry) -> list[Any]:
        """Tangents of the ends."""
        recorded = self.enclosed(found)
        token = LEVELS.set(())
        try:
            return push(found.order, self.leaves, tangents, ends, recorded=recorded)
        finally:
            LEVELS.reset(token)

    def released(self, tree: Any) -> Any:
        """A result with Nodes replaced by their values, unless the caller's Nodes are in them."""

        def release(x: Any) -> Any:
            node = inside(x)
            if not isinstance(node, Node):
                return x
            kept = node.requires_grad and self.enclosed(self.graph([node]))
            return x if kept else x.value

        return tree_map(release, tree)


def positions(argnums: int | Sequence[int], args: Sequence[Any], name: str) -> tuple[int, ...]:
    """``argnums`` as indices of the arguments that were passed."""
    numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for i in numbers:
        if not -len(args) <= i < len(args):
            cure = "Pass what is differentiated by position, and choose it with argnums."
            raise ArgumentError(
                expected(f"{name}: argnums", f"{len(args)} positional arguments", i, cure)
            )
    unique = tuple(dict.fromkeys(i % len(args) for i in numbers))
    if len(unique) < len(numbers):
        cure = "Name every argument once."
        raise ArgumentError(expected(f"{name}: argnums", "different arguments", argnums, cure))
    return unique


def pick(argnums: int | Sequence[int], results: list[Any]) -> Any:
    """The results of one argument, or a tuple of those of several."""
    return results[0] if isinstance(argnums, int) else tuple(results)
