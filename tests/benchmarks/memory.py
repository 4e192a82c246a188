"""Peak memory of a training step: 50 layers of 512, batch 256; each contender a process of its own.

What counts is above what the imports take. A step is that of ``networks.py``.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
from typing import Any

from harness import Row, installed

SIZES, BATCH, STEPS = [512] * 51, 256, 6


def peak(name: str, pipe: Any) -> None:
    """Send the megabytes that training took at most; runs in a fresh interpreter."""
    import compiled
    import networks

    if name == "PyTorch":
        import torch  # noqa: F401 (what it takes by itself is not counted)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if name == "PyTorch":
        step = networks.pytorch(SIZES, BATCH)
    elif name == "ours":
        step = networks.ours(SIZES, BATCH)
    else:
        step = compiled.ours(SIZES, BATCH, {}, "auto")
    for _ in range(STEPS):
        step()
    pipe.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def megabytes(name: str) -> float:
    """The peak of one contender."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=peak, args=(name, theirs))
    process.start()
    found = float(ours.recv())
    process.join()
    return found


def rows(rounds: int = 3) -> list[Row]:
    names = ["ours", "ours, compiled", *(["PyTorch"] if installed("torch") else [])]
    samples: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            samples[name].append(megabytes(name))
    taken = {name: statistics.median(found) for name, found in samples.items()}
    what = "MLP of 50 layers of 512, batch 256, float32: peak memory of training"
    return [Row(what, "MB", taken, {"PyTorch": 1.3})]
