"""Saving and loading: round trips, and files that are broken, foreign or of another model."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.files import write_file


class Own(nn.Module):
    """A layer the package does not know."""

    def __init__(self) -> None:
        self.factor = ag.Node(np.ones(2, np.float32))

    def forward(self, x: Any) -> Any:
        return x * self.factor


def saved(folder: Path, model: nn.Module) -> Path:
    path = folder / "model.safetensors"
    nn.save(model, path)
    return path


def written(folder: Path, header: Any, **arrays: Any) -> Path:
    from safetensors.numpy import save_file

    path = folder / "model.safetensors"
    metadata = None if header is None else {"nn": json.dumps(header)}
    save_file(arrays or {"x": np.ones(1)}, path, metadata=metadata)
    return path


MODELS = {
    "mlp": lambda: nn.MLP([3, 4, 2], "tanh", bias=False, seed=1, dtype=np.float64),
    "nested": lambda: nn.Sequential(
        nn.Standardize(3), nn.Sequential(nn.MLP([3, 2]), nn.Identity()), nn.Sigmoid()
    ),
    "changed mlp": lambda: nn.MLP([3, 4, 2]).append(nn.Tanh()),
    "empty": lambda: nn.Sequential(),
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_models_come_back_whole(make: Any, tmp_path: Path, rng: np.random.Generator) -> None:
    model = make()
    loaded = nn.load(saved(tmp_path, model))
    X = rng.normal(size=(5, 3))
    assert np.array_equal(loaded.predict(X), model.predict(X))
    assert repr(loaded).partition("(")[2] == repr(model).partition("(")[2]
    assert os.listdir(tmp_path) == ["model.safetensors"]


def test_the_kind_is_kept_unless_the_recipe_no_longer_holds(tmp_path: Path) -> None:
    assert type(nn.load(saved(tmp_path, nn.MLP([2, 3, 1])))) is nn.MLP
    changed = nn.MLP([2, 3, 1])
    changed[1] = nn.Tanh()
    assert [type(m) for m in nn.load(saved(tmp_path, changed)).modules()] == [
        nn.Sequential,
        nn.Linear,
        nn.Tanh,
        nn.Linear,
    ]


def test_weights_are_readable_without_nn(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    model = nn.Linear(3, 2, seed=0)
    model.weight.assign(np.asfortranarray(model.weight.value))
    arrays = load_file(saved(tmp_path, model))
    assert np.array_equal(arrays["weight"], model.weight.value)


@pytest.mark.oracle
def test_weights_of_pytorch_load_into_the_same_architecture(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    theirs = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))
    save_file(theirs.state_dict(), tmp_path / "torch.safetensors")
    ours = nn.load(tmp_path / "torch.safetensors", into=nn.MLP([3, 4, 2]))
    x = np.ones((1, 3), np.float32)
    expected = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.predict(x), expected, rtol=1e-5)


@pytest.mark.oracle
@pytest.mark.parametrize("prefix", ["", "layers.", "model.net."])
def test_whole_networks_of_pytorch(prefix: str, tmp_path: Path, rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    theirs = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(6, 12),
        torch.nn.BatchNorm1d(12),
        torch.nn.PReLU(),
        torch.nn.Dropout(),
        *[layer for _ in range(5) for layer in (torch.nn.Linear(12, 12), torch.nn.Tanh())],
        torch.nn.LayerNorm(12),
        torch.nn.Linear(12, 2, bias=False),
    )
    x = rng.normal(size=(4, 6)).astype(np.float32)
    with torch.no_grad():
        for _ in range(3):
            theirs(torch.tensor(x))
    state = {prefix + name: tensor for name, tensor in theirs.state_dict().items()}
    save_file(state, tmp_path / "torch.safetensors")
    ours = nn.Sequential(
        nn.Linear(6, 12),
        nn.BatchNorm(12),
        nn.PReLU(),
        *[layer for _ in range(5) for layer in (nn.Linear(12, 12), nn.Tanh())],
        nn.LayerNorm(12),
        nn.Linear(12, 2, bias=False),
    )
    nn.load(tmp_path / "torch.safetensors", into=ours)
    expected = theirs.eval()(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours.predict(x), expected, rtol=1e-5, atol=1e-6)


def test_foreign_names(tmp_path: Path) -> None:
    arrays = {"0.weight": np.ones((2, 3)), "3.weight": np.ones((1, 2))}
    path = tmp_path / "weights.safetensors"
    model = nn.MLP([3, 2, 1], bias=False, dtype=float)

    def load(**names: str) -> nn.Module:
        from safetensors.numpy import save_file

        save_file({new: arrays[old] for old, new in names.items()}, path)
        return nn.load(path, into=model)

    assert load(**{"0.weight": "a.0.weight", "3.weight": "a.10.weight"}) is model
    assert np.all(model.state_dict()["2.weight"] == 1)
    assert nn.load(
        written(tmp_path, None, **{"fc.weight": WEIGHT}), into=nn.Linear(3, 2, False, dtype=float)
    )
    for other in ("fc.weight", "2.kernel", "3.0.weight.1"):  # no telling which is which
        with pytest.raises(nn.StateError, match="every name of the model and no other"):
            load(**{"0.weight": "0.weight", "3.weight": other})
    with pytest.raises(nn.StateError, match=r"expected shape \(2, 3\), got \(1, 2\)"):
        load(**{"0.weight": "10.weight", "3.weight": "9.weight"})
    own = tmp_path / "own.safetensors"
    nn.save(nn.Sequential(nn.Identity(), *model), own)  # its own names have to be the same
    with pytest.raises(nn.StateError, match="every name of the model and no other"):
        nn.load(own, into=model)


@pytest.mark.parametrize("shared", ["own", "layer twice", "weight twice"])
def test_what_cannot_be_rebuilt_is_loaded_into_a_model(shared: str, tmp_path: Path) -> None:
    def make() -> nn.Module:
        layer = nn.Linear(2, 2, seed=0)
        if shared == "own":
            return nn.Sequential(Own(), layer)
        if shared == "layer twice":
            return nn.Sequential(layer, layer)
        other = nn.Linear(2, 2)
        other.weight = layer.weight
        return nn.Sequential(layer, other)

    model = make()
    path = saved(tmp_path, model)
    with pytest.raises(
        nn.ModelFileError, match=r"layers that nn knows, .*nn.load\(path, into=model\)"
    ):
        nn.load(path)
    other = make()
    assert nn.load(path, into=other) is other
    assert np.array_equal(other.predict(np.eye(2)), model.predict(np.eye(2)))


def test_a_file_of_another_model_changes_nothing(tmp_path: Path) -> None:
    path, model = saved(tmp_path, nn.MLP([3, 4, 2])), nn.MLP([3, 5, 2])
    before = model.state_dict()
    with pytest.raises(nn.StateError, match=r"'0.weight', expected shape \(5, 3\), got \(4, 3\)"):
        nn.load(path, into=model)
    assert all(np.array_equal(a, before[name]) for name, a in model.state_dict().items())


def linear(n: Any = 3, m: Any = 2, **more: Any) -> dict[str, Any]:
    plan = {
        "layer": "Linear",
        "in_features": n,
        "out_features": m,
        "bias": False,
        "dtype": "float64",
    }
    return {"version": 1, "architecture": plan | more}


WEIGHT = np.ones((2, 3))
FOREIGN = {
    "no metadata": (None, "a file written by nn.save, got weights only"),
    "no version": ({"architecture": None}, "a file written by nn.save"),
    "a list": ([1, 2], "a file written by nn.save"),
    "a later version": (linear() | {"version": 2}, "layers that nn knows, got version 2"),
    "unknown layer": (linear(layer="os.system"), "one of Linear, ReLU.*got 'os.system'"),
    "private name": (linear(layer="__class__"), "got '__class__'"),
    "unknown argument": (linear(evil=1), "unexpected keyword"),
    "missing argument": ({"version": 1, "architecture": {"layer": "Linear"}}, "missing"),
    "text for a size": (linear("3"), "positive whole number, got '3'"),
    "a huge layer": (linear(10**9, 10**9), r"a weight expected shape \(1000000000, 1000000000\)"),
    "a huge norm": (
        {"version": 1, "architecture": {"layer": "BatchNorm", "features": 10**12}},
        r"a BatchNorm expected shape \(1000000000000,\)",
    ),
    "no layer": ({"version": 1, "architecture": {}}, "a description of a model"),
    "text": ({"version": 1, "architecture": "MLP"}, "a description of a model"),
    "a bad dtype": (linear(dtype="object"), "a floating dtype, got object"),
}


@pytest.mark.parametrize(("header", "message"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_descriptions_are_refused(header: Any, message: str, tmp_path: Path) -> None:
    with pytest.raises(nn.ModelFileError, match=message):
        nn.load(written(tmp_path, header, weight=WEIGHT))


def test_weights_that_differ_from_the_description_are_refused(tmp_path: Path) -> None:
    with pytest.raises(nn.StateError, match="unexpected 'extra'"):
        nn.load(written(tmp_path, linear(), weight=WEIGHT, extra=np.ones(1)))
    with pytest.raises(nn.StateError, match="dtype"):
        nn.load(written(tmp_path, linear(), weight=WEIGHT.astype("f4")))


def test_notes_are_kept_with_the_model(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    nn.save(nn.Linear(2, 2), path, notes={"classes": ["a", "b"], "scale": 0.5})
    assert nn.read_notes(path) == {"classes": ["a", "b"], "scale": 0.5}
    assert nn.load(path).num_parameters == 6
    assert nn.read_notes(saved(tmp_path, nn.Linear(2, 2))) == {}
    for header in (None, [1], {"notes": 3}):
        assert nn.read_notes(written(tmp_path, header)) == {}
    with pytest.raises(nn.ModelFileError, match="no such file"):
        nn.read_notes(tmp_path / "nothing")


@pytest.mark.parametrize("keep", [0, 4, 8, 100, -1])
def test_truncated_files_are_refused(keep: int, tmp_path: Path) -> None:
    path = saved(tmp_path, nn.MLP([3, 4, 2]))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(nn.ModelFileError, match="a safetensors file, got something else"):
        nn.load(path)


def test_files_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(nn.ModelFileError, match="a model file, got no such file"):
        nn.load(tmp_path / "nothing.safetensors")
    with pytest.raises(nn.ModelFileError, match="a model file, got is a directory"):
        nn.load(tmp_path)
    with pytest.raises(nn.ModelFileError, match="a file that can be written"):
        nn.save(nn.Identity(), tmp_path / "no" / "folder.safetensors")
    with pytest.raises(nn.ModelFileError, match="a file that can be written"):
        nn.save(nn.Identity(), tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, nn.Linear(2, 1, seed=0))
    before = path.read_bytes()

    def fail(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(nn.ModelFileError, match="No space left on device"):
        write_file(path, b"new")
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.safetensors"]
