"""What an op is: a function of arrays and its derivative rules.

``elementwise()`` takes partial derivatives, ``linear()`` a transpose, ``Primitive`` itself any vjp
and jvp. Rules are plain NumPy: handed arrays they compute, handed Nodes they record, so every
derivative can be differentiated again. The rows themselves are in ``ops/``; the sweeps that use the
rules are ``reverse.py`` and ``forward.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .arrays import MET, call_foreign, library_of
from .batching.batched import Batched, call_row
from .deferred import Deferred
from .details import MODE
from .errors import (
    ArgumentTypeError,
    describe,
    expected,
    no_keywords,
    node_by_keyword,
    operation_failed,
)
from .node import ABSENT, MANY, Node, constant_node, next_birth, values_of
from .sampling import Sample
from .tracing import TRACE, Untraceable
from .zeros import all_or_nothing, any_moves_all

Rule = Callable[..., Any]

new = object.__new__

OPS: list[Primitive] = []
"""Every row of the tables, in the order of definition: tests, docs and pictures walk it."""

NUMBERS = {float, int, complex, bool, np.bool_}
PLAIN = {*NUMBERS, np.ndarray, np.float64, np.float32}


class PerArgument:
    """The vjps of an op of any number of arguments: one rule that takes the position first."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __len__(self) -> int:
        return 2**31

    def __getitem__(self, i: int) -> Rule:
        return partial(self.rule, i)


class Primitive:
    """A differentiable function of arrays.

    Parameters
    ----------
    forward : callable
        ``forward(*arrays, **params) -> array`` (or a tuple of arrays).
    vjps : sequence of callable or None, or callable
        ``vjps[i](g, out, *args, **params)`` is the cotangent of argument i; None marks a constant.
        A single callable is the joint rule: it returns one cotangent per argument.
    jvps : likewise
        ``jvps[i](t, out, *args, **params)`` is the tangent of ``out`` for tangent ``t`` of argument
        i; a joint rule takes the tuple of tangents, None where constant. Left out, it is derived by
        transposing the vjp.
    name : str, optional
        The function's own by default.
    zeros : callable, optional
        ``zeros(i, influence, constant, out, *args, **params)``: where argument i has influence on
        the end, given where ``out`` has. By default: everywhere, unless ``out`` has none at all.
    moves : callable, optional
        ``moves(moved, out, *args, **params)``: which entries of ``out`` can move, given which of
        every argument do (None for one that does not). By default: all, if any moves.
    selects : bool
        The rules make structural zeros: entries without influence, whose cotangent stays zero all
        the way up.
    bends : bool
        Where the result is 0 it has a kink, and the vjp looks at the graph for the second
        derivative there (see ``ops/kinks.py``); a forward sweep that is recorded uses it, too.
    finite : bool
        The rules make finite numbers of finite ones, overflow apart: compiled programs of such ops
        need not look for NaN.
    scalar : callable, optional
        The same function of Python numbers, from ``math`` or ``operator``.
    batch : callable, optional
        How `vmap` computes many examples at once, one of the forms in ``batching/rules.py``:
        ``batch(op, xs, mapped, **params)``. By default: one example after the other.
    sample : callable or sequence of callable, optional
        ``sample(rng) -> (args, params)`` where the rule is smooth; tests and the table of ops draw
        from it.

    Examples
    --------
    >>> cube = Primitive(lambda x: x**3, vjps=[lambda g, out, x: g * 3 * x**2], name="cube")
    >>> x = Node(2.0)
    >>> cube(x).backward()
    >>> x.grad
    12.0
    """

    def __init__(
        self,
        forward: Rule,
        vjps: Sequence[Rule | None] | PerArgument | Rule = (),
        jvps: Sequence[Rule | None] | PerArgument | Rule | None = None,
        *,
        name: str | None = None,
        zeros: Rule | None = None,
        moves: Rule | None = None,
        selects: bool = False,
        finite: bool = False,
        bends: bool = False,
        scalar: Rule | None = None,
        batch: Rule | None = None,
        sample: Sample | Sequence[Sample] = (),
    ) -> None:
        self.forward = forward
        self.name = name or getattr(forward, "__name__", type(forward).__name__).strip("_")
        self.give_vjps(vjps)
        self.jvps = tuple(jvps) if isinstance(jvps, list) else jvps
        self.zeros = zeros or all_or_nothing
        self.moves = moves or any_moves_all
        self.selects, self.finite = selects, finite
        self.bends = bends
        self.ties: Rule | None = None  # where members of a result are equal: see ``ops/ties.py``
        self.entrywise = False
        self.scalar = scalar
        self.batch = batch
        self.partials: tuple[Any, ...] | None = None
        self.samples = tuple(sample) if isinstance(sample, Sequence) else (sample,)
        self.__doc__ = forward.__doc__

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *args: Any, **params: Any) -> Any:
        """Apply it to arrays and Nodes; a Node comes back if a Node went in."""
        values = []
        witness = None  # a Node among the arguments, one that carries a gradient if there is one
        for i, x in enumerate(args):
            kind = type(x)
            if kind is Node:
                values.append(x.value)
                if witness is None or x.details.live:
                    witness = x
            elif kind in PLAIN and (kind is not np.ndarray or x.dtype.kind in "fiubc"):
                values.append(x)
            elif kind is Batched:
                return call_row(self, args, params)
            elif hasattr(kind, "__node__"):
                return self(*args[:i], x.__node__(), *args[i + 1 :], **params)
            else:
                values.append(constant(x))
                args = (*args[:i], values[-1], *args[i + 1 :])
        if params and self.entrywise:
            raise no_keywords(self.name, params)
        try:
            if self.scalar is not None and all_numbers(values):
                value = self.scalar(*values)
            elif MET:
                value = call_foreign(self.name, self.forward, values, params)
            else:
                value = self.forward(*values, **params)
        except Exception as error:
            value = self.rescued(values, params, error)
        if type(value) is Node:
            raise node_by_keyword(self.name)
        if witness is None:
            return value
        mode = MODE.get()
        if mode is None or not witness.details.live:
            return constants(value)
        node = new(Node)
        node.value = value
        node.op = self
        if len(args) == 2:
            node.first, node.second = args
        elif len(args) == 1:
            node.first, node.second = args[0], ABSENT
        else:
            node.first, node.second = args, MANY
        node.keywords = params
        node.details = mode.details
        node.bar = None
        node.birth = node.mark = next_birth()
        if mode.watch is not None:
            mode.watch.made(node)
        if isinstance(value, tuple):
            return like_tuple(value, [output(node, index=i) for i in range(len(value))])
        return node

    def rescued(self, values: list[Any], params: dict[str, Any], error: Exception) -> Any:
        """NumPy's result where Python's numbers raise; otherwise an error that names the op."""
        if isinstance(error, Untraceable) or isinstance(error.__cause__, Untraceable):
            return TRACE.get().whole(self.forward, values, params)
        try:
            if self.scalar is not None and all(type(x) in NUMBERS for x in values):
                return np.asarray(self.forward(*values, **params)).item()
        except Exception as second:
            error = second
        named = operation_failed(self.name, values, error)
        try:
            if named is error:
                raise named
            raise named from error
        finally:
            del error, named  # which hold this frame, and with it the graph

    def defvjp(self, *rules: Rule | None) -> None:
        """Give one vjp rule per argument: ``rule(g, out, *args, **params)``.

        None for a constant argument.
        """
        self.give_vjps(rules)

    def give_vjps(self, vjps: Any) -> None:
        """Keep the rules; those of one or two arguments also where a reverse sweep looks first."""
        self.vjps = tuple(vjps) if isinstance(vjps, list) else vjps
        self.quick = self.vjps if type(self.vjps) is tuple and len(self.vjps) in (1, 2) else None

    def defjvp(self, *rules: Rule | None) -> None:
        """Give one jvp rule per argument: ``rule(t, out, *args, **params)``.

        Derived from the vjp otherwise.
        """
        self.jvps = rules


def all_numbers(values: list[Any]) -> bool:
    """Whether all operands are Python numbers."""
    if type(values[0]) not in NUMBERS or type(values[-1]) not in NUMBERS:
        return False
    return len(values) < 3 or all(type(x) in NUMBERS for x in values)


def constants(value: Any) -> Any:
    """Constant Nodes for the result of an op through which no gradient flows."""
    if isinstance(value, tuple):
        return like_tuple(value, map(constant_node, value))
    return constant_node(value)


def like_tuple(model: tuple[Any, ...], entries: Iterable[Any]) -> Any:
    """A tuple, or a named tuple of the model's kind."""
    return type(model)._make(entries) if hasattr(model, "_make") else tuple(entries)


def constant(x: Any) -> Any:
    """An operand that is not a Node as something the ops can trust.

    A number or an array, never of objects.
    """
    if isinstance(x, np.generic):
        return x
    if isinstance(x, np.ndarray) and type(x) not in (np.ndarray, np.memmap):
        cure = "Pass np.asarray(x), after filling masked entries."
        got = type(x).__name__
        raise ArgumentTypeError(expected("An operation on Nodes", "plain arrays", got, cure))
    foreign = not isinstance(x, Sequence | np.ndarray) and hasattr(type(x), "__array_function__")
    x = x if library_of(type(x)) or foreign else np.asarray(x)
    if x.dtype.kind in "OUSV":
        cure = "Pass numbers; build an array of Nodes with ag.array([...])."
        got = describe(x)
        raise ArgumentTypeError(expected("An operation on Nodes", "numbers or arrays", got, cure))
    return x


# Several results


def members(x: Any, pieces: list[Any]) -> tuple[Any, ...]:
    """The cotangent of a tuple from those of its members."""
    total: list[Any] = [None] * len(values_of(x))
    for index, g in pieces:
        total[index] = g if total[index] is None else total[index] + g
    return tuple(
        np.zeros_like(v) if g is None else g for g, v in zip(total, values_of(x), strict=True)
    )


output = Primitive(
    lambda x, index: x[index],
    [lambda g, out, x, index: Deferred(members, x, [(index, g)])],
    [lambda t, out, x, index: t[index]],
    name="output",
)
"""One member of the tuple that an op with several results returns."""
