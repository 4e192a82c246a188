"""``numpy.random`` by its own names. A draw does not depend on Nodes."""

from typing import TYPE_CHECKING

from ..forwarding import forwarding

if TYPE_CHECKING:
    from numpy.random import *  # noqa: F403

__getattr__, __dir__, __all__ = forwarding(__name__, "numpy.random")
