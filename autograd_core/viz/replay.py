"""What happens in a computation, event by event: every result, then every cotangent as it arrives.

The events are an explanation's (``explanation.py``); ``html.py`` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..errors import AutogradError
from ..graph import ancestry
from ..node import Node
from .explanation import Explanation

LONGEST = 400
"""Operations beyond which there is no replay."""


class Event(NamedTuple):
    """One step: a node computed, or one that gives a cotangent to an operand."""

    kind: str
    """forward or backward."""
    node: int
    """The birth of the node that acts."""
    target: int
    """The birth of the node that gets a value or a cotangent."""
    text: str
    figure: str


def events(ends: Sequence[Node], names: Mapping[str, Any]) -> tuple[list[Event], str]:
    """The events of a computation and its backward pass; without them, why there are none."""
    count = len(ancestry([end for end in ends if end.requires_grad]).order)
    if count > LONGEST:
        return [], f"no replay: {count:,} operations are more than {LONGEST}"
    try:
        told = Explanation(ends, names)
    except AutogradError as error:
        return [], f"no replay: {error}"
    return [Event(*event) for event in told.events], ""
