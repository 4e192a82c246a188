"""What the table of functions says of each, found by calling it: nothing in it is claimed.

Every function is called with the arguments of ``probes.py``, one of them a Node at a time.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import transforms
from ..catalogue import Entry
from ..errors import AutogradError
from ..node import Node
from ..probes import Call, call, is_real_array, probe
from ..tree import flatten, tree_map

KINKS = {
    "0 at 0": "abs absolute fabs sign copysign angle",
    "½ ½ where equal": "maximum minimum fmax fmin",
    "even among ties": "max min amax amin ptp nanmax nanmin maximum.reduce minimum.reduce "
    "fmax.reduce fmin.reduce maximum.accumulate minimum.accumulate fmax.accumulate "
    "fmin.accumulate",
    "0 at a bound": "clip",
    "0 at the origin": "hypot hypot.reduce arctan2 atan2 norm vector_norm matrix_norm",
    "0 at a constant": "std nanstd",
    "0, a step": "floor ceil trunc rint round around fix floor_divide heaviside spacing",
    "beside the jump": "remainder mod fmod divmod modf unwrap",
    "ties stable": "sort partition sort_complex unique median quantile percentile nanmedian "
    "nanquantile nanpercentile",
    "exact with zeros": "prod cumprod nanprod nancumprod cumulative_prod multiply.reduce "
    "multiply.accumulate",
    "exact at 0": "power pow float_power sinc",
    "exact where singular": "det",
    "symmetrised argument": "eigh eigvalsh cholesky",
}
RULES_AT_KINKS = {name: rule for rule, names in KINKS.items() for name in names.split()}


def row(entry: Entry) -> list[str]:
    """Name, differentiable arguments, modes, complex, and the rule at kinks."""
    arguments = probe(entry)
    if arguments is None:
        return [entry.name, "?", "?", "?", ""]
    short = entry.name.removeprefix("np.").removeprefix("linalg.").removeprefix("scipy.special.")
    kink = RULES_AT_KINKS.get(short, "")
    modes = [mode for mode, run in MODES.items() if succeeds(run, entry, arguments)]
    return [
        entry.name,
        ", ".join(dict.fromkeys(differentiable(entry, arguments))),
        ", ".join(modes),
        complex_answer(entry, arguments),
        kink,
    ]


def differentiable(entry: Entry, arguments: Call) -> list[str]:
    """The names of the arguments that carry a derivative to the result."""
    names = argument_names(entry.function)
    found = []
    for i, x in enumerate(arguments.args):
        alone = list(arguments.args)
        alone[i] = nodes(x)
        if alone[i] is not x and live(entry, call(*alone, **arguments.params)):
            found.append(names[i] if i < len(names) else f"argument {i}")
    for name, x in arguments.params.items():
        if is_real_array(x) and live(
            entry, call(*arguments.args, **{**arguments.params, name: Node(x)})
        ):
            found.append(name)
    return found


def nodes(x: Any) -> Any:
    """An argument with a leaf for every float array; itself if there is none."""
    flat = flatten(x)[0]
    if not any(map(is_real_array, flat)):
        return x
    return tree_map(lambda leaf: Node(leaf) if is_real_array(leaf) else leaf, x)


def live(entry: Entry, arguments: Call) -> bool:
    """Whether a Node comes out that carries a gradient."""
    try:
        outs = results(entry, arguments)
    except AutogradError:
        return False
    return any(isinstance(x, Node) and x.requires_grad for x in outs)


def results(entry: Entry, arguments: Call) -> list[Any]:
    """The results of a call, one by one."""
    with np.errstate(all="ignore"):
        return flatten(entry.function(*arguments.args, **arguments.params))[0]


def argument_names(function: Any) -> list[str]:
    """The names of positional arguments, from the signature or the first line of the docs."""
    try:
        parameters = inspect.signature(function).parameters.values()
        several = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
        return several * 9 or [p.name for p in parameters]
    except (TypeError, ValueError):
        first = re.match(r"\w+\((.*?)\)", getattr(function, "__doc__", "") or "")
        names = first[1].split(",") if first else []
        return [re.split(r"[=\[]", name.strip())[0] for name in names if name.strip() != "/"]


# modes and complex numbers


def of_arrays(entry: Entry, arguments: Call) -> tuple[Callable[..., Any], list[Any]]:
    """A call as a function of its float arrays, and these."""
    flat, rebuild = flatten((list(arguments.args), arguments.params))
    places = [i for i, x in enumerate(flat) if is_real_array(x)]

    def function(*xs: Any) -> list[Any]:
        full = list(flat)
        for i, x in zip(places, xs, strict=True):
            full[i] = x
        args, params = rebuild(full)
        outs = results(entry, call(*args, **params))
        return [x for x in outs if np.asarray(getattr(x, "value", x)).dtype.kind in "fc"]

    return function, [flat[i] for i in places]


def reverse(entry: Entry, arguments: Call) -> None:
    """Pull cotangents of ones back."""
    f, xs = of_arrays(entry, arguments)
    value, pullback = transforms.vjp(f, *xs)
    pullback([np.ones_like(x) for x in value])


def forward(entry: Entry, arguments: Call) -> None:
    """Push tangents of ones."""
    f, xs = of_arrays(entry, arguments)
    transforms.jvp(f, xs, [np.ones_like(x) for x in xs])


MODES = {"reverse": reverse, "forward": forward}


def succeeds(run: Callable[..., None], entry: Entry, arguments: Call) -> bool:
    """Whether a sweep goes through."""
    try:
        run(entry, arguments)
    except AutogradError:
        return False
    return True


def complex_answer(entry: Entry, arguments: Call) -> str:
    """Whether complex arguments are differentiated; a dash where NumPy takes none."""
    shifted = tree_map(
        lambda x: x + 0.1j * x[..., ::-1] if is_real_array(x) and x.ndim else x,
        (list(arguments.args), arguments.params),
    )
    complex_call = call(*shifted[0], **shifted[1])
    try:
        results(entry, complex_call)
    except Exception:
        return "–"
    try:
        reverse(entry, complex_call)
    except Exception:
        return "no"
    return "yes"
