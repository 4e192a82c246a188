"""One HTML file that shows a graph and replays it: levels of detail, details, search, both passes.

It needs no network and no server. Layouts are made here, one for each level; ``page/`` has the
style sheet and the script, which only shows what was computed.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import Any

import numpy as np

from ..arrays import to_numpy
from ..node import size_of
from .facts import Box, Picture
from .formatting import gradient_text, number_text, plain, statistics, value_text
from .replay import events
from .survey import Item, gradients, survey
from .svg import inlined, sentence
from .targets import Targets

BINS = 24
LEVELS = 4
"""How many layouts a page holds at most."""

BUTTONS = (
    ("first", "|◀", "to the start (Home)"),
    ("back", "◀", "one step back (left arrow)"),
    ("play", "▶ play", "play or pause (space)"),
    ("next", "▶", "one step on (right arrow)"),
    ("last", "▶|", "to the end (End)"),
)
ZOOM = (
    ("out", "−", "smaller (-)"),
    ("in", "+", "larger (+)"),
    ("fit", "fit", "fit to the window (0)"),
    ("theme", "◐", "light or dark"),
)


def page(
    found: Targets,
    redraw: Callable[[int | None], Picture],
    svg: Callable[[Picture], str],
    theme: str,
) -> str:
    """The page.

    Parameters
    ----------
    found : Targets
    redraw : callable
        The picture with modules open to a depth; None for all.
    svg : callable
        A picture laid out, in colours that follow the page.
    theme : {"auto", "light", "dark"}
    """
    pictures = levels(redraw)
    told, why = events(found.ends, found.names)
    known = Details(found)
    data = {
        "caption": " · ".join([pictures[-1].caption, *pictures[-1].notes, *filter(None, [why])]),
        "theme": theme,
        "start": len(pictures) - 1,
        "events": [event._asdict() for event in told],
        "seeds": [end.birth for end in found.ends],
        "levels": [
            {
                "prefix": f"l{i}-",
                "places": picture.places,
                "boxes": {box.id: known.of(box, picture) for box in picture.boxes},
            }
            for i, picture in enumerate(pictures)
        ],
    }
    layouts = "".join(
        f'<div class="level" hidden>{inlined(svg(picture), f"l{i}-")}</div>'
        for i, picture in enumerate(pictures)
    )
    title = html.escape(pictures[-1].caption)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\nbody {{ margin: 0; }}\n{asset('page.css')}</style>\n"
        f'</head>\n<body>\n<div class="agp">\n{toolbar(len(pictures))}\n'
        f'<main aria-label="graph">{layouts}</main>\n'
        f'<aside aria-label="details" tabindex="0"></aside>\n'
        f'<footer role="status" aria-live="polite">{title}</footer>\n'
        f'<script type="application/json">{embedded(data)}</script>\n</div>\n'
        "<noscript><style>.level:last-of-type { display: block !important; }</style></noscript>\n"
        f"<script>\n{asset('page.js')}</script>\n</body>\n</html>\n"
    )


def asset(name: str) -> str:
    """A file of the page."""
    return resources.files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def embedded(data: Any) -> str:
    """JSON that can stand inside a script element whatever texts are in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def levels(redraw: Callable[[int | None], Picture]) -> list[Picture]:
    """Pictures from the most folded to the one with everything open, no two alike."""
    whole = redraw(None)
    found: list[Picture] = []
    for depth in range(LEVELS - 1):
        picture = redraw(depth)
        if len(picture.boxes) >= len(whole.boxes):
            break
        if not found or len(picture.boxes) != len(found[-1].boxes):
            found.append(picture)
    return [*found, whole]


def toolbar(count: int) -> str:
    """Buttons, the slider, the levels and the search field; hidden until the script runs."""
    names = {1: ["operations"], 2: ["model", "operations"], 3: ["model", "modules", "operations"]}
    titles = names.get(count) or ["model", "modules", "inner modules", "operations"]
    chosen = "".join(
        f'<button data-level="{i}" aria-pressed="false">{title}</button>'
        for i, title in enumerate(titles)
    )
    detail = f'<span class="group" role="group" aria-label="detail">{chosen}</span>'
    return (
        f'<header hidden><span class="group">{buttons(BUTTONS)}</span>'
        f'<input type="range" min="0" value="0" aria-label="step of the replay">'
        f"{detail if count > 1 else ''}"
        f'<span class="group"><input type="search" placeholder="search (/)" aria-label="search">'
        f"<output></output></span>"
        f'<span class="group">{buttons(ZOOM)}</span></header>'
    )


def buttons(rows: Iterable[tuple[str, str, str]]) -> str:
    """Some buttons."""
    return "".join(
        f'<button data-do="{name}" title="{title}" aria-label="{title}">{sign}</button>'
        for name, sign, title in rows
    )


class Details:
    """What the page tells of each box beside its card."""

    def __init__(self, found: Targets) -> None:
        items = survey(found.ends, found.names, found.inputs)
        self.items = {item.node.birth: item for item in items if item.node is not None}
        self.gradients, _ = gradients(found.ends)

    def of(self, box: Box, picture: Picture) -> dict[str, Any]:
        """Title, facts and histograms of a box."""
        births = [birth for birth, id in picture.places.items() if id == box.id]
        alone = self.items.get(births[0]) if len(births) == 1 else None
        title = f"{box.sign} {box.word}".strip()
        told: dict[str, Any] = {
            "title": title,
            "role": box.role,
            "sentence": sentence(box),
            "facts": [["role", box.role]],
            "histograms": {},
        }
        if alone is not None:
            told["facts"] += self.facts(alone)
            told["histograms"] = self.histograms(alone)
        elif box.value is not None:
            told["facts"] += [["result", value_text(box.value)], ["contents", box.note]]
            told["facts"] += [["gradients", box.trend or gradient_text(box.gradient)]]
        if box.warning:
            told["facts"].append(["warning", box.warning])
        return told

    def facts(self, item: Item) -> list[list[str]]:
        """What is known of one value."""
        node: Any = item.node
        facts = statistics(item.value)
        if isinstance(node.value, tuple):
            rows = [["results", str(len(node.value))]]
        else:
            rows = [["shape", str(facts.shape)], ["dtype", str(to_numpy(node.value).dtype)]]
            rows += numbers("value", item.value)
        if node in self.gradients:
            rows += numbers("gradient", self.gradients[node])
        if item.made:
            shown = ", ".join(f"{k}={plain(str(v), 40)}" for k, v in node.params.items())
            rows.append(
                ["operation", plain(f"{node.op.name}({shown})" if shown else node.op.name, 80)]
            )
        if item.scope:
            rows.append(["module", plain(" › ".join(item.scope), 120)])
        if node.details.line:
            rows.append(["source", plain(node.details.line, 240)])
        return rows

    def histograms(self, item: Item) -> dict[str, Any]:
        """How the entries of a value and of its gradient are distributed."""
        pairs = {"value": item.value, "gradient": self.gradients.get(item.node)}  # type: ignore[arg-type]
        found = {name: histogram(x) for name, x in pairs.items() if x is not None}
        return {name: bins for name, bins in found.items() if bins}


def numbers(name: str, value: Any) -> list[list[str]]:
    """A number, or the statistics of an array."""
    facts = statistics(value)
    text = value_text(facts)
    if facts.number is not None or facts.kind not in "fc" or not text or facts.nan or facts.inf:
        return [[name, text]]
    ends = f"{number_text(facts.low)} … {number_text(facts.high)}"
    zeros = f"{np.mean(to_numpy(value) == 0):.0%} zeros"
    return [
        [name, f"{text} (mean ± std)"],
        ["", f"{ends}, {zeros}"],
        ["", f"norm {number_text(facts.norm)}"],
    ]


def histogram(value: Any) -> dict[str, Any] | None:
    """Counts between the smallest and the largest finite entry."""
    if isinstance(value, tuple) or size_of(value) < 2 or to_numpy(value).dtype.kind not in "fiu":
        return None
    flat = np.ravel(to_numpy(value).astype(float))
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return None
    counts, edges = np.histogram(flat, BINS)
    ends: Mapping[str, str] = {"low": number_text(edges[0]), "high": number_text(edges[-1])}
    return {"counts": counts.tolist(), **ends}
