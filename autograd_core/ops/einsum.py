"""``np.einsum``: one row, whose transpose is the same sum with the cotangent among the operands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..arrays import as_kin, numbers
from ..batching.rules import contracted
from ..broadcasting import fold, spread
from ..errors import unsupported
from ..node import value_of
from ..primitive import PerArgument
from ..rows import implements, multilinear, query
from ..sampling import normal
from ..zeros import all_or_nothing, any_moves_all
from .products import conj, ndim

query(np.einsum_path)


def subscripts(formula: str, operands: Sequence[Any]) -> tuple[list[str], str]:
    """The letters of every operand and of the result, with the ellipsis spelled out."""
    formula = formula.replace(" ", "")
    left, arrow, right = formula.partition("->")
    terms = left.split(",")
    free = [c for c in map(chr, range(192, 1000)) if c not in formula]
    widths = [
        ndim(x) - len(term.replace("...", "")) for term, x in zip(terms, operands, strict=True)
    ]
    dots = "".join(
        free[: max([w for w, t in zip(widths, terms, strict=True) if "..." in t], default=0)]
    )
    if not arrow:
        letters = left.replace("...", "").replace(",", "")
        right = dots + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    spelled = [
        t.replace("...", dots[len(dots) - w :] if w else "")
        for t, w in zip(terms, widths, strict=True)
    ]
    return spelled, right.replace("...", dots)


def einsum_vjp(
    i: int, g: Any, out: Any, *operands: Any, terms: tuple[str, ...], result: str, optimize: Any
) -> Any:
    """The same sum with g in the place of operand i.

    Letters that only it has are spread, diagonals put back.
    """
    term, others = terms[i], [*terms[:i], *terms[i + 1 :]]
    known = set(result).union(*others) if others else set(result)
    unique = "".join(dict.fromkeys(term))
    found = "".join(c for c in unique if c in known)
    rest = [conj(x) for k, x in enumerate(operands) if k != i]
    c = einsum_([result, *others], found, [g, *rest], optimize)
    shape, size = np.shape(value_of(operands[i])), np.shape(value_of(c))
    lengths = dict(zip(found, size, strict=True))
    own = [shape[term.index(k)] for k in unique]
    if [lengths.get(k) for k in unique] != own:  # where it was, or has to be, spread
        c = np.reshape(c, [lengths.get(k, 1) for k in unique])
        folded = (1 if n == 1 else m for n, m in zip(own, np.shape(value_of(c)), strict=True))
        c = spread(fold(c, shape=tuple(folded)), shape=tuple(own))
    return c if term == unique else on_diagonal(c, unique, term, shape)


def on_diagonal(c: Any, unique: str, term: str, shape: tuple[int, ...]) -> Any:
    """An array whose axes in ``term`` repeat letters, zero off the diagonal."""
    spare = iter(c for c in map(chr, range(1000, 2000)))
    seen: set[str] = set()
    axes, eyes = "", []
    for letter, n in zip(term, shape, strict=True):
        axes += next(spare) if letter in seen else letter
        if letter in seen:
            eyes.append((letter + axes[-1], as_kin(np.eye(n, dtype=value_of(c).dtype), c)))
        seen.add(letter)
    return einsum_([unique, *(t for t, _ in eyes)], axes, [c, *(e for _, e in eyes)], False)


def _einsum(*operands: Any, terms: tuple[str, ...], result: str, optimize: Any) -> Any:
    return np.einsum(numbered(terms, result), *operands, optimize=optimize)


def numbered(terms: Sequence[str], result: str) -> str:
    """A formula in the 52 letters that NumPy knows."""
    used = dict.fromkeys("".join(terms) + result)
    names = dict(zip(used, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False))
    return (
        ",".join("".join(names[c] for c in term) for term in terms)
        + "->"
        + "".join(names[c] for c in result)
    )


einsum_op = multilinear(
    _einsum,
    PerArgument(einsum_vjp),
    batch=contracted,
    sample=[
        normal((3, 2), (2, 4), terms=("ab", "bc"), result="ac", optimize=False),
        normal((3, 3), terms=("aa",), result="a", optimize=False),
        normal((3, 2), (3,), terms=("ab", "a"), result="", optimize=False),
        normal((3, 2), (1,), terms=("ab", "b"), result="a", optimize=False),
    ],
    name="einsum",
)


def moved_back(i: int, influence: Any, constant: Any, out: Any, *args: Any, **params: Any) -> Any:
    """Structural zeros: one operand's entries are moved and added; of several any may count."""
    if len(args) > 1:
        return all_or_nothing(i, influence, constant, out, *args)
    return einsum_vjp(0, numbers(influence), out, *args, **params) != 0


def moved_on(moved: list[Any], out: Any, *args: Any, **params: Any) -> Any:
    """The same forward."""
    if len(args) > 1:
        return any_moves_all(moved, out, *args)
    return _einsum(numbers(moved[0]), **params) != 0


einsum_op.zeros, einsum_op.moves = moved_back, moved_on


def einsum_(terms: Sequence[str], result: str, operands: Sequence[Any], optimize: Any) -> Any:
    """The row, or NumPy's own function on plain arrays."""
    return einsum_op(*operands, terms=tuple(terms), result=result, optimize=optimize)


@implements(np.einsum)
def einsum(*operands: Any, out: Any = None, optimize: Any = False, **params: Any) -> Any:
    """``np.einsum`` of Nodes: traces, diagonals, ellipsis, implicit result, and the list form."""
    if out is not None:
        raise unsupported(
            "np.einsum", "out", "...", "Nodes are immutable: use the returned result."
        )
    for keyword, got in params.items():
        raise unsupported("np.einsum", keyword, got, "Convert the operands with astype first.")
    if not isinstance(operands[0], str):
        operands = from_lists(operands)
    formula, *arrays = operands
    if len(formula.partition("->")[0].split(",")) != len(arrays):
        np.einsum(formula, *map(value_of, arrays))  # NumPy's own message
    terms, result = subscripts(formula, arrays)
    return einsum_(terms, result, arrays, optimize)


def from_lists(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """``einsum(x, [0, 1], y, [1, 2], [0, 2])`` in letters."""

    def letters(labels: Any) -> str:
        return "".join(
            "..." if k is Ellipsis else chr(ord("A" if k < 26 else "a") + k % 26) for k in labels
        )

    pairs = len(operands) // 2
    formula = ",".join(letters(operands[2 * k + 1]) for k in range(pairs))
    if len(operands) % 2:
        formula += "->" + letters(operands[-1])
    return (formula, *operands[: 2 * pairs : 2])
