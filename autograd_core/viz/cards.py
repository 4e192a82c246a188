"""The boxes of a picture: the card of a value, of a module folded, of a gap; and where each lies.

What shares a box is decided in ``folding.py``; arrows are made in ``arrows.py``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import to_numpy
from ..node import size_of
from .alarms import FIRST, FIRST_GRADIENT, GRADIENT, SPREAD, Alarm, idle
from .facts import Box, Group
from .folding import Cell
from .formatting import Statistics, constant_text, plain, statistics, trend_text
from .glyphs import sign
from .survey import Item


class Places:
    """Which group each cell is drawn in; a module of one operation has none and lends its name."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.groups: dict[tuple[str, ...], Group] = {}
        self.counts: dict[tuple[str, ...], int] = {}
        for cell in cells:
            if cell.kind != "item" or cell.items[0].role != "input":
                scope = inside(cell)
                for i in range(len(scope)):
                    self.counts[scope[: i + 1]] = self.counts.get(scope[: i + 1], 0) + 1

    def place(self, cell: Cell) -> tuple[str | None, str]:
        """The group a cell is drawn in, and the module whose only operation it is."""
        scope, lent = inside(cell), ""
        while scope and self.counts.get(scope, 0) <= 1 and cell.kind == "item":
            lent, scope = lent or scope[-1].partition(" · ")[0], scope[:-1]
        return self.group(scope), lent

    def group(self, scope: tuple[str, ...]) -> str | None:
        """The id of the group of a scope, made with all around it when first needed."""
        parent: str | None = None
        for i in range(len(scope)):
            path = scope[: i + 1]
            group = self.groups.setdefault(
                path, Group(f"g{len(self.groups)}", plain(path[-1], 40), parent)
            )
            parent = group.id
        return parent


def inside(cell: Cell) -> tuple[str, ...]:
    """The scope in which a cell's box lies: a folded module lies in the one around it."""
    return cell.scope[:-1] if cell.kind == "module" else cell.scope


@dataclass(frozen=True)
class Cards:
    """What cards show beside values."""

    gradients: Mapping[Item, Any]
    alarms: Mapping[Item, Alarm]
    dtypes: bool

    def facts(self, value: Any) -> Statistics:
        """The facts about a value."""
        found = statistics(value)
        return found._replace(dtype=str(to_numpy(value).dtype)) if self.dtypes else found

    def worst(self, items: Sequence[Item]) -> Alarm:
        """The alarm of the one that comes first."""
        found = [self.alarms[item] for item in items if item in self.alarms]
        order = (FIRST, FIRST_GRADIENT, SPREAD, GRADIENT)
        return min(found, key=lambda a: order.index(a.kind), default=Alarm("", ""))


def mixed(items: Sequence[Item]) -> bool:
    """Whether arrays of several floating dtypes take part."""
    kinds = {x.value.dtype for x in items if isinstance(x.value, np.ndarray)}
    return len({kind for kind in kinds if kind.kind in "fc"}) > 1


def box(cell: Cell, id: str, places: Places, cards: Cards) -> Box:
    """The box of a cell."""
    group, lent = places.place(cell)
    if cell.kind == "item":
        return card(cell.items[0], id, group, lent, cards)
    if cell.kind == "rolled":
        return step(cell, id, group, lent, cards)
    if cell.kind == "repeat":
        return repetition(cell, id, group, cards)
    found, alarm = cards.gradients, cards.worst(cell.items)
    made = [item for item in cell.items if item.made]
    count = f"{len(made):,} operation{'s' * (len(made) != 1)}"
    if cell.kind == "gap":
        what = count if made else f"{len(cell.items):,} leaves"
        return Box(id, "gap", "⋮", f"{what} not drawn", None, None, True, group)
    parameters = [item for item in cell.items if item.role == "parameter"]
    grads = tuple(found[item] for item in parameters if item in found)
    size = sum(size_of(item.value) for item in parameters)
    note = f"{count} · {size:,} parameters" if size else count
    value = statistics(made[-1].value) if made else None
    live = any(item.differentiable for item in made)
    title = plain(cell.scope[-1], 28)
    gradient = statistics(grads) if grads else None
    return Box(id, "module", "⊞", title, value, gradient, live, group, note, *alarm)


def repetition(cell: Cell, id: str, group: str | None, cards: Cards) -> Box:
    """The box that stands for all blocks but the first."""
    made = [item for item in cell.items if item.made]
    size = sum(size_of(item.value) for item in cell.items if item.role == "parameter")
    scopes = [block[0].scope[len(cell.scope) :] for block in cell.blocks]
    names = [scope[0].partition(" · ")[0] for scope in scopes if scope]
    told = len(set(names)) == len(cell.blocks)
    span = f"{plain(names[1], 16)} … {plain(names[-1], 16)}" if told else ""
    parts = [span, f"{size:,} parameters" if size else "", "same operations and shapes"]
    return Box(
        id,
        "repeat",
        "⋮",
        f"× {len(cell.blocks) - 1} more",
        statistics(made[-1].value),
        statistics(cards.gradients[made[-1]]) if made[-1] in cards.gradients else None,
        any(item.differentiable for item in made),
        group,
        " · ".join(filter(None, parts)),
        *cards.worst(cell.items),
        trend_text([norm(block, cards) for block in cell.blocks]),
    )


def norm(block: Sequence[Item], cards: Cards) -> float:
    """The norm of the gradient of a block's parameters, or of its result if it has none."""
    operands = [x for item in block for _, x in item.operands]
    own = [x for x in operands if x.role == "parameter" and len(x.users) == 1]
    grads = [cards.gradients[x] for x in own or [block[-1]] if x in cards.gradients]
    return math.sqrt(sum(float(np.vdot(g, g).real) for g in grads)) if grads else math.nan


def step(cell: Cell, id: str, group: str | None, lent: str, cards: Cards) -> Box:
    """The box of an operation that every step of a loop does, or of what each step reads."""
    first, last = cell.items[0], cell.items[-1]
    drawn = card(last, id, group, lent, cards)
    word = drawn.word
    if not first.made and first.name and last.name and first.name != last.name:
        word = f"{plain(first.name, 12)} … {plain(last.name, 12)}"
    alarm = cards.worst(cell.items)
    norms = [norm([item], cards) for item in cell.items if item.made]
    return replace(
        drawn,
        word=word,
        role="op" if first.made else drawn.role,
        note=f"× {len(cell.items)} steps",
        trend=trend_text(norms),
        alarm=alarm.kind,
        warning=alarm.text,
    )


def card(item: Item, id: str, group: str | None, lent: str, cards: Cards) -> Box:
    """The box of a single value."""
    value = cards.facts(item.value)
    gradient = statistics(cards.gradients[item]) if item in cards.gradients else None
    alarm = cards.worst([item])
    if not item.made:
        unnamed = {
            "parameter": "parameter",
            "constant": constant_text(item.value) if value.number is not None else "",
        }
        fallback = unnamed.get(item.role) or ("array" if value.shape else "variable")
        return Box(
            id,
            item.role,
            "",
            plain(item.name or fallback),
            value,
            gradient,
            item.differentiable,
            group,
            "",
            *alarm,
        )
    node: Any = item.node
    params = {k: v for k, v in node.params.items() if k != "axis" or not item.single}
    symbol, word = sign(node.op.name, len(node.parents), item.constants, params)
    return Box(
        id,
        item.role,
        symbol,
        plain(item.name or lent or word),
        value,
        gradient,
        item.differentiable,
        group,
        idle(item),
        *alarm,
    )
