"""Long sums in single precision against double precision, with bounds; the same bits in every run.

A gradient's error is the largest of its entries', as a share of its largest entry. NumPy adds what
lies side by side in pairs, so that errors hardly grow with the length; the rest it adds in turn.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag

ROOT = Path(__file__).resolve().parents[2]
EPS = float(np.finfo(np.float32).eps)


def weighted(x):
    """A number of which every entry counts otherwise."""
    return np.sum(x * np.cos(np.arange(x.size, dtype=x.dtype)).reshape(x.shape))


def softmax_cross_entropy(x):
    rows = x.reshape(-1, 100)
    shifted = rows - np.max(rows, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[:, 0])


def batch_norm(x):
    columns = x.reshape(-1, 10)
    centred = columns - np.mean(columns, axis=0)
    return weighted(
        centred / np.sqrt(np.mean(centred * centred, axis=0) + columns.dtype.type(1e-5))
    )


FUNCTIONS = {  # of a long array, and bounds for value and gradient at 10**6 and at 10**7 entries
    "sum": (lambda x: np.sum(x * x), (2, 2), (2, 2)),
    "mean": (lambda x: np.mean(x * x), (2, 2), (2, 2)),
    "var": (np.var, (2, 4), (2, 4)),
    "std": (lambda x: np.std(x, ddof=1), (2, 4), (2, 4)),
    "logsumexp": (ag.scipy.special.logsumexp, (4, 8), (4, 8)),
    "softmax cross-entropy": (softmax_cross_entropy, (4, 16), (4, 16)),
    # NumPy has BLAS add the squares, in a few sums side by side
    "norm": (np.linalg.norm, (16, 16), (500, 500)),
    # NumPy adds the rows of a matrix one after the other
    "batch norm": (batch_norm, (500, 400), (8_000, 8_000)),
    # and so it does here, in the backward pass as well
    "cumsum": (lambda x: np.mean(np.cumsum(x) ** 2), (600, 10_000), (2_000, 2_000_000)),
}
"""Bounds are in units of the last place of single precision, 1.2e-7."""


def errors(f, x):
    """Of value and gradient, in units of the last place of single precision."""
    value, gradient = ag.value_and_grad(f)(x)
    exact, wanted = ag.value_and_grad(f)(x.astype(np.float64))
    assert value.dtype == gradient.dtype == np.float32
    worst = np.max(np.abs(gradient - wanted)) / np.max(np.abs(wanted))
    return abs(float(value) - exact) / abs(exact) / EPS, worst / EPS


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("size", [10**6, pytest.param(10**7, marks=pytest.mark.nightly)])
def test_errors_of_long_sums(name, size, rng):
    f, *bounds = FUNCTIONS[name]
    x = (1 + rng.normal(size=size)).astype(np.float32)
    of_value, of_gradient = errors(f, x)
    value_bound, gradient_bound = bounds[size == 10**7]
    assert of_value <= value_bound
    assert of_gradient <= gradient_bound


PROGRAM = """
import hashlib
import numpy as np, autograd_core as ag, nn
rng = np.random.default_rng(0)
X = rng.normal(size=(300, 40)); y = rng.integers(0, 4, 300)
total = hashlib.sha256()
for compile in (False, "numpy", "auto"):
    model = nn.MLP([40, 64, 4], dropout=0.3, batchnorm=True, seed=1)
    history = nn.fit(model, (X, y), loss=nn.CrossEntropyLoss(), optimizer=nn.Adam(), epochs=3,
                     batch_size=32, validation=0.2, compile=compile, seed=2, progress=False)
    for array in model.state_dict().values():
        total.update(array.tobytes())
    total.update(repr(history["loss"].tolist()).encode())
total.update(ag.hessian(lambda x: np.sum(np.tanh(x) ** 3 * np.roll(x, 1)))(X[0]).tobytes())
print(total.hexdigest())
"""


def outcome(threads, hashing):
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {**os.environ, **dict.fromkeys(names, threads), "PYTHONHASHSEED": hashing}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_same_seed_gives_the_same_bits_in_another_process():
    assert outcome("1", "0") == outcome("1", "1")


@pytest.mark.nightly
def test_the_same_bits_with_other_numbers_of_threads():
    # products as small as these OpenBLAS computes in one thread, or in parts that do not differ
    assert len({outcome(threads, "0") for threads in ("1", "2", "4")}) == 1
