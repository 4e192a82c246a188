"""What nodes share: the mode in which they were recorded, and what few of them have of their own.

``node.py`` keeps one ``Details`` per node; ``modes.py`` has what users change the mode with.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any


class Details:
    """What few nodes have of their own: a name, a gradient. The others share those of their mode.

    A slot less in every node is a word less that Python's garbage collector looks at.
    """

    __slots__ = ("grad", "line", "live", "name", "scope", "shared")

    def __init__(
        self,
        scope: tuple[str, ...] = (),
        *,
        name: str | None = None,
        live: bool = True,
        shared: bool = False,
    ) -> None:
        self.scope, self.name, self.live, self.shared = scope, name, live, shared
        self.grad: Any = None
        self.line = ""  # file and line of the user's that made it, where somebody asked for it


CONSTANT = Details(live=False, shared=True)
"""The details of constants without a name."""

NO_PARAMS: dict[str, Any] = {}


class Mode:
    """What happens to a result: where it belongs in a picture, and who else wants to see it."""

    __slots__ = ("details", "inner", "scope", "watch")

    def __init__(self, scope: tuple[str, ...] = (), watch: Any = None) -> None:
        self.scope, self.watch = scope, watch
        self.details = Details(scope, shared=True)
        self.inner: dict[str, Mode] = {}

    def within(self, name: str) -> Mode:
        """The mode of a part of that name: made once, since parts are run again and again."""
        mode = self.inner.get(name)
        if mode is None:
            if len(self.inner) > 255:  # names that never come again
                self.inner.clear()
            mode = self.inner[name] = Mode((*self.scope, name), self.watch)
        return mode


MODE: ContextVar[Mode | None] = ContextVar("autograd_core mode", default=Mode())  # noqa: B039 (never changed)
"""The mode of this thread and task; None while nothing is recorded."""
