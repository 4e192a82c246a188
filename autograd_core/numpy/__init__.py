"""NumPy's own names, and what NumPy cannot dispatch to a Node.

``from autograd_core import numpy as np`` lets a program run whole: ``np.array`` joins Nodes,
``np.full`` spreads one, and a function without a derivative says so by its name. It is also the
namespace of the array API that a Node answers with.
"""

from typing import TYPE_CHECKING

from ..forwarding import forwarding
from . import fft, linalg, random
from .creation import (
    array,
    asanyarray,
    asarray,
    asarray_chkfinite,
    ascontiguousarray,
    asfortranarray,
    full,
    isscalar,
    iterable,
)

if TYPE_CHECKING:
    from numpy import *  # type: ignore[assignment, no-redef] # noqa: F403

__all__ = [
    "array",
    "asanyarray",
    "asarray",
    "asarray_chkfinite",
    "ascontiguousarray",
    "asfortranarray",
    "fft",
    "full",
    "isscalar",
    "iterable",
    "linalg",
    "random",
]

__getattr__, __dir__, _more = forwarding(__name__, "numpy", __all__)
__all__ += _more
