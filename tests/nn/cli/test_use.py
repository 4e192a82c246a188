"""``python -m nn evaluate``, ``predict`` and ``export``: what a trained model is good for."""

from __future__ import annotations

import csv
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.cli import COMMANDS, main

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of data and a model trained on it."""
    folder = tmp_path_factory.mktemp("trained")
    rng = np.random.default_rng(0)
    lines = ["length,weight,kind"]
    for i in range(60):
        x = rng.normal(size=2) + 6 * (i % 2)
        lines.append(f"{x[0]:.3f},{1e6 + 1e4 * x[1]:.1f},{('rose', 'oak')[i % 2]}")
    data, output = folder / "flowers.csv", folder / "out"
    data.write_text("\n".join(lines))
    options = f"--data {data} --hidden 4 --epochs 30 --quiet --output {output}"
    assert main(options.split()) == 0
    return folder


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def model(trained: Path, empty_folder: None) -> str:
    """A copy of the model and of its data, where the test runs."""
    shutil.copytree(trained, ".", dirs_exist_ok=True)
    return "out/model.safetensors"


def table(path: str) -> list[list[str]]:
    with open(path, newline="") as file:
        return list(csv.reader(file))


def test_evaluate(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", model, "--data", "flowers.csv"]) == 0
    shown = capsys.readouterr().out
    assert "recognised" in shown
    assert re.search(r"accuracy 100\.00 % of 60 samples; loss \S+\n$", shown)
    assert main(["evaluate", model, "--data", "flowers.csv", "--test-size", "0.2", "--quiet"]) == 0
    assert re.fullmatch(r"accuracy \S+ % of 12 samples; loss \S+\n", capsys.readouterr().out)


def test_evaluate_measures_what_training_held_out(capsys: pytest.CaptureFixture[str]) -> None:
    main("--epochs 1 --hidden 8 --seed 3 --quiet --output out".split())
    before = re.search(r"accuracy (\S+) %", capsys.readouterr().out)
    main("evaluate out/model.safetensors --test-size 0.2 --seed 3 --quiet".split())
    after = re.search(r"accuracy (\S+) % of 359", capsys.readouterr().out)
    assert before
    assert after
    assert before[1] == after[1]


def test_evaluate_knows_classes_by_name(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    head, *lines = Path("flowers.csv").read_text().splitlines()
    Path("renamed.csv").write_text("\n".join([head, *lines]).replace("oak", "pine"))
    assert main(["evaluate", model, "--data", "renamed.csv"]) == 2
    assert "classes among 'oak', 'rose', got 'pine'" in capsys.readouterr().err
    nn.save(nn.load(model), "more.safetensors", notes={"classes": ["elm", "oak", "rose"]})
    with pytest.raises(SystemExit):
        main(["evaluate", "--help"])
    wide = nn.Sequential(nn.Linear(2, 3, init="zeros"))
    wide[0].bias.assign(np.array([0, 1, 0], np.float32))  # type: ignore[attr-defined]
    nn.save(wide, "oak.safetensors", notes={"classes": ["elm", "oak", "rose"]})
    capsys.readouterr()
    assert main("evaluate oak.safetensors --data flowers.csv --quiet".split()) == 0
    assert "accuracy 50.00 %" in capsys.readouterr().out


def test_predict(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", model, "--data", "flowers.csv", "--output", "guess.csv"]) == 0
    assert capsys.readouterr().out == "60 predictions in guess.csv\n"
    assert table("guess.csv")[0] == ["prediction"]
    assert table("guess.csv")[1:] == [[row[2]] for row in table("flowers.csv")[1:]]


def test_predict_finds_columns_by_name(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("new.csv").write_text("note,weight,length\nbig,1060000,6\nsmall,1000000,0\n")
    assert main(["predict", model, "--data", "new.csv", "--probabilities"]) == 0
    head, *rows = csv.reader(capsys.readouterr().out.splitlines())
    assert head == ["prediction", "P(oak)", "P(rose)"]
    assert [row[0] for row in rows] == ["oak", "rose"]
    assert all(abs(float(p) + float(q) - 1) < 1e-5 for _, p, q in rows)
    Path("plain.csv").write_text("6,1060000\n0,1000000\n")
    assert main(["predict", model, "--data", "plain.csv"]) == 0
    assert capsys.readouterr().out == "prediction\noak\nrose\n"


def test_a_model_that_knows_no_classes(capsys: pytest.CaptureFixture[str]) -> None:
    layer = nn.Linear(1, 2, bias=False, dtype=np.float64)
    layer.weight.assign(np.array([[1.0], [-2.0]]))
    nn.save(layer, "m.safetensors")
    Path("x.csv").write_text("1.5\n-1\n")
    assert main(["predict", "m.safetensors", "--data", "x.csv"]) == 0
    assert capsys.readouterr().out == "output 0,output 1\n1.5,-3.0\n-1.0,2.0\n"
    assert main(["predict", "m.safetensors", "--data", "x.csv", "--classes", "up, down"]) == 0
    assert capsys.readouterr().out == "prediction\nup\ndown\n"


def test_export(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    onnx = pytest.importorskip("onnx")
    assert main(["export", model, "m.onnx"]) == 0
    assert capsys.readouterr().out == "22 parameters in m.onnx\n"
    operators = [node.op_type for node in onnx.load("m.onnx").graph.node]
    assert operators == ["Sub", "Div", "Gemm", "Relu", "Gemm"]
    nn.save(nn.Sequential(nn.Flatten(), nn.Linear(6, 2)), "images.safetensors")
    assert main(["export", "images.safetensors", "i.onnx", "--input-shape", "2,3"]) == 0


BAD = {
    "no model": ("evaluate no.safetensors", "a model file, got no such file"),
    "no model named": ("predict --data x.csv", "the following arguments are required: model"),
    "no data": ("predict MODEL", "required: --data"),
    "foreign model": ("evaluate flowers.csv --data flowers.csv", "a safetensors file, got"),
    "other data": (
        "evaluate MODEL --data wide.csv",
        r"Standardize\(2\) expected x of shape \(..., 2\)",
    ),
    "too few outputs": ("evaluate two.safetensors", "class indices from 0 to 1, got 9"),
    "missing column": ("predict MODEL --data wide.csv", "one column 'length', got the columns 'a'"),
    "too many columns": ("predict MODEL --data numbers.csv", "expected 2 columns, got 3. They are"),
    "a word": ("predict MODEL --data words.csv", "line 2, column 'weight' expected a number"),
    "same file": ("predict MODEL --data flowers.csv --output flowers.csv", "another file than"),
    "classes": ("predict MODEL --data flowers.csv --classes a,b,c", "a model of 3 outputs"),
    "shape": ("export MODEL m.onnx --input-shape 2,x", "--input-shape: expected a positive whole"),
    "part": (
        "evaluate MODEL --data flowers.csv --test-size 2",
        "expected a number between 0 and 1",
    ),
    "training option": (
        "evaluate MODEL --epochs 3",
        "unrecognized arguments: --epochs 3. Run python",
    ),
}


@pytest.mark.parametrize(("options", "message"), BAD.values(), ids=BAD)
def test_bad_input_gets_one_line(
    options: str, message: str, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("wide.csv").write_text("a,b,c,kind\n1,2,3,oak\n4,5,6,rose\n")
    nn.save(nn.Linear(64, 2), "two.safetensors")
    Path("numbers.csv").write_text("1,2,3\n")
    Path("words.csv").write_text("length,weight\n1,heavy\n")
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert main(options.replace("MODEL", model).split()) == 2
    shown = capsys.readouterr()
    assert (shown.out, shown.err.count("\n")) == ("", 1)
    assert shown.err.startswith("nn: ")
    assert re.search(message, shown.err), shown.err
    assert before == {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_export_without_onnx(
    model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert main(["export", model, "m.onnx"]) == 2
    assert "pip install 'autograd-core[onnx]'" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    shown = capsys.readouterr().out
    assert COMMANDS[command][2] in " ".join(shown.split())
    assert all(other in shown for other in COMMANDS if other != "train")
