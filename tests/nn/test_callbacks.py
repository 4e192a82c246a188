"""Callbacks: when they are called, how they stop training; early stopping by hand-made courses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn


class Counter(nn.Module):
    """A parameter that a step raises by 1; its output tells the step."""

    def __init__(self) -> None:
        self.w = ag.Node(np.zeros(1))

    def forward(self, x: Any) -> Any:
        return x * 0 + self.w


def rising(output: Any, target: Any) -> Any:
    return -np.mean(output)


def course(values: list[float], **options: Any) -> tuple[Counter, nn.History]:
    """A run whose validation figure ``error`` follows ``values``; epochs take one step."""
    model = Counter()

    def error(output: Any, target: Any) -> float:
        return values[round(float(np.asarray(getattr(output, "value", output)).flat[0])) - 1]

    data = np.zeros((2, 1)), np.zeros((2, 1))
    given: dict[str, Any] = {"epochs": len(values), "validation": data, "metrics": [error]}
    history = nn.fit(
        model, data, loss=rising, optimizer=nn.SGD(lr=1.0), batch_size=2, progress=False,
        **(given | options),
    )  # fmt: skip
    return model, history


def stopping(**options: Any) -> nn.EarlyStopping:
    return nn.EarlyStopping(**({"monitor": "val_error"} | options))


COURSES: dict[str, tuple[list[float], dict[str, Any], int, int]] = {
    # figures, options, epochs run, best epoch
    "falls": ([5, 4, 3, 2], {"patience": 1}, 4, 4),
    "rises at once": ([1, 2, 3, 4], {"patience": 2}, 3, 1),
    "rises and falls": ([3, 4, 2, 3, 3, 1], {"patience": 2}, 5, 3),
    "equal is not better": ([2, 2, 2, 2], {"patience": 3}, 4, 1),
    "too little": ([5, 4.5, 4.1, 3.9, 0], {"patience": 3, "min_delta": 1.0}, 5, 5),
    "too little for long": ([5, 4.5, 4.1, 4.0, 0], {"patience": 3, "min_delta": 1.0}, 4, 1),
    "more is better": ([1, 3, 2, 2, 9], {"patience": 2, "mode": "max"}, 4, 2),
    "nan is never better": ([2, np.nan, np.nan, 1], {"patience": 2}, 3, 1),
    "nan at first": ([np.nan, 2, 3, 3], {"patience": 2}, 4, 2),
}


@pytest.mark.parametrize(("values", "options", "epochs", "best"), COURSES.values(), ids=COURSES)
@pytest.mark.parametrize("restore", [True, False])
def test_when_it_stops_and_what_is_best(
    values: list[float], options: dict[str, Any], epochs: int, best: int, restore: bool
) -> None:
    model, history = course(values, early_stopping=stopping(restore_best=restore, **options))
    assert (history.epochs, history.best_epoch) == (epochs, best)
    assert model.w.value.tolist() == [float(best if restore else epochs)]


def test_it_says_why() -> None:
    _, history = course([1, 2, 3], early_stopping=stopping(patience=1))
    assert history.stopped == "val_error has not fallen for 1 epoch"
    assert "stopped: val_error" in repr(history)
    assert course([3, 2, 1], early_stopping=stopping())[1].stopped is None


def test_it_begins_anew_with_each_fit() -> None:
    early = stopping(patience=2)
    course([1, 2, 3], early_stopping=early)
    _, history = course([9, 8, 7], early_stopping=early)
    assert (history.epochs, history.best_epoch) == (3, 3)


def test_ctrl_c_leaves_the_best() -> None:
    def interrupt(run: Any) -> None:
        if run.epoch == 4:
            raise KeyboardInterrupt

    model, history = course([3, 1, 2, 2, 2], early_stopping=stopping(), callbacks=[interrupt])
    assert history.interrupted
    assert (history.epochs, history.best_epoch, model.w.value.tolist()) == (4, 2, [2.0])


@pytest.mark.parametrize(
    ("name", "mode"), [("val_loss", "min"), ("accuracy", "max"), ("val_f1", "max")]
)
def test_the_direction_of_usual_figures_is_known(name: str, mode: str) -> None:
    assert nn.EarlyStopping(monitor=name).mode == mode


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"monitor": "val_gap"}, "mode 'min' or 'max' for 'val_gap', got None"),
        ({"mode": "up"}, "mode 'min' or 'max' for 'val_loss', got 'up'"),
        ({"patience": 0}, "patience to be a positive whole number, got 0"),
        ({"min_delta": -1}, "min_delta >= 0, got -1"),
        ({"restore_best": 2}, "restore_best to be True or False"),
        ({"monitor": 3}, "monitor to be a name, got 3"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        nn.EarlyStopping(**options)


def test_callbacks_are_called_in_order() -> None:
    calls: list[str] = []

    class Spy(nn.Callback):
        def on_fit_begin(self, run: Any) -> None:
            calls.append(f"fit {run.step}")

        def on_epoch_begin(self, run: Any) -> None:
            calls.append(f"epoch {run.epoch}")

        def on_batch_end(self, run: Any) -> None:
            calls.append(f"batch {run.batch} {run.loss}")

        def on_epoch_end(self, run: Any) -> None:
            calls.append(f"end {run.history.epochs}")

        def on_fit_end(self, run: Any) -> None:
            calls.append(f"done {run.step}")

    course([1, 2], callbacks=[Spy(), lambda run: calls.append("and")])
    assert calls == [
        *("fit 0", "epoch 1", "batch 1 -0.0", "end 1", "and"),
        *("epoch 2", "batch 1 -1.0", "end 2", "and", "done 2"),
    ]


def test_a_callback_stops_after_its_batch() -> None:
    class Stop(nn.Callback):
        def on_batch_end(self, run: Any) -> None:
            if run.step == 3:
                run.stop("three")

    model, history = course([1, 2, 3, 4, 5], callbacks=[Stop()])
    assert (model.w.value.tolist(), history.stopped, history.epochs) == ([3.0], "three", 3)
