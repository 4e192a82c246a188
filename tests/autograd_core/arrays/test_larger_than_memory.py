"""The example of data larger than memory: NumPy's result on a small problem, right on a large."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("dask.array", reason="the extra dask is not installed")

from tests.autograd_core.arrays import larger_than_memory as example

ROOT = Path(__file__).resolve().parents[3]


def test_a_small_problem_has_numpys_result():
    X, y = example.generated(2 * example.CHUNK)
    plain = example.fitted(np.asarray(X), np.asarray(y), 2)
    np.testing.assert_allclose(example.fitted(X, y, 2), plain, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is limited as on Linux")
def test_five_times_the_memory():
    """Half a gigabyte of rows with a hundred megabytes to spare."""
    rows, more = 2_000_000, 100 * 2**20
    command = [sys.executable, "-m", example.__name__, str(rows), str(more)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert run.returncode == 0, run.stderr
    said, numbers = run.stdout.splitlines()
    assert said == "too large"
    assert rows * example.FEATURES * 8 > 4.8 * more
    found = np.array(numbers.split(), float)
    np.testing.assert_allclose(found, example.TRUTH, atol=0.02)  # eight standard errors
