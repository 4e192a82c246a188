"""What shares a box: modules below a depth, and the middle of a graph too large to be drawn.

Every Item belongs to one Cell, every Cell becomes one box. Nothing is folded unless asked for or
needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .repeats import runs
from .survey import Item

SHOWN = 8
"""Operations shown at each end of a graph too large to be drawn."""
DEEPEST = 12
SMALLEST = 8
"""Operations of a run from which folding it makes a picture smaller."""
NOTHING: Mapping[Item, Cell] = {}


class Cell:
    """What one box stands for: an Item, a module folded, a repetition, a rolled step, or a gap."""

    __slots__ = ("blocks", "items", "kind", "scope")

    def __init__(self, kind: str, scope: tuple[str, ...]) -> None:
        self.kind, self.scope = kind, scope
        self.items: list[Item] = []
        self.blocks: list[list[Item]] = []
        """Of a repetition, the operations of every block, the drawn one among them."""


class Fold:
    """The cells in reading order, which Item is in which, and what to tell the reader."""

    def __init__(self, cells: list[Cell], note: str = "") -> None:
        self.cells, self.note = cells, note
        self.of = {item: cell for cell in cells for item in cell.items}


def folded(
    items: Sequence[Item],
    depth: int | None,
    limit: int,
    fold: bool | None = None,
    roll: bool = False,
) -> Fold:
    """Cells for ``items``.

    Modules below ``depth`` are closed. Repeated blocks become one and a count if ``fold`` says so;
    by default, if there would be more than ``limit`` cells. Where there still are, more modules are
    closed, and in the end the middle is left out.
    """
    if roll:
        return rolled(items)
    deepest = min(max((len(item.scope) for item in items), default=0), DEEPEST)
    level = deepest if depth is None else min(depth, deepest)
    cells = at_depth(items, level)
    if len(cells) <= limit and not fold:
        return Fold(cells)
    found = repeated(items) if fold is not False else {}
    for closed in range(level, -1, -1):
        cells = at_depth(items, closed, found)
        if len(cells) <= limit:
            automatic = closed < level or (bool(found) and not fold)
            note = f"too large to draw whole: folded to {len(cells)} boxes" if automatic else ""
            return Fold(cells, note)
    return with_gap(items)


def repeated(items: Sequence[Item]) -> dict[Item, Cell]:
    """What belongs to all blocks but the first of every run: one cell for each run."""
    made = by_birth(items)
    found: dict[Item, Cell] = {}
    for run in runs(made):
        if run.period * run.times < SMALLEST:
            continue
        blocks = [list(run.block(made, k)) for k in range(run.times)]
        while any(item.role == "result" for item in blocks[-1]):  # results are always drawn
            del blocks[-1]
        rest = [item for block in blocks[1:] for item in block]
        cell = Cell("repeat", common([item.scope for item in rest]))
        cell.blocks = blocks
        inside = set(rest)
        rest += [
            leaf
            for item in rest
            for _, leaf in item.operands
            if not leaf.made and inside.issuperset(leaf.users)
        ]
        found |= dict.fromkeys(rest, cell)
    return found


def by_birth(items: Sequence[Item]) -> list[Item]:
    """The operations in the order in which they ran."""
    return sorted((item for item in items if item.made), key=lambda item: item.birth)


def common(scopes: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The modules around all of them."""
    first, last = min(scopes), max(scopes)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first[: min(len(first), len(last)) if same is None else same]


def rolled(items: Sequence[Item]) -> Fold:
    """Cells in which the blocks of every run lie on top of each other: a loop drawn as one step."""
    made = by_birth(items)
    cells: dict[Item, Cell] = {}
    for run in runs(made):
        for steps in zip(*(run.block(made, k) for k in range(run.times)), strict=True):
            stack(steps, cells)
            for operands in zip(*(step.operands for step in steps), strict=False):
                leaves = [leaf for _, leaf in operands]
                if not any(x.made or len(x.users) > 1 for x in leaves):
                    stack(leaves, cells)
    for item in items:
        cells.setdefault(item, Cell("item", item.scope))
    ordered = {cells[item]: None for item in items}
    for item in items:
        cells[item].items.append(item)
    count = sum(cell.kind == "rolled" for cell in ordered)
    return Fold(list(ordered), "" if count else "nothing to roll up: no steps repeat")


def stack(steps: Sequence[Item], cells: dict[Item, Cell]) -> None:
    """Put the same operation of every step in one cell."""
    distinct = list(dict.fromkeys(steps))
    if len(distinct) > 1:
        cell = Cell("rolled", common([item.scope for item in distinct]))
        cells |= dict.fromkeys(distinct, cell)


def at_depth(
    items: Sequence[Item], depth: int, repeats: Mapping[Item, Cell] = NOTHING
) -> list[Cell]:
    """One cell for each Item, but for what lies in a module more than ``depth`` levels down.

    What ``repeats`` has goes into the cell given there, unless that is inside such a module.
    """
    sizes: dict[tuple[str, ...], int] = {}
    for item in items:
        if len(item.scope) > depth:
            path = item.scope[: depth + 1]
            sizes[path] = sizes.get(path, 0) + 1
    cells: dict[object, Cell] = {}
    for cell in set(repeats.values()):
        cell.items = []
    for item in items:
        path = item.scope[: depth + 1]
        if item in repeats and len(repeats[item].scope) <= depth:
            cell = cells.setdefault(repeats[item], repeats[item])
        elif len(path) > depth and sizes[path] > 1:
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
