"""The last hand on an SVG: small, safe inside a page, readable aloud, following the page's theme.

Graphviz's attributes stay as they are: a program that knows no style sheets still shows the light
palette.
"""

from __future__ import annotations

import hashlib
import html
import re

from .facts import Box, Picture
from .formatting import gradient_text, kind_text, value_text
from .palette import FONT, theme_sheet

HEAD = re.compile(r'.*?<svg width="(\d+)pt" height="(\d+)pt"\s*viewBox="([^"]*)"[^>]*>', re.S)
TITLE = re.compile(r'(<g id="([^"]*)" class="(?:node|edge|cluster)[^"]*">)\s*<title>[^<]*</title>')
RUN = re.compile(
    r"</text>\n<text [^>]*>\s</text>\n"
    r'<text text-anchor="start" x="[^"]*" y="[^"]*"([^>]*)>([^<]*)</text>'
)
NOISE = re.compile(
    rf'<!--.*?-->\n?| font-family="{re.escape(FONT)}"| xml:space="preserve"|<title>G</title>\n',
    re.S,
)


def finished(svg: str, picture: Picture, *, auto: bool) -> str:
    """Graphviz's SVG made ours.

    Parameters
    ----------
    svg : str
    picture : Picture
        Supplies the sentences that titles say.
    auto : bool
        Follow the theme of the page.
    """
    found = HEAD.match(svg)
    if found is None:
        return svg
    width, height, view = found.groups()
    name = html.escape(picture.caption)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="agd" role="img" aria-label="{name}" '
        f'width="{width}pt" height="{height}pt" viewBox="{view}" font-family="{FONT}" '
        'style="max-width:100%;height:auto">\n'
    )
    sentences = {box.id: sentence(box) for box in picture.boxes}
    sentences |= {group.id: f"module {group.title}" for group in picture.groups}
    body = TITLE.sub(lambda m: titled(m[1], sentences.get(m[2])), NOISE.sub("", svg[found.end() :]))
    body = RUN.sub(joined, body)
    style = f"<style>\n{theme_sheet(body)}\n</style>\n" if auto else ""
    return head + style + body


def joined(match: re.Match[str]) -> str:
    """Words that follow others on a line, set after them however wide the reader's font is."""
    return f'<tspan dx="3" font-weight="normal"{match[1]}>{match[2]}</tspan></text>'


def titled(opening: str, text: str | None) -> str:
    """The opening tag of a group, with a title if there is something to say."""
    return f"{opening}<title>{html.escape(text, quote=False)}</title>" if text else opening


def sentence(box: Box) -> str:
    """A box in words."""
    words = [box.role, f"{box.sign} {box.word}".strip()]
    if box.value is not None:
        shape = kind_text(box.value)
        words += [f"of shape {shape}" if shape else "", f"value {value_text(box.value)}"]
    if box.gradient is not None:
        words.append(f"gradient {gradient_text(box.gradient).removeprefix('∇ ')}")
    if box.warning:
        words.append(f"warning: {box.warning}")
    return ", ".join(filter(None, words))


def inlined(svg: str, prefix: str | None = None) -> str:
    """An SVG for the inside of a page: its ids its own, so that several can share the page."""
    prefix = prefix or f"d{hashlib.sha256(svg.encode()).hexdigest()[:6]}-"
    return re.sub(r'(<g|<a|<svg) id="', rf'\1 id="{prefix}', svg)
