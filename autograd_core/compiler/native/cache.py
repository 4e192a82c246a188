"""Machine code on disk, so that the next process need not compile it.

Code is run as it is found, so it is only read from a folder and files that nobody but this user can
write, in folders where nobody else can put another in its place. A file that is damaged, renamed
or anybody else's counts as missing. No failure here is an error.
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
        for missing in [x for x in (*reversed(path.parents), path) if not x.exists()]:
            missing.mkdir(mode=0o700, exist_ok=True)
        safe = ours(os.lstat(path), stat.S_ISDIR) and all(map(guarded, path.resolve().parents))
        return path if safe else None
    except OSError:
        return None


def guarded(above: Path) -> bool:
    """Whether nobody else can rename what is in a folder: it is not theirs to write, or sticky."""
    info = os.stat(above)
    if not hasattr(os, "getuid"):
        return True
    closed = not info.st_mode & 0o022 or bool(info.st_mode & stat.S_ISVTX)
    return closed and info.st_uid in (0, os.getuid())


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
    return data if data and seal(name, data) == digest else None


def seal(name: str, data: bytes) -> bytes:
    """What stands before the code: it belongs to this name, and is whole."""
    return hashlib.sha256(name.encode() + b"\0" + data).digest()


def save(name: str, data: bytes) -> None:
    """Keep it: written beside, then renamed, so that no process sees half of it."""
    where = folder()
    if where is None:
        return
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=where, prefix=".")
        try:
            with open(handle, "wb") as file:
                file.write(seal(name, data) + data)
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
