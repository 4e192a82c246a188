"""ONNX files: every layer computes there what it computes here."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.exporting import FUNCTIONS, RULES
from nn.layers import LAYERS

onnx = pytest.importorskip("onnx")


def outputs(path: Path, X: np.ndarray) -> list[np.ndarray]:
    """What ONNX's own evaluator gives, and ONNX Runtime where it is installed."""
    from onnx.reference import ReferenceEvaluator

    found = [ReferenceEvaluator(str(path)).run(None, {"x": X})[0]]
    try:
        import onnxruntime
    except ImportError:
        return found
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return [*found, session.run(None, {"x": X})[0]]


def check(model: nn.Module, folder: Path, shape: tuple[int, ...] | None = None) -> None:
    rng = np.random.default_rng(5)
    for node in [*model.parameters(), *model.buffers()]:
        if node.dtype.kind == "f":
            node.assign(rng.uniform(0.5, 1.5, node.shape).astype(node.dtype))
    for name, node in model.named_parameters():
        if name.endswith("weight") and node.ndim == 2:
            node.assign(rng.normal(size=node.shape).astype(node.dtype))
    path = folder / "model.onnx"
    nn.to_onnx(model, path, shape)
    for rows in (1, 7):
        X = rng.normal(size=(rows, *(shape or (4,)))).astype(model.dtype)
        for out in outputs(path, X):
            np.testing.assert_allclose(out, model.predict(X), rtol=1e-5, atol=1e-5)
            assert out.dtype == model.dtype


SIZED = {"BatchNorm", "LayerNorm", "PReLU", "Standardize"}
OWN = {"Linear", "MLP", "Sequential", "Residual", "Lambda"}


def test_every_layer_has_a_rule() -> None:
    assert set(RULES) == set(LAYERS)


@pytest.mark.parametrize("name", [name for name in LAYERS if name not in OWN])
@pytest.mark.parametrize("shape", [None, (3, 4)])
def test_every_layer(name: str, shape: Any, tmp_path: Path) -> None:
    kind: Any = LAYERS[name]
    options = [{}]
    if "affine" in inspect.signature(kind).parameters:
        options.append({"affine": False})
    if name == "GELU":
        options.append({"approximate": "tanh"})
    if name == "Dropout":
        options.append({"inverted": False})
    for option in options:
        layer = kind(4, **option) if name in SIZED else kind(**option)
        last = 12 if name == "Flatten" and shape else 4
        check(nn.Sequential(nn.Linear(4, 4), layer, nn.Linear(last, 2)), tmp_path, shape)


MODELS = {
    "mlp": lambda: nn.MLP([4, 5, 3], "gelu", dropout=0.5, batchnorm="after"),
    "lecture": lambda: nn.MLP([4, 5, 3], "sigmoid", dropout=0.5, inverted_dropout=False),
    "no bias": lambda: nn.Linear(4, 2, bias=False),
    "nested": lambda: nn.Sequential(nn.Sequential(nn.Standardize(4)), nn.MLP([4, 4]), nn.Softmax()),
    "residual": lambda: nn.Sequential(
        nn.Residual(nn.Linear(4, 4), nn.Tanh()),
        nn.Residual(nn.Linear(4, 2), nn.Residual(nn.Identity()), shortcut=nn.Linear(4, 2)),
    ),
    "nothing": lambda: nn.Sequential(nn.Standardize(4), nn.Identity()),
    "double": lambda: nn.MLP([4, 5, 3], "tanh", dtype=np.float64),
    "slope": lambda: nn.Sequential(nn.PReLU(), nn.Linear(4, 2)),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_models(make: Any, tmp_path: Path) -> None:
    check(make(), tmp_path)


def test_a_model_in_double_as_a_file_in_single(tmp_path: Path, rng: np.random.Generator) -> None:
    model = nn.MLP([4, 5, 3], "gelu", batchnorm=True, dtype=np.float64)
    nn.to_onnx(model, tmp_path / "model.onnx", dtype=np.float32)
    X = rng.normal(size=(6, 4))
    for out in outputs(tmp_path / "model.onnx", X.astype(np.float32)):
        np.testing.assert_allclose(out, model.predict(X), rtol=1e-5, atol=1e-5)
    with pytest.raises(nn.ArgumentError, match="a floating dtype, got int64"):
        nn.to_onnx(model, tmp_path / "model.onnx", dtype=int)


def test_a_layer_used_twice(tmp_path: Path) -> None:
    layer = nn.Linear(4, 4)
    check(nn.Sequential(layer, nn.Tanh(), layer), tmp_path)


def test_images(tmp_path: Path) -> None:
    check(nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), tmp_path, (2, 3))
    check(nn.Sequential(nn.Identity()), tmp_path, (2, 3))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(name: str, tmp_path: Path) -> None:
    layers: list[nn.Module] = [nn.Softplus()] if name in ("log", "sqrt", "arccosh") else []
    layers += [nn.Lambda("exp"), nn.Lambda("exp")] if name == "arccosh" else []
    layers += [nn.Softsign()] if name.startswith(("arcsin", "arccos", "arctan", "tan")) else []
    layers = layers[:3] if name == "arccosh" else layers
    check(nn.Sequential(nn.Standardize(4), *layers, nn.Lambda(name)), tmp_path)


def test_weights_keep_their_names(tmp_path: Path) -> None:
    model = nn.MLP([4, 5, 3])
    nn.to_onnx(model, tmp_path / "model.onnx")
    graph = onnx.load(tmp_path / "model.onnx").graph
    assert {tensor.name for tensor in graph.initializer} == set(model.state_dict())
    assert [node.op_type for node in graph.node] == ["Gemm", "Relu", "Gemm"]


class Own(nn.Module):
    def forward(self, x: Any) -> Any:
        return x


def test_what_onnx_has_no_words_for(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    with pytest.raises(nn.ModelFileError, match="layer '1', expected a layer that ONNX knows"):
        nn.to_onnx(nn.Sequential(nn.Linear(2, 2), Own()), path)
    with pytest.raises(nn.ModelFileError, match="expected a function that ONNX has"):
        nn.to_onnx(nn.Sequential(nn.Linear(2, 2), nn.Lambda(lambda x: x)), path)
    with pytest.raises(nn.ShapeError, match="a model that says how many inputs"):
        nn.to_onnx(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), path)
    with pytest.raises(nn.ShapeError, match="Linear"):
        nn.to_onnx(nn.Linear(4, 2), path, (3,))
    assert not path.exists()


def test_without_onnx(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "onnx", None)
    with pytest.raises(nn.MissingPackageError, match=r"pip install 'autograd-core\[onnx\]'"):
        nn.to_onnx(nn.Linear(4, 2), tmp_path / "model.onnx")
