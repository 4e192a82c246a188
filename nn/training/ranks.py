"""``Ranks``: the processes that train together, this one among them; and how they fail together.

What they tell each other goes through a communicator with mpi4py's interface; what of a training
they share is in ``parallel.py``. One process alone is a ``Ranks``, too, that asks nobody.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..errors import ArgumentError, ProcessError, StateError, expected, missing
from ..shard import total

Array = npt.NDArray[Any]
T = TypeVar("T")
PATIENCE = 3.0
"""Seconds that a process which failed waits for the others to fail as well."""
METHODS = ("Allreduce", "Abort", "Dup", "Free", "Get_rank", "Get_size", "Ibarrier", "allgather")
LAUNCHERS = ("OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK")
"""Where the launchers of Open MPI, MPICH, Intel MPI and ``srun`` say which process this is."""


class Ranks:
    """The processes of a communicator; only this one without it, or where it has no other.

    As a context it makes sure that none waits for one that has failed: an error that only some
    processes meet ends all of them.

    Parameters
    ----------
    comm : communicator, optional
        With the interface of ``mpi4py.MPI.Comm``.
    """

    def __init__(self, comm: Any = None) -> None:
        lacking = [name for name in METHODS if not callable(getattr(comm, name, None))]
        if comm is not None and lacking:
            cure = "Pass mpi4py.MPI.COMM_WORLD."
            got = f"{comm!r}, without {', '.join(lacking)}"
            raise ArgumentError(expected("fit", "comm, a communicator as of mpi4py", got, cure))
        self.size = 1 if comm is None else int(comm.Get_size())
        self.rank = 0 if comm is None else int(comm.Get_rank())
        self.given = comm
        self.comm: Any = None
        self.alarm: Any = None

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return self.size == 1

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and shows."""
        return self.rank == 0

    def __enter__(self) -> Ranks:
        if not self.alone:  # channels of their own, that nothing else is sent on
            self.comm, self.alarm = self.given.Dup(), self.given.Dup()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if self.comm is None or self.alarm is None:
            return
        if error is not None and not self.all_failed():
            traceback.print_exception(error)
            print(
                f"nn.fit: process {self.rank} of {self.size} failed, and the others are ended.",
                file=sys.stderr,
                flush=True,
            )
            self.given.Abort(1)
        self.comm.Free(), self.alarm.Free()
        self.comm = self.alarm = None

    def all_failed(self) -> bool:
        """Whether every process comes here within some seconds."""
        if self.alarm is None:
            return True
        request, start = self.alarm.Ibarrier(), time.monotonic()
        while not request.Test():
            if time.monotonic() - start > PATIENCE:
                return False
            time.sleep(0.01)
        return True

    @contextmanager
    def together(self) -> Iterator[None]:
        """Run the body, which asks no other process; where it fails on one, it fails on all."""
        failure: Exception | None = None
        try:
            yield
        except Exception as error:
            if self.comm is None:
                raise
            failure = error
        if self.comm is None:
            return
        words = None if failure is None else f"{type(failure).__name__}: {failure}"
        told = self.comm.allgather(words)
        if failure is not None:
            raise failure
        for rank, text in enumerate(told):
            if text is not None:
                raise ProcessError(f"Process {rank} of {self.size} failed: {text}")

    # What they tell each other

    def of_first(self, value: T) -> T:
        """What the first process says."""
        if self.comm is None:
            return value
        told: T = self.comm.bcast(value, root=0)
        return told

    def gathered(self, value: T) -> list[T]:
        """What every process says, by rank."""
        return [value] if self.comm is None else list(self.comm.allgather(value))

    def sum(self, values: Array) -> Array:
        """The sum of an array over all."""
        if self.comm is None:
            return values
        added: Array = total(self.comm, values)
        return added

    def agreed(self, stopped: str | None, pressed: bool) -> tuple[str | None, bool]:
        """Why training is to end, and whether Ctrl-C was pressed, on any."""
        if not self.sum(np.array([stopped is not None or pressed], float))[0]:
            return None, False
        told = self.gathered((stopped, pressed))
        return next((why for why, _ in told if why is not None), None), any(p for _, p in told)

    def same(self, what: str, values: dict[str, Any], cure: str) -> None:
        """Refuse to go on where another process has other values."""
        told = self.gathered({name: repr(value) for name, value in values.items()})
        for rank, others in enumerate(told):
            for name, value in told[0].items():
                if others.get(name) != value:
                    wanted = f"{name} {value} on all processes, as on process 0"
                    got = f"{others.get(name)} on process {rank}"
                    raise StateError(expected(what, wanted, got, cure))

    def part(self, rows: int) -> tuple[int, int]:
        """Which of so many rows are this process's: all shards are as long, or one shorter."""
        return self.rank * rows // self.size, (self.rank + 1) * rows // self.size


def launched_as() -> int | None:
    """The number that ``mpiexec`` or the like gave this process; None if nothing did."""
    found = (os.environ[name] for name in LAUNCHERS if name in os.environ)
    return next((int(number) for number in found if number.isdigit()), None)


def world() -> Any:
    """The communicator of all processes that were launched together."""
    try:
        from mpi4py import MPI
    except (ImportError, RuntimeError):  # it, or the MPI that it needs
        raise missing("mpi4py", "mpi", "Training on the processes of mpiexec") from None
    return MPI.COMM_WORLD
