"""Machine code on disk: found again, and never trusted when it is damaged or anybody's."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def program(write):
    x = write.input(np.arange(4.0))
    return write.program(write(np.add, write(np.exp, x), 1.5))


def result(native, program):
    runner = native.runner(program)
    np.testing.assert_allclose(runner(np.arange(4.0))[0], np.exp(np.arange(4.0)) + 1.5)
    return runner.library.cached


def folder():
    return Path(os.environ["AUTOGRAD_CORE_CACHE"])


def test_the_next_process_finds_the_code(native, program):
    assert not result(native, program)
    assert result(native, program)
    assert folder().stat().st_mode & 0o777 == 0o700
    assert len(list(folder().iterdir())) == 1


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "text"])
def test_damaged_code_is_made_anew(native, program, damage):
    result(native, program)
    (file,) = folder().iterdir()
    data = file.read_bytes()
    broken = {"cut": data[:-9], "empty": b"", "changed": data[:-1] + b"\1", "text": b"abc" * 99}
    file.write_bytes(broken[damage])
    assert not result(native, program)
    assert result(native, program)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("open_to_all", ["folder", "file"])
def test_what_others_can_write_is_not_run(native, program, open_to_all):
    result(native, program)
    (file,) = folder().iterdir()
    (folder() if open_to_all == "folder" else file).chmod(0o777)
    assert not result(native, program)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
@pytest.mark.parametrize("level", [0, 1])
def test_nothing_is_run_where_others_can_put_another_folder(
    native, program, monkeypatch, tmp_path, mode, level
):
    above = tmp_path / "above"
    monkeypatch.setenv("AUTOGRAD_CORE_CACHE", str(above / "between" / "cache"))
    assert not result(native, program)
    assert result(native, program)
    opened = folder().parents[level]
    assert opened.stat().st_mode & 0o777 == 0o700
    opened.chmod(mode)
    assert not result(native, program)
    opened.chmod(mode | 0o1000)  # as /tmp: only owners rename
    assert result(native, program)


def test_code_of_another_name_is_not_run(native, write, program):
    result(native, program)
    (mine,) = folder().iterdir()
    native.runner(write.program(write(np.sin, write.inputs[0][0])))
    (other,) = set(folder().iterdir()) - {mine}
    other.replace(mine)  # whole, of this user, and another program's
    assert not result(native, program)


def test_a_link_is_not_followed(native, program, tmp_path):
    result(native, program)
    (file,) = folder().iterdir()
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert not result(native, program)


@pytest.mark.parametrize("where", ["", "relative", "/dev/null/none"])
def test_without_a_folder_everything_is_compiled(native, program, monkeypatch, where):
    monkeypatch.setenv("AUTOGRAD_CORE_CACHE", where)
    assert not result(native, program)
    assert not result(native, program)


def test_another_program_has_another_file(native, write, program):
    result(native, program)
    native.runner(write.program(write(np.sin, write.inputs[0][0])))
    assert len(list(folder().iterdir())) == 2


def test_threads_can_compile_at_once(native, program):
    done = []
    work = lambda: done.append(result(native, program))
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert len(list(folder().iterdir())) == 1


def test_old_files_go(native, program, monkeypatch):
    from autograd_core.compiler.native import cache

    monkeypatch.setattr(cache, "LIMIT", 3)
    for k in range(6):
        cache.save(cache.key(str(k)), b"code")
    assert len(list(folder().iterdir())) == 3


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    from autograd_core.compiler.native import cache

    monkeypatch.delenv("AUTOGRAD_CORE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.place() == tmp_path / "autograd_core"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache.place() == Path("~/.cache/autograd_core").expanduser()


def test_importing_it_loads_no_compiler():
    code = "import sys, autograd_core.compiler.native; print('llvmlite' in sys.modules)"
    run = [sys.executable, "-c", code]
    root = Path(__file__).parents[4]
    done = subprocess.run(run, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
