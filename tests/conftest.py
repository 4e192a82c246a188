"""What every test can use: a seeded ``rng``, and the same Hypothesis examples in every run.

Warnings are errors (pyproject.toml), floating-point warnings of NumPy among them.
"""

from __future__ import annotations

import os

os.environ.setdefault("MPLBACKEND", "agg")
for library in ("OPENBLAS", "OMP", "MKL"):  # tests run in as many processes as there are cores
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import numpy as np  # noqa: E402 (reads the environment)
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same in every run."""
    return np.random.default_rng(20260731)
