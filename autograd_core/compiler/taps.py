"""Taps: while somebody traces, what leaves hold is read and changed through the trace.

``Node.value`` and ``Details.grad`` are slots; for the time of a trace each is replaced by a
descriptor that asks the trace of the running thread first. Other threads see no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from ..details import Details
from ..node import Node
from ..tracing import TRACE


class Tap:
    """A slot that is read and written through the trace of the thread, if it has one."""

    def __init__(self, owner: type, name: str) -> None:
        self.owner, self.name, self.slot = owner, name, vars(owner)[name]

    def __get__(self, thing: Any, owner: Any = None) -> Any:
        if thing is None:
            return self
        value = self.slot.__get__(thing, owner)
        trace = TRACE.get()
        return trace.read(thing, self.name, value) if writes(trace) else value

    def __set__(self, thing: Any, value: Any) -> None:
        trace = TRACE.get()
        if writes(trace):
            try:
                self.slot.__get__(thing, self.owner)
            except AttributeError:
                trace.write(thing, self.name, value, is_new=True)
            else:
                if trace.write(thing, self.name, value, is_new=False):
                    return
        self.slot.__set__(thing, value)


def writes(trace: Any) -> bool:
    """Whether it writes down what leaves hold; while a run is taken back nothing does."""
    return trace is not None and bool(trace.writes)


TAPS = (Tap(Node, "value"), Tap(Details, "grad"))
LOCK = Lock()
running: set[int] = set()
"""The traces that are running, in all threads, by their ids."""


def open_taps(trace: Any) -> None:
    """Let what this thread reads and changes go through a trace."""
    set_taps(lambda: running.add(id(trace)))
    TRACE.set(trace)


def close_taps(trace: Any) -> None:
    """Let it be as before. ``TRACE`` has to be reset already, by the caller: see ``run_traced``."""
    set_taps(lambda: running.discard(id(trace)))


def set_taps(change: Callable[[], None]) -> None:
    """Have the taps in while there are traces; a call that Ctrl-C breaks off can be made again."""
    with LOCK:
        change()
        for tap in TAPS:
            setattr(tap.owner, tap.name, tap if running else tap.slot)
