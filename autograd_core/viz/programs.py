"""A compiled program as Nodes, so that it is drawn like any graph: one card a line.

Lines that one native loop computes are framed together. The values are those of the run that was
traced.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..compiler.native import available, loops
from ..compiler.program import Argument, Asked, Line, Memory, Program, Slot, Var, convert, mapped
from ..details import Details
from ..errors import NotDifferentiableError
from ..node import MANY, Node, next_birth
from ..primitive import Primitive


def program_nodes(program: Program) -> tuple[list[Node], dict[str, Node], set[Node]]:
    """What it gives and writes, names of what it reads, and which of that are arguments."""
    nodes: dict[Var, Any] = {}
    names: dict[str, Node] = {}
    inputs: set[Node] = set()
    read = {var for line in program.lines for var in line.reads()} | set(program.ends())
    for var, source in program.inputs:
        if var not in read:
            continue
        node = nodes[var] = leaf(program, var, source)
        if isinstance(source, Argument | Asked):
            inputs.add(node)
        names[title(source, names)] = node
    frames = loops(program) if available() else {}
    for line in program.lines:
        nodes[line.out] = made(line, nodes, frames.get(line.out))
    ends = [nodes[var] for var in dict.fromkeys(program.ends()) if var in nodes]
    last = [node for node in ends if node.op is not None]
    return last or ends, names, inputs


def leaf(program: Program, var: Var, source: Any) -> Node:
    """An input."""
    if isinstance(source, Slot):
        held = getattr(source.node, source.name)
        return named(held.T if source.turned else held, getattr(source.node, "name", None))
    value = source.array if isinstance(source, Memory) else program.examples[var]
    return named(value, None)


def named(value: Any, name: str | None) -> Node:
    """A leaf with any value."""
    node = Node.__new__(Node)
    node.value, node.op, node.first, node.second = value, None, (), MANY
    node.details = Details(name=name)
    node.birth, node.mark, node.bar = next_birth(), -1, None
    return node


def title(source: Any, taken: dict[str, Node]) -> str:
    """What an input is called: as its leaf, or after what it is; numbered if that is taken."""
    kinds = {Argument: "argument", Slot: "leaf", Memory: "state", Asked: "given"}
    kind = kinds[type(source)]
    wish = kind
    if isinstance(source, Slot):
        wish = (getattr(source.node, "name", None) or kind) + "ᵀ" * source.turned
    name, number = wish, 2
    while name in taken:
        name, number = f"{wish} {number}", number + 1
    return name


def made(line: Line, nodes: dict[Var, Any], frame: str | None) -> Node:
    """One line as the Node of an operation."""
    parents: list[Any] = []
    numbers = isinstance(line.function, np.ufunc)

    def collect(x: Any) -> None:
        if isinstance(x, Var):
            parents.append(nodes[x])
        elif isinstance(x, np.ndarray) or (numbers and isinstance(x, int | float | complex)):
            parents.append(x)

    mapped(line.args, collect)
    values = mapped((line.args, line.params), lambda x: nodes[x].value if isinstance(x, Var) else x)
    node = Node.__new__(Node)
    node.value = line.function(*values[0], **values[1])
    node.op = Primitive(Step(line), backward_is_inside, name=name_of(line.function))
    node.first, node.second = tuple(parents), MANY
    node.keywords = dict(values[1])
    if line.function in SECOND:
        node.keywords[SECOND[line.function]] = values[0][1]
    node.details = Details((frame,) if frame else ())
    node.birth, node.mark, node.bar = next_birth(), -1, None
    return node


def backward_is_inside(*_: Any, **__: Any) -> Any:
    """The rule of every line: there is no backward pass to replay."""
    raise NotDifferentiableError(
        "a program is drawn as it runs, with its backward pass among its lines"
    )


SECOND = {
    np.reshape: "shape",
    np.transpose: "axes",
    np.broadcast_to: "shape",
    operator.getitem: "index",
    convert: "dtype",
}
"""Functions whose second argument rows take as a keyword."""


class Step:
    """A line as a function of its operands; none of the tables' rows, whatever its name."""

    def __init__(self, line: Line) -> None:
        self.line, self.__module__ = line, "a compiled program"

    def __call__(self, *operands: Any) -> Any:
        """Its result."""
        return self.line.function(*operands, **self.line.params)


def name_of(function: Any) -> str:
    """What a line computes."""
    owner = getattr(function, "__self__", None)
    name = str(getattr(function, "__name__", type(function).__name__))
    if owner is not None and name == "reduce":
        sums = {"add": "sum", "maximum": "max", "minimum": "min", "multiply": "prod"}
        return sums.get(owner.__name__, f"{owner.__name__}.reduce")
    inner = getattr(function, "function", None)
    return name if inner is None else str(getattr(inner, "__name__", name))
