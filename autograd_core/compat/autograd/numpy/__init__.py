"""NumPy for autograd programs: NumPy's own functions, and what it cannot dispatch to a Node."""

from __future__ import annotations

from typing import Any

import numpy as _np

from ..forwarding import first_of
from . import entries as _entries
from . import fft as fft
from . import linalg as linalg
from . import numpy_boxes as numpy_boxes
from . import numpy_vspaces as numpy_vspaces
from . import random as random

_lookup = first_of(__name__, [_entries.__name__, "autograd_core.numpy", "numpy"])  # in this order

_names = [name for name in _np.__all__ if not name.startswith("__")]
__all__ = sorted({*_names, "fft", "linalg", "numpy_boxes", "numpy_vspaces", "random"})


def __getattr__(name: str) -> Any:
    return _entries.of_lists(_lookup(name))
