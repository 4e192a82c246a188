"""What programs import from autograd's rules to write their own: sums over broadcast axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy

from ....broadcasting import fold
from ....node import value_of

np: Any = numpy  # NumPy's stubs do not know Nodes


def unbroadcast(x: Any, target_meta: Any, broadcast_idx: int = 0) -> Any:
    """A cotangent summed to the shape that ``np.shape(target)`` begins ``target_meta`` with."""
    shape, _, _, is_complex = target_meta
    x = fold(x, shape=tuple(shape))
    return x if is_complex else np.real(x)


def unbroadcast_f(target: Any, f: Callable[..., Any]) -> Callable[..., Any]:
    """A vjp whose cotangent is summed to the shape of ``target``."""
    value = value_of(target)
    meta = (np.shape(value), np.ndim(value), np.result_type(value), np.iscomplexobj(value))
    return lambda g: unbroadcast(f(g), meta)


def match_complex(target: Any, x: Any) -> Any:
    """``x`` real if ``target`` is, complex if it is."""
    if np.iscomplexobj(value_of(target)):
        return x + 0j
    return np.real(x)


def replace_zero(x: Any, val: Any) -> Any:
    """``x`` with zeros replaced."""
    return np.where(value_of(x) != 0, x, val)


def balanced_eq(x: Any, z: Any, y: Any) -> Any:
    """Where x equals z; a half where y does too."""
    return (x == z) / (1.0 + (x == y))
