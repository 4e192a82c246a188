"""Everything together: models of all kinds learn the digits with every optimiser."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nn
from nn.optimizers import OPTIMIZERS

RATES = {"SGD": 0.1, "AdaGrad": 0.05, "RMSProp": 0.003, "Adam": 0.01, "AdamW": 0.01}
MODELS: dict[str, dict[str, Any]] = {
    "batch normalisation": {"batchnorm": True, "dropout": 0.1},
    "after the activation": {"batchnorm": "after", "activation": "gelu"},
    "the lecture's dropout": {"dropout": 0.25, "inverted_dropout": False},
    "self-normalising": {"activation": "selu"},
    "learned slopes": {"activation": "prelu", "init": "orthogonal"},
}


def trained(model: nn.Module, optimizer: nn.Optimizer, loss: Any, targets: Any = None) -> float:
    X, y = nn.datasets.digits("train")
    nn.fit(
        model,
        (X, y if targets is None else targets(y)),
        loss=loss,
        optimizer=optimizer,
        epochs=3,
        progress=False,
    )
    X, y = nn.datasets.digits("test")
    return nn.accuracy(model.predict(X), y)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_learns(name: str) -> None:
    optimizer = OPTIMIZERS[name](lr=RATES[name], max_norm=3.0)
    assert trained(nn.MLP([64, 32, 10]), optimizer, nn.CrossEntropyLoss()) > 0.88


@pytest.mark.parametrize("options", MODELS.values(), ids=MODELS)
def test_every_kind_of_model_learns(options: dict[str, Any]) -> None:
    model = nn.MLP([64, 48, 10], **options)
    assert trained(model, nn.SGD(lr=0.1, momentum=0.9), nn.CrossEntropyLoss()) > 0.88


@pytest.mark.parametrize(
    "loss",
    [
        nn.CrossEntropyLoss(label_smoothing=0.1),
        nn.MultiClassHingeLoss(),
        nn.MultiClassHingeLoss(form="weston_watkins"),
        nn.PerceptronLoss(),
    ],
    ids=repr,
)
def test_every_loss_of_classes_learns(loss: nn.losses.Loss) -> None:
    least = 0.6 if isinstance(loss, nn.PerceptronLoss) else 0.88  # it asks for no margin
    assert trained(nn.MLP([64, 32, 10]), nn.SGD(lr=0.05, momentum=0.9), loss) > least


@pytest.mark.parametrize(
    "loss", [nn.BCEWithLogitsLoss(), nn.MSELoss(), nn.HuberLoss(), nn.HingeLoss()], ids=repr
)
def test_every_loss_of_outputs_learns(loss: nn.losses.Loss) -> None:
    one_hot = lambda y: np.eye(10, dtype=np.float32)[y]
    model = nn.MLP([64, 32, 10])
    assert trained(model, nn.Adam(lr=0.01), loss, one_hot) > 0.88


def test_with_one_seed_everything_random_repeats() -> None:
    runs = []
    for _ in range(2):
        model = nn.MLP([64, 16, 10], dropout=0.3, batchnorm=True, seed=4)
        trained(model, nn.AdamW(lr=0.01), nn.CrossEntropyLoss())
        runs.append(model.state_dict())
    assert all(np.array_equal(runs[0][name], runs[1][name]) for name in runs[0])


def test_generators_are_found_by_name_and_carry_the_run() -> None:
    model = nn.MLP([4, 5, 5, 2], dropout=0.5, seed=1)
    assert [name for name, _ in model.named_generators()] == ["2.rng", "5.rng"]
    states = [rng.bit_generator.state for _, rng in model.named_generators()]
    x = np.ones((3, 4), np.float32)
    first = model(x).value
    for (_, rng), state in zip(model.named_generators(), states, strict=True):
        rng.bit_generator.state = state
    assert np.array_equal(model(x).value, first)
