"""Arrays of other libraries inside a Node: all that is asked of them is NumPy's protocols.

What rules need to be right for any of them: an array to create others like, sums, and whether
looking at a value is free. Nothing here, nor any rule, names a library. NumPy's own arrays never
come this way: ``MET`` stays empty for programs that use no other.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from .batching.batched import inside
from .errors import ArrayLibraryError, AutogradError, describe, expected
from .operators import Operators

MET: set[str] = set()
"""The array libraries met so far, by name."""

LIBRARIES: dict[type, str | None] = {}
"""What ``library_of`` has answered."""

OURS = ("builtins", "numpy", __name__.partition(".")[0])


def library_of(kind: type) -> str | None:
    """The library an array type is from; None for NumPy's, numbers, and what is no array."""
    if kind not in LIBRARIES:
        name = getattr(kind, "__module__", kind.__name__).partition(".")[0]
        ours = name in OURS or issubclass(kind, np.ndarray)
        LIBRARIES[kind] = None if ours or not hasattr(kind, "__array_function__") else name
        MET.update(filter(None, [LIBRARIES[kind]]))
    return LIBRARIES[kind]


def kin(*xs: Any) -> Any:
    """The first array of another library in ``xs``, for NumPy's ``like=``; None for NumPy's own."""
    for x in xs:
        x = bare(x)
        if library_of(type(x)) is not None:
            return x
    return None


def bare(x: Any) -> Any:
    """The array under Nodes and what is Batched."""
    x = inside(x)
    return x.value if isinstance(x, Operators) else x


def as_kin(constant: Any, *xs: Any) -> Any:
    """A NumPy array as one of the library of ``xs``."""
    like = kin(*xs) if kin(constant) is None else None
    return constant if like is None else np.asarray(constant, like=like)


def numbers(mask: Any, dtype: Any = float) -> Any:
    """True and False as 1.0 and 0.0."""
    return np.asarray(mask, dtype=dtype, like=kin(mask))


def lazy(x: Any) -> bool:
    """Whether looking at the numbers would compute them: an array that has ``compute()``."""
    return bool(MET) and library_of(type(x)) is not None and hasattr(x, "compute")


def any_seen(mask: Any) -> bool:
    """Whether an entry is True, for a warning or an error; nothing is computed to know it."""
    return not lazy(mask) and bool(np.any(mask))


def to_numpy(x: Any) -> Any:
    """The numbers as NumPy's array: computed, or copied from where they are."""
    if library_of(type(x)) is None:
        return np.asarray(x)
    return x.get() if hasattr(x, "get") else np.asarray(x)


def reduced(ufunc: np.ufunc, x: Any, **params: Any) -> Any:
    """``ufunc.reduce``, which costs less than NumPy's function; that where a library lacks it."""
    return ufunc.reduce(x, **params) if kin(x) is None else by_name(ufunc, x, **params)


def reducing(ufunc: np.ufunc) -> Callable[..., Any]:
    """``reduced`` as the forward function of a row: arrays of NumPy's pay nothing."""
    reduce = ufunc.reduce

    def forward(x: Any, *, axis: Any, keepdims: bool) -> Any:
        try:
            return reduce(x, axis=axis, keepdims=keepdims)
        except TypeError:
            if kin(x) is None:
                raise
            return by_name(ufunc, x, axis=axis, keepdims=keepdims)

    return forward


def by_name(ufunc: np.ufunc, x: Any, **params: Any) -> Any:
    """A reduction by NumPy's function, which more libraries have than a ufunc's method."""
    return REDUCTIONS[ufunc](x, **params)


REDUCTIONS: dict[np.ufunc, Callable[..., Any]] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
    np.fmax: np.nanmax,
    np.fmin: np.nanmin,
    np.logical_or: np.any,
}


SCIPY = ("scipy", f"{OURS[-1]}.scipy")
CONVERTING = tuple(
    f"{place}.{module}" for place in SCIPY for module in ("linalg", "signal", "mapping")
)
"""Where functions of SciPy's are called that are no ufuncs: an array would be computed for them."""


def call_foreign(name: str, function: Callable[..., Any], xs: Sequence[Any], params: Any) -> Any:
    """``function(*xs)``; what the library of ``xs`` lacks raises, and NumPy does not step in."""
    like = kin(*xs)
    if like is None:
        return function(*xs, **params)
    if str(getattr(function, "__module__", "")).startswith(CONVERTING):
        raise lacking(name, xs, TypeError("SciPy's makes NumPy arrays of them"))
    with strictly():
        try:
            out = function(*xs, **params)
        except LACKS as error:
            raise lacking(name, xs, error) from None
    if type(out) is np.ndarray:
        raise lacking(name, xs, TypeError("the result is NumPy's"))
    return out


@contextmanager
def strictly(**ignored: Any) -> Iterator[None]:
    """``np.errstate`` in which a library does not fall back to NumPy's function with a warning."""
    with np.errstate(**ignored), warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        yield


LACKS = (FutureWarning, TypeError, AttributeError, NotImplementedError)
"""What a library raises that lacks a function or a keyword."""


def lacking(name: str, xs: Sequence[Any], error: Exception) -> Exception:
    """``error``, or one that says what ``name`` needs and the library of ``xs`` lacks."""
    library = MET and library_of(type(kin(*xs)))
    if not library or not isinstance(error, LACKS) or isinstance(error, AutogradError):
        return error
    found = re.search(r"numpy(?:\.\w+)+", str(error))
    function = found.group() if found else f"what {name} needs"
    operands = ", ".join(map(describe, xs))
    return ArrayLibraryError(
        expected(
            f"{name}({operands})",
            f"arrays whose library has {function}",
            f"{library} arrays ({str(error).partition('. ')[0].rstrip('.')})",
            "Use another function, or NumPy's arrays for this part: x.compute() or x.get().",
        )
    )
