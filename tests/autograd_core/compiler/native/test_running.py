"""What surrounds the arithmetic: memory written in place, guards, calls of Python, threads."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest

from autograd_core.compiler.program import Memory, Slot


def momentum(write, parameters, velocity, gradient):
    """An optimiser's lines; the new velocity and the new parameters."""
    v = write(np.subtract, write(np.multiply, velocity, 0.9), gradient)
    return v, write(np.add, parameters, v)


def test_memory_changes_in_place_after_all_that_reads_it(write, native, rng):
    flat, speed = rng.normal(size=12), np.zeros(12)
    view = flat[2:8].reshape(2, 3)  # a leaf's value, which shows the same memory
    w = write.input(view, Slot(None, "value"))
    p, s = write.memory(flat), write.memory(speed)
    g = write(np.concatenate, (write(np.reshape, write(np.exp, w), (6,)), np.ones(6)), axis=0)
    v, new = momentum(write, p, s, g)
    seen = write(np.multiply, w, 2.0)
    program = write.program(
        seen, writes=[(Memory(speed), v), (Memory(flat), new), (Slot(None, "grad"), g)], guards=[g]
    )
    run = native.runner(program)
    for _ in range(3):
        before, speed_before = flat.copy(), speed.copy()
        gradient = np.concatenate([np.exp(before[2:8]), np.ones(6)])
        out = run(view, flat, speed)
        assert out[1] is speed
        assert out[2] is flat
        np.testing.assert_allclose(out[0], 2 * before[2:8].reshape(2, 3), rtol=1e-14)
        np.testing.assert_allclose(out[3], gradient, rtol=1e-14)
        np.testing.assert_allclose(speed, 0.9 * speed_before - gradient, rtol=1e-13)
        np.testing.assert_allclose(flat, before + speed, rtol=1e-13)


def test_what_is_read_shifted_is_not_overwritten_before(write, native, rng):
    flat = rng.normal(size=9)
    p = write.memory(flat)
    part = write.input(flat[1:], Slot(None, "value"))
    longer = write(np.concatenate, (part, np.zeros(1)), axis=0)
    turned = write.item(p, slice(None, None, -1))
    new = write(np.add, write(np.add, p, longer), turned)
    run = native.runner(write.program(writes=[(Memory(flat), new)]))
    before = flat.copy()
    run(flat, flat[1:])
    want = before + np.append(before[1:], 0) + before[::-1]
    np.testing.assert_allclose(flat, want, rtol=1e-14)


def test_an_array_that_was_pickled_has_a_dtype_object_of_its_own(write, native):
    array = pickle.loads(pickle.dumps(np.arange(4.0)))
    x = write.input(array, Slot(None, "value"))
    run = native.runner(write.program(write(np.multiply, x, 2.0)))
    assert run(array)[0].tolist() == [0.0, 2.0, 4.0, 6.0]
    assert run(np.ones(4))[0].tolist() == [2.0, 2.0, 2.0, 2.0]


def test_memories_can_change_places(write, native):
    a, b = np.arange(4.0), np.arange(4.0) + 10
    x, y = write.memory(a), write.memory(b)
    native.runner(write.program(writes=[(Memory(a), y), (Memory(b), x)]))(a, b)
    np.testing.assert_array_equal(a, np.arange(4.0) + 10)
    np.testing.assert_array_equal(b, np.arange(4.0))


def test_memory_can_be_set_to_a_constant(write, native):
    a = np.arange(4.0)
    x = write.memory(a)
    out = native.runner(write.program(x, writes=[(Memory(a), np.full(4, 2.5))]))(a)
    np.testing.assert_array_equal(out[0], np.arange(4.0))
    np.testing.assert_array_equal(a, 2.5)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_guard_that_is_nan_leaves_everything_as_it_was(write, native, size):
    state = np.ones(size)
    x, p = write.input(np.ones(size)), write.memory(state)
    g = write(np.log, x)
    new = write(np.subtract, p, g)
    run = native.runner(write.program(g, writes=[(Memory(state), new)], guards=[g]))
    bad = np.ones(size)
    bad[-1] = -1
    assert run(bad, state) is None
    np.testing.assert_array_equal(state, 1)
    assert run(np.full(size, 2.0), state) is not None
    np.testing.assert_allclose(state, 1 - np.log(2))


def test_an_index_out_of_range_raises_and_changes_nothing(write, native):
    state = np.ones(3)
    i, p = write.input(np.array([0, 1])), write.memory(state)
    new = write(np.add, p, write(np.add.reduce, write.item(p, i), axis=(0,), keepdims=False))
    run = native.runner(write.program(writes=[(Memory(state), new)]))
    for index in ([0, 3], [-4, 0]):
        with pytest.raises(IndexError, match="out of bounds"):
            run(np.array(index), state)
    np.testing.assert_array_equal(state, 1)
    run(np.array([-3, 2]), state)
    np.testing.assert_array_equal(state, 3)


def test_results_are_new_arrays_and_numbers_have_their_types(write, native):
    x, n = write.input(np.arange(3.0)), write.input(2.0)
    y = write(np.multiply, x, n)
    total = write(np.add.reduce, y, axis=(0,), keepdims=False)
    part = write.item(y, slice(1, None))
    twice = write(np.multiply, n, 2.0)
    run = native.runner(write.program(x, y, y, part, total, twice))
    given = np.arange(3.0)
    first, second = run(given, 2.0), run(given, 3.0)
    np.testing.assert_array_equal(first[1], [0, 2, 4])
    np.testing.assert_array_equal(second[3], [3, 6])
    assert type(first[4]) is np.float64
    assert type(first[5]) is float
    arrays = [*first[:4], *second[:4], given]
    for i, a in enumerate(arrays):
        assert not any(np.shares_memory(a, b) for b in arrays[i + 1 :])


def test_lines_without_a_native_form_are_called_between(write, native, rng):
    x = write.input(rng.normal(size=(4, 4)) + 4 * np.eye(4))
    scaled = write(np.multiply, x, 2.0)
    inverse = write(np.linalg.inv, write(np.transpose, scaled, (1, 0)))
    z = write(np.add, inverse, 1j)
    one = write(np.real, z)
    y = write(np.exp, write(np.add, one, scaled))
    order = write(np.sort, write.item(y, 0))
    program = write.program(y, z, order, write.item(order, 1))
    run = native.runner(program)
    report = native.report(program)
    assert {line.function for line, _ in report["left"]} == {
        np.linalg.inv,
        np.add,
        np.real,
        np.sort,
    }
    for _ in range(2):
        for var, got in zip(program.results, write.run(program, run), strict=True):
            np.testing.assert_allclose(got, write.values[var], rtol=1e-12)


def test_a_tuple_comes_apart(write, native, rng):
    import operator

    from autograd_core.compiler.program import Line, Var

    x = write.input(rng.normal(size=(3, 3)))
    q, r = np.linalg.qr(write.values[x])
    members = write.var(q), write.var(r)
    both = Var(99, (), np.dtype(object), members=members)
    write.lines.append(Line(both, np.linalg.qr, (x,)))
    write.lines += [Line(m, operator.getitem, (both, i)) for i, m in enumerate(members)]
    product = write(np.dot, *members)
    out = native.runner(write.program(product, members[0]))(write.values[x])
    np.testing.assert_allclose(out[0], write.values[x], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(out[1], q)


def test_a_call_may_run_the_program_again(write, native):
    x = write.input(np.ones(3))
    inner = []

    def again(y):
        if len(inner) < 1:
            inner.append(None)
            inner[0] = run(np.full(3, 5.0))[0]
        return y + 1

    doubled = write(np.multiply, x, 2.0)
    kept = write(np.exp, doubled)
    inner.append(None)
    y = write(np.add, write(again, doubled), kept)
    inner.clear()
    run = native.runner(write.program(y))
    np.testing.assert_allclose(run(np.ones(3))[0], 3 + np.exp(2))
    np.testing.assert_allclose(inner[0], 11 + np.exp(10))


def test_threads_do_not_meet(write, native, rng):
    x = write.input(rng.normal(size=(60, 50)))
    y = write(np.dot, x, write(np.transpose, x, (1, 0)))
    z = write(np.tanh, write(np.add, y, 1.0))
    total = write(np.add.reduce, z, axis=(0, 1), keepdims=False)
    run = native.runner(write.program(z, total, writes=[(Slot(None, "grad"), y)]))
    wrong = []

    def work(seed):
        given = np.random.default_rng(seed).normal(size=(60, 50))
        want = np.tanh(given @ given.T + 1)
        for _ in range(30):
            z, total, y = run(given)
            fine = np.allclose(z, want) and np.isclose(total, want.sum())
            if not (fine and np.allclose(y, given @ given.T)):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_thousands_of_numbers_are_one_function(write, native):
    xs = [write.input(0.1 * k) for k in range(8)]
    for k in range(3000):
        f = (np.add, np.multiply, np.tanh, np.maximum)[k % 4]
        xs.append(write(f, *(xs[-1], xs[-8])[: f.nin]))
    program = write.program(*xs[-3:])
    report = native.report(program)
    assert report["functions"] == 1
    assert report["native"] == report["lines"] == 3000
    got = write.run(program, native.runner(program))
    np.testing.assert_allclose(got, [write.values[x] for x in xs[-3:]], rtol=1e-12)
    assert all(type(x) is float for x in got)


def test_buffers_are_used_again(write, native, rng):
    x = write.input(rng.normal(size=(64, 64)))
    y = x
    for _ in range(20):
        y = write(np.dot, write(np.tanh, y), x)
    report = native.report(write.program(y))
    assert report["bytes"] <= 3 * 64 * 64 * 8 + 64


def test_unneeded_arrays_stay_in_registers(write, native):
    x = write.input(np.ones(1000))
    y = write(np.exp, write(np.sin, write(np.multiply, x, 2.0)))
    report = native.report(write.program(write(np.add.reduce, y, axis=(0,), keepdims=False)))
    assert report["loops"] == 1
    assert report["bytes"] <= 64


def test_unfit_arrays_are_refused_before_they_are_read(write, native):
    from autograd_core.errors import CompileError

    x, n = write.input(np.ones((3, 4))), write.input(np.ones(()))
    run = native.runner(write.program(write(np.multiply, x, n)))
    np.testing.assert_array_equal(run(np.ones((3, 4)), 2.0)[0], 2)
    unfit = [np.ones((3, 5)), np.ones(12), np.ones((4, 3)).T, np.ones((3, 4), np.float32)]
    for wrong in [*unfit, np.ones(()), np.ones((3, 4, 1))]:
        with pytest.raises(CompileError, match="shapes and dtypes"):
            run(wrong, 2.0)


@pytest.mark.parametrize("dtype", [np.complex128, np.float16])
def test_guards_that_are_not_native_are_looked_at_too(write, native, dtype):
    state = np.ones(3)
    x, p = write.input(np.ones(3, dtype)), write.memory(state)
    g = write(np.square, x)
    new = write(np.add, p, 1.0)
    run = native.runner(write.program(g, writes=[(Memory(state), new)], guards=[g]))
    assert run(np.array([1, np.nan, 1], dtype), state) is None
    np.testing.assert_array_equal(state, 1)
    np.testing.assert_array_equal(run(np.full(3, 2, dtype), state)[0], 4)
    np.testing.assert_array_equal(state, 2)
