"""The parameters of both estimators, checked when ``fit`` is called, as scikit-learn wants it.

What layers and optimisers check themselves is not checked here again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..errors import ArgumentError, expected
from ..layers import ACTIVATIONS

SOLVERS = ("sgd", "adam", "adamw", "rmsprop", "adagrad")
RATES = ("constant", "invscaling", "adaptive")


Check = Callable[[Any], bool]


def _whole(least: int) -> Check:
    def fits(value: Any) -> bool:
        return isinstance(value, Integral) and not _flag(value) and int(value) >= least

    return fits


def _number(low: float, high: float = np.inf, open_low: bool = False) -> Check:
    def fits(value: Any) -> bool:
        if not isinstance(value, Real) or _flag(value):
            return False
        return (low < float(value) if open_low else low <= float(value)) and float(value) < high

    return fits


def _flag(value: Any) -> bool:
    return isinstance(value, bool | np.bool_)


def _layer_sizes_fit(value: Any) -> bool:
    sizes = value if isinstance(value, Iterable) and not isinstance(value, str) else [value]
    return all(map(_whole(1), sizes))


CHECKS: dict[str, tuple[Check, str, str]] = {
    "hidden_layer_sizes": (_layer_sizes_fit, "positive whole numbers", "(100,)"),
    "activation": (
        lambda v: isinstance(v, str) and v in (*ACTIVATIONS, "logistic"),
        f"one of {', '.join(ACTIVATIONS)}, logistic",
        "'relu'",
    ),
    "solver": (lambda v: v in SOLVERS, f"one of {', '.join(SOLVERS)}", "'adam'"),
    "alpha": (_number(0.0), "a number of at least 0", "0.0001"),
    "batch_size": (
        lambda v: (isinstance(v, str) and v == "auto") or _whole(1)(v),
        "'auto' or a positive whole number",
        "32",
    ),
    "learning_rate": (
        lambda v: callable(v) or v in RATES,
        f"one of {', '.join(RATES)}, or a function of the step",
        "'constant'",
    ),
    "learning_rate_init": (_number(0.0, open_low=True), "a positive number", "0.001"),
    "power_t": (_number(0.0), "a number of at least 0", "0.5"),
    "max_iter": (_whole(1), "a positive whole number", "200"),
    "shuffle": (_flag, "True or False", "True"),
    "tol": (_number(0.0), "a number of at least 0", "0.0001"),
    "verbose": (lambda v: _flag(v) or _whole(0)(v), "True or False", "False"),
    "warm_start": (_flag, "True or False", "False"),
    "momentum": (_number(0.0, 1.0), "a number of at least 0 and below 1", "0.9"),
    "nesterovs_momentum": (_flag, "True or False", "True"),
    "early_stopping": (_flag, "True or False", "False"),
    "validation_fraction": (_number(0.0, 1.0, open_low=True), "between 0 and 1", "0.1"),
    "beta_1": (_number(0.0, 1.0), "a number of at least 0 and below 1", "0.9"),
    "beta_2": (_number(0.0, 1.0), "a number of at least 0 and below 1", "0.999"),
    "epsilon": (_number(0.0, open_low=True), "a positive number", "1e-8"),
    "n_iter_no_change": (_whole(1), "a positive whole number", "10"),
}
"""Parameters, each with what has to hold, how to say it, and a value that will do."""


def check_parameters(estimator: Any) -> None:
    """Refuse a parameter that means nothing."""
    for name, (fits, wanted, instance) in CHECKS.items():
        value = getattr(estimator, name)
        if not fits(value):
            what = f"{type(estimator).__name__}, {name},"
            raise ArgumentError(
                expected(what, wanted, repr(value), f"Pass for instance {instance}.")
            )


def layer_sizes(hidden: Any) -> list[int]:
    """The units of the hidden layers."""
    return [int(size) for size in (hidden if isinstance(hidden, Iterable) else [hidden])]
