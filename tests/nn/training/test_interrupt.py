"""Ctrl-C at any moment: between steps, with nothing half done, and never lost."""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.training.interrupt import Interrupt

rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 60)
X = rng.normal(size=(60, 3)) + np.eye(3)[Y]


@pytest.fixture(autouse=True)
def usual_handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


class Pressing(nn.CrossEntropyLoss):
    """Presses Ctrl-C in the middle of a step, once or more often."""

    def __init__(self, call: int, times: int = 1) -> None:
        super().__init__()
        self.call, self.times, self.calls = call, times, 0

    def __call__(self, output: Any, target: Any, sample_weight: Any = None) -> Any:
        self.calls += 1
        if self.calls == self.call:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)
        return super().__call__(output, target, sample_weight)


class Counting(nn.Callback):
    """Keeps how many steps were taken."""

    step = 0

    def on_batch_end(self, run: nn.training.Run) -> None:
        self.step = run.step


def fitted(loss: nn.losses.Loss, **options: Any) -> tuple[nn.Module, nn.History, nn.Optimizer]:
    model, optimizer = nn.MLP([3, 4, 3], dropout=0.2, seed=0), nn.Adam(lr=0.01)
    given: dict[str, Any] = {"epochs": 4, "batch_size": 8, "progress": False, **options}
    history = nn.fit(model, (X, Y), loss=loss, optimizer=optimizer, **given)
    return model, history, optimizer


def same(a: nn.Module, b: nn.Module) -> bool:
    one, other = a.state_dict(), b.state_dict()
    return all(np.array_equal(one[name], other[name]) for name in one)


def first_call() -> int:
    """How often the loss is called before the first step."""
    loss = Pressing(0)
    _, history, _ = fitted(loss)
    return loss.calls - 8 * history.epochs


@pytest.mark.parametrize("step", [1, 7, 8, 9, 32])
def test_the_step_at_hand_is_finished(step: int) -> None:
    model, history, optimizer = fitted(Pressing(first_call() + step))
    assert (history.interrupted, history.epochs) == (True, step // 8)
    assert set(optimizer.state_dict()["steps"]) == {step}

    class Until(nn.Callback):
        def on_batch_end(self, run: nn.training.Run) -> None:
            if run.step == step:
                run.stop()

    assert same(model, fitted(nn.CrossEntropyLoss(), callbacks=[Until()])[0])


def test_pressed_twice_it_ends_at_once() -> None:
    _, history, optimizer = fitted(Pressing(first_call() + 5, times=2))
    assert history.interrupted
    assert set(optimizer.state_dict()["steps"]) == {4}


@pytest.mark.parametrize("step", [3, 8, 13])
def test_a_checkpoint_is_written_and_resumed_bit_for_bit(step: int, tmp_path: Path) -> None:
    file = nn.Checkpoint(tmp_path / "run.safetensors", every=100)
    assert fitted(Pressing(first_call() + step), checkpoint=file)[1].interrupted
    resumed, history, _ = fitted(Pressing(0), resume=file.path)
    whole, wanted, _ = fitted(nn.CrossEntropyLoss())
    assert same(resumed, whole)
    assert not history.interrupted
    assert history["loss"].tolist() == wanted["loss"].tolist()


def test_the_best_weights_come_back() -> None:
    best: list[dict[str, Any]] = []

    def keep(run: nn.training.Run) -> None:
        best.append(run.model.state_dict())

    early = nn.EarlyStopping(patience=9, monitor="loss")
    model, history, _ = fitted(Pressing(first_call() + 20), early_stopping=early, callbacks=[keep])
    assert history.best_epoch is not None
    wanted = best[history.best_epoch - 1]
    assert all(np.array_equal(a, wanted[name]) for name, a in model.state_dict().items())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to itself")
def test_at_random_moments(rng: np.random.Generator) -> None:
    for wait in rng.uniform(0.001, 0.05, size=5):
        count = Counting()
        timer = threading.Timer(wait, os.kill, (os.getpid(), signal.SIGINT))

        class Starting(nn.Callback):
            def on_fit_begin(self, run: nn.training.Run, timer: threading.Timer = timer) -> None:
                timer.start()

        model, history, optimizer = fitted(
            nn.CrossEntropyLoss(), callbacks=[Starting(), count], epochs=10**6
        )
        timer.join()
        assert history.interrupted
        assert set(optimizer.state_dict()["steps"]) == {count.step}
        assert history.epochs == count.step // 8
        assert np.isfinite(model.predict(X)).all()


def test_handlers_of_the_program_stay() -> None:
    seen: list[int] = []

    def own(number: int, frame: Any) -> None:
        seen.append(number)

    before = signal.signal(signal.SIGINT, own)
    try:
        _, history, _ = fitted(Pressing(first_call() + 3))
        assert signal.getsignal(signal.SIGINT) is own
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]
    assert (history.interrupted, history.epochs) == (False, 4)


def test_in_other_threads_nothing_is_changed() -> None:
    handlers = []

    def look() -> None:
        with Interrupt():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_the_same_optimizer_goes_on_by_its_schedule(tmp_path: Path) -> None:
    file, schedule = tmp_path / "run.safetensors", nn.schedules.InverseTime(0.1, 1)

    def trained(model: nn.Module, optimizer: nn.Optimizer, press: int, **options: Any) -> Any:
        given: dict[str, Any] = {"batch_size": 8, "epochs": 4, "progress": False, **options}
        return nn.fit(
            model, (X, Y), loss=Pressing(press), optimizer=optimizer, schedule=schedule, **given
        )

    model, optimizer = nn.MLP([3, 4, 3], seed=0), nn.SGD(momentum=0.9)
    checkpoint = nn.Checkpoint(file)
    assert trained(model, optimizer, first_call() + 20, checkpoint=checkpoint).interrupted
    assert optimizer.lr == schedule(19)
    trained(model, optimizer, 0, resume=file)
    whole = nn.MLP([3, 4, 3], seed=0)
    trained(whole, nn.SGD(momentum=0.9), 0)
    assert same(model, whole)


class Trail(nn.Callback):
    """Keeps what the parameters and the optimiser's arrays were after each step."""

    def __init__(self) -> None:
        self.states: dict[int, bytes] = {}

    def on_batch_end(self, run: nn.training.Run) -> None:
        self.states[run.step] = digest(run.model, run.optimizer)


def digest(model: nn.Module, optimizer: nn.Optimizer) -> bytes:
    total = hashlib.sha256()
    for value in [*model.state_dict().values(), *optimizer.state_dict().values()]:
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, np.ndarray):
                total.update(part.tobytes())
    return total.digest()


class Alarm(nn.Callback):
    """Has Ctrl-C pressed a while after the first step, and perhaps once more soon after."""

    def __init__(self, wait: float, times: int) -> None:
        self.wait, self.times = wait, times
        signal.signal(signal.SIGALRM, self.press)

    def on_batch_end(self, run: nn.training.Run) -> None:
        if run.step == 1:
            signal.setitimer(signal.ITIMER_REAL, self.wait)

    def press(self, *given: Any) -> None:
        self.times -= 1
        signal.setitimer(signal.ITIMER_REAL, 2e-4 if self.times else 0)
        signal.raise_signal(signal.SIGINT)


def pressed_at_random(compile: Any, count: int, times: int, rng: np.random.Generator) -> None:
    """Train as usual, but for Ctrl-C: what is left is what was there after some whole step."""
    trail, whole = Trail(), Trail()
    options = {"epochs": 120, "compile": compile}
    fitted(nn.CrossEntropyLoss(), callbacks=[trail], **options)
    alarm, interrupted = signal.getsignal(signal.SIGALRM), 0
    for wait in rng.uniform(1e-4, 0.05, size=count):
        pressing = Alarm(wait, times)
        try:
            model, history, optimizer = fitted(
                nn.CrossEntropyLoss(), callbacks=[pressing], **options
            )
            signal.setitimer(signal.ITIMER_REAL, 0)
        except KeyboardInterrupt:  # the second one came when training had ended after the first
            assert times == 2
        else:
            interrupted += history.interrupted
            steps = max(optimizer.state_dict()["steps"])
            if times == 1:
                assert history.epochs == steps // 8
                assert digest(model, optimizer) == trail.states[steps]
            assert np.isfinite(model.predict(X)).all()
            assert len({len(column) for column in history.values()}) == 1
        assert ag.is_recording()
    signal.signal(signal.SIGALRM, alarm)
    assert interrupted > count // 2
    fitted(nn.CrossEntropyLoss(), callbacks=[whole], **options)
    assert whole.states == trail.states


needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="the system has no timers"
)


@needs_timers
@pytest.mark.nightly
@pytest.mark.parametrize("compile", [False, "numpy", "native"])
def test_at_sixty_random_moments(compile: Any, rng: np.random.Generator) -> None:
    pressed_at_random(compile, 60, 1, rng)


# where it is noticed in a destructor, Python can only tell, and goes on
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@needs_timers
@pytest.mark.nightly
@pytest.mark.parametrize("compile", [False, "numpy", "native"])
def test_pressed_twice_at_sixty_random_moments(compile: Any, rng: np.random.Generator) -> None:
    pressed_at_random(compile, 60, 2, rng)
