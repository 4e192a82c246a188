"""What values and their gradients are called when a computation is explained.

A multi-layer perceptron gets the names of the textbooks: z⁽ℓ⁾ = v⁽ℓ⁻¹⁾ W⁽ℓ⁾ᵀ + b⁽ℓ⁾ and
v⁽ℓ⁾ = φ(z⁽ℓ⁾), with δ⁽ℓ⁾ for the gradient of z⁽ℓ⁾; everything else its own name, or v₁, v₂, …
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..node import Node, value_of
from ..sources import RESERVED
from .derivation import Word
from .notation import symbol

LAYER = "linear"
"""The op that a layer of a perceptron is."""
TAKEN = {*RESERVED, "grads", "d"}
TEMPORARY = re.compile(r"t\d+")
"""What a source calls values between two lines."""


class Names:
    """Words for the nodes of a graph, each source name once."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.given = {id(x): name for name, x in names.items() if isinstance(x, Node | np.ndarray)}
        self.taken = set(TAKEN)
        self.layer: dict[Node, int] = {}
        """The layer to whose pre-activation or activation a node belongs."""
        self.activations: set[Node] = set()
        self.counts: dict[str, int] = {}

    def place(self, order: Sequence[Node]) -> None:
        """Find the layers of a perceptron."""
        depth = 0
        for node in order:
            op: Any = node.op
            first = node.parents[0] if node.parents else None
            if op.name == LAYER:
                depth += 1
                self.layer[node] = depth
                for leaf in node.parents[1:]:
                    if isinstance(leaf, Node) and leaf.op is None:
                        self.layer.setdefault(leaf, depth)
            elif self.is_activation(node, first):
                self.layer[node] = self.layer[first]  # type: ignore[index]
                self.activations.add(node)

    def is_activation(self, node: Node, first: Any) -> bool:
        """Whether a node is a function, entry by entry, of a layer's pre-activation alone."""
        op: Any = node.op
        live = [p for p in node.parents if isinstance(p, Node)]
        if not op.entrywise or len(live) != 1 or live[0] is not first or first not in self.layer:
            return False
        return not self.hidden(first)

    def hidden(self, node: Node) -> bool:
        """Whether it is an activation already, or a parameter."""
        return node in self.activations or node.op is None

    def word(self, x: Any) -> Word:
        """What a leaf, a constant or a result is called."""
        single = not isinstance(value_of(x), tuple) and np.ndim(value_of(x)) == 0
        name = self.given.get(id(x)) or getattr(x, "name", None)
        made = isinstance(x, Node) and x.op is not None
        if isinstance(x, Node) and x in self.layer:
            letter = name or ("v" if x in self.activations else "z")
            index = str(self.layer[x])
            return Word(
                symbol(letter, sup=f"({index})", single=single), self.fresh(f"{letter}{index}")
            )
        if name:
            number = self.counted(name)
            sub = str(number) if number > 1 else ""
            return Word(symbol(name, sub=sub, single=single), self.fresh(name + sub))
        letter = "v" if made else "x" if isinstance(x, Node) and x.requires_grad else "c"
        sub = str(self.counted(letter))
        return Word(symbol(letter, sub=sub, single=single), self.fresh(letter + sub))

    def counted(self, name: str) -> int:
        """How many have been called so, this one included."""
        self.counts[name] = self.counts.get(name, 0) + 1
        return self.counts[name]

    def fresh(self, wish: str) -> str:
        """A source name nobody has, as near to ``wish`` as an identifier can be."""
        base = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", wish)).strip("_") or "x"
        if not base.isidentifier() or keyword.iskeyword(base) or TEMPORARY.fullmatch(base):
            base = f"x_{base}" if f"x_{base}".isidentifier() else "x"
        name, number = base, 2
        while name in self.taken or f"d_{name}" in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken |= {name, f"d_{name}"}
        return name

    def is_taken(self, name: str) -> bool:
        """Whether something else has a source name."""
        return name in self.taken or TEMPORARY.fullmatch(name) is not None

    def gradient(self, node: Node, word: Word) -> Word:
        """What the gradient of a node is called: δ of a result, ∇ of a leaf."""
        known = word.symbol
        source = f"d_{word.source}"
        if node.op is None:
            text, latex = f"∇{known.text}", rf"\nabla {known.latex}"
        elif known.text[0] in "zv" and not known.text[1:2].isascii():
            text, latex = f"δ{known.text[1:]}", rf"\delta{known.latex[1:]}"
        else:
            text, latex = f"δ({known.text})", rf"\delta\left({known.latex}\right)"
        return Word(replace(known, text=text, latex=latex), source)
