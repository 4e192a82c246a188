"""Laying DOT out: by the system's ``dot``, else by the Graphviz inside the ``pygraphviz`` wheel.

Both run with a time limit: the second in a process of its own unless the graph is small, since in
this one it could not be interrupted. What comes back is bytes; ``svg.py`` finishes an SVG.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import warnings

from ..errors import AutogradError, MissingPackageError

TIMEOUT = 20.0
"""Seconds after which a layout is given up."""
SMALL = 100
"""Boxes and arrows up to which pygraphviz is called directly, for an SVG."""
REMEDY = "No layout engine was found: install one with  pip install 'autograd-core[viz]'"

CHILD = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""


class LayoutError(AutogradError, RuntimeError):
    """A layout engine failed, or took too long."""


def engine() -> str | None:
    """Which layout engine is used: "dot", "pygraphviz", or None."""
    if shutil.which("dot"):
        return "dot"
    return "pygraphviz" if importlib.util.find_spec("pygraphviz") else None


def render(source: str, kind: str, *, size: int, timeout: float | None = None) -> bytes:
    """DOT laid out and written as ``kind``: "svg", "png" or "pdf".

    Parameters
    ----------
    source : str
        DOT.
    kind : str
    size : int
        How many boxes and arrows there are.
    timeout : float, optional
        Seconds; ``TIMEOUT`` by default.

    Raises
    ------
    MissingPackageError
        If there is no layout engine.
    LayoutError
        If it failed or took too long.
    """
    found = engine()
    if found is None:
        raise MissingPackageError(f"{REMEDY}.")
    if found == "pygraphviz" and size <= SMALL and kind == "svg":
        return in_process(source, kind)
    if found == "dot":
        command = [str(shutil.which("dot")), f"-T{kind}"]
    else:
        command = [sys.executable, "-P", "-c", CHILD, kind]
    written, said = in_child(command, source, TIMEOUT if timeout is None else timeout)
    if "Fontconfig error" in said and kind != "svg":
        warnings.warn(f"Graphviz found no fonts: the {kind} may lack its text.", stacklevel=2)
    return written


def in_process(source: str, kind: str) -> bytes:
    """Laid out by pygraphviz in this process."""
    import pygraphviz

    graph = pygraphviz.AGraph(string=source)
    try:
        return bytes(graph.draw(format=kind, prog="dot"))
    except (ValueError, OSError) as error:
        raise LayoutError(f"Graphviz could not lay the graph out: {error}") from error
    finally:
        graph.close()


def in_child(command: list[str], source: str, timeout: float) -> tuple[bytes, str]:
    """What a process of its own writes and says; it is ended when the time is up."""
    try:
        done = subprocess.run(  # nosec B603 # a fixed command, no shell; the graph is its input
            command, input=source.encode(), capture_output=True, timeout=timeout, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise LayoutError(
            f"Laying the graph out took more than {timeout:g} s. "
            "Draw a part of it, or fewer levels of its modules with depth=."
        ) from error
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode or not done.stdout:
        raise LayoutError(f"Graphviz could not lay the graph out: {said[-500:] or 'no output'}")
    return done.stdout, said
