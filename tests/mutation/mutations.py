"""Small changes to a program that its tests should notice: one of them at a time, as new source.

Operators, comparisons, constants, conditions, arguments and statements are changed where they
stand, so that every other line keeps its number. Text, annotations and imports are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Change = tuple[ast.AST, str, ast.AST | None]
"""What is changed, the function it is in, and what takes its place (None: nothing)."""

OPERATORS: dict[type, type] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult},
    **{ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And},
}
COMPARISONS: dict[type, tuple[type, ...]] = {
    **{ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt)},
    **{ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt)},
    **{ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,)},
    **{ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)},
}
WORDS = {"expected", "unsupported", "missing", "describe", "add_note"}
"""Calls that make messages: what they say is tested elsewhere, if at all."""
KEPT = (None, "name", "sample", "strict")
"""Keywords that name, that tests are made from, or that only guard against errors made here."""
UNTOUCHED = ("annotation", "returns", "decorator_list", "bases", "ctx")
"""Parts of a node that do not compute."""


@dataclass(frozen=True)
class Mutation:
    """One change: where it is, what stands there, and what is put in its place."""

    line: int
    where: str
    text: str
    """The line that it begins on."""
    before: str
    after: str
    span: tuple[int, int]
    """The bytes of the source that are replaced."""

    @property
    def key(self) -> tuple[str, str, str]:
        """It in words, the same when lines have moved."""
        return self.where, self.text, f"{self.before} -> {self.after}"

    def applied(self, source: str) -> str:
        """The source with it, of as many lines as before."""
        raw = source.encode()
        start, end = self.span
        blank = "\n" * raw[start:end].count(b"\n")
        bracketed = self.after.startswith("(")
        new = f"{self.after[:-1]}{blank})" if bracketed else self.after + blank
        return (raw[:start] + new.encode() + raw[end:]).decode()


def mutations(source: str) -> list[Mutation]:
    """Every change to a source, in the order of its lines; each leaves a program."""
    starts = [0]
    for line in source.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = [line.strip() for line in source.splitlines()]
    found = [written(change, starts, lines) for change in changes(ast.parse(source), "")]
    return [m for m in dict.fromkeys(found) if parses(m.applied(source))]


def written(change: Change, starts: list[int], lines: list[str]) -> Mutation:
    """A change as text: a statement as it is, an expression in brackets, on one line."""
    node, where, new = change
    place: Any = node
    start = starts[place.lineno - 1] + place.col_offset
    end = starts[place.end_lineno - 1] + place.end_col_offset
    text = "pass" if new is None else ast.unparse(new)
    after = text if isinstance(node, ast.stmt) else f"({text})"
    line = place.lineno
    return Mutation(line, where, lines[line - 1], ast.unparse(node), after, (start, end))


def parses(source: str) -> bool:
    """Whether it is a program."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def changes(node: ast.AST, where: str) -> Iterator[Change]:
    """Every change to a tree."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom) or is_words(node):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        where = f"{where}.{node.name}".lstrip(".")
    for kinds, made in VARIANTS:
        if isinstance(node, kinds):
            yield from ((old, where, new) for old, new in made(node))
    if isinstance(node, ast.keyword) and node.arg in KEPT:
        return
    for name, child in ast.iter_fields(node):
        for part in child if isinstance(child, list) else [child]:
            if isinstance(part, ast.AST) and name not in UNTOUCHED:
                yield from changes(part, where)


def is_words(node: ast.AST) -> bool:
    """Whether it makes a message, or is a docstring."""
    if isinstance(node, ast.Call):
        name = str(getattr(node.func, "attr", getattr(node.func, "id", "")))
        return name in WORDS or name.endswith(("Error", "Warning"))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def altered(node: Any, **fields: Any) -> Any:
    """A copy with other fields."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


Variants = Iterator[tuple[Any, Any]]
"""Pairs of a node and what takes its place."""


def of_operator(node: Any) -> Variants:
    """Another operator."""
    if type(node.op) in OPERATORS:
        yield node, altered(node, op=OPERATORS[type(node.op)]())


def of_sign(node: Any) -> Variants:
    """Without its minus, or its not."""
    if isinstance(node.op, ast.USub | ast.Not):
        yield node, node.operand


def of_comparison(node: Any) -> Variants:
    """Another comparison, at each place of a chain."""
    for i, op in enumerate(node.ops):
        for new in COMPARISONS[type(op)]:
            yield node, altered(node, ops=[*node.ops[:i], new(), *node.ops[i + 1 :]])


def of_constant(node: Any) -> Variants:
    """Another number, the other truth."""
    if isinstance(node.value, bool):
        yield node, ast.Constant(not node.value)
    elif isinstance(node.value, int | float | complex):
        yield node, ast.Constant(node.value + 1)


def of_condition(node: Any) -> Variants:
    """The other way round, unless changing the comparison, or dropping its not, says the same."""
    for test in node.ifs if isinstance(node, ast.comprehension) else [node.test]:
        single = isinstance(test, ast.Compare) and len(test.ops) == 1
        if not single and not isinstance(test, ast.UnaryOp):
            yield test, ast.UnaryOp(ast.Not(), test)


def of_call(node: Any) -> Variants:
    """The first two arguments swapped; each keyword left out."""
    first, second, *more = [*node.args, None, None]
    plain = second is not None and not any(isinstance(x, ast.Starred) for x in (first, second))
    if plain and ast.dump(first) != ast.dump(second):
        yield node, altered(node, args=[second, first, *more[:-2]])
    for keyword in node.keywords:
        if keyword.arg not in KEPT:
            yield node, altered(node, keywords=[k for k in node.keywords if k is not keyword])


def of_statement(node: Any) -> Variants:
    """Left out, unless it gives names that others would miss at once."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    if not targets or not all(isinstance(t, ast.Name | ast.Tuple) for t in targets):
        yield node, None


def of_return(node: Any) -> Variants:
    """Nothing returned."""
    if node.value is not None and getattr(node.value, "value", True) is not None:
        yield node, ast.Return(None)


VARIANTS: list[tuple[Any, Callable[[Any], Variants]]] = [
    ((ast.BinOp, ast.BoolOp, ast.AugAssign), of_operator),
    (ast.UnaryOp, of_sign),
    (ast.Compare, of_comparison),
    (ast.Constant, of_constant),
    ((ast.If, ast.IfExp, ast.While, ast.comprehension), of_condition),
    (ast.Call, of_call),
    ((ast.Expr, ast.AugAssign, ast.Assign, ast.Raise, ast.Continue, ast.Break), of_statement),
    (ast.Return, of_return),
]
"""What is changed, and into what."""
