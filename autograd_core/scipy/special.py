"""``scipy.special``'s functions that are not ufuncs, for Nodes and arrays alike."""

from ..ops.special import logsumexp

__all__ = ["logsumexp"]
