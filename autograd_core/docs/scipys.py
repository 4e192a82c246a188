"""The functions of ``autograd_core.scipy`` for the table: arguments, and what calling them shows.

What is dispatched by ``scipy.special``'s ufuncs themselves is in the catalogue, like NumPy's.
``measuring.py`` asks the questions; methods of a distribution that answer alike share a row.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np

from ..catalogue import Entry
from ..probes import BAND, Call, I, M, N, S, X, Y, call
from .measuring import answers

ZERO, A, TIMES = np.array(0.0), np.array(2.0), np.array([0.0, 0.5, 1.0])


def cubic(x: Any, a: Any) -> Any:
    """What solvers find the zero of."""
    return x**3 - a


def decay(t: Any, y: Any, a: Any) -> Any:
    """The right-hand side of an equation, as ``solve_ivp`` takes it."""
    return -a * y


FOURIER = "fft ifft rfft hfft ihfft irfft fftshift ifftshift".split()
FOURIER_OF_AXES = "fft2 ifft2 rfft2 irfft2 fftn ifftn rfftn irfftn".split()
OF_A_MATRIX = """coshm cosm det eigvals expm inv lu norm pinv polar qr sinhm sinm sqrtm svd svdvals
tanhm tanm""".split()
BRACKETING = "bisect brenth brentq ridder toms748".split()

CALLS: dict[str, Call] = {
    **{f"fft.{name}": call(X) for name in FOURIER},
    **{f"fft.{name}": call(M) for name in FOURIER_OF_AXES},
    "integrate.cumulative_trapezoid": call(X, np.cumsum(Y)),
    "integrate.fixed_quad": call(lambda x, a: np.sin(x * a), ZERO, A, (A,)),
    "integrate.odeint": call(lambda y, t, a: decay(t, y, a), X, TIMES, (A,)),
    "integrate.quad": call(lambda x, a: np.sin(x * a), ZERO, A, (A,)),
    "integrate.simpson": call(X),
    "integrate.solve_ivp": call(decay, (0.0, 1.0), X, "RK45", TIMES, False, None, False, (A,)),
    "integrate.trapezoid": call(X, np.cumsum(Y)),
    **{f"linalg.{name}": call(M) for name in OF_A_MATRIX},
    "linalg.block_diag": call(M, N),
    "linalg.cho_factor": call(S),
    "linalg.cho_solve": call((np.linalg.cholesky(S), True), X),
    "linalg.cholesky": call(S),
    "linalg.circulant": call(X),
    "linalg.eigh": call(S),
    "linalg.eigvalsh": call(S),
    "linalg.hankel": call(X, Y),
    "linalg.logm": call(S),
    "linalg.lstsq": call(M, X),
    "linalg.solve": call(M, X),
    "linalg.solve_banded": call((1, 1), BAND, X),
    "linalg.solve_continuous_lyapunov": call(M, S),
    "linalg.solve_discrete_lyapunov": call(M / 4, S),
    "linalg.solve_sylvester": call(M, N + 3 * np.eye(3), S),
    "linalg.solve_triangular": call(M, X),
    "linalg.solveh_banded": call(BAND[:2], X),
    "linalg.toeplitz": call(X, Y),
    **{f"optimize.{name}": call(cubic, 0.0, 3.0, (A,)) for name in BRACKETING},
    "optimize.fixed_point": call(lambda x, a: (x + a / x) / 2, 1.0, (A,)),
    "optimize.fsolve": call(cubic, np.ones(3).tolist(), (X,)),
    "optimize.minimize": call(lambda x, a: np.sum((x - a) ** 2), [0.0, 0.0, 0.0], (X,)),
    "optimize.newton": call(cubic, 1.0, None, (A,)),
    "optimize.root": call(cubic, [1.0, 1.0, 1.0], (X,)),
    "signal.convolve": call(X, Y),
    "signal.correlate": call(X, Y),
    "signal.fftconvolve": call(X, Y),
    "special.comb": call(X + 4, X + 1),
    "special.factorial": call(X),
    "special.lambertw": call(X),
    "special.log_softmax": call(X),
    "special.logsumexp": call(X, None, Y),
    "special.multigammaln": call(X + 2, 2),
    "special.polygamma": call(1, X),
    "special.softmax": call(X),
    "special.zeta": call(X + 1, Y),
}
"""By name, arguments with which each can be called."""

PLACES = {"loc": np.array(-0.1), "scale": np.array(1.5)}
DISTRIBUTIONS: dict[str, tuple[float, ...]] = {
    **dict.fromkeys("cauchy expon gumbel_l gumbel_r halfnorm laplace logistic norm".split(), ()),
    **dict.fromkeys("rayleigh uniform".split(), ()),
    **dict.fromkeys("chi2 gamma invgamma lognorm pareto t weibull_min".split(), (2.3,)),
    "beta": (1.6, 2.7),
}
"""Continuous ones, with the parameters of their shape."""
DISCRETE: dict[str, tuple[float, ...]] = {
    "bernoulli": (0.3,),
    "binom": (5, 0.3),
    "geom": (0.3,),
    "nbinom": (2.5, 0.4),
    "poisson": (2.4,),
}
BOUNDED = "beta chi2 expon gamma halfnorm invgamma lognorm pareto rayleigh uniform weibull_min"

KINKS = {
    "0 at the origin": "linalg.norm",
    "exact where singular": "linalg.det",
    "symmetrised argument": "linalg.cho_factor linalg.cholesky linalg.eigh linalg.eigvalsh",
    "0 outside the support": " ".join(f"stats.{name}" for name in BOUNDED.split()),
    "0 at loc": "stats.laplace",
}
RULES_AT_KINKS = {name: rule for rule, names in KINKS.items() for name in names.split()}


def rows() -> list[list[str]]:
    """The rows of the table, for every function and every distribution."""
    plain = [
        (name, [[f"scipy.{name}", *answers(entry(name), given)]]) for name, given in CALLS.items()
    ]
    both = [*plain, *((f"stats.{name}", list(of_distribution(name))) for name in distributions())]
    return [
        [*row, "" if ".ppf" in row[0] else RULES_AT_KINKS.get(name, "")]
        for name, rows in sorted(both)
        for row in rows
    ]


def entry(name: str) -> Entry:
    """A function, of which the numbers alone are kept where SciPy returns a report with them."""
    module, _, short = name.partition(".")
    function = getattr(import_module(f"autograd_core.scipy.{module}"), short)
    kept = {"optimize.root": "x", "optimize.minimize": "x", "integrate.solve_ivp": "y"}.get(name)

    @functools.wraps(function)
    def numbers(*args: Any, **params: Any) -> Any:
        out = function(*args, **params)
        return getattr(out, kept) if kept else out

    return Entry(f"scipy.{name}", numbers, "differentiable")


def distributions() -> list[str]:
    """The names of the distributions."""
    return [*DISTRIBUTIONS, *DISCRETE, "dirichlet", "multivariate_normal"]


def of_distribution(name: str) -> Iterator[list[str]]:
    """The rows of a distribution: its methods by what they answer; none is of complex numbers."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for method, (function, given) in methods(name).items():
        full = f"scipy.stats.{name}.{method}"
        *found, _ = answers(Entry(full, function, "differentiable"), given)
        alike.setdefault((*found, "–"), []).append(method)
    for same, names in alike.items():
        yield [", ".join([f"scipy.stats.{name}.{names[0]}", *(f".{n}" for n in names[1:])]), *same]


def methods(name: str) -> dict[str, tuple[Callable[..., Any], Call]]:
    """The differentiable methods of a distribution, with arguments."""
    distribution = getattr(import_module("autograd_core.scipy.stats"), name)
    if name == "dirichlet":
        given = {name: call(np.array([0.2, 0.3, 0.5]), X + 1) for name in ("logpdf", "pdf")}
    elif name == "multivariate_normal":
        given = {name: call(X, Y, S) for name in ("logpdf", "pdf")}
    elif name in DISCRETE:
        shapes = [np.array(p) if isinstance(p, float) else p for p in DISCRETE[name]]
        of = "logpmf pmf cdf sf logcdf logsf".split()
        given = {method: call(I + (name == "geom"), *shapes) for method in of}
    else:
        shapes = [np.array(p) for p in DISTRIBUTIONS[name]]
        of = "logpdf pdf cdf sf logcdf logsf ppf isf".split()
        x = X + 2 if name == "pareto" else X
        given = {
            method: call(X if method in ("ppf", "isf") else x, *shapes, *PLACES.values())
            for method in of
        }
    return {method: (named(distribution, method), given[method]) for method in given}


def named(distribution: Any, method: str) -> Callable[..., Any]:
    """A method whose signature names the parameters of its distribution."""
    function = getattr(distribution, method)
    first, *others = inspect.signature(function).parameters
    parts = [first, *others]
    if "args" in others:
        parts = [first, *distribution.shapes, *distribution.places]

    def called(*args: Any, **params: Any) -> Any:
        return function(*args, **params)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter(part, kind) for part in parts]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return called
