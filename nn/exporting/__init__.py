"""Models as ONNX files, for the many programs that run those.

What is written is the model in use: running statistics, no dropout. Which operators a layer becomes
is in ``rules.py``; files to load again are in ``saving.py``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..errors import ShapeError, expected, missing
from ..files import write_file
from ..layers.linear import floating
from ..module import Module, expect_module
from .graph import Graph
from .rules import FUNCTIONS, RULES

__all__ = ["FUNCTIONS", "RULES", "to_onnx"]

OPSET, IR = 20, 10


def to_onnx(
    model: Module,
    path: str | os.PathLike[str],
    input_shape: Sequence[int] | None = None,
    *,
    dtype: npt.DTypeLike | None = None,
) -> None:
    """Write a model as an ONNX file, as it computes in use.

    Parameters
    ----------
    model : Module
        Of layers in ``nn.layers.LAYERS``; a ``Lambda`` of a function that ONNX has, too.
    path : str or path-like
        Usually ends in ``.onnx``.
    input_shape : sequence of int, optional
        Shape of a sample. By default (n_in,), with n_in from the first layer that has a number of
        features.
    dtype : dtype, optional
        Of inputs, weights and outputs in the file; the model's by default. ONNX Runtime computes
        only some operators in float64: for others pass np.float32.

    Raises
    ------
    ModelFileError
        The model has a layer that ONNX has no words for, or the file cannot be written.
    ShapeError
        ``input_shape`` is needed, or does not fit the model.
    MissingPackageError
        The package onnx is not installed.

    Notes
    -----
    The input is called ``x``, of shape (batch, ...), the output
    ``y``; any number of rows may be given. Weights have the names they have in ``state_dict``.
    Operators are those of opset 20, which ONNX Runtime has since 1.17.

    Examples
    --------
    >>> nn.to_onnx(nn.MLP([4, 8, 3]), "model.onnx")
    >>> import onnx
    >>> [node.op_type for node in onnx.load("model.onnx").graph.node]
    ['Gemm', 'Relu', 'Gemm']
    """
    try:
        import onnx
    except ImportError:
        raise missing("onnx", "onnx", "Writing an ONNX file") from None
    expect_module("to_onnx", model)
    shape = _sample_shape(model) if input_shape is None else tuple(input_shape)
    out_shape = _checked(model, shape)
    numbers = model.dtype if dtype is None else floating(dtype)
    graph = Graph(onnx, RULES, numbers, rank=1 + len(shape))
    result = graph.add(model, "", "x")
    graph.call("Identity", [result], "y") if result == "x" else graph.rename(result, "y")
    kind = onnx.helper.np_dtype_to_tensor_dtype(numbers)
    ends = [
        onnx.helper.make_tensor_value_info(name, kind, ["batch", *sizes])
        for name, sizes in (("x", shape), ("y", out_shape))
    ]
    body = onnx.helper.make_graph(
        graph.nodes, type(model).__name__, ends[:1], ends[1:], graph.weights
    )
    opsets = [onnx.helper.make_opsetid("", OPSET)]
    written = onnx.helper.make_model(
        body, producer_name="autograd_core.nn", opset_imports=opsets, ir_version=IR
    )
    onnx.checker.check_model(written, full_check=True)
    write_file(path, written.SerializeToString())


def _sample_shape(model: Module) -> tuple[int, ...]:
    """The shape of a sample, from the first layer that says so."""
    for module in model.modules():
        features = getattr(module, "in_features", getattr(module, "features", None))
        if features is not None and (type(module).__name__, features) != ("PReLU", 1):
            return (features,)
        if type(module).__name__ == "Flatten":
            break
    cure = "Pass for instance input_shape=(28, 28)."
    raise ShapeError(expected("to_onnx", "a model that says how many inputs it has", "none", cure))


def _checked(model: Module, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what the model gives for a sample."""
    with np.errstate(all="ignore"):
        found: tuple[int, ...] = model.predict(np.zeros((2, *shape), model.dtype)).shape[1:]
    return found
