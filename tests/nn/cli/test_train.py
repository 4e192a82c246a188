"""``python -m nn`` trains: what it writes, says and refuses, and what Ctrl-C leaves."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.cli import main
from nn.job import RESULTS

pytest.importorskip("matplotlib")
ROOT = Path(__file__).resolve().parents[3]
SHORT = ["--epochs", "1", "--hidden", "8"]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def table(path: str = "flowers.csv", rows: int = 60) -> str:
    """A file with two classes that are easy to tell apart, in columns of very different sizes."""
    rng = np.random.default_rng(0)
    lines = ["length,weight,kind"]
    for i in range(rows):
        x, kind = rng.normal(size=2) + 6 * (i % 2), ("rose", "oak")[i % 2]
        lines.append(f"{x[0]:.3f},{1e6 + 1e4 * x[1]:.1f},{kind}")
    Path(path).write_text("\n".join(lines))
    return path


def metrics(folder: str) -> Any:
    return json.loads(Path(folder, "metrics.json").read_text())


def test_it_trains_on_the_digits_and_writes_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    shown = capsys.readouterr()
    folder = "runs/digits-001"
    assert sorted(os.listdir(folder)) == sorted(RESULTS)
    assert all(Path(folder, name).stat().st_size > 200 for name in RESULTS)
    found = metrics(folder)
    assert found["test_accuracy"] >= 0.97
    assert found["epochs_completed"] == len(found["history"]["loss"]) == 40
    assert np.array(found["confusion"]).sum() == found["samples"]["test"] == 359
    assert "1,797 samples of 64 numbers in 10 classes; 1,438 to train on, 359 held out" in shown.out
    assert "Linear(64, 128)" in shown.out
    assert "recognised" in shown.out
    assert (
        f"test accuracy {100 * found['test_accuracy']:.2f} % after 40 epochs; results in"
        in shown.out
    )
    assert "epoch 40: 100%" in shown.err
    for name in ("graph.svg", "training.svg"):
        assert "<svg" in Path(folder, name).read_text()


def test_the_saved_model_is_the_one_that_was_measured() -> None:
    assert main([*SHORT, "--output", "out", "--quiet", "--seed", "3"]) == 0
    X, y = nn.datasets.digits()
    _, X_test, _, y_test = nn.datasets.train_test_split(X, y, 0.2, 3)
    model = nn.load("out/model.safetensors")
    assert nn.accuracy(model.predict(X_test), y_test) == metrics("out")["test_accuracy"]


def test_earlier_runs_are_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main([*SHORT, "--quiet"]) == 0
    assert sorted(os.listdir("runs")) == ["digits-001", "digits-002"]
    before = Path("runs/digits-001/metrics.json").read_bytes()
    assert main([*SHORT, "--output", "runs/digits-001"]) == 2
    assert Path("runs/digits-001/metrics.json").read_bytes() == before


def test_quiet_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    main([*SHORT, "--quiet"])
    shown = capsys.readouterr()
    assert shown.out.count("\n") == 1
    assert shown.out.endswith("after 1 epoch; results in runs/digits-001\n")
    assert shown.err == ""


def test_the_same_seed_gives_the_same_results() -> None:
    for folder in ("a", "b"):
        main([*SHORT, "--quiet", "--output", folder])
    a, b = (Path(f, "model.safetensors").read_bytes() for f in ("a", "b"))
    assert a == b
    assert metrics("a")["history"]["loss"] == metrics("b")["history"]["loss"]


@pytest.mark.parametrize("target", [[], ["--target", "kind"], ["--target", "2"]])
def test_a_table_is_standardised_by_the_model_itself(target: list[str]) -> None:
    path = table()
    assert main(["--data", path, *target, "--hidden", "4", "--epochs", "30", "--quiet"]) == 0
    found = metrics("runs/flowers-001")
    assert found["classes"] == ["oak", "rose"]
    assert found["test_accuracy"] == 1.0
    model = nn.load("runs/flowers-001/model.safetensors")
    data = nn.datasets.read_csv(path)
    assert nn.accuracy(model.predict(data.X), data.y) > 0.95


def test_an_archive_with_images_and_no_hidden_layer() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 90)
    np.savez("images.npz", images=rng.normal(size=(90, 2, 3)) + y[:, None, None], kinds=y)
    options = ["--target", "kinds", "--hidden", "none", "--epochs", "2", "--quiet"]
    assert main(["--data", "images.npz", *options]) == 0
    assert metrics("runs/images-001")["parameters"] == 3 * 6 + 3


@pytest.mark.parametrize("optimizer", ["sgd --nesterov", "adamw"])
def test_networks_with_everything(optimizer: str, capsys: pytest.CaptureFixture[str]) -> None:
    network = "--hidden 32,16 --activation tanh --dropout 0.1,0 --input-dropout 0.05"
    more = "--batchnorm before --init lecun --weight-decay 1e-4 --max-norm 4 --label-smoothing 0.05"
    options = f"--epochs 6 --optimizer {optimizer} --output out {network} {more}".split()
    assert main(options) == 0
    found = metrics("out")
    assert found["test_accuracy"] > 0.5
    assert found["settings"]["lr"] in (0.1, 0.05, 0.001)
    assert found["settings"]["max_norm"] == 4
    shown = capsys.readouterr().out
    assert "with lr" in shown
    assert "weight decay 0.0001, max norm 4; batches of 32, 6 epochs, seed 0" in shown
    model = nn.load("out/model.safetensors")
    kinds = [type(module).__name__ for module in model.modules()]
    assert kinds.count("BatchNorm") == kinds.count("Tanh") == kinds.count("Dropout") == 2


@pytest.mark.parametrize(
    ("data", "optimizer"),
    [("moons", "adam"), ("circles", "rmsprop"), ("spirals", "sgd"), ("blobs", "adagrad")],
)
def test_toy_sets(data: str, optimizer: str) -> None:
    options = ["--data", data, "--samples", "300", "--noise", "0.01", "--epochs", "25", "--quiet"]
    more = ["--hidden", "64,64", "--seed", "1", "--optimizer", optimizer, "--batch-size", "16"]
    assert main([*options, *more]) == 0
    found = metrics(f"runs/{data}-001")
    assert found["test_accuracy"] > 0.9
    assert found["samples"] == {"train": 240, "test": 60}


def test_a_part_to_validate_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--validation", "0.25", "--output", "out"]) == 0
    assert metrics("out")["samples"] == {"train": 1078, "validation": 360, "test": 359}
    assert "1,078 to train on, 360 to validate on, 359 held out" in capsys.readouterr().out


@pytest.mark.parametrize("schedule", ["inverse-time", "step", "exponential", "linear", "cosine"])
def test_schedules(schedule: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "4", "--hidden", "8", "--output", "out", "--batch-size", "128"]
    assert main([*options, "--schedule", schedule, "--warmup", "1", "--clip-norm", "0.5"]) == 0
    rates = metrics("out")["history"]["lr"]
    assert max(rates) <= 0.1
    assert rates[3] < rates[1]
    assert f"schedule {schedule}, warmup 1, clip norm 0.5; " in capsys.readouterr().out


def test_penalties_and_sampling_with_replacement(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--epochs", "2", "--hidden", "8", "--batch-size", "128"]
    assert main([*options, "--output", "plain"]) == 0
    more = ["--l1", "0.001", "--l2", "0.003", "--replacement"]
    assert main([*options, *more, "--output", "out"]) == 0
    assert "l1 0.001, l2 0.003, samples drawn with replacement; " in capsys.readouterr().out
    plain, penalised = (nn.load(f"{f}/model.safetensors") for f in ("plain", "out"))
    sizes = [float(nn.penalties.l2(model).item()) for model in (plain, penalised)]
    assert sizes[1] < sizes[0]
    assert metrics("out")["history"]["penalty"][-1] > 0


def test_it_stops_early_and_keeps_the_best(capsys: pytest.CaptureFixture[str]) -> None:
    options = "--lr 1 --patience 2 --validation 0.2 --hidden 8 --epochs 99 --output out".split()
    assert main(options) == 0
    found = metrics("out")
    losses = found["history"]["val_loss"]
    assert found["best_epoch"] == int(np.argmin(losses)) + 1 == len(losses) - 2
    told = f"after {len(losses)} epochs of 99, of which number {len(losses) - 2} was best"
    assert told in capsys.readouterr().out


def test_it_goes_on_from_a_checkpoint(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--hidden", "8", "--dropout", "0.2", "--quiet"]
    kept = ["--checkpoint", "run.safetensors", "--resume"]
    assert main([*options, "--epochs", "3", "--output", "whole"]) == 0
    assert main([*options, "--epochs", "2", "--output", "half", *kept]) == 0
    assert main([*options, "--epochs", "3", "--output", "rest", *kept]) == 0
    whole, rest = (Path(f, "model.safetensors").read_bytes() for f in ("whole", "rest"))
    assert whole == rest
    assert metrics("whole")["history"]["loss"] == metrics("rest")["history"]["loss"]
    capsys.readouterr()
    assert main([*options, "--epochs", "3", "--batch-size", "9", *kept]) == 1
    assert "expected batch_size 32, got 9" in capsys.readouterr().err


def test_mnist_and_idx_files(capsys: pytest.CaptureFixture[str]) -> None:
    images, labels = nn.datasets.mnist10k(flatten=False, normalize=False)
    for name, array in (("i-idx3-ubyte", images[:200]), ("l-idx1-ubyte", labels[:200])):
        head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        Path(name).write_bytes(head + array.astype(np.uint8).tobytes())
    files = ["--data", "i-idx3-ubyte", "--target", "l-idx1-ubyte"]
    assert main([*files, *SHORT, "--quiet", "--output", "out"]) == 0
    assert metrics("out")["samples"] == {"train": 160, "test": 40}
    assert main(["--data", "mnist10k", *SHORT, "--batch-size", "100", "--output", "mnist"]) == 0
    assert "10,000 samples of 784 numbers in 10 classes" in capsys.readouterr().out
    assert metrics("mnist")["test_accuracy"] > 0.7


def test_divergence_is_told_and_written_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SHORT, "--lr", "1e30", "--quiet", "--output", "out"]) == 0
    assert "nn: The loss became" in capsys.readouterr().err
    assert metrics("out")["test_loss"] is None


def files() -> None:
    """Bad data of every kind."""
    table()
    Path("words.csv").write_text("a,b,kind\n1,2,x\n3,high,y\n")
    Path("one.csv").write_text("a,kind\n1,x\n2,x\n3,x\n")
    Path("few.csv").write_text("a,kind\n1,x\n2,y\n")
    Path("empty.csv").write_text("")
    Path("broken.npz").write_bytes(b"PK\x03\x04 nothing")
    Path("data.xls").write_text("x")
    Path("file").write_text("x")
    Path("full").mkdir()
    Path("full/notes.txt").write_text("mine")


BAD = {
    "missing file": ("--data no.csv", "no.csv expected .*, got no such file"),
    "non-numeric column": (
        "--data words.csv",
        "words.csv, line 3, column 'b' expected a number, got 'high'",
    ),
    "one class": ("--data one.csv", "at least 2 classes, got only 'x'"),
    "too few rows": ("--data few.csv", "parts 2 rows in two.* Use more data"),
    "empty": ("--data empty.csv", "empty.csv expected"),
    "broken archive": ("--data broken.npz", "broken.npz expected an .npz archive"),
    "unknown ending": (
        "--data data.xls",
        "--data expected digits, mnist10k, .*, a .csv file, an .npz archive or an IDX",
    ),
    "folder as data": ("--data full.csv", "full.csv expected"),
    "unknown column": (
        "--data flowers.csv --target size",
        "a column 'size', got the columns 'length'",
    ),
    "target of digits": ("--target x", "--target expected a file as --data, got digits"),
    "negative rate": ("--lr -0.1", "--lr: expected a positive number, got '-0.1'"),
    "rate zero": ("--lr 0", "--lr: expected a positive number, got '0'"),
    "rate nan": ("--lr nan", "--lr: expected a positive number, got 'nan'"),
    "rate text": ("--lr fast", "--lr: expected a positive number, got 'fast'"),
    "momentum": (
        "--momentum 1",
        "--momentum: expected a number of at least 0 and below 1, got '1'",
    ),
    "epochs": ("--epochs 0", "--epochs: expected a positive whole number, got '0'"),
    "batch size": ("--batch-size 1.5", "--batch-size: expected a positive whole number, got '1.5'"),
    "seed": ("--seed -1", "--seed: expected a whole number of at least 0, got '-1'"),
    "test size": ("--test-size 1", "--test-size: expected a number between 0 and 1, got '1'"),
    "hidden": ("--hidden 10,x", "--hidden: expected a positive whole number, got 'x'"),
    "huge": ("--hidden 100000000,100000000", "Unable to allocate|too large|too big"),
    "activation": ("--activation rleu", "--activation: expected one of relu, leaky_relu, "),
    "dropout": (
        "--dropout 0.5,1",
        "--dropout: expected a number of at least 0 and below 1, got '1'",
    ),
    "dropout per layer": ("--dropout 0.5,0.2,0.1", "dropout for 2 hidden layers, got 3"),
    "batchnorm": ("--batchnorm yes", "--batchnorm: expected one of none, before, after, got 'yes'"),
    "lonely batch": ("--batchnorm after --batch-size 479", "at least two samples.*Pass 480"),
    "optimizer": ("--optimizer SGD", "--optimizer: expected one of sgd, adagrad, rmsprop"),
    "momentum of adam": (
        "--optimizer adam --momentum 0.5",
        "--momentum expected --optimizer sgd or rmsprop, got adam. Leave --momentum out",
    ),
    "nesterov of rmsprop": (
        "--optimizer rmsprop --nesterov",
        "--nesterov expected --optimizer sgd",
    ),
    "nesterov alone": ("--nesterov --momentum 0", "momentum"),
    "weight decay": ("--weight-decay -1", "--weight-decay: expected a number of at least 0"),
    "smoothing": ("--label-smoothing 1", "--label-smoothing: expected a number of at least 0"),
    "samples of a file": (
        "--data flowers.csv --samples 9",
        "--samples expected --data moons, circles, spirals, blobs, got flowers.csv",
    ),
    "noise of digits": ("--noise 1", "--noise expected --data moons"),
    "images without labels": ("--data images.idx", "--target expected the IDX file of the labels"),
    "validation": ("--validation 0", "--validation: expected a number between 0 and 1, got '0'"),
    "schedule": ("--schedule fast", "--schedule: expected one of constant, inverse-time"),
    "warm-up": ("--warmup 5 --epochs 5", "--warmup expected fewer epochs than --epochs 5, got 5"),
    "patience": ("--patience 3", "--patience expected --validation, samples to choose"),
    "clip norm": ("--clip-norm 0", "--clip-norm: expected a positive number, got '0'"),
    "resume": ("--resume", "--resume expected --checkpoint, the file, got none"),
    "checkpoint": ("--checkpoint no/run", "Checkpoint expected a file that can be written, got no"),
    "unknown option": ("--speed 3", "unrecognized arguments: --speed 3"),
    "missing value": ("--lr", "--lr: expected one argument"),
    "output with files": (
        "--output full",
        "--output expected a new or empty folder, got full with",
    ),
    "output is a file": (
        "--output file",
        "--output expected a folder that can be written, got file",
    ),
    "output in a file": ("--output file/out", "--output expected a folder that can be written"),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_line_and_leaves_nothing(
    options: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files()
    before = sorted(Path().rglob("*"))
    assert main(options.split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("nn: ")
    assert re.search(message, shown.err), shown.err
    assert sorted(Path().rglob("*")) == before


def test_a_folder_that_may_not_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("runs").write_text("in the way")
    assert main(SHORT) == 2
    assert "--output expected a folder that can be written, got runs" in capsys.readouterr().err


def test_without_matplotlib_it_stops_before_training(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert main(SHORT) == 2
    assert "pip install 'autograd-core[plot]'" in capsys.readouterr().err
    assert os.listdir() == []


def test_help_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("--data", "--batch-size", "--quiet", "runs/<data>-001"))


def started(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "nn", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # however this was started
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("epoch", ["first", "later"])
def test_ctrl_c_saves_what_was_trained(epoch: str) -> None:
    length = ["--batch-size", "1" if epoch == "first" else "512", "--hidden", "1000,100"]
    process = started("--epochs", "100000", "--output", "out", *length)
    assert process.stderr is not None
    text, awaited = "", r"\| [1-9]\d*/" if epoch == "first" else "epoch "
    while not re.search(awaited, text):
        text += (char := process.stderr.read(1))
        assert char, f"it ended early: {text}"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    found = metrics("out")
    assert found["interrupted"]
    assert (found["epochs_completed"] > 0) == (epoch == "later")
    assert "of 100000, interrupted; results in out" in out
    assert sorted(os.listdir("out")) == sorted(RESULTS)
    X = nn.datasets.digits().X
    trained, fresh = nn.load("out/model.safetensors"), nn.MLP([64, 1000, 100, 10])
    assert not np.array_equal(trained.predict(X), fresh.predict(X))


def test_bad_input_has_exit_status_2() -> None:
    process = started("--data", "no.csv")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)


def test_ctrl_c_before_the_first_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.job.fit", interrupted)
    assert main(["--output", "out", "--quiet"]) == 130
    assert sorted(os.listdir("out")) == sorted(RESULTS)
    assert metrics("out")["epochs_completed"] == 0


def test_on_the_processes_of_mpiexec_it_needs_mpi4py(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    for launcher in ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"):
        monkeypatch.delenv(launcher, raising=False)
    monkeypatch.setenv("PMI_RANK", "0")
    assert main([*SHORT, "--quiet", "--output", "together"]) == 2
    told = capsys.readouterr().err
    assert "nn: Training on the processes of mpiexec needs the package 'mpi4py'" in told
    assert "pip install 'autograd-core[mpi]'" in told
    monkeypatch.setenv("PMI_RANK", "1")
    assert main([*SHORT, "--quiet", "--output", "together"]) == 2
    assert capsys.readouterr().err == "", "the first process says it"
    assert main([*SHORT, "--quiet", "--output", "alone", "--alone"]) == 0
    assert metrics("alone")["processes"] == 1
