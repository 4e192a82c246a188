"""Schedules: values by hand, PyTorch's where they are the same, composition, words."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nn
from nn import schedules as s
from nn.schedules import SCHEDULES, Schedule

CASES: dict[str, tuple[Schedule, list[float]]] = {
    "Constant": (s.Constant(0.5), [0.5] * 6),
    "InverseTime": (s.InverseTime(0.5, 1.0), [0.5, 0.5, 0.5, 1 / 3, 0.25, 0.2]),
    "PiecewiseConstant": (s.PiecewiseConstant([1, 4], [3, 2, 1]), [3, 2, 2, 2, 1, 1]),
    "Step": (s.Step(1.0, 2, 0.5), [1, 1, 0.5, 0.5, 0.25, 0.25]),
    "Exponential": (s.Exponential(1.0, 0.5), [1, 0.5, 0.25, 0.125, 0.0625, 0.03125]),
    "Linear": (s.Linear(0.0, 2.0, 4), [0, 0.5, 1, 1.5, 2, 2]),
    "Polynomial": (s.Polynomial(4.0, 4, 2.0), [4, 2.25, 1, 0.25, 0, 0]),
    "Cosine": (s.Cosine(3.0, 4, lowest=1.0), [3, 2 + math.sqrt(0.5), 2, 2 - math.sqrt(0.5), 1, 1]),
    "WarmUp": (s.WarmUp(3, s.Step(4.0, 1, 0.5)), [1, 2, 3, 4, 2, 1]),
    "Joined": (s.Joined([s.Step(4.0, 1, 0.5), 7], [2]), [4, 2, 7, 7, 7, 7]),
    "Product": (s.Product(s.Linear(1.0, 0.0, 4), 2), [2, 1.5, 1, 0.5, 0, 0]),
    "ByEpoch": (s.ByEpoch(s.Step(4.0, 1, 0.5), 2), [4, 4, 2, 2, 1, 1]),
}
each_case = pytest.mark.parametrize(("schedule", "values"), CASES.values(), ids=CASES)


def test_every_schedule_has_a_case() -> None:
    assert list(CASES) == list(SCHEDULES)
    assert all(type(schedule) is SCHEDULES[name] for name, (schedule, _) in CASES.items())


@each_case
def test_values_by_hand(schedule: Schedule, values: list[float]) -> None:
    assert [schedule(step) for step in range(6)] == pytest.approx(values)
    assert all(type(schedule(step)) is float for step in (0, np.int64(3), 2.5))


@each_case
def test_an_array_of_steps_gives_an_array(schedule: Schedule, values: list[float]) -> None:
    rates = schedule(np.arange(6).reshape(2, 3))
    assert (rates.shape, rates.dtype) == ((2, 3), np.float64)
    assert rates.ravel().tolist() == pytest.approx(values)


@each_case
def test_schedules_are_values(schedule: Schedule, values: list[float]) -> None:
    for twin in (copy.deepcopy(schedule), pickle.loads(pickle.dumps(schedule)), rebuilt(schedule)):
        assert (twin, hash(twin), repr(twin)) == (schedule, hash(schedule), repr(schedule))
    with pytest.raises(AttributeError):
        schedule.lr = 1.0  # type: ignore[attr-defined]


def rebuilt(schedule: Schedule) -> Any:
    return eval(repr(schedule), dict(SCHEDULES))


@each_case
def test_schedules_can_be_multiplied_and_continued(schedule: Schedule, values: list[float]) -> None:
    halved = [v / 2 for v in values]
    for product in (0.5 * schedule, schedule * 0.5, schedule * (lambda step: 0.5)):
        assert product(np.arange(6)).tolist() == pytest.approx(halved)
    continued = schedule.until(2, then=schedule)
    assert continued(np.arange(6)).tolist() == pytest.approx(values[:2] + values[:4])


def test_the_lectures_rate() -> None:
    schedule = s.InverseTime(0.1, 100)
    for t in (1, 10, 999, 1000, 1001, 10**6):
        assert schedule(t) == min(0.1, 100 / t)


def test_restarts_repeat_the_cosine() -> None:
    once, again = s.Cosine(1.0, 4), s.Cosine(1.0, 4, restarts=True)
    assert again(np.arange(8)).tolist() == [*once(np.arange(4))] * 2


def test_a_warm_up_starts_where_it_is_told() -> None:
    schedule = s.WarmUp(1, 3.0, start=1.0)
    assert schedule(np.arange(3)).tolist() == [2.0, 3.0, 3.0]


TORCH: dict[str, tuple[Schedule, Callable[..., Any]]] = {
    "StepLR": (s.Step(0.1, 30, 0.5), lambda t, o: t.StepLR(o, 30, 0.5)),
    "MultiStepLR": (
        s.PiecewiseConstant([30, 80], [0.1, 0.01, 0.001]),
        lambda t, o: t.MultiStepLR(o, [30, 80], 0.1),
    ),
    "ExponentialLR": (s.Exponential(0.1, 0.98), lambda t, o: t.ExponentialLR(o, 0.98)),
    "LinearLR": (s.Linear(0.025, 0.1, 40), lambda t, o: t.LinearLR(o, 0.25, 1.0, 40)),
    "PolynomialLR": (s.Polynomial(0.1, 60, 2.0), lambda t, o: t.PolynomialLR(o, 60, 2.0)),
    "CosineAnnealingLR": (
        s.Cosine(0.1, 100, lowest=0.01),
        lambda t, o: t.CosineAnnealingLR(o, 100, 0.01),
    ),
    "CosineAnnealingWarmRestarts": (
        s.Cosine(0.1, 30, lowest=0.01, restarts=True),
        lambda t, o: t.CosineAnnealingWarmRestarts(o, 30, eta_min=0.01),
    ),
    "SequentialLR": (
        s.Linear(0.05, 0.1, 20).until(20, then=s.Exponential(0.1, 0.9)),
        lambda t, o: t.SequentialLR(
            o, [t.LinearLR(o, 0.5, 1.0, 20), t.ExponentialLR(o, 0.9)], [20]
        ),
    ),
    "LambdaLR": (
        s.InverseTime(0.1, 1.0),
        lambda t, o: t.LambdaLR(o, lambda step: min(1, 10 / max(step, 1))),
    ),
}


@pytest.mark.oracle
@pytest.mark.parametrize(("ours", "make"), TORCH.values(), ids=TORCH)
@pytest.mark.filterwarnings("ignore")  # PyTorch warns of its own SequentialLR
def test_schedules_agree_with_pytorch(ours: Schedule, make: Callable[..., Any]) -> None:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    theirs = make(torch.optim.lr_scheduler, optimizer)
    for step in range(100):
        assert ours(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-15)
        optimizer.step()
        theirs.step()


def test_an_optimizer_follows_a_schedule() -> None:
    import autograd_core as ag

    w, schedule = ag.Node(np.array([0.0])), s.Step(1.0, 1, 0.5)
    optimizer = nn.SGD([w])
    for step in range(3):
        optimizer.lr = schedule(step)
        w.grad = np.array([1.0])
        optimizer.step()
    assert w.value.tolist() == [-1.75]


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "negative": (lambda: s.Constant(-0.1), "Constant expected lr >= 0, got -0.1"),
    "text": (lambda: s.InverseTime("fast", 1), "InverseTime expected lr >= 0, got 'fast'"),  # type: ignore[arg-type]
    "nan": (lambda: s.Exponential(0.1, math.nan), "Exponential expected factor >= 0, got nan"),
    "no steps": (lambda: s.Cosine(0.1, 0), "steps to be a positive whole number, got 0"),
    "half a step": (lambda: s.Step(0.1, 2.5), "every to be a positive whole number, got 2.5"),  # type: ignore[arg-type]
    "unordered": (
        lambda: s.PiecewiseConstant([5, 2], [1, 2, 3]),
        r"boundaries in increasing order, got \[5, 2\]",
    ),
    "too few values": (
        lambda: s.PiecewiseConstant([5], [1]),
        "PiecewiseConstant expected 2 values, got 1",
    ),
    "too many parts": (lambda: s.Joined([1, 2, 3], [5]), "Joined expected 2 schedules, got 3"),
    "no schedule": (lambda: s.WarmUp(5, None), "WarmUp expected each schedule >= 0, got None"),
    "infinite": (lambda: s.Product(1.0, math.inf), "Product expected each schedule >= 0, got inf"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_wrong_arguments_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        make()
