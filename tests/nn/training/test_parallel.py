"""Data-parallel training: many processes, here threads, do what one does; and they fail together.

The same with MPI is in ``test_mpi.py``.
"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.shard import SHARD, Shard, all_reduce, uniform
from nn.training import ranks as ranks_module
from nn.training.parallel import ParallelStep
from tests.nn.training import threads

N = 23
rng = np.random.default_rng(7)
X = rng.normal(size=(N, 5))
Y = rng.integers(3, size=N)
WEIGHTS = rng.uniform(0.1, 2.0, size=N)


def network(dtype=np.float64, **options):
    return nn.MLP([5, 6, 3], seed=0, dtype=dtype, **options)


def train(comm=None, model=None, **options):
    """Parameters, buffers, history."""
    model = network(**(model or {}))
    options = {
        "loss": nn.CrossEntropyLoss(),
        "optimizer": nn.SGD(lr=0.2, momentum=0.9),
        "epochs": 2,
        "batch_size": 7,
        "validation": 0.2,
        "compile": False,
    } | options
    options = {
        k: v() if k in ("optimizer", "early_stopping") and callable(v) else v
        for k, v in options.items()
    }
    data = options.pop("data", (X, Y))
    history = nn.fit(model, data, progress=False, comm=comm, **options)
    return model.state_dict(), history


def close(ours, theirs, tolerance=1e-9):
    (state, history), (other, expected) = ours, theirs
    for name, array in state.items():
        np.testing.assert_allclose(array, other[name], rtol=tolerance, atol=tolerance, err_msg=name)
    assert history.names == expected.names
    assert history.epochs == expected.epochs
    for name in set(history.names) - {"seconds"}:
        np.testing.assert_allclose(
            history[name], expected[name], rtol=tolerance, atol=tolerance, err_msg=name
        )


def same(results):
    """All threads ended alike, bit for bit."""
    for result in results:
        if isinstance(result, BaseException):
            raise result
    (state, history), *others = results
    for other, another in others:
        assert all(np.array_equal(state[name], other[name], equal_nan=True) for name in state)
        assert repr(another.rows) == repr(history.rows)
        assert another.stopped == history.stopped
    return results[0]


class Half(nn.Module):
    """A network that does not use one of its parameters."""

    def __init__(self):
        self.used = nn.Linear(5, 3, seed=0, dtype=np.float64)
        self.unused = ag.Node(np.ones(2), name="u")

    def forward(self, x):
        return self.used(x)


CASES = {
    "dropout": {"model": {"dropout": 0.3}},
    "few rows": {"batch_size": 3, "model": {"dropout": 0.3, "input_dropout": 0.1}},
    "one row": {"batch_size": 1, "epochs": 1},
    "batchnorm": {"model": {"batchnorm": True}},
    "batchnorm, few rows": {"batch_size": 2, "epochs": 1, "model": {"batchnorm": "after"}},
    "penalty": {
        "penalty": lambda model: nn.penalties.l2(model, 0.01),
        "clip_norm": 0.4,
        "clip_value": 0.1,
        "gradient_norms": True,
        "batch_size": 2,
    },
    "sum": {"loss": nn.CrossEntropyLoss("sum"), "penalty": nn.penalties.l2, "clip_norm": 1.0},
    "weights": {"sample_weight": WEIGHTS, "class_weight": "balanced"},
    "weights and sum": {
        "sample_weight": WEIGHTS,
        "loss": nn.CrossEntropyLoss("sum"),
        "clip_norm": 1,
    },
    "classes": {"loss": nn.CrossEntropyLoss(class_weight=[0.0, 1.0, 2.5]), "batch_size": 5},
    "smooth": {"loss": nn.CrossEntropyLoss(class_weight=[1, 2, 3.0], label_smoothing=0.1)},
    "adam": {"optimizer": lambda: nn.Adam(lr=0.01), "schedule": nn.schedules.Cosine(0.01, 6)},
    "replacement": {"replacement": True, "validation": (X[:2], Y[:2])},
    "drop_last": {"drop_last": True, "validation": None, "metrics": ["f1"]},
    "numbers": {"data": (X, X[:, :3]), "loss": nn.MSELoss(), "metrics": ["r2"], "batch_size": 5},
    "compiled": {"compile": "numpy", "model": {"dropout": 0.3}, "epochs": 3},
    "native": {"compile": "native", "epochs": 3, "batch_size": 6},
    "compiled, weights": {
        "compile": "numpy",
        "data": (X, X[:, :3]),
        "loss": nn.MSELoss(),
        "sample_weight": WEIGHTS,
        "clip_norm": 0.5,
    },
}


@pytest.mark.parametrize("case", CASES)
def test_many_processes_end_where_one_does(case):
    options = CASES[case]
    alone = train(**options)
    sizes = (2, 3, 4) if case in ("dropout", "few rows", "batchnorm") else (3,)
    for size in sizes:
        close(same(threads.run(size, lambda comm: train(comm, **options))), alone)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 1e-5), (np.float16, 2e-2)])
def test_float32_and_half_precision(dtype, tolerance):
    options = {"model": {"dtype": dtype}, "optimizer": lambda: nn.SGD(lr=0.05)}
    together = same(threads.run(3, lambda comm: train(comm, **options)))
    assert together[0]["0.weight"].dtype == dtype
    close(together, train(**options), tolerance)


def test_a_parameter_without_a_gradient_stays():
    def run(comm=None):
        model = Half()
        nn.fit(
            model,
            (X, Y),
            loss=nn.CrossEntropyLoss(),
            optimizer=nn.SGD(lr=0.1, weight_decay=0.1),
            epochs=1,
            comm=comm,
            progress=False,
        )
        return model.state_dict()

    alone = run()
    assert alone["unused"].tolist() == [1.0, 1.0]
    for state in threads.run(2, run):
        for name, array in alone.items():
            np.testing.assert_allclose(state[name], array, rtol=1e-12)


def test_complex_parameters():
    class Complex(nn.Module):
        def __init__(self):
            self.w = ag.Node(np.exp(1j * np.arange(5.0)), name="w")
            self.b = ag.Node(0.5, name="b")

        def forward(self, x):
            return np.abs(x @ self.w + self.b) ** 2

    def run(comm=None):
        model = Complex()
        options = {"loss": nn.mse_loss, "optimizer": nn.SGD(lr=0.001), "epochs": 2}
        nn.fit(model, (X, X[:, 0] ** 2), comm=comm, progress=False, **options)
        return model.w.value, model.b.value

    w, b = run()
    for found, number in threads.run(3, run):
        np.testing.assert_allclose(found, w, rtol=1e-12)
        assert type(number) is type(b)
        np.testing.assert_allclose(number, b, rtol=1e-12)


def test_statistics_by_the_shard_are_averaged_and_compile():
    options = {
        "model": {"batchnorm": True},
        "batch_size": 6,
        "drop_last": True,
        "sync_batchnorm": False,
        "validation": None,
    }
    found = same(threads.run(3, lambda comm: train(comm, **options)))
    compiled = same(threads.run(3, lambda comm: train(comm, **options, compile="numpy")))
    close(compiled, found)
    assert found[0]["1.num_batches_tracked"] == 6
    apart = np.abs(found[0]["0.weight"] - train(**options)[0]["0.weight"]).max()
    assert apart > 1e-6, "statistics of the shard are others than those of the batch"


def test_shards_of_one_row_cannot_be_normalised_apart():
    options = {"model": {"batchnorm": True}, "batch_size": 4, "sync_batchnorm": False}
    for found in threads.run(3, lambda comm: train(comm, **options)):
        assert isinstance(found, nn.ShapeError)
        assert "at least two rows" in str(found)


def test_statistics_of_the_batch_do_not_compile():
    options = {"model": {"batchnorm": True}, "compile": True}
    for found in threads.run(2, lambda comm: train(comm, **options)):
        assert isinstance(found, nn.ArgumentError)
        assert "sync_batchnorm=False" in str(found)


def test_a_batch_without_weight_is_refused_as_on_one_process():
    loss = nn.CrossEntropyLoss(class_weight=[0.0, 0.0, 1.0])
    with pytest.raises(nn.ArgumentError, match="positive sum") as alone:
        train(loss=loss, batch_size=2)
    for found in threads.run(2, lambda comm: train(comm, loss=loss, batch_size=2)):
        assert isinstance(found, nn.ArgumentError)
        assert str(found) == str(alone.value)


def test_one_process_is_as_none():
    (found,) = threads.run(1, train)
    state, history = train()
    assert all(np.array_equal(found[0][name], state[name]) for name in state)
    assert np.array_equal(found[1]["loss"], history["loss"])


def test_early_stopping_and_its_best_are_the_same_everywhere():
    options = {
        "epochs": 30,
        "optimizer": lambda: nn.SGD(lr=2.0),
        "early_stopping": lambda: nn.EarlyStopping(2),
    }
    found = same(threads.run(3, lambda comm: train(comm, **options)))
    assert found[1].stopped
    alone = train(**options)
    assert found[1].best_epoch == alone[1].best_epoch
    close(found, alone, 1e-6)


# Where it begins


def test_all_begin_as_the_first():
    def run(comm):
        model = nn.MLP([5, 6, 3], seed=comm.Get_rank(), dropout=0.5, dtype=np.float64)
        seed = None if comm.Get_rank() else 5
        nn.fit(
            model,
            (X, Y),
            loss=nn.CrossEntropyLoss(),
            optimizer=nn.SGD(lr=0.1),
            validation=0.3,
            comm=comm,
            seed=seed,
            epochs=1,
            progress=False,
        )
        return model.state_dict(), nn.History(["epoch"])

    same(threads.run(3, run))


def test_other_data_are_refused():
    def run(comm):
        return train(comm, data=(X + comm.Get_rank(), Y))

    for found in threads.run(2, run):
        assert isinstance(found, nn.StateError)
        assert re.search("checksum of the data .* on all processes, .* on process 1", str(found))


def test_what_is_no_communicator():
    with pytest.raises(nn.ArgumentError, match=r"communicator as of mpi4py.*COMM_WORLD"):
        train(comm=4)


# How it ends


class Alone(nn.Callback):
    """Does something on one process only, after a step or an epoch."""

    def __init__(self, comm, action, rank=1, step=2):
        self.here, self.action, self.step = comm.Get_rank() in np.atleast_1d(rank), action, step

    def on_batch_end(self, run):
        if self.here and run.step == self.step:
            self.action(run)


def fails(run):
    raise OSError("no space left")


def test_an_error_before_training_is_known_to_all():
    def run(comm):
        return train(comm, clip_norm=-1.0 if comm.Get_rank() == 1 else None)

    first, second, third = threads.run(3, run)
    assert isinstance(second, nn.ArgumentError)
    for other in (first, third):
        assert isinstance(other, nn.ProcessError)
        assert str(other).startswith("Process 1 of 3 failed: ArgumentError: fit expected clip_norm")


def test_an_error_on_one_process_ends_all(monkeypatch, capsys):
    monkeypatch.setattr(ranks_module, "PATIENCE", 0.2)
    found = threads.run(3, lambda comm: train(comm, callbacks=[Alone(comm, fails)]))
    assert all(isinstance(error, threads.Aborted) for error in found)
    told = capsys.readouterr().err
    assert "OSError: no space left" in told
    assert "process 1 of 3 failed, and the others are ended" in told


def test_an_error_on_all_processes_is_an_error():
    def run(comm):
        return train(comm, callbacks=[Alone(comm, fails, rank=[0, 1, 2])])

    assert [type(error) for error in threads.run(3, run)] == [OSError] * 3


def test_one_process_stops_all():
    def run(comm):
        return train(comm, callbacks=[Alone(comm, lambda run: run.stop("enough"), step=4)])

    found = same(threads.run(3, run))
    assert found[1].stopped == "enough"
    assert found[1].epochs == 1


def test_ctrl_c_on_one_process_interrupts_all():
    def press(run):
        run.interrupt.pressed = True

    class Once(nn.Callback):
        def on_epoch_end(self, run):
            if run.epoch == 1 and not run.first:
                press(run)

    found = same(threads.run(2, lambda comm: train(comm, epochs=5, callbacks=[Once()])))
    assert found[1].interrupted
    assert found[1].epochs == 1
    inside = threads.run(2, lambda comm: train(comm, epochs=5, callbacks=[Alone(comm, press)]))
    assert same(inside)[1].interrupted


def test_ctrl_c_is_told_with_the_gradients(monkeypatch):
    steps = []

    class Pressed(ParallelStep):
        def __call__(self, *given):
            steps.append(self.ranks.rank)
            if self.ranks.rank == 1 and steps.count(1) == 2:
                self.interrupt.pressed = True
            return super().__call__(*given)

    monkeypatch.setattr("nn.training.parallel.ParallelStep", Pressed)
    assert same(threads.run(2, lambda comm: train(comm, epochs=5)))[1].interrupted
    assert sorted(steps) == [0, 0, 1, 1]


def test_parameters_that_come_apart_are_an_error():
    def shift(run):
        weight = run.model[0].weight
        weight.assign(weight.value + 1e-9)

    for found in threads.run(2, lambda comm: train(comm, callbacks=[Alone(comm, shift)])):
        assert isinstance(found, nn.StateError)
        assert "Callbacks have to change them on all processes alike" in str(found)


def test_only_the_first_warns_of_a_loss_that_is_no_number():
    def run(comm):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return train(comm, optimizer=nn.SGD(lr=1e200))

    same(threads.run(2, run))


# Checkpoints


@pytest.mark.parametrize("unit", ["epochs", "steps", "seconds"])
def test_any_number_of_processes_goes_on(tmp_path, unit):
    options = {
        "model": {"dropout": 0.3, "batchnorm": True},
        "early_stopping": lambda: nn.EarlyStopping(10),
        "metrics": ["accuracy", "f1"],
    }
    path = tmp_path / "run.safetensors"

    def half(comm):
        file = nn.Checkpoint(path, 1e-9 if unit == "seconds" else 1, unit)
        steps = 3 if unit == "epochs" else 4
        stop = [Alone(comm, lambda run: run.stop(), rank=0, step=steps)]
        return train(comm, epochs=3, checkpoint=file, callbacks=stop, **options)

    same(threads.run(3, half))
    whole = train(epochs=3, **options)
    for size in (2, 1):
        rest = threads.run(size, lambda comm: train(comm, epochs=3, resume=path, **options))
        close(same(rest), whole, 1e-7)


def test_a_checkpoint_of_one_process_is_gone_on_with_by_many(tmp_path):
    path = tmp_path / "run.safetensors"
    train(epochs=1, checkpoint=nn.Checkpoint(path), model={"dropout": 0.3})

    def rest(comm):
        file = nn.Checkpoint(path)
        return train(comm, epochs=2, checkpoint=file, resume=True, model={"dropout": 0.3})

    close(same(threads.run(3, rest)), train(epochs=2, model={"dropout": 0.3}))


def test_a_checkpoint_that_cannot_be_written_is_known_to_all(tmp_path):
    def run(comm):
        return train(comm, checkpoint=nn.Checkpoint(tmp_path / "none" / "run.safetensors"))

    first, second = threads.run(2, run)
    assert isinstance(first, nn.ModelFileError)
    assert isinstance(second, nn.ProcessError)


# What layers know


@pytest.mark.parametrize("bits", ["PCG64", "PCG64DXSM", "Philox", "MT19937", "SFC64"])
@pytest.mark.parametrize("odd", [0, 1])
def test_draws_of_a_shard_are_those_of_its_rows(bits, odd):
    def generator():
        rng = np.random.Generator(getattr(np.random, bits)(3))
        rng.random(odd, np.float32)
        return rng

    whole = generator()
    first, second = whole.random((7, 3), np.float32), whole.random((7, 5), np.float32)
    after = whole.random(4, np.float32)
    for start, stop in ((0, 2), (2, 5), (5, 7), (3, 4)):
        rng = generator()
        token = SHARD.set(Shard(start, stop, 7))
        try:
            assert np.array_equal(uniform(rng, (stop - start, 3)), first[start:stop])
            assert np.array_equal(uniform(rng, (stop - start, 5)), second[start:stop])
        finally:
            SHARD.reset(token)
        assert np.array_equal(rng.random(4, np.float32), after)


def test_the_gradient_of_a_sum_over_all_is_that_of_all_losses():
    # L = Σ_r (r + 1) s² with s = x₁ + x₂ + x₃, so dL/dx_r = 2 s Σ_r (r + 1) = 12 s
    def run(comm):
        x = ag.Node([0.5 * comm.Get_rank(), 1.0])
        total = all_reduce(x, comm)
        np.sum((comm.Get_rank() + 1) * total**2).backward()
        return total.value.tolist(), x.grad.tolist()

    assert threads.run(3, run) == [([1.5, 3.0], [18.0, 36.0])] * 3


def test_a_sweep_that_is_repeated_asks_nobody_again():
    # The slope of √ at 0 makes NaN of the zero that `where` hands on, on one process only.
    def run(comm):
        x = ag.Node([0.0, 4.0])
        shared = all_reduce(x, comm)
        root = np.sqrt(shared) if comm.Get_rank() else shared
        with np.errstate(divide="ignore", invalid="ignore"):
            np.sum(np.where(shared > 1, root, 0.0)).backward()
        return x.grad[1]

    assert threads.run(2, run) == [1 + 0.5 / np.sqrt(8.0)] * 2
