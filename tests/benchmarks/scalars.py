"""A scalar expression of 10,000 operations as one native call, against micrograd's backward pass.

Both differentiate the same expression at the same numbers, and their gradients are compared first.
Building the graph anew, which micrograd has to do at other numbers, is not counted in its favour:
the row says what ``backward`` alone takes on a graph that exists.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from harness import Row, installed, interleaved, scaled

import autograd_core as ag

VARIABLES, OPERATIONS = 20, 10_000


def expression(x: list[Any]) -> Any:
    """Products, sums and rectified values of what came before, ending in one number."""
    rng = np.random.default_rng(0)
    values = list(x)
    for _ in range(OPERATIONS // 4):
        i, j = rng.integers(max(0, len(values) - 50), len(values), 2)
        values.append((values[i] * 0.5 + values[j] * 0.25) * 1.2)
    return values[-1]


def rows() -> list[Row]:
    x = np.random.default_rng(1).normal(size=VARIABLES).tolist()
    gradient = ag.compile(
        ag.value_and_grad(lambda *xs: expression(list(xs)), tuple(range(VARIABLES)))
    )
    for _ in range(3):
        value, slopes = gradient(*x)
    contenders = {"ours": lambda: gradient(*x)}
    if installed("micrograd"):
        from micrograd.engine import Value

        sys.setrecursionlimit(10 * OPERATIONS)  # its backward pass is recursive
        leaves = [Value(number) for number in x]
        end = expression(leaves)
        end.backward()
        np.testing.assert_allclose(slopes, [leaf.grad for leaf in leaves], rtol=1e-9)
        np.testing.assert_allclose(value, end.data, rtol=1e-9)
        contenders["micrograd"] = end.backward
    times = scaled(interleaved(contenders, rounds=15, number=2), 1e6)
    what = f"a scalar expression of {OPERATIONS} operations: value and gradient, compiled"
    return [Row(what, "µs", times, {"micrograd": 0.01})]
