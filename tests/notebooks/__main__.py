"""Run notebooks and compare with what is committed: ``python -m tests.notebooks [--write] [01 …]``.

``--write`` keeps the new outputs. A name is any part of a file's name; without one, all are run.
"""

from __future__ import annotations

import argparse
import copy
import sys
import time
from pathlib import Path

from tests.notebooks.committed import differences, notebooks, read, tidy, write
from tests.notebooks.execute import executed


def main() -> None:
    """Run what is named, one after the other; exit with 1 if any differs and is not kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks", description=__doc__)
    parser.add_argument("names", nargs="*", help="parts of file names, such as 01")
    parser.add_argument("--write", action="store_true", help="keep the new outputs")
    options = parser.parse_args()
    chosen = [
        p for p in notebooks() if not options.names or any(n in p.name for n in options.names)
    ]
    if not chosen:
        parser.error(f"no notebook is called {' or '.join(options.names)}")
    changed = [path for path in chosen if differs(path, keep=options.write)]
    sys.exit(bool(changed) and not options.write)


def differs(path: Path, *, keep: bool) -> bool:
    """Run one notebook, say what is new, and write it if wanted."""
    committed = read(path)
    start = time.perf_counter()
    run = tidy(executed(copy.deepcopy(committed)))
    found = list(differences(committed, run))
    verdict = "in step" if not found else f"{len(found)} cells differ"
    print(f"{path.name}: {time.perf_counter() - start:.1f} s, {verdict}")
    if keep:
        write(run, path)
    else:
        print(*found, sep="\n", end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    main()
