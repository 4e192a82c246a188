"""Ctrl-C at random moments in code that uses the engine by hand: what runs next is as ever."""

from __future__ import annotations

import random
import signal
import threading

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.compiler import taps
from autograd_core.details import MODE
from autograd_core.tracing import TRACE

needs_timers = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="the system has no timers"
)


def energy(x):
    return np.sum(np.tanh(x) * x**2)


class Workload:
    """Everything that changes a mode, over and over, and what it should give."""

    def __init__(self):
        self.x = np.linspace(-1.0, 1.0, 7)
        self.leaf = ag.Node(np.ones((5, 3)))
        self.kept = np.zeros(7)
        self.compiled = ag.compile(self.gathered, backend="numpy")
        self.wanted = self.results()

    def gathered(self, x):
        kept = ag.mutable(self.kept)
        kept[...] = x
        return np.sum(kept * ag.grad(energy)(x))

    def results(self):
        x = self.x
        gradient = ag.grad(energy)
        with ag.no_grad():
            constant = np.tanh(self.leaf).requires_grad
        np.sum(np.tanh(self.leaf) ** 2).backward()
        grad, self.leaf.grad = self.leaf.grad, None
        found = [gradient(x), grad, ag.jvp(energy, (x,), (x,))[1], ag.vjp(gradient, x)[1](x)[0]]
        return [*found, self.compiled(x), constant]

    def for_ever(self, wait):
        signal.setitimer(signal.ITIMER_REAL, wait)
        while True:
            self.results()


def interrupted(count, longest):
    """Interrupt the work so often; every time everything must be as if it had not begun."""
    assert threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    draws, work = random.Random(7), Workload()
    try:
        for _ in range(count):
            with pytest.raises(KeyboardInterrupt):
                work.for_ever(draws.uniform(1e-5, longest))
            assert ag.is_recording()
            assert MODE.get().scope == ()
            assert MODE.get().watch is None
            assert TRACE.get() is None
            work.leaf.grad = None
            for found, wanted in zip(work.results(), work.wanted, strict=True):
                np.testing.assert_array_equal(found, wanted)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@needs_timers
def test_everything_works_after_an_interrupt():
    interrupted(60, 2e-3)


@needs_timers
@pytest.mark.nightly
def test_everything_works_after_each_of_ten_thousand_interrupts():
    interrupted(10_000, 2e-3)


class Raising:
    """A change of mode that Ctrl-C breaks off."""

    def __call__(self, mode):
        raise KeyboardInterrupt


def test_a_mode_that_is_never_entered_is_not_left_behind():
    change = ag.no_grad()
    with change:
        inner = change.change
        change.change = Raising()
        with pytest.raises(KeyboardInterrupt), change:
            pass
        change.change = inner
        assert not ag.is_recording()
    assert ag.is_recording()


@needs_timers
def test_no_grad_ends_with_its_block_even_if_interrupted_on_its_way_out():
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    draws, count = random.Random(1), 0

    def many():
        signal.setitimer(signal.ITIMER_REAL, draws.uniform(1e-5, 3e-4))
        while True:
            with ag.no_grad(), ag.scope("inner"):
                pass

    try:
        for _ in range(300):
            try:
                many()
            except KeyboardInterrupt:
                count += 1
            assert ag.is_recording()
            assert MODE.get().scope == ()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert count == 300


# a function that is broken off while it is being compiled


def leaf_and_step(error):
    leaf, kept = ag.Node(np.ones(3)), np.zeros(3)

    def step(x):
        leaf.assign(leaf.value * 2)
        np.sum(leaf * x).backward()
        ag.mutable(kept)[...] = x
        if error is not None:
            raise error

    return leaf, kept, step


@pytest.mark.parametrize("check", [True, False])
def test_an_error_leaves_what_was_changed_before_it_as_without_a_compiler(check):
    states = []
    for make in (lambda f: f, lambda f: ag.compile(f, backend="numpy", check=check)):
        leaf, kept, step = leaf_and_step(ValueError("on purpose"))
        with pytest.raises(ValueError, match="on purpose"):
            make(step)(np.arange(3.0))
        assert type(leaf.value) is type(leaf.grad) is np.ndarray
        states.append([leaf.value.tolist(), leaf.grad.tolist(), kept.tolist()])
    assert states[0] == states[1] == [[2, 2, 2], [0, 1, 2], [0, 1, 2]]


def test_ctrl_c_while_compiling_leaves_everything_as_it_was():
    leaf, kept, step = leaf_and_step(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        ag.compile(step, backend="numpy")(np.arange(3.0))
    assert (leaf.value.tolist(), leaf.grad, kept.tolist()) == ([1, 1, 1], None, [0, 0, 0])


class Broken:
    """A lock that Ctrl-C breaks off, so often."""

    def __init__(self, lock, times):
        self.lock, self.times = lock, times

    def __enter__(self):
        self.times -= 1
        if self.times == 0:
            raise KeyboardInterrupt
        return self.lock.__enter__()

    def __exit__(self, *error):
        return self.lock.__exit__(*error)


@pytest.mark.parametrize("moment", [1, 2], ids=["as it begins", "as it ends"])
def test_ctrl_c_around_a_trace_does_not_harm_the_next(moment, monkeypatch):
    monkeypatch.setattr(taps, "LOCK", Broken(taps.LOCK, moment))
    monkeypatch.setattr(taps, "running", set())
    leaf, _, step = leaf_and_step(None)
    with pytest.raises(KeyboardInterrupt):
        ag.compile(step, backend="numpy", check=False)(np.arange(3.0))
    assert TRACE.get() is None
    leaf, _, step = leaf_and_step(None)
    compiled = ag.compile(step, backend="numpy", check=False)
    for _ in range(3):
        compiled(np.arange(3.0))
    assert (leaf.value.tolist(), leaf.grad.tolist()) == ([8, 8, 8], [0, 3, 6])
    taps.running.clear()
    taps.set_taps(lambda: None)


def test_a_run_is_taken_back_while_another_thread_traces():
    leaf = ag.Node(np.array([1.0, 2.0]))

    @ag.compile(backend="numpy", check=False)
    def step(x):
        leaf.zero_grad()
        with np.errstate(all="ignore"):
            np.sum(np.where(x > 0, np.log(leaf * x), 0.0)).backward()

    step(np.ones(2))
    taps.set_taps(lambda: taps.running.add(0))
    try:
        step(np.array([0.0, 1.0]))  # log has no finite slope here, so the function itself runs
    finally:
        taps.set_taps(lambda: taps.running.discard(0))
    assert leaf.grad.tolist() == [0.0, 0.5]
