"""What may befall a training and its files: death, full disks, closed folders, damaged bits.

Files that are refused for what is in them are in ``test_checkpoint.py`` and ``test_saving.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn

resource = pytest.importorskip("resource", reason="the system has no limits to set")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 40)
X = rng.normal(size=(40, 3)) + np.eye(3)[Y]


# Death


def killed(folder: Path, kills: int, compile: str, seed: int = 0) -> None:
    command = [sys.executable, str(HERE / "killed.py"), str(folder), str(kills), compile, str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=550, check=True)
    told = json.loads(done.stdout)
    names = ["run.1.safetensors", "run.2.safetensors", "run.safetensors"]
    assert told["left"] == names
    assert told["same"]
    assert told["killed"] == kills
    assert told["writing"] or kills < 20


def test_a_training_that_is_killed_again_and_again(tmp_path: Path) -> None:
    killed(tmp_path, 6, "eager", os.getpid())


@pytest.mark.nightly
@pytest.mark.parametrize("compile", ["eager", "numpy", "native"])
def test_a_training_that_is_killed_sixty_times(compile: str, tmp_path: Path) -> None:
    killed(tmp_path, 60, compile, os.getpid())


# Files that cannot be written


def fitted(path: Path, epochs: int = 3, resume: bool = False, width: int = 5) -> nn.Module:
    model = nn.MLP([3, width, 3], dropout=0.2, seed=0)
    nn.fit(
        model,
        (X, Y),
        loss=nn.CrossEntropyLoss(),
        optimizer=nn.Adam(lr=0.01),
        epochs=epochs,
        batch_size=8,
        seed=1,
        checkpoint=nn.Checkpoint(path),
        resume=resume,
        progress=False,
    )
    return model


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may become larger: what a write gives on a full disk, for whoever runs the test."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def models(path: Path) -> None:
    nn.save(nn.Linear(30, 30, seed=1), path)


def checkpoints(path: Path) -> None:
    fitted(path, width=30)


@pytest.mark.parametrize("write", [models, checkpoints])
def test_a_file_that_does_not_fit_leaves_the_last_good_one(
    write: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "run.safetensors"
    write(path)
    before = path.read_bytes()
    with files_up_to(len(before) // 2), pytest.raises(nn.ModelFileError, match="File too large"):
        write(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("call", ["open", "fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_is_broken_off_leaves_the_last_good_one(
    call: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.safetensors"
    models(path)
    before = path.read_bytes()

    def fail(*args: Any) -> None:
        raise error

    monkeypatch.setattr("nn.files.open" if call == "open" else f"os.{call}", fail, raising=False)
    wanted = nn.ModelFileError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(wanted):
        nn.save(nn.Linear(2, 2), path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == [path.name]


def test_training_goes_on_after_a_full_disk(tmp_path: Path) -> None:
    path, whole = tmp_path / "run.safetensors", tmp_path / "whole.safetensors"
    fitted(path, epochs=2)
    with files_up_to(500), pytest.raises(nn.ModelFileError, match="File too large"):
        fitted(path, epochs=4, resume=True)
    resumed, wanted = fitted(path, epochs=4, resume=True), fitted(whole, epochs=4)
    for name, array in wanted.state_dict().items():
        np.testing.assert_array_equal(resumed.state_dict()[name], array)


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "run[1].safetensors"
    others = [".run[1].safetensors.notes", ".run1.safetensors.0123abcd", ".other.0123abcd"]
    for name in [*others, ".run[1].safetensors.0123abcd", ".run[1].safetensors.ffffffff"]:
        (tmp_path / name).write_bytes(b"half")
    fitted(path, epochs=1)
    assert sorted(os.listdir(tmp_path)) == sorted([*others, path.name])


UNPRIVILEGED = """
import os, sys
import numpy as np, nn
path, other = sys.argv[1:]
def train(where, **options):
    nn.fit(nn.MLP([3, 3]), (np.zeros((8, 3)), np.arange(8) % 3), loss=nn.CrossEntropyLoss(),
           optimizer=nn.SGD(), progress=False, checkpoint=nn.Checkpoint(where), **options)
train(other)  # which loads all that is needed, while it may be read
if os.getuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
def told(function):
    try:
        function()
    except nn.ModelFileError as error:
        print(error)
told(lambda: nn.save(nn.Linear(2, 1), path))
told(lambda: nn.load(path))
told(lambda: train(path))
told(lambda: train(os.path.join(os.path.dirname(path), "..", "other"), resume=path))
"""


def test_a_folder_and_a_file_without_permission(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as name:  # whose parents everybody may enter
        Path(name).chmod(0o777)
        folder = Path(name, "closed")
        folder.mkdir()
        path = folder / "run.safetensors"
        models(path)
        before = path.read_bytes()
        path.chmod(0o000)
        folder.chmod(0o555)
        command = [sys.executable, "-c", UNPRIVILEGED, str(path), str(tmp_path / "other")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        folder.chmod(0o755)
        path.chmod(0o644)
        assert path.read_bytes() == before
        assert os.listdir(folder) == [path.name]
    told, wanted = (
        done.stdout.splitlines(),
        [
            f"{path} expected a file that can be written, got Permission denied. Check that",
            f"{path} expected a model file, got permission denied. Check the path.",
            f"Checkpoint expected a file that can be written, got {path}. Name a file in a folder",
            f"{path} expected a checkpoint of nn.fit, got permission denied. Check the path.",
        ],
    )
    assert len(told) == len(wanted)
    assert all(line.startswith(start) for line, start in zip(told, wanted, strict=True)), told


def fill(path: Path) -> None:
    """Take all the room that there is."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(512))


@pytest.mark.nightly
def test_a_disk_that_is_full_and_one_that_is_read_only(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        path = disk / "run.safetensors"
        fitted(path, epochs=2)
        before = path.read_bytes()
        fill(disk / "filler")
        with pytest.raises(nn.ModelFileError, match="No space left on device"):
            fitted(path, epochs=4, resume=True)
        assert path.read_bytes() == before
        assert sorted(os.listdir(disk)) == ["filler", path.name]
        (disk / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(nn.ModelFileError, match="Read-only file system"):
            nn.save(nn.Linear(2, 2), path)
        with pytest.raises(nn.ModelFileError, match="a file that can be written"):
            fitted(path, epochs=4, resume=True)
        assert path.read_bytes() == before
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert fitted(path, epochs=4, resume=True)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# Damaged bits


def refused_or_same(path: Path, damaged: bytes, good: dict[str, Any]) -> bool:
    """Whether a damaged file is refused; if not, it must hold what it held before."""
    path.write_bytes(damaged)
    try:
        found = nn.load(path, into=nn.MLP([3, 4, 2], seed=5)).state_dict()
    except nn.NNError:
        return True
    for name, array in good.items():
        np.testing.assert_array_equal(found[name], array)
    return False


def flips(path: Path, count: int, rng: np.random.Generator) -> int:
    """How many of so many files with one damaged byte are refused."""
    model = nn.MLP([3, 4, 2], seed=0)
    nn.save(model, path)
    good, refused = path.read_bytes(), 0
    for _ in range(count):
        damaged = bytearray(good)
        damaged[rng.integers(len(good))] ^= 1 << int(rng.integers(8))
        refused += refused_or_same(path, bytes(damaged), model.state_dict())
    return refused


def test_a_flipped_bit_is_noticed(tmp_path: Path, rng: np.random.Generator) -> None:
    assert flips(tmp_path / "model.safetensors", 60, rng) > 50


@pytest.mark.nightly
def test_every_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model = nn.MLP([3, 4, 2], seed=0)
    nn.save(model, path)
    good, refused = path.read_bytes(), 0
    for i in range(8 * len(good)):
        damaged = bytearray(good)
        damaged[i // 8] ^= 1 << i % 8
        refused += refused_or_same(path, bytes(damaged), model.state_dict())
    assert refused > 0.9 * 8 * len(good)


def test_every_shortened_checkpoint_is_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "run.safetensors"
    fitted(path, epochs=1)
    good = path.read_bytes()
    for keep in [0, 7, len(good) - 1, *rng.integers(8, len(good), size=20)]:
        path.write_bytes(good[:keep])
        with pytest.raises(nn.ModelFileError):
            fitted(path, epochs=2, resume=True)


def test_a_changed_number_in_a_checkpoint_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    fitted(path, epochs=1)
    good = path.read_bytes()
    assert b'\\"batch\\": 5' in good
    path.write_bytes(good.replace(b'\\"batch\\": 5', b'\\"batch\\": 4'))
    with pytest.raises(nn.ModelFileError, match="expected contents with the checksum"):
        fitted(path, epochs=2, resume=True)
