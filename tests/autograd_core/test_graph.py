"""The graph: its depth, its time, its memory and its threads."""

from __future__ import annotations

import contextlib
import gc
import itertools
import sys
import threading
import time
import tracemalloc
import weakref

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.graph import ancestry, summary


def chain(x, n):
    for _ in range(n):
        x = x * 1.0
    return x


@pytest.fixture
def uncollected():
    """The garbage collector switched off: only reference counts free."""
    gc.collect()
    gc.freeze()  # what the other tests made need not be looked at again and again
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


def test_a_million_operations_build_differentiate_and_are_freed(uncollected):
    x = ag.Node(2.0)
    y = chain(x, 1_000_000)
    alive = weakref.ref(y)
    y.backward()
    assert x.grad == 1.0
    del y
    assert alive() is None
    assert sys.getrecursionlimit() < 100_000


def test_a_deep_graph_in_forward_mode_and_through_transforms():
    assert ag.jvp(lambda x: chain(x, 20_000), (2.0,), (1.0,)) == (2.0, 1.0)
    assert ag.grad(ag.grad(lambda x: chain(x, 5_000) * x))(2.0) == 2.0
    assert ag.jvp(ag.grad(lambda x: chain(x, 5_000) * x), (2.0,), (1.0,))[1] == 2.0


def test_a_deep_masked_graph():
    """The sweep that keeps structural zeros apart is a loop as well."""

    def f(x):
        y = np.where(np.array([False, True]), np.sqrt(x), 0)
        return np.sum(chain(y, 20_000))

    np.testing.assert_array_equal(ag.grad(f)(np.array([0.0, 0.25])), [0.0, 1.0])


def test_summary_and_ancestry_do_not_recurse():
    x = ag.Node(2.0)
    y = chain(x, 20_000)
    assert summary(y) == "20000 operations on 1 leaves"
    order = ancestry([y]).order
    assert [a.birth < b.birth for a, b in itertools.pairwise(order[:101])] == [True] * 100


def test_diamonds_are_linear():
    """Each node is used twice: 2^200 paths, 200 nodes."""
    x = ag.Node(1.0)
    y = x
    for _ in range(200):
        y = 0.5 * y + 0.5 * y
    start = time.process_time()
    y.backward()
    assert time.process_time() - start < 1.0
    assert x.grad == 1.0
    assert len(ancestry([y]).order) == 600
    f = lambda x: np.prod(np.stack([x, x, x, x, x]))
    for expected in (5.0, 20.0, 60.0):
        f = ag.grad(f)
        assert f(1.0) == expected


def test_a_node_used_many_times():
    x = ag.Node(1.0)
    y = x * 2
    total = 0.0
    for _ in range(1000):
        total = total + y
    total.backward()
    assert x.grad == 2000.0


def test_a_graph_is_freed_by_reference_counts(uncollected):
    x = ag.Node(np.ones(3))
    inner = np.sin(x) * x
    alive = weakref.ref(inner)
    y = np.sum(inner[1:] ** 2)
    y.backward()
    del inner, y
    assert alive() is None


GRAPHS = {
    "arithmetic": lambda x: np.sum(np.tanh(x * x) + x / 2),
    "indexing": lambda x: sum(x[i] * x[i] for i in range(5)),
    "joining": lambda x: np.sum(np.concatenate([x, np.stack([x[0], x[1]])])),
    "products": lambda x: np.einsum("i,i->", x, x) + x @ x,
    "reductions": lambda x: np.max(x) + np.prod(x) + np.std(x),
    "several results": lambda x: SEVERAL(x)[0],
    "function": lambda x: np.sum(Square.apply(x)),
    "checkpoint": lambda x: ag.checkpoint(lambda x: np.sum(np.sin(x)))(x),
    "at": lambda x: np.sum(x.at[0].set(x[1] * 2)),
    "buffer": lambda x: filled(x),
    "masked": lambda x: np.sum(np.where(x.value > 0.5, np.sqrt(x), 0)),
    "inner gradient": lambda x: np.sum(ag.grad(lambda y: np.sum(y**2 * x))(x)),
}
SEVERAL = ag.primitive(lambda x: (np.sum(x), x))
SEVERAL.defvjp(lambda g, out, x: g[0] + g[1])


class Square(ag.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 2 * g * ctx.x


def filled(x):
    out = ag.buffer(np.zeros(5))
    for i in range(5):
        out[i] = x[i] ** 2
    return np.sum(out)


@pytest.mark.parametrize("name", GRAPHS)
def test_no_operation_makes_a_reference_cycle(name, uncollected):
    f = GRAPHS[name]
    for work in (lambda: f(ag.Node(np.arange(5.0))).backward(), lambda: ag.grad(f)(np.arange(5.0))):
        work()
        gc.collect()
        work()
        assert [x for x in unreachable() if isinstance(x, ag.Node)] == []


def unreachable():
    """What the collector finds: everything that only a cycle kept alive."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def test_memory_returns_to_where_it_was(uncollected):
    w = ag.Node(np.ones((50, 50)))

    def step():
        y = np.sum(np.tanh(np.tanh(w @ w) @ w))
        y.backward()
        w.zero_grad()

    step()
    tracemalloc.start()
    try:
        step()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(20):
            step()
        assert tracemalloc.get_traced_memory()[0] - before < 20_000  # one 50 x 50 array
    finally:
        tracemalloc.stop()


def test_an_exception_frees_the_graph(uncollected):
    alive = []

    def f(x):
        y = x * 2
        alive.append(weakref.ref(y))
        raise KeyError

    for _ in range(3):
        with contextlib.suppress(KeyError):
            ag.grad(f)(1.0)
    assert [r() for r in alive] == [None] * 3


def test_threads_in_parallel_with_their_own_mode():
    x = np.linspace(0.1, 1.0, 50)
    expected = ag.grad(lambda x: np.sum(np.sin(x) * x))(x)
    failures = []
    barrier = threading.Barrier(8)

    def work(k):
        barrier.wait()
        for _ in range(50):
            if k % 2:
                with ag.no_grad():
                    y = np.sin(ag.Node(x)) * 2
                if y.requires_grad:
                    failures.append("recorded inside no_grad")
            else:
                leaf = ag.Node(x)
                np.sum(np.sin(leaf) * leaf).backward()
                if not np.array_equal(leaf.grad, expected):
                    failures.append("wrong gradient")

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_graph_can_be_differentiated_in_another_thread():
    x = ag.Node(3.0)
    y = x * x
    thread = threading.Thread(target=y.backward)
    thread.start()
    thread.join()
    assert x.grad == 6.0


@pytest.mark.parametrize("error", [MemoryError, ValueError], ids=lambda error: error.__name__)
def test_an_exception_of_an_operation_frees_the_graph(error, uncollected):
    def fail(x):
        raise error("on purpose")

    broken = ag.primitive(fail)
    y = ag.Node(np.ones(3)) * 2
    alive = weakref.ref(y)
    with contextlib.suppress(error):
        broken(y)
    del y
    assert alive() is None
