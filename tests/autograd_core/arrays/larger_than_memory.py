"""Logistic regression on more numbers than fit in memory: the example of ``docs/arrays.md``.

Run with the number of rows and the bytes of memory that may be added to what is in use.
"""

from __future__ import annotations

import resource
import sys

import dask
import dask.array as da
import numpy as np

import autograd_core as ag

FEATURES, CHUNK = 32, 20_000
TRUTH = np.linspace(-1.0, 1.0, FEATURES)


def generated(rows):
    """Rows and labels, a chunk at a time whenever they are needed."""
    rng = da.random.default_rng(0)
    X = rng.normal(size=(rows, FEATURES), chunks=(CHUNK, FEATURES))
    chance = 1 / (1 + np.exp(-(X @ TRUTH)))
    return X, (rng.uniform(size=rows, chunks=CHUNK) < chance).astype(float)


def loss(w, X, y):
    """The mean cross-entropy."""
    scores = X @ w
    return np.mean(np.logaddexp(0, scores) - y * scores)


def fitted(X, y, steps):
    """Newton's method with the curvature of the first chunk: a pass over the data a step."""
    first = [np.asarray(part[:CHUNK]) for part in (X, y)]
    curvature = ag.hessian(loss)(np.zeros(FEATURES), *first)
    w = np.zeros(FEATURES)
    for _ in range(steps):
        w = w - np.linalg.solve(curvature, np.asarray(ag.grad(loss)(w, X, y)))
        curvature = ag.hessian(loss)(w, *first)
    return w


def memory_in_use():
    """Bytes of this process's address space."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    rows, more = map(int, sys.argv[1:])
    X, y = generated(rows)
    with dask.config.set(scheduler="synchronous"):
        fitted(*generated(CHUNK), 1)  # what is imported late is in memory now
        limit = memory_in_use() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        try:
            np.zeros((rows, FEATURES))
        except MemoryError:
            print("too large")
        print(*fitted(X, y, 4))
