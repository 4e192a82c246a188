"""Change a file in every small way and see that its tests notice: ``python -m tests.mutation``.

Names of files choose among ``targets.py`` (all by default); ``--sample 50`` tries so many changes
of each, drawn by ``--seed``. Changes that pass must be in ``equivalent.toml``, with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from mutations import Mutation, mutations  # noqa: E402
from targets import TARGETS  # noqa: E402
from trial import ROOT, load, trial, workplace  # noqa: E402


def main() -> None:
    """Try them, print each that passes, and a line of figures for each file."""
    options = parser().parse_args()
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.nice(options.nice)
    load()
    chosen = [path for path in TARGETS if any(path.endswith(name) for name in options.files)]
    left = sum([tried(path, options) for path in chosen or TARGETS])
    sys.exit(1 if left else 0)


def parser() -> argparse.ArgumentParser:
    """What may be said."""
    words = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    words.add_argument("files", nargs="*", help="ends of paths, such as reverse.py")
    words.add_argument("--sample", type=int, help="how many changes of each file, at most")
    words.add_argument("--seed", type=int, default=0, help="which")
    words.add_argument("--nice", type=int, default=10, help="how far to stand back")
    words.add_argument("--log", type=Path, help="a file of JSON lines: read, and added to")
    words.add_argument("--again", action="store_true", help="only what passed, by the log")
    return words


def tried(path: str, options: argparse.Namespace) -> int:
    """Try the changes of one file; how many pass that are not known to be equivalent."""
    source = (ROOT / path).read_text(encoding="utf-8")
    every = mutations(source)
    some = drawn(every, options)
    excused = {(e["where"], e["line"], e["change"]) for e in equivalents() if e["file"] == path}
    for stale in sorted(excused - {mutation.key for mutation in every}):
        print(f"{path}: equivalent.toml names a change that is no longer there: {stale[-1]}")
    known = logged(options.log, path)
    results: dict[str, int] = dict.fromkeys(("failed", "timeout", "equivalent", "passed"), 0)
    with workplace() as folder:
        outcome, first, seconds = trial(folder, TARGETS[path], 900)
        if outcome != "passed":
            raise SystemExit(f"{path}: its tests fail as it is: {first}")
        for mutation in some:
            outcome, first = known.get(mutation.key, ("", ""))
            if not outcome or (options.again and outcome == "passed"):
                (folder / path).write_text(mutation.applied(source), encoding="utf-8")
                outcome, first, _ = trial(folder, TARGETS[path], 20 + 4 * seconds)
                write(options.log, path, mutation, outcome, first)
            if outcome == "passed" and mutation.key in excused:
                outcome = "equivalent"
            if outcome == "passed":
                print(f"{path}:{mutation.line} {mutation.where}: {mutation.key[-1]}", flush=True)
            results[outcome] += 1
    print(figures(path, len(every), results), flush=True)
    return results["passed"]


def drawn(every: list[Mutation], options: argparse.Namespace) -> list[Mutation]:
    """All, or a sample in the order of the lines."""
    shuffled = random.Random(options.seed).sample(every, len(every))
    return sorted(shuffled[: options.sample], key=lambda m: m.span)


def equivalents() -> list[dict[str, str]]:
    """Changes that change nothing that can be seen, each with the reason."""
    text = (HERE / "equivalent.toml").read_text(encoding="utf-8")
    found: list[dict[str, str]] = tomllib.loads(text)["equivalent"]
    return found


def figures(path: str, count: int, results: dict[str, int]) -> str:
    """The result for a file in words."""
    tried = sum(results.values())
    parts = ", ".join(f"{n} {name}" for name, n in results.items() if n)
    open_to_doubt = tried - results["equivalent"]
    share = results["passed"] / open_to_doubt if open_to_doubt else 0.0
    return f"{path}: {tried} of {count} changes: {parts}; {share:.1%} pass"


def logged(log: Path | None, path: str) -> dict[tuple[str, str, str], tuple[str, str]]:
    """What is known from earlier runs."""
    if log is None or not log.exists():
        return {}
    rows: list[Any] = [json.loads(line) for line in log.read_text().splitlines()]
    return {
        (row["where"], row["line"], row["change"]): (row["outcome"], row["first"])
        for row in rows
        if row["file"] == path
    }


def write(log: Path | None, path: str, mutation: Mutation, outcome: str, first: str) -> None:
    """Keep a result for later runs."""
    if log is not None:
        where, line, change = mutation.key
        row = {"file": path, "where": where, "line": line, "change": change}
        row |= {"outcome": outcome, "first": first}
        with log.open("a") as file:
            file.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
