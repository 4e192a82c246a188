"""The rate finder: what it meets, what it suggests, and that it leaves no trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.training.rates import Rates

CE = nn.CrossEntropyLoss()


def clouds() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 60)
    return rng.normal(size=(60, 3)) + 3 * np.eye(3)[y], y


class Slope(nn.Module):
    """w x, which starts at w = 1."""

    def __init__(self) -> None:
        self.w = ag.Node(np.ones(1))

    def forward(self, x: Any) -> Any:
        return x * self.w


def test_losses_by_hand() -> None:
    # loss w^2 / 2, so that each step multiplies w by 1 - rate; rates 0.1, 1 and 10
    data = np.ones((2, 1)), np.zeros((2, 1))
    found = nn.find_rate(
        Slope(), data, loss=lambda output, y: np.mean(output**2) / 2, optimizer=nn.SGD(),
        low=0.1, high=10.0, steps=3, batch_size=2, stop=False,
    )  # fmt: skip
    np.testing.assert_allclose(found.rates, [0.1, 1.0, 10.0])
    np.testing.assert_allclose(found.losses, [0.5, 0.405, 0.0], atol=1e-15)


def test_the_average_by_hand() -> None:
    found = Rates(np.array([1.0, 10.0, 100.0]), np.array([1.0, 2.0, 6.0]))
    np.testing.assert_allclose(found.smooth, [1.5, 3.0, 4.0])
    assert np.isnan(found.suggestion)


def test_it_suggests_where_the_loss_falls_fastest() -> None:
    losses = np.array([3.0, 3.0, 3.0, 1.0, 0.9, 0.8, 50.0])
    found = Rates(np.geomspace(1e-3, 1e3, 7), losses)
    assert found.suggestion == pytest.approx(1.0)  # the slopes are 0, 0, -1, -1.05, -0.1


def test_it_ends_when_the_loss_explodes() -> None:
    options: dict[str, Any] = {"loss": nn.MSELoss(), "low": 1e-3, "high": 1e6, "steps": 40}
    data = clouds()[0], clouds()[0]
    found = nn.find_rate(nn.MLP([3, 4, 3]), data, optimizer=nn.SGD(), **options)
    assert 2 < len(found.rates) == len(found.losses) < 40
    assert np.isfinite(found.losses).all()
    assert 1e-3 < found.suggestion < 10


@pytest.mark.parametrize("warm", [False, True], ids=["new optimizer", "used optimizer"])
def test_everything_is_put_back_bit_for_bit(warm: bool) -> None:
    model = nn.MLP([3, 8, 3], dropout=0.3, batchnorm=True, seed=0)
    optimizer = nn.Adam(lr=0.01)
    if warm:
        fit: dict[str, Any] = {"epochs": 1, "progress": False}
        nn.fit(model, clouds(), loss=CE, optimizer=optimizer, **fit)
    else:
        optimizer.bind(model.parameters())

    def everything() -> str:
        parts = [*model.state_dict().values(), *(node.grad for node in model.parameters())]
        kept = [None if part is None else part.tobytes() for part in parts]
        random = [g.bit_generator.state for _, g in model.named_generators()]
        modes = [module.training for module in model.modules()]
        return repr((kept, random, modes, optimizer.state_dict()))

    model[0].eval()
    before = everything()
    nn.find_rate(model, clouds(), loss=CE, optimizer=optimizer)
    assert everything() == before


def test_the_same_seed_gives_the_same_losses() -> None:
    def losses(seed: int) -> list[float]:
        model = nn.MLP([3, 4, 3], seed=0)
        optimizer = nn.SGD()
        found = nn.find_rate(model, clouds(), loss=CE, optimizer=optimizer, steps=9, seed=seed)
        return found.losses.tolist()

    assert losses(1) == losses(1) != losses(2)


def test_it_is_drawn(tmp_path: Path) -> None:
    found = Rates(np.geomspace(1e-3, 1e3, 7), np.array([3.0, 3, 3, 1, 0.9, 0.8, 50]))
    ax = found.plot(tmp_path / "rates.svg")
    assert (tmp_path / "rates.svg").stat().st_size > 1000
    assert (ax.get_xscale(), ax.get_xlabel()) == ("log", "learning rate")
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), found.losses)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 0.0}, "low > 0"),
        ({"low": 1.0, "high": 0.1}, "low < high"),
        ({"steps": 1}, "at least 2 steps"),
        ({"batch_size": 0}, "batch_size expected a positive whole number"),
        ({"optimizer": 3}, "an optimizer"),
        ({"stop": 1}, "stop to be True or False"),
    ],
)
def test_bad_arguments_are_refused(options: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"loss": CE, "optimizer": nn.SGD()} | options
    with pytest.raises(nn.ArgumentError, match=message):
        nn.find_rate(nn.MLP([3, 3]), clouds(), **given)
