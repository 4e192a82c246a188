"""Models as files: weights in safetensors, the architecture as JSON in the file's metadata.

No pickle, and nothing of a file is executed: only layers named in ``LAYERS`` are built, with plain
arguments. How files are written and read is in ``files.py``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ModelFileError, NNError, StateError, expected
from .files import FilePath, read_file, write_arrays
from .layers import LAYERS, MLP, Linear, Residual, Sequential
from .module import Module, expect_module
from .state import renamed

Array = npt.NDArray[Any]
KEY, VERSION = "nn", 1
UNKNOWN = "unknown"
MISBUILT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a layer raises on arguments that no ``save`` has written."""


def save(model: Module, path: FilePath, notes: Mapping[str, Any] | None = None) -> None:
    """Write a model to a file: all parameters and buffers, and what layers it is made of.

    The file appears whole or not at all. A model with layers of your own is saved too; to load it,
    build it and pass it as ``into``.

    Parameters
    ----------
    model : Module
    path : str or path-like
        Usually ends in ``.safetensors``; any program that knows the format can read the weights.
    notes : mapping of str to anything that JSON knows, optional
        What else to keep with the model, such as the names of classes; see ``read_notes``.

    Raises
    ------
    ModelFileError
        The file cannot be written.

    Examples
    --------
    >>> model = nn.MLP([4, 8, 3])
    >>> nn.save(model, "model.safetensors")
    >>> copy = nn.load("model.safetensors")
    >>> bool(np.all(copy.predict(np.eye(4)) == model.predict(np.eye(4))))
    True
    """
    expect_module("save", model)
    state = model.state_dict()
    header = {"version": VERSION, "architecture": architecture(model, state)}
    if notes is not None:
        header["notes"] = dict(notes)
    write_arrays(path, state, {KEY: json.dumps(header)})


def read_notes(path: FilePath) -> dict[str, Any]:
    """Read what ``save`` was given to keep with the model; empty if that was nothing.

    Parameters
    ----------
    path : str or path-like

    Raises
    ------
    ModelFileError
        As ``load``.

    Examples
    --------
    >>> nn.save(nn.Linear(2, 2), "pets.safetensors", notes={"classes": ["cat", "dog"]})
    >>> nn.read_notes("pets.safetensors")
    {'classes': ['cat', 'dog']}
    """
    _, metadata = read_file(path, arrays=False)
    try:
        notes = json.loads(metadata[KEY]).get("notes")
    except (KeyError, ValueError, AttributeError, RecursionError):
        return {}
    return notes if isinstance(notes, dict) else {}


def load(path: FilePath, into: Module | None = None) -> Module:
    """Read a model that ``save`` wrote.

    Parameters
    ----------
    path : str or path-like
    into : Module, optional
        A model to load the weights into, whatever made the file: a PyTorch ``state_dict`` of the
        same architecture, for instance. By default the model is built as the file says.

    Returns
    -------
    Module
        In training mode, as if just built; ``into``, if given.

    Raises
    ------
    ModelFileError
        The file is not there, is damaged, is no such file or names an unknown layer.
    StateError
        The weights do not fit; ``into`` is unchanged then.

    Notes
    -----
    Names that ``save`` did not write may start with one more name, as in ``layers.0.weight``, and
    their layers may be counted otherwise, as with a ``Flatten`` in front.

    Examples
    --------
    >>> nn.save(nn.Linear(3, 2, seed=0), "layer.safetensors")
    >>> nn.load("layer.safetensors")
    Linear(3, 2)  # weight (2, 3), bias (2,), 8 parameters
    """
    name = os.fspath(path)
    if into is not None:
        expect_module("load, into,", into)
    tensors, metadata = read_file(path)
    if into is None:
        model = _rebuilt(name, metadata, tensors)
        model.load_state_dict(tensors)
        return model
    names = [name for name, _ in [*into.named_parameters(), *into.named_buffers()]]
    into.load_state_dict(tensors if KEY in metadata else renamed(names, tensors))
    return into


# Architectures


def architecture(model: Module, state: Mapping[str, Array]) -> dict[str, Any] | None:
    """A model as plain data, if that gives parameters of the same names and shapes; else None."""
    plan = _described(model)
    if plan is None:
        return None
    rebuilt = _built(plan, {array.shape for array in state.values()}).state_dict()
    same = rebuilt.keys() == state.keys() and all(
        rebuilt[name].shape == state[name].shape for name in state
    )
    return plan if same else None


def _described(module: Module) -> dict[str, Any] | None:
    """A module as plain data for ``_built``; None if a layer in it is not in ``LAYERS``."""
    kind = type(module)
    if LAYERS.get(kind.__name__) is not kind:
        return None
    arguments = module.architecture()
    if arguments is None:  # layers one after the other, whatever they were made as
        if not isinstance(module, Sequential):
            return None
        kind, arguments = Sequential, {"layers": list(module)}
    plain = {name: _encoded(value) for name, value in arguments.items()}
    return None if UNKNOWN in plain.values() else {"layer": kind.__name__, **plain}


def _encoded(value: Any) -> Any:
    """An argument as plain data, modules in it described; UNKNOWN if one of them cannot be."""
    if isinstance(value, Module):
        plan = _described(value)
        return UNKNOWN if plan is None else plan
    if isinstance(value, list | tuple):
        entries = [_encoded(entry) for entry in value]
        return UNKNOWN if UNKNOWN in entries else entries
    return value


def _rebuilt(name: str, metadata: Mapping[str, str], tensors: Mapping[str, Array]) -> Module:
    """The model that a file's metadata describe, its weights still to be loaded."""
    try:
        header = json.loads(metadata[KEY])
        plan, version = header["architecture"], header["version"]
    except (KeyError, TypeError, ValueError, RecursionError):
        cure = "Build the model and pass it: nn.load(path, into=model)."
        raise ModelFileError(
            expected(name, "a file written by nn.save", "weights only", cure)
        ) from None
    if version != VERSION or plan is None:
        got = "a model with layers of its own" if version == VERSION else f"version {version!r}"
        cure = "Build the model and pass it: nn.load(path, into=model)."
        raise ModelFileError(expected(name, "layers that nn knows", got, cure))
    shapes = {array.shape for array in tensors.values()}
    try:
        return _built(plan, shapes)
    except (NNError, *MISBUILT) as error:
        cure = "The file is damaged: save the model again."
        raise ModelFileError(
            expected(name, "a description of a model", f"another ({error})", cure)
        ) from None


def _built(plan: Any, shapes: set[tuple[int, ...]]) -> Module:
    """A module from plain data."""
    arguments = dict(plan)
    name = arguments.pop("layer")
    if name not in LAYERS:
        known = ", ".join(LAYERS)
        raise StateError(expected("a layer", f"one of {known}", repr(name), "Pass into=model."))
    arguments = {key: _decoded(value, shapes) for key, value in arguments.items()}
    kind: Any = LAYERS[name]
    features = arguments.get("features", 1)
    if features != 1 and arguments.get("affine", True) and (features,) not in shapes:
        cure = "Pass into=model."
        raise StateError(expected(f"a {name}", f"shape ({features},)", "none of it", cure))
    if kind in (Sequential, Residual):
        container: Module = kind(*arguments.pop("layers"), **arguments)
        return container
    if kind in (Linear, MLP):

        def blank(shape: tuple[int, int], rng: np.random.Generator) -> Array:
            if shape not in shapes:
                raise StateError(
                    expected("a weight", f"shape {shape}", "none of it", "Pass into=model.")
                )
            return np.zeros(shape)

        arguments["init"] = blank
    built: Module = kind(**arguments)
    return built


def _decoded(value: Any, shapes: set[tuple[int, ...]]) -> Any:
    """An argument from plain data, modules in it built."""
    if isinstance(value, dict):
        return _built(value, shapes)
    return [_decoded(entry, shapes) for entry in value] if isinstance(value, list) else value
