"""A change, tried: in a copy of the project, in a process of its own, with an end to its time.

Python, NumPy and the tools of the tests are loaded once, and a process that tries a change is split
off: what is left of a trial is the time of its tests.
"""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOADED = "numpy numpy.testing pytest _pytest.assertion.rewrite xdist hypothesis scipy scipy.special"
MEMORY = 8 << 30
"""Bytes that one trial may take."""


@contextmanager
def workplace() -> Iterator[Path]:
    """A copy of the files that git knows, which goes with the body; the original is only read."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        for name in listed.stdout.splitlines():
            if (ROOT / name).is_file() and not name.startswith("notebooks/"):
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, target)
        yield Path(folder)


def load() -> None:
    """What all trials share."""
    for name in LOADED.split():
        with suppress(ImportError):
            importlib.import_module(name)


class First:
    """A plugin of pytest that writes down which test failed first."""

    def __init__(self, file: int) -> None:
        self.file = file

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            os.write(self.file, f"{report.nodeid} ".encode())

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            os.write(self.file, f"collecting {report.nodeid} ".encode())


def trial(folder: Path, tests: list[str], seconds: float) -> tuple[str, str, float]:
    """Run the tests: "passed", "failed" or "timeout", the first that failed, and the seconds."""
    began = time.monotonic()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        in_child(folder, tests, writer)
    os.close(writer)
    status = None
    while status is None and time.monotonic() - began < seconds:
        ended, code = os.waitpid(child, os.WNOHANG)
        status = code if ended else time.sleep(0.02)
    if status is None:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with os.fdopen(reader) as file:
        first = file.read() if status is not None else ""
    outcome = "timeout" if status is None else "failed" if status else "passed"
    return outcome, first.strip(), time.monotonic() - began


def in_child(folder: Path, tests: list[str], writer: int) -> None:
    """Be the process of a trial; its exit status is that of pytest."""
    code: int = 70
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "XDG_CACHE_HOME": str(folder / ".cache")}
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        sys.path[:] = [str(folder), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
        sys.dont_write_bytecode = True
        import pytest

        options = ["-x", "-n0", "-pno:cacheprovider", "-Wignore::pytest.PytestAssertRewriteWarning"]
        found = [t for t in tests if (folder / t.partition("::")[0]).exists()]
        code = int(pytest.main([*options, *found], plugins=[First(writer)]))
    except BaseException as error:
        os.write(writer, repr(error).encode())
    finally:
        os._exit(code)
