"""``unary_to_nary``: operators on functions of one argument, made to take ``argnum``."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ...docstrings import with_parameters
from ...errors import ArgumentTypeError, expected

Function = Callable[..., Any]

OPERATOR = """An operator on functions.

Parameters
----------
fun : callable
argnum : int or sequence of int
    The position of the argument, or of several: their results come as a tuple then.
*op_args, **op_kwargs
    What the operator takes besides, if anything.

Returns
-------
callable
    Of the arguments of ``fun``.
"""


def unary_to_nary(unary_operator: Function) -> Function:
    """An operator ``(fun, x)`` as one that returns a function: ``(fun, argnum)(*args)``.

    ``argnum`` is one position, or several: then ``x`` is the tuple of those arguments.
    """

    @functools.wraps(unary_operator)
    def nary_operator(fun: Function, argnum: Any = 0, *op_args: Any, **op_kwargs: Any) -> Function:
        if type(argnum) not in (int, tuple, list):
            cure = "Pass the position of an argument, or a tuple of positions."
            name = f"{get_name(unary_operator)}: argnum"
            raise ArgumentTypeError(expected(name, "an int, tuple or list", repr(argnum), cure))

        def nary_f(*args: Any, **kwargs: Any) -> Any:
            def unary_f(x: Any) -> Any:
                full = list(args)
                chosen = [(argnum, x)] if isinstance(argnum, int) else zip(argnum, x, strict=True)
                for i, value in chosen:
                    full[i] = value
                return fun(*full, **kwargs)

            wraps(fun)(unary_f)
            x = args[argnum] if isinstance(argnum, int) else tuple(args[i] for i in argnum)
            return unary_operator(unary_f, x, *op_args, **op_kwargs)

        name = f"{get_name(unary_operator)}_of_{get_name(fun)}_wrt_argnum_{argnum}"
        nary_f.__name__, nary_f.__doc__ = name, get_doc(fun)
        return nary_f

    del nary_operator.__wrapped__  # so that help shows argnum
    nary_operator.__doc__ = with_parameters(unary_operator.__doc__, OPERATOR)
    return nary_operator


def wraps(fun: Function, namestr: str = "{fun}", docstr: str = "{doc}", **words: Any) -> Function:
    """Decorator: the name and docstring of another function, in a pattern."""

    def rename(f: Function) -> Function:
        words_ = {"fun": get_name(fun), **words}
        f.__name__ = namestr.format(**words_)
        f.__doc__ = docstr.format(doc=get_doc(fun), **words_)
        return f

    return rename


def get_name(f: Any) -> str:
    """A function's name, if it has one."""
    return str(getattr(f, "__name__", "[unknown name]"))


def get_doc(f: Any) -> str:
    """A function's docstring, if it has one."""
    return getattr(f, "__doc__", "") or ""
