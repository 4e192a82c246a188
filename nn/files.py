"""Files that appear whole or not at all, and files of arrays that say so when they are damaged.

What models and checkpoints put into them is in ``saving.py`` and ``training/packing.py``. Files
that others have made, with data, are read in ``datasets``.
"""

from __future__ import annotations

import glob
import json
import os
import secrets
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ModelFileError, expected

Array = npt.NDArray[Any]
FilePath = str | os.PathLike[str]
CHECKSUM = "nn.checksum"
"""The entry of the metadata that holds the checksum of all others and of the arrays."""
RANDOM = 4
"""Bytes in the name of a file that is being written."""


def write_file(path: FilePath, content: bytes) -> None:
    """Write a file so that it appears whole or not at all."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(RANDOM)}")
    try:
        try:
            with open(temporary, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, target)
            sync_folder(target.absolute().parent)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        got = error.strerror or str(error)
        cure = "Check that the folder exists and may be written."
        raise ModelFileError(
            expected(str(target), "a file that can be written", got, cure)
        ) from None


def sync_folder(folder: Path) -> None:
    """Have the names of its files written, too, where the system can do that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def remove_unfinished(path: FilePath) -> None:
    """Remove what processes that were killed while writing the file have left beside it."""
    target = Path(path)
    for found in target.parent.glob(f".{glob.escape(target.name)}.{'[0-9a-f]' * 2 * RANDOM}"):
        with suppress(OSError):
            found.unlink()


def write_arrays(path: FilePath, arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays and texts as a safetensors file, with a checksum of both."""
    from safetensors.numpy import save as serialized

    sealed = {**metadata, CHECKSUM: checksum(arrays, metadata)}
    write_file(path, in_order(serialized(dict(arrays), metadata=sealed)))


def in_order(file: bytes) -> bytes:
    """A safetensors file, its metadata sorted: as they come their order differs each time."""
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join((len(text).to_bytes(8, "little"), text, memoryview(file)[end:]))


def checksum(arrays: Mapping[str, Array], metadata: Mapping[str, str]) -> str:
    """A number that other contents hardly have."""
    total = 0
    for name in sorted(metadata.keys() - {CHECKSUM}):
        total = zlib.crc32(f"{name}\0{metadata[name]}\0".encode(), total)
    for name, array in sorted(arrays.items()):
        total = zlib.crc32(f"{name}\0{array.dtype.str}{array.shape}".encode(), total)
        total = zlib.crc32(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data, total)
    return f"{total:08x}"


def read_file(
    path: FilePath, what: str = "a model file", arrays: bool = True
) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays of a file, if they are wanted, and its metadata; an error if it is damaged."""
    from safetensors import SafetensorError, safe_open

    name = os.fspath(path)
    try:
        with open(name, "rb"), safe_open(name, framework="np") as file:
            names: list[str] = list(file.keys()) if arrays else []
            found = {key: np.array(file.get_tensor(key)) for key in names}
            metadata: dict[str, str] = file.metadata() or {}
    except OSError as error:
        got = error.strerror or str(error)
        raise ModelFileError(expected(name, what, got.lower(), "Check the path.")) from None
    except (SafetensorError, TypeError, ValueError, KeyError) as error:
        cure = "Check that it is the right file and that it is whole."
        raise ModelFileError(
            expected(name, "a safetensors file", f"something else ({error})", cure)
        ) from None
    seal = metadata.pop(CHECKSUM, None)
    if arrays and seal is not None and seal != (given := checksum(found, metadata)):
        cure = "The file is damaged: use another copy, or save it again."
        raise ModelFileError(expected(name, f"contents with the checksum {seal}", given, cure))
    return found, metadata
