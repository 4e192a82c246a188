"""A communicator with mpi4py's interface whose processes are threads, for tests without MPI."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

SECONDS = 60.0
"""After so long a test that hangs fails."""


class Aborted(BaseException):
    """What ends a thread whose job was aborted."""


class Channel:
    """What the copies of one communicator share."""

    def __init__(self, size: int, job: Job) -> None:
        self.size, self.job = size, job
        self.barrier = threading.Barrier(size)
        self.slots: list[Any] = [None] * size
        self.arrived = 0
        job.channels.append(self)

    def exchanged(self, rank: int, value: Any) -> list[Any]:
        """What every thread gives."""
        try:
            self.slots[rank] = value
            self.barrier.wait(SECONDS)
            told = list(self.slots)
            self.barrier.wait(SECONDS)
        except threading.BrokenBarrierError:
            raise Aborted from None
        return told


class Job:
    """All channels, which ``Abort`` breaks."""

    def __init__(self) -> None:
        self.channels: list[Channel] = []
        self.aborted_by: int | None = None


class Communicator:
    """One thread's end of a channel."""

    def __init__(self, channel: Channel, rank: int) -> None:
        self.channel, self.rank = channel, rank

    def Get_rank(self) -> int:
        return self.rank

    def Get_size(self) -> int:
        return self.channel.size

    def Dup(self) -> Communicator:
        mine = Channel(self.channel.size, self.channel.job) if self.rank == 0 else None
        return Communicator(self.bcast(mine), self.rank)

    def Free(self) -> None:
        pass

    def Allreduce(self, sent: Any, received: Any) -> None:
        arrays = self.channel.exchanged(self.rank, sent.copy())
        assert len({(a.shape, a.dtype) for a in arrays}) == 1, "another message was expected"
        received[...] = np.sum(arrays, axis=0)

    def bcast(self, value: Any, root: int = 0) -> Any:
        return self.channel.exchanged(self.rank, value)[root]

    def allgather(self, value: Any) -> list[Any]:
        return self.channel.exchanged(self.rank, value)

    def Ibarrier(self) -> Communicator:
        self.channel.arrived += 1
        return self

    def Test(self) -> bool:
        return self.channel.arrived >= self.channel.size

    def Abort(self, code: int = 1) -> None:
        self.channel.job.aborted_by = self.rank
        for channel in self.channel.job.channels:
            channel.barrier.abort()
        raise Aborted


def run(size: int, function: Callable[[Communicator], Any]) -> list[Any]:
    """What ``function`` returns, or raises, in each of so many threads."""
    channel = Channel(size, Job())
    results: list[Any] = [None] * size

    def one(rank: int) -> None:
        try:
            results[rank] = function(Communicator(channel, rank))
        except BaseException as error:
            results[rank] = error

    threads = [threading.Thread(target=one, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
