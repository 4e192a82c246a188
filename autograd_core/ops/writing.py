"""NumPy's functions that write in place, refused with what to write instead.

A Node is immutable, also while nothing is recorded: a graph may have read its value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..batching.batched import each_batched
from ..details import MODE
from ..errors import ArgumentTypeError, expected
from ..node import Node, live, values_of
from ..rows import implements

AT = "Use x = x.at[index].set(values), .add or .multiply, or fill an ag.buffer(...)."
CURES: dict[Callable[..., Any], str] = {
    np.copyto: "Use np.where(mask, source, x), or x.at[...].set(source).",
    np.putmask: "Use np.where(mask, values, x), or x.at[mask].set(values).",
    np.place: "Use np.where(mask, values, x), or x.at[mask].set(values).",
    np.put: AT,
    np.put_along_axis: AT,
    np.fill_diagonal: "Use i = np.arange(n) and x = x.at[i, i].set(values).",
}


def refused(function: Callable[..., Any], name: str, cure: str) -> Callable[..., Any]:
    """The rule of a function that writes into its first argument."""

    def rule(target: Any, *args: Any, **params: Any) -> Any:
        held = MODE.get() is not None and live([*args, *params.values()])
        mapped = each_batched([target, *args, *params.values()])
        if isinstance(target, Node) or held or mapped:
            got = "a Node, which is immutable" if isinstance(target, Node) else "a Node to store"
            got = "one example of a mapped function" if mapped else got
            raise ArgumentTypeError(expected(name, "plain arrays", got, cure))
        return function(target, *values_of(args), **values_of(params))

    return rule


for function, cure in CURES.items():
    implements(function)(refused(function, f"np.{function.__name__}", cure))

for name, ufunc in vars(np).items():
    if isinstance(ufunc, np.ufunc) and ufunc.nout == 1 and not ufunc.signature:
        implements((ufunc, "at"))(refused(ufunc.at, f"np.{name}.at", AT))
