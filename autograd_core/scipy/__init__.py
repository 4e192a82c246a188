"""SciPy's own names, and what NumPy's protocols cannot dispatch to a Node.

Subpackages are imported when first asked for; those that are not listed here are SciPy's. The
ufuncs of ``scipy.special`` know Nodes by themselves, so ``scipy.special.erf(node)`` needs none of
this.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..forwarding import forwarding

if TYPE_CHECKING:
    from . import fft, integrate, interpolate, linalg, optimize, signal, special, stats

__all__ = ["fft", "integrate", "interpolate", "linalg", "optimize", "signal", "special", "stats"]

_scipys, __dir__, _ = forwarding(__name__, "scipy", __all__)


def __getattr__(name: str) -> Any:
    return import_module(f"{__name__}.{name}") if name in __all__ else _scipys(name)
