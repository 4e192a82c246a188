"""Taps: while somebody traces, what leaves hold is read and changed through the trace.

``Node.value`` and ``Details.grad`` are slots; for the time of a trace each is replaced by a
descriptor that asks the trace of the running thread first. Other threads see no difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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
        return value if trace is None else trace.read(thing, self.name, value)

    def __set__(self, thing: Any, value: Any) -> None:
        trace = TRACE.get()
        if trace is not None:
            try:
                self.slot.__get__(thing, self.owner)
            except AttributeError:
                trace.write(thing, self.name, value, is_new=True)
            else:
                if trace.write(thing, self.name, value, is_new=False):
                    return
        self.slot.__set__(thing, value)


TAPS = (Tap(Node, "value"), Tap(Details, "grad"))
LOCK = Lock()
tracing = 0
"""How many traces are running, in all threads."""


@contextmanager
def tapped(trace: Any) -> Iterator[None]:
    """The body is traced."""
    change(+1)
    token = TRACE.set(trace)
    try:
        yield
    finally:
        TRACE.reset(token)
        change(-1)


def change(step: int) -> None:
    """Put the taps in for the first trace, take them out after the last."""
    global tracing
    with LOCK:
        if tracing + step == 1 and step == 1:
            for tap in TAPS:
                setattr(tap.owner, tap.name, tap)
        elif tracing + step == 0:
            for tap in TAPS:
                setattr(tap.owner, tap.name, tap.slot)
        tracing += step
