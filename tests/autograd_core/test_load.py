"""Much of everything: deep graphs, many steps, threads, tasks and processes.

What a graph costs and when it is freed is in ``test_graph.py``.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.compiler.native import available

ROOT = Path(__file__).resolve().parents[2]
SHARED = np.linspace(-1.0, 1.0, 600).reshape(20, 30)
SHARED.flags.writeable = False
BACKENDS = ["numpy", pytest.param("native", marks=pytest.mark.skipif(
    not available(), reason="llvmlite is not installed"))]  # fmt: skip
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")


def loss(x, w=SHARED):
    return np.sum(np.tanh(w @ x) ** 2) + np.sum(np.where(x > 0, x, 0.1 * x))


def resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the system does not tell what is in use"
)


# graphs


@needs_proc
@pytest.mark.nightly
def test_ten_million_scalar_operations():
    x = ag.Node(0.5)
    y, before = x, resident()
    for _ in range(10**7):
        y = y * 1.0000001
    taken = (resident() - before) / 10**7
    y.backward()
    assert x.grad == pytest.approx(np.exp(1.0), rel=1e-6)
    assert taken < 200
    del y
    assert resident() - before < 10**9


ENDLESS = """
import resource, sys
import numpy as np, autograd_core as ag
taken = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
before = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (taken + 2**26, before[1]))
x = ag.Node(np.ones(1000))
y = x
try:
    while True:
        y = y * 1.0001
except MemoryError as error:  # whose traceback holds the graph's end
    print(isinstance(error, MemoryError), "Unable to allocate" in str(error))
resource.setrlimit(resource.RLIMIT_AS, before)  # CPython 3.13 frees long chains on a deep stack
y = None
np.sum(x * 2.0).backward()
print(ag.is_recording(), x.grad[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory cannot be limited here")
def test_a_graph_that_does_not_fit_is_a_memory_error_and_nothing_else():
    command = [sys.executable, "-c", ENDLESS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True", "2.0"]


# threads


def in_threads(count, work):
    """What ``work(i)`` gives in each of many threads that begin at the same time."""
    gate = threading.Barrier(count)

    def begin(i):
        gate.wait()
        return work(i)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def points(i):
    return np.random.default_rng(i).normal(size=30)


WANTED = [ag.grad(loss)(points(i)) for i in range(16)]


def right(f, i, times):
    return all(np.allclose(f(points(i)), WANTED[i], rtol=1e-12, atol=1e-13) for _ in range(times))


def sixteen(f, times):
    assert in_threads(16, lambda i: right(f, i, times)) == [True] * 16


def with_leaves(x):
    """By hand: a leaf of each thread's own, and one that all share and none changes."""
    leaf = ag.Node(x)
    out = loss(leaf, PARAMETER)
    if threading.get_ident() % 2:
        with ag.no_grad():
            loss(leaf, PARAMETER)
    out.backward()
    return leaf.grad


PARAMETER = ag.Node(SHARED, requires_grad=False)


def test_sixteen_threads_differentiate_with_shared_parameters():
    sixteen(ag.grad(loss), 15)
    sixteen(with_leaves, 15)


@pytest.mark.parametrize("backend", BACKENDS)
def test_sixteen_threads_share_one_compiled_function(backend):
    sixteen(ag.compile(ag.grad(loss), backend=backend), 15)


@pytest.mark.nightly
@pytest.mark.parametrize("backend", BACKENDS)
def test_sixteen_threads_share_one_compiled_function_for_long(backend):
    for _ in range(20):  # each compiled anew, by whichever thread is first
        sixteen(ag.compile(ag.grad(loss), backend=backend), 200)


@pytest.mark.nightly
def test_sixteen_threads_differentiate_for_long():
    sixteen(ag.grad(loss), 1000)
    sixteen(with_leaves, 1000)


# tasks


def test_tasks_have_their_own_mode():
    async def task(i):
        x = ag.Node(float(i))
        found = []
        for _ in range(5):
            if i % 2:
                with ag.no_grad():
                    await asyncio.sleep(0)
                    found.append((x * 2.0).requires_grad)
            else:
                await asyncio.sleep(0)
                (x * 3.0).backward()
                found.append((x * 2.0).requires_grad)
        return found == [i % 2 == 0] * 5 and (x.grad == 15.0 if i % 2 == 0 else x.grad is None)

    async def all_of_them():
        return await asyncio.gather(*(task(i) for i in range(100)))

    assert asyncio.run(all_of_them()) == [True] * 100


# processes


def gradient_there(i):
    """In another process; compiled as well as not."""
    compiled = ag.compile(ag.grad(loss), backend="auto")
    return right(ag.grad(loss), i, 2) and right(compiled, i, 3) and right(COMPILED, i, 3)


COMPILED = ag.compile(ag.grad(loss), backend="auto")


@forks
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_processes_that_are_forked_after_compiling():
    assert right(COMPILED, 0, 3)
    np.ones((300, 300)) @ np.ones((300, 300))  # BLAS has begun its threads, if it has any
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(gradient_there, range(4)).get(timeout=120) == [True] * 4


SPAWNED = """
import multiprocessing
from test_load import gradient_there
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print(pool.map(gradient_there, range(4)))
"""


@pytest.mark.nightly
def test_processes_that_are_spawned(tmp_path):
    script = tmp_path / "spawned.py"
    script.write_text(SPAWNED)
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("\n")[0] == str([True] * 4)
