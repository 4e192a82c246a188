"""Machine code on disk, so that the next process need not compile it.

Code is run as it is found, so it is only read from a folder and files that nobody but this user can
write. A file that is damaged, or anybody else's, counts as missing. No failure here is an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

VARIABLE = "AUTOGRAD_CORE_CACHE"
"""Environment variable that names another folder; empty: no cache."""

LIMIT = 256
"""Files that are kept; the oldest are removed."""


def key(*parts: str) -> str:
    """A name for what is made of these texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def place() -> Path | None:
    """The folder as asked for by the environment."""
    asked = os.environ.get(VARIABLE)
    if asked is not None:
        return Path(asked).expanduser() if asked else None
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "autograd_core"


def folder() -> Path | None:
    """The folder, made if need be; None if there is none that is safe."""
    path = place()
    if path is None or not path.is_absolute():
        return None
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return path if ours(os.lstat(path), stat.S_ISDIR) else None
    except OSError:
        return None


def ours(info: os.stat_result, is_kind: object) -> bool:
    """Whether a folder or file is this user's, and nobody else can write to it."""
    if not is_kind(info.st_mode):  # type: ignore[operator]
        return False
    if not hasattr(os, "getuid"):  # Windows: a user's own folders are closed to others
        return True
    return info.st_uid == os.getuid() and not info.st_mode & 0o022


def load(name: str) -> bytes | None:
    """What was saved, or None."""
    where = folder()
    if where is None:
        return None
    try:
        handle = os.open(where / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with open(handle, "rb") as file:
            if not ours(os.fstat(handle), stat.S_ISREG):
                return None
            digest, data = file.read(32), file.read()
    except OSError:
        return None
    return data if data and hashlib.sha256(data).digest() == digest else None


def save(name: str, data: bytes) -> None:
    """Keep it: written beside, then renamed, so that no process sees half of it."""
    where = folder()
    if where is None:
        return
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=where, prefix=".")
        try:
            with open(handle, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            os.replace(temporary, where / name)
        except OSError:
            os.unlink(temporary)
            raise
        trim(where)


def trim(where: Path) -> None:
    """Remove the oldest files, if there are too many."""
    files = [path for path in where.iterdir() if path.is_file()]
    if len(files) > LIMIT:
        files.sort(key=lambda path: path.stat().st_mtime)
        for path in files[: len(files) - LIMIT]:
            path.unlink(missing_ok=True)
