"""Residual blocks, flattened inputs, functions as layers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn


def test_a_residual_block_adds_its_input() -> None:
    block = nn.Residual(nn.Lambda(lambda x: 2 * x), nn.Lambda("negative"))
    assert block(np.array([1.0, 2.0])).tolist() == [-1.0, -2.0]
    projected = nn.Residual(nn.Linear(3, 2, seed=0), shortcut=nn.Linear(3, 2, seed=1))
    assert [name for name, _ in projected.named_parameters()] == [
        "body.0.weight",
        "body.0.bias",
        "shortcut.weight",
        "shortcut.bias",
    ]
    with pytest.raises(nn.ShapeError, match=r"a body that gives shape \(1, 3\), got \(1, 2\)"):
        nn.Residual(nn.Linear(3, 2))(np.zeros((1, 3), np.float32))


def test_flatten_makes_rows_of_samples() -> None:
    x = ag.Node(np.arange(12.0).reshape(2, 3, 2))
    y = nn.Flatten()(x)
    assert y.value.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert nn.Flatten()(np.zeros(3)).shape == (3, 1)
    assert nn.Flatten()(np.zeros((0, 3, 2))).shape == (0, 6)
    with pytest.raises(nn.ShapeError, match=r"x of shape \(n, ...\), got \(\)"):
        nn.Flatten()(1.0)


@pytest.mark.parametrize(
    "function",
    ["square", "gelu", np.tanh, nn.functional.softmax],
    ids=["square", "gelu", "np.tanh", "softmax"],
)
def test_functions_with_a_name_are_saved(function: Any, tmp_path: Path) -> None:
    layer = nn.Lambda(function)
    nn.save(nn.Sequential(layer), tmp_path / "m.safetensors")
    loaded: Any = nn.load(tmp_path / "m.safetensors")
    x = np.array([-1.0, 0.5])
    assert isinstance(loaded[0], nn.Lambda)
    np.testing.assert_array_equal(loaded(x), layer(x))


def test_functions_of_ones_own_are_not(tmp_path: Path) -> None:
    def square(x: Any) -> Any:  # named like NumPy's, and another
        return x * x * 1.0

    model = nn.Sequential(nn.Lambda(square))
    assert repr(model[0]) == "Lambda(square)"
    nn.save(model, tmp_path / "m.safetensors")
    with pytest.raises(nn.ModelFileError, match="layers that nn knows"):
        nn.load(tmp_path / "m.safetensors")


@pytest.mark.parametrize("wrong", ["add", "nothing", "load", "sum", 3])
def test_lambda_takes_functions_of_one_argument(wrong: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="Lambda expected"):
        nn.Lambda(wrong)
