"""Ten thousand steps: memory stays where it was after the first thousand."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd_core.compiler.native import available

STATM = Path("/proc/self/statm")
rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 200)
X = rng.normal(size=(200, 20)) + np.eye(3, 20)[Y]


def resident() -> int:
    """Bytes of memory in use, after what can be thrown away was."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Memory(nn.Callback):
    """Notes what is in use after every thousand steps."""

    def __init__(self) -> None:
        self.used: list[int] = []

    def on_batch_end(self, run: nn.training.Run) -> None:
        if run.step % 1000 == 0:
            self.used.append(resident())


@pytest.mark.nightly
@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell what is in use")
@pytest.mark.parametrize("compile", [False, "numpy", "native"])
def test_memory_stays_flat(compile: Any) -> None:
    if compile == "native" and not available():
        pytest.skip("llvmlite is not installed")
    memory = Memory()
    model = nn.MLP([20, 64, 32, 3], dropout=0.2, batchnorm=True, seed=0)
    nn.fit(
        model,
        (X, Y),
        loss=nn.CrossEntropyLoss(),
        optimizer=nn.Adam(),
        epochs=1429,
        batch_size=30,
        compile=compile,
        callbacks=[memory],
        progress=False,
    )
    growth = [after - memory.used[0] for after in memory.used]
    assert len(growth) == 10
    assert max(growth) <= 2**20, growth
