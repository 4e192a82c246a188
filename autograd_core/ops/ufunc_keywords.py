"""The keywords of a ufunc's call: ``where``, ``dtype``, ``signature``, ``axes`` and their kin.

All end in the rule of the plain call; what cannot be honoured is refused. The keywords of
reductions are with each reduction, the methods of ufuncs in ``ufunc_methods.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..batching.batched import Batched
from ..errors import (
    ArgumentError,
    ArgumentTypeError,
    describe,
    expected,
    operation_failed,
    unsupported,
)
from ..node import Node, as_array, value_of, without_rule
from ..primitive import NUMBERS
from ..registry import rule_for, ufunc_name
from ..rows import implements
from .shaping import astype, shape_of
from .ufunc_methods import method_rule

Function = Callable[..., Any]


@implements("ufunc keywords")
def call(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """``ufunc.method(*inputs, **params)`` where a Node is among them and keywords are given."""
    name = ufunc_name(ufunc, method)
    refuse_out(name, params)
    rule = rule_for(ufunc) if method == "__call__" else method_rule(ufunc, method)
    if rule is None:
        return without_rule(getattr(ufunc, method), name, inputs, params)
    if method != "__call__":
        return rule(*inputs, **params)
    inputs = typed(ufunc, name, inputs, params)
    where = params.pop("where", True)
    axes = {key: params.pop(key) for key in ("axes", "axis", "keepdims") if key in params}
    for keyword, got in params.items():
        raise unsupported(name, keyword, got, "Leave it out.")
    if axes:
        return with_axes(ufunc, name, rule, inputs, **axes)
    return rule(*inputs) if where is True else masked(rule, inputs, where)


def refuse_out(name: str, params: dict[str, Any]) -> None:
    """``out=`` cannot be honoured; with ``where=`` it means a choice."""
    out = params.pop("out", None)
    if isinstance(out, tuple) and all(x is None for x in out):
        out = None
    if out is not None:
        cure = "Nodes are immutable: use the returned result."
        if params.get("where", True) is not True:
            cure = "Nodes are immutable: use np.where(mask, f(x), out)."
        raise unsupported(name, "out", "...", cure)


# dtypes
def typed(ufunc: np.ufunc, name: str, inputs: Any, params: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments in the dtypes that ``dtype=``, ``signature=`` and ``casting=`` ask for.

    What makes no difference here is taken out of ``params``: ``subok``, and ``order="K"``.
    """
    params.pop("subok", None)
    if params.get("order") in ("K", None):
        params.pop("order", None)
    casting = params.pop("casting", "same_kind")
    dtype, signature = params.pop("dtype", None), params.pop("signature", None)
    if dtype is None and signature is None and casting == "same_kind":
        return tuple(inputs)
    if signature is None:
        signature = [None] * ufunc.nin + [dtype] * ufunc.nout
    elif isinstance(signature, str):
        signature = signature.replace("->", "")
    signature = tuple(None if d is None else np.dtype(d) for d in signature)
    kinds = (*map(kind_of, inputs), *[None] * ufunc.nout)
    try:
        wanted = ufunc.resolve_dtypes(kinds, signature=signature, casting=casting)
    except Exception as error:
        raise operation_failed(name, inputs, error) from error
    if any(d.kind == "O" for d in wanted):
        raise unsupported(name, "dtype", object, "Leave it out: Nodes hold numbers.")
    return tuple(map(in_dtype, inputs, wanted[: ufunc.nin]))


def kind_of(x: Any) -> Any:
    """What NumPy's resolution of dtypes takes for an argument: Python's numbers are weak."""
    x = value_of(x)
    if type(x) in NUMBERS and not isinstance(x, bool | np.bool_):
        return type(x)
    return np.asarray(x).dtype


def in_dtype(x: Any, dtype: Any) -> Any:
    """An argument in another dtype; an op only where it is of another."""
    if isinstance(x, Node):
        return x if getattr(x.value, "dtype", None) == dtype else astype(x, dtype)
    return np.asarray(x).astype(dtype)[()]


# where
def masked(rule: Function, inputs: Any, where: Any) -> Any:
    """The function where the mask holds, and 0 elsewhere, where NumPy leaves what was in memory.

    What is masked out is not computed: an argument that is chosen stands in for it. So there is no
    warning and no influence.
    """
    mask = as_array(value_of(where))
    if mask.dtype.kind != "b" and not isinstance(where, list | tuple | int):
        cure = "Pass a condition, for instance x > 0."
        raise ArgumentTypeError(expected("where", "booleans", describe(mask), cure))
    mask = mask.astype(bool)
    shape = np.broadcast_shapes(mask.shape, *map(shape_of, map(array_like, inputs)))
    mask = np.broadcast_to(mask, shape)
    if mask.any():
        first = np.unravel_index(int(np.argmax(mask)), shape)
        results = rule(*(chosen(mask, first, x) for x in inputs))
    else:
        with np.errstate(all="ignore"):  # all of it is masked out
            results = rule(*inputs)
    if isinstance(results, tuple):
        return tuple(choice(mask, result) for result in results)
    return choice(mask, results)


def array_like(x: Any) -> Any:
    """A Node as it is, anything else as an array."""
    return x if isinstance(x, Node | Batched) else as_array(x)


def chosen(mask: Any, first: tuple[Any, ...], x: Any) -> Any:
    """An argument with the first entry that is chosen in place of those that are not."""
    x = array_like(x) if type(x) not in NUMBERS else x
    if np.ndim(value_of(x)) == 0:
        return x
    stand_in = np.broadcast_to(value_of(x), mask.shape)[first]
    return np.where(mask, x, stand_in)


def choice(mask: Any, result: Any) -> Any:
    """A result where the mask holds, zeros of its dtype elsewhere."""
    if isinstance(result, Node):
        return np.where(mask[()], result, 0)
    return np.where(mask, result, np.zeros((), np.asarray(result).dtype))[()]


# axes of generalised ufuncs
def with_axes(
    ufunc: np.ufunc,
    name: str,
    rule: Function,
    inputs: Any,
    axes: Any = None,
    axis: Any = None,
    keepdims: bool = False,
) -> Any:
    """A generalised ufunc along axes other than the last ones."""
    inputs = [array_like(x) for x in inputs]
    counts, count = core_axes(ufunc, inputs)
    along_one = count == 0 and set(counts) == {1}
    if (axis is not None or keepdims) and not along_one:
        cure = "Use axes=, with a tuple for every argument and the result."
        raise unsupported(name, "axis, keepdims", "...", cure)
    if axes is None:
        axes = [-1 if axis is None else axis] * len(counts) if along_one else default(counts, count)
    each = [(a,) if np.ndim(a) == 0 else tuple(a) for a in axes]
    inner = [*counts, counts[0] if keepdims else count]
    if inner[-1] and len(each) == len(counts) and along_one:
        each.append(each[0])
    elif not inner[-1] and len(each) == len(counts):
        each.append(())
    if [len(a) for a in each] != inner:
        cure = "Give a tuple of axes for every argument and the result."
        raise ArgumentError(expected(f"{name}: axes", f"{inner} axes", axes, cure))
    moved = [np.moveaxis(x, a, last(len(a))) for x, a in zip(inputs, each[:-1], strict=True)]
    result = rule(*moved)
    if keepdims:
        result = np.expand_dims(result, -1)
    return np.moveaxis(result, last(inner[-1]), each[-1]) if each[-1] else result


def core_axes(ufunc: np.ufunc, inputs: Any) -> tuple[list[int], int]:
    """How many of the last axes every argument and the result use up.

    An optional one, as the ``n`` in matmul's ``(n?,k)``, is absent where an array has one axis.
    """
    before, after = str(ufunc.signature).split("->")
    named = [part.strip("()").split(",") for part in before.split("),(")]
    absent: set[str] = set()
    counts = []
    for labels, x in zip(named, inputs, strict=True):
        optional = [n for n in labels if n.endswith("?")]
        if np.ndim(value_of(x)) < len(labels) and optional:
            absent.update(optional)
            labels = [n for n in labels if n not in optional]
        if np.ndim(value_of(x)) < len(labels):
            cure = f"Its signature is {ufunc.signature}."
            wanted = f"at least {len(labels)} axes"
            raise ArgumentError(expected(ufunc.__name__, wanted, describe(x), cure))
        counts.append(len(labels))
    return counts, len([n for n in after.strip("()").split(",") if n and n not in absent])


def default(counts: list[int], count: int) -> list[tuple[int, ...]]:
    """The axes that a generalised ufunc takes by itself: the last."""
    return [last(n) for n in (*counts, count)]


def last(n: int) -> tuple[int, ...]:
    """The last ``n`` axes."""
    return tuple(range(-n, 0))
