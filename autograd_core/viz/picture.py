"""A graph as boxes, arrows and groups: every fact a renderer needs and no rendering.

``picture()`` makes one from Nodes; ``dot.py`` and ``text.py`` write it down. Facts are copied: a
picture shows the moment at which it was made, and keeps no array alive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..arrays import to_numpy
from ..node import Node, size_of
from .alarms import alarms
from .arrows import Heat, arrows
from .cards import Cards, Places, box, mixed
from .facts import LIMIT, Picture
from .folding import folded
from .formatting import kind_text, number_text, plain, statistics
from .glyphs import WORDS
from .survey import Item, gradients, survey


def picture(
    targets: Sequence[Node],
    *,
    grads: bool = True,
    depth: int | None = None,
    names: Mapping[str, Any] | None = None,
    inputs: Iterable[Node] = (),
    heat: bool = False,
    dtypes: bool | None = None,
    fold: bool | None = None,
    roll: bool = False,
    limit: int = LIMIT,
) -> Picture:
    """Boxes, arrows and groups of the graph that made ``targets``.

    Parameters
    ----------
    targets : sequence of Node
    grads : bool
        Compute the gradients of the targets and show them.
    depth : int, optional
        Levels of modules that are drawn open; None opens as many as stay within ``limit``.
    names : mapping of str to Node or array, optional
        Names for what has none, or another one.
    inputs : iterable of Node
        Leaves that are arguments, whatever gradients they carry.
    heat : bool
        Weigh the arrows by the gradient that flows along them.
    dtypes : bool, optional
        Show every dtype; by default where floating ones are mixed.
    fold : bool, optional
        Draw blocks that repeat once; by default where there would be more than ``limit`` boxes.
    roll : bool
        Draw what repeats step by step as a loop.
    limit : int
        Boxes beyond which operations are folded or left out.

    Examples
    --------
    >>> x = ag.Node(2.0, name="x")
    >>> drawn = picture([x * x])
    >>> [box.id for box in drawn.boxes], len(drawn.arrows)
    (['n0', 'n1'], 2)
    """
    items = survey(targets, names or {}, inputs)
    grad_of, why = gradients(targets) if grads else ({}, "")
    found = {item: grad_of[item.node] for item in items if item.node in grad_of}
    cells = folded(items, depth, limit, fold, roll)
    ids = {cell: f"n{i}" for i, cell in enumerate(cells.cells)}
    places = Places(cells.cells)
    trouble = alarms(items, found)
    cards = Cards(found, trouble, mixed(items) if dtypes is None else dtypes)
    boxes = tuple(box(cell, ids[cell], places, cards) for cell in cells.cells)
    scale = Heat(found) if heat else None
    return Picture(
        boxes,
        tuple(arrows(cells, ids, scale)),
        tuple(places.groups.values()),
        caption(items, set(targets)),
        tuple(note for note in (why, cells.note, scale.note if scale else "") if note),
        all(item.single for item in items),
        {item.node.birth: ids[cell] for item, cell in cells.of.items() if item.node is not None},
        grads,
    )


def caption(items: Sequence[Item], targets: set[Node]) -> str:
    """The result and the size of the graph, in one line."""
    results = [item for item in items if item.node in targets]
    what = outcome(results[0]) if len(results) == 1 else f"{len(results)} results"
    size = sum(size_of(item.value) for item in items if item.role == "parameter")
    parts = [what, f"{len(items):,} node{'s' * (len(items) != 1)}"]
    return " · ".join([*parts, f"{size:,} parameter{'s' * (size != 1)}"] if size else parts)


def outcome(item: Item) -> str:
    """A result as an equation, or its shape."""
    op: Any = item.node.op if item.node is not None else None
    name = plain(item.name or (WORDS.get(op.name, op.name) if op else "value"))
    if item.single:
        return f"{name} = {number_text(to_numpy(item.value).item())}"
    return f"{name}: {kind_text(statistics(item.value))}"
