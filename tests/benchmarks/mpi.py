"""Training on the processes of ``mpiexec`` beside one: a fixed batch, a batch that grows with them.

784-256-128-10, float32, SGD with momentum; the step of the fastest epoch, and of it the seconds
spent in messages. Then one ``Allreduce`` of the gradients alone, and the same while a product of
matrices is computed that takes as long: less than the sum of both where MPI works on its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from harness import Row, installed

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

BATCH = 512

PROGRAM = """
import json, time
import numpy as np
from mpi4py import MPI
import nn

world = MPI.COMM_WORLD
X, y = nn.datasets.mnist10k("train")


class Timed:
    "A communicator that notes the seconds spent in sums."
    seconds = 0.0

    def __init__(self, comm):
        self.comm = comm

    def __getattr__(self, name):
        return getattr(self.comm, name)

    def Dup(self):
        return Timed(self.comm.Dup())

    def Allreduce(self, sent, received):
        start = time.perf_counter()
        self.comm.Allreduce(sent, received)
        Timed.seconds += time.perf_counter() - start


def step(batch):
    "Seconds of a step, and of its messages, in the fastest of some epochs."
    model = nn.MLP([784, 256, 128, 10], seed=0)
    ends, spent = [], []
    def note(run):
        ends.append(time.perf_counter()), spent.append(Timed.seconds)
    nn.fit(model, (X, y), loss=nn.CrossEntropyLoss(), optimizer=nn.SGD(lr=0.01, momentum=0.9),
           epochs=6, batch_size=batch, callbacks=[note], comm=Timed(world), progress=False)
    steps = -(-len(X) // batch)
    epochs = np.array([np.diff(ends), np.diff(spent)])
    return (epochs[:, epochs[0].argmin()] / steps).tolist()


def fastest(action, rounds=20):
    times = []
    for _ in range(rounds):
        world.Barrier()
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


sent = np.ones(235_146, np.float32)
received, A = np.empty_like(sent), np.ones((300, 300), np.float32)

def message():
    world.Allreduce(sent, received)

def product():
    for _ in range(4):
        A @ A

def both():
    request = world.Iallreduce(sent, received)
    product()
    request.Wait()

found = {"strong": step(BATCH), "weak": step(BATCH * world.size),
         "message": fastest(message), "product": fastest(product), "both": fastest(both)}
if world.rank == 0:
    print(json.dumps(found))
"""


def measured(size: int) -> dict[str, object]:
    """What so many processes find."""
    from tests.nn.training import mpi

    environment = os.environ | mpi.MORE | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    program = PROGRAM.replace("BATCH", str(BATCH))
    command = [str(mpi.launcher()), "-n", str(size), sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def rows() -> list[Row]:
    """Two processes beside one, and as many as there are cores if these are more."""
    if not installed("mpi4py"):
        return []
    alone, found = measured(1), []
    for size in sorted({2, max(2, os.cpu_count() or 1)}):
        many = measured(size)
        for kind, what in (("strong", f"batch {BATCH}"), ("weak", f"batch {BATCH * size}")):
            step, messages = many[kind]
            name = f"training step on {size} processes, {what} ({messages / step:.0%} messages)"
            one = f"one process, batch {BATCH}"
            found.append(Row(name, "ms", {"ours": 1e3 * step, one: 1e3 * alone[kind][0]}))
        apart = 1e3 * (many["message"] + many["product"])
        name = f"sum of 235,146 gradients over {size} while matrices are multiplied"
        found.append(Row(name, "ms", {"ours": 1e3 * many["both"], "one after the other": apart}))
    return found
