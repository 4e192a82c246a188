"""``check_grads``: whether derivatives agree with the function and with each other.

Three oracles: the adjoint identity <g, J t> = <J^T g, t>, which is exact; central differences; and
both again on the derivative, for second order. A failure names the argument and the entry that is
wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import transforms
from .arrays import to_numpy
from .details import MODE
from .errors import ArgumentError, CheckError, expected
from .tree import flatten

Flat = Callable[..., list[Any]]


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    modes: Sequence[str] = ("reverse", "forward"),
    order: int = 2,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
) -> float:
    """Check the derivatives of a function with respect to every argument.

    Parameters
    ----------
    f : callable
        Returns an array or a container of arrays; smooth near ``args``.
    args : sequence
        Arrays, numbers or containers of them, float or complex. ``f`` is called with NumPy's
        arrays, whatever library these are of.
    modes : sequence of {"reverse", "forward"}
    order : int
        Highest derivative to check.
    rtol, atol : float, optional
        Tolerances of the comparison with differences; by default from the least precise dtype
        involved.
    seed : int
        Of the random directions.

    Returns
    -------
    float
        The largest error found, relative to the size of what was compared.

    Raises
    ------
    CheckError
        Names the mode, the order, the argument and the entry where the disagreement is largest.

    Examples
    --------
    >>> error = ag.check_grads(np.sin, (np.array([0.5, 1.0]),))
    >>> error < 1e-6
    True
    """
    unknown = set(modes) - {"reverse", "forward"}
    if unknown or not modes or order < 1:
        got = f"modes={tuple(modes)}, order={order}"
        cure = "Pass some of these modes, and an order of at least 1."
        raise ArgumentError(
            expected("check_grads", "modes 'reverse' and 'forward' and order >= 1", got, cure)
        )
    whole: Any = seed
    if not isinstance(whole, int | np.integer):
        cure = "Pass for instance seed=0."
        raise ArgumentError(expected("check_grads", "seed, a whole number", f"{type(seed)}", cure))
    leaves, rebuild = flatten(tuple(args))
    leaves = [x if isinstance(x, float | complex) else to_numpy(x) + 0.0 for x in leaves]
    check = Check(
        lambda *xs: flatten(f(*rebuild(list(xs))))[0], leaves, tuple(modes), seed, rtol, atol
    )
    return check.run(order)


class Check:
    """One function at one point, flattened: arrays in, a list of arrays out."""

    def __init__(
        self,
        f: Flat,
        xs: list[Any],
        modes: tuple[str, ...],
        seed: int,
        rtol: float | None,
        atol: float | None,
    ) -> None:
        self.f, self.xs, self.modes, self.seed = f, xs, modes, seed
        self.given = rtol, atol
        self.rng = np.random.default_rng(seed)
        outs = [to_numpy(getattr(x, "value", x)) for x in f(*xs)]
        kinds = [np.asarray(x).dtype for x in xs] + [x.dtype for x in outs if x.dtype.kind in "fc"]
        eps = max(float(np.finfo(kind).eps) for kind in kinds)
        self.step = eps ** (1 / 4.5)
        self.rtol = 20 * eps ** (2 / 3) if rtol is None else rtol
        self.atol = 20 * eps ** (2 / 3) if atol is None else atol
        self.exact = 1e3 * eps

    def run(self, order: int, label: str = "first") -> float:
        """Check this order, then the derivatives' own."""
        ts = [self.direction(x) for x in self.xs]
        value, pullback = vjp(self.f, *self.xs)
        gs = [self.direction(out) for out in value]
        worst = 0.0
        numeric = self.differences(ts)
        pulled = pullback(gs)
        if "forward" in self.modes:
            pushed = jvp(self.f, self.xs, ts)[1]
            worst = max(
                worst,
                self.compare("forward", label, inner(gs, pushed), inner(gs, numeric), gs, pulled),
            )
        if "reverse" in self.modes:
            worst = max(
                worst,
                self.compare("reverse", label, inner(pulled, ts), inner(gs, numeric), gs, pulled),
            )
        if set(self.modes) == {"reverse", "forward"}:
            worst = max(worst, self.adjoint(label, inner(gs, pushed), inner(pulled, ts)))
        if order > 1:
            worst = max(
                worst, *(check.run(order - 1, "second") for check in self.derivatives(gs, ts))
            )
        return worst

    def direction(self, x: Any) -> Any:
        """A random direction of the shape and dtype of ``x``."""
        x = np.asarray(x)
        t = self.rng.normal(size=x.shape)
        if x.dtype.kind == "c":
            t = t + 1j * self.rng.normal(size=x.shape)
        return np.asarray(t).astype(x.dtype if x.dtype.kind in "fc" else float)[()]

    def differences(self, ts: Sequence[Any]) -> list[Any]:
        """The directional derivative by central differences of fourth order."""
        h = self.step
        near, far = (
            [(a - b) / (2 * d) for a, b in zip(self.moved(ts, d), self.moved(ts, -d), strict=True)]
            for d in (h, 2 * h)
        )
        return [(4 * a - b) / 3 for a, b in zip(near, far, strict=True)]

    def moved(self, ts: Sequence[Any], h: float) -> list[Any]:
        """The function a step away."""
        there = [
            np.asarray(x + h * t).astype(np.asarray(x).dtype)[()]
            for x, t in zip(self.xs, ts, strict=True)
        ]
        return [np.asarray(getattr(y, "value", y), dtype=wide(y)) for y in self.f(*there)]

    def adjoint(self, label: str, forward: float, reverse: float) -> float:
        """<g, J t> = <J^T g, t>, up to rounding."""
        error = abs(forward - reverse) / (1 + abs(forward))
        if not error <= max(self.exact, self.rtol if self.given[0] else 0):
            raise CheckError(
                f"check_grads: {label} order expected <g, J t> = <J^T g, t>, got {forward:.9g} "
                f"forward and {reverse:.9g} reverse. The vjp and jvp rules disagree: "
                "one of them is wrong."
            )
        return error

    def compare(
        self, mode: str, label: str, ours: float, numeric: float, gs: list[Any], pulled: Any
    ) -> float:
        """A derivative against the difference quotient; entry by entry when they disagree."""
        error = abs(ours - numeric) / (1 + abs(numeric))
        if not abs(ours - numeric) <= self.atol * len(self.xs) + self.rtol * (1 + abs(numeric)):
            raise CheckError(
                f"check_grads: {label} order, {mode} mode expected {numeric:.9g} "
                f"(central differences along a random direction), got {ours:.9g}. "
                f"{self.culprit(mode, gs, pulled)}"
            )
        return error

    def culprit(self, mode: str, gs: list[Any], pulled: Any) -> str:
        """The argument and the entry with the largest disagreement."""
        worst, words = -1.0, "No single entry disagrees: the function may not be smooth here."
        for k, x in enumerate(self.xs):
            for index in np.ndindex(np.shape(x)):
                for unit in (1, 1j) if np.iscomplexobj(x) else (1,):
                    ts = [np.zeros_like(y) for y in self.xs]
                    ts[k][index] = unit
                    wanted = inner(gs, self.differences(ts))
                    got = (
                        inner(pulled, ts)
                        if mode == "reverse"
                        else inner(gs, jvp(self.f, self.xs, ts)[1])
                    )
                    error = abs(got - wanted)
                    if not error <= max(worst, self.atol + self.rtol * abs(wanted)):
                        worst = error
                        words = (
                            f"The largest disagreement is in argument {k}, entry {index}: "
                            f"expected {wanted:.9g}, got {got:.9g}. Check that argument's rule."
                        )
        return words

    def derivatives(self, gs: list[Any], ts: list[Any]) -> list[Check]:
        """The first derivatives as functions to check in turn."""
        checks: list[Flat] = []
        if "reverse" in self.modes:
            checks.append(lambda *xs: list(transforms.vjp(self.f, *xs)[1](gs)))
        if "forward" in self.modes:
            checks.append(lambda *xs: transforms.jvp(self.f, xs, ts)[1])
        rtol, atol = (None if t is None else 10 * t for t in self.given)
        return [Check(d, self.xs, self.modes, self.seed + 1, rtol, atol) for d in checks]


def plainly(transform: Callable[..., Any], *args: Any) -> Any:
    """A transform whose result is plain arrays: Nodes that a function closes over are constants."""
    token = MODE.set(None)
    try:
        return transform(*args)
    finally:
        MODE.reset(token)


def vjp(f: Flat, *xs: Any) -> Any:
    """``ag.vjp``, plainly."""
    value, pullback = plainly(transforms.vjp, f, *xs)
    return value, lambda g: plainly(pullback, g)


def jvp(f: Flat, xs: Sequence[Any], ts: Sequence[Any]) -> Any:
    """``ag.jvp``, plainly."""
    return plainly(transforms.jvp, f, xs, ts)


def wide(y: Any) -> Any:
    """float64 or complex128, for differences of float32 results."""
    return np.complex128 if np.iscomplexobj(getattr(y, "value", y)) else np.float64


def inner(xs: Sequence[Any], ys: Sequence[Any]) -> float:
    """The real inner product of two lists of arrays."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        total += float(np.real(np.sum(np.conj(np.asarray(x, wide(x))) * np.asarray(y, wide(y)))))
    return total
