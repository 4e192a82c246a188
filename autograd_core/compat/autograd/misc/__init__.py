"""autograd's extras: flattening of containers, optimisers, fixed points and graph tracers."""

from .flatten import flatten
from .tracers import const_graph

__all__ = ["const_graph", "flatten"]
