"""How a call of an op is written as NumPy source: the text, and what it needs that NumPy lacks.

``viz/explain.py`` prints gradients with it. NumPy's and SciPy's own functions are called by their
names, ``CODE`` has the rows with a form of their own, and what is left is called by the op's name.
"""

from __future__ import annotations

import builtins
import keyword
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from .primitive import NUMBERS, Primitive

MODULES = {"numpy": "np", "numpy.linalg": "np.linalg", "numpy.fft": "np.fft"}
"""Where functions are looked up, and how each module is called in the source."""
LATER = {"scipy.special": "scipy.special"}
"""The same for modules that are looked into only if somebody has imported them."""

CODE: dict[str, str] = {
    "astype": "np.asarray({0}).astype({dtype})[()]",
    "broadcast_to": "np.broadcast_to({0}, {shape})",
    "clip": "np.clip({0}, {1}, {2})",
    "concatenate": "np.concatenate([{all}], axis={axis})",
    "copy": "np.copy({0})",
    "cumprod": "np.cumprod({0}, axis={axis})",
    "cumsum": "np.cumsum({0}, axis={axis})",
    "flip": "np.flip({0}, {axis})",
    "getitem": "{0}[{index}]",
    "identity": "{0}",
    "max": "np.max({0}, axis={axis}, keepdims={keepdims})",
    "mean": "np.mean({0}, axis={axis}, keepdims={keepdims})",
    "min": "np.min({0}, axis={axis}, keepdims={keepdims})",
    "output": "{0}[{index}]",
    "prod": "np.prod({0}, axis={axis}, keepdims={keepdims})",
    "reshape": "np.reshape({0}, {shape})",
    "stack": "np.stack([{all}], axis={axis})",
    "sum": "np.sum({0}, axis={axis}, keepdims={keepdims})",
    "transpose": "np.transpose({0}, {axes})",
}
"""Rows whose function is none of NumPy's, by name; ``{0}`` is an operand, ``{axis}`` a keyword."""


RESERVED = frozenset({"np", "scipy", *dir(builtins)})
"""Names that every source may use for what they mean."""


def is_plain(name: Any) -> bool:
    """Whether a name can be written as it is: in ASCII, which Python reads letter by letter."""
    if type(name) is not str or not name.isidentifier() or not name.isascii():
        return False
    return not keyword.iskeyword(name) and name != "__debug__"


class Namespace(dict[str, Any]):
    """What a source needs besides NumPy: functions by name, and arrays too large to be written.

    Parameters
    ----------
    taken : callable, optional
        Whether the source calls something else so.
    """

    def __init__(self, taken: Callable[[str], bool] = lambda name: False) -> None:
        super().__init__()
        self.taken = taken

    def keep(self, thing: Any, wish: Any) -> str:
        """The name under which ``thing`` is kept: ``wish``, numbered if that is another's."""
        base = wish if is_plain(wish) else "thing"
        name, number = base, 2
        while name in RESERVED or self.taken(name) or self.get(name, thing) is not thing:
            name, number = f"{base}_{number}", number + 1
        self[name] = thing
        return name


def keywords(params: Mapping[str, str]) -> list[str]:
    """Keywords as they stand in a call; one that is no name is unpacked from a dictionary.

    Examples
    --------
    >>> keywords({"axis": "0", "no name": "1"})
    ['axis=0', "**{'no name': 1}"]
    """
    return [
        f"{key}={value}" if is_plain(key) else f"**{{{str.__repr__(key)}: {value}}}"
        for key, value in params.items()
    ]


def call(
    op: Primitive, operands: Sequence[str], params: Mapping[str, Any], names: Namespace
) -> str:
    """An expression that computes what the op does.

    Parameters
    ----------
    op : Primitive
    operands : sequence of str
        Expressions for its arguments; names, or in parentheses.
    params : mapping
        Its keywords.
    names : Namespace
        Filled with what the expression needs besides ``np``.

    Examples
    --------
    >>> names = Namespace()
    >>> call(ag.Node(2.0).__sub__(1.0).op, ["x", "y"], {}, names)
    'np.subtract(x, y)'
    >>> call(np.sum(ag.Node(np.ones(3))).op, ["x"], {"axis": (0,), "keepdims": False}, names)
    'np.sum(x, axis=(0,), keepdims=False)'
    """
    written = {key: literal(value, names) for key, value in params.items()}
    known = dotted_name(op.forward)
    if known is None and op.name in CODE and ours(op):
        return CODE[op.name].format(*operands, **written, all=", ".join(operands))
    function = known or names.keep(op.forward, op.name)
    return f"{function}({', '.join([*operands, *keywords(written)])})"


def ours(op: Primitive) -> bool:
    """Whether a name in a table of ours means this op, and not one of a user's called so."""
    module = getattr(op.forward, "__module__", None) or "numpy"
    return module.partition(".")[0] in ("autograd_core", "nn", "numpy")


def dotted_name(function: Any) -> str | None:
    """How a source calls a function of NumPy's or SciPy's; None for one of ours or of a user."""
    for module, title in {**MODULES, **LATER}.items():
        if module in sys.modules:
            found = by_function(module).get(id(function))
            if found is not None:
                return f"{title}.{found}"
    return None


@cache
def by_function(module: str) -> dict[int, str]:
    """The public functions of a module by identity; the first of several names."""
    public: dict[str, Any] = {
        n: f for n, f in vars(sys.modules[module]).items() if n[0] != "_" and callable(f)
    }
    return {
        id(f): own if public.get(own := getattr(f, "__name__", n)) is f else n
        for n, f in public.items()
    }


SIMPLE = (str, bytes, type(None), type(Ellipsis), bool)
WRITTEN = (np.dtype(np.intp), np.dtype(bool))
"""Dtypes of arrays that a list of their entries gives again."""


def literal(x: Any, names: Namespace) -> str:
    """A constant as source: numbers and small containers are written, anything else kept by name.

    Examples
    --------
    >>> names = Namespace()
    >>> literal((0, slice(None, 2), None), names), literal(np.float32, names)
    ('(0, slice(None, 2, None), None)', 'np.float32')
    >>> literal(np.arange(3), names), literal(np.inf, names)
    ('np.array([0, 1, 2])', 'np.inf')
    """
    if type(x) in (tuple, list):
        inner = ", ".join(literal(entry, names) for entry in x)
        if isinstance(x, list):
            return f"[{inner}]"
        return f"({inner},)" if len(x) == 1 else f"({inner})"
    if isinstance(x, slice):
        return f"slice({', '.join(literal(p, names) for p in (x.start, x.stop, x.step))})"
    if type(x) in NUMBERS or isinstance(x, np.integer | np.bool_):
        return number(x)
    if type(x) in SIMPLE:
        return repr(x)
    if isinstance(x, type | np.dtype):
        return dtype_name(x) or names.keep(x, "dtype")
    if type(x) is np.ndarray and x.ndim == 1 and 0 < x.size <= 8 and x.dtype in WRITTEN:
        return f"np.array({x.tolist()})"
    return names.keep(x, "constant")


def dtype_name(x: Any) -> str | None:
    """How a source calls a dtype, or a type that stands for one; None for one without a name."""
    if isinstance(x, type) and not issubclass(x, np.generic):
        return x.__name__ if x in (bool, int, float, complex) else None
    name = np.dtype(x).name
    return f"np.{name}" if np.dtype(getattr(np, name, object)) == x else None


def number(x: Any) -> str:
    """A Python number as source."""
    if isinstance(x, int | np.integer | np.bool_):
        return repr(np.generic.item(x) if isinstance(x, np.generic) else x)
    if isinstance(x, complex):
        parts = (x.real, x.imag)
        apart = not np.isfinite(x) or any(p == 0 and np.signbit(p) for p in parts)
        return f"complex({number(parts[0])}, {number(parts[1])})" if apart else repr(x)
    return repr(x) if np.isfinite(x) else {"inf": "np.inf", "-inf": "-np.inf"}.get(str(x), "np.nan")
