"""Sequential and MLP: order, indexing, names, recipes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.init import RECTIFIERS
from nn.layers import ACTIVATIONS

X = np.ones((2, 3), np.float32)


def test_layers_are_applied_in_order() -> None:
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.ReLU())
    assert np.array_equal(model(X).value, np.maximum(model[0](X).value, 0))
    assert nn.Sequential()(X) is X


def test_it_is_a_sequence() -> None:
    layers = [nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)]
    model = nn.Sequential(*layers)
    assert list(model) == layers
    assert (len(model), model[-1], list(model[1:])) == (3, layers[2], layers[1:])
    assert type(model[1:]) is nn.Sequential
    with pytest.raises(IndexError):
        model[3]


def test_layers_can_be_added_and_replaced() -> None:
    model = nn.Sequential(nn.Linear(3, 4)).append(nn.Tanh())
    model[-1] = nn.Sigmoid()
    assert [name for name, _ in model.named_children()] == ["0", "1"]
    assert model(X).scope == ("Sequential", "1 · Sigmoid")
    assert isinstance(model[1], nn.Sigmoid)


@pytest.mark.parametrize("wrong", [[nn.ReLU()], np.tanh, "relu"])
def test_only_modules_are_layers(wrong: Any) -> None:
    with pytest.raises(nn.ArgumentError, match="Sequential expected layers, got"):
        nn.Sequential(wrong)
    with pytest.raises(nn.ArgumentError, match="Sequential expected layers, got"):
        nn.Sequential(nn.ReLU())[0] = wrong


def test_an_mlp_alternates_linear_layers_and_activations() -> None:
    model = nn.MLP([3, 5, 4, 2], "sigmoid", bias=False)
    assert [type(layer) for layer in model] == [
        nn.Linear,
        nn.Sigmoid,
        nn.Linear,
        nn.Sigmoid,
        nn.Linear,
    ]
    assert model.num_parameters == 15 + 20 + 8
    assert len(nn.MLP([3, 2])) == 1


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_initialiser_goes_with_the_activation(activation: str) -> None:
    model = nn.MLP([200, 300, 2], activation)
    weight: Any = model[0].weight  # type: ignore[attr-defined]
    suitable = {"selu": 1 / 200} | dict.fromkeys(RECTIFIERS, 2 / 200)
    variance = suitable.get(activation, 2 / 500)
    assert weight.value.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("batchnorm", [False, True, "before", "after"])
@pytest.mark.parametrize("dropout", [0.0, 0.5, [0.2, 0.0]], ids=str)
@pytest.mark.parametrize("input_dropout", [0.0, 0.1])
@pytest.mark.parametrize("output", [None, "softmax"])
def test_every_combination_of_an_mlps_options(
    batchnorm: Any, dropout: Any, input_dropout: float, output: Any, tmp_path: Path
) -> None:
    options: dict[str, Any] = {
        "batchnorm": batchnorm,
        "dropout": dropout,
        "input_dropout": input_dropout,
        "output_activation": output,
    }
    model = nn.MLP([3, 4, 5, 2], "tanh", **options)
    wanted: list[type[nn.Module]] = []
    for i in range(3):
        before, after = batchnorm in (True, "before"), batchnorm == "after"
        wanted += [nn.BatchNorm] * (before and i > 0) + [nn.Tanh] * (i > 0)
        wanted += [nn.BatchNorm] * (after and i > 0)
        rate = input_dropout if i == 0 else dropout[i - 1] if isinstance(dropout, list) else dropout
        wanted += [nn.Dropout] * (rate > 0) + [nn.Linear]
    assert [type(layer) for layer in model] == wanted + [nn.Softmax] * (output is not None)
    plain = nn.MLP([3, 4, 5, 2], "tanh")
    weights = [[m.weight.value for m in mlp if isinstance(m, nn.Linear)] for mlp in (plain, model)]
    assert all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))
    loss: Any = np.sum(model(X[:1].repeat(4, axis=0)) ** 2)
    loss.backward()
    assert all(np.isfinite(p.grad).all() for p in model.parameters())
    nn.save(model, tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors")
    assert (type(loaded), repr(loaded)) == (nn.MLP, repr(model))
    assert np.array_equal(loaded.predict(X), model.predict(X))


def test_an_activation_can_be_a_layer_of_which_each_hidden_layer_has_a_copy(
    tmp_path: Path,
) -> None:
    given = nn.PReLU(start=0.1)
    model = nn.MLP([3, 4, 4, 2], given, output_activation=nn.ELU(0.5))
    first, second, last = model[1], model[3], model[5]
    assert isinstance(first, nn.PReLU)
    assert isinstance(last, nn.ELU)
    assert first is not second
    assert first is not given
    assert [name for name, _ in model.named_parameters() if name.startswith(("1", "3"))] == [
        "1.weight",
        "3.weight",
    ]
    nn.save(model, tmp_path / "m.safetensors")
    loaded = nn.load(tmp_path / "m.safetensors")
    assert (type(loaded), repr(loaded)) == (nn.MLP, repr(model))
    assert np.array_equal(loaded.predict(X), model.predict(X))


def test_the_lectures_dropout_is_passed_on() -> None:
    model = nn.MLP([3, 4, 2], dropout=0.5, inverted_dropout=False)
    assert isinstance(model[2], nn.Dropout)
    assert not model[2].inverted


def test_the_same_seed_gives_the_same_mlp() -> None:
    first, again, other = (nn.MLP([3, 4, 2], seed=s).state_dict() for s in (5, 5, 6))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["0.weight"], other["0.weight"])
    layers = nn.MLP([4, 4, 4]).state_dict()
    assert not np.array_equal(layers["0.weight"], layers["2.weight"])


WRONG = {
    "an unknown activation": (
        lambda: nn.MLP([2, 3, 1], "rleu"),
        "activation expected one of 'relu', .*, 'identity', got 'rleu'",
    ),
    "one size": (lambda: nn.MLP([2]), r"sizes of at least two layers, got \[2\]"),
    "a number": (lambda: nn.MLP(2), "sizes of at least two layers, got 2"),
    "text": (lambda: nn.MLP("64"), "each of sizes, expected a positive whole number, got '6'"),
    "dropout 1": (lambda: nn.MLP([2, 3, 1], dropout=1.0), "dropout, expected p of at least 0"),
    "too few rates": (
        lambda: nn.MLP([2, 3, 3, 1], dropout=[0.5]),
        "dropout for 2 hidden layers, got 1",
    ),
    "batchnorm nowhere": (
        lambda: nn.MLP([2, 3, 1], batchnorm="behind"),
        "batchnorm True, False, 'before' or 'after', got 'behind'",
    ),
    "an activation's class": (lambda: nn.MLP([2, 3, 1], nn.ReLU), "activation expected one of"),
    "no unit": (
        lambda: nn.MLP([2, 0, 1]),
        "each of sizes, expected a positive whole number, got 0",
    ),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_recipes_are_refused(make: Any, message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        make()


def test_standardize_brings_columns_to_mean_zero_and_deviation_one(
    rng: np.random.Generator,
) -> None:
    rows = rng.normal(size=(50, 3)) * [1, 100, 0] + [5, -3, 7]
    out = nn.Standardize.of(rows, dtype=np.float64)(rows).value
    np.testing.assert_allclose(out.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(out.std(0), [1, 1, 0], atol=1e-12)


def test_standardize_wants_a_table() -> None:
    with pytest.raises(nn.ShapeError, match=r"X of shape \(n, features\), got \(3,\)"):
        nn.Standardize.of(np.ones(3))
