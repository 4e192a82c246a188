"""A continuous distribution: a few functions of the standardised variable, with SciPy's methods.

Without a Node among the arguments a method is SciPy's own; outside the support the gradient is 0.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from ...building import holds_node
from ...node import value_of
from ..mapping import mapped
from .distribution import Distribution, Function


def positive(*shapes: Any) -> Any:
    """Whether all shape parameters are."""
    return functools.reduce(np.logical_and, [x > 0 for x in shapes], True)


class Continuous(Distribution):
    """A family of densities ``pdf((x - loc)/scale, *shapes)/scale``.

    Parameters
    ----------
    name, shapes : str
        SciPy's name, and those of its shape parameters.
    logpdf, cdf : callable
        ``f(y, *shapes)`` of the standardised variable, inside the support, in plain NumPy.
    sf, logcdf, logsf : callable, optional
        Where they can be had more exactly than from ``cdf``.
    ppf, isf : callable, optional
        ``f(q, *shapes)``.
    support : pair of float
        Of the standardised variable.
    inner : float
        A point inside the support: it stands in for points outside.
    """

    places = ("loc", "scale")

    def __init__(
        self,
        name: str,
        shapes: str = "",
        *,
        logpdf: Function,
        cdf: Function,
        sf: Function | None = None,
        logcdf: Function | None = None,
        logsf: Function | None = None,
        ppf: Function,
        isf: Function | None = None,
        support: tuple[float, float] = (-np.inf, np.inf),
        inner: float = 0.5,
        domain: Function | None = None,
    ) -> None:
        self.ends, self.inner = support, inner
        super().__init__(name, shapes)
        survival = sf or (lambda y, *s: 1 - cdf(y, *s))
        self.functions = {
            "logpdf": logpdf,
            "cdf": cdf,
            "sf": survival,
            "logcdf": logcdf or (lambda y, *s: np.log(cdf(y, *s))),
            "logsf": logsf or (lambda y, *s: np.log(survival(y, *s))),
            "ppf": ppf,
            "isf": isf or (lambda q, *s: ppf(1 - q, *s)),
        }
        self.domain = domain or positive

    def documentation(self) -> str | None:
        """Its docstring."""
        methods = "``logpdf pdf cdf sf logcdf logsf ppf isf`` are differentiated by every argument"
        point = (self.inner, *(2.0 for _ in self.shapes))
        example = f"ag.check_grads(stats.{self.name}.logpdf, {point}, order=1) < 1e-6"
        return self.documented("logpdf", methods, example)

    def logpdf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of the density, -inf outside the support."""
        if not holds_node([x, *args, *keywords.values()]):
            return self.scipys.logpdf(x, *args, **keywords)
        scale = self.bound(args, keywords)[-1]
        low, high = self.ends
        closed = lambda y: (y >= low) & (y <= high) & np.isfinite(y)
        value = self.inside("logpdf", closed, -np.inf, -np.inf, x, args, keywords)
        return value - np.log(np.where(value_of(scale) > 0, scale, 1))

    def pdf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The density, 0 outside the support."""
        if not holds_node([x, *args, *keywords.values()]):
            return self.scipys.pdf(x, *args, **keywords)
        return np.exp(self.logpdf(x, *args, **keywords))

    def cdf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The probability of at most x."""
        return self.cumulative("cdf", 0, 1, x, args, keywords)

    def sf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The probability of more than x."""
        return self.cumulative("sf", 1, 0, x, args, keywords)

    def logcdf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of ``cdf``."""
        return self.cumulative("logcdf", -np.inf, 0, x, args, keywords)

    def logsf(self, x: Any, *args: Any, **keywords: Any) -> Any:
        """The logarithm of ``sf``."""
        return self.cumulative("logsf", 0, -np.inf, x, args, keywords)

    def ppf(self, q: Any, *args: Any, **keywords: Any) -> Any:
        """Where ``cdf`` is q."""
        return self.quantile("ppf", *self.ends, q, args, keywords)

    def isf(self, q: Any, *args: Any, **keywords: Any) -> Any:
        """Where ``sf`` is q."""
        return self.quantile("isf", *self.ends[::-1], q, args, keywords)

    def cumulative(self, kind: str, below: float, above: float, *call: Any) -> Any:
        """A function that is constant on either side of the support."""
        x, args, keywords = call
        if not holds_node([x, *args, *keywords.values()]):
            return getattr(self.scipys, kind)(x, *args, **keywords)
        low, high = self.ends
        return self.inside(kind, lambda y: (y > low) & (y < high), below, above, *call)

    @mapped
    def inside(self, kind: str, support: Function, below: float, above: float, *call: Any) -> Any:
        """A function of the standardised variable, constants outside; NaN for bad parameters."""
        x, args, keywords = call
        *shapes, loc, scale = self.bound(args, keywords)
        x = x if hasattr(x, "dtype") else np.asarray(x, dtype=float)
        valid = (value_of(scale) > 0) & self.domain(*map(value_of, shapes))
        fitting = [np.where(valid, s, 1) for s in shapes] if not np.all(valid) else shapes
        y = (x - loc) * np.float64(1) / (np.where(valid, scale, 1) if not np.all(valid) else scale)
        plain = value_of(y)
        within = support(plain)
        value = self.functions[kind](np.where(within, y, self.inner), *fitting)
        value = np.where(within, value, np.where(plain <= self.ends[0], below, above))
        return np.where(valid & ~np.isnan(plain), value, np.nan)

    @mapped
    def quantile(self, kind: str, first: float, last: float, *call: Any) -> Any:
        """A function of probabilities: the ends of the support at 0 and 1, NaN beyond."""
        q, args, keywords = call
        if not holds_node([q, *args, *keywords.values()]):
            return getattr(self.scipys, kind)(q, *args, **keywords)
        *shapes, loc, scale = self.bound(args, keywords)
        q = q if hasattr(q, "dtype") else np.asarray(q, dtype=float)
        plain = value_of(q)
        valid = (value_of(scale) > 0) & self.domain(*map(value_of, shapes))
        shapes = [np.where(valid, s, 1) for s in shapes] if not np.all(valid) else shapes
        within = (plain > 0) & (plain < 1)
        y = self.functions[kind](np.where(within, q * np.float64(1), 0.5), *shapes)
        y = np.where(within, y, np.where(plain <= 0, first, last))
        return np.where(valid & (plain >= 0) & (plain <= 1), y * scale + loc, np.nan)
