"""``numpy.linalg`` for autograd programs, whose functions NumPy dispatches to Nodes by itself."""

import numpy.linalg as _module
from numpy.linalg import *  # noqa: F403

__all__ = list(_module.__all__)
