"""Whether ``fit`` compiles its step, and with what: what it costs against the work ahead."""

from __future__ import annotations

from typing import Any

import autograd_core as ag

from ..errors import ArgumentError, expected
from ..module import Module
from ..placement import is_foreign

CHOICES = ("auto", "numpy", "native", True, False)
NUMPY_STEPS, NATIVE_STEPS = 200, 4000
"""Steps from which the time to make a program is won back: about 15 ms and 300 ms, twice if the
last batch is shorter."""


def backend_for(
    choice: Any, model: Module, parts: list[Any], steps: int, exchanges: bool = False
) -> str | None:
    """How to compile a step; None to run it as it is.

    Parameters
    ----------
    choice : bool or {"auto", "numpy", "native"}
    model : Module
    parts : list
        What else a step calls: the loss, the penalty.
    steps : int
        How many there are to be in all, so that a resumed run decides as the first did.
    exchanges : bool
        Whether layers ask other processes on the way, which programs do not.
    """
    if not any(choice is c or (isinstance(c, str) and choice == c) for c in CHOICES):
        cure = "Pass one of these."
        raise ArgumentError(expected("fit", f"compile among {CHOICES}", repr(choice), cure))
    if choice is False or (exchanges and choice == "auto"):
        return None
    if exchanges:
        cure = "Pass sync_batchnorm=False, or compile=False."
        wanted = "compile 'auto' or False where batches are normalised over all processes"
        raise ArgumentError(expected("fit", wanted, repr(choice), cure))
    elsewhere = {type(p.value).__name__ for p in model.parameters() if is_foreign(p.value)}
    if elsewhere:
        if choice == "auto":
            return None
        cure = "Pass compile=False, or move the model with model.to('numpy')."
        wanted = "parameters in NumPy's arrays, to compile"
        raise ArgumentError(expected("fit", wanted, ", ".join(sorted(elsewhere)), cure))
    if choice is True:
        return "auto"
    if choice != "auto":
        return str(choice)
    if steps < NUMPY_STEPS or not all(map(ours, [*model.modules(), *parts])):
        return None
    return "numpy" if steps < NATIVE_STEPS else "auto"


def ours(part: Any) -> bool:
    """Whether it is of this package, and so known to do nothing but compute."""
    home = getattr(part, "__module__", None) or type(part).__module__
    return part is None or str(home).partition(".")[0] == __name__.partition(".")[0]


def compiled(function: Any, backend: str) -> Any:
    """A step that runs as a program wherever it can."""
    return ag.compile(function, backend=backend, check=False)
