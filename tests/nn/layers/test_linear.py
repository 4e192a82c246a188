"""Linear: its parameters and what it says to inputs and sizes that do not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn


def test_parameters_have_the_names_of_the_lecture() -> None:
    layer = nn.Linear(3, 4)
    assert (layer.weight.name, layer.weight.shape, layer.weight.dtype) == ("W", (4, 3), np.float32)
    assert layer.bias is not None
    assert (layer.bias.name, layer.bias.value.tolist()) == ("b", [0.0] * 4)


def test_weights_lie_as_the_forward_product_reads_them_and_stay_so(tmp_path: Any) -> None:
    model, X = nn.MLP([6, 5, 4], seed=0), np.eye(6, dtype=np.float32)
    optimizer = nn.SGD(model.parameters(), lr=0.1, momentum=0.9, max_norm=0.5)
    nn.cross_entropy(model(X), np.arange(6) % 4).backward()
    gradient = model[0].weight.grad
    optimizer.step()
    nn.save(model, tmp_path / "model.safetensors")
    loaded = nn.load(tmp_path / "model.safetensors")
    for W in (gradient, *(m[0].weight.value for m in (model, loaded))):
        assert W.shape == (5, 6)
        assert W.T.flags.c_contiguous
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert all(array.flags.c_contiguous for array in model.state_dict().values())


def test_without_a_bias() -> None:
    layer = nn.Linear(3, 4, bias=False)
    assert layer.bias is None
    assert list(layer.state_dict()) == ["weight"]
    assert repr(layer) == "Linear(3, 4, bias=False)  # weight (4, 3), 12 parameters"
    assert layer(np.ones((2, 3), np.float32)).shape == (2, 4)


WRONG_INPUTS = {
    (2, 5): "got (2, 5). Pass 3 columns, or build Linear(5, 4).",
    (5,): "got (5,). Pass 3 columns, or build Linear(5, 4).",
    (): "got (). Pass 3 columns.",
}


@pytest.mark.parametrize(("shape", "message"), WRONG_INPUTS.items(), ids=str)
def test_an_input_of_another_width_is_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(nn.ShapeError) as error:
        nn.Linear(3, 4)(np.ones(shape, np.float32))
    assert str(error.value) == f"Linear(3, 4) expected x of shape (batch, 3), {message}"


def test_a_number_is_refused() -> None:
    with pytest.raises(nn.ShapeError, match=r"Linear\(1, 4\).*got \(\). Pass 1 column."):
        nn.Linear(1, 4)(2.0)


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "3", None])
def test_sizes_are_positive_whole_numbers(size: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="in_features expected a positive whole number"):
        nn.Linear(size, 2)
    with pytest.raises(nn.ArgumentError, match="out_features expected a positive whole number"):
        nn.Linear(2, size)


@pytest.mark.parametrize("dtype", [int, complex, bool])
def test_weights_are_floating(dtype: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="a floating dtype"):
        nn.Linear(2, 2, dtype=dtype)


def test_layers_without_a_seed_differ_and_one_generator_serves_several() -> None:
    assert not np.array_equal(nn.Linear(3, 4).weight.value, nn.Linear(3, 4).weight.value)
    rng = np.random.default_rng(0)
    first, second = (nn.Linear(3, 4, seed=rng).weight.value for _ in range(2))
    assert not np.array_equal(first, second)
