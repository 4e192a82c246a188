"""``scipy.special`` for autograd programs."""

from ..forwarding import first_of

__getattr__ = first_of(__name__, ["autograd_core.scipy.special", "scipy.special"])
