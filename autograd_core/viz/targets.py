"""What is handed to ``draw`` and ``explain``, as Nodes: results, or a function's."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..arrays import to_numpy
from ..details import MODE, Mode
from ..errors import ArgumentTypeError, describe, expected
from ..modes import Lines
from ..node import Node
from ..tree import flatten


class Targets(NamedTuple):
    """Results to show, names for what they were made from, and which leaves are arguments."""

    ends: list[Node]
    names: dict[str, Any]
    inputs: set[Node]


def targets(
    what: str, target: Any, args: Sequence[Any], names: Mapping[str, Any] | None
) -> Targets:
    """The Nodes that ``target`` stands for.

    Parameters
    ----------
    what : str
        The function that asks, for its messages.
    target : Node, sequence of Node or callable
        A callable is called with ``args``, floating arrays and numbers among them as Nodes.
    args : sequence
    names : mapping of str to Node or array, optional

    Raises
    ------
    ArgumentTypeError
        There is no Node, or there are arguments for what is no function.
    """
    called: dict[str, Any] = dict(names or {})
    inputs: set[Node] = set()
    if is_program(target):
        from .programs import program_nodes

        found, titles, inputs = program_nodes(target)
        return Targets(found, titles | called, inputs)
    if callable(target) and not isinstance(target, Node):
        found, called, inputs = run(target, args, called)
    else:
        found = list(target) if isinstance(target, list | tuple) else [target]
        if args:
            got = f"{len(args)} beside {describe(target)}"
            cure = "Pass a function and its arguments, or a result alone."
            raise ArgumentTypeError(expected(what, "arguments for a function only", got, cure))
    wrong = [x for x in found if not isinstance(x, Node)]
    if wrong or not found:
        got = describe(wrong[0]) if wrong else "none"
        cure = "Pass a result that was computed from ag.Node(...), or a function and its arguments."
        raise ArgumentTypeError(expected(what, "a Node or a function", got, cure))
    return Targets(found, called, inputs)


def is_program(target: Any) -> bool:
    """Whether it is a compiled program (asked without importing the compiler)."""
    compiler = sys.modules.get("autograd_core.compiler")
    return compiler is not None and isinstance(target, compiler.Program)


def run(
    function: Callable[..., Any], args: Sequence[Any], names: dict[str, Any]
) -> tuple[list[Any], dict[str, Any], set[Node]]:
    """What a function returns for Nodes of its arguments, what these are called, and they."""
    titles, inputs = parameters(function), set()
    given = []
    for i, argument in enumerate(args):
        leaves, rebuild = flatten(argument)
        title = titles[i] if i < len(titles) else f"x{i + 1}"
        nodes = [as_node(x) for x in leaves]
        for k, (node, leaf) in enumerate(zip(nodes, leaves, strict=True)):
            names.setdefault(title if len(nodes) == 1 else f"{title}{k + 1}", node)
            if isinstance(node, Node) and node is not leaf:
                inputs.add(node)
        given.append(rebuild(nodes))
    outer = MODE.get() or Mode()
    token = MODE.set(Mode(outer.scope, outer.watch or Lines()))
    try:
        ends, _ = flatten(function(*given))
    finally:
        MODE.reset(token)
    return ends, names, inputs


def as_node(x: Any) -> Any:
    """A floating number or array as a leaf; anything else as it is."""
    if isinstance(x, Node) or (to_numpy(x).dtype.kind not in "fc" and type(x) is not int):
        return x
    return Node(x)


def parameters(function: Callable[..., Any]) -> list[str]:
    """The names of a function's positional parameters; of a module, those of ``forward``."""
    try:
        signature = inspect.signature(getattr(function, "forward", function))
    except (TypeError, ValueError):  # some built-in functions have none
        return []
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, p in signature.parameters.items() if p.kind in kinds]
