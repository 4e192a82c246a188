"""What holds of every layer, from one table: shapes, dtypes, derivatives, saving, words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.layers import LAYERS

MAKE: dict[str, Callable[[Any], nn.Module]] = {
    "Linear": lambda dtype: nn.Linear(3, 4, seed=1, dtype=dtype),
    "ReLU": lambda dtype: nn.ReLU(),
    "Tanh": lambda dtype: nn.Tanh(),
    "Sigmoid": lambda dtype: nn.Sigmoid(),
    "Identity": lambda dtype: nn.Identity(),
    "Standardize": lambda dtype: nn.Standardize.to(np.arange(6.0).reshape(2, 3), dtype=dtype),
    "Sequential": lambda dtype: nn.Sequential(nn.Linear(3, 2, seed=2, dtype=dtype), nn.Tanh()),
    "MLP": lambda dtype: nn.MLP([3, 5, 2], "tanh", seed=3, dtype=dtype),
}
DTYPES = [np.float32, np.float64]
X = np.array([[0.5, -1.5, 2.0], [1.0, 0.3, -0.7]])

every_layer = pytest.mark.parametrize("name", LAYERS)


def test_the_table_makes_every_layer() -> None:
    assert list(MAKE) == list(LAYERS)
    assert all(type(make(np.float32)) is LAYERS[name] for name, make in MAKE.items())


@every_layer
@pytest.mark.parametrize("dtype", DTYPES)
def test_results_and_gradients_keep_the_dtype(name: str, dtype: Any) -> None:
    layer, x = MAKE[name](dtype), ag.Node(X.astype(dtype))
    y = layer(x)
    assert (y.dtype, len(y)) == (dtype, 2)
    np.sum(y * y).backward()
    assert all(p.grad.dtype == dtype and p.grad.shape == p.shape for p in [x, *layer.parameters()])


@every_layer
def test_layers_are_differentiable_twice_in_input_and_parameters(name: str) -> None:
    layer = MAKE[name](np.float64)
    values = [p.value for p in layer.parameters()]

    def result(*arrays: Any) -> Any:
        x = X
        for part in layer.layers if isinstance(layer, nn.Sequential) else [layer]:
            used = part.parameters()
            x = nn.linear(x, *arrays[: len(used)]) if used else part(x)
            arrays = arrays[len(used) :]
        return x

    if values:
        ag.check_grads(result, values, order=2)
    for p in layer.parameters():
        p.requires_grad = False
    ag.check_grads(layer, (X,), order=2)


@every_layer
def test_rows_are_independent_and_modes_agree(name: str) -> None:
    layer = MAKE[name](np.float64)
    whole = layer.predict(X)
    np.testing.assert_allclose(np.concatenate([layer.predict(X[:1]), layer.predict(X[1:])]), whole)
    np.testing.assert_allclose(getattr(layer(X), "value", layer(X)), whole)


@every_layer
def test_layers_survive_saving(name: str, tmp_path: Path) -> None:
    layer = MAKE[name](np.float64)
    nn.save(layer, tmp_path / "layer.safetensors")
    loaded = nn.load(tmp_path / "layer.safetensors")
    assert repr(loaded) == repr(layer)
    assert np.array_equal(
        loaded.predict(X.astype(layer.dtype)), layer.predict(X.astype(layer.dtype))
    )


@every_layer
def test_words_name_the_layer(name: str) -> None:
    assert repr(MAKE[name](np.float32)).startswith(f"{name}(")
