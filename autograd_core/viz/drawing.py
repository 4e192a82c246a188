"""What ``ag.draw`` returns: it shows itself in a notebook, prints as text and saves as a file."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import ArgumentError, MissingPackageError, expected
from .facts import Moment, Picture
from .layout import REMEDY, LayoutError, engine, render
from .targets import Targets

RESOLUTION = 144
"""Dots per inch of a PNG."""
SUFFIXES = (".svg", ".png", ".pdf", ".html", ".gif", ".dot", ".txt")


class Drawing:
    """A picture of a graph, as ``autograd_core.draw`` returns it.

    It shows itself in a notebook and prints as text. It is a snapshot: later changes of values do
    not reach it.

    Attributes
    ----------
    picture : Picture
        Boxes, arrows and groups, before layout.
    source : str
        It in the DOT language, the same in every process.

    Examples
    --------
    >>> x = ag.Node(3.0, name="x")
    >>> drawing = ag.draw(x**2)
    >>> print(drawing)
    power = 9.00 · 2 nodes
    ○ x                3.00  ∇ 6.00
    ● n1 x² power (x)  9.00  ∇ 1.00
    >>> drawing.source.splitlines()[0]
    'digraph G {'
    """

    def __init__(
        self,
        picture: Picture,
        *,
        style: str,
        direction: str,
        legend: bool | None,
        format: str | None,
        found: Targets | None = None,
        redraw: Callable[[int | None], Picture] | None = None,
    ) -> None:
        self.picture, self.found, self.redraw = picture, found, redraw
        self.style, self.direction, self.legend, self.format = style, direction, legend, format

    def dot(self, *, legend: bool) -> str:
        """The DOT, with or without the legend."""
        from .dot import dot

        return dot(self.picture, style=self.style, direction=self.direction, legend=legend)

    @cached_property
    def source(self) -> str:
        """The picture in the DOT language, the same in every process."""
        return self.dot(legend=bool(self.legend))

    def svg(self, *, legend: bool | None = None) -> str:
        """The picture as SVG; with ``style="auto"`` it follows the theme of its page."""
        from .svg import finished

        wanted = bool(self.legend if legend is None else legend)
        laid_out = self.rendered("svg", legend=wanted).decode()
        return finished(laid_out, self.picture, auto=self.style == "auto")

    def rendered(self, kind: str, *, legend: bool) -> bytes:
        """What a layout engine makes of the picture."""
        source = self.dot(legend=legend)
        if kind == "png":
            source = source.replace("{", f"{{\n\tdpi={RESOLUTION}", 1)
        return render(source, kind, size=len(self.picture.boxes) + len(self.picture.arrows))

    def html(self) -> str:
        """One interactive file: details, search, zoom, levels of detail, a replay of both passes.

        It needs no network. The graph is looked at again for it: leaves must not have been
        assigned since.
        """
        from .html import page

        if self.found is None or self.redraw is None:
            cure = "Draw the Node again."
            raise ArgumentError(expected("html", "a drawing of a graph", "a picture alone", cure))
        return page(self.found, self.redraw, self.laid_out, self.style)

    def laid_out(self, picture: Picture) -> str:
        """Another picture of the graph as SVG, in this one's style."""
        other = Drawing(
            picture, style=self.style, direction=self.direction, legend=False, format=None
        )
        return other.svg()

    def moments(self) -> list[Moment]:
        """The picture step by step, through both passes."""
        from .animation import moments
        from .replay import events

        if self.found is None:
            cure = "Draw the Node again."
            raise ArgumentError(expected("animate", "a drawing of a graph", "a picture", cure))
        told, _ = events(self.found.ends, self.found.names)
        return moments(self.picture, told, [end.birth for end in self.found.ends])

    def animated(self, suffix: str) -> bytes:
        """Both passes as a moving SVG or GIF."""
        from .animation import animated, gif
        from .dot import dot

        steps = self.moments()
        if suffix == ".svg":
            untold = replace(self.picture, caption="\u00a0")
            return animated(self.laid_out(untold), self.picture, steps).encode()
        sources = (
            dot(self.picture, style=self.style, direction=self.direction, legend=False, moment=step)
            for step in steps
        )
        size = len(self.picture.boxes) + len(self.picture.arrows)
        dots = (source.replace("{", f"{{\n\tdpi={RESOLUTION}", 1) for source in sources)
        return gif([render(source, "png", size=size) for source in dots])

    def save(self, path: str | os.PathLike[str], *, animate: bool = False) -> Path:
        """Write the picture to a file; the suffix says how. The file appears whole or not at all.

        Parameters
        ----------
        path : str or path
            ``.svg`` ``.png`` ``.pdf`` ``.html`` (interactive) ``.gif`` (moving) ``.dot`` or
            ``.txt``.
        animate : bool
            Make an SVG one that plays both passes by itself; a GIF always does.

        Returns
        -------
        pathlib.Path
            The file.

        Examples
        --------
        >>> import tempfile
        >>> y = ag.Node(3.0, name="x") ** 2
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     print(ag.draw(y).save(folder + "/square.dot").name)
        square.dot
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            cure = "Name the file g.svg, g.png, g.pdf, g.html, g.gif, g.dot or g.txt."
            raise ArgumentError(
                expected("save", f"a file ending in {', '.join(SUFFIXES)}", repr(path.name), cure)
            )
        if animate and suffix not in (".svg", ".gif"):
            cure = "Name the file g.svg or g.gif."
            raise ArgumentError(expected("save", "an animated .svg or .gif", suffix, cure))
        moving = animate or suffix == ".gif"
        written_whole(path, self.animated(suffix) if moving else self.content(suffix))
        return path

    def content(self, suffix: str) -> bytes:
        """What a file of this suffix holds."""
        legend = self.legend is not False
        if suffix == ".txt":
            return f"{self}\n".encode()
        if suffix == ".dot":
            return self.dot(legend=legend).encode()
        if suffix == ".svg":
            return self.svg(legend=legend).encode()
        if suffix == ".html":
            return self.html().encode()
        return self.rendered(suffix[1:], legend=legend)

    # How it shows itself: never with an error

    def __str__(self) -> str:
        from .text import text

        return text(self.picture)

    def __repr__(self) -> str:
        return str(self)

    @cached_property
    def shown(self) -> str | None:
        """The SVG that a notebook shows; None where no engine is installed, or its layout fails."""
        try:
            return self.svg()
        except (MissingPackageError, LayoutError):
            return None

    def _repr_svg_(self) -> str | None:
        return None if self.format in ("text", "png") else self.shown

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        from .svg import inlined

        bundle: dict[str, Any] = {"text/plain": str(self)}
        if self.format == "text":
            return bundle
        if self.shown is None:
            why = (
                REMEDY if engine() is None else "The layout failed or took too long: shown as text."
            )
            bundle["text/plain"] += f"\n{why}"
        elif self.format == "png":
            with contextlib.suppress(Exception):
                bundle["image/png"] = self.rendered("png", legend=bool(self.legend))
        else:
            bundle["text/html"] = f'<div style="overflow:auto">{inlined(self.shown)}</div>'
        return bundle


def written_whole(path: Path, content: bytes) -> None:
    """Write beside the file and put it in place, so that no half-written file is ever seen."""
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(path.parent))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
