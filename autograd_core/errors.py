"""Every exception of this package, and the place that words them: expected, got, what to do.

The tree has one root, ``AutogradError``; each class is also the built-in error a NumPy user would
catch. The functions below build the messages, so that the same mistake reads the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


class AutogradError(Exception):
    """Root of every error raised by ``autograd_core``."""


class NotDifferentiableError(AutogradError, TypeError):
    """An operation would lose or has no derivative, and a gradient was being recorded."""


class ArgumentError(AutogradError, ValueError):
    """An argument has the wrong value or shape."""


class ArgumentTypeError(AutogradError, TypeError):
    """An argument has the wrong type or dtype."""


class ZeroWeightsError(ArgumentError, ZeroDivisionError):
    """The weights of a mean sum to zero."""


class AssignedError(AutogradError, RuntimeError):
    """A leaf was assigned after the graph that is now being differentiated had read it."""


class ArrayLibraryError(AutogradError, NotImplementedError):
    """The library of an array lacks what an operation or its derivative needs."""


class AnomalyError(AutogradError, ArithmeticError):
    """A value or a gradient became NaN or infinite inside ``detect_anomaly()``."""


class BatchedValueError(ArgumentTypeError):
    """Numbers were asked for where a mapped function has one for each of many examples."""


class CheckError(AutogradError, AssertionError):
    """``check_grads`` found a derivative that disagrees with the function."""


class CompileError(AutogradError, RuntimeError):
    """A function cannot be compiled, and ``compile`` was told to be strict."""


class CompileWarning(UserWarning):
    """A function that was to be compiled runs as it is; the message says why."""


class MissingPackageError(AutogradError, ImportError):
    """A package that is needed is not installed; the message says what installs it."""


class OperationError(AutogradError):
    """An operation failed on its operands; the message names it and their shapes."""


class OperationValueError(OperationError, ValueError):
    """An operation met operands of a wrong shape or value."""


class OperationTypeError(OperationError, TypeError):
    """An operation met operands of a wrong type."""


class OperationIndexError(OperationError, IndexError):
    """An index does not fit the array."""


class OperationAxisError(OperationValueError, OperationIndexError):
    """An axis does not exist: both kinds of error, as NumPy's ``AxisError`` is."""


class OperationLinAlgError(OperationError, np.linalg.LinAlgError):
    """A linear-algebra routine met a singular or otherwise unusable matrix."""


CONFUSED = (AttributeError, OverflowError, RecursionError)
"""What rules of arrays raise on operands that are none."""


def describe(x: Any) -> str:
    """A short word for an operand: its dtype and shape, or its type."""
    x = x if isinstance(x, type) else getattr(x, "value", x)
    if isinstance(x, tuple | list):
        return f"{type(x).__name__} of {len(x)}"
    if hasattr(x, "dtype") and hasattr(x, "shape"):
        library = getattr(type(x), "__module__", "").partition(".")[0]
        foreign = library not in ("", "numpy", "builtins", "autograd_core")
        return f"{library} " * foreign + f"{x.dtype}{list(x.shape)}"
    return type(x).__name__


def expected(what: str, wanted: str, got: Any, cure: str) -> str:
    """The sentence every argument error is made of."""
    return f"{what} expected {wanted}, got {got}. {cure}"


def expect_function(what: str, given: Any) -> None:
    """Refuse what cannot be called."""
    if not callable(given):
        cure = "Pass the function itself, not what it returns."
        raise ArgumentTypeError(expected(what, "a function", describe(given), cure))


def endless(what: str) -> ArgumentTypeError:
    """A container that holds itself, or lies deeper in others than Python can follow."""
    got = "one that contains itself, or is nested too deep"
    return ArgumentTypeError(expected(what, "containers that end", got, "Flatten it."))


def operation_failed(name: str, operands: Sequence[Any], error: Exception) -> Exception:
    """``error`` again, as the same built-in kind, naming the operation and what it was given."""
    kinds = {
        np.linalg.LinAlgError: OperationLinAlgError,
        np.exceptions.AxisError: OperationAxisError,
        IndexError: OperationIndexError,
        TypeError: OperationTypeError,
        ValueError: OperationValueError,
    }
    shapes = ", ".join(describe(x) for x in operands)
    for kind, ours in kinds.items():
        if isinstance(error, kind) and not isinstance(error, AutogradError):
            return ours(f"{name}({shapes}) failed: {error}. Check the operands' shapes and types.")
    if isinstance(error, CONFUSED) and not all(hasattr(type(x), "dtype") for x in operands):
        cure = "Pass arrays, or lists of numbers through np.array."
        return OperationTypeError(expected(name, "arrays", f"({shapes}): {error}", cure))
    error.add_note(f"in {name}({shapes})")
    return error


def no_rule(name: str, alternatives: Sequence[str] = ()) -> NotDifferentiableError:
    """A function without a derivative rule met a Node that carries a gradient."""
    near = (
        f" Functions with rules and similar names: {', '.join(alternatives)}."
        if alternatives
        else ""
    )
    return NotDifferentiableError(
        f"{name} has no derivative rule, got a Node that carries a gradient.{near} "
        "Pass node.value to compute without a gradient, or give it a rule with ag.primitive."
    )


def node_by_keyword(name: str) -> NotDifferentiableError:
    """A Node reached the inside of an op other than as one of its arguments."""
    return NotDifferentiableError(
        f"{name} expected Nodes as positional arguments only, got one by keyword or from outside. "
        "Pass it by position: only positional arguments have derivative rules."
    )


def no_keywords(name: str, params: dict[str, Any]) -> ArgumentTypeError:
    """An op that acts entry by entry was called with keywords."""
    cure = "Close over them, or make the function an ag.Primitive, whose rules are given keywords."
    return ArgumentTypeError(expected(name, "arrays by position only", ", ".join(params), cure))


def would_detach(call: str, cure: str) -> NotDifferentiableError:
    """A conversion would silently drop the derivative."""
    return NotDifferentiableError(
        f"{call} would drop the derivative of a Node that carries a gradient. {cure}"
    )


def unsupported(name: str, keyword: str, got: Any, cure: str) -> ArgumentTypeError:
    """A keyword that NumPy has and a rule does not honour."""
    return ArgumentTypeError(f"{name} of a Node does not support {keyword}={got!r}. {cure}")


def missing(package: str, extra: str | None, purpose: str) -> MissingPackageError:
    """A dependency is not installed: one of an extra, or with None a required one."""
    cure = (
        f"Install it with: pip install 'autograd-core[{extra}]'."
        if extra
        else "It is a required dependency: reinstall with pip install autograd-core."
    )
    return MissingPackageError(
        f"{purpose} needs the package {package!r}, which is not installed. {cure}"
    )
