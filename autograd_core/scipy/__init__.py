"""SciPy's names for what NumPy's protocols cannot dispatch to a Node; so far ``special``."""

from . import special

__all__ = ["special"]
