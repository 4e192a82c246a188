"""The tables: one row per op, grouped as NumPy's documentation groups its functions.

Importing this package fills the registry with what most programs use; the tables in ``LATE`` are
imported when a function of theirs is first met. To add an op, add a row to the file of its kind.
"""

from importlib import import_module

from ..primitive import OPS, Primitive
from ..registry import LATE
from . import (
    cumulative,
    einsum,
    elementwise,
    extremes,
    gathering,
    indexing,
    joining,
    powers,
    products,
    queries,
    reductions,
    shaping,
    spreads,
    writing,
)

LATE.update(
    {
        "autograd_core.ops.ufunc_methods": None,
        "autograd_core.ops.ufunc_keywords": None,
        "autograd_core.ops.rearranging": None,
        "autograd_core.ops.choosing": None,
        "autograd_core.ops.rounding": None,
        "autograd_core.ops.sequences": None,
        "autograd_core.ops.averages": None,
        "autograd_core.ops.quantiles": None,
        "autograd_core.ops.nan_functions": None,
        "autograd_core.ops.sorting": None,
        "autograd_core.ops.padding": None,
        "autograd_core.ops.differences": None,
        "autograd_core.ops.interpolation": None,
        "autograd_core.ops.convolution": None,
        "autograd_core.ops.mapping": None,
        "autograd_core.ops.statistics": None,
        "autograd_core.ops.histograms": None,
        "autograd_core.ops.polynomials": None,
        "autograd_core.ops.solving": None,
        "autograd_core.ops.determinants": None,
        "autograd_core.ops.decompositions": None,
        "autograd_core.ops.spectra": None,
        "autograd_core.ops.singular": None,
        "autograd_core.ops.norms": None,
        "autograd_core.ops.linalg": None,
        "autograd_core.ops.fft": None,
        "autograd_core.ops.bessel": None,
        "autograd_core.scipy.special": "scipy.special",
        "autograd_core.scipy.linalg": "scipy.linalg",
        "autograd_core.scipy.signal": "scipy.signal",
    }
)


def every_row() -> list[Primitive]:
    """Every row of every table whose package is installed, after importing those that wait.

    Examples
    --------
    >>> "sin" in [op.name for op in every_row()]
    True
    """
    for module, package in LATE.items():
        if package is None or importable(package):
            import_module(module)
    return OPS


def importable(package: str) -> bool:
    """Whether an optional package can be imported."""
    try:
        import_module(package)
    except ImportError:
        return False
    return True


__all__ = [
    "cumulative",
    "einsum",
    "elementwise",
    "every_row",
    "extremes",
    "gathering",
    "indexing",
    "joining",
    "powers",
    "products",
    "queries",
    "reductions",
    "shaping",
    "spreads",
    "writing",
]
