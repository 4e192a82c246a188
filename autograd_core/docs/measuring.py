"""What the table of functions says of each, found by calling it: nothing in it is claimed.

Every function is called with the arguments of ``probes.py``, one of them a Node at a time;
``running.py`` has the modes.
"""

from __future__ import annotations

import inspect
import re
import warnings
from typing import Any

import numpy as np

from ..catalogue import Entry
from ..errors import AutogradError
from ..node import Node
from ..probes import Call, call, is_real_array, probe
from ..tree import flatten, tree_map
from .running import compiled, mapped, modes, quietly, results, reverse

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
    """Name, differentiable arguments, modes, vmap, compile, complex, and the rule at kinks."""
    arguments = probe(entry)
    if arguments is None:
        return [entry.name, "?", "?", "?", "?", "?", ""]
    short = entry.name.removeprefix("np.").removeprefix("linalg.").removeprefix("scipy.special.")
    return [entry.name, *answers(entry, arguments), RULES_AT_KINKS.get(short, "")]


def answers(entry: Entry, arguments: Call) -> list[str]:
    """Differentiable arguments, modes, vmap, compile and complex."""
    return [
        ", ".join(dict.fromkeys(differentiable(entry, arguments))),
        quietly(modes, entry, arguments),
        quietly(mapped, entry, arguments),
        quietly(compiled, entry, arguments),
        complex_answer(entry, arguments),
    ]


def differentiable(entry: Entry, arguments: Call) -> list[str]:
    """The names of the arguments that carry a derivative to the result."""
    names = argument_names(entry.function)
    found = []
    for i, x in enumerate(arguments.args):
        plain = list(arguments.args)
        constants = [nodes(y, requires_grad=False) for y in plain]  # so that NumPy asks us at all
        ways = [
            call(*others[:i], nodes(x), *others[i + 1 :], **arguments.params)
            for others in (plain, constants)
        ]
        if nodes(x) is not x and any(live(entry, way) for way in ways):
            found.append(names[i] if i < len(names) else f"argument {i}")
    for name, x in arguments.params.items():
        if is_real_array(x) and live(
            entry, call(*arguments.args, **{**arguments.params, name: Node(x)})
        ):
            found.append(name)
    return found


def nodes(x: Any, requires_grad: bool = True) -> Any:
    """An argument with a leaf for every float array; itself if there is none."""
    flat = flatten(x)[0]
    if not any(map(is_real_array, flat)):
        return x
    return tree_map(
        lambda leaf: Node(leaf, requires_grad=requires_grad) if is_real_array(leaf) else leaf, x
    )


def live(entry: Entry, arguments: Call) -> bool:
    """Whether a Node comes out that carries a gradient."""
    try:
        outs = results(entry, arguments)
    except AutogradError:
        return False
    return any(isinstance(x, Node) and x.requires_grad for x in outs)


def argument_names(function: Any) -> list[str]:
    """The names of positional arguments, from the signature or the first line of the docs."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
        return [
            name for p in parameters for name in [p.name] * (9 if p.kind is p.VAR_POSITIONAL else 1)
        ]
    except (TypeError, ValueError):
        first = re.match(r"\w+\((.*?)\)", getattr(function, "__doc__", "") or "")
        names = first[1].split(",") if first else []
        return [re.split(r"[=\[]", name.strip())[0] for name in names if name.strip() != "/"]


def turned(x: Any) -> Any:
    """Complex numbers of several directions, near an array."""
    return np.asarray(x + 0.1j * (x[..., ::-1] if x.ndim else x))


REFUSALS = (AutogradError, TypeError, ValueError)
"""What rules raise that do not take complex numbers; anything else is a mistake of ours."""


def complex_answer(entry: Entry, arguments: Call) -> str:
    """Whether complex arguments are differentiated; a dash where NumPy takes none."""
    shifted = tree_map(
        lambda x: turned(x) if is_real_array(x) else x, (list(arguments.args), arguments.params)
    )
    complex_call = call(*shifted[0], **shifted[1])
    try:
        with warnings.catch_warnings():  # dropping the imaginary part is not taking it
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            results(entry, complex_call)
    except Exception:  # of whatever class: SciPy's solvers raise errors of their own
        return "–"
    try:
        reverse(entry, complex_call)
    except REFUSALS:
        return "no"
    return "yes"
