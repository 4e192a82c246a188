"""autograd's way to define a function with rules of its own, as an op of this engine.

Its rules are ``lambda ans, *args: lambda g: ...`` and their complex cotangents are the conjugates
of ours. Arguments may be anything, containers of arrays included: an op is made for every call,
with the Nodes among the arguments as its operands.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...details import MODE
from ...errors import NotDifferentiableError
from ...node import Node, value_of, values_of
from ...primitive import Primitive
from ...tree import flatten, is_container, tree_map
from .vspaces import VSpace, vspace

Rule = Callable[..., Any]

VJPS: dict[Any, Rule] = {}
"""``VJPS[function](argnums, ans, args, kwargs)`` takes a cotangent to those of the arguments."""

JVPS: dict[Any, Rule] = {}
"""``JVPS[function](argnums, tangents, ans, args, kwargs)`` is the tangent of ``ans``."""


class MissingRuleError(NotDifferentiableError, NotImplementedError):
    """A primitive has no rule for an argument that is differentiated."""


class SparseObject:
    """A cotangent that knows how to add itself to a dense one.

    Parameters
    ----------
    vs : VSpace
        The space of the dense cotangent.
    mut_add : callable
        ``mut_add(dense)`` adds it and returns the sum.

    Examples
    --------
    >>> from autograd_core.compat.autograd.extend import SparseObject, vspace
    >>> def add(dense):
    ...     dense[0] += 1.0
    ...     return dense
    >>> SparseObject(vspace(np.zeros(2)), add).mut_add(np.zeros(2))
    array([1., 0.])
    """

    def __init__(self, vs: VSpace, mut_add: Rule) -> None:
        self.vs, self.mut_add = vs, mut_add


VSpace.register(SparseObject, lambda x: x.vs)


def conjugate(tree: Any) -> Any:
    """A cotangent in the other convention: complex arrays conjugated, real ones as they are."""
    if type(tree) in (float, np.ndarray) or not is_container(tree):
        return np.conj(tree) if np.iscomplexobj(value_of(tree)) else tree
    return tree_map(conjugate, tree)


def primitive(f_raw: Rule) -> Rule:
    """A function whose insides are not differentiated: it has rules of its own.

    Give it rules with ``defvjp`` (and ``defjvp``; it is derived from the vjp otherwise). It is
    called with plain arrays.

    Parameters
    ----------
    f_raw : callable
        Of arrays.

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> from autograd_core.compat.autograd.extend import defvjp
    >>> cube = primitive(lambda x: x**3)
    >>> defvjp(cube, lambda ans, x: lambda g: g * 3 * x**2)
    >>> grad(cube)(2.0)
    12.0
    """

    def f_wrapped(*args: Any, **kwargs: Any) -> Any:
        flat, rebuild = flatten_arguments(args)
        places = [i for i, x in enumerate(flat) if isinstance(x, Node) and x.requires_grad]
        if not places or MODE.get() is None:
            return f_raw(*rebuild([value_of(x) for x in flat]), **kwargs)
        return Call(f_raw, f_wrapped, flat, rebuild, places, kwargs).result()

    functools.update_wrapper(f_wrapped, f_raw, updated=())
    f_wrapped.fun = f_raw  # type: ignore[attr-defined]
    return f_wrapped


def flatten_arguments(args: tuple[Any, ...]) -> Any:
    """The leaves of all arguments, and what puts others in their place."""
    return flatten(args) if any(map(is_container, args)) else (list(args), tuple)


class Call:
    """One call of a primitive on Nodes: an op of those Nodes alone."""

    def __init__(
        self,
        f_raw: Rule,
        f_wrapped: Rule,
        flat: list[Any],
        rebuild: Rule,
        places: list[int],
        kwargs: dict[str, Any],
    ) -> None:
        self.f_raw, self.f_wrapped, self.kwargs = f_raw, f_wrapped, kwargs
        self.flat, self.rebuild, self.places = flat, rebuild, places
        ends = itertools.accumulate(len(flatten(x)[0]) for x in rebuild(flat))
        self.ends = list(ends)
        """Where the leaves of every argument end."""
        self.argnums = sorted({self.argnum(i) for i in places})
        self.restore: Rule | None = None

    def argnum(self, leaf: int) -> int:
        """The argument that a leaf belongs to."""
        return next(k for k, end in enumerate(self.ends) if leaf < end)

    def result(self) -> Any:
        """What the function returns, as a Node or a container of Nodes."""
        jvp = self.jvp if self.f_wrapped in JVPS else None
        name = getattr(self.f_raw, "__name__", type(self.f_raw).__name__)
        out = Primitive(self.forward, self.vjp, jvp, name=name)(
            *(self.flat[i] for i in self.places)
        )
        return out if self.restore is None else self.restore(list(out))

    def forward(self, *values: Any) -> Any:
        """The function of the leaves that are operands; several results as a tuple."""
        plain = [value_of(x) for x in self.arguments(values)]
        out = self.f_raw(*self.rebuild(plain), **self.kwargs)
        if not is_container(out):
            return out
        leaves, self.restore = flatten(out)
        return tuple(leaves)

    def arguments(self, operands: Iterable[Any]) -> list[Any]:
        """All leaves, with these operands in their places."""
        full = list(self.flat)
        for i, x in zip(self.places, operands, strict=True):
            full[i] = x
        return full

    def whole(self, out: Any) -> Any:
        """A result, cotangent or tangent of the op in the function's own structure."""
        return out if self.restore is None else self.restore(list(out))

    def vjp(self, g: Any, out: Any, *operands: Any) -> list[Any]:
        """The cotangents of the operands, by autograd's rule."""
        if self.f_wrapped not in VJPS:
            raise missing_rule("vjp", self.f_raw)
        args = self.rebuild([*self.known(operands)])
        pull = VJPS[self.f_wrapped](self.argnums, self.whole(out), args, self.kwargs)
        pulled = dict(zip(self.argnums, pull(conjugate(self.whole(g))), strict=True))
        return [self.leaf_of(pulled, args, i) for i in self.places]

    def known(self, operands: Iterable[Any]) -> list[Any]:
        """All leaves as a rule sees them: Nodes where it is recorded, values elsewhere."""
        recorded = any(isinstance(x, Node) for x in operands)
        full = self.arguments(operands)
        return full if recorded else [value_of(x) for x in full]

    def leaf_of(self, pulled: dict[int, Any], args: Any, i: int) -> Any:
        """The cotangent of one leaf, from that of its argument."""
        k = self.argnum(i)
        c = dense(pulled[k])
        if not is_container(args[k]):
            return conjugate(c)
        return conjugate(flatten(c)[0][i - (self.ends[k - 1] if k else 0)])

    def jvp(self, tangents: Any, out: Any, *operands: Any) -> Any:
        """The tangent of the result, by autograd's rule."""
        args = self.rebuild(self.known(operands))
        moved = dict(zip(self.places, tangents, strict=True))
        flat = [
            vspace(x).zeros()
            if moved.get(i) is None and self.argnum(i) in self.argnums
            else moved.get(i)
            for i, x in enumerate(self.arguments(operands))
        ]
        ts = self.rebuild(flat)
        push = JVPS[self.f_wrapped]
        t = push(self.argnums, [ts[k] for k in self.argnums], self.whole(out), args, self.kwargs)
        return tuple(flatten(t)[0]) if self.restore is not None else t


def dense(c: Any) -> Any:
    """A cotangent that may be sparse, as an array or a container."""
    return c.mut_add(c.vs.zeros()) if isinstance(c, SparseObject) else c


def missing_rule(kind: str, fun: Any) -> MissingRuleError:
    """A primitive without the rule that is asked for."""
    name = getattr(fun, "__name__", fun)
    return MissingRuleError(
        f"{name} has no {kind} rule, got a Node that carries a gradient. Give it one with "
        f"def{kind}({name}, ...), None for a constant argument."
    )


# rules


def notrace_primitive(f_raw: Rule) -> Rule:
    """A function that sees values and answers with a plain result.

    Parameters
    ----------
    f_raw : callable

    Returns
    -------
    callable

    Examples
    --------
    >>> from autograd_core.compat.autograd.extend import notrace_primitive
    >>> notrace_primitive(np.sign)(ag.Node(-2.0))
    np.float64(-1.0)
    """

    def f_wrapped(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*values_of(args), **kwargs)

    functools.update_wrapper(f_wrapped, f_raw, updated=())
    return f_wrapped
