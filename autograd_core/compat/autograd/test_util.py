"""autograd's gradient checks, on this engine's ``check_grads``."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from ... import check
from ...errors import ArgumentError, CheckError, expected
from .core import floating
from .vspaces import vspace
from .wrap_util import unary_to_nary

MODES = {"fwd": "forward", "rev": "reverse"}
TOL = RTOL = 1e-6


def scalar_close(a: Any, b: Any) -> bool:
    """Whether two numbers agree to 1e-6, absolutely or relatively."""
    return bool(abs(a - b) < TOL or abs(a - b) / abs(a + b) < RTOL)


def check_vjp(f: Callable[..., Any], x: Any) -> None:
    """Check the reverse mode of a function of one argument."""
    check.check_grads(f, (floating(x),), ("reverse",), order=1)


def check_jvp(f: Callable[..., Any], x: Any) -> None:
    """Check the forward mode of a function of one argument."""
    check.check_grads(f, (floating(x),), ("forward",), order=1)


def check_equivalent(x: Any, y: Any) -> None:
    """Check that two values agree in structure, shape, dtype and, along a direction, in value."""
    space, other = vspace(x), vspace(y)
    if space != other:
        raise CheckError(expected("check_equivalent", f"{space}", f"{other}", "Compare alike."))
    v = space.randn()
    a, b = space.inner_prod(x, v), space.inner_prod(y, v)
    if not scalar_close(a, b):
        cure = f"The values differ: {x!r} and {y!r}."
        raise CheckError(expected("check_equivalent", f"{a} along a random direction", b, cure))


@unary_to_nary
def check_grads(
    f: Callable[..., Any], x: Any, modes: Sequence[str] = ("fwd", "rev"), order: int = 2
) -> None:
    """A function of the arguments that raises AssertionError if a derivative is wrong."""
    unknown = set(modes) - set(MODES)
    if unknown:
        raise ArgumentError(
            expected("check_grads: modes", "'fwd' and 'rev'", sorted(unknown), "Choose of these.")
        )
    check.check_grads(f, (floating(x),), [MODES[mode] for mode in modes], order)


def combo_check(fun: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
    """``check_grads`` at every combination of the arguments and keywords that are listed."""
    checked = check_grads(fun, *args, **kwargs)

    def every(*choices: Any, **keywords: Any) -> None:
        for values in itertools.product(*choices):
            for words in itertools.product(*keywords.values()):
                checked(*values, **dict(zip(keywords, words, strict=True)))

    return every
