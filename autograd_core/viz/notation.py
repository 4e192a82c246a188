"""How an operation is written as mathematics: ``a ⊙ b``, ``xᵀ``, ``√x``, in Unicode and in LaTeX.

One row a form; what has none is written as a call by its name. ``derivation.py`` applies it to
graphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .formatting import constant_text, plain
from .glyphs import WORDS

SUM, HADAMARD, PRODUCT, PREFIX, ATOM = range(5)
"""How tightly a form binds: the lower in parentheses inside the higher."""

RAISED = str.maketrans("0123456789+-()=n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾⁼ⁿ")
LOWERED = str.maketrans("0123456789+-()=", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎₌")
SPECIAL = re.compile(r"[\\{}$&#%_^~-]")
UNUSUAL = {"\\": r"\backslash ", "^": r"\hat{\ }", "~": r"\sim ", "-": r"\text{-}"}
"""Characters that LaTeX needs another word for than themselves after a backslash."""
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστφχψω",
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
            "tau phi chi psi omega"
        ).split(),
        strict=True,
    )
)


@dataclass(frozen=True)
class Expression:
    """A piece of mathematics, in Unicode and in LaTeX, and how tightly it binds."""

    text: str
    latex: str
    rank: int = ATOM
    single: bool = False
    """Whether its value is one number."""
    raised: bool = False
    """Whether it ends in an upper index."""
    divisor: Expression | None = None
    """What it is one over, if it is."""

    def within(self, rank: int) -> Expression:
        """Itself, in parentheses if it binds less tightly."""
        if self.rank >= rank:
            return self
        return bracketed(self)


def symbol(name: str, *, sub: str = "", sup: str = "", single: bool = False) -> Expression:
    r"""A name with a lower and an upper index.

    Examples
    --------
    >>> s = symbol("W", sup="(1)")
    >>> s.text, s.latex
    ('W⁽¹⁾', 'W^{(1)}')
    >>> print(symbol("rate", sub="2").latex)
    \mathrm{rate}_{2}
    """
    text = plain(name, 40) + sub.translate(LOWERED) + sup.translate(RAISED)
    letter = GREEK.get(name)
    latex = rf"\{letter}" if letter else escaped(plain(name, 40))
    latex = latex if letter or len(name) == 1 else rf"\mathrm{{{latex}}}"
    latex += (f"_{{{sub}}}" if sub else "") + (f"^{{{sup}}}" if sup else "")
    return Expression(text, latex, ATOM, single, raised=bool(sup))


def escaped(text: str) -> str:
    """Text of the user's that LaTeX and MathJax, which knows no macros in text, print as it is."""
    return SPECIAL.sub(lambda m: UNUSUAL.get(m[0], rf"\{m[0]}"), text)


def constant(x: Any) -> Expression:
    """A number."""
    text = constant_text(x)
    latex = text.replace("−", "-").replace("∞", r"\infty")
    return Expression(text, latex, SUM if "−" in text or "+" in text else ATOM, single=True)


ONE = Expression("1", "1", ATOM, True)


# Forms


def infix(text: str, latex: str, rank: int) -> Callable[..., Expression]:
    """Two operands with a sign between them."""

    def form(x: Expression, y: Expression) -> Expression:
        x, y = x.within(rank), y.within(rank + 1)
        return Expression(x.text + text + y.text, x.latex + latex + y.latex, rank)

    return form


def bracketed(x: Expression) -> Expression:
    """In parentheses."""
    return Expression(f"({x.text})", rf"\left({x.latex}\right)", ATOM, x.single)


def times(x: Expression, y: Expression) -> Expression:
    """A product entry by entry; a factor 1 is not written."""
    if "1" in (x.text, y.text):
        return y if x.text == "1" else x
    if x == y:
        return power(x, Expression("2", "2"))
    if y.divisor is not None:
        return over(x, y.divisor)
    x, y = (bracketed(z) if z.rank == PRODUCT else z for z in (x, y))
    sign = (" · ", r" \cdot ") if x.single or y.single else (" ⊙ ", r" \odot ")
    return infix(*sign, HADAMARD)(x, y)


def over(x: Expression, y: Expression) -> Expression:
    """A quotient."""
    text = f"{x.within(HADAMARD).text} / {y.within(PREFIX).text}"
    divisor = y if x.text == "1" else None
    return Expression(text, rf"\frac{{{x.latex}}}{{{y.latex}}}", HADAMARD, divisor=divisor)


def power(x: Expression, y: Expression) -> Expression:
    """A power; whole exponents are raised digits."""
    if y.text == "1":
        return x
    base = bracketed(x) if x.raised or x.rank < ATOM else x
    whole = y.text.isdigit()
    text = base.text + (y.text.translate(RAISED) if whole else f"^{y.within(ATOM).text}")
    return Expression(text, f"{base.latex}^{{{y.latex}}}", PREFIX)


def prefix(text: str, latex: str) -> Callable[[Expression], Expression]:
    """A sign before its operand."""

    def form(x: Expression) -> Expression:
        x = x.within(HADAMARD)
        return Expression(text + x.text, latex + x.latex, HADAMARD)

    return form


def around(
    left: str, right: str, latex_left: str, latex_right: str
) -> Callable[[Expression], Expression]:
    """Signs on both sides."""
    return lambda x: Expression(left + x.text + right, latex_left + x.latex + latex_right)


def root(x: Expression) -> Expression:
    """A square root."""
    return Expression(f"√{x.within(ATOM).text}", rf"\sqrt{{{x.latex}}}", PREFIX)


def called(name: str, operands: Sequence[Expression]) -> Expression:
    """A function of its operands."""
    name = plain(name, 40)
    short = name in KNOWN_TO_LATEX
    head = rf"\{name}" if short else rf"\mathrm{{{escaped(name)}}}"
    return Expression(
        f"{name}({', '.join(x.text for x in operands)})",
        rf"{head}\left({', '.join(x.latex for x in operands)}\right)",
    )


KNOWN_TO_LATEX = set("sin cos tan sinh cosh tanh arcsin arccos arctan exp log max min det".split())


def affine(x: Expression, W: Expression, b: Expression | None = None) -> Expression:
    """A fully connected layer."""
    product = FORMS["matmul"](x, transposed(W))
    return product if b is None else FORMS["add"](product, b)


def transposed(x: Expression) -> Expression:
    """A matrix transposed."""
    x = x.within(ATOM)
    top = rf"{x.latex[:-1]}\top}}" if x.raised else rf"{x.latex}^{{\top}}"
    return Expression(f"{x.text}ᵀ", top, PREFIX)


FORMS: dict[str, Callable[..., Expression]] = {
    "add": infix(" + ", " + ", SUM),
    "subtract": infix(" − ", " - ", SUM),
    "multiply": times,
    "divide": over,
    "power": power,
    "float_power": power,
    "matmul": infix(" ", r"\, ", PRODUCT),
    "linear": affine,
    "negative": prefix("−", "-"),
    "square": lambda x: power(x, Expression("2", "2")),
    "reciprocal": lambda x: over(ONE, x),
    "sqrt": root,
    "absolute": around("|", "|", r"\left|", r"\right|"),
    "conjugate": lambda x: Expression(
        f"{x.within(ATOM).text}*", rf"\overline{{{x.latex}}}", PREFIX
    ),
    "maximum": lambda x, y: called("max", [x, y]),
    "minimum": lambda x, y: called("min", [x, y]),
    "floor": around("⌊", "⌋", r"\lfloor ", r"\rfloor "),
    "ceil": around("⌈", "⌉", r"\lceil ", r"\rceil "),
}
"""Operations with a form of their own, by name."""

SAME = {"positive", "identity", "copy", "astype", "broadcast_to", "reshape"}
"""Operations that change no entry: their operand is written, its new shape stands beside."""


def written(
    name: str, operands: Sequence[Expression], params: Mapping[str, Any], facts: Facts
) -> Expression:
    """An operation applied to operands.

    Parameters
    ----------
    name : str
        The op's.
    operands : sequence of Expression
    params : mapping
        The op's keywords.
    facts : Facts
        Shapes before and after.

    Examples
    --------
    >>> x, y = symbol("x"), symbol("y")
    >>> product = written("multiply", [x, y], {}, Facts())
    >>> written("subtract", [symbol("a"), product], {}, Facts()).text
    'a − x ⊙ y'
    >>> written("multiply", [written("add", [x, y], {}, Facts()), y], {}, Facts()).text
    '(x + y) ⊙ y'
    """
    found = form_of(name, operands, params, facts)
    return replace(found, single=facts.single)


@dataclass(frozen=True)
class Facts:
    """Shapes of an operation's result and of its first operand."""

    shape: tuple[int, ...] | None = None
    before: tuple[int, ...] = ()

    @property
    def single(self) -> bool:
        """Whether the result is one number."""
        return self.shape == ()


def form_of(
    name: str, operands: Sequence[Expression], params: Mapping[str, Any], facts: Facts
) -> Expression:
    """The form of an operation, by its name and keywords."""
    if name in FORMS and not params:
        return FORMS[name](*operands)
    if name in SAME:
        return operands[0]
    if name == "transpose" and tuple(params.get("axes", ())) == (1, 0):
        return transposed(operands[0])
    if name in ("sum", "fold"):
        return summed(operands[0], params.get("axis"), facts)
    if name == "getitem":
        return entry(operands[0], params["index"])
    shown = [
        *operands,
        *(
            Expression(f"{k}={plain(str(v), 24)}", escaped(f"{k}={plain(str(v), 24)}"))
            for k, v in params.items()
            if shows(k, v)
        ),
    ]
    return called(WORDS.get(name, name), shown)


def shows(key: str, value: Any) -> bool:
    """Whether a keyword says more than the shapes do."""
    if key in ("keepdims", "shape", "dtype", "reduction") or (key == "axis" and value == -1):
        return False
    return isinstance(value, str | int | float) and value is not False


def summed(x: Expression, axis: Any, facts: Facts) -> Expression:
    """A sum over some axes, or down to a shape."""
    axes = tuple(axis) if axis is not None else folded_axes(facts)
    if not axes:
        return x
    lower = "" if len(axes) == len(facts.before) else ",".join(map(str, axes))
    x = x.within(HADAMARD)
    sub = "".join(lower.split(",")).translate(LOWERED) if lower else ""
    return Expression(
        f"Σ{sub} {x.text}", rf"\sum_{{{lower}}} {x.latex}" if lower else rf"\sum {x.latex}", SUM
    )


def folded_axes(facts: Facts) -> tuple[int, ...]:
    """The axes over which folding to a shape sums."""
    after = facts.shape or ()
    extra = len(facts.before) - len(after)
    ones = [i + extra for i, n in enumerate(after) if n == 1 != facts.before[i + extra]]
    return (*range(extra), *ones)


def entry(x: Expression, index: Any) -> Expression:
    """Some entries of an array."""
    parts = index if isinstance(index, tuple) else (index,)
    inner = plain(", ".join(map(index_text, parts)), 24)
    x = x.within(ATOM)
    return Expression(f"{x.text}[{inner}]", f"{x.latex}_{{[{escaped(inner)}]}}")


def index_text(part: Any) -> str:
    """One axis of an index."""
    if isinstance(part, slice):
        return ":".join(
            "" if p is None else str(p)
            for p in (part.start, part.stop, part.step)[: 2 + (part.step is not None)]
        )
    if part is Ellipsis or part is None:
        return "…" if part is Ellipsis else "new"
    return str(part) if np.ndim(part) == 0 else f"{np.size(part)} places"
