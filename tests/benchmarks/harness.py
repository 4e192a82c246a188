"""Timing side by side: every contender takes its turn in each round, and rows compare medians.

These machines are shared and noisy, so ratios from one interleaved run are what can be compared; a
single absolute time is not. ``python -m tests.benchmarks`` runs every suite and prints one Markdown
table.
"""

from __future__ import annotations

import gc
import importlib.util
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Row:
    """One line of the table: what was timed, our time, and how it compares."""

    what: str
    unit: str
    times: dict[str, float]
    limits: dict[str, float] = field(default_factory=dict)

    def cells(self) -> list[str]:
        ours = self.times["ours"]
        ratios = []
        for name, theirs in self.times.items():
            if name == "ours":
                continue
            ratio = ours / theirs
            limit = self.limits.get(name)
            verdict = (
                "" if limit is None else f" (limit {limit:g}{'' if ratio <= limit else ', MISSED'})"
            )
            ratios.append(f"{ratio:.2f} × {name}{verdict}")
        peers = ", ".join(f"{name} {t:.3g}" for name, t in self.times.items() if name != "ours")
        return [self.what, f"{ours:.3g} {self.unit}", peers or "–", "; ".join(ratios) or "–"]


def installed(package: str) -> bool:
    """Whether a contender can take part."""
    return importlib.util.find_spec(package) is not None


def interleaved(
    contenders: dict[str, Callable[[], object]], rounds: int = 30, number: int = 10
) -> dict[str, float]:
    """Median seconds per call, A B A B; each turn is ``number`` calls."""
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for call in contenders.values():
        call()
    for _ in range(rounds):
        for name, call in contenders.items():
            gc.collect()
            start = time.perf_counter()
            for _ in range(number):
                call()
            samples[name].append((time.perf_counter() - start) / number)
    return {name: statistics.median(times) for name, times in samples.items()}


def scaled(times: dict[str, float], factor: float) -> dict[str, float]:
    """The same times in another unit."""
    return {name: t * factor for name, t in times.items()}


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| what | ours | others | ratio |", "|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row.cells()) + " |" for row in rows)])
