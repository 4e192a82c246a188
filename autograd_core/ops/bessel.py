"""``np.i0`` and its derivatives of every order, without SciPy.

``autograd_core/scipy/special.py`` has the other Bessel functions, by SciPy's names.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..arrays import as_kin, numbers
from ..batching.rules import leading
from ..primitive import OPS, Primitive
from ..rows import implements
from ..sampling import normal
from ..zeros import everywhere

LARGEST = 1e4
"""Beyond, every derivative overflows."""


def moment(x: Any, order: int) -> Any:
    """``i0`` derived ``order`` times: the mean of ``cos(a)**order exp(x cos(a))`` on the circle.

    By the trapezoidal rule, whose error falls off faster than any power of the number of angles.
    Opposite angles are taken together, so that odd derivatives are exactly 0 at 0. The exponent is
    halved, because the mean is finite where ``exp(x)`` no longer is.
    """
    wide = np.clip(numbers(x), -LARGEST, LARGEST)
    size = np.abs(wide)
    n = 6 + int(3 * math.sqrt(np.max(size, initial=0.0, where=np.isfinite(size))))
    cosine = as_kin(np.cos(np.pi * (np.arange(n) + 0.5) / (2 * n)), x)
    ahead, behind = (np.exp(sign * wide[..., None] * cosine - size[..., None]) for sign in (1, -1))
    shifted = ahead + (-1) ** order * behind
    half = np.exp(size / 2)
    return (shifted @ cosine**order / (2 * n) * half * half).astype(np.result_type(x))[()]


i0_: Primitive = Primitive(
    lambda x, *, order: np.i0(x) if order == 0 else moment(x, order),
    [lambda g, out, x, order: g * i0_(x, order=order + 1)],
    [lambda t, out, x, order: t * i0_(x, order=order + 1)],
    zeros=everywhere,
    batch=leading,
    sample=normal((3, 2), order=0),
    name="i0",
)
OPS.append(i0_)


@implements(np.i0)
def i0(x: Any) -> Any:
    """``np.i0`` of a Node; its derivative is the modified Bessel function of order 1."""
    return i0_(x, order=0)
