"""SciPy for autograd programs: this project's functions, and SciPy's own where there are none."""

from . import integrate, linalg, misc, signal, special, stats

__all__ = ["integrate", "linalg", "misc", "signal", "special", "stats"]
