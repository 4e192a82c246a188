"""What an op is: a function of arrays and its derivative rules, in the three forms a rule can take.

``elementwise()`` takes partial derivatives, ``linear()`` a transpose, ``Primitive`` itself any vjp and jvp. Rules
are plain NumPy: handed arrays they compute, handed Nodes they record, so every derivative can be differentiated
again. The rows themselves are in ``ops/``; the sweeps that use the rules are ``reverse.py`` and ``forward.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .deferred import Deferred
from .errors import ArgumentTypeError, describe, expected, operation_failed
from .node import MODE, Node, constant_node, next_birth, values_of
from .operators import RULES
from .sampling import Sample, normal
from .scalars import binary, unary
from .zeros import all_or_nothing, everywhere, selected, transposed

Rule = Callable[..., Any]

new = object.__new__

OPS: list[Primitive] = []
"""Every row of the tables, in the order of definition: tests, docs and pictures walk it."""

NUMBERS = {float, int, complex, bool, np.bool_}
PLAIN = {*NUMBERS, np.ndarray, np.float64, np.float32}


class Primitive:
    """A differentiable function of arrays.

    Parameters
    ----------
    forward : callable
        ``forward(*arrays, **params) -> array`` (or a tuple of arrays).
    vjps : sequence of callable or None, or callable
        ``vjps[i](g, out, *args, **params)`` is the cotangent of argument i; None marks a constant. A single
        callable is the joint rule: it returns one cotangent per argument.
    jvps : likewise
        ``jvps[i](t, out, *args, **params)`` is the tangent of ``out`` for tangent ``t`` of argument i; a joint rule
        takes the tuple of tangents, None where constant. Left out, it is derived by transposing the vjp.
    zeros : callable, optional
        ``zeros(i, influence, constant, out, *args, **params)``: where argument i has influence on the end, given
        where ``out`` has. By default: everywhere, unless ``out`` has none at all.
    selects : bool
        The rules make structural zeros: entries without influence, whose cotangent stays zero all the way up.
    scalar : callable, optional
        The same function of Python numbers, from ``math`` or ``operator``.
    sample : callable or sequence of callable, optional
        ``sample(rng) -> (args, params)`` where the rule is smooth; tests and the table of ops draw from it.

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
        selects: bool = False,
        scalar: Rule | None = None,
        sample: Sample | Sequence[Sample] = (),
    ) -> None:
        self.forward = forward
        self.name = name or getattr(forward, "__name__", type(forward).__name__).strip("_")
        self.vjps = tuple(vjps) if isinstance(vjps, list) else vjps
        self.jvps = tuple(jvps) if isinstance(jvps, list) else jvps
        self.zeros = zeros or all_or_nothing
        self.selects = selects
        self.scalar = scalar
        self.partials: tuple[Any, ...] | None = None
        self.samples = tuple(sample) if isinstance(sample, Sequence) else (sample,)
        self.__doc__ = forward.__doc__

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __call__(self, *args: Any, **params: Any) -> Any:
        values = []
        witness = None  # a Node among the arguments, one that carries a gradient if there is one
        for x in args:
            kind = type(x)
            if kind is Node:
                values.append(x.value)
                if witness is None or x.requires_grad:
                    witness = x
            elif kind in PLAIN:
                values.append(x)
            elif hasattr(kind, "__node__"):
                return self(*[y.__node__() if hasattr(type(y), "__node__") else y for y in args], **params)
            else:
                values.append(constant(x))
        try:
            if self.scalar is not None and type(values[0]) in NUMBERS and type(values[-1]) in NUMBERS:
                value = self.scalar(*values)
            else:
                value = self.forward(*values, **params)
        except Exception as error:
            value = self.rescued(values, params, error)
        if witness is None:
            return value
        mode = MODE.get()
        if mode is None or not witness.requires_grad:
            return constants(value)
        node = new(Node)
        node.value = value
        node.op = self
        node.parents = args
        node.params = params
        node.grad = node.name = None
        node.requires_grad = True
        node.scope = mode.scope
        node.birth = node.mark = next_birth()
        if mode.watch is not None:
            mode.watch.made(node)
        if isinstance(value, tuple):
            return like_tuple(value, [output(node, index=i) for i in range(len(value))])
        return node

    def rescued(self, values: list[Any], params: dict[str, Any], error: Exception) -> Any:
        """NumPy's result where Python's numbers raise; otherwise an error that names the op."""
        try:
            if self.scalar is not None and all(type(x) in NUMBERS for x in values):
                return np.asarray(self.forward(*values, **params)).item()
        except Exception as second:
            error = second
        raise operation_failed(self.name, values, error) from error

    def defvjp(self, *rules: Rule | None) -> None:
        """Give one vjp rule per argument: ``rule(g, out, *args, **params)``; None for a constant argument."""
        self.vjps = rules

    def defjvp(self, *rules: Rule | None) -> None:
        """Give one jvp rule per argument: ``rule(t, out, *args, **params)``; derived from the vjp otherwise."""
        self.jvps = rules


def constants(value: Any) -> Any:
    """Constant Nodes for the result of an op through which no gradient flows."""
    if isinstance(value, tuple):
        return like_tuple(value, map(constant_node, value))
    return constant_node(value)


def like_tuple(model: tuple[Any, ...], entries: Iterable[Any]) -> Any:
    """A tuple, or a named tuple of the model's kind."""
    return type(model)._make(entries) if hasattr(model, "_make") else tuple(entries)


def constant(x: Any) -> Any:
    """An operand that is not a Node as something the ops can trust: a number or an array, never of objects."""
    if isinstance(x, np.generic) or type(x) is tuple:
        return x
    if isinstance(x, np.ndarray) and not isinstance(x, np.memmap):
        cure = "Pass np.asarray(x), after filling masked entries."
        raise ArgumentTypeError(expected("An operation on Nodes", "plain arrays", type(x).__name__, cure))
    if not isinstance(x, list | Sequence) and hasattr(x, "__array_function__"):
        return x
    x = np.asarray(x)
    if x.dtype.kind in "OUSV":
        cure = "Pass numbers; build an array of Nodes with ag.array([...])."
        raise ArgumentTypeError(expected("An operation on Nodes", "numbers or arrays", describe(x), cure))
    return x


# Filling the registry


def implements(*functions: Any) -> Callable[[Rule], Rule]:
    """Decorator: what NumPy's ``functions`` do when they meet a Node."""

    def register(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(functions, rule))
        return rule

    return register


def query(*functions: Rule) -> None:
    """Functions whose answer has no derivative: they see the values and answer with plain results."""
    for function in functions:

        def answer(*args: Any, _function: Rule = function, **params: Any) -> Any:
            return _function(*values_of(args), **values_of(params))

        answer.__name__ = function.__name__
        implements(function)(answer)


def elementwise(
    forward: Rule,
    *partials: Rule | float | None,
    scalar: Rule | None = None,
    selects: bool = False,
    zeros: Rule | None = None,
    sample: Sample | Sequence[Sample] | None = None,
) -> Primitive:
    """An op that acts entry by entry, with NumPy's broadcasting.

    Parameters
    ----------
    forward : callable
        The NumPy function (it is registered) or one of your own.
    *partials : callable, number or None
        ``partials[i](out, *args)`` is d out / d args[i]; a number where it is constant; None where the argument has
        none. For a function that is real at complex arguments: the conjugate of its gradient.
    scalar : callable, optional
        The same function of Python numbers.
    selects : bool
        The partials are selections: where one is exactly zero the argument has no influence (structural zero).
    sample : callable or sequence, optional
        See ``Primitive``; by default normal arrays that broadcast.

    Examples
    --------
    >>> cube = elementwise(lambda x: x**3, lambda out, x: 3 * x**2)
    >>> x = Node([1.0, 2.0])
    >>> cube(x).backward([1.0, 1.0])
    >>> x.grad
    array([ 3., 12.])
    """
    shapes = ((3, 2), (2,), (3, 1))[: len(partials)]
    op = row(
        forward,
        [pull_entries(d, len(partials)) for d in partials],
        [push_entries(d) for d in partials],
        zeros=zeros or (partial(selected, partials) if selects else everywhere),
        selects=selects,
        scalar=scalar,
        sample=sample or normal(*shapes),
    )
    if len(partials) <= 2 and None not in partials:
        op.partials = tuple(float(d) if isinstance(d, int) else d for d in partials)
    return op


def row(forward: Rule, *rules: Any, scalar: Rule | None = None, **options: Any) -> Primitive:
    """A primitive that acts entry by entry, in the table and in the registry; Python numbers stay weak."""
    scalar = scalar or (lambda *values: np.asarray(forward(*values)).item())
    op = Primitive(forward, *rules, scalar=scalar, **options)
    OPS.append(op)
    implements(forward)({1: unary, 2: binary}.get(len(op.vjps), lambda op: op)(op))
    return op


def pull_entries(d: Rule | float | None, arity: int) -> Rule | None:
    """The vjp of an elementwise op for one partial derivative; a signature of its own for one and two arguments."""
    if d is None or d == 0:
        return None
    if not callable(d):
        return (lambda g, out, *args: g) if d == 1 else (lambda g, out, *args: g * d)

    def any_number(g: Any, out: Any, *args: Any) -> Any:
        return times_conjugate(g, d(out, *args))

    def one(g: Any, out: Any, x: Any) -> Any:
        slope = d(out, x)
        return g * slope if type(slope) is float else times_conjugate(g, slope)

    def two(g: Any, out: Any, x: Any, y: Any) -> Any:
        slope = d(out, x, y)
        return g * slope if type(slope) is float else times_conjugate(g, slope)

    return {1: one, 2: two}.get(arity, any_number)


def times_conjugate(g: Any, slope: Any) -> Any:
    """A cotangent times the conjugate of a slope."""
    cotangent = g * slope
    if type(cotangent) is float or not is_complex(cotangent):
        return cotangent
    return g * np.conj(slope)


def push_entries(d: Rule | float | None) -> Rule | None:
    """The jvp of an elementwise op for one partial derivative."""
    if d is None or d == 0:
        return None
    if callable(d):
        return lambda t, out, *args: t * d(out, *args)
    return (lambda t, out, *args: t) if d == 1 else (lambda t, out, *args: t * d)


def is_complex(x: Any) -> bool:
    """Whether a number, array or Node is complex."""
    x = x.value if type(x) is Node else x
    return type(x) is complex or (type(x) not in NUMBERS and x.dtype.kind == "c")


def linear(
    forward: Rule,
    transpose: Rule,
    *,
    sample: Sample | Sequence[Sample],
    zeros: Rule | None = None,
    selects: bool = False,
    name: str | None = None,
) -> Primitive:
    """An op linear in its one argument: its derivative is itself, ``transpose(g, x, **params)`` its adjoint.

    Structural zeros pass through the transpose, which suits rows that only move, copy and add entries; a row that
    weighs them passes ``zeros=all_or_nothing``.
    """
    op = Primitive(
        forward,
        [lambda g, out, x, **params: transpose(g, x, **params)],
        [lambda t, out, x, **params: op(t, **params)],
        zeros=zeros or partial(transposed, transpose),
        selects=selects,
        sample=sample,
        name=name,
    )
    OPS.append(op)
    return op


def jointly_linear(
    forward: Rule, vjp: Rule, *, sample: Sample | Sequence[Sample], name: str | None = None
) -> Primitive:
    """An op that arranges any number of arrays in one: linear in all of them together, with a joint vjp."""

    def jvp(tangents: Sequence[Any], out: Any, *args: Any, **params: Any) -> Any:
        filled = [np.zeros(np.shape(x)) if t is None else t for t, x in zip(tangents, args, strict=True)]
        return op(*filled, **params)

    def zeros(i: int, influence: Any, constant: Any, out: Any, *args: Any, **params: Any) -> Any:
        return vjp(np.asarray(influence, dtype=float), out, *args, **params)[i] != 0

    op = Primitive(forward, vjp, jvp, zeros=zeros, sample=sample, name=name)
    OPS.append(op)
    return op


class PerArgument:
    """The vjps of an op of any number of arguments, from one rule that takes the argument's position first."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __len__(self) -> int:
        return 2**31

    def __getitem__(self, i: int) -> Rule:
        return partial(self.rule, i)


def multilinear(
    forward: Rule,
    vjps: Sequence[Rule] | PerArgument,
    *,
    sample: Sample | Sequence[Sample],
    name: str | None = None,
) -> Primitive:
    """An op linear in each argument (a product): its tangent is itself with one argument replaced."""

    def jvp(i: int, t: Any, out: Any, *args: Any, **params: Any) -> Any:
        return op(*args[:i], t, *args[i + 1 :], **params)

    op = Primitive(forward, vjps, PerArgument(jvp), sample=sample, name=name)
    OPS.append(op)
    return op


# Several results


def members(x: Any, pieces: list[Any]) -> tuple[Any, ...]:
    """The cotangent of a tuple from those of its members."""
    total = [0.0] * len(values_of(x))
    for index, g in pieces:
        total[index] = total[index] + g
    return tuple(
        g if np.shape(values_of(g)) == np.shape(v) else np.zeros_like(v)
        for g, v in zip(total, values_of(x), strict=True)
    )


output = Primitive(
    lambda x, index: x[index],
    [lambda g, out, x, index: Deferred(partial(members, x), [(index, g)])],
    [lambda t, out, x, index: t[index]],
    name="output",
)
"""One member of the tuple that an op with several results returns."""
