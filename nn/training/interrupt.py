"""Ctrl-C while training: noted, and acted on between two steps, so that none is left half done."""

from __future__ import annotations

import signal
import threading
from typing import Any


class Interrupt:
    """Whether Ctrl-C was pressed while the body ran; pressed again it raises as it does elsewhere.

    Where the program has a handler of its own, and in other threads than the main one, nothing is
    changed.

    Attributes
    ----------
    pressed : bool
    """

    def __init__(self) -> None:
        self.pressed = False
        self.before: Any = None

    def __enter__(self) -> Interrupt:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def __exit__(self, *error: object) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
            self.before = None

    def note(self, *given: Any) -> None:
        """Handle the signal."""
        if self.pressed:
            if self.before is not None:  # another may come on the way out of here
                signal.signal(signal.SIGINT, self.before)
            raise KeyboardInterrupt
        self.pressed = True
