"""Nested plain data with arrays in it as one safetensors file: arrays as tensors, the rest as JSON.

No pickle, and nothing of a file is executed. What is in a checkpoint is in ``checkpoint.py``; files
of models are in ``saving.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ModelFileError, expected
from ..files import FilePath, read_file, write_arrays

Array = npt.NDArray[Any]
ARRAY, COMPLEX = "$array", "$complex"
"""Keys of a dict that stands for an array, and that names its tensor."""


def write_tree(path: FilePath, key: str, tree: Any) -> None:
    """Write it; the file appears whole or not at all. ``key`` says what kind of file it is."""
    tensors: dict[str, Array] = {}
    plain = packed(tree, "", tensors)
    write_arrays(path, tensors, {key: json.dumps(plain)})


def read_tree(path: FilePath, key: str, what: str) -> Any:
    """Read it; an error if the file is not of this kind, or not whole."""
    tensors, metadata = read_file(path, what)
    if key not in metadata:
        got = f"another file, with {', '.join(metadata) or 'no'} metadata"
        cure = "Check that it is the right file."
        raise ModelFileError(expected(str(path), what, got, cure))
    try:
        return unpacked(json.loads(metadata[key]), tensors)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        cure = "The file is damaged: use another."
        raise ModelFileError(expected(str(path), what, f"another ({error!r})", cure)) from None


def packed(tree: Any, path: str, tensors: dict[str, Array]) -> Any:
    """The tree as JSON knows it, its arrays put into ``tensors`` by their paths."""
    if isinstance(tree, Mapping):
        return {k: packed(v, f"{path}/{k}" if path else str(k), tensors) for k, v in tree.items()}
    if isinstance(tree, list | tuple):
        return [packed(v, f"{path}/{i}", tensors) for i, v in enumerate(tree)]
    if isinstance(tree, np.generic):
        return tree.item()
    if not isinstance(tree, np.ndarray):
        return tree
    if tree.dtype.kind == "c":  # as pairs of real numbers: not every dtype has a name there
        tensors[path] = tree.reshape(-1).view(tree.real.dtype).reshape(*tree.shape, 2)
        return {COMPLEX: path}
    tensors[path] = np.array(tree, order="C")
    return {ARRAY: path}


def unpacked(plain: Any, tensors: Mapping[str, Array]) -> Any:
    """The tree again."""
    if isinstance(plain, list):
        return [unpacked(v, tensors) for v in plain]
    if not isinstance(plain, dict):
        return plain
    if plain.keys() == {ARRAY}:
        return tensors[plain[ARRAY]]
    if plain.keys() == {COMPLEX}:
        pairs = tensors[plain[COMPLEX]]
        kind = np.result_type(pairs.dtype, np.complex64)
        return pairs.reshape(-1).view(kind).reshape(pairs.shape[:-1])
    return {k: unpacked(v, tensors) for k, v in plain.items()}
