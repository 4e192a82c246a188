"""What happens while operations run, per thread and task: no_grad, scope, detect_anomaly.

Each is a context manager and a decorator, and restores what it found, whatever the body raises.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from .arrays import to_numpy
from .batching.batched import inside
from .details import MODE, Mode
from .errors import AnomalyError, describe
from .mode_changes import ModeChange
from .node import Node, value_of

PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def no_grad(function: Callable[..., Any] | None = None) -> Any:
    """Record nothing: results are constant Nodes, as if no argument carried a gradient.

    A context manager and a decorator, for functions, generators and coroutines. Transforms such as
    ``grad`` still record what they differentiate.

    Parameters
    ----------
    function : callable, optional
        To decorate; without it the result is a context manager.

    Returns
    -------
    callable or context manager

    Examples
    --------
    >>> x = ag.Node(2.0)
    >>> with ag.no_grad():
    ...     y = x * 3
    >>> y.requires_grad
    False
    """
    change = ModeChange(lambda mode: None)
    return change if function is None else change(function)


def is_recording() -> bool:
    """Whether operations are recorded here: False inside ``no_grad``.

    Returns
    -------
    bool

    Examples
    --------
    >>> with ag.no_grad():
    ...     ag.is_recording()
    False
    """
    return MODE.get() is not None


class Scope(ModeChange):
    """What ``scope`` returns: as cheap as can be, since every call of every module enters one."""

    def __init__(self, name: str) -> None:
        self.name, self.tokens = name, []

    def __enter__(self) -> Scope:
        self.tokens.append(MODE.set(self.change(MODE.get())))
        return self

    def __exit__(self, *error: object) -> None:
        MODE.reset(self.tokens.pop())

    def change(self, mode: Mode | None) -> Mode | None:
        """The mode inside."""
        return mode and mode.within(self.name)


def scope(name: str) -> ModeChange:
    """Name the part of a computation that runs inside: pictures draw it as one group.

    Parameters
    ----------
    name : str

    Returns
    -------
    context manager

    Examples
    --------
    >>> x = ag.Node(2.0)
    >>> with ag.scope("encoder"), ag.scope("layer 1"):
    ...     y = x * 3
    >>> y.scope
    ('encoder', 'layer 1')
    """
    return Scope(name)


def detect_anomaly() -> ModeChange:
    """Stop at the first NaN or infinity that a result or a gradient makes of finite numbers.

    The ``AnomalyError`` names the operation, the shapes and statistics of its operands, and the
    line of your code that called it. A constant changed in place between forward and backward is
    reported too. Slow: for debugging.

    Examples
    --------
    >>> x = ag.Node(0.0)
    >>> with ag.detect_anomaly(), np.errstate(divide="ignore"):
    ...     y = np.log(x)
    Traceback (most recent call last):
        ...
    autograd_core.errors.AnomalyError: log(float) expected a finite result, got 1 inf at
    <doctest ...>...
    """
    return ModeChange(lambda mode: mode and Mode(mode.scope, Watch()))


class Lines:
    """Remembers which line of the user's made each node, and looks at nothing."""

    def made(self, node: Node) -> None:
        """Remember the line."""
        node.own_details().line = caller()

    def arrived(self, node: Node, g: Any, i: int, c: Any) -> None:
        """Nothing: a cotangent has no line."""

    def pushed(self, node: Node, incoming: list[Any], t: Any) -> None:
        """Nothing: a tangent has no line."""


class Watch:
    """Looks at every result and every cotangent, and remembers which line made which node."""

    def __init__(self) -> None:
        self.lines: dict[Node, str] = {}
        self.sums: dict[Node, list[Any]] = {}

    def made(self, node: Node) -> None:
        """Look at a new result."""
        self.lines[node] = node.own_details().line = caller()
        self.sums[node] = [fingerprint(p) for p in node.parents]
        if not finite(node.value) and all(finite(value_of(p)) for p in node.parents):
            raise AnomalyError(
                f"{called(node)} expected a finite result, "
                f"got {count(node.value)} {self.where(node)}"
            )

    def arrived(self, node: Node, g: Any, i: int, c: Any) -> None:
        """Look at the cotangent that ``node`` gives to its argument ``i``, having got ``g``."""
        if node in self.sums and self.sums[node] != [fingerprint(p) for p in node.parents]:
            raise AnomalyError(
                f"{called(node)} expected its operands unchanged since the forward pass, "
                f"got one changed in place {self.where(node)} Copy the array before changing it."
            )
        if not finite(value_of(c)) and finite(value_of(g)):
            raise AnomalyError(
                f"The gradient of {called(node)} with respect to argument {i} expected to be "
                f"finite, got {count(value_of(c))} {self.where(node)}"
            )

    def pushed(self, node: Node, incoming: list[Any], t: Any) -> None:
        """Look at the tangent of ``node``, made from those of its arguments."""
        if not finite(value_of(t)) and all(finite(value_of(x)) for x in incoming if x is not None):
            raise AnomalyError(
                f"The tangent of {called(node)} expected to be finite, "
                f"got {count(value_of(t))} {self.where(node)}"
            )

    def where(self, node: Node) -> str:
        """The user's line, and what to do."""
        return f"at {self.lines.get(node, 'an unknown line (computed outside detect_anomaly)')}."


def caller() -> str:
    """File and line of the innermost frame outside this package and NumPy."""
    numpy = os.path.dirname(np.__file__) + os.sep
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((PACKAGE, numpy)):
        frame = frame.f_back
    return f"{line_of(frame.f_code.co_filename, frame.f_lineno)} in {frame.f_code.co_name}"


def line_of(file: str, number: int) -> str:
    """A line of a file; of a notebook's cell, which has no file to open, as its tracebacks say."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    cell = getattr(shell and shell.compile, "format_code_name", lambda file: None)(file)
    return f"{' '.join(cell)}, line {number}" if cell else f"{file}:{number}"


def called(node: Node) -> str:
    """An operation with its operands' dtypes and shapes."""
    return f"{node.op.name}({', '.join(map(describe, node.parents))})"  # type: ignore[union-attr]


def finite(value: Any) -> bool:
    """Whether all numbers in an array, number or tuple are finite."""
    if isinstance(value, tuple):
        return all(map(finite, value))
    value = to_numpy(value_of(inside(value)))
    return value.dtype.kind not in "fc" or bool(np.isfinite(value).all())


def count(value: Any) -> str:
    """How many NaNs and infinities there are."""
    value = (
        np.concatenate([np.ravel(to_numpy(v)) for v in value])
        if isinstance(value, tuple)
        else to_numpy(value_of(inside(value)))
    )
    nan, inf = int(np.isnan(value).sum()), int(np.isinf(value).sum())
    return " and ".join(f"{n} {kind}" for n, kind in ((nan, "NaN"), (inf, "inf")) if n)


def fingerprint(x: Any) -> Any:
    """Something that changes when the array does."""
    x = value_of(x)
    return hash(x.tobytes()) if isinstance(x, np.ndarray) else None
