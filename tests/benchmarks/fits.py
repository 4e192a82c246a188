"""Training on 8,000 handwritten digits, all that happens after import included.

784-128-10, five epochs, batches of 64, SGD with momentum: ``nn.fit`` (which compiles by itself), a
plain PyTorch loop, scikit-learn's MLPClassifier. Each run is a process of its own that times itself
from behind its imports; the accuracy on held-out digits stands beside.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from harness import Row, installed

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 7

DATA = """
import time, warnings
import numpy as np
import nn
X, y = nn.datasets.mnist10k("train")
X_test, y_test = nn.datasets.mnist10k("test")
"""

OURS = """
start = time.perf_counter()
model = nn.MLP([784, 128, 10], activation="relu", seed=0)
nn.fit(model, (X, y), loss=nn.CrossEntropyLoss(), optimizer=nn.SGD(lr=0.05, momentum=0.9),
       epochs=5, batch_size=64, progress=False)
took = time.perf_counter() - start
guess = model.predict(X_test).argmax(1)
"""

PYTORCH = """
import torch
start = time.perf_counter()
x, t = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
loss = torch.nn.CrossEntropyLoss()
data = torch.utils.data.TensorDataset(x, t)
loader = torch.utils.data.DataLoader(data, batch_size=64, shuffle=True)
for _ in range(5):
    for a, b in loader:
        optimizer.zero_grad()
        loss(model(a), b).backward()
        optimizer.step()
took = time.perf_counter() - start
with torch.no_grad():
    guess = model(torch.tensor(X_test, dtype=torch.float32)).argmax(1).numpy()
"""

SKLEARN = """
from sklearn.neural_network import MLPClassifier
start = time.perf_counter()
model = MLPClassifier((128,), solver="sgd", learning_rate_init=0.05, momentum=0.9, batch_size=64,
                      nesterovs_momentum=False, max_iter=5, n_iter_no_change=6, alpha=0.0,
                      random_state=0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # five epochs are not enough, it says
    model.fit(X, y)
took = time.perf_counter() - start
guess = model.predict(X_test)
"""

TELL = """
print(took, float(np.mean(guess == y_test)))
"""


def run(program: str) -> tuple[float, float]:
    """Seconds and accuracy of one run in a process of its own."""
    command = [sys.executable, "-c", DATA + program + TELL]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    seconds, accuracy = map(float, done.stdout.split()[-2:])
    return seconds, accuracy


def rows() -> list[Row]:
    programs = {"ours": OURS}
    if installed("torch"):
        programs["PyTorch"] = PYTORCH
    if installed("sklearn"):
        programs["scikit-learn"] = SKLEARN
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, program in programs.items():
            found[name].append(run(program))
    times = {name: statistics.median(s for s, _ in runs) for name, runs in found.items()}
    shares = {name: statistics.median(a for _, a in runs) for name, runs in found.items()}
    reached = ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
    what = f"784-128-10 on 8,000 digits, 5 epochs, in a new process (right: {reached})"
    return [Row(what, "s", times, {"PyTorch": 0.3, "scikit-learn": 0.85})]
