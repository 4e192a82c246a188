"""The tables: one row per op, grouped as NumPy's documentation groups its functions.

Importing this package fills the registry. To add an op, add a row to the file of its kind.
"""

from . import (
    elementwise,
    indexing,
    linalg,
    queries,
    reductions,
    shaping,
    special,
    spreads,
    ufunc_methods,
    writing,
)

__all__ = [
    "elementwise",
    "indexing",
    "linalg",
    "queries",
    "reductions",
    "shaping",
    "special",
    "spreads",
    "ufunc_methods",
    "writing",
]
