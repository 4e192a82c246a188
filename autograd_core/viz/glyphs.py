"""How an operation is written on its card: a sign (``@``, ``× 0.5``, ``x²``), a word (``matmul``).

An op without a row here is written by its name: every op can be drawn, your own too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .formatting import constant_text, plain, superscript

SIGNS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "floor_divide": "⌊÷⌋",
    "remainder": "mod",
    "matmul": "@",
    "power": "xʸ",
    "float_power": "xʸ",
    "square": "x²",
    "sqrt": "√x",
    "cbrt": "∛x",
    "reciprocal": "1/x",
    "negative": "−x",
    "positive": "+x",
    "exp": "eˣ",
    "exp2": "2ˣ",
    "log": "ln",
    "log2": "log₂",
    "log10": "log₁₀",
    "absolute": "|x|",
    "floor": "⌊x⌋",
    "ceil": "⌈x⌉",
    "sum": "Σ",
    "prod": "Π",
    "transpose": "xᵀ",
    "arcsin": "sin⁻¹",
    "arccos": "cos⁻¹",
    "arctan": "tan⁻¹",
    "conjugate": "x̄",
    "real": "Re",
    "imag": "Im",
    "getitem": "x[ ]",
}
WORDS = {"cross_entropy": "cross-entropy", "getitem": "item"}
INFIX = {"add", "subtract", "multiply", "divide", "floor_divide", "remainder"}
EXPONENT = {"power", "float_power"}


def sign(
    name: str, arity: int, constants: Mapping[int, Any], params: Mapping[str, Any]
) -> tuple[str, str]:
    """The sign of an operation and the word beside it, empty where the sign says it all.

    Parameters
    ----------
    name : str
        The op's name.
    arity : int
        How many operands it has.
    constants : mapping of int to number
        Operands that are small constants, by position: they are written into the sign.
    params : mapping
        The keywords it was applied with.

    Examples
    --------
    >>> sign("multiply", 2, {1: 0.5}, {}), sign("power", 2, {1: 2}, {})
    (('× 0.5', 'multiply'), ('x²', 'power'))
    >>> sign("tanh", 1, {}, {}), sign("maximum", 2, {1: 0}, {})
    (('tanh', ''), ('maximum(·, 0)', ''))
    """
    written = SIGNS.get(name)
    word = plain(WORDS.get(name, name), 24)
    texts = {i: constant_text(c) for i, c in constants.items()}
    if texts and arity == 2 and name in INFIX:
        return with_constant(written or word, texts), word
    if texts and arity == 2 and name in EXPONENT:
        return exponential(texts), word
    if texts:
        return f"{word}({', '.join(texts.get(i, '·') for i in range(arity))})", ""
    detail = detail_text(name, params)
    if name == "getitem" and detail:
        return detail, word
    return (f"{written} {detail}".strip(), word) if written else (f"{word} {detail}".strip(), "")


def with_constant(symbol: str, texts: Mapping[int, str]) -> str:
    """An infix sign with the constant on its side: ``× 0.5``, ``1 −``."""
    if 1 in texts:
        text = f"({texts[1]})" if texts[1].startswith("−") else texts[1]
        return f"{symbol} {text}"
    return f"{texts[0]} {symbol}"


def exponential(texts: Mapping[int, str]) -> str:
    """A power with a constant exponent or a constant base: ``x²``, ``2ˣ``."""
    if 1 in texts:
        return "x" + superscript(texts[1]) if "e" not in texts[1] else f"x^{texts[1]}"
    return f"{texts[0]}ˣ"


def detail_text(name: str, params: Mapping[str, Any]) -> str:
    """What the keywords add that the shapes do not already say."""
    if name == "einsum" and "terms" in params:
        return plain(f"{','.join(params['terms'])}→{params['result']}")
    if name == "getitem" and "index" in params:
        return index_text(params["index"])
    if name == "output" and "index" in params:
        return str(params["index"])
    axis = params.get("axis")
    if axis is None or np.ndim(axis) > 1:
        return ""
    return plain(f"axis {','.join(map(str, np.atleast_1d(axis)))}", 16)


def index_text(index: Any) -> str:
    """An index as it is typed, arrays as dots: ``x[1:, 0]``."""
    parts = index if isinstance(index, tuple) else (index,)
    return plain(f"x[{', '.join(map(part_text, parts))}]", 18)


def part_text(part: Any) -> str:
    """One axis of an index."""
    if isinstance(part, slice):
        ends = ["" if end is None else str(end) for end in (part.start, part.stop)]
        return ":".join([*ends, str(part.step)] if part.step is not None else ends)
    if part is Ellipsis:
        return "…"
    return "None" if part is None else "·" if np.ndim(part) else str(part)
