"""The forms a row of the tables can take, and the registry they fill.

``elementwise`` takes partial derivatives, ``linear`` a transpose, ``multilinear`` the transposes of
a product, ``jointly_linear`` one for many arguments. What fits none of them is a ``Primitive`` with
a vjp and a jvp.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from .arrays import kin, numbers
from .batching.rules import broadcast
from .node import Node, values_of
from .primitive import NUMBERS, OPS, PerArgument, Primitive, Rule
from .registry import QUERIES, RULES
from .sampling import Sample, normal
from .scalars import binary, unary
from .zeros import everywhere, moves_along, selected, transposed


def implements(*functions: Any) -> Callable[[Rule], Rule]:
    """Decorator: what NumPy's ``functions`` do when they meet a Node."""

    def register(rule: Rule) -> Rule:
        RULES.update(dict.fromkeys(functions, rule))
        return rule

    return register


def newer(*names: str) -> list[Any]:
    """NumPy's functions of these names, of those that the installed NumPy has."""
    return [vars(np)[name] for name in names if name in vars(np)]


def query(*functions: Rule) -> None:
    """Functions whose answer has no derivative.

    They see the values and answer with plain results.
    """
    for function in functions:

        def answer(*args: Any, _function: Rule = function, **params: Any) -> Any:
            return _function(*values_of(args), **values_of(params))

        answer.__name__ = function.__name__
        implements(function)(answer)
        QUERIES.add(function)


def elementwise(
    forward: Rule,
    *partials: Rule | float | None,
    scalar: Rule | None = None,
    selects: bool = False,
    finite: bool = False,
    zeros: Rule | None = None,
    sample: Sample | Sequence[Sample] | None = None,
) -> Primitive:
    """An op that acts entry by entry, with NumPy's broadcasting.

    Parameters
    ----------
    forward : callable
        The NumPy function (it is registered) or one of your own.
    *partials : callable, number or None
        ``partials[i](out, *args)`` is d out / d args[i]; a number where it is constant; None where
        the argument has none. For a function that is real at complex arguments: the conjugate of
        its gradient.
    scalar : callable, optional
        The same function of Python numbers.
    selects : bool
        The partials are selections: where one is exactly zero the argument has no influence
        (structural zero).
    finite, zeros
        See ``Primitive``.
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
        finite=finite,
        scalar=scalar,
        sample=sample or normal(*shapes),
    )
    if len(partials) <= 2 and None not in partials:
        op.partials = tuple(float(d) if isinstance(d, int) else d for d in partials)
    return op


def row(forward: Rule, *rules: Any, scalar: Rule | None = None, **options: Any) -> Primitive:
    """A primitive that acts entry by entry, in the table and in the registry.

    Python numbers stay weak.
    """
    scalar = scalar or (lambda *values: np.asarray(forward(*values)).item())
    op = Primitive(forward, *rules, scalar=scalar, batch=broadcast, **options)
    op.entrywise = True
    OPS.append(op)
    short = {1: unary, 2: binary}.get(len(op.vjps))
    implements(forward)(short(op) if short else op)
    return op


def pull_entries(d: Rule | float | None, arity: int) -> Rule | None:
    """The vjp of an elementwise op for one partial derivative.

    A signature of its own for one and two arguments.
    """
    if d is None or d == 0:
        return None
    if not callable(d):
        return (lambda g, out, *args: g) if d == 1 else (lambda g, out, *args: g * d)

    def any_number(g: Any, out: Any, *args: Any) -> Any:
        return times_conjugate(g, d(out, *args))

    def one(g: Any, out: Any, x: Any) -> Any:
        slope = d(out, x)
        c = g * slope
        if type(c) is np.ndarray and c.dtype.kind != "c":
            return c
        return g * np.conj(slope) if is_complex(c) else c

    def two(g: Any, out: Any, x: Any, y: Any) -> Any:
        slope = d(out, x, y)
        c = g * slope
        if type(c) is np.ndarray and c.dtype.kind != "c":
            return c
        return g * np.conj(slope) if is_complex(c) else c

    forms: dict[int, Rule] = {1: one, 2: two}
    rule: Rule = forms.get(arity, any_number)
    return rule


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
    batch: Rule | None = None,
    zeros: Rule | None = None,
    selects: bool = False,
    name: str | None = None,
) -> Primitive:
    """An op linear in its argument: its own derivative, ``transpose(g, x, **params)`` its adjoint.

    Structural zeros pass through the transpose, which suits rows that only move, copy and add
    entries; a row that weighs them passes ``zeros=all_or_nothing``.

    Parameters
    ----------
    forward : callable
        ``forward(x, **params) -> array``, linear in x.
    transpose : callable
        ``transpose(g, x, **params)``, with the shape of x.
    sample : Sample or sequence of Sample
        Arguments the tests of the table call it with.
    batch : callable, optional
        How it acts on many examples at once; a form of ``batching/rules.py``.
    zeros : callable, optional
        As of `Primitive`.
    selects : bool
        It leaves entries out, which then have no influence.
    name : str, optional
        The function's own by default.

    Returns
    -------
    Primitive

    Examples
    --------
    >>> double = ag.linear(lambda x: 2 * x, lambda g, x: 2 * g, sample=(), name="double")
    >>> ag.grad(double)(1.0)
    2.0
    """
    op = Primitive(
        forward,
        [lambda g, out, x, **params: transpose(g, x, **params)],
        [lambda t, out, x, **params: op(t, **params)],
        zeros=zeros or partial(transposed, transpose),
        moves=None if zeros else moves_along(forward),
        selects=selects,
        batch=batch,
        sample=sample,
        name=name,
    )
    op.finite = True
    OPS.append(op)
    return op


def jointly_linear(
    forward: Rule,
    vjp: Rule,
    *,
    sample: Sample | Sequence[Sample],
    batch: Rule | None = None,
    name: str | None = None,
) -> Primitive:
    """An op that arranges any number of arrays in one.

    Linear in all of them together, with a joint vjp.
    """

    def jvp(tangents: Sequence[Any], out: Any, *args: Any, **params: Any) -> Any:
        filled = [
            np.zeros(np.shape(x), like=kin(x)) if t is None else t
            for t, x in zip(tangents, args, strict=True)
        ]
        return op(*filled, **params)

    def zeros(i: int, influence: Any, constant: Any, out: Any, *args: Any, **params: Any) -> Any:
        return vjp(numbers(influence), out, *args, **params)[i] != 0

    op = Primitive(
        forward,
        vjp,
        jvp,
        zeros=zeros,
        moves=moves_along(forward),
        batch=batch,
        sample=sample,
        name=name,
    )
    op.finite = True
    OPS.append(op)
    return op


def multilinear(
    forward: Rule,
    vjps: Sequence[Rule] | PerArgument,
    *,
    sample: Sample | Sequence[Sample],
    batch: Rule | None = None,
    name: str | None = None,
) -> Primitive:
    """An op linear in each argument (a product).

    Its tangent is itself with one argument replaced.
    """

    def jvp(i: int, t: Any, out: Any, *args: Any, **params: Any) -> Any:
        return op(*args[:i], t, *args[i + 1 :], **params)

    op = Primitive(forward, vjps, PerArgument(jvp), batch=batch, sample=sample, name=name)
    op.finite = True
    OPS.append(op)
    return op
