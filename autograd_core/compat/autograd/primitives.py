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
from ...errors import ArgumentTypeError, NotDifferentiableError, expected
from ...node import Node, value_of, values_of
from ...primitive import Primitive
from ...rows import implements
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
    """A cotangent that knows how to add itself to a dense one."""

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

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
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


def defvjp_argnums(fun: Rule, vjpmaker: Rule) -> None:
    """The most general form: ``vjpmaker(argnums, ans, args, kwargs)`` returns ``g -> cotangents``.

    ``fun`` is a primitive, or a NumPy function, whose rule this then is.
    """
    VJPS[claimed(fun)] = vjpmaker


def claimed(fun: Rule) -> Rule:
    """``fun`` itself if it is a primitive; a NumPy function made one that NumPy dispatches to."""
    if hasattr(fun, "fun"):
        return fun
    fun = getattr(fun, "__wrapped__", fun)
    if not (isinstance(fun, np.ufunc) or hasattr(fun, "_implementation")):
        cure = "Decorate it with primitive first."
        raise ArgumentTypeError(expected("A rule", "a primitive", repr(fun), cure))
    if fun not in NUMPYS:
        NUMPYS[fun] = primitive(fun)
        implements(fun)(NUMPYS[fun])
    return NUMPYS[fun]


NUMPYS: dict[Any, Rule] = {}
"""NumPy's functions that were given rules here, as primitives."""


def defvjp_argnum(fun: Rule, vjpmaker: Rule) -> None:
    """One maker for all: ``vjpmaker(argnum, ans, args, kwargs)`` returns ``g -> cotangent``."""

    def maker(argnums: Any, *call: Any) -> Rule:
        pulls = [vjpmaker(argnum, *call) for argnum in argnums]
        return lambda g: [pull(g) for pull in pulls]

    defvjp_argnums(fun, maker)


def defvjp(fun: Rule, *vjpmakers: Rule | None, argnums: Iterable[int] | None = None) -> None:
    """One maker per argument: ``vjpmaker(ans, *args, **kwargs)`` returns ``g -> cotangent``.

    None marks a constant argument; ``argnums`` says which arguments they are for, if not the first.
    """
    makers = dict(zip(itertools.count() if argnums is None else argnums, vjpmakers, strict=False))

    def maker(argnum: int, ans: Any, args: Any, kwargs: Any) -> Rule:
        if argnum not in makers:
            raise missing_rule("vjp", fun)
        rule = makers[argnum]
        return zero(args[argnum]) if rule is None else rule(ans, *args, **kwargs)

    defvjp_argnum(fun, maker)


def zero(x: Any) -> Rule:
    """The vjp of a constant argument."""
    return lambda g: tree_map(lambda leaf: np.zeros(np.shape(value_of(leaf))), x)


def defjvp_argnums(fun: Rule, jvpmaker: Rule) -> None:
    """The most general form: ``jvpmaker(argnums, tangents, ans, args, kwargs)``."""
    JVPS[claimed(fun)] = jvpmaker


def defjvp_argnum(fun: Rule, jvpmaker: Rule) -> None:
    """One rule for all: ``jvpmaker(argnum, tangent, ans, args, kwargs)``."""

    def rule(argnums: Any, tangents: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        terms = [jvpmaker(i, t, ans, args, kwargs) for i, t in zip(argnums, tangents, strict=True)]
        total = terms[0]
        for term in terms[1:]:
            total = vspace(ans).add(total, term)
        return total

    defjvp_argnums(fun, rule)


def defjvp(fun: Rule, *jvpfuns: Any, argnums: Iterable[int] | None = None) -> None:
    """One rule per argument: ``jvpfun(tangent, ans, *args, **kwargs)``.

    None marks a constant argument, ``"same"`` one in which the function is linear.
    """
    rules = dict(zip(itertools.count() if argnums is None else argnums, jvpfuns, strict=False))

    def rule(argnum: int, t: Any, ans: Any, args: Any, kwargs: Any) -> Any:
        if argnum not in rules:
            raise missing_rule("jvp", fun)
        if rules[argnum] is None:
            return vspace(ans).zeros()
        if isinstance(rules[argnum], str) and rules[argnum] == "same":
            return fun(*args[:argnum], t, *args[argnum + 1 :], **kwargs)
        return rules[argnum](t, ans, *args, **kwargs)

    defjvp_argnum(fun, rule)


def def_linear(fun: Rule) -> None:
    """Say that a function is linear in every argument, which gives its jvp."""
    defjvp_argnum(fun, lambda i, t, ans, args, kwargs: fun(*args[:i], t, *args[i + 1 :], **kwargs))


def notrace_primitive(f_raw: Rule) -> Rule:
    """A function that sees values and answers with a plain result."""

    def f_wrapped(*args: Any, **kwargs: Any) -> Any:
        return f_raw(*values_of(args), **kwargs)

    functools.update_wrapper(f_wrapped, f_raw, updated=())
    return f_wrapped
