"""array, buffer and node.at: arrays put together entry by entry."""

from __future__ import annotations

import time

import numpy as np
import pytest

import autograd_core as ag

X = np.array([1.0, 2.0, 3.0])


# array


def test_array_of_nodes_and_numbers():
    x = ag.Node(2.0)
    a = ag.array([[x, 1.0], [0.0, x * x]])
    np.testing.assert_array_equal(a.value, [[2.0, 1.0], [0.0, 4.0]])
    np.sum(a * np.array([[1.0, 10.0], [100.0, 1000.0]])).backward()
    assert x.grad == 1 + 1000 * 4


def test_array_of_arrays_and_rows():
    g = ag.grad(lambda x: np.sum(ag.array([x, [1.0, 2.0, 3.0], x * x])[2]))(X)
    np.testing.assert_array_equal(g, 2 * X)
    assert ag.array([[1, 2], [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert type(ag.array([1.0])) is np.ndarray
    x = ag.Node(X)
    assert ag.array(x) is x


def test_array_dtype():
    a = ag.array([ag.Node(1.0), 2.0], dtype=np.float32)
    assert a.dtype == np.float32
    x = ag.Node(np.float32(1.0))
    assert ag.array([x, x]).dtype == np.float32
    with pytest.raises(TypeError):
        ag.array([ag.Node(1.0)], dtype=int)
    with pytest.raises(ValueError, match="stack"):
        ag.array([ag.Node(X), ag.Node(2.0)])


def test_array_jacobian():
    f = lambda v: ag.array([v[0] * v[1], np.sin(v[0]), 5.0])
    np.testing.assert_allclose(ag.jacobian(f)(np.array([0.0, 2.0])), [[2, 0], [1, 0], [0, 0]])
    assert ag.check_grads(f, (np.array([0.3, 2.0]),)) < 1e-7


# buffer


def test_buffer_is_filled_in_a_loop():
    def cumulative(x):
        out = ag.buffer(np.zeros(3))
        out[0] = x[0]
        for i in range(1, 3):
            out[i] = out[i - 1] * x[i]
        return np.sum(out)

    assert ag.grad(cumulative)(X).tolist() == [1 + 2 + 6, 1 + 3, 2.0]
    assert ag.check_grads(cumulative, (X,)) < 1e-7


@pytest.mark.parametrize(
    "index",
    [
        1,
        -1,
        slice(0, 2),
        slice(None, None, -1),
        np.array([0, 2]),
        np.array([True, False, True]),
        Ellipsis,
    ],
    ids=str,
)
def test_buffer_writes_like_an_array(index):
    expected = np.zeros(3)
    expected[index] = X[index] ** 2

    def f(x):
        out = ag.buffer(np.zeros(3))
        out[index] = x[index] ** 2
        return out

    np.testing.assert_array_equal(f(X).value, expected)
    chosen = np.zeros(3)
    chosen[index] = 1.0
    np.testing.assert_array_equal(ag.grad(lambda x: np.sum(f(x)))(X), 2 * X * chosen)


def test_later_writes_replace_earlier_ones():
    def f(x):
        out = ag.buffer(x)
        out[:] = 2 * x
        out[0] = x[1]
        out[0] = 5 * x[2]
        out[1:2] = 0.0
        return np.sum(out * np.array([1.0, 1.0, 100.0]))

    np.testing.assert_array_equal(ag.grad(f)(X), [0.0, 0.0, 205.0])


def test_a_buffer_that_is_read_between_writes():
    def f(x):
        out = ag.buffer(np.zeros(3))
        out[0] = x[0]
        before = out[0] * 1.0
        out[0] = x[1]
        return before + 10 * out[0] + np.sum(out)

    np.testing.assert_array_equal(ag.grad(f)(X), [1.0, 11.0, 0.0])


def test_buffer_leaves_its_base_alone():
    base = np.zeros(3)
    out = ag.buffer(base)
    out[0] = ag.Node(5.0)
    np.testing.assert_array_equal(base, np.zeros(3))
    row = np.ones(3)
    out[:] = row
    row[:] = 7.0
    np.testing.assert_array_equal(out.value, np.ones(3))
    x = ag.Node(X.copy())
    out = ag.buffer(x)
    out[0] = 9.0
    np.testing.assert_array_equal(x.value, X)


def test_buffer_without_nodes_is_an_array():
    out = ag.buffer(np.zeros(2))
    out[0] = 1.5
    assert isinstance(out.node(), np.ndarray)
    assert out.value.tolist() == [1.5, 0.0]
    assert len(out) == 2
    assert repr(out).startswith("buffer(")


def test_buffer_works_in_numpy():
    def f(x):
        out = ag.buffer(np.zeros(3))
        out[1] = x[1]
        return (
            np.sum(np.concatenate([out, out * 2]))
            + np.stack([out, out])[0, 1] * 0
            + out.sum()
            + (1 - out)[1]
        )

    assert ag.grad(f)(X).tolist() == [0.0, 3.0, 0.0]


def test_buffer_refuses_what_does_not_fit():
    out = ag.buffer(np.zeros(3))
    with pytest.raises(TypeError, match=r"fit shape \(3,\)"):
        out[5] = ag.Node(1.0)
    with pytest.raises(TypeError, match=r"fit shape \(3,\)"):
        out[0] = ag.Node(X)
    np.testing.assert_array_equal(out.value, np.zeros(3))


def test_buffer_reads_outside_its_bounds_raise():
    out = ag.buffer(np.zeros(3))
    out[2] = ag.Node(5.0)
    out[0] = 1.0
    for index in (3, 5, -4):
        with pytest.raises(IndexError):
            out[index]


def test_buffer_index_true_is_a_new_axis_as_in_numpy():
    out = ag.buffer(np.zeros(3))
    out[1] = ag.Node(5.0)
    assert out[True].shape == np.zeros(3)[True].shape == (1, 3)


def test_buffer_keeps_its_dtype():
    """An array that is assigned into keeps its dtype; so does what is read back."""
    out = ag.buffer(np.zeros(3, np.float32))
    out[0] = ag.Node(np.float64(1.5))
    out[1] = 2
    assert out[0].dtype == np.float32
    assert np.asarray(out[1]).dtype == np.float32
    assert out.dtype == np.float32
    assert out[1] ** -1 == 0.5


def test_buffer_gradient_is_linear_in_the_number_of_writes():
    def fill(n):
        x = ag.Node(np.linspace(0.0, 1.0, n))
        out = ag.buffer(np.zeros(n))
        out[0] = x[0]
        for i in range(1, n):
            out[i] = out[i - 1] * 0.5 + x[i]
        np.sum(out).backward()
        return x.grad

    assert growth(fill, 500, 4000) < 3.0
    np.testing.assert_allclose(fill(3), [1.75, 1.5, 1.0])


def growth(f, small, large):
    """The growth of the time of ``f``: 1 is linear, large/small quadratic."""
    f(small)
    return best(f, large) / best(f, small) / (large / small)


def best(f, n):
    times = []
    for _ in range(3):
        start = time.process_time()
        f(n)
        times.append(time.process_time() - start)
    return min(times)


def test_reading_entries_in_a_loop_has_a_linear_time_gradient():
    def loop(n):
        x = ag.Node(np.linspace(0.0, 1.0, n))
        total = 0.0
        for i in range(n):
            total = total + x[i] * x[i]
        total.backward()
        return x.grad

    assert growth(loop, 1000, 16000) < 4.0
    np.testing.assert_allclose(loop(3), [0.0, 1.0, 2.0])


# at


def lifted(x):
    """A Node, also of the plain arrays (without ``.at``) that ``check_grads`` passes."""
    return x if isinstance(x, ag.Node) else ag.Node(x, requires_grad=False)


REPEATED = [np.array([0, 1, 0]), np.array([1, 1, 1]), ([0, 1, 0],), np.array([-1, 2, 0])]


@pytest.mark.parametrize("index", REPEATED, ids=str)
@pytest.mark.parametrize("name", ["add", "multiply", "minimum", "maximum"])
def test_at_is_what_ufunc_at_leaves(name, index):
    values = np.array([0.5, -1.5, 4.0])
    expected = X.copy()
    getattr(np, name).at(expected, index, values)
    got = getattr(ag.Node(X).at[index], name)(values)
    np.testing.assert_array_equal(got.value, expected)
    f = lambda x, v: getattr(lifted(x).at[index], name)(v)
    assert ag.check_grads(f, (X, values)) < 1e-7


@pytest.mark.parametrize(
    "index",
    [
        0,
        slice(1, None),
        np.array([True, False, True]),
        np.array([2, 0]),
        Ellipsis,
        np.array([], int),
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["set", "add", "multiply", "minimum", "maximum"])
def test_at_with_every_kind_of_index(name, index):
    expected = X.copy()
    if name == "set":
        expected[index] = 2.5
    else:
        expected[index] = getattr(np, name)(expected[index], 2.5)
    x = ag.Node(X)
    np.testing.assert_array_equal(getattr(x.at[index], name)(2.5).value, expected)
    np.testing.assert_array_equal(x.value, [1.0, 2.0, 3.0])
    assert ag.check_grads(lambda x, v: getattr(lifted(x).at[index], name)(v), (X, 2.5)) < 1e-7


def test_at_set_with_repeated_entries_keeps_the_last():
    f = lambda x, v: np.sum(x.at[np.array([0, 0, 1])].set(v) * np.array([1.0, 10.0, 100.0]))
    gx, gv = ag.grad(f, (0, 1))(X, np.array([5.0, 6.0, 7.0]))
    np.testing.assert_array_equal(gx, [0.0, 0.0, 100.0])
    np.testing.assert_array_equal(gv, [0.0, 1.0, 10.0])


def test_at_on_two_axes():
    m = np.arange(6.0).reshape(2, 3)
    f = lambda m: lifted(m).at[:, 1].set(np.ones(2)).at[0].add(m[1]).at[1, 2].multiply(3.0)
    expected = m.copy()
    expected[:, 1] = 1.0
    expected[0] += m[1]
    expected[1, 2] *= 3.0
    np.testing.assert_array_equal(f(ag.Node(m)).value, expected)
    assert ag.check_grads(f, (m,)) < 1e-7


def test_at_keeps_the_dtype():
    x = ag.Node(np.ones(3, np.float32))
    assert x.at[0].set(ag.Node(np.float64(2.0))).dtype == np.float32
    assert x.at[[0, 0]].add(np.array([2.0, 3.0])).dtype == np.float32
