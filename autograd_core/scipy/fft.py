"""``scipy.fft`` by its own names; the Fourier transforms are NumPy's, and so differentiable.

``workers`` and ``overwrite_x`` mean nothing to them. Cosine, sine and Hankel transforms refuse a
live Node.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.fft

from ..building import holds_node
from ..errors import unsupported
from ..forwarding import forwarding
from .callbacks import joined

if TYPE_CHECKING:
    from scipy.fft import *  # noqa: F403


def of_one_axis(name: str) -> Callable[..., Any]:
    """A transform along one axis."""
    theirs, numpys = getattr(scipy.fft, name), getattr(np.fft, name)

    @functools.wraps(theirs)
    def transform(
        x: Any,
        n: Any = None,
        axis: int = -1,
        norm: Any = None,
        overwrite_x: bool = False,
        workers: Any = None,
        *,
        plan: Any = None,
    ) -> Any:
        if not holds_node(x):
            return theirs(x, n, axis, norm, overwrite_x, workers, plan=plan)
        refuse_plan(name, plan)
        return numpys(joined(x), n, axis, norm)

    return transform


def of_axes(name: str, default: Any) -> Callable[..., Any]:
    """A transform along several axes."""
    theirs, numpys = getattr(scipy.fft, name), getattr(np.fft, name)

    @functools.wraps(theirs)
    def transform(
        x: Any,
        s: Any = None,
        axes: Any = default,
        norm: Any = None,
        overwrite_x: bool = False,
        workers: Any = None,
        *,
        plan: Any = None,
    ) -> Any:
        if not holds_node(x):
            return theirs(x, s, axes, norm, overwrite_x, workers, plan=plan)
        refuse_plan(name, plan)
        if s is not None and axes is None:
            axes = tuple(range(-len(s), 0))
        return numpys(joined(x), s, axes, norm)

    return transform


def refuse_plan(name: str, plan: Any) -> None:
    """``plan=`` is for other libraries."""
    if plan is not None:
        raise unsupported(f"scipy.fft.{name}", "plan", plan, "Leave it out.")


fft, ifft, rfft, irfft, hfft, ihfft = map(
    of_one_axis, ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")
)
fft2, ifft2, rfft2, irfft2 = (of_axes(n, (-2, -1)) for n in ("fft2", "ifft2", "rfft2", "irfft2"))
fftn, ifftn, rfftn, irfftn = (of_axes(n, None) for n in ("fftn", "ifftn", "rfftn", "irfftn"))
fftshift, ifftshift = np.fft.fftshift, np.fft.ifftshift

__all__ = [
    "fft",
    "fft2",
    "fftn",
    "fftshift",
    "hfft",
    "ifft",
    "ifft2",
    "ifftn",
    "ifftshift",
    "ihfft",
    "irfft",
    "irfft2",
    "irfftn",
    "rfft",
    "rfft2",
    "rfftn",
]

__getattr__, __dir__, _more = forwarding(__name__, "scipy.fft", __all__)
__all__ += _more
