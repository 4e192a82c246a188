"""A discrete distribution: a few functions of a whole number, with SciPy's methods.

Without a Node among the arguments a method is SciPy's own; outside the support the gradient is 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building import holds_node
from ...node import value_of
from ..mapping import mapped
from ..special.orders import constant_order
from .distribution import Distribution, Function


class Discrete(Distribution):
    """A family of probabilities of whole numbers ``k - loc``; k, loc and n are constants.

    Parameters
    ----------
    name, shapes : str
    logpmf, cdf, sf : callable
        ``f(k, *shapes)`` of whole numbers inside the support, in plain NumPy.
    end : callable
        ``end(*shapes)``, the last number of the support, which begins with ``start``.
    domain : callable
        Whether shapes are allowed.
    fixed : str
        Shapes without a derivative.
    """

    def __init__(
        self,
        name: str,
        shapes: str,
        *,
        logpmf: Function,
        cdf: Function,
        sf: Function,
        domain: Function,
        end: Function = lambda *s: np.inf,
        start: int = 0,
        fixed: str = "",
    ) -> None:
        self.fixed = fixed.split()
        super().__init__(name, shapes)
        self.functions = {"logpmf": logpmf, "cdf": cdf, "sf": sf}
        self.domain, self.end, self.start = domain, end, start

    def documentation(self) -> str | None:
        """Its docstring."""
        by = " and ".join(name for name in self.shapes if name not in self.fixed)
        methods = f"``logpmf pmf cdf sf logcdf logsf`` are differentiated by {by}"
        call = ", ".join("5.0" if name == "n" else name for name in self.shapes)
        slope = f"lambda {self.shapes[-1]}: stats.{self.name}.logpmf(1, {call})"
        return self.documented("logpmf", methods, f"ag.check_grads({slope}, (0.4,)) < 1e-6")

    def logpmf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of the probability of k, -inf where there is none."""
        return self.at("logpmf", -np.inf, -np.inf, k, args, keywords)

    def pmf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The probability of k."""
        if not holds_node([k, *args, *keywords.values()]):
            return self.scipys.pmf(k, *args, **keywords)
        return np.exp(self.logpmf(k, *args, **keywords))

    def cdf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The probability of at most k."""
        return self.at("cdf", 0, 1, k, args, keywords)

    def sf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The probability of more than k."""
        return self.at("sf", 1, 0, k, args, keywords)

    def logcdf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of ``cdf``."""
        if not holds_node([k, *args, *keywords.values()]):
            return self.scipys.logcdf(k, *args, **keywords)
        return log_or_minus_infinity(self.cdf(k, *args, **keywords))

    def logsf(self, k: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of ``sf``."""
        if not holds_node([k, *args, *keywords.values()]):
            return self.scipys.logsf(k, *args, **keywords)
        return log_or_minus_infinity(self.sf(k, *args, **keywords))

    @mapped
    def at(self, kind: str, below: float, above: float, *call: Any) -> Any:
        """A function of whole numbers, constants outside the support; NaN for bad parameters."""
        k, args, keywords = call
        if not holds_node([k, *args, *keywords.values()]):
            return getattr(self.scipys, kind)(k, *args, **keywords)
        *shapes, loc = self.bound(args, keywords)
        name = f"scipy.stats.{self.name}.{kind}"
        k = constant_order(name, "k", k) - constant_order(name, "loc", loc)
        shapes = [
            constant_order(name, s, x) if s in self.fixed else x
            for s, x in zip(self.shapes, shapes, strict=True)
        ]
        plain = list(map(value_of, shapes))
        valid, end = self.domain(*plain), self.end(*plain)
        whole = np.floor(k)
        within = (whole >= self.start) & (whole <= end if kind == "logpmf" else whole < end)
        within = within & (k == whole) if kind == "logpmf" else within
        value = self.functions[kind](np.where(within, whole, self.start), *shapes)
        value = np.where(within, value, np.where(k < self.start, below, above))
        return np.where(valid & ~np.isnan(k), value, np.nan)


def log_or_minus_infinity(x: Any) -> Any:
    """A logarithm whose slope is 0 where there is no probability."""
    none = value_of(x) == 0
    return np.where(none, -np.inf, np.log(np.where(none, 1, x)))
