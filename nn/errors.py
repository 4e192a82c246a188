"""The exceptions of ``nn``, and the one place that words them: expected, got, what to do.

The tree has one root, ``NNError``; each class is also the built-in error a caller would catch.
Errors of the engine keep their own tree in ``autograd_core``.
"""

from __future__ import annotations


class NNError(Exception):
    """Root of every error raised by ``nn``."""


class DataError(NNError, ValueError):
    """Data has the wrong form: a bad cell, a missing column, a single class, unequal lengths."""


class DataFileError(DataError, OSError):
    """A data file is not there or cannot be read."""


class ShapeError(NNError, ValueError):
    """An array has the wrong shape."""


class ArgumentError(NNError, ValueError):
    """An argument has the wrong value."""


class StateError(NNError, ValueError):
    """Saved parameters do not fit the model: names, shapes or dtypes differ."""


class ModelFileError(NNError, OSError):
    """A model file is not there, cannot be read or written, or holds something else."""


class ProcessError(NNError, RuntimeError):
    """Another of the processes that train together failed; the message says which and why."""


class MissingPackageError(NNError, ImportError):
    """An optional package is needed; the message names the extra that installs it."""


def expected(what: str, wanted: str, got: str, cure: str) -> str:
    """The sentence every argument error is made of."""
    return f"{what} expected {wanted}, got {got}. {cure}"


def missing(package: str, extra: str, purpose: str) -> MissingPackageError:
    """An optional dependency is not installed."""
    return MissingPackageError(
        f"{purpose} needs the package {package!r}, which is not installed. "
        f"Install it with: pip install 'autograd-core[{extra}]'."
    )
