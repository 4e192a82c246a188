"""Numbers, shapes and names as a reader wants them: short, true, harmless whatever they contain.

``Statistics`` are the facts about an array that a picture keeps (never the array itself). What is
drawn is ``picture.py``; which markup surrounds the words is ``dot.py`` and ``text.py``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..arrays import to_numpy

NOT_A_NUMBER = "NaN"
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
BARS = "▁▂▃▄▅▆▇█"
SUPERSCRIPTS = str.maketrans("0123456789-−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻·")


class Statistics(NamedTuple):
    """The facts about a value or a gradient that are worth a line."""

    shape: tuple[int, ...]
    kind: str
    """NumPy's letter for the kind of dtype: b, i, u, f or c; t for a tuple of results."""
    number: Any = None
    """The value itself, where there is only one."""
    mean: complex | float = 0.0
    std: float = 0.0
    low: float = 0.0
    high: float = 0.0
    norm: float = 0.0
    nan: int = 0
    inf: int = 0
    dtype: str = ""
    """Its name where it is to be shown."""


def statistics(value: Any) -> Statistics:
    """The facts about a number, an array or a tuple of arrays.

    Examples
    --------
    >>> statistics(np.array([3.0, 4.0])).norm
    5.0
    """
    if isinstance(value, tuple):
        members = [np.ravel(to_numpy(v)) for v in value]
        return statistics(np.concatenate(members))._replace(
            shape=(len(value),), kind="t", number=None
        )
    array = to_numpy(value)
    kind = array.dtype.kind
    number = array.reshape(-1)[0].item() if array.size == 1 else None
    facts = Statistics(array.shape, kind, number)
    if array.size == 0 or kind not in "biufc":
        return facts
    array = array.astype(complex if kind == "c" else float)
    with np.errstate(all="ignore"):
        flat = array.reshape(-1)
        norm = math.sqrt(np.vdot(flat, flat).real)
        if not math.isfinite(norm):
            return irregular(flat, facts)
        low, high = (flat.min(), flat.max()) if kind != "c" else (flat.real.min(), flat.real.max())
        mean = flat.mean().item()
        return facts._replace(
            mean=mean, std=float(flat.std()), low=float(low), high=float(high), norm=norm
        )


def irregular(flat: Any, facts: Statistics) -> Statistics:
    """The facts about entries that are not all finite, or too large to be squared."""
    finite = flat[np.isfinite(flat)]
    nan, inf = int(np.isnan(flat).sum()), int(np.isinf(flat).sum())
    peak = float(abs(finite).max()) if finite.size else 0.0
    norm = peak * float(np.linalg.norm(finite / peak)) if peak else 0.0
    if nan or inf:
        norm = math.nan if nan else math.inf
    mean, std = (finite.mean().item(), float(finite.std())) if finite.size else (0.0, 0.0)
    return facts._replace(mean=mean, std=std, norm=norm, nan=nan, inf=inf)


def number_text(value: Any, digits: int = 3) -> str:
    """A number to so many significant digits, with a true minus sign.

    Examples
    --------
    >>> [number_text(x) for x in (0.5, -1234.5, 6.02e23, 0.0, float("nan"))]
    ['0.500', '−1234', '6.02e23', '0', 'NaN']
    """
    if isinstance(value, bool | int | np.bool_):
        return (
            str(value).replace("-", "−")
            if abs(int(value)) < 10**6
            else number_text(float(value), digits)
        )
    if isinstance(value, complex):
        if value.imag == 0:
            return number_text(value.real, digits)
        if value.real == 0:
            return f"{number_text(value.imag, digits)}i"
        sign = "+" if value.imag >= 0 or value.imag != value.imag else "−"
        return f"{number_text(value.real, digits)} {sign} {number_text(abs(value.imag), digits)}i"
    value = float(value)
    if value != value:
        return NOT_A_NUMBER
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return (rounded(value, digits) if value else "0").replace("-", "−")


def rounded(value: float, digits: int) -> str:
    """``value`` to so many significant digits: positional near 1, with an exponent far from it."""
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if -4 < int(exponent) < 4:
        return f"{value:.{max(0, digits - 1 - int(exponent))}f}"
    return f"{mantissa}e{int(exponent)}"


def constant_text(value: Any) -> str:
    """A constant as it was probably typed.

    Examples
    --------
    >>> constant_text(0.5), constant_text(2.0), constant_text(1 / 3)
    ('0.5', '2', '0.333')
    """
    value = to_numpy(value).item()
    if isinstance(value, complex) and value.real == 0:
        return f"{constant_text(value.imag)}i"
    if (
        isinstance(value, float)
        and math.isfinite(value)
        and len(f"{value:g}") <= 6
        and float(f"{value:g}") == value
    ):
        return f"{value:g}".replace("-", "−")
    return number_text(value)


def superscript(text: str) -> str:
    """A number raised, for exponents.

    Examples
    --------
    >>> superscript("−12")
    '⁻¹²'
    """
    return text.translate(SUPERSCRIPTS)


def shape_text(shape: tuple[int, ...]) -> str:
    """Axis lengths as ``5×8``; nothing for a scalar."""
    return "×".join(map(str, shape))


def kind_text(facts: Statistics) -> str:
    """Shape, and the kind of dtype where it is not a floating one."""
    if facts.kind == "t":
        return f"{facts.shape[0]} results"
    word = (
        {"b": " bool", "i": " int", "u": " int", "c": " complex"}.get(facts.kind, "")
        if facts.shape
        else ""
    )
    return (shape_text(facts.shape) + (f" {facts.dtype}" if facts.dtype else word)).strip()


def value_text(facts: Statistics) -> str:
    """What a value is like, in one line.

    Examples
    --------
    >>> value_text(statistics(np.array([1.0, 2.0, 4.5]))), value_text(statistics(np.zeros(3)))
    ('2.5 ± 1.5', 'all 0')
    >>> value_text(statistics(np.array([1, 7]))), value_text(statistics(0.25))
    ('1…7', '0.250')
    """
    if facts.kind == "t":
        return ""
    if facts.number is not None:
        return number_text(facts.number)
    if 0 in facts.shape:
        return "empty"
    if facts.nan or facts.inf:
        count = [f"{n} {word}" for n, word in ((facts.nan, NOT_A_NUMBER), (facts.inf, "∞")) if n]
        return " ".join([*count, "of", str(math.prod(facts.shape))])
    if facts.kind == "b":
        return f"{facts.mean.real:.0%} true"
    if facts.low == facts.high and (facts.kind != "c" or facts.std == 0):
        return f"all {constant_text(facts.mean if facts.kind == 'c' else facts.low)}"
    if facts.kind in "iu":
        return f"{facts.low:.0f}…{facts.high:.0f}".replace("-", "−")
    return f"{number_text(facts.mean, 2)} ± {number_text(facts.std, 2)}"


def gradient_text(facts: Statistics | None) -> str:
    """A gradient in one line: a number itself, an array's 2-norm, a dash if it is not known.

    Examples
    --------
    >>> gradient_text(None), gradient_text(statistics(-1.5))
    ('∇ –', '∇ −1.50')
    >>> gradient_text(statistics(np.array([3.0, 4.0])))
    '∇ 5.0'
    """
    if facts is None:
        return "∇ –"
    if facts.number is not None and not facts.shape:
        return f"∇ {number_text(facts.number)}"
    return f"∇ {number_text(facts.norm, 2)}"


def trend_text(norms: Sequence[float], width: int = 24) -> str:
    """Norms from block to block as a small curve on a logarithmic scale, and its two ends.

    Examples
    --------
    >>> trend_text([1.0, 10.0, 100.0])
    '∇ ▁▅█ 1.0 → 100'
    >>> trend_text([float("nan")])
    ''
    """
    known = [x for x in norms if math.isfinite(x)]
    if not known:
        return ""
    picked = [norms[i] for i in np.linspace(0, len(norms) - 1, min(len(norms), width)).astype(int)]
    logs = [math.log10(x) for x in known if x > 0]
    low, span = (min(logs), max(logs) - min(logs)) if logs else (0.0, 0.0)

    def bar(x: float) -> str:
        if not math.isfinite(x):
            return "!"
        height = (math.log10(x) - low) / span if x > 0 and span > 1e-9 else 0.5 * (x > 0)
        return BARS[round(height * (len(BARS) - 1))]

    ends = f"{number_text(norms[0], 2)} → {number_text(norms[-1], 2)}"
    return f"∇ {''.join(map(bar, picked))} {ends}"


def plain(text: str, limit: int = 28) -> str:
    r"""``text`` on one line, without control characters, at most ``limit`` characters long.

    Examples
    --------
    >>> plain("two\nlines"), plain("a" * 100, limit=6)
    ('two lines', 'aaaaa…')
    """
    text = str(text)[: 4 * limit]
    text = INVISIBLE.sub("\ufffd", re.sub(r"\s+", " ", text))
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
