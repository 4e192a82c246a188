"""Ops that step, split numbers into parts and take signs or angles.

Between jumps each is constant or linear. The commoner ones (``floor``, ``rint``, ``sign``,
``remainder``, ...) are in ``elementwise.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..node import value_of
from ..rows import elementwise, implements, is_complex, row
from ..sampling import positive, uniform
from ..zeros import everywhere
from .shaping import refuse_out


def quotients(rng: np.random.Generator) -> Any:
    """Dividends and divisors of both signs, no quotient near a whole number."""
    return (np.array([5.3, -7.7, 8.2]), np.array([2.0, 3.0, -2.5])), {}


# steps
elementwise(
    np.heaviside,
    0,
    lambda out, x, h: value_of(x) == 0,
    selects=True,
    sample=[
        lambda rng: ((np.array([-1.3, 0.7, 1.1]), rng.normal(size=3)), {}),
        lambda rng: ((np.array([-1, 0, 1], np.int8), rng.normal(size=3)), {}),
    ],
)
elementwise(np.nextafter, 1, 0, sample=positive((3, 2), (2,)))
elementwise(np.spacing, 0, sample=uniform(1.1, 1.9, (3, 2)))


@implements(np.fix)
def fix(x: Any, out: Any = None) -> Any:
    """``np.fix`` of a Node."""
    refuse_out("np.fix", out)
    return np.trunc(x)


# remainders and parts
elementwise(
    np.fmod,
    1,
    lambda out, x, y: -np.rint((value_of(x) - value_of(out)) / value_of(y)),
    sample=quotients,
)


@implements(np.divmod)
def divmod(x1: Any, x2: Any, /) -> tuple[Any, Any]:
    """``np.divmod`` of Nodes."""
    return np.floor_divide(x1, x2), np.remainder(x1, x2)


fraction = elementwise(lambda x: np.modf(x)[0], 1, sample=uniform(1.1, 1.9, (3, 2)))
fraction.name = "fraction"


@implements(np.modf)
def modf(x: Any, /) -> tuple[Any, Any]:
    """``np.modf`` of a Node: the fraction has slope 1, the whole part 0."""
    return fraction(x), np.trunc(x)


row(
    np.ldexp,
    [lambda g, out, x, exponent: np.ldexp(g, exponent), None],
    [lambda t, out, x, exponent: np.ldexp(t, exponent), None],
    zeros=everywhere,
    sample=lambda rng: ((rng.normal(size=(3, 2)), np.array([2, -1])), {}),
)


@implements(np.frexp)
def frexp(x: Any, /) -> tuple[Any, Any]:
    """``np.frexp`` of a Node; the exponent is plain."""
    exponent = np.frexp(value_of(x))[1]
    return np.ldexp(x, -exponent), exponent


# signs and angles
elementwise(
    np.copysign,
    lambda out, x, y: np.sign(x) * np.copysign(np.ones_like(value_of(x)), value_of(y)),
    0,
    sample=lambda rng: ((np.array([-1.3, 0.7, 1.1]), np.array([0.4, -0.8, 0.9])), {}),
)


@implements(np.angle)
def angle(z: Any, deg: bool = False) -> Any:
    """``np.angle`` of a Node; the derivative is 0 at 0."""
    parts = (z.imag, z.real) if is_complex(z) else (0, z)
    radians = np.arctan2(*parts)
    return radians * (180 / np.pi) if deg else radians
