"""One example standing for all of a batch: what a function that ``vmap`` maps is handed.

A ``Batched`` holds the examples along the first axis of an array or a Node and looks like one of
them. What NumPy does to it is done to all at once, by the row's rule (``rules.py``) or one
example after the other. Graphs hold full arrays only, so no sweep knows of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, final

import numpy as np

from ..errors import ArgumentError, BatchedValueError, describe, endless, expected
from ..methods import Methods
from ..operators import Operators
from ..registry import QUERIES, RULES, rule_for

if TYPE_CHECKING:
    from ..primitive import Primitive

Function = Callable[..., Any]
next_level = itertools.count().__next__


class Level:
    """One call of a mapped function: how many examples it has, and whether it still runs."""

    __slots__ = ("number", "open", "size")

    def __init__(self, size: int) -> None:
        self.size, self.number, self.open = size, next_level(), True


LEVELS: ContextVar[tuple[Level, ...]] = ContextVar("autograd_core levels", default=())
"""The mapped functions that are running in this thread and task, the outermost first."""


@final
class Batched(Operators, Methods):
    """One example of a batch, with the shape, dtype and methods of one.

    Parameters
    ----------
    array : ndarray, Node or Batched
        All examples, along the first axis; Batched itself where mapped functions nest.
    level : Level
        The call of ``vmap`` it belongs to.

    Examples
    --------
    >>> def row(x):
    ...     print(x)
    ...     return x.sum()
    >>> ag.vmap(row)(np.ones((4, 3)))
    Batched(float64[3], one of 4)
    array([3., 3., 3., 3.])
    """

    __slots__ = ("__weakref__", "array", "level")

    array: Any
    level: Level

    def __init__(self, array: Any, level: Level) -> None:
        self.array, self.level = array, level

    shape = property(lambda self: self.array.shape[1:], doc="Tuple of one example's axis lengths.")
    ndim = property(lambda self: len(self.array.shape) - 1, doc="Number of axes of one example.")
    size = property(lambda self: int(np.prod(self.shape)), doc="Number of entries of one example.")
    dtype = property(lambda self: self.array.dtype, doc="NumPy dtype of the values.")
    value = property(
        lambda self: Batched(stripped(self.array), self.level), doc="Itself without derivatives."
    )
    requires_grad = property(lambda self: carries(self.array), doc="Whether gradients flow to it.")

    def detach(self) -> Batched:
        """The same examples as constants: gradients stop here."""
        return self.value  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"Batched({describe(self)}, one of {self.level.size})"

    __hash__ = object.__hash__

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("len() of unsized object")
        return int(self.shape[0])

    @property
    def at(self) -> Any:
        """Functional updates, as of a Node: ``x.at[i].set(v)``."""
        from ..building import At

        return At(self)

    # what needs the numbers, of which there is one for every example

    def refused(self, call: str, cure: str) -> NoReturn:
        """Raise: the numbers of all examples are not one number."""
        wanted = "numbers that are known while the function runs"
        got = f"{describe(self)} of each of {self.level.size} examples"
        raise BatchedValueError(expected(f"{call} inside vmap", wanted, got, cure))

    def agreed(self) -> Any:
        """In a rule of ours the number of all examples where it is the same; None elsewhere.

        A rule that decides on values then runs once for all of them, in a mapped function of yours
        no decision depends on what the other examples are.
        """
        array = inside(self.value)
        if self.shape or not RUNNING.get() or type(array) is not np.ndarray or not array.size:
            return None
        first = array.reshape(-1)[0]
        return first if (array == first).all() else None

    def __bool__(self) -> bool:
        if (answer := self.agreed()) is not None:
            return bool(answer)
        self.refused("bool()", "Choose with np.where(condition, x, y), or loop over the examples.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        cure = (
            "Use NumPy's functions on it, ag.Node(a, requires_grad=False)[x] to index an array a."
        )
        self.refused("Converting to an array", cure)

    def __float__(self) -> float:
        if (answer := self.agreed()) is not None:
            return float(answer)
        self.refused("float() (or a math function)", "Use NumPy's function.")

    def __int__(self) -> int:
        if (answer := self.agreed()) is not None:
            return int(answer)
        self.refused("int()", "Use x.astype(int), or np.floor(x).")

    def __complex__(self) -> complex:
        self.refused("complex()", "Use NumPy's functions on it.")

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        self.refused("x[...] = value", "Use x = x.at[index].set(value).")

    def __index__(self) -> int:
        if self.dtype.kind in "iu" and (answer := self.agreed()) is not None:
            return int(answer)
        self.refused(
            "An index or a count",
            "Index ag.Node(a, requires_grad=False) by it, or pass it unmapped: in_axes=None.",
        )

    def item(self, *index: int) -> Any:
        """Refused: there is a number for every example."""
        self.refused("item()", "Use NumPy's functions on it.")

    def tolist(self) -> Any:
        """Refused: there are numbers for every example."""
        self.refused("tolist()", "Use NumPy's functions on it.")

    def backward(self, seed: Any = None) -> NoReturn:
        """Refused: a gradient inside a mapped function is taken by a transform."""
        self.refused("backward()", "Use ag.grad, or map and sum first, then call backward().")

    def __format__(self, spec: str) -> str:
        return repr(self)

    # NumPy's protocols

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **params: Any) -> Any:
        if method == "__call__" and not params:
            return call_function(ufunc, inputs, params)
        return call_ufunc(ufunc, method, inputs, params)

    def __array_function__(self, func: Function, types: Any, args: Any, params: Any) -> Any:
        return call_function(func, args, params)


# what a Batched holds


def stripped(array: Any) -> Any:
    """The array of a Node, or of what a Batched holds."""
    return array.value if isinstance(array, Operators) else array


def carries(array: Any) -> bool:
    """Whether gradients flow to what a Batched holds."""
    return bool(getattr(array, "requires_grad", False))


def inside(x: Any) -> Any:
    """The full array or Node under every level of a Batched; anything else as it is."""
    while type(x) is Batched:
        x = x.array
    return x


def each_batched(tree: Any) -> list[Batched]:
    """What is Batched in nested lists, tuples and dicts."""
    if type(tree) is Batched:
        return [tree]
    if isinstance(tree, dict):
        tree = list(tree.values())
    if not isinstance(tree, list | tuple):
        return []
    try:
        return [x for part in tree for x in each_batched(part)]
    except RecursionError:
        raise endless("An operation") from None


def with_each(function: Function, tree: Any) -> Any:
    """``tree`` with ``function`` applied to what is Batched in nested lists, tuples and dicts."""
    if type(tree) is Batched:
        return function(tree)
    if isinstance(tree, dict):
        return {key: with_each(function, part) for key, part in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(with_each(function, part) for part in tree)
    return tree


def youngest(found: Sequence[Batched]) -> Level:
    """The innermost call of ``vmap`` among those that values belong to."""
    level = found[0].level
    for x in found:
        level = x.level if x.level.number > level.number else level
    if not level.open:
        cure = "Return it from the mapped function instead of keeping it."
        raise BatchedValueError(
            expected("A computation", "values of a vmap that is running", found[0], cure)
        )
    return level


# calls


def call_row(op: Primitive, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """A row applied to arguments one of which at least is Batched."""
    level = youngest([x for x in args if type(x) is Batched])
    xs, mapped = [], []
    for x in args:
        own = type(x) is Batched and x.level is level
        mapped.append(own)
        xs.append(x.array if own else x.__node__() if hasattr(type(x), "__node__") else x)
    out = (op.batch or row_by_row)(op, xs, mapped, **params)
    if isinstance(out, tuple):
        made = [Batched(x, level) for x in out]
        return type(out)._make(made) if hasattr(out, "_make") else tuple(made)
    return Batched(out, level)


def call_unary(op: Primitive, apply: Function, x: Batched) -> Any:
    """``call_row`` for a row that acts entry by entry: it is applied to all examples as they are.

    ``apply`` is the row's short way, which ``scalars.py`` makes.
    """
    if not x.level.open:
        return call_row(op, (x,), {})
    array = x.array
    return Batched(op.forward(array) if type(array) is np.ndarray else apply(array), x.level)


def call_binary(op: Primitive, apply: Function, x: Any, y: Any) -> Any:
    """``call_row`` for a row of two that acts entry by entry, where their axes are aligned as is.

    An array that all share must have fewer axes than all examples together.
    """
    a, b = x, y
    level = None
    if type(x) is Batched:
        a, level = x.array, x.level
    if type(y) is Batched:
        b = y.array
        if level is not None and (level is not y.level or len(a.shape) != len(b.shape)):
            return call_row(op, (x, y), {})
        fits = level is not None or type(a) in SCALARS or len(np.shape(a)) < len(b.shape)
        level = y.level
    else:
        fits = type(b) in SCALARS or len(np.shape(b)) < len(a.shape)
    if not (fits and level.open):  # type: ignore[union-attr]
        return call_row(op, (x, y), {})
    plain_a, plain_b = type(a) in SIMPLE, type(b) in SIMPLE
    if plain_a and plain_b:
        return Batched(op.forward(a, b), level)  # type: ignore[arg-type]
    if (plain_a or isinstance(a, Operators)) and (plain_b or isinstance(b, Operators)):
        return Batched(apply(a, b), level)  # type: ignore[arg-type]
    return call_row(op, (x, y), {})


SCALARS = {float, int}
SIMPLE = {np.ndarray, np.float64, np.float32, *SCALARS}


def row_by_row(op: Primitive, xs: Sequence[Any], mapped: Sequence[bool], **params: Any) -> Any:
    """The rule of a row that has none: one call for every example."""
    size = next(len(x) for x, own in zip(xs, mapped, strict=True) if own)
    results = [
        op(*(x[i] if own else x for x, own in zip(xs, mapped, strict=True)), **params)
        for i in range(size)
    ]
    return stacked(results, op.name)


def call_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], params: dict[str, Any]) -> Any:
    """A ufunc where something is Batched."""
    if method == "__call__" and not params:
        return call_function(ufunc, inputs, params)
    special = BATCHED_FUNCTIONS.get((ufunc, method))
    if special is not None:
        rule: Function = partial(special, *inputs, **params)
    else:
        general: Any = rule_for("ufunc keywords")
        rule = partial(general, ufunc, method, tuple(inputs), dict(params))
    return tried((ufunc, method), rule, lambda: one_by_one(getattr(ufunc, method), inputs, params))


def call_function(func: Any, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """A function of NumPy's or SciPy's where something is Batched."""
    rule = BATCHED_FUNCTIONS.get(func)
    if rule is None and func not in QUERIES:
        rule = RULES.get(func) or rule_for(func)
    if rule is None:
        return one_by_one(func, args, params)
    return tried(func, lambda: rule(*args, **params), lambda: one_by_one(func, args, params))


def tried(key: Any, rule: Function, loop: Function) -> Any:
    """What a rule answers, and the loop where it asks for numbers.

    It also does by calling its own function on what it takes for plain values.
    """
    running = RUNNING.get()
    if key in running:
        raise BatchedValueError(f"{key} met what is Batched inside its own rule.")
    token = RUNNING.set((*running, key))
    try:
        return rule()
    except BatchedValueError:
        pass
    finally:
        RUNNING.reset(token)
    return loop()


RUNNING: ContextVar[tuple[Any, ...]] = ContextVar("autograd_core running", default=())
"""The functions whose rules are at work on something Batched."""

BATCHED_FUNCTIONS: dict[Any, Function] = {}
"""What to call where the registry's rule would not do: functions that answer with plain results."""


def one_by_one(func: Function, args: Sequence[Any], params: dict[str, Any]) -> Any:
    """What ``func`` answers for every example, one after the other: right for any function."""
    found = each_batched([*args, *params.values()])
    if not found:  # it needs the numbers of something it closes over
        return func(*args, **params)
    level = youngest(found)

    def example(i: int) -> Any:
        def pick(x: Batched) -> Any:
            return x.array[i] if x.level is level else x

        return func(*with_each(pick, tuple(args)), **with_each(pick, params))

    token = LEVELS.set(tuple(other for other in LEVELS.get() if other is not level))
    try:
        results = [example(i) for i in range(level.size)]
    finally:
        LEVELS.reset(token)
    return with_level(stacked(results, name_of(func)), level)


def name_of(func: Any) -> str:
    """How a function is called."""
    return str(getattr(func, "__name__", type(func).__name__))


def with_level(out: Any, level: Level) -> Any:
    """Stacked results as one example's."""
    if isinstance(out, tuple | list):
        made = [with_level(x, level) for x in out]
        return type(out)._make(made) if hasattr(out, "_make") else type(out)(made)
    if isinstance(out, dict):
        return type(out)({key: with_level(x, level) for key, x in out.items()})
    return out if out is None or isinstance(out, str) else Batched(out, level)


def stacked(results: list[Any], name: str) -> Any:
    """The results of all examples along a new first axis; those of tuples one by one."""
    if not results:
        cure = "Map over one example at least."
        raise ArgumentError(expected(f"vmap of {name}", "examples", "an empty axis", cure))
    first = results[0]
    if isinstance(first, tuple | list):
        parts = [stacked(list(part), name) for part in zip(*results, strict=True)]
        return type(first)._make(parts) if hasattr(first, "_make") else type(first)(parts)
    if isinstance(first, dict):
        return type(first)({key: stacked([x[key] for x in results], name) for key in first})
    if first is None or isinstance(first, str):
        return first
    if len({np.shape(x) for x in results}) > 1:
        cure = "Loop over the examples, or use np.where in place of a selection."
        shapes = ", ".join(map(str, dict.fromkeys(np.shape(x) for x in results)))
        wanted = "results of one shape for all examples"
        raise BatchedValueError(expected(f"vmap of {name}", wanted, shapes, cure))
    if not all(isinstance(x, int | float | complex) or hasattr(x, "dtype") for x in results):
        cure = "Return arrays and numbers, or loop over the examples."
        raise BatchedValueError(expected(f"vmap of {name}", "arrays", type(first).__name__, cure))
    return np.stack(results)


# from one example to all and back


def opened(x: Any, levels: Sequence[Level]) -> Any:
    """All examples of all ``levels``: an array or Node with an axis in front for each.

    What does not depend on a level is broadcast; axes of other levels stay hidden.
    """
    if type(x) is Batched and x.level not in levels:
        return Batched(np.moveaxis(opened(x.array, levels), len(levels), 0), x.level)
    for level in reversed(levels):
        if type(x) is Batched and x.level is level:
            x = x.array
        else:
            x = np.broadcast_to(x, (level.size, *np.shape(x)))
    return x


def closed(x: Any, levels: Sequence[Level]) -> Any:
    """One example of what has an axis in front for each of ``levels``."""
    if type(x) is Batched and levels:
        return Batched(closed(np.moveaxis(x.array, 0, len(levels)), levels), x.level)
    for level in levels:
        x = Batched(x, level)
    return x
