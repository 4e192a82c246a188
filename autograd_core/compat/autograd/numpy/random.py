"""``numpy.random`` for autograd programs: draws do not depend on Nodes."""

import numpy.random as _module
from numpy.random import *  # noqa: F403

__all__ = list(_module.__all__)
