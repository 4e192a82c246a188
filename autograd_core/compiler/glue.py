"""What surrounds a run of a program, as one generated function, since it is run for every call.

It reads what the program reads, runs it, changes outside what it changes, and gives the results in
the form in which the function gave them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..node import Node, constant_node, next_birth
from .program import Argument, Asked, Memory, Slot, Var
from .trace import followed

if TYPE_CHECKING:
    from .variant import Variant


class Again:
    """What a run gives that met NaN where zeros may be structural: what its callbacks answered."""

    def __init__(self, answers: list[Any]) -> None:
        self.answers = answers


class Glue:
    """The text of two functions; every value that it needs is in ``space``, by a name made here.

    Parameters
    ----------
    variant : Variant
    contiguous : bool
        Whether what runs the program needs arrays in C order.
    """

    def __init__(self, variant: Variant, contiguous: bool) -> None:
        self.variant, self.program, self.contiguous = variant, variant.program, contiguous
        self.names = {var: f"i{i}" for i, (var, _) in enumerate(self.program.inputs)}
        self.space: dict[str, Any] = {
            "run": variant.runner,
            "copy": np.ascontiguousarray,
            "birth": next_birth,
            "node": constant_node,
            "Again": Again,
            "array": np.array,
        }

    def functions(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """From flattened arguments to the result; the same of these and callbacks' answers."""
        reads, rest = self.reads(), [*self.runs(), *self.writes(), self.gives()]
        asked = [(self.names[v], s) for v, s in self.program.inputs if isinstance(s, Asked)]
        early, late = ([x for x in asked if reads_inputs(x[1]) == after] for after in (False, True))
        heads = {
            "call(a)": [*map(self.asks, early), *reads, *map(self.asks, late)],
            "again(a, q)": [*(f"{name} = q[{k}]" for k, (name, _) in enumerate(asked)), *reads],
        }
        for head, body in heads.items():
            text = "\n".join(f"    {line}" for line in [*body, *rest])
            code = compile(f"def {head}:\n{text}\n", "<glue>", "exec")
            exec(code, self.space)  # nosec B102 # names made above; users' values are in ``space``
        return self.space["call"], self.space["again"]

    def reads(self) -> list[str]:
        """Lines that read arguments and leaves."""
        whole = {id(owner) for owner, _, _ in self.variant.touched}  # views of whole arrays
        lines = []
        for var, source in self.program.inputs:
            name = self.names[var]
            if isinstance(source, Argument):
                lines.append(f"{name} = a[{source.index}]{'.value' * source.node}")
            elif isinstance(source, Slot):
                self.space[f"{name}_leaf"] = source.node
                lines.append(f"{name} = {name}_leaf.{source.name}{'.T' * source.turned}")
            elif isinstance(source, Memory):
                self.space[name] = source.array
                continue
            else:
                continue
            if self.contiguous and var.shape and id(getattr(source, "node", None)) not in whole:
                lines.append(f"if not {name}.flags.c_contiguous: {name} = copy({name})")
        return lines

    def asks(self, asked: tuple[str, Asked]) -> str:
        """The line that calls a callback."""
        name, source = asked
        given = []
        self.space[f"{name}_call"] = source.function
        for k, x in enumerate(source.args):
            given.append(self.names[x] if isinstance(x, Var) else f"{name}_{k}")
            self.space[f"{name}_{k}"] = x
        return f"{name} = {name}_call({', '.join(given)})"

    def runs(self) -> list[str]:
        """Lines that run the program, whose results are ``out``."""
        answers = [self.names[v] for v, source in self.program.inputs if isinstance(source, Asked)]
        return [
            f"out = run({', '.join(self.names.values())})",
            f"if out is None: return Again([{', '.join(answers)}])",
            "now = birth()",
        ]

    def writes(self) -> list[str]:
        """Lines that change leaves; what lives in memory the program has changed itself."""
        lines, place = [], sum(isinstance(x, Var) for x in self.program.results)
        for i, (source, x) in enumerate(self.program.writes):
            self.space[f"c{i}"] = x
            value = f"out[{place}]" if isinstance(x, Var) else f"c{i}"
            place += isinstance(x, Var)
            if isinstance(source, Slot):
                self.space[f"w{i}"] = source.node
                lines.append(f"w{i}.{source.name} = {value}")
                lines += [f"w{i}.birth = now"] if source.name == "value" else []
        for i, (owner, array, path) in enumerate(self.variant.touched):
            self.space |= {f"t{i}": owner, f"m{i}": followed(array, path)}
            node = isinstance(owner, Node)
            lines += [f"t{i}.value = m{i}", f"t{i}.birth = now"] if node else [f"t{i}.grad = m{i}"]
        return lines

    def gives(self) -> str:
        """The line that returns the results."""
        given, place, results = [], 0, self.variant.results
        for i, (x, is_node) in enumerate(zip(self.program.results, results.nodes, strict=True)):
            if isinstance(x, Var):
                text, place = f"out[{place}]", place + 1
            else:
                self.space[f"k{i}"] = x
                text = f"array(k{i})" if isinstance(x, np.ndarray) else f"k{i}"
            given.append(f"node({text})" if is_node else text)
        self.space["rebuild"] = results.rebuild
        return f"return {given[0]}" if results.single else f"return rebuild([{', '.join(given)}])"


def reads_inputs(source: Asked) -> bool:
    """Whether a callback is given what is read before."""
    return any(isinstance(x, Var) for x in source.args)
