"""What ``import autograd_core`` costs, against ``import numpy``: whole processes, in turn."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

from harness import Row


def seconds(statement: str) -> float:
    """One fresh interpreter, bytecode cached as for a user."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True, env=environment)
    return time.perf_counter() - start


def rows(rounds: int = 15) -> list[Row]:
    statements = {"nothing": "pass", "ours": "import autograd_core", "numpy": "import numpy"}
    samples: dict[str, list[float]] = {name: [] for name in statements}
    for _ in range(rounds):
        for name, statement in statements.items():
            samples[name].append(seconds(statement))
    start_up = statistics.median(samples.pop("nothing"))
    times = {name: 1e3 * (statistics.median(s) - start_up) for name, s in samples.items()}
    return [Row("import autograd_core", "ms", times, {"numpy": 1.3})]
