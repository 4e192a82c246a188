"""Solutions of ordinary differential equations as one op, by the adjoint method.

The vjp integrates the adjoint equations backwards, the jvp the sensitivity equations forwards; both
are solutions of other equations, hence this same op: derivatives of any order follow. After each
output time the backward integration starts again from the solution that is known there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...node import values_of
from ...primitive import Primitive
from ...transforms import jvp, vjp

Field = Callable[..., Any]
"""``field(y, t, *parameters)``, the right-hand side."""


def _solve(y0: Any, t: Any, *parameters: Any, field: Field, solver: Any) -> Any:
    return solver(field, np.asarray(y0), np.asarray(t), parameters)


def pull(
    g: Any, out: Any, y0: Any, t: Any, *parameters: Any, field: Field, solver: Any
) -> list[Any]:
    """The cotangents of the start, the times and every parameter."""
    n = np.shape(y0)[0]
    shapes = [np.shape(p) for p in parameters]
    sizes = [int(np.prod(shape)) for shape in shapes]
    a, gathered, arrived = g[-1], np.zeros(sum(sizes)), []
    for i in range(np.shape(t)[0] - 1, 0, -1):
        arrived.append(real_inner(g[i], field(out[i], t[i], *parameters)))
        state = trajectory(
            np.concatenate([out[i], a, gathered]),
            np.stack([t[i], t[i - 1]]),
            *parameters,
            field=adjoint_field(field, n),
            solver=solver,
        )[1]
        a, gathered = state[n : 2 * n] + g[i - 1], state[2 * n :]
    arrived.append(-real_inner(a - g[0], field(y0, t[0], *parameters)))
    ends = np.cumsum([0, *sizes])
    pieces = [
        np.reshape(gathered[i:j], shape)
        for i, j, shape in zip(ends, ends[1:], shapes, strict=False)
    ]
    return [a, np.stack(arrived[::-1]), *pieces]


def real_inner(g: Any, x: Any) -> Any:
    """The cotangent of a real factor of x."""
    return np.real(np.sum(np.conj(g) * x)) if np.iscomplexobj(values_of(x)) else np.sum(g * x)


def adjoint_field(field: Field, n: int) -> Field:
    """Solution, adjoint and parameters' cotangents together, as they change with time."""

    def augmented(state: Any, s: Any, *parameters: Any) -> Any:
        value, pullback = vjp(lambda y, *ps: field(y, s, *ps), state[:n], *parameters)
        changes = pullback(-state[n : 2 * n])
        return np.concatenate([value, *(np.reshape(c, (-1,)) for c in changes)])

    return augmented


def push(
    tangents: Sequence[Any],
    out: Any,
    y0: Any,
    t: Any,
    *parameters: Any,
    field: Field,
    solver: Any,
) -> Any:
    """The tangent of the solution, by the sensitivity equations."""
    n, k = np.shape(y0)[0], len(parameters)
    dy0, dt, *dp = [
        np.zeros(np.shape(x)) if d is None else d
        for d, x in zip(tangents, (y0, t, *parameters), strict=True)
    ]
    start = dy0 - field(y0, t[0], *parameters) * dt[0]

    def augmented(state: Any, s: Any, *both: Any) -> Any:
        moving = (state[:n], *both[:k]), (state[n:], *both[k:])
        value, tangent = jvp(lambda y, *ps: field(y, s, *ps), *moving)
        return np.concatenate([value, tangent])

    state = trajectory(
        np.concatenate([y0, start]), t, *parameters, *dp, field=augmented, solver=solver
    )
    along = [field(out[i], t[i], *parameters) * dt[i] for i in range(np.shape(t)[0])]
    return state[:, n:] + np.stack(along)


trajectory = Primitive(_solve, pull, push, name="trajectory")
"""The solution at the times ``t``, of shape (times, n), from ``y0`` at the first of them."""
