"""What each layer is in ONNX: one rule a layer, one a function of ``Lambda``.

A rule appends operators to a ``Graph`` and returns the name of its result.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ModelFileError, expected
from ..module import joined
from .graph import Graph, Rule


def _one(op: str, **attributes: Any) -> Rule:
    """A layer that is one operator; attributes that are text are the layer's own."""

    def rule(graph: Graph, layer: Any, path: str, x: str) -> str:
        own = {k: getattr(layer, v) if isinstance(v, str) else v for k, v in attributes.items()}
        return graph.call(op, [x], path, **own)

    return rule


def _linear(graph: Graph, layer: Any, path: str, x: str) -> str:
    W = graph.weight(joined(path, "weight"), layer.weight)
    b = None if layer.bias is None else graph.weight(joined(path, "bias"), layer.bias)
    if graph.rank == 2:
        return graph.call("Gemm", [x, W] if b is None else [x, W, b], path, transB=1)
    turned = graph.call("Transpose", [W], joined(path, "weightT"), perm=[1, 0])
    product = graph.call("MatMul", [x, turned], path)
    return product if b is None else graph.call("Add", [product, b], path)


def _batch_norm(graph: Graph, layer: Any, path: str, x: str) -> str:
    ones = np.ones(layer.features)
    parts = {
        "weight": ones if layer.weight is None else layer.weight,
        "bias": 0 * ones if layer.bias is None else layer.bias,
        "running_mean": layer.running_mean,
        "running_var": layer.running_var,
    }
    if graph.rank == 2:
        names = [graph.weight(joined(path, name), value) for name, value in parts.items()]
        return graph.call("BatchNormalization", [x, *names], path, epsilon=layer.eps)
    gain, shift, mean, var = (
        np.asarray(getattr(v, "value", v), dtype=float) for v in parts.values()
    )
    scale = gain / np.sqrt(var + layer.eps)
    scaled = graph.call("Mul", [x, graph.weight(joined(path, "scale"), scale)], path)
    return graph.call(
        "Add", [scaled, graph.weight(joined(path, "shift"), shift - mean * scale)], path
    )


def _layer_norm(graph: Graph, layer: Any, path: str, x: str) -> str:
    gain = np.ones(layer.features) if layer.weight is None else layer.weight
    inputs = [x, graph.weight(joined(path, "weight"), gain)]
    if layer.bias is not None:
        inputs.append(graph.weight(joined(path, "bias"), layer.bias))
    return graph.call("LayerNormalization", inputs, path, axis=-1, epsilon=layer.eps)


def _standardize(graph: Graph, layer: Any, path: str, x: str) -> str:
    centred = graph.call("Sub", [x, graph.weight(joined(path, "mean"), layer.mean)], path)
    return graph.call("Div", [centred, graph.weight(joined(path, "scale"), layer.scale)], path)


def _dropout(graph: Graph, layer: Any, path: str, x: str) -> str:
    if layer.inverted or not layer.p:
        return x
    return graph.call("Mul", [x, graph.weight(joined(path, "kept"), np.array(1 - layer.p))], path)


def _flatten(graph: Graph, layer: Any, path: str, x: str) -> str:
    graph.rank = 2
    return graph.call("Flatten", [x], path, axis=1)


def _sequential(graph: Graph, model: Any, path: str, x: str) -> str:
    for i, layer in enumerate(model):
        x = graph.add(layer, joined(path, str(i)), x)
    return x


def _residual(graph: Graph, layer: Any, path: str, x: str) -> str:
    rank, past = graph.rank, x
    if layer.shortcut is not None:
        past = graph.add(layer.shortcut, joined(path, "shortcut"), x)
    graph.rank = rank
    return graph.call("Add", [past, graph.add(layer.body, joined(path, "body"), x)], path)


def _prelu(graph: Graph, layer: Any, path: str, x: str) -> str:
    return graph.call("PRelu", [x, graph.weight(joined(path, "weight"), layer.weight)], path)


def _silu(graph: Graph, layer: Any, path: str, x: str) -> str:
    return graph.call("Mul", [x, graph.call("Sigmoid", [x], joined(path, "sigmoid"))], path)


def _hard_tanh(graph: Graph, layer: Any, path: str, x: str) -> str:
    bounds = [graph.weight(joined(path, n), np.array(v)) for n, v in (("low", -1.0), ("high", 1.0))]
    return graph.call("Clip", [x, *bounds], path)


def _lambda(graph: Graph, layer: Any, path: str, x: str) -> str:
    known = FUNCTIONS.get(layer.name or "")
    if known is None:
        cure = f"ONNX has {', '.join(FUNCTIONS)}."
        where = f"to_onnx, layer {path!r}," if path else "to_onnx"
        raise ModelFileError(expected(where, "a function that ONNX has", repr(layer), cure))
    return known(graph, layer, path, x)


def _square(graph: Graph, layer: Any, path: str, x: str) -> str:
    return graph.call("Mul", [x, x], path)


RULES: dict[str, Rule] = {
    "Linear": _linear,
    "Standardize": _standardize,
    "BatchNorm": _batch_norm,
    "LayerNorm": _layer_norm,
    "Dropout": _dropout,
    "Flatten": _flatten,
    "Lambda": _lambda,
    "Sequential": _sequential,
    "MLP": _sequential,
    "Residual": _residual,
    "Identity": lambda graph, layer, path, x: x,
    "ReLU": _one("Relu"),
    "LeakyReLU": _one("LeakyRelu", alpha="negative_slope"),
    "PReLU": _prelu,
    "ELU": _one("Elu", alpha="alpha"),
    "SELU": _one("Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    "GELU": _one("Gelu", approximate="approximate"),
    "SiLU": _silu,
    "Mish": _one("Mish"),
    "Softplus": _one("Softplus"),
    "Sigmoid": _one("Sigmoid"),
    "HardSigmoid": _one("HardSigmoid", alpha=1 / 6, beta=0.5),
    "Tanh": _one("Tanh"),
    "HardTanh": _hard_tanh,
    "Softsign": _one("Softsign"),
    "Softmax": _one("Softmax", axis="axis"),
    "LogSoftmax": _one("LogSoftmax", axis="axis"),
}
"""A rule for each layer in ``LAYERS``."""

FUNCTIONS: dict[str, Rule] = {
    "relu": RULES["ReLU"],
    "selu": RULES["SELU"],
    "silu": RULES["SiLU"],
    "mish": RULES["Mish"],
    "softplus": RULES["Softplus"],
    "sigmoid": RULES["Sigmoid"],
    "hard_sigmoid": RULES["HardSigmoid"],
    "hard_tanh": RULES["HardTanh"],
    "softsign": RULES["Softsign"],
    "identity": RULES["Identity"],
    "square": _square,
    "absolute": _one("Abs"),
    "negative": _one("Neg"),
    "positive": RULES["Identity"],
    "reciprocal": _one("Reciprocal"),
    "sqrt": _one("Sqrt"),
    "exp": _one("Exp"),
    "log": _one("Log"),
    "sign": _one("Sign"),
    "floor": _one("Floor"),
    "ceil": _one("Ceil"),
    "rint": _one("Round"),
    **{
        name: _one(name.replace("arc", "a").capitalize())
        for name in (
            "sin", "cos", "tan", "arcsin", "arccos", "arctan",
            "sinh", "cosh", "tanh", "arcsinh", "arccosh", "arctanh",
        )
    },
}  # fmt: skip
"""Functions that a ``Lambda`` may have, by name."""
