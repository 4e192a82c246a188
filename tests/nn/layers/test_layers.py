"""What holds of every layer, from one table: shapes, dtypes, derivatives, modes, saving, words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.layers import ACTIVATIONS, LAYERS

Make = Callable[[Any], nn.Module]
MAKE: dict[str, Make] = {
    "Linear": lambda dtype: nn.Linear(3, 4, seed=1, dtype=dtype),
    **{kind.__name__: lambda dtype, kind=kind: kind() for kind in ACTIVATIONS.values()},  # type: ignore[misc]
    "LeakyReLU": lambda dtype: nn.LeakyReLU(0.2),
    "PReLU": lambda dtype: nn.PReLU(3, dtype=dtype),
    "ELU": lambda dtype: nn.ELU(0.5),
    "Standardize": lambda dtype: nn.Standardize.of(np.arange(6.0).reshape(2, 3), dtype=dtype),
    "BatchNorm": lambda dtype: nn.BatchNorm(3, momentum=None, dtype=dtype),
    "LayerNorm": lambda dtype: nn.LayerNorm(3, dtype=dtype),
    "Dropout": lambda dtype: nn.Dropout(0.4, inverted=False, seed=1),
    "Flatten": lambda dtype: nn.Flatten(),
    "Lambda": lambda dtype: nn.Lambda("square"),
    "Sequential": lambda dtype: nn.Sequential(nn.Linear(3, 2, seed=2, dtype=dtype), nn.Tanh()),
    "Residual": lambda dtype: nn.Residual(
        nn.Linear(3, 2, seed=2, dtype=dtype), nn.Tanh(), shortcut=nn.Linear(3, 2, dtype=dtype)
    ),
    "MLP": lambda dtype: nn.MLP(
        [3, 5, 2], nn.PReLU(dtype=dtype), dropout=[0.3], batchnorm="after", seed=3, dtype=dtype
    ),
}
DTYPES = [np.float32, np.float64]
X = np.array([[0.5, -1.5, 2.0], [1.1, 0.3, -0.7], [-0.4, 0.8, 0.2]])

every_layer = pytest.mark.parametrize("name", LAYERS)
each_mode = pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])


def parameters_of(model: nn.Module) -> list[tuple[nn.Module, str]]:
    """Where each parameter is an attribute."""
    return [
        (module, name)
        for module in model.modules()
        for name, entry in vars(module).items()
        if isinstance(entry, ag.Node) and entry.requires_grad
    ]


def called(model: nn.Module, x: Any, *parameters: Any) -> Any:
    """A model with other parameters, its random choices the same each time."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.rng = np.random.default_rng(5)
    for (module, name), value in zip(parameters_of(model), parameters, strict=False):
        object.__setattr__(module, name, value)
    return model(x)


def test_the_table_makes_every_layer() -> None:
    assert set(MAKE) == set(LAYERS)
    assert all(type(make(np.float32)) is LAYERS[name] for name, make in MAKE.items())
    assert all(getattr(nn, name) is kind for name, kind in LAYERS.items())


@every_layer
@each_mode
@pytest.mark.parametrize("dtype", DTYPES)
def test_results_and_gradients_keep_the_dtype(name: str, training: bool, dtype: Any) -> None:
    layer, x = MAKE[name](dtype).train(training), ag.Node(X.astype(dtype))
    y = layer(x)
    assert (y.dtype, len(y)) == (dtype, 3)
    np.sum(y * y).backward()
    assert all(p.grad.dtype == dtype and p.grad.shape == p.shape for p in [x, *layer.parameters()])


@every_layer
@each_mode
def test_layers_are_differentiable_twice_in_input_and_parameters(name: str, training: bool) -> None:
    layer = MAKE[name](np.float64).train(training)
    values = [getattr(module, name).value for module, name in parameters_of(layer)]
    places = parameters_of(layer)

    def result(x: Any, *parameters: Any) -> Any:
        for (module, name), value in zip(places, parameters, strict=True):
            object.__setattr__(module, name, value)
        return called(layer, x)

    ag.check_grads(result, (X, *values), order=2)


@every_layer
def test_in_evaluation_rows_are_independent_and_nothing_changes(name: str) -> None:
    layer = MAKE[name](np.float64)
    layer(X)  # gives a BatchNorm something to remember
    before = layer.state_dict()
    whole = layer.predict(X)
    parts = [layer.predict(X[:1]), layer.predict(X[1:])]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=1e-6, atol=1e-6)
    assert all(np.array_equal(before[key], value) for key, value in layer.state_dict().items())
    assert layer.training
    random = name in ("BatchNorm", "Dropout", "MLP")
    out = layer(X.astype(layer.dtype))
    assert np.allclose(getattr(out, "value", out), whole) != random


@every_layer
@each_mode
def test_the_same_seed_gives_the_same_result(name: str, training: bool) -> None:
    layers = [MAKE[name](np.float32).train(training) for _ in range(2)]
    layers[1].load_state_dict(layers[0].state_dict())
    for _ in range(2):
        first, second = (layer(X.astype(np.float32)) for layer in layers)
        np.testing.assert_array_equal(
            getattr(first, "value", first), getattr(second, "value", second)
        )


@every_layer
def test_inputs_are_left_alone_and_need_not_be_nodes(name: str) -> None:
    x = X.copy()
    x.flags.writeable = False
    out = MAKE[name](np.float64)(x)
    assert np.shape(getattr(out, "value", out))[0] == 3


@every_layer
def test_layers_survive_saving(name: str, tmp_path: Path) -> None:
    layer = MAKE[name](np.float64)
    layer(X)
    nn.save(layer, tmp_path / "layer.safetensors")
    loaded = nn.load(tmp_path / "layer.safetensors")
    assert repr(loaded) == repr(layer)
    assert type(loaded) is type(layer)
    assert np.array_equal(
        loaded.predict(X.astype(layer.dtype)), layer.predict(X.astype(layer.dtype))
    )


@every_layer
def test_words_name_the_layer(name: str) -> None:
    assert repr(MAKE[name](np.float32)).startswith(f"{name}(")


@every_layer
def test_no_batch_at_all_gives_none(name: str) -> None:
    layer = MAKE[name](np.float64).eval()
    out = layer(np.zeros((0, 3)))
    assert np.shape(getattr(out, "value", out))[0] == 0
