"""Training on the processes of ``mpiexec``: the same as one, and the end of one is that of all."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.cli import main
from nn.training.packing import read_tree
from tests.nn.training import mpi

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not mpi.is_there(), reason="no MPI: install the extra mpi"),
]
WITHIN = 10.0
"""Seconds after which all processes have ended."""

TRAIN = """
import os, sys
import numpy as np
from mpi4py import MPI
import nn

comm = MPI.COMM_WORLD
print("process", comm.rank, os.getpid(), flush=True)


def fail(run):
    if FAILS and comm.rank == 1 and run.epoch == 2:
        raise OSError("no space left")


X, y = nn.datasets.digits()
nn.fit(
    nn.MLP([64, 16, 10], dropout=0.2, seed=0, dtype=np.float64),
    (X[:300], y[:300]),
    loss=nn.CrossEntropyLoss(),
    optimizer=nn.SGD(lr=0.05, momentum=0.9),
    epochs=1_000_000,
    comm=comm,
    checkpoint=nn.Checkpoint("run.safetensors"),
    callbacks=[fail],
    progress=False,
    compile=False,
)
"""


@pytest.mark.parametrize(
    ("size", "cases"),
    [
        (2, ["dropout", "batchnorm", "compiled", "native", "penalty"]),
        (3, ["dropout", "few rows", "batchnorm, few rows", "weights", "sum"]),
        (4, ["few rows", "batchnorm", "adam", "numbers", "classes"]),
    ],
)
def test_processes_end_where_one_does(size, cases):
    run = mpi.start(size, "-m", "tests.nn.training.mpi", *cases, cwd=mpi.ROOT)
    told, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert told.splitlines() == [f"{case}: as one process on {size}" for case in cases]


def pids(run):
    """What the processes say they are, by rank."""
    assert run.stdout is not None
    found = [re.findall(r"process (\d+) (\d+)", run.stdout.readline()) for _ in range(3)]
    return {int(rank): int(pid) for ((rank, pid),) in found}


def test_a_killed_process_ends_all_and_the_checkpoint_goes_on(tmp_path):
    run = mpi.start(3, "-c", TRAIN.replace("FAILS", "False"), cwd=tmp_path)
    numbers = pids(run)
    file = tmp_path / "run.safetensors"
    while not file.exists():
        assert run.poll() is None
        time.sleep(0.05)
    os.kill(numbers[1], signal.SIGKILL)
    start = time.monotonic()
    _, errors = run.communicate(timeout=60)
    assert time.monotonic() - start < WITHIN
    assert run.returncode != 0
    assert re.search(r"rank 1 .*\s.*signal 9|Killed \(signal 9\)", errors), errors

    done = read_tree(file, "nn.checkpoint", "a checkpoint")["epoch"]

    def train(epochs, resume=None):
        X, y = nn.datasets.digits()
        model = nn.MLP([64, 16, 10], dropout=0.2, seed=0, dtype=np.float64)
        optimizer = nn.SGD(lr=0.05, momentum=0.9)
        options = {"epochs": epochs, "resume": resume, "compile": False, "progress": False}
        loss = nn.CrossEntropyLoss()
        nn.fit(model, (X[:300], y[:300]), loss=loss, optimizer=optimizer, **options)
        return model.state_dict()

    gone_on, alone = train(done + 1, resume=file), train(done + 1)
    for name, array in alone.items():
        np.testing.assert_allclose(gone_on[name], array, rtol=1e-6, atol=1e-8)


def test_an_error_on_one_process_ends_all(tmp_path):
    run = mpi.start(3, "-c", TRAIN.replace("FAILS", "True"), cwd=tmp_path)
    pids(run)
    start = time.monotonic()
    _, errors = run.communicate(timeout=60)
    assert time.monotonic() - start < WITHIN + 5
    assert run.returncode != 0
    assert "OSError: no space left" in errors
    assert "nn.fit: process 1 of 3 failed, and the others are ended." in errors


def test_the_command_line(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    options = ["--epochs", "2", "--hidden", "16", "--batchnorm", "before", "--quiet"]
    run = mpi.start(2, "-m", "nn", *options, "--output", "many")
    told, errors = run.communicate(timeout=120)
    assert run.returncode == 0, errors
    assert main([*options, "--output", "one"]) == 0
    assert told.replace("many", "one") == capsys.readouterr().out
    assert sorted(os.listdir("many")) == sorted(os.listdir("one"))
    one, many = (json.loads(Path(name, "metrics.json").read_text()) for name in ("one", "many"))
    assert (one["processes"], many["processes"]) == (1, 2)
    np.testing.assert_allclose(many["history"]["loss"], one["history"]["loss"], rtol=1e-4)


def test_bad_input_is_said_once(tmp_path):
    run = mpi.start(2, "-m", "nn", "--epochs", "none", cwd=tmp_path)
    told, errors = run.communicate(timeout=60)
    assert run.returncode == 2
    assert errors.count("nn: argument --epochs: expected a positive whole number") == 1
    assert told == ""
