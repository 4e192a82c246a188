"""Run every benchmark and print a Markdown table: ``python -m tests.benchmarks [suite ...]``."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

SUITES = (
    *("imports", "chains", "scalars", "networks", "jacobians"),
    *("compiled", "fits", "memory", "mpi"),
)


def main() -> None:
    """Print the machine, the versions and the table."""
    sys.path.insert(0, str(Path(__file__).parent))
    from harness import installed, table

    peers = [
        p for p in ("numpy", "torch", "autograd", "mygrad", "micrograd", "jax") if installed(p)
    ]
    versions = ", ".join(f"{p} {metadata.version(p)}" for p in peers)
    machine = f"{os.cpu_count()} cores, {platform.machine()}"
    print(f"{machine}, Python {platform.python_version()}; {versions}\n")
    rows = []
    for name in sys.argv[1:] or SUITES:
        rows += importlib.import_module(name).rows()
    print(table(rows))


if __name__ == "__main__":
    main()
