"""Both passes as a moving picture: one SVG that plays by itself, or the frames of a GIF.

The steps are those of the replay (``replay.py``): values appear as they are computed, then
gradients as they arrive. An SVG plays in any browser and slide, without a script.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence

from ..errors import ArgumentError, expected, missing
from .facts import Moment, Picture
from .replay import Event

SECONDS = 0.9
"""How long a step is shown."""
LAST = 3
"""How many times as long the whole graph stays at the end."""
FRAMES = 150
"""Steps beyond which nobody would watch."""


def moments(picture: Picture, events: Sequence[Event], seeds: Sequence[int]) -> list[Moment]:
    """The picture step by step, nothing computed at first and everything known at the end."""
    if not 0 < len(events) <= FRAMES:
        got = f"{len(events):,}" if events else "none"
        cure = "Animate a smaller graph, or save it as .html and step through it."
        raise ArgumentError(expected("animate", f"1 to {FRAMES} steps", got, cure))
    places = picture.places
    future = {places[e.node] for e in events if e.kind == "forward" and e.node in places}
    unknown = {box.id for box in picture.boxes} - {places[birth] for birth in seeds}
    found = [Moment("", None, None, set(future), {box.id for box in picture.boxes})]
    for event in events:
        backward = event.kind == "backward"
        box = places.get(event.target if backward else event.node)
        (unknown if backward else future).discard(box or "")
        known = unknown if backward else {box.id for box in picture.boxes}
        ends = (places.get(event.target, ""), places.get(event.node, "")) if backward else None
        found.append(Moment(f"{event.text}  →  {event.figure}", box, ends, set(future), set(known)))
    return [*found, Moment(picture.caption)]


# One SVG

HEAD = re.compile(
    r'width="(\d+)pt" height="(\d+)pt" '
    r'viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"'
)
FAINT = ("opacity:.15", "opacity:1")
UNKNOWN = ("opacity:0", "opacity:1")
SAID = ("opacity:1", "opacity:0")
GLOWING = ("filter:drop-shadow(0 0 4px #d95f02)", "filter:none")


def animated(svg: str, picture: Picture, steps: Sequence[Moment]) -> str:
    """A picture's SVG with a style sheet that plays its steps again and again.

    Without style sheets, and where motion is unwanted, it shows the whole graph.
    """
    rules = []
    for box in picture.boxes:
        at = f'[id="{box.id}"]'
        rules.append(timeline(at, [box.id in m.future for m in steps], FAINT))
        rules.append(timeline(f"{at} .nabla", [box.id in m.unknown for m in steps], UNKNOWN))
        rules.append(timeline(f"{at}>:is(path,polygon)", [box.id == m.now for m in steps], GLOWING))
    for arrow in picture.arrows:
        at = f'[id="{arrow.source}-{arrow.target}-{arrow.position}"]'
        moving = [(arrow.source, arrow.target) == m.arrow for m in steps]
        rules.append(timeline(at, moving, GLOWING))
    for i in range(len(steps)):
        rules.append(timeline(f".said{i}", [i == k for k in range(len(steps))], SAID))
    style = "\n".join(filter(None, rules))
    marked = re.sub(r"<text ([^>]*)>∇", r'<text class="nabla" \1>∇', svg)
    return with_lines(marked, [m.text for m in steps], style)


def timeline(selector: str, on: Sequence[bool], effects: tuple[str, str]) -> str:
    """Key frames that give what is selected one of two looks at every step."""
    if not any(on):
        return ""
    whole = len(on) - 1 + LAST
    name = "k" + re.sub(r"\W", "", selector)
    changes = [i for i in range(len(on)) if i == 0 or on[i] != on[i - 1]]
    frames = [f"{100 * i / whole:.3f}%{{{effects[not on[i]]}}}" for i in changes]
    frames.append(f"100%{{{effects[not on[-1]]}}}")
    return (
        f"@keyframes {name}{{{''.join(frames)}}}"
        f".agd {selector}{{animation:{name} {whole * SECONDS:g}s step-end infinite}}"
    )


def with_lines(svg: str, lines: Sequence[str], style: str) -> str:
    """The SVG with a line of text below for every step, of which one shows, and its style."""
    head = re.search(
        r'width="(\d+)pt" height="(\d+)pt" viewBox="([-\d.]+) ([-\d.]+) ([\d.]+) ([\d.]+)"', svg
    )
    if head is None:
        return svg
    width, height, x, y, w, h = map(float, head.groups())
    broad = max(w, 5.2 * max(map(len, lines)) + 20)
    grown = (
        f'width="{width * broad / w:.0f}pt" height="{height + 24:.0f}pt" '
        f'viewBox="{x:g} {y:g} {broad:g} {h + 24:g}"'
    )
    texts = "".join(
        f'<text class="said said{i}" x="12" y="{h + 10:g}" font-size="10" fill="#5f6b7a" '
        f'opacity="{int(i == len(lines) - 1)}">{html.escape(line, quote=False)}</text>'
        for i, line in enumerate(lines)
    )
    sheet = f"<style>@media(prefers-reduced-motion:no-preference){{\n{style}\n}}</style>"
    body = svg.replace(head[0], grown, 1)
    return body.replace("</svg>", f"{sheet}{texts}</svg>")


# A GIF


def gif(frames: Sequence[bytes]) -> bytes:
    """PNG frames as a GIF that runs forever; the last one stays longer."""
    try:
        from PIL import Image
    except ImportError:
        raise missing("pillow", "plot", "Writing a GIF") from None
    images = [Image.open(io.BytesIO(frame)).convert("RGB") for frame in frames]
    size = max(image.width for image in images), max(image.height for image in images)
    pages = []
    for image in images:
        page = Image.new("RGB", size, image.getpixel((0, 0)))
        page.paste(image, (0, 0))
        pages.append(page.quantize(128))
    durations = [int(1000 * SECONDS)] * (len(pages) - 1) + [int(1000 * SECONDS * LAST)]
    out = io.BytesIO()
    pages[0].save(
        out, "GIF", save_all=True, append_images=pages[1:], duration=durations, loop=0, disposal=2
    )
    return out.getvalue()
