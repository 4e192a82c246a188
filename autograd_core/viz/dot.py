"""A picture as DOT: cards as HTML-like labels, modules as clusters, operands beside operations.

The ``graphviz`` package writes the DOT; laying it out is ``layout.py``. Ids are those of the
picture, so the same graph gives the same text in every process.
"""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from ..masked import BACKWARD
from .alarms import FIRST
from .facts import Arrow, Box, Group, Moment, Picture
from .formatting import gradient_text, kind_text, plain, value_text
from .palette import FONT, HEAT, PALETTES

Colours = Mapping[str, str]

STYLES = {  # role: fill, line, style, width of the line
    "op": ("op", "line", "rounded,filled", "1.1"),
    "module": ("group2", "line", "rounded,filled", "1.2"),
    "repeat": ("group2", "line", "rounded,filled,dashed", "1.2"),
    "gap": ("constantfill", "line", "rounded,filled,dashed", "1"),
    "result": ("resultfill", "resultline", "rounded,filled", "1.2"),
    "input": ("inputfill", "inputline", "rounded,filled", "1.2"),
    "parameter": ("parameterfill", "parameterline", "filled", "1.4"),
    "constant": ("constantfill", "line", "rounded,filled,dashed", "1"),
}
TABLE = '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
SWATCH = 'BORDER="1" CELLBORDER="0" CELLSPACING="0" FIXEDSIZE="TRUE" WIDTH="12" HEIGHT="9"'
ACTIVE = "#d95f02"
"""What happens right now in an animation."""
PLAIN = {"op", "module", "repeat", "gap"}
LEAVES = {"input", "parameter", "constant"}


def dot(
    picture: Picture, *, style: str, direction: str, legend: bool, moment: Moment | None = None
) -> str:
    """The picture in the DOT language.

    Parameters
    ----------
    picture : Picture
    style : {"auto", "light", "dark"}
        Palette; "auto" is light, which ``svg.py`` makes follow the page.
    direction : {"auto", "TB", "LR"}
        Top to bottom or left to right; "auto" lays short graphs of numbers from left to right.
    legend : bool
        Explain colours and figures in one line.
    moment : Moment, optional
        Draw the graph as it is known then.
    """
    import graphviz

    colours = PALETTES[style]
    flow = direction if direction != "auto" else automatic(picture)
    drawn = graphviz.Digraph(
        "G",
        graph_attr=frame(picture, colours, flow, legend, moment),
        node_attr=CARD,
        edge_attr=edge(colours),
    )
    bodies: dict[str | None, Any] = {None: drawn}
    for group in picture.groups:
        bodies[group.id] = graphviz.Digraph(
            f"cluster_{group.id}", graph_attr=cluster(group, picture, colours)
        )
    for box in picture.boxes:
        card = label(box, picture, colours, moment)
        bodies[box.group].node(box.id, card, **look(box, colours, moment))
    homes = {box.id: box.group for box in picture.boxes}
    for arrow in picture.arrows:
        if beside(arrow, flow):
            rank(
                bodies[homes[arrow.source] if homes[arrow.source] == homes[arrow.target] else None],
                arrow,
            )
    for group in reversed(picture.groups):
        bodies[group.parent].subgraph(bodies[group.id])
    roles = {box.id: box.role for box in picture.boxes}
    for arrow in picture.arrows:
        right = beside(arrow, flow) and arrow.side == 1
        ends = (arrow.target, arrow.source) if right else (arrow.source, arrow.target)
        attributes = line(arrow, roles, colours, flow)
        if moment is not None and moment.arrow == (arrow.source, arrow.target):
            attributes |= {"color": ACTIVE, "penwidth": "3.2"}
        drawn.edge(*ends, **attributes)
    return str(drawn.source)


CARD = {
    "shape": "box",
    "fontname": FONT,
    "fontsize": "11",
    "margin": "0.10,0.04",
    "height": "0.2",
    "width": "0.2",
}


def automatic(picture: Picture) -> str:
    """Left to right for a short graph of numbers, top to bottom for everything else."""
    if not picture.scalar or picture.groups:
        return "TB"
    depth = dict.fromkeys((box.id for box in picture.boxes), 0)
    for arrow in picture.arrows:
        depth[arrow.target] = max(depth[arrow.target], depth[arrow.source] + 1)
    return "LR" if max(depth.values(), default=0) <= 10 else "TB"


def frame(
    picture: Picture, colours: Colours, flow: str, legend: bool, moment: Moment | None
) -> dict[str, str]:
    """Attributes of the whole graph."""
    large = {"nslimit": "2", "nslimit1": "2"} if len(picture.boxes) > 100 else {}
    return {
        "rankdir": flow,
        "bgcolor": colours["ground"],
        "fontname": FONT,
        "pad": "0.15",
        "nodesep": "0.22",
        "ranksep": "0.30",
        "label": foot(picture, colours, legend, moment.text if moment else picture.caption),
        "labelloc": "b",
        "labeljust": "l",
        **large,
    }


def edge(colours: Colours) -> dict[str, str]:
    """Attributes of all edges."""
    return {
        "fontname": FONT,
        "fontsize": "8.5",
        "color": colours["line"],
        "fontcolor": colours["muted"],
        "arrowsize": "0.55",
        "penwidth": "1.1",
    }


def cluster(group: Group, picture: Picture, colours: Colours) -> dict[str, str]:
    """Attributes of a module's frame; nested frames alternate their tint."""
    parents = {other.id: other.parent for other in picture.groups}
    level, above = 0, group.parent
    while above is not None:
        level, above = level + 1, parents[above]
    name, _, rest = group.title.partition(" · ")
    backward = name == BACKWARD
    title = words(name, colours["grad" if backward else "ink"], 10.5, bold=True) + (
        f" {words(f'· {rest}', colours['muted'], 9)}" if rest else ""
    )
    return {
        "label": f"<{title}>",
        "labelloc": "t",
        "labeljust": "r",
        "style": "rounded,filled",
        "fillcolor": colours["backward" if backward else "group2" if level % 2 else "group"],
        "color": colours["backwardline" if backward else "groupline"],
        "penwidth": "1",
        "margin": "9",
        "id": group.id,
        "class": "group",
    }


# Cards


def words(text: str, colour: str, size: float, bold: bool = False) -> str:
    """Text in a colour and size, escaped: neither markup nor Graphviz's own escapes work in it."""
    escaped = html.escape(text, quote=False).replace("\\", "\\\\") or " "
    if bold:
        escaped = f"<B>{escaped}</B>"
    return f'<FONT COLOR="{colour}" POINT-SIZE="{size:g}">{escaped}</FONT>'


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a left and a right entry, as an HTML-like label."""
    body = "".join(
        f'<TR><TD ALIGN="LEFT">{left}</TD><TD WIDTH="10"></TD><TD ALIGN="RIGHT">{right}</TD></TR>'
        if right
        else f'<TR><TD ALIGN="LEFT" COLSPAN="3">{left}</TD></TR>'
        for left, right in rows
    )
    return f"<{TABLE}{body}</TABLE>>"


def label(box: Box, picture: Picture, colours: Colours, moment: Moment | None = None) -> str:
    """The card of a box: sign, name and shape; then value and gradient."""
    ink, muted, warm = inks(box, colours)
    if moment is not None:  # what is not known yet takes its room
        unseen = colours[STYLES[box.role][0]]
        ink, muted = (unseen, unseen) if box.id in moment.future else (ink, muted)
        warm = unseen if box.id in moment.future | moment.unknown else warm
    if box.role in LEAVES:
        title = words(box.word, ink, 12, bold=True)
    else:
        title = words(box.sign, ink, 13, bold=True) + (
            " " + words(box.word, muted, 10) if box.word else ""
        )
    if box.value is None:
        return table([(title, "")])
    shape = kind_text(box.value)
    rows = [(title, words(shape, ink, 10.5) if shape else "")]
    if box.note:
        rows.append((words(box.note, muted, 9), ""))
    figures = value_text(box.value) if box.word != value_text(box.value) else ""
    single = box.value.number is not None
    value = words(figures, ink if single else muted, 11 if single else 9) if figures else ""
    if picture.grads and box.differentiable:
        rows.append((value, words(gradient_text(box.gradient), warm, 11 if single else 9)))
    elif figures:
        rows.append((value, ""))
    if box.trend and picture.grads:
        rows.append((words(box.trend, warm, 9), ""))
    if box.warning:
        rows.append((words(f"⚠ {box.warning}", ink, 9, bold=True), ""))
    return table(rows)


def inks(box: Box, colours: Colours) -> tuple[str, str, str]:
    """The colours of a card's title, of what is less important, and of its gradient."""
    if box.alarm == FIRST:
        return (colours["alarmink"],) * 3
    muted = colours["resultmuted" if box.role == "result" else "muted"]
    warm = colours["resultgrad" if box.role == "result" else "grad"]
    if box.alarm:
        return colours["alarm"], colours["muted"], colours["grad"]
    return colours["ink" if box.role in PLAIN else box.role], muted, warm


def look(box: Box, colours: Colours, moment: Moment | None = None) -> dict[str, str]:
    """Shape and colours of a box."""
    fill, colour, style, width = STYLES[box.role]
    active = moment is not None and moment.now == box.id
    if box.alarm:
        fill, colour, width = "alarm" if box.alarm == FIRST else "op", "alarm", "1.8"
    spine = {} if box.role in {"parameter", "constant"} else {"group": "spine"}
    return {
        "id": box.id,
        "class": box.role,
        "fillcolor": colours[fill],
        "color": ACTIVE if active else colours[colour],
        "style": style,
        "penwidth": "3.2" if active else width,
        **spine,
    }


# Arrows


def beside(arrow: Arrow, flow: str) -> bool:
    """Whether an operand is laid out beside its operation: the first right, the second left."""
    return arrow.side > 0 and flow == "TB"


def rank(body: Any, arrow: Arrow) -> None:
    """Put the two ends of an arrow in one row."""
    with body.subgraph() as row:
        row.attr(rank="same")
        for end in (
            (arrow.target, arrow.source) if arrow.side == 1 else (arrow.source, arrow.target)
        ):
            row.node(end)


def line(arrow: Arrow, roles: Mapping[str, str], colours: Colours, flow: str) -> dict[str, str]:
    """Dashed where no gradient flows, ochre from a parameter, labelled where it is broadcast."""
    attributes = {"id": f"{arrow.source}-{arrow.target}-{arrow.position}"}
    parameter = roles[arrow.source] == "parameter"
    if parameter:
        attributes["color"] = colours["parameterline"]
    if not arrow.differentiable:
        attributes["style"] = "dashed"
    if arrow.broadcast:
        attributes["label"] = f"\u00a0{arrow.broadcast}\u00a0"
        attributes["fontcolor"] = colours["parameter" if parameter else "muted"]
    if arrow.count > 1:
        loop = "from step to step " if arrow.back else ""
        attributes["label"] = f"\u00a0{loop}× {arrow.count}\u00a0"
    if arrow.back:
        attributes |= {"constraint": "false", "color": colours["inputline"], "penwidth": "1.8"}
    if beside(arrow, flow) and arrow.side == 1:
        attributes["dir"] = "back"
    elif arrow.main or flow == "LR":
        attributes["weight"] = "8"
    if arrow.heat is not None:
        attributes["color"] = HEAT[round(arrow.heat * (len(HEAT) - 1))]
        attributes["penwidth"] = f"{1 + 3.5 * arrow.heat:.2g}"
    return attributes


# Caption and legend


def foot(picture: Picture, colours: Colours, legend: bool, caption: str) -> str:
    """The lines under the graph: caption, notes, and the legend if wanted."""
    rows = [f'<TR><TD ALIGN="LEFT">{words(caption, colours["ink"], 10)}</TD></TR>']
    notes = [text for note in picture.notes for text in textwrap.wrap(plain(note, 240), 64)]
    rows += [f'<TR><TD ALIGN="LEFT">{words(text, colours["muted"], 9)}</TD></TR>' for text in notes]
    if legend:
        rows.append(f'<TR><TD ALIGN="LEFT">{key(picture, colours)}</TD></TR>')
    gap = '<TR><TD HEIGHT="6"></TD></TR>'
    return f"<{TABLE}{gap}{''.join(rows)}</TABLE>>"


def key(picture: Picture, colours: Colours) -> str:
    """The legend: what the colours and the figures mean, of those that occur."""
    present = {box.role for box in picture.boxes}
    cells = []
    for role in ("input", "parameter", "constant", "result"):
        if role in present:
            fill, colour, style, _ = STYLES[role]
            corner = ' STYLE="ROUNDED"' if "rounded" in style else ""
            colour_of = f'BGCOLOR="{colours[fill]}" COLOR="{colours[colour]}"'
            swatch = f"<TABLE {colour_of} {SWATCH}{corner}><TR><TD></TD></TR></TABLE>"
            cells.append(f"{swatch}</TD><TD>{words(role, colours['muted'], 8.5)}")
    cells.append(words("value" if picture.scalar else "mean ± std", colours["muted"], 8.5))
    if picture.grads:
        meaning = "∇ gradient" if picture.scalar else "∇ gradient, its 2-norm"
        cells.append(words(meaning, colours["grad"], 8.5))
    if not all(arrow.differentiable for arrow in picture.arrows):
        cells.append(words("╌╌ no gradient", colours["muted"], 8.5))
    body = '<TD WIDTH="6"></TD>'.join(f"<TD>{cell}</TD>" for cell in cells)
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="3" CELLPADDING="0"><TR>{body}</TR></TABLE>'
    )
