"""The vjp rules of a graph as mathematics and as source, by running each on Nodes of its own.

What a rule does to those stand-ins is what it does in a sweep, so the words cannot disagree with
the numbers. ``notation.py`` says how an operation is written, ``explain.py`` lays the lines out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from ..arrays import to_numpy
from ..broadcasting import fold
from ..deferred import Deferred
from ..graph import ancestry
from ..node import Node, size_of, value_of
from ..pull import handed_over, missing_rule
from ..sources import Namespace, call, literal, ours
from .formatting import plain
from .notation import Expression, Facts, called, constant, folded_axes, symbol, written

LONGEST = 16
"""Operations of a rule beyond which it is named instead of written out."""

MASKS: dict[str, tuple[str, ...]] = {
    "relu": ("1[{0} > 0]",),
    "maximum": ("1[{0} > {1}]", "1[{1} > {0}]"),
    "minimum": ("1[{0} < {1}]", "1[{1} < {0}]"),
    "fmax": ("1[{0} > {1}]", "1[{1} > {0}]"),
    "fmin": ("1[{0} < {1}]", "1[{1} < {0}]"),
    "clip": ("1[{1} < {0} < {2}]", "1[{0} < {1}]", "1[{0} > {2}]"),
    "where": ("", "1[{0}]", "1[not {0}]"),
    "max": ("1[{0} = {out}]",),
    "min": ("1[{0} = {out}]",),
    "cross_entropy": ("onehot({1})",),
}
"""What the array means that the rule for operand i makes of values, by the op's name.

Where the op selects, it says where the gradient goes; those that tie share it.
"""


TYPESET = {"1[": r"\mathbb{1}[", "onehot": r"\mathrm{onehot}", "not ": r"\lnot "}


class Word(NamedTuple):
    """What something is called: in mathematics and in source."""

    symbol: Expression
    source: str

    def member(self, index: int) -> Word:
        """One member of a tuple."""
        text, latex = f"{self.symbol.text}[{index}]", f"{self.symbol.latex}_{{[{index}]}}"
        return Word(Expression(text, latex), f"{self.source}[{index}]")


class Term(NamedTuple):
    """What one use of a value gives to its gradient."""

    parent: Node
    value: Any
    expression: Expression
    lines: list[str]
    """Source lines that come before ``source``."""
    source: str
    member: int | None = None
    """Which member of a tuple it belongs to."""


class Writer:
    """What is known so far, by identity, and how everything else is written with it."""

    def __init__(self, taken: Callable[[str], bool]) -> None:
        self.words: dict[int, Word] = {}
        self.names = Namespace(taken)
        self.kept: list[Any] = []  # what is known by identity must stay alive
        self.temporaries = 0

    def know(self, thing: Any, word: Word) -> None:
        """Call ``thing`` by this word from now on."""
        self.kept.append(thing)
        self.words[id(thing)] = word

    def expression(self, x: Any, mask: Expression | None = None) -> Expression:
        """``x`` as mathematics: what it is called, or how it was computed."""
        if id(x) in self.words:
            return self.words[id(x)].symbol
        if isinstance(x, Node) and x.op is not None:
            operands = [self.expression(p, mask) for p in x.parents]
            first = value_of(x.parents[0]) if x.parents else ()
            before = () if isinstance(first, tuple) else np.shape(first)
            shape = None if isinstance(x.value, tuple) else x.shape
            return written(x.op.name, operands, x.params, Facts(shape, before))
        value = value_of(x)
        if mask is not None and (isinstance(value, tuple) or np.ndim(value) or mask.single):
            return mask
        if not isinstance(value, tuple) and size_of(value) == 1:
            return constant(to_numpy(value).reshape(-1)[0].item())
        return symbol("C")

    def source(self, x: Any) -> str:
        """``x`` in source: its name, or as a constant."""
        known = self.words.get(id(x))
        return known.source if known is not None else literal(value_of(x), self.names)

    def computed(self, node: Node) -> str:
        """The source of a node, from its operands' names."""
        op: Any = node.op
        operands = [self.source(p) for p in node.parents]
        if op is fold:
            shape = node.params["shape"]
            axes = folded_axes(Facts(shape, np.shape(value_of(node.parents[0]))))
            return f"np.reshape(np.sum({operands[0]}, axis={axes}), {shape})"
        return call(op, operands, node.params, self.names)

    def statements(self, end: Any, stops: list[Node]) -> tuple[list[str], str]:
        """Source lines before the last, and the last one's right side, that compute ``end``."""
        lines: list[str] = []
        if not isinstance(end, Node) or id(end) in self.words:
            return lines, self.source(end)
        for node in ancestry([end], stop=stops).order[:-1]:
            self.temporaries += 1
            name = f"t{self.temporaries}"
            lines.append(f"{name} = {self.computed(node)}")
            self.know(node, Word(self.expression(node), name))
        return lines, self.computed(end)


def terms(node: Node, g: Any, word: Word, writer: Writer) -> Iterator[Term]:
    """What ``node`` gives to each operand that carries a gradient.

    Parameters
    ----------
    node : Node
    g : array or tuple of arrays
        Its own gradient.
    word : Word
        What that is called.
    writer : Writer
        Knows the node and its operands.
    """
    op: Any = node.op
    stand = StandIns(node, g, word, writer)
    rules = op.vjps
    joint = list(rules(*stand.given, **node.params)) if callable(rules) else None
    for i, parent in enumerate(node.parents):
        if not isinstance(parent, Node) or not parent.requires_grad:
            continue
        if joint is not None:
            c = joint[i]
        elif i >= len(rules):
            raise missing_rule(op, i)
        else:
            c = rules[i] and rules[i](*stand.given, **node.params)
        if c is not None:
            yield stand.term(i, parent, c)


class StandIns:
    """Nodes in the place of an operation's gradient, result and operands, and what to call them."""

    def __init__(self, node: Node, g: Any, word: Word, writer: Writer) -> None:
        self.node, self.writer = node, writer
        self.nodes: list[Node] = []
        out = writer.words[id(node)]
        self.gradient = word
        self.given = (
            self.stand(g, word),
            self.stand(node.value, out),
            *map(self.operand, node.parents),
        )

    def stand(self, value: Any, word: Word) -> Any:
        """A Node of this value, called as what it stands for; a tuple of them for a tuple."""
        if isinstance(value, tuple):
            return tuple(self.stand(v, word.member(i)) for i, v in enumerate(value))
        if to_numpy(value).dtype.kind not in "fc":
            self.writer.know(value, word)
            return value
        node = Node(value)
        self.nodes.append(node)
        self.writer.know(node, word)
        return node

    def operand(self, parent: Any) -> Any:
        """An operand as its rule sees it; small constants stay numbers."""
        word = self.writer.words.get(id(parent))
        return parent if word is None else self.stand(value_of(parent), word)

    def term(self, i: int, parent: Node, c: Any) -> Term:
        """A cotangent, brought to the form of its variable, with how it is written."""
        c = handed_over(c.dense() if type(c) is Deferred else c, parent.value, self.node)
        length = len(ancestry([c], stop=self.nodes).order) if isinstance(c, Node) else 0
        op: Any = self.node.op
        if isinstance(c, tuple):  # this node is one member of what an op with several results made
            index = self.node.params["index"]
            value = tuple(map(value_of, c))
            return Term(parent, value, self.gradient.symbol, [], self.gradient.source, index)
        expression = (
            called(f"{plain(op.name)}′", [self.gradient.symbol])
            if length > LONGEST
            else self.writer.expression(c, self.mask(i))
        )
        return Term(parent, value_of(c), expression, *self.writer.statements(c, self.nodes))

    def mask(self, i: int) -> Expression | None:
        """Where an operation that selects lets the gradient through, in words."""
        op: Any = self.node.op
        patterns = MASKS.get(op.name, ()) if ours(op) else ()
        if i >= len(patterns):
            return None
        operands = [self.writer.expression(p) for p in self.node.parents]
        out = self.writer.words[id(self.node)].symbol
        text, latex = (
            patterns[i].format(*(getattr(x, kind) for x in operands), out=getattr(out, kind))
            for kind in ("text", "latex")
        )
        for word, typeset in TYPESET.items():
            latex = latex.replace(word, typeset)
        numbers = all(np.ndim(value_of(p)) == 0 for p in self.node.parents)
        return Expression(text, latex, single=numbers)
