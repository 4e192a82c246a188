"""``numpy.fft`` by its own names. Fourier transforms are dispatched to Nodes by NumPy."""

from typing import TYPE_CHECKING

from ..forwarding import forwarding

if TYPE_CHECKING:
    from numpy.fft import *  # noqa: F403

__getattr__, __dir__, __all__ = forwarding(__name__, "numpy.fft")
