"""``scipy.stats`` for autograd programs; each distribution can be imported like a module."""

from __future__ import annotations

import sys
from functools import partial

from ..forwarding import Forwarded, first_of

__path__: list[str] = []  # so that ``import ...stats.norm`` looks for a module inside
__getattr__ = first_of(__name__, ["autograd_core.scipy.stats", "scipy.stats"])

DISTRIBUTIONS = "beta chi2 dirichlet gamma multivariate_normal norm poisson t".split()

for _name in DISTRIBUTIONS:
    _module = Forwarded(f"{__name__}.{_name}", partial(__getattr__, _name))
    sys.modules[f"{__name__}.{_name}"] = _module
