"""``scipy.interpolate`` by its own names; its functions refuse Nodes, by name."""

from typing import TYPE_CHECKING

from ..forwarding import forwarding

if TYPE_CHECKING:
    from scipy.interpolate import *  # noqa: F403

__getattr__, __dir__, __all__ = forwarding(__name__, "scipy.interpolate")
