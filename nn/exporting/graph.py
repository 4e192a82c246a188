"""An ONNX graph while it is being written: operators, weights, and names for both.

Which operators a layer becomes is in ``rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import ModelFileError, expected
from ..module import Module


@dataclass
class Graph:
    """The nodes and weights of an ONNX graph that is being written."""

    onnx: Any
    rules: Mapping[str, Rule]
    dtype: np.dtype[Any]
    rank: int
    nodes: list[Any] = field(default_factory=list)
    weights: list[Any] = field(default_factory=list)

    def add(self, module: Module, path: str, x: str) -> str:
        """Append what a module does to ``x``; the name of its result."""
        rule = self.rules.get(type(module).__name__)
        if rule is None:
            cure = f"There are rules for {', '.join(self.rules)}."
            where = f"to_onnx, layer {path!r}," if path else "to_onnx"
            raise ModelFileError(expected(where, "a layer that ONNX knows", repr(module), cure))
        return rule(self, module, path, x)

    def call(self, op: str, inputs: Sequence[str], path: str, **attributes: Any) -> str:
        """Append an operator; the name of its result."""
        name = path if not self._taken(path) else f"{path}.{len(self.nodes)}"
        self.nodes.append(
            self.onnx.helper.make_node(op, list(inputs), [name], name=f"{name}/{op}", **attributes)
        )
        return name

    def _taken(self, name: str) -> bool:
        return name in ("", "x") or any(name in node.output for node in self.nodes)

    def weight(self, name: str, value: Any) -> str:
        """Keep an array; its name."""
        if not any(kept.name == name for kept in self.weights):
            array = np.ascontiguousarray(getattr(value, "value", value), self.dtype)
            array = array.reshape(np.shape(getattr(value, "value", value)))
            self.weights.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def rename(self, old: str, new: str) -> None:
        """Call a result something else."""
        for node in self.nodes:
            node.input[:] = [new if name == old else name for name in node.input]
            node.output[:] = [new if name == old else name for name in node.output]


Rule = Callable[[Graph, Any, str, str], str]
"""What appends a layer to a graph, given the layer's path and the name of its input."""
