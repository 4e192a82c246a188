"""The arrows of a picture: one for every use of a value, with broadcasting and heat marked.

Boxes are made in ``cards.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .facts import Arrow
from .folding import Cell, Fold
from .formatting import number_text, shape_text, statistics
from .survey import Item, main_operand


class Heat:
    """Gradient norms on a logarithmic scale from the smallest to the largest."""

    def __init__(self, gradients: Mapping[Item, Any]) -> None:
        norms = {item: statistics(g).norm for item, g in gradients.items()}
        self.logs = {i: math.log10(n) for i, n in norms.items() if n > 0 and math.isfinite(n)}
        self.low = min(self.logs.values(), default=0.0)
        self.span = max(self.logs.values(), default=0.0) - self.low

    def __call__(self, item: Item) -> float | None:
        """Where an Item's gradient lies."""
        if item not in self.logs:
            return None
        return (self.logs[item] - self.low) / self.span if self.span else 1.0

    @property
    def note(self) -> str:
        """The ends of the scale, in words."""
        if not self.logs:
            return "no gradients to weigh the arrows by"
        low, high = (number_text(10**x, 2) for x in (self.low, self.low + self.span))
        return f"arrows: ‖∇‖ from {low} (thin, dark) to {high} (thick, bright)"


def arrows(fold: Fold, ids: Mapping[Cell, str], heat: Heat | None = None) -> Iterator[Arrow]:
    """One arrow for every use of a value; between folded boxes only one."""
    drawn: set[tuple[str, str]] = set()
    loops = Loops()
    for item, cell in fold.of.items():
        beside, main = sides(item), main_operand(item)
        for position, operand in item.operands:
            origin = fold.of[operand]
            pair = ids[origin], ids[cell]
            kinds, warmth = {origin.kind, cell.kind}, heat(operand) if heat else None
            if "rolled" in kinds and kinds <= {"rolled", "item"}:
                loops.add(pair, position, operand, item, origin, cell)
            elif kinds == {"item"}:
                yield Arrow(
                    *pair,
                    position,
                    operand.differentiable,
                    broadcast(operand, item),
                    beside.index(operand) + 1 if operand in beside else 0,
                    operand is main or (main is not None and operand.depth == main.depth > 0),
                    heat=warmth,
                )
            elif origin is not cell and pair not in drawn:
                drawn.add(pair)
                yield Arrow(*pair, position, operand.differentiable, heat=warmth)
    yield from loops.arrows(heat)


class Loops:
    """Arrows between the steps of a loop that is rolled up: one for all that are alike."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str, int, bool], list[Item]] = {}

    def add(
        self,
        pair: tuple[str, str],
        position: int,
        operand: Item,
        item: Item,
        origin: Cell,
        cell: Cell,
    ) -> None:
        """Count one use of a value."""
        step = cell.items.index(item) if cell.kind == "rolled" else 0
        earlier = origin.kind == cell.kind and origin.items.index(operand) < step
        self.found.setdefault((*pair, position, earlier), []).append(operand)

    def arrows(self, heat: Heat | None) -> Iterator[Arrow]:
        """The arrows, each with how many it stands for."""
        for (source, target, position, back), operands in self.found.items():
            last = operands[-1]
            yield Arrow(
                source,
                target,
                position,
                last.differentiable,
                main=not back,
                count=len(operands),
                back=back,
                heat=heat(last) if heat else None,
            )


def sides(item: Item) -> list[Item]:
    """The operands that belong beside an operation: leaves only it uses, but for the main one."""
    main = main_operand(item)
    beside = [x for _, x in item.operands if not x.made and x is not main and len(x.users) == 1]
    return beside if len(beside) <= 2 else []


def broadcast(operand: Item, item: Item) -> str:
    """How broadcasting stretches an operand of an operation that acts entry by entry."""
    op: Any = item.node.op if item.node is not None else None
    if type(operand.value) is tuple or type(item.value) is tuple:
        return ""
    before, after = np.shape(operand.value), np.shape(item.value)
    if before == after or (op.scalar is None and op.name != "broadcast_to"):
        return ""
    return f"{shape_text(before) or 'scalar'} ⇒ {shape_text(after)}"
