"""A picture as text: an aligned line for every box, modules as headings. Needs no layout engine."""

from __future__ import annotations

from .facts import Box, Group, Picture
from .formatting import gradient_text, kind_text, value_text

MARKS = {
    "input": "○",
    "parameter": "□",
    "constant": "·",
    "op": " ",
    "result": "●",
    "module": " ",
    "repeat": " ",
    "gap": " ",
}


def text(picture: Picture) -> str:
    """The picture as lines: what each value is, what it was made from, shape, value and gradient.

    Examples
    --------
    >>> from autograd_core.viz.picture import picture
    >>> x = ag.Node(2.0, name="x")
    >>> print(text(picture([x * x])))
    multiply = 4.00 · 2 nodes
    ○ x                     2.00  ∇ 4.00
    ● n1 × multiply (x, x)  4.00  ∇ 1.00
    """
    groups = {group.id: group for group in picture.groups}
    operands: dict[str, list[str]] = {box.id: [] for box in picture.boxes}
    calls = labels(picture)
    for arrow in picture.arrows:
        operands[arrow.target].append(calls[arrow.source])
    rows: list[tuple[str, ...]] = []
    open_: list[Group] = []
    for box in picture.boxes:
        path = path_of(box, groups)
        for level, group in enumerate(path):
            if open_[level : level + 1] != [group]:
                rows.append(("  " * level + f"▾ {group.title}",))
                open_ = path[: level + 1]
        open_ = path
        rows.append(row(box, "  " * len(path), calls, operands[box.id], picture.grads))
    return "\n".join([picture.caption, *picture.notes, *aligned(rows)])


def labels(picture: Picture) -> dict[str, str]:
    """What each box is called in the lines of others: a leaf by a name of its own, or an id."""
    names = [box.word for box in picture.boxes if not box.sign]
    return {
        box.id: box.word if not box.sign and names.count(box.word) == 1 else box.id
        for box in picture.boxes
    }


def path_of(box: Box, groups: dict[str, Group]) -> list[Group]:
    """The groups around a box, outermost first."""
    path: list[Group] = []
    above = box.group
    while above is not None:
        path.append(groups[above])
        above = groups[above].parent
    return path[::-1]


def row(
    box: Box, indent: str, calls: dict[str, str], operands: list[str], grads: bool
) -> tuple[str, ...]:
    """The columns of a box."""
    called = calls[box.id]
    shown = operands if len(operands) <= 6 else [*operands[:3], "…", *operands[-2:]]
    made = f" ({', '.join(shown)})" if operands else ""
    what = f"{called} {box.sign} {box.word}"
    if not box.sign:
        what = called if called == box.word else f"{called} {box.word}"
    figures = ("", "") if box.value is None else (kind_text(box.value), value_text(box.value))
    gradient = (
        gradient_text(box.gradient)
        if grads and box.differentiable and box.value is not None
        else ""
    )
    warning = f"⚠ {box.warning}" if box.warning else box.trend if grads else ""
    return (f"{indent}{MARKS[box.role]} {what.rstrip()}{made}", *figures, gradient, warning)


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Columns padded to a common width; a heading stands alone."""
    widths = [max((len(r[i]) for r in rows if len(r) > 1), default=0) for i in range(5)]
    lines = []
    for r in rows:
        if len(r) == 1:
            lines.append(r[0])
        else:
            cells = [r[i].ljust(widths[i]) for i in range(5) if widths[i]]
            lines.append("  ".join(cells).rstrip())
    return lines
