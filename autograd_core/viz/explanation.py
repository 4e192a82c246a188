"""A computation and its backward pass in words: numbered lines of mathematics, and as source.

Each op's own vjp rule is run and what it did is printed (``derivation.py``), so the lines cannot
disagree with what is computed. ``explain.py`` is the function users call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from ..arrays import library_of
from ..details import MODE, Mode
from ..errors import ArgumentError, expected
from ..graph import ancestry
from ..node import Node, value_of
from ..pull import added
from .derivation import Term, Word, Writer, terms
from .formatting import Statistics, gradient_text, kind_text, statistics, value_text
from .naming import Names
from .notation import ATOM, ONE, SUM, Expression
from .survey import gradients

LIMIT = 2000
"""Operations beyond which nobody would read it."""


class Step(NamedTuple):
    """One line: what is computed, by what, and the facts about its value."""

    left: Expression
    right: Expression
    facts: Statistics
    is_gradient: bool


class Explanation:
    """What ``explain`` returns: ``print`` it, or let a notebook show its LaTeX.

    Attributes
    ----------
    forward, backward : list of Step
    notes : list of str
        What the reader must know.
    source : str
        The same as NumPy source: run in ``namespace``, it leaves the gradients in ``grads``.
    namespace : dict
        The inputs' values, and what the source uses that NumPy lacks.

    Examples
    --------
    >>> x, w = ag.Node(2.0, name="x"), ag.Node(-0.5, name="w")
    >>> told = ag.explain(np.tanh(x * w))
    >>> scope = dict(told.namespace)
    >>> exec(told.source, scope)
    >>> print(f"{scope['grads']['x']:.3f}")
    -0.210
    """

    def __init__(self, targets: Sequence[Node], names: Mapping[str, Any]) -> None:
        self.forward: list[Step] = []
        self.backward: list[Step] = []
        self.notes: list[str] = []
        self.events: list[tuple[str, int, int, str, str]] = []
        """Kind, birth of the node that acts and of the one that gets something, text, figure."""
        self.lines: list[str] = ["import numpy as np", ""]
        self.inputs: dict[str, Any] = {}
        self.called = Names(names)
        self.writer = Writer(self.called.is_taken)
        self.targets = list(dict.fromkeys(targets))
        live = [t for t in self.targets if t.requires_grad]
        found = ancestry(live)
        if len(found.order) > LIMIT:
            cure = "Explain a smaller part, or draw it with ag.draw."
            got = f"{len(found.order):,}"
            raise ArgumentError(expected("explain", f"at most {LIMIT:,} operations", got, cure))
        token = MODE.set(Mode())
        try:
            with np.errstate(all="ignore"):
                self.tell_forward(found.order)
                self.tell_backward(found.order, live)
        finally:
            MODE.reset(token)

    # forward

    def tell_forward(self, order: Sequence[Node]) -> None:
        """A line for every operation, after names for what it needs."""
        self.called.place(order)
        for node in [*order, *(t for t in self.targets if t.op is None)]:
            for x in (*node.parents, node):
                self.meet(x)
        if order:
            self.lines.append("# forward")
        for node in order:
            word = self.writer.words[id(node)]
            del self.writer.words[id(node)]  # to be written by what it was computed from
            expression, source = self.writer.expression(node), self.writer.computed(node)
            self.writer.know(node, word)
            self.lines.append(f"{word.source} = {source}")
            told = statistics(node.value)
            self.forward.append(Step(word.symbol, expression, told, False))
            text = f"{word.symbol.text} = {expression.text}"
            self.events.append(("forward", node.birth, node.birth, text, value_text(told)))

    def meet(self, x: Any) -> None:
        """Give a value its name; a small constant stays a number."""
        known = id(x) in self.writer.words
        if known or (not isinstance(x, Node) and np.ndim(x) == 0 and type(x) is not tuple):
            return
        word = self.called.word(x)
        self.writer.know(x, word)
        if not isinstance(x, Node) or x.op is None:
            self.inputs[word.source] = value_of(x)

    # backward

    def tell_backward(self, order: Sequence[Node], ends: Sequence[Node]) -> None:
        """A line for the gradient of every operation and leaf, youngest first."""
        if not ends:
            self.notes.append(
                "No backward pass: the result does not depend on what is differentiated."
            )
            return
        if any(end.shape != () for end in ends) or len(ends) > 1:
            self.notes.append("The backward pass is that of the sum of all entries of the result.")
        self.lines += ["", "# backward"]
        arrived: dict[Node, list[Term]] = {}
        for end in ends:
            array = np.ndim(end.value) or library_of(type(end.value))
            one = np.ones_like(end.value) if array else type(end.value)(1)
            source = (
                f"np.ones_like({self.writer.words[id(end)].source})" if end.shape else repr(1.0)
            )
            arrived.setdefault(end, []).append(Term(end, one, ONE, [], source))
        waiting = uses(order)
        found = {end: self.collected(end, arrived[end]) for end in ends if end.op is None}
        for node in reversed(order):
            if node in arrived:
                word, value = self.collected(node, arrived.pop(node))
                for term in terms(node, value, word, self.writer):
                    self.arrives(node, term, term.parent in arrived)
                    arrived.setdefault(term.parent, []).append(term)
                    self.lines += term.lines
            for leaf in leaves_of(node):
                waiting[leaf] -= 1
                if not waiting[leaf] and leaf in arrived:
                    found[leaf] = self.collected(leaf, arrived[leaf])
        entries = ", ".join(
            f"{self.writer.words[id(x)].source!r}: {w.source}" for x, (w, _) in found.items()
        )
        self.lines.append(f"grads = {{{entries}}}")
        self.compare(found)

    def arrives(self, node: Node, term: Term, again: bool) -> None:
        """Remember that a node gives a cotangent to an operand."""
        parent = term.parent
        name = self.called.gradient(parent, self.writer.words[id(parent)]).symbol.text
        text = f"{name} {'+=' if again else '='} {term.expression.text}"
        figure = gradient_text(statistics(term.value))
        self.events.append(("backward", node.birth, parent.birth, text, figure))

    def collected(self, node: Node, given: list[Term]) -> tuple[Word, Any]:
        """The gradient of a node from all its terms: what it is called, and its value."""
        word = self.called.gradient(node, self.writer.words[id(node)])
        value = given[0].value
        for term in given[1:]:
            value = added(value, term.value)
        several = isinstance(node.value, tuple)
        right, source = members(node, given, self.writer) if several else total(given)
        self.lines.append(f"{word.source} = {source}")
        passed_on = len(given) == 1 and right.rank == ATOM and not several
        inlined = node in self.called.activations or (passed_on and node not in self.called.layer)
        if node.op is None or not inlined or any(node is end for end in self.targets):
            self.backward.append(Step(word.symbol, right, statistics(value), True))
        return Word(right, word.source) if node.op is not None and inlined else word, value

    def compare(self, found: Mapping[Node, tuple[Word, Any]]) -> None:
        """Say so where a sweep gives another number: it keeps structural zeros apart."""
        swept, _ = gradients(self.targets)
        for leaf, (word, value) in found.items():
            if leaf in swept and not np.allclose(value, swept[leaf], equal_nan=True):
                self.notes.append(
                    f"{word.symbol.text} is {value_text(statistics(swept[leaf]))}: what nothing "
                    "selects has no influence, whatever an infinite or undefined slope says."
                )

    # how it shows itself

    @property
    def source(self) -> str:
        """The forward and backward pass as NumPy source."""
        scipys = ["import scipy.special"] if "scipy.special." in "".join(self.lines) else []
        return "\n".join([self.lines[0], *scipys, *self.lines[1:]]) + "\n"

    @property
    def namespace(self) -> dict[str, Any]:
        """What the source is run in."""
        return {**self.writer.names, **self.inputs}

    def __str__(self) -> str:
        given = [(name, *facts(statistics(x), False)) for name, x in self.inputs.items()]
        rows = [[*sections("given", given)]]
        numbers = count(1)
        for title, steps in (("forward", self.forward), ("backward", self.backward)):
            lines = [
                (
                    f"{next(numbers):>3}  {step.left.text} = {step.right.text}",
                    *facts(step.facts, step.is_gradient),
                )
                for step in steps
            ]
            rows.append([*sections(title, lines)])
        return "\n".join([*self.notes, *aligned([row for part in rows for row in part])])

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        """Aligned equations, which a notebook typesets."""
        parts = []
        for title, steps in (("forward", self.forward), ("backward", self.backward)):
            parts.append(rf"&\textbf{{{title}}}")
            for step in steps:
                shape = r" \times ".join(map(str, step.facts.shape))
                where = rf" &&\in \mathbb{{R}}^{{{shape}}}" if shape else ""
                if not shape and step.facts.number is not None:
                    where = f" &&= {constant_latex(step)}"
                parts.append(f"{step.left.latex} &= {step.right.latex}{where}")
        body = " \\\\\n".join(parts)
        return f"$$\\begin{{aligned}}\n{body}\n\\end{{aligned}}$$"


def constant_latex(step: Step) -> str:
    """The value of a line that is one number."""
    return value_text(step.facts).replace("−", "-").replace("∞", r"\infty")


def leaves_of(node: Node) -> list[Node]:
    """The leaves a node reads that carry a gradient, once for every use."""
    return [p for p in node.parents if isinstance(p, Node) and p.op is None and p.requires_grad]


def uses(order: Sequence[Node]) -> dict[Node, int]:
    """How often each leaf is read."""
    found: dict[Node, int] = {}
    for node in order:
        for leaf in leaves_of(node):
            found[leaf] = found.get(leaf, 0) + 1
    return found


def total(given: Sequence[Term]) -> tuple[Expression, str]:
    """A sum of terms."""
    first = given[0].expression
    if len(given) == 1:
        return first, given[0].source
    parts = [term.expression for term in given]
    right = Expression(
        " + ".join(x.text for x in parts), " + ".join(x.latex for x in parts), SUM, first.single
    )
    return right, " + ".join(f"({term.source})" for term in given)


def members(node: Node, given: Sequence[Term], writer: Writer) -> tuple[Expression, str]:
    """A tuple of sums of terms."""
    made = writer.words[id(node)].source
    texts, latex, sources = [], [], []
    for i in range(len(node.value)):
        own = [term for term in given if term.member == i]
        right, source = total(own) if own else (None, f"np.zeros_like({made}[{i}])")
        texts.append(right.text if right else "0")
        latex.append(right.latex if right else "0")
        sources.append(source)
    joined = [", ".join(parts) for parts in (texts, latex, sources)]
    return Expression(f"({joined[0]})", rf"\left({joined[1]}\right)"), f"({joined[2]},)"


def facts(of: Statistics, is_gradient: bool) -> tuple[str, str]:
    """Shape and value of a line."""
    return kind_text(of), gradient_text(of).removeprefix("∇ ") if is_gradient else value_text(of)


def sections(title: str, lines: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """A heading and its lines; nothing where there are none."""
    if lines:
        yield (title,)
        yield from lines


def aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns padded to a common width, empty ones left out; a heading stands alone."""
    widths = [max((len(r[i]) for r in rows if len(r) > 1), default=0) for i in range(3)]
    return [
        "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=False) if w).rstrip()
        for row in rows
    ]
