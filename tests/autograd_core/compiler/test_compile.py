"""``ag.compile``: what it keys on, what it refuses, and the doors to the world outside."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.errors import CompileError, CompileWarning

STEADY = 4  # calls after which a program runs


def compiled(f, **options):
    return ag.compile(f, **{"backend": "numpy", "strict": True} | options)


def settled(f, *args):
    for _ in range(STEADY):
        out = f(*args)
    return out


def test_a_program_runs_in_place_of_the_function_from_the_third_call_on():
    calls = []

    @compiled
    def f(x):
        calls.append(1)
        return np.sin(x) + 1

    for k in range(5):
        np.testing.assert_array_equal(f(np.full(3, float(k))), np.sin(np.full(3, float(k))) + 1)
    assert len(calls) == 2


def test_another_shape_dtype_or_option_has_a_program_of_its_own():
    f = compiled(lambda x, n: x * n)
    for x in (np.ones(2), np.ones(3), np.ones(2, np.float32)):
        for n in (2, 3):
            out = settled(f, x, n)
            assert out.dtype == x.dtype
            np.testing.assert_array_equal(out, x * n)


def test_python_floats_are_inputs_and_stay_weak():
    f = compiled(lambda x, rate: x * rate + rate)
    for rate in (0.1, 0.2, 0.3, 0.4):
        out = f(np.ones(2, np.float32), rate)
        assert out.dtype == np.float32
        np.testing.assert_allclose(out, 2 * rate, rtol=1e-6)
    assert len(f.variants) == 1


def test_containers_and_keywords_go_in_and_come_out():
    f = compiled(lambda p, *, shift: {"sum": p["a"] + p["b"][0], "shift": (shift, "text")})
    for k in (1.0, 2.0, 3.0):
        out = f({"a": np.ones(2), "b": [np.full(2, k)]}, shift=np.zeros(1))
        np.testing.assert_array_equal(out["sum"], [1 + k, 1 + k])
        assert out["shift"][1] == "text"


def test_results_are_nobody_elses_memory():
    f = compiled(lambda x: (x, x[1:], x * 2, x * 2))
    x = np.arange(3.0)
    first = settled(f, x)
    kept = [np.array(y) for y in first]
    second = f(x + 5)
    for y, saved in zip(first, kept, strict=True):
        np.testing.assert_array_equal(y, saved)
    arrays = [x, *first, *second]
    assert not any(np.shares_memory(a, b) for i, a in enumerate(arrays) for b in arrays[i + 1 :])


@pytest.mark.parametrize("backend", ["numpy", "auto"])
def test_what_is_reshaped_after_it_was_transposed_is_of_this_run(backend):
    def f(x):  # NumPy copies such a matrix, whose rows no longer lie one after the other
        return np.concatenate([np.reshape(np.dot(x, x).T, -1), np.ravel(x)])

    g = compiled(f, backend=backend)
    for k in range(6):
        x = np.arange(4.0).reshape(2, 2) + k
        np.testing.assert_array_equal(g(x), f(x))


def test_an_array_of_another_byte_order_is_refused():
    with pytest.raises(ag.errors.ArgumentTypeError, match="byte order"):
        compiled(lambda x: x * 2)(np.ones(2, np.dtype(float).newbyteorder()))


def test_a_node_comes_back_as_a_node_without_a_graph():
    w = ag.Node(np.ones(2))
    f = compiled(lambda x: np.sum(w * x))
    out = settled(f, np.ones(2))
    assert type(out) is ag.Node
    assert not out.requires_grad
    assert out.item() == 2.0


def test_inside_of_a_transform_the_function_itself_runs():
    f = compiled(lambda x: np.sum(x**3))
    settled(f, np.ones(2))
    np.testing.assert_array_equal(ag.grad(f)(np.array([1.0, 2.0])), [3.0, 12.0])
    np.testing.assert_array_equal(np.diag(ag.hessian(f)(np.array([1.0, 2.0]))), [6.0, 12.0])


# leaves


def test_leaves_are_read_when_the_program_runs():
    w = ag.Node(np.array([1.0, 2.0]))
    f = compiled(lambda x: np.sum(w * x))
    settled(f, np.ones(2))
    w.assign(np.array([10.0, 20.0]))
    assert f(np.ones(2)).item() == 30.0


def test_assignments_and_gradients_happen_outside():
    w, seen = ag.Node(np.array([1.0, 2.0])), ag.Node(0.0, requires_grad=False)

    @compiled
    def step(x):
        w.zero_grad()
        loss = np.sum(w * w * x)
        loss.backward()
        w.assign(w.value - 0.1 * w.grad)
        seen.assign(seen.value + 1.0)
        return loss

    expected = np.array([1.0, 2.0])
    for k in range(6):
        gradient = 2 * expected
        step(np.ones(2))
        expected = expected - 0.1 * gradient
        np.testing.assert_allclose(w.value, expected, rtol=1e-14)
        np.testing.assert_allclose(w.grad, gradient, rtol=1e-14)
        assert seen.value == k + 1
        assert type(seen.value) is float


def test_gradients_add_up_where_nobody_forgets_them():
    w = ag.Node(np.array([1.0, 2.0]))
    step = compiled(lambda x: np.sum(w * x).backward())
    for k in range(1, 7):
        step(np.ones(2))
        np.testing.assert_array_equal(w.grad, [k, k])


def test_a_graph_from_before_an_assignment_inside_is_refused():
    w = ag.Node(np.array([1.0]))
    step = compiled(lambda: w.assign(w.value * 2))
    settled(step)
    before = np.sum(w * w)
    step()
    with pytest.raises(ag.errors.AssignedError):
        before.backward()


def test_a_leaf_that_is_frozen_later_gets_no_gradient():
    w = ag.Node(np.ones(2))
    v = ag.Node(np.ones(2))

    @compiled
    def step():
        w.zero_grad()
        v.zero_grad()
        np.sum(w * v).backward()

    settled(step)
    w.requires_grad = False
    settled(step)
    assert w.grad is None
    np.testing.assert_array_equal(v.grad, [1.0, 1.0])


# what is outside


def test_a_mutable_array_changes_in_place():
    memory = np.zeros(3)

    @compiled
    def gather(x):
        kept = ag.mutable(memory)
        kept *= 0.5
        kept += x
        return kept.sum()

    expected = np.zeros(3)
    for k in range(6):
        total = gather(np.full(3, float(k)))
        expected = expected * 0.5 + k
        np.testing.assert_allclose(memory, expected)
        assert total == pytest.approx(expected.sum())


def test_an_array_that_is_changed_without_mutable_is_refused():
    memory = np.zeros(3)

    def gather(x):
        np.add(memory, x, out=memory)

    with pytest.raises(CompileError, match="mutable"):
        compiled(gather)(np.ones(3))


def test_an_argument_that_is_changed_in_place_is_changed():
    def double(x):
        x *= 2

    f = compiled(double)
    for _ in range(4):
        x = np.ones(2)
        f(x)
        np.testing.assert_array_equal(x, [2.0, 2.0])


def test_a_view_written_to_changes_what_it_shows():
    @compiled
    def f(x):
        y = x * 1.0
        column = y[:, 1]
        column += 10
        y[0] = 0
        np.add.at(y, np.array([1, 1]), 1.0)
        return y, column

    x = np.arange(6.0).reshape(3, 2)
    for k in range(4):
        want = x * (k + 1)
        want[:, 1] += 10
        want[0] = 0
        want[1] += 2
        y, column = f(x * (k + 1))
        np.testing.assert_array_equal(y, want)
        np.testing.assert_array_equal(column, want[:, 1])


def test_callbacks_are_called_once_for_every_run_and_draw_as_they_would():
    def noisy(rng):
        return lambda x: x + ag.callback(rng.normal, 0.0, 1.0, 3)

    plain, program = noisy(np.random.default_rng(5)), compiled(noisy(np.random.default_rng(5)))
    for _ in range(6):
        np.testing.assert_array_equal(program(np.zeros(3)), plain(np.zeros(3)))


def test_a_callback_sees_values_of_this_run():
    seen = []
    f = compiled(lambda x: ag.callback(lambda y: seen.append(y.copy()) or float(y.sum()), x * 2))
    for k in range(5):
        assert f(np.full(2, float(k))) == 4.0 * k
    np.testing.assert_array_equal(seen, [[2.0 * k] * 2 for k in range(5)])


def test_an_error_in_a_callback_leaves_everything_as_it_was():
    w = ag.Node(np.ones(2))

    def check(x):
        if x.min() < 0:
            raise ValueError("negative")

    @compiled
    def step(x):
        ag.callback(check, x)
        w.assign(w.value + x)

    settled(step, np.ones(2))
    before = w.value.copy()
    with pytest.raises(ValueError, match="negative"):
        step(-np.ones(2))
    np.testing.assert_array_equal(w.value, before)


def test_a_guard_is_asked_again():
    options = {"factor": 2}
    f = compiled(lambda x: x * ag.guard(lambda: options["factor"]))
    assert settled(f, 1.5) == 3.0
    options["factor"] = 3
    assert settled(f, 1.5) == 4.5
    options["factor"] = 2
    assert f(1.5) == 3.0


# what cannot be compiled


def test_a_test_of_a_value_is_refused_with_the_line():
    def f(x):
        if x.sum() > 0:
            return x
        return -x

    with pytest.raises(CompileError, match=r"test_compile\.py:\d+ in f"):
        compiled(f)(np.ones(2))


@pytest.mark.parametrize(
    "look",
    [float, int, bool, np.asarray, lambda x: x.item(), lambda x: x.tolist(), lambda x: f"{x:.1f}"],
)
def test_looking_at_a_value_is_refused(look):
    with pytest.raises(CompileError, match="compile expected"):
        compiled(lambda x: (look(x[0]), x)[1])(np.ones(2))


def test_what_is_not_compiled_runs_as_it_is_after_one_warning():
    def f(x):
        return x if x.sum() > 0 else -x

    g = ag.compile(f, backend="numpy")
    with pytest.warns(CompileWarning, match="tested in Python") as told:
        g(np.ones(2))
    assert told[0].filename == __file__  # of the call, not of what is called
    for x in (-np.ones(2), np.ones(2), -np.ones(2)):
        np.testing.assert_array_equal(g(x), np.ones(2))


def test_two_runs_that_differ_are_told_apart():
    rng = np.random.default_rng(0)
    g = ag.compile(lambda x: x + rng.normal(size=2), backend="numpy")
    with pytest.warns(CompileWarning, match=r"ag\.callback"):
        outs = [g(np.zeros(2)) for _ in range(4)]
    assert len({float(out[0]) for out in outs}) == 4


def test_an_exception_inside_leaves_no_trace():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        compiled(f)(np.ones(2))
    assert not ag.is_compiling()
    assert type(vars(ag.Node)["value"]).__name__ == "member_descriptor"


def test_arguments_that_cannot_be_told_apart_are_refused():
    with pytest.raises(ag.errors.ArgumentTypeError, match="hashed"):
        compiled(lambda x, y: x)(np.ones(2), {1, 2})


def test_structural_zeros_hold_in_programs():
    def f(x):
        with np.errstate(all="ignore"):
            return np.sum(np.where(x > 0, np.log(x), 0.0))

    g = compiled(ag.grad(f))
    settled(g, np.array([1.0, 2.0]))
    np.testing.assert_array_equal(g(np.array([0.0, 2.0])), [0.0, 0.5])
    np.testing.assert_array_equal(g(np.array([4.0, 2.0])), [0.25, 0.5])


def test_a_run_that_is_taken_back_draws_only_once():
    rngs = [np.random.default_rng(1) for _ in range(2)]
    w = [ag.Node(np.ones(2)) for _ in range(2)]

    def make(rng, w):
        def step(x):
            noise = ag.callback(rng.normal, 0.0, 1.0, 2)
            w.zero_grad()
            with np.errstate(all="ignore"):
                np.sum(np.where(x > 0, np.log(x * w), 0.0) * noise).backward()
            w.assign(w.value + w.grad)

        return step

    plain, program = make(rngs[0], w[0]), compiled(make(rngs[1], w[1]))
    for x in ([1.0, 2.0], [1.0, 2.0], [3.0, 1.0], [0.0, 1.0], [2.0, 1.0]):
        plain(np.array(x))
        program(np.array(x))
        np.testing.assert_allclose(w[0].value, w[1].value, rtol=1e-13)


def test_threads_run_one_program_at_once():
    f = compiled(ag.value_and_grad(lambda x: np.sum(np.sin(x) * x)))
    settled(f, np.ones(500))
    wrong = []

    def work(k):
        x = np.full(500, float(k))
        for _ in range(100):
            value, gradient = f(x)
            if not np.allclose(gradient, np.cos(x) * x + np.sin(x)) or not np.isfinite(value):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# what a program looks like


def test_the_source_runs_when_pasted():
    def f(x, y):
        return np.tanh(x @ y) + np.linalg.norm(x, axis=1)[:, None], np.cumsum(x, axis=0)

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(3, 2)), rng.normal(size=(2, 4))
    g = compiled(ag.grad(lambda x, y: np.sum(f(x, y)[0]) + np.sum(f(x, y)[1] ** 2)))
    want = settled(g, x, y)
    space = {}
    exec(g.source, space)
    (got,) = space["program"](x, y)
    np.testing.assert_allclose(got, want, rtol=1e-14)


def test_the_report_says_what_became_of_the_function():
    f = compiled(ag.grad(lambda x: np.sum(np.sort(x) ** 2 + 0 * x)))
    settled(f, np.array([2.0, 1.0]))
    text = f.report()
    assert "traced" in text
    assert "buffers" in text


def test_equal_lines_are_merged_and_dead_ones_left_out():
    def f(x):
        np.exp(x * 3)
        return np.sin(x) * np.sin(x)

    g = compiled(f)
    settled(g, np.ones(2))
    names = [getattr(line.function, "__name__", "") for line in g.program.lines]
    assert names == ["sin", "multiply"]


def test_what_is_no_function_or_backend_is_refused():
    with pytest.raises(ag.errors.ArgumentError, match="a function"):
        ag.compile(3)
    with pytest.raises(ag.errors.ArgumentError, match="backend"):
        ag.compile(np.sin, backend="fast")


def test_python_floats_have_gradients():
    f = ag.value_and_grad(lambda x, y: np.tanh(x * y) * x + y, argnums=(0, 1))
    g = compiled(f)
    for k in range(STEADY):
        x, y = 0.1 * k + 0.2, 0.3
        value, gradients = g(x, y)
        np.testing.assert_allclose((value, *gradients), (f(x, y)[0], *f(x, y)[1]), rtol=1e-13)


@pytest.mark.parametrize("transform", [ag.jacobian, ag.hessian])
def test_matrices_of_derivatives_and_maps_are_compiled(transform):
    A = np.random.default_rng(0).normal(size=(4, 4))

    def f(x):
        y = np.tanh(A @ x)
        return y if transform is ag.jacobian else np.sum(y * y)

    g = transform(f)
    program = compiled(g)
    mapped = compiled(ag.vmap(g))
    for k in range(4):
        x = np.linspace(-1, 1, 4) * (k + 1)
        np.testing.assert_allclose(program(x), g(x), rtol=1e-13)
        np.testing.assert_allclose(mapped(np.stack([x, x / 2]))[1], g(x / 2), rtol=1e-13)


def test_hessian_products_are_compiled():
    product = ag.hvp(lambda x: np.sum(np.sin(x) * x**2))
    program = compiled(product)
    for k in range(4):
        x = np.linspace(0.1, 1, 5) * (k + 1)
        np.testing.assert_allclose(program(x, x**2), product(x, x**2), rtol=1e-13)


def set_by_constants(x):
    t = np.zeros_like(x)
    t[1] = 2.0
    return t * x


def added_by_constants(x):
    t = np.zeros_like(x)
    np.add.at(t, np.array([1, 1]), np.ones(2))
    return t * x


def both_and_then_not(x):
    t = np.zeros_like(x)
    t[0] = 1.0
    np.add.at(t, np.array([1, 1]), np.ones(2))
    t[2:] = x[:1]
    return t + x


@pytest.mark.parametrize("f", [set_by_constants, added_by_constants, both_and_then_not])
def test_fresh_zeros_filled_with_constants(f):
    compiled = ag.compile(f, strict=True)
    for x in (np.arange(3.0), np.arange(3.0) + 1, np.arange(3.0) + 2, np.arange(3.0)):
        np.testing.assert_array_equal(compiled(x), f(x))


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_a_reshaped_transpose_of_a_buffer_is_copied_in_every_run(backend):
    def f(x, y):
        z = (x @ y) * 2
        return np.concatenate([np.ravel(z.T), np.ravel(z)])

    program = compiled(f, backend=backend)
    for k in range(STEADY):
        x, y = np.full((2, 3), k + 1.0), np.arange(12.0).reshape(3, 4) - k
        np.testing.assert_array_equal(program(x, y), f(x, y))


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_of_a_product_that_is_read_turned_the_turned_one_is_computed(backend):
    def f(x, y, z):
        return np.ravel((x @ y).T) * z

    program = compiled(f, backend=backend)
    for k in range(STEADY):
        x, y, z = np.full((2, 3), k + 1.0), np.arange(12.0).reshape(3, 4) - k, np.arange(8.0)
        np.testing.assert_allclose(program(x, y, z), f(x, y, z), rtol=1e-14)
    lines = [line.function for line in program.program.lines]
    assert lines == [np.transpose, np.transpose, np.dot, np.reshape, np.multiply]


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("order", "CF")
def test_a_leaf_may_lie_in_either_order_and_in_another_one_later(backend, order):
    def step(W, x):
        y = np.sum(np.tanh(x @ W.T) ** 2)
        W.zero_grad()
        y.backward()
        W.assign(W.value - 0.1 * W.grad)
        return y

    start = np.arange(6.0).reshape(2, 3) / 6
    W, V = ag.Node(np.array(start, order=order)), ag.Node(start)
    program = compiled(lambda x: step(W, x), backend=backend)
    for k in range(STEADY + 4):
        if k == STEADY + 2:
            W.assign(np.array(W.value, order="F" if order == "C" else "C"))
        x = np.random.default_rng(k).normal(size=(4, 3))
        np.testing.assert_allclose(program(x).value, step(V, x).value, rtol=1e-13)
        np.testing.assert_allclose(W.value, V.value, rtol=1e-13)


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_a_leaf_may_be_given_what_came_in_or_what_another_leaf_holds(backend):
    kept, last, other = (ag.Node(np.zeros(3)) for _ in range(3))

    def f(x):
        kept.assign(other.value)
        last.assign(x)
        return x + 1

    program = compiled(f, backend=backend)
    for k in range(STEADY):
        other.assign(np.arange(3.0) + k)
        program(np.arange(3.0) * k)
        np.testing.assert_array_equal(kept.value, np.arange(3.0) + k)
        np.testing.assert_array_equal(last.value, np.arange(3.0) * k)
