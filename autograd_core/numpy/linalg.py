"""``numpy.linalg`` by its own names. Linear algebra is dispatched to Nodes by NumPy."""

from typing import TYPE_CHECKING

from ..forwarding import forwarding

if TYPE_CHECKING:
    from numpy.linalg import *  # noqa: F403

__getattr__, __dir__, __all__ = forwarding(__name__, "numpy.linalg")
