"""``numpy.fft`` for autograd programs, whose functions NumPy dispatches to Nodes by itself."""

import numpy.fft as _module
from numpy.fft import *  # noqa: F403

__all__ = list(_module.__all__)
