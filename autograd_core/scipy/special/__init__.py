"""``scipy.special`` by its own names: rows for its ufuncs, and its other functions for Nodes.

The ufuncs need not be called from here: importing SciPy's is enough, for a Node answers NumPy's
protocol. What has no rule refuses a live Node, by name.
"""

from typing import TYPE_CHECKING

from ...forwarding import forwarding
from . import (
    bessel,
    elementary,
    entropies,
    error_functions,
    gammas,
    hypergeometric,
    incomplete,
    student,
)
from .elementary import lambertw
from .gammas import comb, factorial, multigammaln, polygamma, zeta
from .sums import log_softmax, logsumexp, softmax

if TYPE_CHECKING:
    from scipy.special import *  # noqa: F403

TABLES = (
    bessel,
    elementary,
    entropies,
    error_functions,
    gammas,
    hypergeometric,
    incomplete,
    student,
)
"""The modules whose rows SciPy's ufuncs find."""

__all__ = [
    "comb",
    "factorial",
    "lambertw",
    "log_softmax",
    "logsumexp",
    "multigammaln",
    "polygamma",
    "softmax",
    "zeta",
]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.special", __all__)
__all__ += _more
