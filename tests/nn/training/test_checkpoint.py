"""Checkpoints: a killed run that is resumed ends bitwise as if it had not been; files that fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.training.packing import read_tree, write_tree

ROOT = Path(__file__).resolve().parents[3]
rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 40)
X = rng.normal(size=(40, 3)) + np.eye(3)[Y]
STEPS = 6
"""In an epoch of 40 rows, 7 at a time."""


class KilledError(Exception):
    pass


class Killer(nn.Callback):
    """Ends the program, as it were, after so many steps or epochs; counts what it has seen."""

    def __init__(self, step: int = 0, epoch: int = 0) -> None:
        self.step, self.epoch, self.seen = step, epoch, 0

    def on_batch_end(self, run: Any) -> None:
        self.seen += 1
        if run.step == self.step:
            raise KilledError

    def on_epoch_end(self, run: Any) -> None:
        if run.epoch == self.epoch:
            raise KilledError

    def state_dict(self) -> dict[str, Any]:
        return {"seen": self.seen}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.seen = state["seen"]


def net(**options: Any) -> nn.Module:
    return nn.MLP([3, 5, 3], "tanh", **({"seed": 0} | options))


def fitted(
    model: nn.Module, killer: Killer | None = None, **options: Any
) -> tuple[nn.Optimizer, nn.History]:
    given: dict[str, Any] = {
        **{"loss": nn.CrossEntropyLoss(), "optimizer": lambda: nn.SGD(lr=0.1, momentum=0.9)},
        **{"epochs": 4, "batch_size": 7, "progress": False, "callbacks": [killer or Killer()]},
        **options,
    }
    given["optimizer"] = given["optimizer"]()
    return given["optimizer"], nn.fit(model, (X, Y), **given)


def outcome(model: nn.Module, ended: tuple[nn.Optimizer, nn.History]) -> dict[str, Any]:
    """All that two runs can differ in, but for the time they took."""
    optimizer, history = ended
    figures = {name: column.tolist() for name, column in history.items() if name != "seconds"}
    random = {name: g.bit_generator.state for name, g in model.named_generators()}
    kept = {**optimizer.state_dict(), **model.state_dict()}
    texts = {name: repr([np.asarray(a).tobytes() for a in v]) if isinstance(v, list)
             and v and isinstance(v[0], np.ndarray) else v.tobytes()
             if isinstance(v, np.ndarray) else repr(v) for name, v in kept.items()}  # fmt: skip
    return {**texts, **figures, "random": random, "ended": (history.stopped, history.best_epoch)}


def early() -> dict[str, Any]:
    return {
        "early_stopping": nn.EarlyStopping(patience=2, monitor="val_accuracy"),
        "validation": (X[:20], Y[:20]),
        "epochs": 12,
    }


Make = Callable[[], dict[str, Any]]
CONFIGURATIONS: dict[str, tuple[dict[str, Any], Make]] = {
    # options of the model, and of fit
    "momentum": ({}, dict),
    "nesterov": ({}, lambda: {"optimizer": lambda: nn.SGD(lr=0.1, momentum=0.9, nesterov=True)}),
    "adam": ({}, lambda: {"optimizer": lambda: nn.Adam(lr=0.01)}),
    "adamw in double precision": (
        {"dtype": np.float64},
        lambda: {"optimizer": lambda: nn.AdamW(lr=0.01, weight_decay=0.1)},
    ),
    "dropout": ({"dropout": 0.4}, dict),
    "batch normalisation": ({"batchnorm": True}, lambda: {"drop_last": True}),
    "metrics of all outputs": ({}, lambda: {"metrics": ["accuracy", "f1"], "validation": 0.2}),
    "schedule": (
        {},
        lambda: {"schedule": nn.schedules.WarmUp(5, nn.schedules.Cosine(0.2, 19))},
    ),
    "early stopping": ({"dropout": 0.2}, early),
    "replacement": ({"dropout": 0.2}, lambda: {"replacement": True}),
    "a share to validate on": ({}, lambda: {"validation": 0.2, "gradient_norms": True}),
    "weights and clipping": (
        {},
        lambda: {"class_weight": "balanced", "clip_norm": 0.1, "clip_value": 0.05},
    ),
    "another generator": ({}, lambda: {"seed": np.random.Generator(np.random.MT19937(3))}),
}
each_configuration = pytest.mark.parametrize(
    ("of_model", "make"), CONFIGURATIONS.values(), ids=CONFIGURATIONS
)


@each_configuration
@pytest.mark.parametrize(
    ("every", "unit", "killer"),
    [
        (1, "epochs", {"step": STEPS + 3}),
        (4, "steps", {"step": STEPS + 4}),
        (STEPS, "steps", {"epoch": 2}),
        (1, "steps", {"step": 2}),
    ],
    ids=["epochs", "mid-epoch", "last batch", "every step"],
)
def test_a_killed_run_ends_as_if_it_had_not_been(
    of_model: dict[str, Any], make: Make, every: int, unit: str, killer: Any, tmp_path: Path
) -> None:
    path = tmp_path / "run.safetensors"
    whole = net(**of_model)
    expected = outcome(whole, fitted(whole, **make()))

    def checkpoint() -> nn.Checkpoint:
        return nn.Checkpoint(path, every, unit)

    with pytest.raises(KilledError):
        fitted(net(**of_model), Killer(**killer), checkpoint=checkpoint(), **make())
    resumed, again = net(**(of_model | {"seed": 7})), Killer()
    ended = fitted(resumed, again, checkpoint=checkpoint(), resume=True, **make())
    found = outcome(resumed, ended)
    assert {n for n in expected if found[n] != expected[n]} == set()
    assert again.seen == len(ended[1]["epoch"]) * (5 if "drop_last" in make() else STEPS) or (
        "validation" in make()
    )


def test_a_finished_run_can_be_looked_at_again_and_continued(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    first, again, longer, whole = net(), net(seed=1), net(), net()
    ended = fitted(first, checkpoint=nn.Checkpoint(path, 3))  # the fourth is written at the end
    assert outcome(again, fitted(again, resume=path)) == outcome(first, ended)
    assert fitted(longer, resume=path, epochs=6)[1].epochs == 6
    fitted(whole, epochs=6)
    assert outcome_of(longer) == outcome_of(whole)


def outcome_of(model: nn.Module) -> list[bytes]:
    return [array.tobytes() for array in model.state_dict().values()]


def test_a_run_that_stopped_early_stays_so_and_has_its_best_weights(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    first, again = net(), net(seed=1)
    ended = fitted(first, checkpoint=nn.Checkpoint(path), **early())
    assert ended[1].stopped
    assert outcome(again, fitted(again, resume=path, **early())) == outcome(first, ended)


def test_one_generator_for_dropout_and_for_the_order(tmp_path: Path) -> None:
    def shared() -> tuple[nn.Module, np.random.Generator]:
        common = np.random.default_rng(5)
        return nn.Sequential(nn.Dropout(0.3, seed=common), net()), common

    path = tmp_path / "run.safetensors"
    model, common = shared()
    fitted(model, seed=common)
    killed, common = shared()
    with pytest.raises(KilledError):
        fitted(killed, Killer(step=9), seed=common, checkpoint=nn.Checkpoint(path, 1, "steps"))
    resumed, common = shared()
    fitted(resumed, seed=common, resume=path)
    assert outcome_of(resumed) == outcome_of(model)


def test_earlier_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fitted(net(), checkpoint=nn.Checkpoint(path, keep=3))
    names = ["run.1.safetensors", "run.2.safetensors", "run.safetensors"]
    assert sorted(file.name for file in tmp_path.iterdir()) == names
    epochs = {n: read_tree(tmp_path / n, "nn.checkpoint", "a file")["epoch"] for n in names}
    assert epochs == dict(zip(names, [3, 2, 4], strict=True))
    older = net()
    fitted(older, resume=tmp_path / names[0])
    whole = net()
    fitted(whole)
    assert outcome_of(older) == outcome_of(whole)


def test_seconds_are_measured_from_the_last_file(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    written = []

    class Spy(nn.Checkpoint):
        def write(self, run: Any) -> None:
            written.append(run.step)
            super().write(run)

    fitted(net(), checkpoint=Spy(path, 1e-9, "seconds"), epochs=1)
    assert written == [1, 2, 3, 4, 5, 6, 6]
    written.clear()
    fitted(net(), checkpoint=Spy(path, 1e9, "seconds"), epochs=1)
    assert written == [6]


def test_ctrl_c_writes_nothing_half_done(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"

    class Impatient(Killer):
        def on_batch_end(self, run: Any) -> None:
            if run.step == 8 and not path.with_suffix(".again").exists():
                raise KeyboardInterrupt

    assert fitted(net(), Impatient(), checkpoint=nn.Checkpoint(path))[1].interrupted
    path.with_suffix(".again").touch()
    whole, resumed = net(), net()
    fitted(resumed, Impatient(), resume=path)
    fitted(whole)
    assert outcome_of(resumed) == outcome_of(whole)


def test_trees_come_back_as_they_were(tmp_path: Path) -> None:
    tree = {
        "arrays": [np.array(1.5), np.zeros((0, 2), np.float16), np.array([1 + 2j, -0.0])],
        "numbers": [1, 2**100, -0.0, np.inf, True, None, "text"],
        "complex": np.array(3j, np.complex64),
    }
    write_tree(tmp_path / "tree", "kind", tree)
    found = read_tree(tmp_path / "tree", "kind", "a tree")
    assert repr(found) == repr(tree)
    kinds = [array.dtype for array in (*found["arrays"], found["complex"])]
    assert kinds == ["f8", "f2", "c16", "c8"]


# Files that fail, and other runs


def damaged(path: Path) -> dict[str, Path]:
    content = path.read_bytes()
    tree = read_tree(path, "nn.checkpoint", "a checkpoint")
    files = {name: path.with_name(name) for name in ("cut", "empty", "text", "less", "old", "odd")}
    files["cut"].write_bytes(content[:-100])
    files["empty"].write_bytes(b"")
    files["text"].write_text("epoch 3")
    write_tree(files["old"], "nn.checkpoint", tree | {"version": 0})
    write_tree(files["odd"], "nn.checkpoint", tree | {"generators": {"1.rng": {"state": 1}}})
    tree["optimizer"].pop("velocity")
    write_tree(files["less"], "nn.checkpoint", tree)
    files["model"] = path.with_name("model")
    nn.save(net(), files["model"])
    return files | {"none": path.with_name("none")}


BROKEN = {
    "cut": "a safetensors file, got something else",
    "empty": "a safetensors file, got something else",
    "text": "a safetensors file, got something else",
    "model": "a checkpoint of nn.fit, got another file, with nn metadata",
    "none": "a checkpoint of nn.fit, got no such file",
    "old": "a checkpoint of version 1, got 0",
    "less": "SGD.load_state_dict expected entries .*velocity",
    "odd": "a checkpoint of this run, got another",
}
OTHERS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "batches": (lambda: {"batch_size": 8}, "expected batch_size 7, got 8. Pass what the run was"),
    "replacement": (lambda: {"replacement": True}, "expected replacement False, got True"),
    "columns": (lambda: {"metrics": ()}, "expected columns of the history"),
    "optimizer": (lambda: {"optimizer": nn.Adam}, "expected optimizer 'SGD', got 'Adam'"),
    "rate": (
        lambda: {"optimizer": lambda: nn.SGD(lr=0.2, momentum=0.9)},
        "expected options of the optimizer .*'lr': 0.1.*, got .*'lr': 0.2",
    ),
    "loss": (
        lambda: {"loss": nn.CrossEntropyLoss(label_smoothing=0.1)},
        r"expected loss .*, got .*label_smoothing=0.1",
    ),
    "schedule": (
        lambda: {"schedule": nn.schedules.Constant(0.1)},
        r"expected schedule None, got 'Constant\(0.1\)'",
    ),
    "clipping": (lambda: {"clip_norm": 1.0}, "expected clip_norm None, got 1.0"),
    "callbacks": (lambda: {"callbacks": []}, r"expected callbacks \['Killer'\], got \[\]"),
    "data": (lambda: {"sample_weight": np.full(40, 2.0)}, "expected checksum of the data"),
    "epochs": (lambda: {"epochs": 1}, "expected epochs >= 2, got 1. Pass epochs=2 or more"),
    "generator": (
        lambda: {"seed": np.random.Generator(np.random.MT19937(0))},
        "expected generator of the order 'PCG64', got 'MT19937'",
    ),
}


def refused(path: Path, message: str, model: nn.Module, **options: Any) -> None:
    """Whether a file is refused, and nothing changed."""
    optimizer = options.pop("optimizer", lambda: nn.SGD(lr=0.1, momentum=0.9))()
    optimizer.bind(model.parameters())
    before = outcome(model, (optimizer, nn.History([])))
    with pytest.raises(nn.NNError, match=message):
        fitted(model, resume=path, optimizer=lambda: optimizer, **options)
    assert outcome(model, (optimizer, nn.History([]))) == before


@pytest.mark.parametrize(("name", "message"), BROKEN.items(), ids=BROKEN)
def test_broken_files_are_refused(name: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fitted(net(dropout=0.5), checkpoint=nn.Checkpoint(path), epochs=2)
    refused(damaged(path)[name], message, net(dropout=0.5, seed=1))


@pytest.mark.parametrize(("options", "message"), OTHERS.values(), ids=OTHERS)
def test_files_of_other_runs_are_refused(
    options: Callable[[], dict[str, Any]], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "run.safetensors"
    fitted(net(), checkpoint=nn.Checkpoint(path), epochs=2)
    refused(path, message, net(seed=1), **options())


def test_files_of_other_models_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fitted(net(), checkpoint=nn.Checkpoint(path), epochs=2)
    refused(path, r"expected shape \(6, 3\), got \(5, 3\)", nn.MLP([3, 6, 3], "tanh"))
    refused(path, "expected every name of the model", nn.MLP([3, 5, 5, 3], "tanh"))
    refused(path, "expected dtype 'float32', got 'float64'", net(dtype=np.float64))
    refused(path, "expected random generators", net(dropout=0.5))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"resume": True}, "fit expected a checkpoint, to resume, got none"),
        ({"resume": 3}, "fit expected resume, a path or True, got 3"),
        ({"checkpoint": "run"}, "checkpoint to be a Checkpoint, got 'run'"),
    ],
)
def test_arguments_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        fitted(net(), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every": 0}, "every expected a positive whole number, got 0"),
        ({"every": 0.5}, "every expected a positive whole number, got 0.5"),
        ({"every": 0, "unit": "seconds"}, "every > 0"),
        ({"unit": "days"}, "unit 'epochs' or 'steps' or 'seconds', got 'days'"),
        ({"keep": 0}, "keep expected a positive whole number, got 0"),
    ],
)
def test_options_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(nn.ArgumentError, match=message):
        nn.Checkpoint("run.safetensors", **options)


def test_a_path_that_cannot_be_written_is_refused_before_training(tmp_path: Path) -> None:
    model = net()
    before = outcome_of(model)
    for path in (tmp_path, tmp_path / "none" / "run"):
        with pytest.raises(nn.ModelFileError, match="a file that can be written"):
            fitted(model, checkpoint=nn.Checkpoint(path))
    assert outcome_of(model) == before
