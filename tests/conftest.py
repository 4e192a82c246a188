"""What every test can use: a seeded ``rng``, and the same Hypothesis examples in every run.

Warnings are errors (pyproject.toml), floating-point warnings of NumPy among them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

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


@pytest.fixture(autouse=True)
def same_floating_point_warnings() -> Iterator[None]:
    """What NumPy warns of is as before, even if a test interrupts an ``np.errstate`` as it ends."""
    before = np.geterr()
    yield
    np.seterr(**before)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cases were compared in tests that say so with ``record_property("cases", n)``."""
    reports = [r for some in terminalreporter.stats.values() for r in some]
    told = [
        number
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, number in report.user_properties
        if name == "cases"
    ]
    if told:
        terminalreporter.write_line(f"{sum(told):,} cases in {len(told):,} tests")
