"""What shares a box: modules below a depth, and the middle of a graph too large to be drawn.

Every Item belongs to one Cell, every Cell becomes one box. Nothing is folded unless asked for or
needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .survey import Item

SHOWN = 8
"""Operations shown at each end of a graph too large to be drawn."""
DEEPEST = 12


class Cell:
    """What one box stands for: an Item, a module folded, or a gap."""

    __slots__ = ("items", "kind", "scope")

    def __init__(self, kind: str, scope: tuple[str, ...]) -> None:
        self.kind, self.scope = kind, scope
        self.items: list[Item] = []


class Fold:
    """The cells in reading order, which Item is in which, and what to tell the reader."""

    def __init__(self, cells: list[Cell], note: str = "") -> None:
        self.cells, self.note = cells, note
        self.of = {item: cell for cell in cells for item in cell.items}


def folded(items: Sequence[Item], depth: int | None, limit: int) -> Fold:
    """Cells for ``items``: modules below ``depth`` closed; beyond ``limit`` more, then a gap."""
    deepest = min(max((len(item.scope) for item in items), default=0), DEEPEST)
    for level in range(deepest if depth is None else depth, -1, -1):
        cells = at_depth(items, level)
        if len(cells) <= limit:
            automatic = level < deepest and level != depth
            note = f"too large to draw whole: folded to {len(cells)} boxes" if automatic else ""
            return Fold(cells, note)
    return with_gap(items)


def at_depth(items: Sequence[Item], depth: int) -> list[Cell]:
    """One cell for each Item, but for what lies in a module more than ``depth`` levels down."""
    sizes: dict[tuple[str, ...], int] = {}
    for item in items:
        if len(item.scope) > depth:
            path = item.scope[: depth + 1]
            sizes[path] = sizes.get(path, 0) + 1
    cells: dict[object, Cell] = {}
    for item in items:
        path = item.scope[: depth + 1]
        if len(path) > depth and sizes[path] > 1:
            cell = cells.setdefault(path, Cell("module", path))
        else:
            cell = cells.setdefault(item, Cell("item", item.scope))
        cell.items.append(item)
    return list(cells.values())


def with_gap(items: Sequence[Item]) -> Fold:
    """The first and the last operations with their leaves, and a gap for all between."""
    made = [item for item in items if item.made]
    shown = ends_of(made)
    leaves = {x for item in shown for _, x in item.operands[:4] if not x.made}
    gap = Cell("gap", ())
    cells: list[Cell] = []
    for item in items:
        if item in shown or item in leaves:
            cell = Cell("item", ())
            cells.append(cell)
        else:
            cell = gap
            if not gap.items:
                cells.append(gap)
        cell.items.append(item)
    kept = len(items) - len(gap.items)
    return Fold(cells, f"too large to draw whole: {kept} of {len(items):,} nodes shown")


def ends_of(made: Sequence[Item]) -> set[Item]:
    """The first and last operations."""
    few: Iterable[Item] = made if len(made) <= 2 * SHOWN else [*made[:SHOWN], *made[-SHOWN:]]
    return set(few)
