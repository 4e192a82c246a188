"""What code says to a compiler that may be watching: ``callback``, ``mutable``, ``guard``.

Outside of a trace they do next to nothing. What watches is ``compiler/trace.py``; ``nn`` and users
whose state lives outside of Nodes speak to it here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy as np

Answer = TypeVar("Answer")
KNOWN = (np.ndarray, np.bool_, bool)

TRACE: ContextVar[Any] = ContextVar("autograd_core trace", default=None)
"""What is being traced in this thread and task; None mostly."""


class Untraceable(Exception):  # noqa: N818 (no error: a rule is called as a whole instead)
    """A rule looked at a value that is only known when the program runs."""


def is_compiling() -> bool:
    """Whether what runs here is being written down by `compile`.

    Examples
    --------
    >>> ag.is_compiling()
    False
    """
    trace = TRACE.get()
    return trace is not None and bool(trace.writes)


def some(mask: Any) -> bool:
    """Whether an entry is True, for a rule that is simpler where none is.

    Where that is not known, in a program or for a whole batch at once, it may be so.
    """
    return not isinstance(mask, KNOWN) or bool(np.any(mask))


def every(mask: Any) -> bool:
    """Whether all entries are True, for a rule that is simpler then; False where unknown."""
    return isinstance(mask, KNOWN) and bool(np.all(mask))


def callback(function: Callable[..., Answer], *args: Any) -> Answer:
    """``function(*args)``, in a compiled program called anew each time it runs.

    For what NumPy does not compute: random draws, counters, a learning rate that changes. Without
    arguments it is called before the rest of the program runs.

    Parameters
    ----------
    function : callable
        Returns a number, an array of always the same shape and dtype, or None.
    *args : array_like
        Arrays; inside a compiled program the function sees their values.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noisy = ag.compile(lambda x: x + ag.callback(lambda: rng.normal(size=2)))
    >>> first, second = noisy(np.zeros(2)), noisy(np.zeros(2))
    >>> bool(np.all(first != second))
    True
    """
    trace = TRACE.get()
    return function(*args) if trace is None else trace.callback(function, args)


def mutable(array: Any) -> Any:
    """An array of yours that is about to change in place, as compiled programs must know it.

    Parameters
    ----------
    array : numpy.ndarray
        A compiled program reads and changes this very array, each time it runs.

    Returns
    -------
    numpy.ndarray
        The array itself, or what stands for it while a function is compiled.

    Examples
    --------
    >>> total = np.zeros(2)
    >>> def gather(x):
    ...     kept = ag.mutable(total)
    ...     kept += x
    >>> gather = ag.compile(gather)
    >>> for _ in range(3):
    ...     gather(np.ones(2))
    >>> total
    array([3., 3.])
    """
    trace = TRACE.get()
    return array if trace is None else trace.memory(array)


def guard(function: Callable[[], Answer]) -> Answer:
    """The answer of a function of Python state, on which what is compiled here depends.

    A compiled program asks again before every run; at another answer the function is traced anew.

    Parameters
    ----------
    function : callable
        Cheap, of no arguments; its answers are compared with ``==``.

    Examples
    --------
    >>> options = {"double": False}
    >>> f = ag.compile(lambda x: x * 2 if ag.guard(lambda: options["double"]) else x)
    >>> before = f(1.5), f(1.5)
    >>> options["double"] = True
    >>> before, f(1.5)
    ((1.5, 1.5), 3.0)
    """
    trace = TRACE.get()
    return function() if trace is None else trace.guard(function)
