"""Start a program with ``mpiexec``; and, as a program, train with MPI what the test names.

``mpiexec -n 2 python -m tests.nn.training.mpi CASE…`` says of each case whether it ended on all
processes as on one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[3]
MORE = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",  # as in containers
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",  # more processes than cores
}
"""What Open MPI has to be told here; other implementations do not care."""


def launcher() -> str | None:
    """The ``mpiexec`` that belongs to this Python, or else the one on the path."""
    beside = Path(sys.executable).with_name("mpiexec")
    return str(beside) if beside.is_file() else shutil.which("mpiexec")


def is_there() -> bool:
    """Whether there are mpi4py and an MPI."""
    return importlib.util.find_spec("mpi4py") is not None and launcher() is not None


def start(size: int, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """So many processes of ``python *arguments``."""
    environment = os.environ | MORE | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [str(launcher()), "-n", str(size), sys.executable, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, **pipes, **options)


def main(names: list[str]) -> None:
    """Train each case with all processes, and with none, and compare."""
    from mpi4py import MPI

    from tests.nn.training.test_parallel import CASES, close, train

    comm = MPI.COMM_WORLD
    for name in names:
        together = train(comm, **CASES[name])
        close(together, train(**CASES[name]))
        others = comm.allgather(together)
        for other, history in others:
            assert all(np.array_equal(other[key], x) for key, x in together[0].items())
            assert history.rows == together[1].rows
        if comm.rank == 0:
            print(f"{name}: as one process on {comm.size}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
