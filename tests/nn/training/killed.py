"""A training that is killed with SIGKILL at random moments, and begun again each time.

``python killed.py FOLDER KILLS COMPILE SEED`` prints as JSON how often it was killed, how many of
those moments fell into the writing of a file, and the model at the end. Each life is a process
split off from one that has loaded everything, so that hundreds take seconds.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import numpy as np

import nn

rng = np.random.default_rng(0)
Y = rng.integers(0, 3, 60)
X = rng.normal(size=(60, 5)) + np.eye(3, 5)[Y]


class Begun(nn.Callback):
    """Says through a pipe that the first step of this life is done."""

    def __init__(self, pipe: int) -> None:
        self.pipe = pipe

    def on_batch_end(self, run: nn.training.Run) -> None:
        if self.pipe:
            os.write(self.pipe, b".")
            self.pipe = 0


def trained(path: Path | None, compile: Any, epochs: int, pipe: int = 0) -> dict[str, Any]:
    """Train to the end, going on from the file if there is one."""
    model = nn.MLP([5, 8, 3], dropout=0.3, batchnorm=True, seed=0)
    kept: dict[str, Any] = {}
    if path is not None:
        kept = {"checkpoint": nn.Checkpoint(path, 1, "steps", keep=3), "resume": True}
    optimizer = nn.Adam(lr=0.02)
    history = nn.fit(
        model,
        (X, Y),
        loss=nn.CrossEntropyLoss(),
        optimizer=optimizer,
        epochs=epochs,
        batch_size=10,
        validation=0.2,
        early_stopping=nn.EarlyStopping(patience=epochs),
        callbacks=[Begun(pipe)],
        compile=compile,
        seed=1,
        progress=False,
        **kept,
    )
    figures = {n: column.tolist() for n, column in history.items() if n != "seconds"}
    state = model.state_dict() | optimizer.state_dict()
    lists = [v if isinstance(v, list) else [v] for v in state.values()]
    state_of = [x.tobytes() if isinstance(x, np.ndarray) else repr(x) for v in lists for x in v]
    return {"figures": figures, "state": state_of, "best": history.best_epoch}


def live(path: Path, compile: Any, epochs: int, wait: float, early: bool) -> bool:
    """One life, ended after a time, from its beginning or its first step; whether it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            trained(path, compile, epochs, writer)
        finally:
            os._exit(0)
    os.close(writer)
    if not early:
        os.read(reader, 1)
    os.close(reader)
    time.sleep(wait)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(folder: str, kills: str, choice: str, seed: str) -> None:
    """Kill it so often, let it end, and tell."""
    compile = {"eager": False}.get(choice, choice)
    path, draws = Path(folder, "run.safetensors"), random.Random(int(seed))
    epochs, killed, writing = 2 * int(kills) + 4, 0, 0
    for i in range(int(kills)):
        killed += live(path, compile, epochs, draws.uniform(0, 0.02), early=i % 4 == 3)
        writing += len(list(Path(folder).glob(".run*"))) > 0
    end, whole = trained(path, compile, epochs), trained(None, compile, epochs)
    left = sorted(file.name for file in Path(folder).iterdir())
    print(json.dumps({"killed": killed, "writing": writing, "same": end == whole, "left": left}))


if __name__ == "__main__":
    main(*sys.argv[1:])
