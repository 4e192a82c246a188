"""What every test can use: a seeded ``rng``, and the same Hypothesis examples in every run.

Warnings are errors (pyproject.toml), floating-point warnings of NumPy among them.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "agg")

settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same in every run."""
    return np.random.default_rng(20260731)
