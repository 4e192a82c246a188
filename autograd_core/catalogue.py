"""What every public function of NumPy, and every ufunc of SciPy, does when it meets a Node.

The kinds come from the registry, so the catalogue cannot claim what is not there; the words for
what has no rule are below. ``probes.py`` has arguments for each function, a test calls them all,
and ``docs/`` prints the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from .ops import every_row
from .ops.ufunc_methods import method_rule
from .ops.writing import CURES
from .registry import QUERIES, RULES

METHODS = ("reduce", "accumulate", "reduceat", "outer", "at")

KINDS = {
    "differentiable": "returns a Node; derivatives flow through it",
    "query": "answers with a plain result: nothing in it depends smoothly on the arguments",
    "refused": "raises on a Node that carries a gradient, naming the function and what to do",
    "not dispatched": "NumPy does not ask its arguments: reading a Node raises",
    "no arrays": "takes no arrays of numbers: settings, types, files, text",
    "unknown": "has no place in this catalogue yet",
}


class Entry(NamedTuple):
    """A function and what it does."""

    name: str
    function: Any
    kind: str
    note: str = ""


WHOLE = "the result is made of whole numbers or bits"
DATES = "dates have no derivatives"
FILES = "writes a file: save node.value"

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        """bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor gcd invert lcm left_shift right_shift packbits
        unpackbits""".split(),
        WHOLE,
    ),
    **dict.fromkeys("busday_count busday_offset datetime_as_string is_busday isnat".split(), DATES),
    **dict.fromkeys("save savetxt savez savez_compressed".split(), FILES),
    "ix_": "indices are whole numbers or booleans: pass arrays of those",
}
"""Functions that NumPy dispatches and that have no derivative, with the reason."""

READS = "reading a Node raises: "
BUILDS = READS + "use ag.array([...]), or autograd_core.numpy"
UNDISPATCHED: dict[str, str] = {
    **dict.fromkeys(
        """array asanyarray asarray asarray_chkfinite ascontiguousarray asfortranarray asmatrix
        bmat full fromiter frombuffer fromfunction require broadcast ndenumerate
        nested_iters flatiter matrix recarray""".split(),
        BUILDS,
    ),
    **dict.fromkeys(
        "arange bartlett blackman hamming hanning kaiser".split(), READS + "use .item()"
    ),
    "nditer": "raises NumPy's own error: iterate over the Node itself",
    "frompyfunc": "its functions raise and name themselves: use ag.primitive",
    "vectorize": "its functions raise: write them of arrays, or use ag.primitive",
    "poly1d": "keeps a Node as its coefficients; evaluating it is differentiable",
    "from_dlpack": "a Node hands out no memory: pass node.value",
    "isfortran": "reads ndarray.flags: pass node.value",
}
"""Callables that read numbers without asking what they are, and what happens."""

NO_ARRAYS = {
    *"""base_repr binary_repr broadcast_shapes datetime_data diag_indices empty eye
    format_float_positional format_float_scientific fromfile fromregex fromstring genfromtxt
    get_include get_printoptions getbufsize geterr geterrcall identity indices info isdtype isscalar
    issubdtype iterable load loadtxt mask_indices mintypecode ones printoptions promote_types
    row_stack set_printoptions setbufsize seterr seterrcall show_config show_runtime test tri
    tril_indices triu_indices typename zeros fftfreq rfftfreq ndindex errstate busdaycalendar
    __array_namespace_info__ ufunc memmap ndarray dtype finfo iinfo LinAlgError""".split()
}

SPECIAL_REFUSED = "no rule: give it one with ag.primitive if you need it"


def modules() -> dict[str, Any]:
    """The namespaces that are catalogued, by how their functions are called."""
    return {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}


def catalogue() -> list[Entry]:
    """Every public callable of NumPy, ufuncs' methods included, and SciPy's special ufuncs.

    Examples
    --------
    >>> {entry.name: entry.kind for entry in catalogue()}["np.sin"]
    'differentiable'
    """
    every_row()
    return [*functions(), *methods(), *special()]


def functions() -> Iterator[Entry]:
    """NumPy's functions and types."""
    for prefix, module in modules().items():
        for name in sorted(module.__all__):
            function = getattr(module, name)
            private = name.startswith("_") and not name.startswith("__")  # NumPy 2.0 lists some
            if callable(function) and not private:
                yield Entry(f"{prefix}.{name}", function, *kind_of(name, function))


def kind_of(name: str, function: Any) -> tuple[str, str]:
    """The kind of a function, and a note."""
    if function in CURES:
        return "refused", CURES[function]
    if is_known(function):
        return ("query" if function in QUERIES else "differentiable"), ""
    if name in REFUSED:
        return "refused", REFUSED[name]
    if name in UNDISPATCHED:
        return "not dispatched", UNDISPATCHED[name]
    if name in NO_ARRAYS:
        return "no arrays", ""
    if isinstance(function, type) and issubclass(function, np.generic):
        return "not dispatched", "converting a Node raises: use node.astype(...)"
    return "unknown", ""


def is_known(function: Any) -> bool:
    """Whether a function has a rule."""
    try:
        return function in RULES
    except TypeError:  # not hashable
        return False


def methods() -> Iterator[Entry]:
    """The methods of NumPy's ufuncs."""
    ufuncs = {f.__name__: f for f in vars(np).values() if isinstance(f, np.ufunc)}
    for name, ufunc in sorted(ufuncs.items()):
        for method in METHODS if ufunc.nin == 2 and ufunc.nout == 1 else ("at",):
            if ufunc.signature or ufunc.nout > 1:
                continue
            known = method != "at" and method_rule(ufunc, method) is not None
            kind = "refused" if not known else "query" if ufunc in QUERIES else "differentiable"
            note = "writes in place: use x.at[...]" if method == "at" else ""
            yield Entry(f"np.{name}.{method}", getattr(ufunc, method), kind, note)


def special() -> Iterator[Entry]:
    """The ufuncs of ``scipy.special``, if SciPy is installed."""
    try:
        import scipy.special as module
    except ImportError:
        return
    for name in sorted(module.__all__):
        function = getattr(module, name)
        if isinstance(function, np.ufunc):
            known = is_known(function)
            kind = "query" if function in QUERIES else "differentiable" if known else "refused"
            note = "" if known else SPECIAL_REFUSED
            yield Entry(f"scipy.special.{name}", function, kind, note)
