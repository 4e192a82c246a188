"""``scipy.special`` by its own names, its functions that are not ufuncs for Nodes too."""

from typing import TYPE_CHECKING

from ..forwarding import forwarding
from ..ops.special import logsumexp

if TYPE_CHECKING:
    from scipy.special import *  # noqa: F403

__all__ = ["logsumexp"]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.special", __all__)
__all__ += _more
