"""Files that were made to do harm: readers refuse them with an error of ``nn``, or read them.

Bytes are changed, cut, repeated and put in at random; so are the descriptions inside of models and
checkpoints, sealed again so that the checksum fits. A few cases by default, thousands at night.
"""

from __future__ import annotations

import copy
import gzip
import io
import json
import random
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.datasets import read_csv, read_idx, read_idx_array, read_inputs, read_npz
from nn.datasets.files import SMALL
from nn.errors import DataError, DataFileError, ModelFileError, NNError
from nn.files import read_file, write_arrays

CASES = [30, pytest.param(4000, marks=pytest.mark.nightly)]
ROOM = 2**22
"""Bytes that reading a file of a few hundred may take: most of it is what NumPy and zlib use."""
pytestmark = pytest.mark.filterwarnings("ignore:Reading .npy or .npz file required:UserWarning")


def npy(descr: str, shape: str, content: bytes = b"") -> bytes:
    """A .npy file with a header written by hand."""
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + content


LABELS = npy("'<i8'", "(2,)", bytes(8) + b"\1" + bytes(7))


def npz(X: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    """An archive with any bytes as its inputs."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        archive.writestr("X.npy", X)
        archive.writestr("y.npy", LABELS)
    return content.getvalue()


def idx(*shape: int, content: bytes = b"") -> bytes:
    """An IDX file of unsigned bytes."""
    return bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + content


GOOD = npy("'<f8'", "(2, 2)", bytes(32))
IMAGES = idx(2, 2, 2, content=bytes(range(8)))


def labels() -> str:
    Path("labels").write_bytes(idx(2, content=b"\7\x09"))
    return "labels"


KINDS: dict[str, tuple[list[bytes], list[Callable[[str], Any]]]] = {
    "csv": (
        [b'a,b,c\n1,2,x\n3,4.5,y\n-1e5,inf,x\n\n"q""",7,z\n', b"1;2;3\n4;5;6\n", b"1\t2\tx\n"],
        [read_csv, read_inputs, lambda path: read_csv(path, regression=True)],
    ),
    "npz": (
        [npz(GOOD), npz(GOOD, zipfile.ZIP_DEFLATED)],
        [read_npz, lambda path: read_npz(path, regression=True)],
    ),
    "idx": (
        [IMAGES, gzip.compress(IMAGES)],
        [
            read_idx_array,
            lambda path: read_idx(path, labels()),
            lambda path: read_idx(labels(), path),
        ],
    ),
    "model": ([], [nn.load, nn.read_notes, lambda path: nn.load(path, into=nn.Linear(2, 2))]),
}

NASTY = [b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\xff" * 8, b"nan", b"-1", b"1e400"]


def changed(content: bytes, by: random.Random) -> bytes:
    """The content with a few random changes."""
    for _ in range(by.choice([1, 1, 1, 2, 3, 8])):
        i, j = sorted(by.randrange(len(content) + 1) for _ in range(2))
        start, end = content[:i], content[i:]
        content = by.choice(
            [
                start,
                start + by.randbytes(by.randrange(1, 9)) + end,
                start + by.choice(NASTY) + end[4:],
                start + end[1 + by.randrange(9) :],
                content[:j] + content[i : i + 30] + content[j:],
                start + bytes([end[0] ^ 1 << by.randrange(8)]) + end[1:] if end else b"",
            ]
        )
    return content


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own, in which nothing may appear but the files that are made here."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    made = {"hostile", "labels", "model", "checkpoint"}
    assert {path.name for path in tmp_path.iterdir()} <= made


def survives(read: Callable[[str], Any], content: bytes, room: int = ROOM) -> None:
    """Read it; nothing but an error of ``nn`` may come of it, and not much room be taken."""
    Path("hostile").write_bytes(content)
    tracemalloc.start()
    try:
        with np.errstate(all="ignore"):
            read("hostile")
    except NNError:
        pass
    finally:
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < room, content[:200]


@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_changed_bytes(kind: str, cases: int) -> None:
    contents, readers = KINDS[kind]
    if kind == "model":
        nn.save(nn.MLP([3, 4, 2], dropout=0.5, batchnorm=True), "model", notes={"classes": ["a"]})
        contents = [Path("model").read_bytes()]
    by = random.Random(kind)
    for _ in range(cases):
        content = changed(by.choice(contents), by)
        for read in readers:
            survives(read, content)


# Descriptions, sealed


VALUES = [
    *(None, True, -1, 0, 2.5, 1e300, 10**12, 10**30, 2**63, float("inf"), float("nan")),
    *("", "x", "inf", "__class__", "Lambda", "Sequential", "MLP", "os.system", "\udcff"),
    *([], {}, [[[]]], [1] * 5, {"a": 1}, {"layer": "Linear"}, {"layer": "Lambda", "f": "exit"}),
    *({"$array": "x"}, {"$complex": "model/0.weight"}),
]
KEYS = ("layer", "layers", "features", "bias", "sizes", "$array", "extra")


def places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every entry of nested data: the container and the key."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(entries):
        yield tree, key
        if isinstance(value, dict | list):
            yield from places(value)


def rewritten(tree: Any, by: random.Random) -> Any:
    """The description with entries replaced, removed or added."""
    tree = copy.deepcopy(tree)
    for _ in range(by.choice([1, 1, 2, 4])):
        found = list(places(tree))
        if not found:
            break
        container, key = by.choice(found)
        kept, kind = container[key], by.randrange(5)
        if kind < 3:
            container[key] = copy.deepcopy(by.choice(VALUES))
        elif kind == 3:
            del container[key]
        elif isinstance(container, dict):
            container[by.choice(KEYS)] = kept
        else:
            container.append(copy.deepcopy(kept))
    return tree


def other_arrays(arrays: dict[str, Any], by: random.Random) -> dict[str, Any]:
    """Now and then, one array gone, of another name, shape, dtype, or without numbers in it."""
    arrays = dict(arrays)
    if by.random() < 0.4:
        name = by.choice(list(arrays))
        array = arrays.pop(name)
        dtype = by.choice([np.int8, np.float64, np.bool_, np.uint16, np.float16])
        flat, unknown = array.reshape(-1), np.full(array.shape, np.nan)
        others = [flat, flat[:0], array.astype(dtype), unknown]
        if chosen := by.choice([[], *([x] for x in others)]):
            arrays[by.choice([name, name, "", "a.b"])] = np.array(chosen[0])
    return arrays


def trained(**options: Any) -> None:
    X = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    data = X, np.arange(12) % 2
    model = nn.MLP([3, 4, 2], dropout=0.5, batchnorm=True, seed=0)
    stopping = nn.EarlyStopping(patience=5)
    usual: dict[str, Any] = {"optimizer": nn.Adam(lr=0.01), "epochs": 1, "batch_size": 6, "seed": 0}
    loss = nn.CrossEntropyLoss()
    nn.fit(model, data, loss=loss, validation=data, early_stopping=stopping, **usual | options)


SEALED: dict[str, tuple[str, Callable[[], Any], list[Callable[[str], Any]]]] = {
    "model": (
        "nn",
        lambda: nn.save(
            nn.Sequential(nn.Linear(2, 2), nn.PReLU(), nn.LayerNorm(2), nn.Residual(nn.ReLU())),
            "model",
        ),
        [nn.load, nn.read_notes],
    ),
    "network": (
        "nn",
        lambda: nn.save(nn.MLP([3, 4, 2], dropout=0.5, batchnorm=True), "model"),
        [nn.load],
    ),
    "checkpoint": (
        "nn.checkpoint",
        lambda: trained(checkpoint=nn.Checkpoint("checkpoint")),
        [lambda path: trained(resume=path)],
    ),
}


@pytest.mark.parametrize("cases", CASES)
@pytest.mark.parametrize("kind", SEALED)
def test_rewritten_descriptions(kind: str, cases: int) -> None:
    key, make, readers = SEALED[kind]
    make()
    arrays, metadata = read_file("checkpoint" if kind == "checkpoint" else "model")
    tree, by = json.loads(metadata[key]), random.Random(kind)
    for _ in range(cases if kind != "checkpoint" else cases // 3):
        text = json.dumps(rewritten(tree, by))
        write_arrays("hostile", other_arrays(arrays, by), {key: text})
        content = Path("hostile").read_bytes()
        for read in readers:
            survives(read, content)


@pytest.mark.parametrize("key", ["nn", "nn.checkpoint"])
def test_a_description_that_is_nested_too_deep(key: str) -> None:
    write_arrays("hostile", {"weight": np.zeros((2, 2))}, {key: "[" * 10**5})
    assert nn.read_notes("hostile") == {}
    with pytest.raises(ModelFileError):
        nn.load("hostile")
    with pytest.raises(ModelFileError):
        trained(resume="hostile")


# Promises and bombs


PROMISES = {
    "more than there is": idx(10**4, 10**4, 10**4),
    "more than can be counted": idx(*[2**32 - 1] * 99),
    "more axes than NumPy has": idx(0, *[1] * 99),
    "more than there is, packed": gzip.compress(idx(10**4, 10**4, 10**4, content=bytes(10**5))),
}


@pytest.mark.parametrize("content", PROMISES.values(), ids=PROMISES)
def test_an_idx_file_that_promises(content: bytes) -> None:
    Path("hostile").write_bytes(content)
    with pytest.raises(DataFileError):
        read_idx_array("hostile")
    survives(read_idx_array, content)


HEADERS = {
    "more than there is": npy("'<f8'", "(1000000, 1000000)", bytes(64)),
    "more than can be counted": npy("'<f8'", f"({10**30}, 2)"),
    "fewer than none": npy("'<f8'", "(-1, 2)", bytes(16)),
    "a pickle": npy("'|O'", "(2,)", b"cos\nsystem\n(S'touch hostile.txt'\ntR."),
    "long text": npy("'<U1000000000'", "(2,)"),
    "a boolean as a length": npy("'<f8'", "(True, 2)", bytes(16)),
    "open brackets": npy("(" * 3000, "(2,)"),
    "code": npy("__import__('os').system('touch hostile.txt')", "(2,)"),
    "another thing": npy("{1: 2}", "(2, 2)", bytes(64)),
    "too many axes": npy("'<f8'", f"({'1, ' * 80})", bytes(8)),
    "fields": npy("[('a', '<f8')]", "(2, 2)", bytes(32)),
    "nothing": b"",
    "no array": b"x" * 100,
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_an_archive_that_promises(header: bytes) -> None:
    Path("hostile").write_bytes(npz(header))
    with pytest.raises(DataError):
        read_npz("hostile")
    survives(read_npz, npz(header))


def test_an_archive_that_numpy_has_not_written() -> None:
    Path("hostile").write_bytes(npz(GOOD, zipfile.ZIP_LZMA))
    with pytest.raises(DataFileError, match="another compression"):
        read_npz("hostile")


def packed_zeros(size: int) -> bytes:
    content = io.BytesIO()
    with gzip.open(content, "wb", compresslevel=1) as file:
        file.write(idx(size))
        for _ in range(0, size, 2**24):
            file.write(bytes(2**24))
    return content.getvalue()


def zip_that_says(size: int) -> bytes:
    """An archive whose list of contents says how large a member is when unpacked."""
    content = npz(GOOD, zipfile.ZIP_DEFLATED)
    where = content.index(b"PK\x01\x02") + 24
    return content[:where] + struct.pack("<I", size) + content[where + 4 :]


@pytest.mark.nightly
def test_a_gzipped_file_that_unfolds_without_end() -> None:
    Path("hostile").write_bytes(packed_zeros(2 * SMALL))
    with pytest.raises(DataFileError, match="at most 200 times as much unpacked as packed"):
        read_idx_array("hostile")


def test_a_small_file_may_unfold_as_it_likes() -> None:
    Path("hostile").write_bytes(packed_zeros(2**24))
    assert read_idx_array("hostile").nbytes == 2**24


def test_an_archive_that_unfolds_without_end() -> None:
    Path("hostile").write_bytes(zip_that_says(2**31))
    with pytest.raises(DataFileError, match="at most 200 times as much unpacked as packed"):
        read_npz("hostile")


def test_members_are_read_and_never_unpacked_to_the_disk() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("../out.npy", "/tmp/out.npy", "X.npy"):
            archive.writestr(name, GOOD)
        archive.writestr("y.npy", LABELS)
    Path("hostile").write_bytes(content.getvalue())
    assert read_npz("hostile").X.shape == (2, 2)
    assert not Path("../out.npy").exists()
