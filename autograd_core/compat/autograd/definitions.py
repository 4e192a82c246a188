"""autograd's ways to give a primitive, or a function of NumPy's, its rules: ``defvjp`` and its kin.

What a primitive is and does with them is in ``primitives.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ...errors import ArgumentTypeError, expected
from ...node import value_of
from ...rows import implements
from ...tree import tree_map
from .primitives import JVPS, VJPS, missing_rule, primitive
from .vspaces import vspace

Rule = Callable[..., Any]


def defvjp_argnums(fun: Rule, vjpmaker: Rule) -> None:
    """The most general form: ``vjpmaker(argnums, ans, args, kwargs)`` returns ``g -> cotangents``.

    ``fun`` is a primitive, or a NumPy function, whose rule this then is.

    Parameters
    ----------
    fun : callable
    vjpmaker : callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> from autograd_core.compat.autograd.extend import defvjp_argnums, primitive
    >>> total = primitive(lambda *xs: sum(xs))
    >>> defvjp_argnums(total, lambda argnums, ans, args, kwargs: lambda g: [g for _ in argnums])
    >>> grad(total)(1.0, 2.0)
    1.0
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
    """One maker for all: ``vjpmaker(argnum, ans, args, kwargs)`` returns ``g -> cotangent``.

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.
    vjpmaker : callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> from autograd_core.compat.autograd.extend import defvjp_argnum, primitive
    >>> total = primitive(lambda *xs: sum(xs))
    >>> defvjp_argnum(total, lambda argnum, ans, args, kwargs: lambda g: g)
    >>> grad(total, argnum=1)(1.0, 2.0)
    1.0
    """

    def maker(argnums: Any, *call: Any) -> Rule:
        pulls = [vjpmaker(argnum, *call) for argnum in argnums]
        return lambda g: [pull(g) for pull in pulls]

    defvjp_argnums(fun, maker)


def defvjp(fun: Rule, *vjpmakers: Rule | None, argnums: Iterable[int] | None = None) -> None:
    """One maker per argument: ``vjpmaker(ans, *args, **kwargs)`` returns ``g -> cotangent``.

    None marks a constant argument; ``argnums`` says which arguments they are for, if not the first.

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.
    *vjpmakers : callable or None
    argnums : iterable of int, optional

    Examples
    --------
    >>> from autograd_core.compat.autograd import grad
    >>> from autograd_core.compat.autograd.extend import defvjp, primitive
    >>> half = primitive(lambda x: x / 2)
    >>> defvjp(half, lambda ans, x: lambda g: g / 2)
    >>> grad(half)(1.0)
    0.5
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
    """The most general form: ``jvpmaker(argnums, tangents, ans, args, kwargs)``.

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.
    jvpmaker : callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp
    >>> from autograd_core.compat.autograd.extend import defjvp_argnums, primitive
    >>> total = primitive(lambda *xs: sum(xs))
    >>> defjvp_argnums(total, lambda argnums, tangents, ans, args, kwargs: sum(tangents))
    >>> make_jvp(total)(1.0, 2.0)(1.0)
    (3.0, 1.0)
    """
    JVPS[claimed(fun)] = jvpmaker


def defjvp_argnum(fun: Rule, jvpmaker: Rule) -> None:
    """One rule for all: ``jvpmaker(argnum, tangent, ans, args, kwargs)``.

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.
    jvpmaker : callable

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp
    >>> from autograd_core.compat.autograd.extend import defjvp_argnum, primitive
    >>> total = primitive(lambda *xs: sum(xs))
    >>> defjvp_argnum(total, lambda argnum, t, ans, args, kwargs: t)
    >>> make_jvp(total)(1.0, 2.0)(1.0)
    (3.0, 1.0)
    """

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

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.
    *jvpfuns : callable, "same" or None
    argnums : iterable of int, optional

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp
    >>> from autograd_core.compat.autograd.extend import defjvp, primitive
    >>> half = primitive(lambda x: x / 2)
    >>> defjvp(half, lambda t, ans, x: t / 2)
    >>> make_jvp(half)(1.0)(1.0)
    (0.5, 0.5)
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
    """Say that a function is linear in every argument, which gives its jvp.

    Parameters
    ----------
    fun : callable
        A primitive, or a NumPy function.

    Examples
    --------
    >>> from autograd_core.compat.autograd import make_jvp
    >>> from autograd_core.compat.autograd.extend import def_linear, primitive
    >>> triple = primitive(lambda x: 3 * x)
    >>> def_linear(triple)
    >>> make_jvp(triple)(1.0)(1.0)
    (3.0, 3.0)
    """
    defjvp_argnum(fun, lambda i, t, ans, args, kwargs: fun(*args[:i], t, *args[i + 1 :], **kwargs))
